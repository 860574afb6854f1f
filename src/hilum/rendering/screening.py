"""A screening in lines: the next records, how far a reviewer is, where reviewers disagree."""

from __future__ import annotations

import csv
from importlib import resources
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.withdrawn import said_of
from hilum.records import found
from hilum.tabular.encoding import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.screening_next import NextRecord, ScreeningNextAnswered
    from hilum.analyses.screening_state import ScreeningStateAnswered, Settled
    from hilum.language import Words
    from hilum.literature.screening.agreement import Agreement
    from hilum.literature.screening.review_records import Screened
    from hilum.literature.screening.session import StopState

KEYS: Final = {
    "include": "include",
    "maybe": "maybe",
    "exclude": "exclude",
    "undo": "undo",
    "leave": "leave",
}
"""What a key does, by the code of the loop."""
BOLD, PLAIN = "\033[1m", "\033[0m"


def next_lines(answer: ScreeningNextAnswered, words: Words, bold: bool = False) -> list[str]:
    """The next records with the criteria, then the progress and the rule."""
    lines: list[str] = []
    for one in answer.next:
        lines += [*_record_lines(one, words, bold), ""]
    if not answer.next:
        lines.append(words("nothing is left to read"))
    if answer.criteria and answer.next:
        lines.append(words("criteria:"))
        lines += [f"  - {one.criterion}" for one in answer.criteria]
    done = answer.progress
    lines.append(
        words(
            "{read} of {records} read: {include} included, {maybe} maybe, {exclude} excluded",
            read=done.read,
            records=done.records,
            include=done.include,
            maybe=done.maybe,
            exclude=done.exclude,
        )
    )
    if done.carried:
        lines.append(words("decided in the last round, not read again: {n}", n=done.carried))
    if done.reopened:
        lines.append(words("left open in the last round, to be decided at the full text: {n}",
                           n=done.reopened))  # fmt: skip
    return [*lines, *_stop_lines(answer.stop, answer, words)]


def _record_lines(one: NextRecord, words: Words, bold: bool) -> list[str]:
    record = one.record
    about = " · ".join(
        part
        for part in (
            withdrawn_said(record, words),
            record.authors,
            record.journal,
            record.year,
            record.doi,
        )
        if part
    )
    lines = [f"[{record.record_id}] {_marked(record.title, one.title_terms, bold)}"]
    lines += [about] if about else []
    lines.append(_marked(record.abstract, one.abstract_terms, bold) or words("no abstract"))
    for other in one.beside:
        lines.append(
            words("like it: [{record}] {title}", record=other.record_id, title=other.title)
        )
    return lines


def withdrawn_said(record: Screened, words: Words) -> str:
    """That a record, or a copy of it, says that the paper is withdrawn; empty where none does."""
    return words(said_of(partly=record.partly)) if record.retracted else ""


def _marked(text: str, places: tuple[tuple[int, int], ...], bold: bool) -> str:
    """The text with the criteria's terms in bold, without what acts on a terminal."""
    from hilum.tabular.encoding import visible

    out, at = "", 0
    for start, end in places if bold else ():
        out += visible(text[at:start]) + BOLD + visible(text[start:end]) + PLAIN
        at = end
    return out + visible(text[at:])


def _stop_lines(stop: StopState, answer: ScreeningNextAnswered, words: Words) -> list[str]:
    asked = answer.asked
    facts = {"recall": asked.recall, "confidence": asked.confidence, "n": stop.to_read}
    if stop.may_stop:
        said = words("may stop: recall {recall:g} is reached at confidence {confidence:g}", **facts)
    elif stop.checking:
        said = words(
            "not yet safe to stop: {drawn} of {rest} read in random order, {found} relevant among "
            "them; {n} more if none of them is relevant",
            drawn=stop.drawn,
            rest=stop.rest,
            found=stop.found,
            n=stop.to_read,
        )
    else:
        said = words(
            "no promise yet: recall {recall:g} at confidence {confidence:g} costs {n} records in "
            "random order from here if none of them is relevant (--check)",
            **facts,
        )
    hunch = words("a hunch, no stop: {n} irrelevant in a row", n=answer.progress.in_a_row)
    return [said, hunch]


def keys_line(keys: dict[str, str], words: Words) -> str:
    """The keys and what they do."""
    return "   ".join(f"{key}: {words(found(KEYS, said, 'key'))}" for key, said in keys.items())


