"""How the joint model's programs are compiled. Imports JAX."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

import jax

from hilum.synthesis.joint.density import potential, unpack
from hilum.synthesis.joint.record import SHOWN

if TYPE_CHECKING:
    from hilum.synthesis.joint.density import Data, Layout
    from hilum.synthesis.joint.priors import Priors

# To compile takes longer than to draw. Without fusion emitters it takes two thirds of the time, and
# a transition a tenth longer; what runs a few times is hardly optimised at all.
OFTEN: Final[dict[str, Any]] = {"xla_cpu_use_fusion_emitters": False}
ONCE: Final[dict[str, Any]] = {**OFTEN, "xla_backend_optimization_level": 0}


@lru_cache(maxsize=16)
def naming(shape: Layout, priors: Priors, axes: Data) -> Any:
    """Compiled: pieces of vectors, shape (batch, pieces, size), to parameters by name."""

    def name(vector: Any, here: Any) -> Any:
        found = unpack(vector, shape, priors, here)
        return {key: found[key] for key in (*SHOWN, "nu", "spread") if key in found}

    return compiled(jax.vmap(jax.vmap(name, in_axes=(0, None)), in_axes=(0, axes)), ONCE)


@lru_cache(maxsize=16)
def energies(shape: Layout, priors: Priors) -> Any:
    """Compiled: negative log posterior of vectors, shape (m, size), of one data set."""
    of = potential(shape, priors)

    def energy(vector: Any, here: Any) -> Any:
        return of(here)(vector)

    return compiled(jax.vmap(energy, in_axes=(0, None)), OFTEN)


def compiled(work: Any, options: dict[str, Any]) -> Any:
    """Work as it is compiled when first called."""
    return jax.jit(work, compiler_options=known(tuple(options.items())))


@cache
def known(options: tuple[tuple[str, Any], ...]) -> dict[str, Any] | None:
    """Options of the compiler, or none where this one has others: it then takes its own."""
    try:
        jax.jit(lambda x: x, compiler_options=dict(options)).lower(0.0).compile()
    except (RuntimeError, ValueError, TypeError):
        return None
    return dict(options)
