"""A replayed screening in lines for the terminal and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.screening.replay import BEGUN
from hilum.records import found

if TYPE_CHECKING:
    from hilum.analyses.screening_replay import ScreeningReplayAnswered
    from hilum.language import Words

HUNCHES: Final = {
    "in_a_row": "50 irrelevant in a row",
    "ranked": "the rule on records in the model's order, as if at random",
}
"""Hunches by the name that the analysis gives them."""


def replay_lines(answer: ScreeningReplayAnswered, words: Words) -> list[str]:
    """What was replayed, its figures, the stop and what it cost, the hunches."""
    asked, mean = answer.asked, answer.mean
    lines = [
        words(
            "{file}: {records} records, {relevant} relevant ({label}); model {model}",
            file=answer.file,
            records=answer.records,
            relevant=answer.relevant,
            label=answer.label,
            model=answer.model,
        ),
        *_asides(answer, words),
        words(
            "each replay begins with one relevant and one irrelevant record drawn by its seed; "
            "they are not counted"
        ),
        words("seed  WSS@95  RRF@10    ATD   loss  stop after  recall there"),
    ]
    for one in answer.seeds:
        lines.append(
            f"{one.seed:>4}  {one.wss95:6.3f}  {one.rrf10:6.3f}  {one.atd:5.3f}  {one.loss:5.3f}  "
            f"{one.stop.read:10d}  {one.stop.recall:12.3f}"
        )
    mark = words("mean")
    lines += [
        f"{mark:>4}  {mean.wss95:6.3f}  {mean.rrf10:6.3f}  {mean.atd:5.3f}  {mean.loss:5.3f}  "
        f"{mean.stop_read:10.0f}  {mean.stop_recall:12.3f}",
        words(
            "stop: recall {recall:g} at confidence {confidence:g}, hypergeometric rule with the "
            "rest read in random order: {read:.0f} of the other {records} records on average",
            recall=asked.recall,
            confidence=asked.confidence,
            read=mean.stop_read,
            records=answer.records - BEGUN,
        ),
        *_hunches(answer, words),
    ]
    return lines


def _asides(answer: ScreeningReplayAnswered, words: Words) -> list[str]:
    said = {
        "without a decision, not replayed: {number}": answer.undecided,
        "without an abstract: {number}": answer.without_abstract,
        "read together with the record they double: {number}": answer.duplicates,
        "lines that are no UTF-8, read as {encoding}: {number}": answer.not_utf8,
        "rows that cannot be read or have more or fewer cells than the head: {number}": len(
            answer.faults
        ),
    }
    lines = [
        words(text, number=number, encoding=answer.encoding)
        for text, number in said.items()
        if number
    ]
    if answer.other_labels:
        others = ", ".join(answer.other_labels)
        lines.append(words("further columns of decisions: {others}", others=others))
    return lines


def _hunches(answer: ScreeningReplayAnswered, words: Words) -> list[str]:
    """Means of the hunches; the lines say that they promise nothing."""
    lines: list[str] = []
    for name in [one.name for one in answer.seeds[0].hunches]:
        came = [
            (one.read, one.recall)
            for seed in answer.seeds
            for one in seed.hunches
            if one.name == name and one.read is not None and one.recall is not None
        ]
        hunch = words(found(HUNCHES, name, "hunch"))
        if not came:
            lines.append(words("a hunch, no stop: {hunch}: it never came", hunch=hunch))
            continue
        lines.append(
            words(
                "a hunch, no stop: {hunch}: after {read:.0f} records, recall {recall:.3f} there "
                "(lowest {lowest:.3f})",
                hunch=hunch,
                read=sum(read for read, _ in came) / len(came),
                recall=sum(recall for _, recall in came) / len(came),
                lowest=min(recall for _, recall in came),
            )
        )
    return lines


def recall_picture(answer: ScreeningReplayAnswered, words: Words) -> str:
    """Recall over the records read, a line a replay."""
    from hilum.plots.recall import RecallCurve, recall_svg

    curves = [
        RecallCurve(
            found_at=one.found_at,
            stop=(one.stop.read, one.stop.recall),
            name=words(
                "seed {seed}: {read} read, recall {recall:.3f}",
                seed=one.seed,
                read=one.stop.read,
                recall=one.stop.recall,
            ),
        )
        for one in answer.seeds
    ]
    return recall_svg(
        curves,
        records=answer.records - BEGUN,
        target=answer.asked.recall,
        title=words("Recall over the records read: {file}", file=answer.file),
        axes=(words("records read (dot: stop of the rule)"), words("recall")),
        chance=words("read at random"),
    )


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*HUNCHES.values()} | {
        "without a decision, not replayed: {number}",
        "without an abstract: {number}",
        "read together with the record they double: {number}",
        "lines that are no UTF-8, read as {encoding}: {number}",
        "rows that cannot be read or have more or fewer cells than the head: {number}",
    }
