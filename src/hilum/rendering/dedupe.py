"""Duplicates in words, as groups, as a table of pairs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from hilum.literature.duplicates.linking import LINKS
from hilum.records import found
from hilum.tabular.encoding import visible
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from hilum.analyses.dedupe import DedupeAnswered, Match
    from hilum.language import Words

SHOWN: Final = 20
"""Pairs of each sort on a terminal; the table has all."""
HEAD: Final = ("sort", "record_a", "record_b", "score", "link", "reasons")
COUNTED: Final = {
    "report": "{records} records, {copies} of them copies in {groups} groups: {kept} left",
    "work": "{records} records, {copies} of them copies; versions or translations of others "
    "{more}, in {groups} groups; works: {kept}",
    "study": "{records} records, {copies} of them copies; further reports of a study {more}, in "
    "{groups} groups; studies at most: {kept}",
}
SORTS: Final = {"merge": "copies", "link": "belong together", "possible": "to be looked at"}
NAMES: Final = {
    "title": "title", "title nearly": "title nearly", "title much alike": "title much alike",
    "one title begins as the other": "one title begins as the other",
    "title in two languages": "title in two languages",
    "title differs in part": "title differs in part", "title differs": "title differs",
    "another title": "another title", "other words in the title": "other words in the title",
    "more words in one title, elsewhere": "more words in one title, elsewhere",
    "authors": "authors", "authors in part": "authors in part",
    "few authors shared": "few authors shared", "other authors": "other authors",
    "volume": "volume", "another volume": "another volume",
    "volume and its supplement": "volume and its supplement", "first page": "first page",
    "last page": "last page", "last page alone": "last page alone",
    "pages of two kinds": "pages of two kinds", "pages of a supplement": "pages of a supplement",
    "pages nearly": "pages nearly", "another page": "another page", "year": "year",
    "year before or after": "year before or after", "another year": "another year",
    "journal": "journal", "another journal": "another journal",
    "other numbers in the title": "other numbers in the title",
    "a number in one title alone": "a number in one title alone", "DOI": "DOI",
    "another DOI": "another DOI", "PMID": "PMID", "another PMID": "another PMID",
    "abstract": "abstract", "abstract much alike": "abstract much alike",
    "another abstract": "another abstract", "one is of a meeting": "one is of a meeting",
    "one is of a supplement": "one is of a supplement",
    "number of the register": "number of the register",
}  # fmt: skip
"""Reasons, by the name that a weight has."""


def messages() -> set[str]:
    """Ids that stand in the tables."""
    return {*COUNTED.values(), *LINKS.values(), *SORTS.values(), *NAMES.values()}


def groups_of(answer: DedupeAnswered) -> list[list[str]]:
    """The groups as JSON has them."""
    return [list(group) for group in answer.groups]


def dedupe_lines(answer: DedupeAnswered, words: Words) -> list[str]:
    """What was read, what is left, and the pairs behind it."""
    lines: list[str] = []
    for one in answer.files:
        lines.append(words("{file}: {count} records", file=visible(one.file), count=one.records))
        for line, expected in one.unread[:SHOWN]:
            lines.append(
                "  " + words("line {line}: not read: expected {expected}", line=line or "?",
                             expected=words(expected))
            )  # fmt: skip
        if len(one.unread) > SHOWN:
            lines.append("  " + words("and {count} more", count=len(one.unread) - SHOWN))
    lines.append(
        words(
            found(COUNTED, answer.asked.level, "level"),
            records=answer.records,
            copies=answer.copies,
            more=answer.records - answer.kept - answer.copies,
            groups=len(answer.groups),
            kept=answer.kept,
        )
    )
    for sort, pairs in _sorted(answer).items():
        if not pairs:
            continue
        lines += ["", f"{words(SORTS[sort])} ({len(pairs)})"]
        lines += [f"  {_said(one, words)}" for one in pairs[:SHOWN]]
        if len(pairs) > SHOWN:
            lines.append("  " + words("and {count} more (--table)", count=len(pairs) - SHOWN))
    return lines


def _sorted(answer: DedupeAnswered) -> dict[str, tuple[Match, ...]]:
    """The pairs by sort, the least sure of the copies first."""
    merges = tuple(sorted(answer.merges, key=lambda one: one.score))
    return {"merge": merges, "link": answer.links, "possible": answer.possible}


def _said(one: Match, words: Words) -> str:
    link = words(found(LINKS, one.link, "link")) + words(": ") if one.link else ""
    return f"{visible(one.a)} · {visible(one.b)}  {one.score:g}  {link}{_reasons(one, words)}"


def _reasons(one: Match, words: Words) -> str:
    return ", ".join(
        f"{words(found(NAMES, name, 'reason'))} {weight:+g}" for name, weight in one.reasons
    )


def reasons_in(one: Match) -> str:
    """Reasons as a table keeps them, in no language of a reader."""
    return ", ".join(f"{name} {weight:+g}" for name, weight in one.reasons)


def pairs_csv(answer: DedupeAnswered, words: Words) -> str:
    """Every pair with its score and reasons; a cell that a spreadsheet would compute is told."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEAD)
    for sort, pairs in _sorted(answer).items():
        for one in pairs:
            rows.writerow(
                [sort, safe_cell(one.a), safe_cell(one.b), f"{one.score:g}", one.link,
                 _reasons(one, words)]
            )  # fmt: skip
    return out.getvalue()
