"""A review as the workbench shows it: imports, pairs, the record to be read, how far one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.literature.bibliography.formats import FORMATS
from hilum.literature.duplicates.linking import LINKS
from hilum.literature.review.changes import REFUSED
from hilum.literature.review.joined import THROUGH
from hilum.literature.screening.review_records import terms_in
from hilum.rendering.dedupe import NAMES
from hilum.rendering.retold import retold
from hilum.rendering.screening import (
    agreement_line,
    counts_line,
    orphan_lines,
    settled_line,
    withdrawn_said,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hilum.analyses.review import ReviewAnswered
    from hilum.analyses.screening_next import NextRecord, ScreeningNextAnswered
    from hilum.analyses.screening_state import ScreeningStateAnswered
    from hilum.language import Words
    from hilum.literature.review.state import Imported, Merge
    from hilum.literature.screening.decisions import Decision
    from hilum.literature.screening.review_records import Criterion, Screened

STAGES: Final = {"title": "Titles and abstracts", "full-text": "Full texts"}
DECIDED: Final = {"include": "include", "maybe": "maybe", "exclude": "exclude"}
KEPT: Final = {
    "import": "imported",
    "undo": "undone",
    "origin": "source named",
    "dedupe": "copies looked for in",
    REFUSED: "nothing of it was read",
}
# Letters of a record that could not be read, records of each import, quotes of each criterion.
BEGINS, UNREAD, QUOTES = 300, 50, 4
# Places of each thing that was noticed.
NAMED: Final = 20
# Reasons that have a digit as their key.
DIGITS: Final = 9


def messages() -> set[str]:
    """Ids that stand in the tables."""
    return {*STAGES.values(), *DECIDED.values(), *KEPT.values()}


def imports_view(
    answer: ReviewAnswered,
    unread: Mapping[str, Sequence[Mapping[str, str]]],
    noticed: Mapping[str, Sequence[Mapping[str, str]]],
    decided: Mapping[str, int],
    words: Words,
) -> list[dict[str, Any]]:
    """Each import with its counts, each record of it that could not be read, what was noticed."""
    return [
        {
            "code": one.code,
            "file": one.file,
            "format": FORMATS[one.format].name if one.format in FORMATS else one.format,
            "counted": one.counted,
            "records": one.records,
            "unread": one.unread,
            "when": one.when[:16].replace("T", " "),
            "decided": decided.get(one.code, 0),
            "lines": [
                {
                    "line": row.get("line") or "?",
                    "expected": retold(row.get("expected", ""), words),
                    "begins": " ".join(row.get("raw", "")[: 2 * BEGINS].split())[:BEGINS],
                }
                for row in unread.get(one.code, ())[:UNREAD]
            ],
            "notes": notes_lines(one, noticed.get(one.code, ()), words),
        }
        for one in answer.imports
    ]


def notes_lines(one: Imported, rows: Sequence[Mapping[str, str]], words: Words) -> list[str]:
    """What was noticed in a file: each thing once, with how often and where."""
    lines: list[str] = []
    if one.counted != one.records + one.unread:
        lines.append(words("the sum does not hold: please report this file"))
    if one.encodings and set(one.encodings) != {"UTF-8"}:
        listed = ", ".join(f"{name} {count}" for name, count in one.encodings.items())
        lines.append(words("lines beyond ASCII by encoding: {listed}", listed=listed))
    where: dict[str, list[str]] = {}
    for row in rows:
        line = row.get("line", "")
        told = row.get("record_id") or (words("line {line}", line=line) if line else "")
        where.setdefault(row.get("note", ""), []).append(told)
    for note, places in where.items():
        said = retold(note, words)
        named = ", ".join(list(filter(None, places))[:NAMED])
        if not named:
            lines.append(said)
        elif len(places) > NAMED:
            lines.append(
                words("{said}: {count} ({which} and others)",
                      said=said, count=len(places), which=named)
            )  # fmt: skip
        else:
            lines.append(
                words("{said}: {count} ({which})", said=said, count=len(places), which=named)
            )
    return lines


def log_view(answer: ReviewAnswered, words: Words) -> list[str]:
    """What was imported and undone, the last first."""
    return [
        " · ".join(
            filter(
                None,
                (
                    when[:16].replace("T", " "),
                    words(KEPT[what]) if what in KEPT else what,
                    *(retold(one, words) if what == REFUSED else one for one in rest),
                ),
            )
        )
        for when, what, *rest in reversed(answer.log)
    ]


def pairs_view(
    merges: Iterable[Merge], titles: Mapping[str, str], words: Words
) -> list[dict[str, Any]]:
    """Pairs with their titles, scores and reasons."""
    return [
        {
            "a": one.a,
            "b": one.b,
            "titles": (titles.get(one.a, ""), titles.get(one.b, "")),
            "score": f"{one.score:.1f}",
            "link": words(LINKS[one.link]) if one.link in LINKS else one.link,
            "reasons": reasons_line(one.reasons, words),
            "undone": one.undone[:16].replace("T", " "),
        }
        for one in merges
    ]


def reasons_line(reasons: str, words: Words) -> str:
    """Reasons as the table keeps them, in the reader's language."""
    if reasons == THROUGH:
        return words(THROUGH)
    said: list[str] = []
    for part in filter(None, reasons.split(", ")):
        name, _, weight = part.rpartition(" ")
        weight = weight.replace("-", "\N{MINUS SIGN}")
        said.append(f"{words(NAMES[name])} {weight}" if name in NAMES else part)
    return ", ".join(said)


