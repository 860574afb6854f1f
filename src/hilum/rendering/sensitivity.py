"""What shaking a pooled answer showed, in a few lines."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.pool import Refused
from hilum.language.columns import padded, width_of
from hilum.language.telling import sentence
from hilum.records import found
from hilum.rendering.pool import figure, pool_lines, said
from hilum.rendering.printed_figures import probable, short
from hilum.rendering.sensitivity_influence import influence_lines, moved_most

if TYPE_CHECKING:
    from hilum.analyses.pooled import Limits
    from hilum.analyses.sensitivity import SensitivityAnswered
    from hilum.language import Words

CAUTIONS: Final = {
    "few_studies": "with fewer than 10 studies these tests have next to no power",
    "linked_variance": "a single group's variance depends on its result; asymmetry is expected "
    "without bias",
}
TESTS: Final = {
    "egger": "Egger (random effects): {result}",
    "egger_lm": "Egger (classical): {result}",
    "ranktest": "Begg: {result}",
    "peters": "Peters: {result}",
}
FILLS: Final = {
    "trimfill": "trim and fill (L0): {result}",
    "trimfill_R0": "trim and fill (R0): {result}",
}
SIDES: Final = {
    "left": "{count} filled on the left: {beta}",
    "right": "{count} filled on the right: {beta}",
}


SELECTED: Final = {
    "greater": "selection model (small p values above no effect): {beta}, delta {delta}, p {p}",
    "less": "selection model (small p values below no effect): {beta}, delta {delta}, p {p}",
}


# Checks that a model may have no form of: said once, not a line each.
LACKING: Final = (
    "influence", "baujat", "egger", "egger_lm", "ranktest", "trimfill", "trimfill_R0", "selmodel",
    "permutation",
)  # fmt: skip
OTHERS: Final = "tests of small studies and others: {result}"
OTHERS_OF_REGRESSION: Final = "other checks: {result}"
REFITS: Final = {"leave1out": "without one study", "cumul": "study by study"}


def sensitivity_lines(
    answer: SensitivityAnswered, words: Words, *, studies: bool = False
) -> list[str]:
    """The pooled answer, what a study left out moves, tests, selection, resampling.

    ``studies`` lists every refit: without each study, and with one study more each time.
    """
    lines, shared = pool_lines(answer.pool, words), _shared(answer)
    told = {
        "leave1out": lambda: _without_one(answer, words),
        **({"influence": lambda: moved_most(answer, words)} if answer.asked.mods else {}),
        **{
            name: partial(_test, getattr(answer, name), text, words) for name, text in TESTS.items()
        },
        **{
            name: partial(_filled, getattr(answer, name), answer, text, words)
            for name, text in FILLS.items()
        },
        "selmodel": lambda: _selection(answer, words),
        "bootstrap": lambda: _resampled(answer, words),
        "permutation": lambda: _permuted(answer.permutation, words),
    }
    for name, tell in told.items():
        one = getattr(answer, name)
        if one is not None and not (isinstance(one, Refused) and one.reason == shared):
            lines.append(f"  {tell()}")
    if shared is not None:
        head = OTHERS_OF_REGRESSION if answer.asked.mods else OTHERS
        what = words(head, result=sentence(shared, words))
        lines.append(f"  {what}")
    lines += [f"  {_caution(code, words)}" for code in cautions(answer)]
    if studies:
        for name, head in REFITS.items():
            lines += _each(getattr(answer, name), head, answer, words)
        if answer.asked.mods:
            lines += influence_lines(answer, words)
    return lines


def cautions(answer: SensitivityAnswered) -> tuple[str, ...]:
    """Cautions of tests that were made."""
    made = any(not isinstance(getattr(answer, name), Refused) for name in TESTS if name != "peters")
    return answer.cautions if made else ()


def _without_one(answer: SensitivityAnswered, words: Words) -> str:
    one = answer.leave1out
    if isinstance(one, Refused):
        return words("without one study: {result}", result=sentence(one.reason, words))
    known = [
        (limits.pred, limits, name)
        for limits, name in zip(one.figure, one.slab, strict=True)
        if limits is not None and limits.pred is not None
    ]
    if not known:
        return words("without one study: {result}", result=words("no figure is left"))

    def place(one: tuple[float, Limits, str]) -> tuple[float, float]:
        """By the figure; of equal ones by the upper limit."""
        return one[0], math.inf if one[1].ci_ub is None else one[1].ci_ub

    low, high = min(known, key=place), max(known, key=place)
    if place(low) == place(high):
        return words(
            "without one study, whichever it is: {figure}",
            figure=_with_ends(low[1], answer, words),
        )
    return words(
        "without one study: from {low} (without {lowest}) to {high} (without {highest})",
        low=_with_ends(low[1], answer, words),
        lowest=low[2],
        high=_with_ends(high[1], answer, words),
        highest=high[2],
    )


def _each(one: Any, head: str, answer: SensitivityAnswered, words: Words) -> list[str]:
    if isinstance(one, Refused):
        return []
    wide = max(width_of(name) for name in one.slab)
    lines = ["", words(head)]
    for name, limits, tau2, reason in zip(one.slab, one.figure, one.tau2, one.reason, strict=True):
        shown = sentence(reason, words) if limits is None else _with_ends(limits, answer, words)
        spread = "" if tau2 is None else f"  tau2 {short(tau2)}"
        lines.append(f"  {padded(name, wide)}  {shown}{spread}")
    return lines


def _shared(answer: SensitivityAnswered) -> str | None:
    reasons = [one.reason for name in LACKING if isinstance(one := getattr(answer, name), Refused)]
    for one in reasons:
        if reasons.count(one) > len(LACKING) // 2:
            return one
    return None


def _with_ends(limits: Limits, answer: SensitivityAnswered, words: Words) -> str:
    return figure(replace(limits, pi_lb=None, pi_ub=None), answer.measure, words)


def _test(one: Any, text: str, words: Words) -> str:
    if isinstance(one, Refused):
        return words(text, result=sentence(one.reason, words))
    return words(text, result=words("p {p}", p=probable(one.pval)))


def _filled(one: Any, answer: SensitivityAnswered, text: str, words: Words) -> str:
    if isinstance(one, Refused):
        return words(text, result=sentence(one.reason, words))
    side = found(SIDES, one.side, "side")
    return words(text, result=words(side, count=one.k0, beta=_with_ends(one.figure, answer, words)))


def _selection(answer: SensitivityAnswered, words: Words) -> str:
    one = answer.selmodel
    if isinstance(one, Refused):
        return words("selection model: {result}", result=sentence(one.reason, words))
    return words(
        found(SELECTED, one.side, "alternative"),
        beta="-" if one.figure is None else _with_ends(one.figure, answer, words),
        delta=_short(one.delta),
        p=probable(one.LRTp),
    )


def _resampled(answer: SensitivityAnswered, words: Words) -> str:
    one = answer.bootstrap
    if isinstance(one, Refused):
        return words("bootstrap interval: {result}", result=sentence(one.reason, words))
    ends = one.figure
    return words(
        "bootstrap interval: {low} to {high} ({count} resamples of studies)",
        low="-" if ends is None else said(ends.ci_lb, answer.measure),
        high="-" if ends is None else said(ends.ci_ub, answer.measure),
        count=one.used,
    )


def _permuted(one: Any, words: Words) -> str:
    if isinstance(one, Refused):
        return words("permutation test: {result}", result=sentence(one.reason, words))
    if one.each:
        each = words(", ").join(
            words("{name} p {p}", name=name, p=probable(p)) for name, p in one.each.items()
        )
        return words(
            "permutation test: {each} ({count} arrangements)", each=each, count=one.repetitions
        )
    return words(
        "permutation test: p {p} ({count} arrangements)",
        p=probable(one.pval),
        count=one.repetitions,
    )


def _caution(code: str, words: Words) -> str:
    return words("caution: {text}", text=words(found(CAUTIONS, code, "caution")))


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def messages() -> set[str]:
    """Ids that stand in tables."""
    tables = (CAUTIONS, TESTS, FILLS, SIDES, REFITS, SELECTED)
    return {OTHERS, OTHERS_OF_REGRESSION, *(text for table in tables for text in table.values())}
