"""What the codes of effect measures, models and tests are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.synthesis.effects import MEASURES, measure
from hilum.synthesis.wald import INFERENCES

if TYPE_CHECKING:
    from hilum.language import Words

METHODS: Final = {
    "EE": "equal effects",
    "GLMM": "exact likelihood",
    "MH": "Mantel-Haenszel",
    "Peto": "Peto",
}
"""Ways to pool that are no estimator of tau2."""


def measure_name(code: str, words: Words) -> str:
    """The name of an effect measure, with its code."""
    name = measure(code).name
    return f"{words(name)} ({code})" if name else code


def test_name(code: str, words: Words) -> str:
    """The name of a kind of test and interval, with its code."""
    name = found(INFERENCES, code, "test").name
    return code if name == code else f"{words(name)} ({code})"


def method_name(code: str, words: Words) -> str:
    """The name of a way to pool, with its code."""
    if code in METHODS:
        return f"{words(METHODS[code])} ({code})"
    return words("random effects, tau2 by {method}", method=code)


def messages() -> set[str]:
    """Ids that stand in tables."""
    records = (*MEASURES.values(), *INFERENCES.values())
    return {*METHODS.values(), *(one.name for one in records if one.name not in ("", one.code))}