def record_view(one: NextRecord, criteria: Iterable[Criterion], words: Words) -> dict[str, Any]:
    """A record: its text in pieces, those with terms marked, and what speaks to each criterion."""
    record = one.record
    return {
        "id": record.record_id,
        "title": pieces(record.title, one.title_terms),
        "text": paragraphs(record.abstract, one.abstract_terms),
        "about": [
            part
            for part in (withdrawn_said(record, words), record.authors, record.journal, record.year)
            if part
        ],
        "doi": record.doi,
        "order": one.order,
        "beside": [{"id": other.record_id, "title": other.title} for other in one.beside],
        "criteria": [
            {
                "name": criterion.criterion,
                "found": _quotes(record, criterion),
                "asks": bool(criterion.terms),
            }
            for criterion in criteria
        ],
    }


def pieces(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut where its marked places begin and end."""
    out: list[tuple[str, bool]] = []
    at = 0
    for start, end in places:
        out += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [one for one in (*out, (text[at:], False)) if one[0]]


def paragraphs(text: str, places: Iterable[tuple[int, int]]) -> list[list[tuple[str, bool]]]:
    """The same, a line of the text a paragraph."""
    out: list[list[tuple[str, bool]]] = [[]]
    for piece, marked in pieces(text, places):
        first, *rest = piece.split("\n")
        out[-1].append((first, marked))
        out += [[(line, marked)] for line in rest]
    return [kept for one in out if (kept := [piece for piece in one if piece[0]])]


def _quotes(record: Screened, criterion: Criterion) -> list[str]:
    """Terms of a criterion as they stand in the text, each once."""
    text = f"{record.title}\n{record.abstract}"
    said: dict[str, str] = {}
    for start, end in terms_in(text, criterion.terms):
        said.setdefault(text[start:end].lower(), text[start:end])
    return [*said.values()][:QUOTES]


def progress_view(answer: ScreeningNextAnswered, words: Words) -> dict[str, Any]:
    """How far the reviewer is, and what the promise says and costs."""
    done, stop = answer.progress, answer.stop
    counts = words(
        "{include} included, {maybe} maybe, {exclude} excluded",
        include=done.include,
        maybe=done.maybe,
        exclude=done.exclude,
    )
    return {
        "read": done.read,
        "records": done.records,
        "share": min(100, round(100 * done.read / done.records)) if done.records else 100,
        "left": max(done.records - done.read, 0),
        "counts": counts,
        "carried": done.carried,
        "stop": _stop(answer, words),
        "may_stop": stop.may_stop,
        "checking": stop.checking,
        "hunch": words("A hunch, no stop: {n} irrelevant in a row.", n=done.in_a_row),
    }


def _stop(answer: ScreeningNextAnswered, words: Words) -> tuple[str, str]:
    """A short sentence, and what it rests on."""
    stop, asked = answer.stop, answer.asked
    facts = {"recall": f"{100 * asked.recall:g}", "sure": f"{100 * asked.confidence:g}"}
    if stop.may_stop:
        return words("It is safe to stop."), words(
            "{recall} % of what is relevant is found, with a confidence of {sure} %.", **facts
        )
    if stop.checking:
        return words("Not yet safe to stop."), words(
            "{drawn} of {rest} read in random order, {found} relevant among them; {n} more if none "
            "of them is relevant.",
            drawn=stop.drawn,
            rest=stop.rest,
            found=stop.found,
            n=stop.to_read,
        )
    return words("No promise yet."), words(
        "That {recall} % of what is relevant is found, with a confidence of {sure} %, costs {n} "
        "records in random order from here if none of them is relevant.",
        n=stop.to_read,
        **facts,
    )


def last_view(
    own: Mapping[str, Decision], records: Mapping[str, Screened], words: Words, most: int
) -> list[dict[str, str]]:
    """What the reviewer decided last, the latest first."""
    return [
        {
            "id": one.record_id,
            "said": words(DECIDED[one.decision]),
            "title": records[one.record_id].title if one.record_id in records else one.record_id,
        }
        for one in [*own.values()][: -most - 1 : -1]
    ]


def reasons_view(reasons: Mapping[str, str], words: Words) -> list[dict[str, str]]:
    """Reasons for exclusion, the first nine with a digit as their key."""
    return [
        {"code": code, "said": words(said), "key": str(number) if number <= DIGITS else ""}
        for number, (code, said) in enumerate(reasons.items(), 1)
    ]


def state_view(
    answer: ScreeningStateAnswered, reasons: Mapping[str, str], words: Words, viewer: str = ""
) -> dict[str, Any]:
    """Counts, reviewers, conflicts with who said what, agreement.

    Of others than the ``viewer``, how they decided is not shown while a record waits for a second
    decision: it is blinded.
    """

    def why(code: str) -> str:
        return words(reasons[code]) if code in reasons else code

    return {
        "counts": counts_line(answer, words),
        "reviewers": [
            {
                "reviewer": one.reviewer,
                "read": one.read,
                **{
                    name: getattr(one, name) if one.reviewer == viewer or not one.waiting else "–"
                    for name in DECIDED
                },
            }
            for one in answer.reviewers
        ],
        "blinded": any(one.waiting and one.reviewer != viewer for one in answer.reviewers),
        "conflicts": [
            {
                "id": one.record_id,
                "title": one.title,
                "said": [
                    {
                        "who": said.reviewer,
                        "what": words(DECIDED[said.decision]),
                        "why": why(said.reason),
                    }
                    for said in one.said
                ],
            }
            for one in (*answer.conflicts, *answer.differ)
        ],
        "settled": [settled_line(one, words) for one in answer.settled],
        "orphans": orphan_lines(answer, words),
        "pairs": [
            {"who": f"{one.first} / {one.second}", "said": agreement_line(one.agreement, words)}
            for one in answer.pairs
        ],
        "excluded": [
            {"why": why(one.reason) or words("no reason given"), "count": len(one.records)}
            for one in answer.excluded
        ],
    }
