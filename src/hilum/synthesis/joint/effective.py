"""Effective sample sizes of chains, for a mean and for a share of draws.

A spectrum gives the covariance at every lag. That of draws which are only true or false, as those
at most a quantile, is a count of pairs that are both true; Geyer's sequence ends after a few lags
where chains mix, so that counting them costs a tenth of a spectrum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

LAGS: Final = 32
"""Lags that are counted at once; even, as lags are summed in pairs."""
BYTE: Final = 8


def halves(draws: Array) -> Array:
    """Each chain's first half, then each one's second: shape (2 chains, draws // 2, q)."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def ess_mean(draws: Array) -> Array:
    """Effective sample size for the mean, shape (q,), of chains as they are, (chains, draws, q)."""
    n = draws.shape[1]
    size = 1 << int(np.ceil(np.log2(2 * n)))
    means = draws.mean(1)
    spectrum = np.fft.rfft(draws - means[:, None], size, axis=1)
    # Mean of the chains' covariances: the way back is linear, so one for all chains.
    power = (spectrum.real**2 + spectrum.imag**2).mean(0)
    return _geyer(np.fft.irfft(power, size, axis=0)[:n] / n, means, n)[0]


def ess_true(true: Array) -> Array:
    """Effective sample size for the share of true, of bool: as :func:`ess_mean` of 0 and 1.

    That of a column that is constant is no number.
    """
    rows = np.ascontiguousarray(true.transpose(2, 0, 1))
    n = rows.shape[2]
    if n <= LAGS:
        return ess_mean(true.astype(np.float64))
    mean = rows.sum(2) / n
    lags = np.arange(LAGS)
    # The sum of products of two stretches of a chain, each less the chain's mean.
    first = _before(rows[..., : LAGS - 1])
    last = _before(rows[..., :-LAGS:-1])
    level = mean[..., None]
    products = _pairs(rows) - level * (n + lags) * level + level * (first + last)
    out, ended = _geyer(products.mean(1).T / n, mean.T, n)
    if not ended.all():
        out[~ended] = ess_mean(true[..., ~ended].astype(np.float64))
    return out


def _before(rows: Array) -> Array:
    """How many of the first 0, 1, 2 ... are true."""
    return np.pad(np.cumsum(rows, axis=-1), [(0, 0), (0, 0), (1, 0)])


def _pairs(rows: Array) -> Array:
    """By lag, how many pairs of a chain are both true: (q, m, n) to (q, m, LAGS)."""
    q, m, n = rows.shape
    size = -(-n // BYTE)
    padded = np.zeros((q, m, BYTE * (size + 1)), bool)
    padded[..., :n] = rows
    shifted = [np.packbits(padded[..., at : at + BYTE * size], axis=-1) for at in range(BYTE)]
    out = np.empty((q, m, LAGS))
    for lag in range(LAGS):
        whole, bits = divmod(lag, BYTE)
        both = shifted[0][..., : size - whole] & shifted[bits][..., whole:]
        out[..., lag] = np.bitwise_count(both).sum(-1, dtype=np.int64)
    return out


def _geyer(covariance: Array, means: Array, n: int) -> tuple[Array, Array]:
    """Geyer's initial monotone sequence over chains (Stan reference manual, 16.4.2).

    Parameters
    ----------
    covariance : ndarray, shape (lags, q)
        Mean of the chains' covariances at lags 0, 1, 2 ..., each divided by ``n``.
    means : ndarray, shape (chains, q)
    n : int
        Draws of a chain.

    Returns
    -------
    ess : ndarray, shape (q,)
    ended : ndarray of bool, shape (q,)
        Whether the sequence ended within the lags given; the effective size is that of all draws.
    """
    m, q = means.shape
    inside = covariance[0] * n / (n - 1)
    pooled = inside * (n - 1) / n
    if m > 1:
        pooled = pooled + means.var(axis=0, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = 1 - (inside - covariance) / pooled
    rho[0] = 1.0
    out, ended = np.empty(q), np.ones(q, bool)
    for k in range(q):
        pairs = rho[: 2 * (len(rho) // 2), k].reshape(-1, 2).sum(1)
        negative = np.flatnonzero(~(pairs > 0))
        ended[k] = len(negative) > 0
        last = int(negative[0]) if ended[k] else len(pairs)
        kept = np.minimum.accumulate(pairs[: max(last, 1)])
        # The first value beyond the last positive pair reduces the variance (Stan).
        extra = rho[2 * last, k] if last < len(pairs) and 2 * last < n else 0.0
        time = -1 + 2 * float(kept.sum()) + max(float(extra), 0.0)
        out[k] = m * n / max(time, 1 / np.log10(m * n))
    return out, ended
