"""Tables of an enrichment trial: what is declared, who goes on, how far estimates are off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.rendering.sheet.synopsis_numbers import decimal, effect_text, share
from hilum.rendering.sheet.synopsis_words import ENRICHED, SMALLER

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.trials.synopsis.record import EnrichedTruth, Synopsis

Table = dict[str, Any]
MARKS: Final = {"possible": "*", "balanced": "†"}
"""Of truths whose effect is smaller than their names say, by the reason."""


def enriched_tables(s: Synopsis, words: Words) -> list[Table]:
    """Three tables with a row a truth."""
    return [_declared(s, words), _course(s, words), _estimates(s, words)]


def _named(s: Synopsis, one: EnrichedTruth, words: Words) -> str:
    said = words(
        "{truth} (share {share}; subgroup {own}, others {rest})",
        truth=words(ENRICHED[one.code]), share=share(one.prevalence),
        own=effect_text(one.subgroup_effect, s.scale), rest=effect_text(one.rest_effect, s.scale),
    )  # fmt: skip
    return f"{said} {MARKS[one.smaller]}" if one.smaller else said


def _noted(note: str, s: Synopsis, words: Words) -> str:
    """A note, and why marked truths have a smaller effect than their names say."""
    reasons = {one.smaller for one in s.enriched}
    more = [words(SMALLER[code], mark=mark) for code, mark in MARKS.items() if code in reasons]
    return " ".join([note, *more])


def _declared(s: Synopsis, words: Words) -> Table:
    error = max((one.mcse for one in s.enriched), default=0.0)
    return {
        "title": words("Simulated: where the treatment is declared effective"),
        "columns": [
            words("Truth"), words("full population"), words("subgroup"),
            words("either"), words("where it has no effect"),
        ],
        "rows": [
            [_named(s, one, words), share(one.full), share(one.subgroup), share(one.either),
             share(one.false)]
            for one in s.enriched
        ],
        "note": _noted(words("Monte-Carlo standard errors of at most {error} points.",
                             error=f"{100 * error:.1f}"), s, words),
    }  # fmt: skip


def _course(s: Synopsis, words: Words) -> Table:
    times = s.events is not None
    columns = [
        words("Truth"), words("full population alone"), words("subgroup alone"),
        words("both populations"),
        words("ends there"), words("Patients"),
    ]  # fmt: skip
    if times:
        columns += [words("Events"), words("Months")]
    rows = [
        [_named(s, one, words),
         *(share(x) for x in (one.only_full, one.only_subgroup, one.both, one.none)),
         decimal(one.patients, 1),
         *([decimal(one.events, 1), decimal(one.months, 1)] if times else [])]
        for one in s.enriched
    ]  # fmt: skip
    note = words("Patients are means at the end of the trial.")
    if times:
        note = words("Patients, events and months are means at the end of the trial.")
    return {
        "title": words("Simulated: who goes on after the first interim analysis"),
        "columns": columns, "rows": rows, "note": _noted(note, s, words),
    }  # fmt: skip


def _estimates(s: Synopsis, words: Words) -> Table:
    def off(value: float | None) -> str:
        if value is None:
            return words("too few trials")
        if s.scale == "ratio":
            return f"× {value:.3f}"
        if s.scale == "number":
            return f"{value:+.3g}"
        return words("{points} points", points=f"{100 * value:+.2f}")

    return {
        "title": words("Simulated: the estimate of all patients against that of the last stage"),
        "columns": [words("Truth"), words("full population"), words("subgroup")],
        "rows": [
            [_named(s, one, words), off(one.full_excess), off(one.subgroup_excess)]
            for one in s.enriched
        ],
        "note": _noted(words(
            "In trials that pursued the population to the last stage, by how much the estimate "
            "of all patients is on average off the one that selection does not bias."
        ), s, words),
    }  # fmt: skip
