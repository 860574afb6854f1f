"""Learn what shapes survival curves have from the shipped evidence: ``python -m tools.shapes``.

Arms of overall survival that report two times or more, one a cohort (the one with most figures),
over every kind of patient and treatment. What they teach is kept beside the model
(``hilum/synthesis/survival/shapes.json``) with the arms that it rests on.
"""

from __future__ import annotations

import itertools
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hilum.answers import GRADES, LINES, SITES, index, treatments
from hilum.answers.survival_fit import curve_arms
from hilum.answers.survival_rows import curve_rows
from hilum.cli.writing import write
from hilum.evidence import read_evidence
from hilum.synthesis.survival import group
from hilum.synthesis.survival.grid import CENTRES
from hilum.synthesis.survival.shapes import FILE, learn_shape_prior

if TYPE_CHECKING:
    from hilum.synthesis.survival import SurvivalArm

DIGITS = 3


def telling_arms() -> list[SurvivalArm]:
    """Of each cohort the arm with most times, where it has two."""
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
                        best[arm.study] = (times, arm.arm, arm)
    return [arm for _, (times, _, arm) in sorted(best.items()) if times > 1]


def learned() -> dict[str, Any]:
    """Priors by family, and the arms behind them."""
    arms = telling_arms()
    priors = {name: learn_shape_prior(name, arms) for name in CENTRES}
    return {
        "arms": [f"{arm.study}: {arm.arm}" for arm in arms],
        "families": {
            name: {
                "mean": [round(x, DIGITS) for x in one.mean],
                "sd": [round(x, DIGITS) for x in one.sd],
            }
            for name, one in priors.items()
        },
    }


def main() -> None:
    """Write the file."""
    path = Path(str(files("hilum.synthesis.survival"))) / FILE
    write((json.dumps(learned(), indent=1) + "\n").encode(), path)


if __name__ == "__main__":
    main()
