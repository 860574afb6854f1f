"""NumPyro's No-U-Turn sampler over a batch of posteriors, chains vectorised. Imports JAX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from numpyro.infer.hmc import hmc
from numpyro.infer.util import ParamInfo

from hilum.synthesis.joint.density import Layout, potential

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.density import Data
    from hilum.synthesis.joint.priors import Priors

STEPS = 50
# A dense mass matrix of a longer vector needs a longer warm-up than it saves.
DENSE = 60
PLACEHOLDER = 1e6


def sample(
    data: Data,
    axes: Data,
    starts: Array,
    shape: Layout,
    priors: Priors,
    *,
    warmup: int,
    draws: int,
    target: float,
    seed: int,
    depth: int = 8,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Array, Array, Array]:
    """Draw from every posterior of a batch at once.

    Parameters
    ----------
    data, axes : Data
        Arrays and, per array, 0 where its first axis runs over the batch, else None.
    starts : ndarray, shape (batch, size)
        Where each chain begins.
    warmup, draws : int
        Transitions before and after adaptation ends.
    progress : callable, optional
        Called with transitions done and their total.

    Returns
    -------
    draws : ndarray, shape (batch, draws, size)
    diverging : ndarray of bool, shape (batch, draws)
    steps : ndarray of int, shape (batch, draws)
        Leapfrog steps of each transition.
    """
    start, transition = hmc(potential_fn_gen=potential(shape, priors), algo="NUTS")

    def begin(z: Any, key: Any) -> Any:
        # A placeholder far above any energy: the first warm-up transition leaves it for a true
        # one, and the density need not be compiled a second time.
        return start(
            ParamInfo(z, jnp.asarray(PLACEHOLDER), jnp.zeros_like(z)), warmup,
            target_accept_prob=target, dense_mass=shape.size <= DENSE, max_tree_depth=depth,
            model_args=(None,), rng_key=key,
        )  # fmt: skip

    def run(state: Any, one: Data) -> Any:
        def step(state: Any, _: None) -> tuple[Any, Any]:
            state = transition(state, model_args=(one,))
            return state, (state.z, state.diverging, state.num_steps)

        return jax.lax.scan(step, state, None, length=STEPS)

    first = jax.jit(jax.vmap(begin))
    chunk = jax.jit(jax.vmap(run, in_axes=(0, axes)))
    keys = jax.random.split(jax.random.PRNGKey(seed), len(starts))
    state = first(jnp.asarray(starts), keys)
    # Weakly typed scalars of the first state would have the chunk compiled twice.
    state = jax.tree_util.tree_map(lambda a: jax.lax.convert_element_type(a, a.dtype), state)
    total = -(-(warmup + draws) // STEPS)
    kept: list[tuple[Any, ...]] = []
    for i in range(total):
        state, out = chunk(state, data)
        if (i + 1) * STEPS > warmup:
            kept.append(tuple(np.asarray(part) for part in out))
        if progress is not None:
            jax.block_until_ready(state.i)
            progress(min((i + 1) * STEPS, warmup + draws), warmup + draws)
    joined = [np.concatenate([part[k] for part in kept], axis=1)[:, -draws:] for k in range(3)]
    return joined[0], joined[1], joined[2]
