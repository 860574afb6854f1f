"""Effect measures: each is one record that says all that is particular to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from hilum.records import found
from hilum.synthesis.arrays import Pair, columns, refuse
from hilum.synthesis.effects import counts, means, rates

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.effects.counts import Correct, Values

ONE_GROUP: Final = ("xi", "ni")
ONE_RATE: Final = ("xi", "ti")
TWO_GROUPS: Final = ("ai", "n1i", "ci", "n2i")
TWO_RATES: Final = ("x1i", "t1i", "x2i", "t2i")
TWO_MEANS: Final = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
GIVEN: Final = ("yi", "vi")

# Columns of one arm, in the order of the measure's columns of one group.
EVENTS: Final = ("event", "n")
RATES: Final = ("event", "time")
MEANS: Final = ("mean", "sd", "n")

Unit = Literal["proportion", "ratio", "linear"]


@dataclass(frozen=True, slots=True)
class Measure:
    """An effect measure, by metafor's name.

    Parameters
    ----------
    code : str
        What it is asked for by.
    columns : tuple of str
        What a row of a table holds.
    compute : callable (values, add, to) -> (yi, vi)
        Effects and variances from the columns, on the measure's own scale.
    scale : str
        That scale, a code of :data:`hilum.synthesis.effects.scales.SCALES`.
    unit : {"proportion", "ratio", "linear"}
        How its figures are read once back-transformed: in percent, on a log axis around 1, or as
        they are.
    groups : {1, 2}
        Groups a study; one group has no value of no effect.
    linked : bool
        The variance depends on the result by construction, so that a funnel is uneven without
        any bias (Hunter 2014).
    default_model : str
        What pools it where nothing is said.
    printed : str or None
        Column of the effect as papers print it, with its interval or p value (Parmar 1998).
    notes : tuple of str
        Codes of what a reader must be told.
    arm_columns : tuple of str
        Columns of one arm of a network; empty where only contrasts will do.
    needs_events : bool
        A study without an event in any arm, or with nothing else, says nothing of it.
    corrects : bool
        Empty cells are corrected.
    positive_means : bool
        Means must be above 0.
    pooled_spread : bool
        Arms of a study share one standard deviation, pooled over all of them.
    most_arms : int or None
        Most arms a study may have for its contrasts to add up.
    least, most : float
        What a figure can be on the scale that people read; a normal limit beyond is cut there.
    instead : str or None
        The measure whose intervals stay inside by themselves.
    name : str
        What readers are told, an id of its translations.
    """

    code: str
    columns: tuple[str, ...]
    compute: Callable[[Values, float, Correct], Pair]
    scale: str = "none"
    unit: Unit = "linear"
    groups: Literal[1, 2] = 2
    linked: bool = False
    default_model: str = "REML"
    printed: str | None = None
    notes: tuple[str, ...] = ()
    arm_columns: tuple[str, ...] = ()
    needs_events: bool = False
    corrects: bool = True
    positive_means: bool = False
    pooled_spread: bool = False
    most_arms: int | None = None
    least: float = -math.inf
    most: float = math.inf
    instead: str | None = None
    name: str = ""


def given(values: Values, add: float, to: Correct) -> Pair:
    """Effects and variances as they stand in the table."""
    del add, to
    yi, vi = columns(yi=values[0], vi=values[1])
    refuse(~(np.isfinite(yi) & (vi > 0) & np.isfinite(vi)), "finite yi and vi > 0", yi=yi, vi=vi)
    return yi, vi


def measure(code: str) -> Measure:
    """The record of a measure; an unknown code lists the known ones."""
    return found(MEASURES, code, "measure")


def _proportion(
    code: str,
    compute: Callable[[Values, float, Correct], Pair],
    scale: str,
    *,
    corrects: bool = True,
    default_model: str = "REML",
    notes: tuple[str, ...] = (),
    instead: str | None = None,
    name: str = "",
) -> Measure:
    return Measure(
        code,
        ONE_GROUP,
        compute,
        scale,
        "proportion",
        groups=1,
        linked=True,
        default_model=default_model,
        corrects=corrects,
        notes=notes,
        least=0.0,
        most=1.0,
        instead=instead,
        name=name,
    )


MEASURES: Final[dict[str, Measure]] = {
    one.code: one
    for one in (
        _proportion(
            "PR",
            counts.proportion,
            "none",
            instead="PLO",
            name="proportion",
        ),
        _proportion(
            "PLO",
            counts.logit_proportion,
            "expit",
            default_model="GLMM",
            name="proportion, on the logit scale",
        ),
        _proportion(
            "PLN",
            counts.log_proportion,
            "exp",
            instead="PLO",
            name="proportion, on the log scale",
        ),
        _proportion(
            "PAS",
            counts.arcsine_proportion,
            "arcsine",
            corrects=False,
            name="proportion, arcsine scale",
        ),
        _proportion(
            "PFT",
            counts.double_arcsine_proportion,
            "double-arcsine",
            corrects=False,
            notes=("freeman_tukey",),
            name="proportion, double arcsine scale",
        ),
        Measure(
            "IR",
            ONE_RATE,
            rates.rate,
            groups=1,
            linked=True,
            least=0.0,
            instead="IRLN",
            name="rate of events",
        ),
        Measure(
            "IRLN",
            ONE_RATE,
            rates.log_rate,
            "exp",
            groups=1,
            linked=True,
            default_model="GLMM",
            name="rate of events, on the log scale",
        ),
        Measure(
            "MN",
            ("mi", "sdi", "ni"),
            means.mean,
            groups=1,
            name="mean",
        ),
        Measure(
            "OR",
            TWO_GROUPS,
            counts.odds_ratio,
            "exp",
            "ratio",
            arm_columns=EVENTS,
            needs_events=True,
            name="odds ratio",
        ),
        Measure(
            "RR",
            TWO_GROUPS,
            counts.risk_ratio,
            "exp",
            "ratio",
            arm_columns=EVENTS,
            needs_events=True,
            name="risk ratio",
        ),
        Measure(
            "RD",
            TWO_GROUPS,
            counts.risk_difference,
            arm_columns=EVENTS,
            least=-1.0,
            most=1.0,
            instead="OR",
            name="risk difference",
        ),
        Measure(
            "AS",
            TWO_GROUPS,
            counts.arcsine_difference,
            arm_columns=EVENTS,
            corrects=False,
            name="difference of arcsines",
        ),
        Measure(
            "PETO",
            TWO_GROUPS,
            counts.peto_odds_ratio,
            "exp",
            "ratio",
            arm_columns=EVENTS,
            needs_events=True,
            most_arms=2,
            name="odds ratio by Peto",
        ),
        Measure(
            "IRR",
            TWO_RATES,
            rates.rate_ratio,
            "exp",
            "ratio",
            arm_columns=RATES,
            needs_events=True,
            name="ratio of rates",
        ),
        Measure(
            "IRD",
            TWO_RATES,
            rates.rate_difference,
            arm_columns=RATES,
            name="difference of rates",
        ),
        Measure(
            "IRSD",
            TWO_RATES,
            rates.root_rate_difference,
            arm_columns=RATES,
            corrects=False,
            name="difference of square roots of rates",
        ),
        Measure(
            "MD",
            TWO_MEANS,
            means.mean_difference,
            arm_columns=MEANS,
            name="mean difference",
        ),
        Measure(
            "SMD",
            TWO_MEANS,
            means.standardised_difference,
            arm_columns=MEANS,
            pooled_spread=True,
            name="standardised mean difference",
        ),
        Measure(
            "ROM",
            TWO_MEANS,
            means.mean_ratio,
            "exp",
            "ratio",
            arm_columns=MEANS,
            positive_means=True,
            name="ratio of means",
        ),
        Measure(
            "HR",
            GIVEN,
            given,
            "exp",
            "ratio",
            printed="hr",
            name="hazard ratio",
        ),
        # Any effect with its variance.
        Measure(
            "GEN",
            GIVEN,
            given,
            name="any effect with its variance",
        ),
    )
}
"""Measures by their code; a new one is one record here."""
