"""Learn what shapes survival curves have from the shipped evidence: ``python -m tools.shapes``.

Arms of overall survival that report two times or more, one a cohort (the one with most figures),
over every kind of patient and treatment. Then how far the intervals of medians are as wide as
their patients make them: every printed median of a time to an event with both limits and n, whose
curve's slope varies as those arms' shapes do. What both teach is kept beside the model
(``hilum/synthesis/survival/shapes.json``) with the arms that it rests on.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hilum.answers import GRADES, LINES, SITES, index, treatments
from hilum.answers.survival_fit import curve_arms
from hilum.answers.survival_rows import curve_rows
from hilum.cli.writing import write
from hilum.evidence import FigureKind, Measure, read_evidence
from hilum.synthesis.survival import Report, SurvivalArm, group
from hilum.synthesis.survival.grid import CENTRES
from hilum.synthesis.survival.median_widths import FEWEST, width_of
from hilum.synthesis.survival.shapes import FILE, ShapePrior, learn_shape_prior
from hilum.synthesis.two_stage import fit

if TYPE_CHECKING:
    from hilum.evidence import Result

DIGITS = 3


def telling_arms() -> list[SurvivalArm]:
    """Of each cohort the arm with most times, where it has two.

    Their times alone: what a width says of a slope is learnt from these.
    """
    found = index(read_evidence())
    best: dict[str, tuple[int, str, SurvivalArm]] = {}
    for site, grade, line in itertools.product(SITES, GRADES, LINES):
        for name in treatments():
            for rows in curve_rows(found, name, site, grade, line):
                for arm in curve_arms(rows.reports)[0]:
                    times = sum(one.kind != "floor" for one in group([arm])[0].pieces)
                    held = best.get(arm.study)
                    # The first by name among equals, so that no order of the tables matters.
                    if held is None or (-times, arm.arm) < (-held[0], held[1]):
                        best[arm.study] = (times, arm.arm, _without_widths(arm))
    return [arm for _, (times, _, arm) in sorted(best.items()) if times > 1]


def _without_widths(arm: SurvivalArm) -> SurvivalArm:
    return SurvivalArm(arm.study, arm.arm, tuple(replace(one, from_n=True) for one in arm.reports))


def telling_medians() -> list[Result]:
    """Printed medians with both limits and the patients that they are of, where they are enough."""
    return [
        row
        for row in read_evidence().results
        if row.measure is Measure.MEDIAN_MONTHS
        and row.figure_kind is FigureKind.ESTIMATE
        and row.value is not None
        and (row.n or 0) >= FEWEST
        and (row.ci_low or 0.0) > 0
        and row.ci_high is not None
        and (row.ci_low or 0.0) < row.value < row.ci_high
    ]


def learn_widths(rows: list[Result], shape: ShapePrior) -> tuple[float, float]:
    """Mean and spread of the log growth between a median's limits, beside what n makes it.

    Of a Weibull the growth is its shape times the log ratio of the limits, so that the log ratios
    vary by what n makes them, by the shapes, and by the spread sought (REML).
    """
    yi, vi = list[float](), list[float]()
    for row in rows:
        printed = Report("median", None, row.value, row.ci_low, row.ci_high, row.n)
        width = width_of(printed, (0.0, 0.0))
        assert width is not None
        yi.append(math.log(math.log(width.end / width.start)) - width.log_growth + shape.mean[0])
        vi.append(width.se**2 + shape.sd[0] ** 2)
    found = fit(yi, vi, method="REML")
    return float(found.beta[0]), math.sqrt(found.tau2)


def learned() -> dict[str, Any]:
    """Priors by family and of widths, and the arms and medians behind them."""
    arms, medians = telling_arms(), telling_medians()
    priors = {name: learn_shape_prior(name, arms) for name in CENTRES}
    mean, sd = learn_widths(medians, priors["weibull"])
    return {
        "arms": [f"{arm.study}: {arm.arm}" for arm in arms],
        "families": {
            name: {
                "mean": [round(x, DIGITS) for x in one.mean],
                "sd": [round(x, DIGITS) for x in one.sd],
            }
            for name, one in priors.items()
        },
        "medians": sorted(row.result_id for row in medians),
        "widths": {"mean": round(mean, DIGITS), "sd": round(sd, DIGITS)},
    }


def main() -> None:
    """Write the file."""
    path = Path(str(files("hilum.synthesis.survival"))) / FILE
    write((json.dumps(learned(), indent=1) + "\n").encode(), path)


if __name__ == "__main__":
    main()
