"""The climb to tau2 on an accelerator or on all cores, for very large batches without moderators.

Only the iteration is here; everything around it is that of :mod:`hilum.synthesis.batch`, so the
answers are the same to rounding.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import MissingExtra, NotConverged, phrased

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

# Newton's last step and the most steps, as in heterogeneity.
STEP, MAX_ITERATIONS = 1e-7, 200


def climb(y: Array, v: Array, start: Array, small: Array, *, restricted: bool) -> Array:
    """Newton's method on the score of tau2 inside a bracket, shape (B,), in float64.

    Parameters
    ----------
    y, v : ndarray, shape (B, K)
        Effects and variances; ``v = inf`` takes no part.
    start, small : ndarray, shape (B,)
        Where to begin, and what counts as next to nothing.
    restricted : bool
        REML, else ML (Viechtbauer 2005).

    Raises
    ------
    MissingExtra
        Without JAX.
    NotConverged
        When a row does not settle.
    """
    try:
        import jax
    except ImportError:
        message = "engine 'jax' needs the extra joint: pip install 'hilum[joint]'"
        raise MissingExtra(message) from None
    # JAX would compute in single precision; the switch holds for this block alone.
    with jax.enable_x64(True):
        found, settled = _program(restricted)(y, 1 / v, start, small)
        found, settled = np.array(found), np.asarray(settled)
    if not settled.all():
        row = int(np.flatnonzero(~settled)[0])
        message = phrased(
            "meta-analysis {row}: tau2 {found:g} not settled", row=row + 1, found=found[row]
        )
        raise NotConverged(message)
    return found


@cache
def _program(restricted: bool) -> Any:
    import jax
    from jax import numpy as jnp

    def slope(y: Any, precision: Any, tau2: Any) -> tuple[Any, Any, Any]:
        w = precision / (1 + precision * tau2[:, None])
        total = w.sum(-1)
        wr = w * (y - ((w * y).sum(-1) / total)[:, None])
        trace, square = total, (w * w).sum(-1)
        cubic = (w * wr * wr).sum(-1) - (w * wr).sum(-1) ** 2 / total
        if restricted:
            share = square / total
            square = square - 2 * (w * w * w).sum(-1) / total + share**2
            trace = trace - share
        return (wr * wr).sum(-1) - trace, 2 * cubic - square, square

    def run(y: Any, precision: Any, start: Any, small: Any) -> tuple[Any, Any]:
        def going(state: Any) -> Any:
            return (state[0] < MAX_ITERATIONS) & ~state[4].all()

        def step(state: Any) -> Any:
            count, t, low, high, settled = state
            g, observed, expected = slope(y, precision, t)
            up = g > 0
            lo, hi = jnp.where(up, t, low), jnp.where(up, high, t)
            curvature = jnp.where(observed > 0, observed, expected)
            flat = curvature <= 0
            leap = jnp.where(g > 0, jnp.inf, 0.0)
            new = jnp.where(flat, leap, t + g / jnp.where(flat, 1.0, curvature))
            new = jnp.minimum(new, 10 * (t + small * 1e3))
            short = ~up & (new <= jnp.maximum(lo, 0.0))
            new = jnp.where(short, jnp.where(lo >= 0, (lo + t) / 2, jnp.maximum(new, 0.0)), new)
            new = jnp.where(up & (new >= hi), (t + hi) / 2, new)
            new = jnp.where(~up & (t == 0), 0.0, new)
            near = jnp.abs(new - t) <= STEP * (new + small)
            keep = lambda a, b: jnp.where(settled, a, b)  # noqa: E731
            return count + 1, keep(t, new), keep(low, lo), keep(high, hi), settled | near

        nothing = jnp.zeros_like(start)
        state = (0, start, nothing - 1, nothing + jnp.inf, jnp.zeros(start.shape, bool))
        _, tau2, _, _, settled = jax.lax.while_loop(going, step, state)
        return tau2, settled

    return jax.jit(run)
