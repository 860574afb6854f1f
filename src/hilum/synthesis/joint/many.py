"""The joint model of many data sets of one shape in one batch: for simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import NotEstimable
from hilum.synthesis.joint.batch import engine
from hilum.synthesis.joint.linear import whiten
from hilum.synthesis.joint.priors import Priors
from hilum.synthesis.joint.record import SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies


def joint_many(
    data: Sequence[Studies],
    priors: Priors | None = None,
    *,
    weights: tuple[float, float] = (1.0, 1.0),
    draws: int = 500,
    warmup: int = 300,
    seed: int = 1,
) -> tuple[dict[str, Array], Array]:
    """One chain for each data set, all at once; nothing is refused, the caller judges.

    Parameters
    ----------
    data : sequence of Studies
        Studies, treatments and designs the same in each; counts may differ.

    Returns
    -------
    draws : dict of str to ndarray, shape (len(data), draws, ...)
    divergences : ndarray of int, shape (len(data),)

    Raises
    ------
    NotEstimable
        No data set, or shapes that differ.
    MissingExtra
        The extra ``joint`` is not installed.
    """
    if not data or len({(one.studies, one.treatments, len(one.y)) for one in data}) != 1:
        message = "expected data sets of the same studies and treatments"
        raise NotEstimable(message)
    jax, density = engine()
    from hilum.synthesis.joint import sample as sampler

    prior = priors or (Priors() if data[0].kind == "binomial" else Priors.log_hazard())
    shape = density.layout(data[0], prior)
    rng = np.random.default_rng(seed)
    with jax.enable_x64(True):
        each = [density.arrays(one, weights, whiten(one, prior, weights)) for one in data]

        def stack(*leaves: Any) -> Any:
            return np.stack([np.asarray(leaf) for leaf in leaves])

        whole = jax.tree_util.tree_map(stack, *each)
        axes = density.Data(*[0] * 11)
        starts = rng.uniform(-0.8, 0.8, (len(data), shape.size))
        z, diverging, _ = sampler.sample(
            whole, axes, starts, shape, prior, warmup=warmup, draws=draws, target=0.9, seed=seed
        )

        def name(vector: Any, here: Any) -> Any:
            found = density.unpack(vector, shape, prior, here)
            return {key: found[key] for key in SHOWN if key in found}

        named = jax.jit(jax.vmap(jax.vmap(name, in_axes=(0, None))))(z, whole)
    return {key: np.asarray(value) for key, value in named.items()}, diverging.sum(1)