def state_lines(answer: ScreeningStateAnswered, words: Words) -> list[str]:
    """Counts, reviewers, conflicts, agreement."""
    lines = [counts_line(answer, words)]
    for one in answer.reviewers:
        lines.append(
            words(
                "{reviewer}: {read} read, {include} included, {maybe} maybe, {exclude} excluded",
                reviewer=one.reviewer,
                read=one.read,
                include=one.include,
                maybe=one.maybe,
                exclude=one.exclude,
            )
        )
    for one in answer.conflicts:
        said = ", ".join(f"{who.reviewer} {words(who.decision)}" for who in one.said)
        lines.append(
            words("conflict: [{record}] {title}: {said}", record=one.record_id, title=one.title,
                  said=said)
        )  # fmt: skip
    for one in answer.differ:
        said = ", ".join(f"{who.reviewer} {who.reason}" for who in one.said if who.reason)
        lines.append(
            words("excluded for different reasons: [{record}] {title}: {said}",
                  record=one.record_id, title=one.title, said=said)
        )  # fmt: skip
    lines += [settled_line(one, words) for one in answer.settled]
    for pair in answer.pairs:
        lines.append(f"{pair.first} / {pair.second}: {agreement_line(pair.agreement, words)}")
    return [*lines, *orphan_lines(answer, words)]


def counts_line(answer: ScreeningStateAnswered, words: Words) -> str:
    """How many records go on, are out and are open; conflicts on decision and reason apart."""
    facts = {
        "records": answer.records,
        "on": len(answer.on),
        "out": len(answer.out),
        "conflicts": len(answer.conflicts),
        "open": len(answer.open),
    }
    if not answer.differ:
        return words(
            "{records} records: {on} go on, {out} excluded, {conflicts} in conflict, {open} open",
            **facts,
        )
    return words(
        "{records} records: {on} go on, {out} excluded, in conflict on the decision {conflicts}, "
        "excluded and in conflict on the reason {differ}, {open} open",
        differ=len(answer.differ),
        **facts,
    )


def settled_line(one: Settled, words: Words) -> str:
    """How a disagreement was settled, and by whom."""
    facts = {
        "record": one.record_id,
        "title": one.title,
        "said": f"{words(one.decision)} ({one.reason})" if one.reason else words(one.decision),
        "reviewer": one.reviewer,
    }
    if one.how == "consensus":
        return words(
            "settled by consensus: [{record}] {title}: {said}, noted by {reviewer}", **facts
        )
    if one.among:
        return words(
            "settled by one of those who disagreed: [{record}] {title}: {said} by {reviewer}",
            **facts,
        )
    return words("settled: [{record}] {title}: {said} by {reviewer}", **facts)


def further_lines(record: str, who: Sequence[str], agrees: bool, words: Words) -> list[str]:
    """That a record was decided already by as many as are asked for: what a further one does."""
    if not who:
        return []
    facts = {"record": record, "reviewers": ", ".join(map(visible, who))}
    if agrees:
        return [words("{record} was decided already, by {reviewers}: a further decision, which "
                      "agrees", **facts)]  # fmt: skip
    return [
        words("{record} was decided already, by {reviewers}: a further decision, which DISAGREES; "
              "without a resolution the record is open again (--resolve, --consensus)", **facts)
    ]  # fmt: skip


def orphan_lines(answer: ScreeningStateAnswered, words: Words) -> list[str]:
    """Decisions on records that are not counted, with some of the records."""
    from hilum.rendering.flow import REMARKS, some_of

    named = (("unknown", answer.unknown), ("copies", answer.copies))
    return [
        f"{words(REMARKS[code], n=len(some))} ({some_of(some, words)})"
        for code, some in named
        if some
    ]


def agreement_line(one: Agreement, words: Words) -> str:
    """How far two reviewers agree."""
    pabak = words(
        "PABAK {value:.2f} ({low:.2f} to {high:.2f})",
        value=one.pabak,
        low=one.pabak_low,
        high=one.pabak_high,
    )
    if one.kappa is None:
        kappa = words("kappa has no value: both said the same of every record")
    elif one.kappa_low is None or one.kappa_high is None:
        kappa = words("kappa {value:.2f} (no interval: too few decisions)", value=one.kappa)
    else:
        kappa = words(
            "kappa {value:.2f} ({low:.2f} to {high:.2f})",
            value=one.kappa,
            low=one.kappa_low,
            high=one.kappa_high,
        )
    alike = words("{share:.0%} of {records} records alike", share=one.observed, records=one.records)
    return f"{alike}; {kappa}; {pabak}"


def messages() -> set[str]:
    """Ids that stand in tables, the shipped reasons among them."""
    path = resources.files("hilum.literature.screening") / "reasons.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {*KEYS.values(), *(row["said"] for row in rows)}
