"""Papers of a review that its notices of retraction speak of; notices whose paper is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.literature.bibliography.notices import named_in, paper_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hilum.literature.bibliography.notices import Names
    from hilum.literature.screening.review_records import Screened


@dataclass(frozen=True, slots=True)
class Noticed:
    """Records that stand for retracted papers, True where in part alone; and notices astray."""

    papers: dict[str, bool]
    astray: frozenset[str]


def keys_of(one: Screened) -> Names:
    """A record's numbers, by which others name it."""
    pairs = (("doi", one.doi.lower()), ("pmid", one.pmid))
    return tuple(
        (scheme, number)
        for scheme, cell in pairs
        for number in (part.strip() for part in cell.split(";"))
        if number
    )


def told_by(
    records: Sequence[Screened], first: Mapping[str, str], named: Mapping[str, Names]
) -> Noticed:
    """What the notices among the records say.

    A notice speaks of the paper whose DOI or PMID it names, else of the one whose title stands in
    its own exactly; a title that several papers have names none of them.

    Parameters
    ----------
    first : mapping of str to str
        By record: the one that stands for it and its copies.
    named : mapping of str to Names
        What a notice named in the file that it came from.
    """
    notices = [one for one in records if one.notice]
    if not notices:
        return Noticed({}, frozenset())
    papers = [one for one in records if not one.notice]
    by_number: dict[tuple[str, str], set[str]] = {}
    by_title: dict[str, set[str]] = {}
    for one in papers:
        for key in keys_of(one):
            by_number.setdefault(key, set()).add(first[one.record_id])
        by_title.setdefault(plain(one.title), set()).add(first[one.record_id])
    found: dict[str, bool] = {}
    answered: set[str] = set()
    for one in notices:
        numbers = {*named.get(one.record_id, ()), *named_in(f"{one.title}\n{one.abstract}")}
        heads = _each(by_number.get(key, set()) for key in numbers)
        if not heads:
            same = by_title.get(paper_of(one.title), set())
            heads = same if len(same) == 1 else set()
        for head in heads:
            found[head] = one.partly and found.get(head, True)
        if heads:
            answered.add(first[one.record_id])
    astray = frozenset(first[one.record_id] for one in notices) - answered
    return Noticed(found, astray)


def _each(sets: Iterable[set[str]]) -> set[str]:
    return {one for some in sets for one in some}
