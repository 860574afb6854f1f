"""ML and REML where the likelihood has several hills, or Newton's steps go back and forth."""

import numpy as np
import pytest

from hilum.synthesis import fit, fit_batch
from hilum.synthesis.least_squares import loglik, orthonormal
from hilum.synthesis.likeliest import _climb, _climb_one
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


# Where a slope of the studies' order leaves two hills; several must be climbed at once.
SLOPES = (
    ([0, -1.52, 0, 0.49, 0, -0.48], [0.5, 0.01, 0.3, 2, 0.01, 0.5]),
    ([0, -0.24, 0.66, 0, 0, 0], [0.1, 2, 0.03, 2, 0.1, 0.01]),
    ([0, -0.18, -0.65, -1.37, -1.18, 0.36], [0.01, 2, 2, 0.1, 0.01, 0.3]),
    ([0, 0.34, 0, 0, 0.54, 2.48], [2, 0.01, 0.5, 0.3, 0.5, 0.01]),
    ([-0.09, 1.25, -2.82, 0, -0.59, 1.62], [0.01, 2, 0.3, 0.3, 0.03, 0.5]),
    ([0.18, 0, -0.6, 0.59, 1.18, -0.57], [0.3, 0.1, 0.01, 0.5, 0.5, 0.01]),
)


def height(y, v, x, tau2, *, restricted):
    """The normal likelihood of a regression, from its definition."""
    w = 1 / (v + tau2)
    inner = x.T * w @ x
    rest = y - x @ np.linalg.solve(inner, x.T * w @ y)
    found = np.log(w).sum() - (w * rest**2).sum()
    return (found - np.linalg.slogdet(inner)[1]) / 2 if restricted else found / 2


@pytest.mark.parametrize(("method", "restricted"), [("ML", False), ("REML", True)])
def test_no_place_is_higher_with_a_slope_in_a_batch(method, restricted):
    x = np.column_stack([np.ones(6), np.arange(6) / 6])
    y, v = (np.array(part, float) for part in zip(*SLOPES, strict=True))
    several = fit_batch(y, v, mods=x, method=method).tau2
    for one, other, found in zip(y, v, several, strict=True):
        top = max(height(one, other, x, t, restricted=restricted) for t in GRID[::20])
        assert height(one, other, x, found, restricted=restricted) >= top - 1e-9
        alone = fit(one, other, mods=x, method=method).tau2
        assert found == pytest.approx(alone, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("root", [0.4, 3.0, 3.9])
def test_a_climb_that_hardly_moves_halves_its_bracket_in_the_end(root):
    """A score whose curvature is said to be a thousand times its own: Newton's steps are tiny."""

    def slope(tau2, rows=None):
        del rows
        return root - tau2, np.full_like(tau2, 1e3), np.full_like(tau2, 1e3)

    one = _climb_one(slope, np.float64(4.0), np.float64(1e-3), 0.0)
    assert float(one) == pytest.approx(root, rel=1e-6)
    several = _climb(slope, np.full(2, 4.0), np.full(2, 1e-3), 0.0)
    assert several == pytest.approx(root, rel=1e-6)


# Tables of a seeded search (numpy's default_rng(5), ML with moderators, 232,070 tables) whose batch
# and single fit once ended on a lower hill: effects, variances, moderators.
TWO_HILLS = [
    (
        [-0.352, -0.1, -0.146, 0.154, 10.799, -0.291, -0.181, 2.119],
        [0.0018, 0.1281, 0.0006, 0.0104, 4.2004, 0.3016, 0.0098, 0.5952],
        [[-0.567], [-0.24], [-1.301], [-0.148], [-1.435], [0.709], [0.907], [0.576]],
    ),
    (
        [0.217, -0.075, 1.355, 0.414, 0.162, 0.066, -12.588, 2.584, -3.899],
        [0.1033, 1.5642, 0.9119, 0.0012, 0.0293, 0.0032, 314.5205, 1.7879, 0.8602],
        [[-0.656], [0.394], [0.152], [-0.114], [1.695], [-0.289], [-0.384], [-1.163], [-1.45]],
    ),
    (
        [5.234, 0.134, -0.676, 0.551, -1.629, 0.375, 0.799, -0.273],
        [1.3656, 0.0422, 0.5575, 0.0608, 1.2246, 0.0648, 0.0808, 0.4953],
        [[1.0], [1.0], [0.0], [1.0], [1.0], [1.0], [0.0], [0.0]],
    ),
    (
        [5.906, 3.317, 0.096, -3.04, 0.382, 1.633, 4.883, 0.265, 1.129],
        [30.9039, 28.0273, 0.0062, 1.2932, 0.0046, 0.3323, 2.9287, 0.1435, 4.8613],
        [[1.0], [0.0], [1.0], [0.0], [1.0], [1.0], [0.0], [0.0], [0.0]],
    ),
    (
        [-0.636, -0.035, -15.475, 0.795, -4.978, -0.571],
        [0.0616, 0.1541, 11.5905, 0.0811, 35.4371, 0.0108],
        [[0.0], [0.0], [1.0], [1.0], [0.0], [1.0]],
    ),
]


@pytest.mark.parametrize(("y", "v", "mods"), TWO_HILLS)
def test_the_higher_of_two_hills_with_moderators(y, v, mods):
    x = np.column_stack([np.ones(len(y)), mods])
    one, many = fit(y, v, mods=x, method="ML"), fit_batch([y], [v], mods=x, method="ML")
    assert many.tau2[0] == pytest.approx(one.tau2, rel=1e-6, abs=1e-9)
    basis, _ = orthonormal(x, np.ones(len(y), bool))
    grid = np.concatenate([[0.0], np.geomspace(1e-5, 60, 400)])
    heights = [loglik(np.array(y), np.array(v), at, basis, restricted=False) for at in grid]
    assert one.loglik_ml >= max(heights) - 1e-10
