"""A remnant as a share: of the measured liver, of a standard volume, of the body."""

from __future__ import annotations

from dataclasses import dataclass

from hilum.patient.volumetry import (
    Threshold,
    compute,
    constants,
    flr_percent_slv,
    probability_below,
    thresholds,
)
from hilum.records import found


def flr_percent_ct(flr_ml: float, functional_ml: float, tumour_ml: float = 0.0) -> float:
    """Remnant in percent of the measured liver without tumour (row ``flr_percent_ct``)."""
    return compute(
        "flr_percent_ct",
        {
            "flr_volume_ml": flr_ml,
            "total_liver_volume_ml": functional_ml + tumour_ml,
            "tumour_volume_ml": tumour_ml,
        },
    )


def flr_body_weight_ratio(flr_ml: float, weight_kg: float) -> float:
    """Remnant's weight in percent of the body's, with the density of ``imaging.csv``."""
    return flr_ml * constants()["liver_density"].value / (10 * weight_kg)


@dataclass(frozen=True, slots=True)
class Denominators:
    """What a remnant may be a share of; ``None`` where it is not known."""

    functional_ml: float | None = None
    standard_ml: float | None = None
    surface_m2: float | None = None

    def share(self, flr_ml: float, denominator: str) -> float | None:
        """A remnant by a denominator of :data:`DENOMINATORS`, in that one's units."""
        known, by = found(
            {
                "slv": (self.standard_ml, flr_percent_slv),
                "ct_non_tumour": (self.functional_ml, flr_percent_ct),
                "bsa": (self.surface_m2, _per_surface),
            },
            denominator,
            "denominator",
        )
        return None if not known else by(flr_ml, known)

    def of(self, denominator: str) -> float | None:
        """The volume that a share in percent is of; ``None`` for one that is no volume."""
        known = {"slv": self.standard_ml, "ct_non_tumour": self.functional_ml, "bsa": None}
        return found(known, denominator, "denominator")


def _per_surface(flr_ml: float, surface_m2: float) -> float:
    return flr_ml / surface_m2


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """A remnant beside one published threshold.

    ``value`` is in the threshold's own units, ``None`` where its denominator is not known.
    """

    threshold: Threshold
    value: float | None
    p_below: float | None


def at_thresholds(flr_ml: float, by: Denominators, sd_percent: float) -> tuple[AtThreshold, ...]:
    """A remnant beside every published threshold, each by its own denominator."""
    out: list[AtThreshold] = []
    for one in thresholds():
        value = by.share(flr_ml, one.denominator)
        below = None if value is None else probability_below(value, one.value, sd_percent)
        out.append(AtThreshold(one, value, below))
    return tuple(out)
