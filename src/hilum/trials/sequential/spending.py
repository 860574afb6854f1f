"""Spending functions: how much of an error is used up by an information rate.

A family is a value, not a class: a name, its function and its default parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array


def lan_demets_obrien_fleming(alpha: float, t: Array, parameter: float) -> Array:
    """``2 - 2 Phi(z_{alpha/2} / sqrt(t))`` (Lan & DeMets 1983)."""
    del parameter
    return 2 * special.ndtr(special.ndtri(alpha / 2) / np.sqrt(t))


def lan_demets_pocock(alpha: float, t: Array, parameter: float) -> Array:
    """``alpha log(1 + (e - 1) t)`` (Lan & DeMets 1983)."""
    del parameter
    return alpha * np.log1p((np.e - 1) * t)


def hwang_shih_decani(alpha: float, t: Array, parameter: float) -> Array:
    """``alpha (1 - exp(-gamma t)) / (1 - exp(-gamma))`` (Hwang, Shih & DeCani 1990)."""
    if parameter == 0:
        return alpha * t
    return alpha * np.expm1(-parameter * t) / np.expm1(-parameter)


def kim_demets(alpha: float, t: Array, parameter: float) -> Array:
    """``alpha t^rho`` (Kim & DeMets 1987)."""
    return alpha * t**parameter


@dataclass(frozen=True, slots=True)
class Spending:
    """A family of spending functions: ``function(alpha, t, parameter)``, increasing in t."""

    name: str
    function: Callable[[float, Array, float], Array]
    default: float


FAMILIES = {
    one.name: one
    for one in (
        Spending("asOF", lan_demets_obrien_fleming, 0.0),
        Spending("asP", lan_demets_pocock, 0.0),
        Spending("asHSD", hwang_shih_decani, -4.0),
        Spending("asKD", kim_demets, 1.0),
    )
}
"""Spending families by the names rpact uses for them."""


def spent(name: str, alpha: float, rates: Array, parameter: float | None = None) -> Array:
    """Cumulative error spent at each information rate, shape (K,).

    Raises
    ------
    InputError
        An unknown family, or a parameter its function cannot take.
    """
    check = Requirements()
    if check.one_of("spending", name, tuple(FAMILIES)):
        value = FAMILIES[name].default if parameter is None else parameter
        check.need(bool(np.isfinite(value)), "parameter", value, "a finite number")
        if name == "asKD":
            check.need(value > 0, "parameter", value, "rho above 0")
        if name == "asHSD":
            check.need(abs(value) <= 40, "parameter", value, "gamma from -40 to 40")
    check.done()
    family = FAMILIES[name]
    value = family.default if parameter is None else parameter
    return np.minimum(family.function(alpha, rates, value), alpha)
