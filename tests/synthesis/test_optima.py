"""ML and REML where the likelihood has several hills, or Newton's steps go back and forth."""

import numpy as np
import pytest

from hilum.synthesis import fit, fit_batch
from hilum.synthesis.least_squares import loglik
from hilum.synthesis.network import contrasts, fit_network

# Found by chance: each was the lower of two maxima, or no answer at all.
CASES = {
    "a higher hill at 0": ([0, 0, 0, 1, 1, 2], [0.375, 0.0625, 0.0312, 1, 1, 0.4062]),
    "steps that go back and forth": (
        [0, 0.24, -0.7, -0.72],
        [0.75**2, 0.32**2, 0.05**2, 0.05**2],
    ),
    "the climb ended at twice the moment estimate": (
        [-1.9, 0, 0, -1.3, -0.1, 0, 0.1, -1.5],
        [0.5, 0.3, 2, 2, 0.01, 0.1, 0.01, 0.3],
    ),
    "a hill beside 0": ([0, 0, 0.34, 0.39], [0.16**2, 0.18**2, 0.05**2, 0.05**2]),
}
GRID = np.concatenate([[0.0], np.geomspace(1e-6, 20, 4000)])


@pytest.mark.parametrize(("yi", "vi"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize(("method", "restricted"), [("ML", False), ("REML", True)])
def test_no_place_is_higher(yi, vi, method, restricted):
    y, v = np.array(yi, float), np.array(vi, float)
    found = fit(y, v, method=method).tau2
    top = max(float(loglik(y, v, t, None, restricted=restricted)) for t in GRID)
    assert float(loglik(y, v, found, None, restricted=restricted)) >= top - 1e-9
    several = fit_batch(np.stack([y, y]), np.stack([v, v]), method=method).tau2
    assert several == pytest.approx(found, rel=1e-6, abs=1e-9)
    k = range(len(y))
    data = contrasts(k, ["A"] * len(y), ["B"] * len(y), y, np.sqrt(v))
    network = fit_network(data, method=method).tau2
    assert network == pytest.approx(found, rel=1e-6, abs=1e-7)
