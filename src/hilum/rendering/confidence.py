"""Whether further studies would change an answer, in lines; the promise stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found

if TYPE_CHECKING:
    from hilum.analyses.confidence import ConfidenceAnswered
    from hilum.language import Words

SIDES: Final = {"below": "all below the line", "above": "all above the line",
                "across": "across the line"}  # fmt: skip


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*SIDES.values()}


def confidence_lines(answer: ConfidenceAnswered, words: Words) -> list[str]:
    """The answer, what may be left, what it would change, the hunch, the promise."""
    asked = answer.asked
    lines = [
        words(
            "{k} studies: {value:.3g} ({low:.3g} to {high:.3g})",
            k=answer.k, value=answer.value, low=answer.low, high=answer.high,
        )
    ]  # fmt: skip
    if asked.line is not None:
        side = words(found(SIDES, answer.side, "side"))
        lines[0] += words(", {side} of {line:g}", side=side, line=asked.line)
    lines.append(_left(answer, words))
    for one in answer.chances:
        lines.append(
            words(
                "{n} further studies change it with a chance of {either:.1%} (another side of the "
                "line {verdict:.1%}, the figure {figure:.1%})",
                n=one.studies, either=one.either, verdict=one.verdict, figure=one.figure,
            )
        )  # fmt: skip
    if answer.one_changes and answer.one_effect is not None and answer.one_error is not None:
        lines.append(
            words(
                "one plausible study changes it alone: {effect:.3g}, standard error {error:.2g} on "
                "the model's scale",
                effect=answer.one_effect, error=answer.one_error,
            )
        )  # fmt: skip
    elif answer.left:
        lines.append(words("no single plausible study changes it"))
    if answer.unlikely:
        lines.append(words("a hunch, no promise: what is unread is unlikely to change the answer"))
    else:
        lines.append(words("a hunch, no promise: what is unread may change the answer"))
    lines.append(words("It holds as far as further studies are like those found."))
    return [*lines, *_promise(answer, words)]


def _left(answer: ConfidenceAnswered, words: Words) -> str:
    if answer.asked.left is not None:
        return words("relevant records that may be left, as given: {n}", n=answer.left)
    if answer.bounded:
        return words(
            "relevant records that may be left, at confidence {confidence:g}: {n} or fewer",
            confidence=answer.asked.confidence, n=answer.left,
        )  # fmt: skip
    return words(
        "nothing bounds what is left before the random order (screen --check): all {n} unread",
        n=answer.left,
    )


def _promise(answer: ConfidenceAnswered, words: Words) -> list[str]:
    stop = answer.stop
    if stop is None:
        return []
    facts = {"recall": answer.asked.recall, "confidence": answer.asked.confidence}
    if stop.may_stop:
        return [
            words("may stop: recall {recall:g} is reached at confidence {confidence:g}", **facts)
        ]
    said = words(
        "the promise (recall {recall:g} at confidence {confidence:g}) takes {n} more records in "
        "random order if none of them is relevant",
        n=stop.to_read,
        **facts,
    )
    return [said]
