"""NumPyro's No-U-Turn sampler over a batch of posteriors, chains vectorised. Imports JAX."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from numpyro.infer.hmc import hmc
from numpyro.infer.util import ParamInfo

from hilum.synthesis.joint.batch import STEPS
from hilum.synthesis.joint.compiled import OFTEN, ONCE, compiled
from hilum.synthesis.joint.density import Layout, potential
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.density import Data
    from hilum.synthesis.joint.priors import Priors
    from hilum.watch import Watch

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
    batches: int = 1,
    more: Callable[[Array], int] | None = None,
    watch: Watch = SILENT,
) -> tuple[Array, Array, Array]:
    """Draw from every posterior of a batch at once.

    Parameters
    ----------
    data, axes : Data
        Arrays and, per field, 0 where its arrays' first axis runs over the batch, else None.
    starts : ndarray, shape (batch, size)
        Where each chain begins.
    warmup, draws : int
        Transitions before and after adaptation ends.
    batches : int
        Equal parts that run in parallel threads (the sampler holds no lock).
    more : callable, optional
        Given the draws so far, how many further ones every chain is to make; asked until 0.
    watch : Watch
        Told of transitions, after each chunk.

    Returns
    -------
    draws : ndarray, shape (batch, draws, size)
    diverging : ndarray of bool, shape (batch, draws)
    steps : ndarray of int, shape (batch, draws)
        Leapfrog steps of each transition.
    """
    first, chunk = _program(shape, priors, axes, warmup, target, depth)
    keys = jax.random.split(jax.random.PRNGKey(seed), len(starts))
    parts = _parts(data, axes, len(starts), batches)
    states = [first(jnp.asarray(starts[rows]), keys[rows]) for rows, _ in parts]
    # Weakly typed scalars of the first state would have the chunk compiled twice.
    states = jax.tree_util.tree_map(lambda a: jax.lax.convert_element_type(a, a.dtype), states)

    def advance(i: int) -> Any:
        with jax.enable_x64(True):
            states[i], out = chunk(states[i], parts[i][1])
            return tuple(np.asarray(part) for part in out)

    kept: list[list[tuple[Any, ...]]] = []

    def joined(size: int) -> tuple[Array, Array, Array]:
        each = [
            np.concatenate([np.concatenate([part[k] for part in out]) for out in kept], axis=1)
            for k in range(3)
        ]
        return (*(one[: len(starts), -size:] for one in each),)  # pyright: ignore[reportReturnType]

    with ThreadPoolExecutor(len(parts)) as pool:
        for i in range(-(-(warmup + draws) // STEPS)):
            # The first round compiles, once for all parts.
            each = map(advance, range(len(parts))) if i == 0 else pool.map(
                advance, range(len(parts))
            )  # fmt: skip
            out = list(each)
            if (i + 1) * STEPS > warmup:
                kept.append(out)
            watch.done(STEPS)
        size = draws
        while more is not None and (further := more(joined(size)[0])):
            for _ in range(-(-further // STEPS)):
                kept.append(list(pool.map(advance, range(len(parts)))))
                size += STEPS
                # Nobody knew of these when the stage began.
                watch.done(0)
    return joined(size)


def _parts(data: Data, axes: Data, size: int, batches: int) -> list[tuple[Any, Data]]:
    """Equal slices of the batch, one a thread; the last is filled up by repeating its end."""
    each = -(-size // batches)
    out: list[tuple[Any, Data]] = []
    for at in range(0, size, each):
        rows = np.minimum(np.arange(at, at + each), size - 1)
        fields = [
            value if axis is None else jax.tree_util.tree_map(lambda a, r=rows: a[r], value)
            for value, axis in zip(data, axes, strict=True)
        ]
        out.append((rows, type(data)(*fields)))
    return out


@lru_cache(maxsize=16)
def _program(
    shape: Layout, priors: Priors, axes: Data, warmup: int, target: float, depth: int
) -> tuple[Any, Any]:
    """Compiled start and chunk of transitions; the same question is compiled once a process."""
    start, transition = hmc(potential_fn_gen=potential(shape, priors), algo="NUTS")

    def begin(z: Any, key: Any) -> Any:
        # A placeholder far above any energy: the first warm-up transition leaves it for a true
        # one, and the density need not be compiled a second time.
        return start(
            ParamInfo(z, jnp.asarray(PLACEHOLDER), jnp.zeros_like(z)), warmup,
            target_accept_prob=target, dense_mass=shape.size <= DENSE, max_tree_depth=depth,
            model_args=(None,), rng_key=key,
        )  # fmt: skip

    def run(states: Any, each: Data) -> Any:
        # Chains within a step, not steps within a chain: a loop in a loop is traced anew for each.
        def one(state: Any, data: Data) -> Any:
            return transition(state, model_args=(data,))

        def step(states: Any, _: None) -> tuple[Any, Any]:
            states = jax.vmap(one, in_axes=(0, axes))(states, each)
            return states, (states.z, states.diverging, states.num_steps)

        states, out = jax.lax.scan(step, states, None, length=STEPS)
        return states, jax.tree_util.tree_map(lambda a: jnp.swapaxes(a, 0, 1), out)

    return compiled(jax.vmap(begin), ONCE), compiled(run, OFTEN)
