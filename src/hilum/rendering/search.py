"""What searches brought, in words: as of when, what is new, what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import phrased
from hilum.language.telling import sentence
from hilum.literature.searches.came import is_retracted
from hilum.literature.services.table import SERVICES
from hilum.records import found
from hilum.rendering.flow import some_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.search import SearchAnswered
    from hilum.language import Words
    from hilum.literature.searches.came import Item, SearchCame, ServiceCame
    from hilum.literature.searches.changes import Moved
    from hilum.literature.searches.runs import Quoted
    from hilum.literature.services.service import Remark

SHOWN: Final = 20
"""New records named in a text; the files have all."""
REMARKS: Final = {
    "phrase_not_found": "the service did not find this phrase and searched without it: {phrase}",
    "field_not_found": "the service does not know this field: {phrase}",
    "phrase_ignored": "the service ignored this word: {phrase}",
    "service_says": "the service says: {said}",
    "day_too_full": "{count} hits of one day ({day}), of which the service gives {limit}",
    "fewer_than_said": "{came} came where the service had counted {count}",
    "begun_again": "the service no longer knew the place: read from the beginning",
    "answer_spoilt": "a kept answer is not as it came and was left out: {file}",
}
"""What a reader of the report must know, by code."""
MOVED: Final = {
    "erratum": "erratum",
    "correction": "correction",
    "expression_of_concern": "expression of concern",
    "retraction": "retraction",
    "partial_retraction": "partial retraction",
    "retracted_republished": "retracted and republished",
    "corrected_republished": "corrected and republished",
    "update": "update",
    "notice_gone": "no longer named:",
    "status": "status",
    "updated": "last update",
    "results": "results posted",
    "is_retracted": "retracted",
    "kind": "kind",
    "title": "title",
    "authors": "authors",
    "year": "year",
    "abstract": "abstract",
    "journal": "journal",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "identifiers": "identifiers",
}
"""What of a record may change; a notice that is not here is told in its service's word."""
HEADS: Final = {
    (False, False, False): "RETRACTED: {record}",
    (False, True, False): "NOW RETRACTED: {record}",
    (False, True, True): "NOW RETRACTED: {which}, by the notice {record}",
    (True, False, False): "RETRACTED IN PART: {record}",
    (True, True, False): "NOW RETRACTED IN PART: {record}",
    (True, True, True): "NOW RETRACTED IN PART: {which}, by the notice {record}",
}
"""A record that is withdrawn: whether in part, whether it was not so before, whether a notice."""
NO_SINCE: Final = "all hits: this service is not asked by day"


def search_lines(answer: SearchAnswered, words: Words) -> list[str]:
    """Every search, with the as-of line last."""
    lines: list[str] = []
    for one in answer.searches:
        lines += [*came_lines(one, words), ""]
    return [*lines, as_of_line(answer, words)]


def as_of_line(answer: SearchAnswered, words: Words) -> str:
    """As of when, how many searches, how many new."""
    count = len(answer.searches)
    if answer.as_of is None:
        return words(
            "As of: not yet, a service has not been read to its end; searches {count}, new "
            "records {new}, changed {changed}",
            count=count,
            new=answer.new,
            changed=answer.changed,
        )
    return words(
        "As of {day}: searches {count}, new records {new}, changed {changed}",
        day=day_of(answer.as_of),
        count=count,
        new=answer.new,
        changed=answer.changed,
    )


def day_of(stamp: str) -> str:
    """A time as people read it, in UTC."""
    return f"{stamp[:10]} {stamp[11:16]} UTC"


def second_of(stamp: str) -> str:
    """A day as it stands, a time to its second."""
    day, time, rest = stamp.partition("T")
    return f"{day} {rest[:8]} UTC" if time else day


