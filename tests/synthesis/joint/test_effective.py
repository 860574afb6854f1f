"""Effective sizes by counting bits are those by the spectrum; ranks are SciPy's."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import rankdata

from hilum.synthesis.joint import diagnostics
from hilum.synthesis.joint.effective import LAGS, ess_mean, ess_true


def _chains(phi: float, n: int, columns: int) -> np.ndarray:
    """Autoregressive chains, shape (8, n, columns)."""
    rng = np.random.default_rng([n, round(100 * (1 + phi))])
    out = rng.normal(size=(8, n, columns))
    for t in range(1, n):
        out[:, t] += phi * out[:, t - 1]
    return out


@pytest.mark.parametrize("n", [LAGS - 1, LAGS, LAGS + 1, 50, 175, 2000, 2001])
@pytest.mark.parametrize("phi", [-0.6, 0.0, 0.4, 0.9, 0.99])
def test_bits_and_the_spectrum_agree(n, phi):
    """To rounding; also where a chain takes more lags than are counted, and of rare ones."""
    draws = _chains(phi, n, 6)
    for share in (0.025, 0.5, 0.975):
        true = draws <= np.quantile(draws, share, axis=(0, 1))
        expected = ess_mean(true.astype(float))
        assert ess_true(true) == pytest.approx(expected, rel=1e-11)


def test_a_constant_column_has_no_size_and_a_constant_chain_has():
    true = _chains(0.3, 400, 4) <= 0
    true[..., 0], true[..., 1], true[3, :, 2] = True, False, True
    with np.errstate(invalid="ignore", divide="ignore"):
        found, expected = ess_true(true), ess_mean(true.astype(float))
    assert np.isnan(found[:2]).all()
    assert np.isnan(expected[:2]).all()
    assert found[2:] == pytest.approx(expected[2:], rel=1e-11)


def test_ranks_are_scipys():
    """Ties, infinities and columns with what is no number: to the last digit."""
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(500, 6))
    columns[:, 0] = 1.0
    columns[:, 1] = rng.integers(0, 4, 500)
    columns[:9, 2], columns[9:11, 2] = np.inf, -np.inf
    columns[7, 3] = np.nan
    found = diagnostics._ranks(columns)
    assert np.array_equal(found, rankdata(columns, axis=0), equal_nan=True)


def test_to_judge_a_fit_loads_no_statistics_package():
    """``scipy.stats`` takes longer to load than a fit to be judged."""
    said = (
        "import sys, numpy as np\n"
        "from hilum.synthesis.joint.diagnostics import convergence\n"
        "convergence({'a': np.random.default_rng(1).normal(size=(4, 200, 2))}, 0)\n"
        "sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0
