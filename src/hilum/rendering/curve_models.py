"""What families of survival curves, and what varies between studies in them, are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found

if TYPE_CHECKING:
    from hilum.language import Words

FAMILIES: Final = {
    "average": "all families, averaged by their weight",
    "best": "the family with the lowest AIC",
    "exponential": "exponential",
    "weibull": "Weibull",
    "loglogistic": "log-logistic",
    "lognormal": "log-normal",
    "gompertz": "Gompertz",
    "gengamma": "generalised gamma",
    "cure": "Weibull with a share who are cured",
    "promotion": "promotion times with a share who are cured",
    "piecewise": "piecewise exponential",
    "mspline": "spline of the hazard",
}
VARIES: Final = {
    "auto": "as the studies allow",
    "none": "nothing",
    "location": "how long patients live",
    "location+shape": "how long patients live, and how the curve bends",
}


def family_name(code: str, words: Words) -> str:
    """A family of curves in words."""
    return words(found(FAMILIES, code, "family"))


def varies_name(code: str, words: Words) -> str:
    """What varies between studies, in words; empty for a family that was not fitted."""
    return words(found(VARIES, code, "random")) if code else ""
