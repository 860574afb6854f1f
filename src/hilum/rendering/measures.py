"""What the codes of effect measures, models and tests are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found

if TYPE_CHECKING:
    from hilum.language import Words

MEASURES: Final = {
    "PR": "proportion",
    "PLO": "proportion, on the logit scale",
    "PLN": "proportion, on the log scale",
    "PAS": "proportion, arcsine scale",
    "PFT": "proportion, double arcsine scale",
    "IR": "rate of events",
    "IRLN": "rate of events, on the log scale",
    "MN": "mean",
    "OR": "odds ratio",
    "RR": "risk ratio",
    "RD": "risk difference",
    "AS": "difference of arcsines",
    "PETO": "odds ratio by Peto",
    "IRR": "ratio of rates",
    "IRD": "difference of rates",
    "IRSD": "difference of square roots of rates",
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "ROM": "ratio of means",
    "HR": "hazard ratio",
    "GEN": "any effect with its variance",
}
"""Names of effect measures, ids of their translations."""
TESTS: Final = {
    "z": "normal quantiles",
    "t": "t quantiles",
    "knha": "Hartung-Knapp",
    "adhoc": "Hartung-Knapp, never narrower than the model",
}
METHODS: Final = {
    "EE": "equal effects",
    "GLMM": "exact likelihood",
    "MH": "Mantel-Haenszel",
    "Peto": "Peto",
}
"""Ways to pool that are no estimator of tau2."""


def measure_name(code: str, words: Words) -> str:
    """The name of an effect measure, with its code."""
    return f"{words(found(MEASURES, code, 'measure'))} ({code})"


def test_name(code: str, words: Words) -> str:
    """The name of a kind of test and interval, with its code."""
    return f"{words(found(TESTS, code, 'test'))} ({code})"


def method_name(code: str, words: Words) -> str:
    """The name of a way to pool, with its code."""
    if code in METHODS:
        return f"{words(METHODS[code])} ({code})"
    return words("random effects, tau2 by {method}", method=code)


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*MEASURES.values(), *TESTS.values(), *METHODS.values()}