def came_lines(one: SearchCame, words: Words) -> list[str]:
    """One search: its services, then what is new and what changed."""
    title = words(one.title) if one.title else one.name
    lines = [words("{name}: {title}", name=one.name, title=title)]
    if one.taken_up:
        lines.append("  " + words("an earlier run was taken up where it had been broken off"))
    for service in one.services:
        lines += [f"  {line}" for line in _service_lines(service, one.mode, words)]
    lines += _items(words("new records: {count}", count=len(one.new)), one.new, words)
    if one.changed:
        head = words("changed since they last came: {count}", count=len(one.changed))
        lines += _items(head, one.changed, words)
    lines += ["  " + words("wrote {file}", file=name) for name in one.files]
    return lines


def _service_lines(one: ServiceCame, mode: str, words: Words) -> list[str]:
    name = found(SERVICES, one.service, "service").name
    total = "?" if one.total is None else one.total
    told = words(
        "{service}: hits {total}, records {records}, new {new}, as of {day}",
        service=name,
        total=total,
        records=one.records,
        new=one.new,
        day=words("not yet") if one.as_of is None else day_of(one.as_of),
    )
    lines = [told]
    if mode == "watch":
        day = words(NO_SINCE) if one.since is None else words("since {day}", day=str(one.since))
        lines[0] = words("{what} ({how})", what=told, how=day)
    if one.faulty:
        lines.append(
            "  "
            + words(
                "no records: {count} ({which})",
                count=len(one.faulty),
                which=some_of(one.faulty, words),
            )
        )
    lines += [f"  {remark_text(remark, words)}" for remark in one.remarks]
    if one.failed is not None:
        lines.append(
            "  "
            + words(
                "NOT READ TO ITS END: {why}; what came is kept, run it again to go on",
                why=quoted(one.failed, words),
            )
        )
    return lines


def quoted(one: Quoted, words: Words) -> str:
    """A sentence of an error in a language."""
    facts: dict[str, object] = dict(one.facts)
    return sentence(phrased(one.message, **facts), words) if facts else words(one.message)


def remark_text(one: Remark, words: Words) -> str:
    """A remark in words."""
    return words(found(REMARKS, one.code, "remark"), **one.facts)


def _items(head: str, items: Sequence[Item], words: Words) -> list[str]:
    return [f"  {head}", *(f"    {line}" for line in item_lines(items, words))]


def item_lines(items: Sequence[Item], words: Words, most: int = SHOWN) -> list[str]:
    """Records by name: what is retracted first and always, of the others the first ``most``."""
    withdrawn = [one for one in items if is_retracted(one)]
    others = [one for one in items if not is_retracted(one)]
    lines = [
        words(
            HEADS[one.partly, one.turned, one.turned and bool(one.about)],
            record=item_line(one, words),
            which=", ".join(one.about),
        )
        for one in withdrawn
    ]
    lines += [item_line(one, words) for one in others[:most]]
    more = len(others) - most
    return lines if more <= 0 else [*lines, words("and {count} more", count=more)]


def item_line(one: Item, words: Words) -> str:
    """A record: its service and id, title, year."""
    year = "" if one.year is None else f" ({one.year})"
    record = f"{one.service} {one.record_id}: {one.title or words('without a title')}{year}"
    if not one.moved:
        return record
    what = words(", ").join(_moved(each, words) for each in one.moved)
    return words("{record}; changed: {what}", record=record, what=what)


def _moved(one: Moved, words: Words) -> str:
    part = words(MOVED.get(one.part, one.part.replace("_", " ")))
    if one.part == "notice_gone":
        return words("{part} {which}", part=part, which=words(MOVED.get(one.before, one.before)))
    if not (one.before or one.after):
        return part
    return words("{part} {before} -> {after}", part=part, before=one.before, after=one.after)


def messages() -> set[str]:
    """Ids that stand in tables."""
    from hilum.answers import treatments

    return {
        *REMARKS.values(),
        *HEADS.values(),
        *MOVED.values(),
        NO_SINCE,
        *(one.label for one in treatments().values()),
    }
