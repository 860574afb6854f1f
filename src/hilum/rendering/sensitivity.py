"""What shaking a pooled answer showed, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.pool import Refused
from hilum.language.telling import sentence
from hilum.records import found

if TYPE_CHECKING:
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


def sensitivity_lines(answer: SensitivityAnswered, words: Words) -> list[str]:
    """Leave-one-out, tests, trim and fill, selection, resampling."""
    lines = [
        words(
            "{measure}: {k} studies, pooled {beta}, tau2 {tau2}",
            measure=answer.measure,
            k=answer.k,
            beta=f"{answer.beta:.4f}",
            tau2=f"{answer.tau2:.4g}",
        )
    ]
    told = [
        _without_one(answer.leave1out, words),
        *(_test(getattr(answer, name), text, words) for name, text in TESTS.items()),
        *(_filled(getattr(answer, name), text, words) for name, text in FILLS.items()),
        _selection(answer.selmodel, words),
        _resampled(answer.bootstrap, words),
        _permuted(answer.permutation, words),
        *(_caution(code, words) for code in answer.cautions),
    ]
    return [*lines, *(f"  {one}" for one in told if one)]


def _without_one(one: Any, words: Words) -> str:
    if isinstance(one, Refused):
        return ""
    spread = sorted(zip(one.estimate, one.slab, strict=True))
    return words(
        "without one study: from {low} (without {lowest}) to {high} (without {highest})",
        low=_figure(spread[0][0]),
        lowest=spread[0][1],
        high=_figure(spread[-1][0]),
        highest=spread[-1][1],
    )


def _test(one: Any, text: str, words: Words) -> str:
    if one is None:
        return ""
    if isinstance(one, Refused):
        return words(text, result=sentence(one.reason, words))
    return words(text, result=words("p {p}", p=_short(one.pval)))


def _filled(one: Any, text: str, words: Words) -> str:
    if isinstance(one, Refused):
        return words(text, result=sentence(one.reason, words))
    side = found(SIDES, one.side, "side")
    return words(text, result=words(side, count=one.k0, beta=_figure(one.beta)))


def _selection(one: Any, words: Words) -> str:
    if isinstance(one, Refused):
        return words("selection model: {result}", result=sentence(one.reason, words))
    return words(
        "selection model: {beta}, delta {delta}, p {p}",
        beta=_figure(one.beta),
        delta=_short(one.delta),
        p=_short(one.LRTp),
    )


def _resampled(one: Any, words: Words) -> str:
    if isinstance(one, Refused):
        return words("bootstrap interval: {result}", result=sentence(one.reason, words))
    return words(
        "bootstrap interval: {low} to {high} ({count} resamples of studies)",
        low=_figure(one.ci_lb),
        high=_figure(one.ci_ub),
        count=one.used,
    )


def _permuted(one: Any, words: Words) -> str:
    if isinstance(one, Refused):
        return words("permutation test: {result}", result=sentence(one.reason, words))
    return words(
        "permutation test: p {p} ({count} arrangements)",
        p=_short(one.pval),
        count=one.repetitions,
    )


def _caution(code: str, words: Words) -> str:
    return words("caution: {text}", text=words(found(CAUTIONS, code, "caution")))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*CAUTIONS.values(), *TESTS.values(), *FILLS.values(), *SIDES.values()}
