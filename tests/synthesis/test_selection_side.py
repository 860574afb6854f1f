"""The selection model on either side of no effect, against metafor 4.8 (selmodel, stepfun)."""

import json
from pathlib import Path

import numpy as np
import pytest

from hilum.errors import UnknownCode
from hilum.synthesis.sensitivity.selection import three_parameter
from hilum.synthesis.two_stage import fit

BCG = Path(__file__).parents[1] / "reference" / "bcg.json"


def bcg():
    block = json.loads(BCG.read_text("utf-8"))["effects"]["RR"]
    return np.array(block["yi"], float), np.array(block["vi"], float)


def test_small_p_values_below_no_effect():
    # selmodel(rma(ai, n1i, ci, n2i, measure = "RR"), type = "stepfun", steps = 0.025,
    # alternative = "less"), printed to four decimals.
    found = three_parameter(fit(*bcg()), "less")
    assert found.beta == pytest.approx(-0.6206, abs=2e-4)
    assert found.se == pytest.approx(0.2613, abs=5e-4)
    assert found.tau2 == pytest.approx(0.2912, abs=5e-4)
    assert found.delta == pytest.approx(0.6355, abs=2e-3)
    assert pytest.approx(0.2425, abs=2e-3) == found.LRT
    low, high = np.exp(found.beta + np.array([-1, 1]) * 1.959964 * found.se)
    assert (low, np.exp(found.beta), high) == pytest.approx((0.3221, 0.5376, 0.8973), abs=1e-3)


def test_the_other_side_of_effects_of_the_other_sign():
    yi, vi = bcg()
    one, two = three_parameter(fit(yi, vi), "less"), three_parameter(fit(-yi, vi), "greater")
    assert one.beta == pytest.approx(-two.beta, rel=1e-9)
    assert (one.delta, one.LRT) == pytest.approx((two.delta, two.LRT), rel=1e-6)


def test_there_is_no_third_side():
    with pytest.raises(UnknownCode, match="greater, less"):
        three_parameter(fit(*bcg()), "two.sided")
