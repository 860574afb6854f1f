"""A harm that is not known counts as a harm: in the protocol, the scenario's words and the trials.

Power by enumeration of the numbers of harms, those of missing patients added.
"""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import binom, norm

from hilum.analyses.designs import DESIGNS
from hilum.analyses.protocol import DesignText, ProtocolAsked, protocol_of
from hilum.language import words
from hilum.rendering.sheet.protocol import protocol_text
from hilum.rendering.sheet.synopsis import text

HARM = {"outcome": "major_complication", "treatment": "tare", "control": "tace"}
LOST = 0.2
PLAYED = {"simulate": 40_000, "scenarios": ("drop-out",), "scenario_drop_out": LOST}
SAID = "20 % is missing, which counts as having had the event"


def run(kind, **given):
    return DESIGNS[kind].run(DESIGNS[kind].Asked(**HARM, **PLAYED, **given))


def with_missing(harm):
    return harm + (1 - harm) * LOST


def rejects(p1, p2, n1, n2, alpha):
    """Power of the pooled z test to show fewer harms, every pair of counts."""
    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    whole = (x1 + x2) / (n1 + n2)
    spread = np.sqrt(np.maximum(whole * (1 - whole), 1e-300) * (1 / n1 + 1 / n2))
    z = (x2 / n2 - x1 / n1) / spread
    chance = binom.pmf(x1, n1, p1) * binom.pmf(x2, n2, p2)
    return float(chance[z >= norm.isf(alpha)].sum())


def row(made, code):
    return next(one for one in made.simulated.truths if one.code == code)


def test_two_groups():
    made = run("two-proportions", p1=0.1, p2=0.3, method="normal")
    n1, n2 = (n for _, n in made.per_arm)
    p1, p2 = with_missing(0.1), with_missing(0.3)
    one = row(made, "drop-out")
    assert one.success == pytest.approx(rejects(p1, p2, n1, n2, 0.025), abs=4 * one.mcse)
    level = rejects(p2, p2, n1, n2, 0.025)
    assert one.level == pytest.approx(level, abs=4 * sqrt(level / 40_000))
    planned = row(made, "as-planned")
    assert planned.success == pytest.approx(rejects(0.1, 0.3, n1, n2, 0.025), abs=4 * planned.mcse)
    assert SAID in text(made, words("en"))


def test_one_group():
    made = run("single-stage", p0=0.3, p1=0.1)
    (look,) = made.looks
    one = row(made, "drop-out")
    exact = binom.cdf(look.efficacy_count, look.n, with_missing(0.1))
    assert one.success == pytest.approx(exact, abs=4 * one.mcse)
    assert SAID in text(made, words("en"))


def test_the_protocol_says_what_is_played():
    made = run("two-proportions", p1=0.1, p2=0.3)
    answer = protocol_of(made, ProtocolAsked(file=DesignText("", "")))
    assert answer.estimand.variable == "harm"
    said = protocol_text(answer, words("en"))
    assert "counts as having had it" in said
    assert "No value of a harm is imputed" not in said
    assert "counts as a failure" not in said
    response = {"outcome": "objective_response", "treatment": "tare", "control": "tace"}
    asked = DESIGNS["two-proportions"].Asked(p1=0.5, p2=0.3, **response, **PLAYED)
    assert "counts as a failure" in text(DESIGNS["two-proportions"].run(asked), words("en"))
