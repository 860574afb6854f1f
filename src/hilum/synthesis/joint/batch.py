"""Running a batch of fits of the joint model, and judging what it drew."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import MissingExtra, NotConverged, NotEstimable, phrased
from hilum.synthesis.joint.diagnostics import convergence
from hilum.synthesis.joint.frame import own_draws
from hilum.synthesis.joint.linear import whiten
from hilum.synthesis.joint.precision import stands
from hilum.synthesis.joint.priors import Priors
from hilum.synthesis.joint.programs import find_programs, settle_programs
from hilum.synthesis.joint.record import SHOWN, JointFit
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.frame import Frame
    from hilum.synthesis.joint.precision import Wanted
    from hilum.watch import Watch

# Transitions of a compiled chunk: between two the watch is looked at.
STEPS = 50
TARGET, CAREFUL = 0.85, 0.97
OF_PART = 1000
"""Draws a chain, at least, of a part of the evidence: its limits are wide, and are printed too."""


def batch(
    studies: Studies,
    priors: Priors | None,
    weights: tuple[Sequence[float], ...],
    *,
    chains: int,
    draws: int,
    warmup: int,
    seed: int,
    needed: float,
    beside: int = 0,
    more: tuple[Wanted, int] | None = None,
    frame: Frame | None = None,
    watch: Watch,
) -> tuple[JointFit | NotConverged, ...]:
    """A fit at each of ``weights``, or why there is none; arguments and errors as ``fit.joint``.

    The last ``beside`` of them are parts of the evidence; ``more`` is what must stand, and the
    most draws of a chain. What fails is drawn once more, with small steps.
    """
    for pair in weights:
        if not all(0 <= weight <= 1 for weight in pair):
            message = phrased(
                "weight {pair:g}, {pair_2:g}: expected numbers from 0 to 1",
                pair=pair[0],
                pair_2=pair[1],
            )
            raise NotEstimable(message)
    if chains < 2 or draws < 100 or warmup < 100:
        message = phrased(
            "{chains} chains of {draws} draws after {warmup}: expected at least 2, 100, 100",
            chains=chains,
            draws=draws,
            warmup=warmup,
        )
        raise NotEstimable(message)
    prior = priors or (Priors() if studies.kind == "binomial" else Priors.log_hazard())
    begun = time.perf_counter()
    size = {"chains": chains, "draws": draws, "warmup": warmup}
    watch.stage("sampling", transitions(warmup, draws))
    drawn_now = _run(
        studies, prior, weights, **size, seed=seed, target=TARGET, beside=beside, more=more,
        frame=frame, watch=watch,
    )  # fmt: skip
    out = _judge(studies, prior, weights, drawn_now, seed, needed, begun)
    failed = [i for i, one in enumerate(out) if isinstance(one, NotConverged)]
    if failed:
        # Once more with small steps and twice the draws, before anything is refused.
        again = tuple(weights[i] for i in failed)
        size = {"chains": chains, "draws": 2 * draws, "warmup": 2 * warmup}
        watch.stage("sampling_again", transitions(2 * warmup, 2 * draws))
        drawn_now = _run(
            studies, prior, again, **size, seed=seed + 1, target=CAREFUL,
            beside=sum(i >= len(weights) - beside for i in failed),
            more=more if 0 in failed else None, frame=frame, watch=watch,
        )  # fmt: skip
        second = _judge(studies, prior, again, drawn_now, seed + 1, needed, begun)
        out = list(out)
        for i, one in zip(failed, second, strict=True):
            out[i] = one
    return tuple(out)


def transitions(warmup: int, draws: int) -> int:
    """Transitions that the sampler makes in whole chunks, as a watch is told them."""
    return -(-(warmup + draws) // STEPS) * STEPS


def _run(
    studies: Studies,
    priors: Priors,
    weights: tuple[Sequence[float], ...],
    *,
    chains: int,
    draws: int,
    warmup: int,
    seed: int,
    target: float,
    beside: int,
    more: tuple[Wanted, int] | None,
    frame: Frame | None,
    watch: Watch,
) -> list[tuple[dict[str, Array], int, float]]:
    given: dict[str, Any] = {
        "studies": studies, "priors": priors, "weights": weights, "chains": chains,
        "draws": draws, "warmup": warmup, "seed": seed, "target": target,
        "beside": beside, "more": more, "frame": frame,
    }  # fmt: skip
    if watch is SILENT or isinstance(watch, Within):
        return drawn(watch, **given)
    from hilum.apart import run_apart

    return run_apart("hilum.synthesis.joint.batch:drawn", watch, **given)


@dataclass(slots=True)
class Within:
    """The watch of a fit in a process that draws several already: nothing more starts apart.

    ``left`` transitions were promised; what a second, more careful run adds is not counted.
    """

    watch: Watch
    left: int

    def stage(self, code: str, total: int) -> None:
        """Told before of all fits together."""

    def done(self, n: int = 1) -> None:
        """See :class:`hilum.watch.Watch`."""
        told = min(n, self.left)
        self.left -= told
        self.watch.done(told)


def drawn(
    watch: Watch,
    *,
    studies: Studies,
    priors: Priors,
    weights: tuple[Sequence[float], ...],
    chains: int,
    draws: int,
    warmup: int,
    seed: int,
    target: float,
    beside: int = 0,
    more: tuple[Wanted, int] | None = None,
    frame: Frame | None = None,
) -> list[tuple[dict[str, Array], int, float]]:
    """Draws by name, divergences and mean leapfrog steps for each pair of weights.

    The last ``beside`` pairs have at least :data:`OF_PART` draws a chain by independent proposals,
    where many draws cost little, and half as many chains by steps. ``more``: draws are doubled
    until what is wanted stands, up to so many a chain. By independent proposals where these are
    good, but not in a careful run; else by steps.
    """
    jax, _ = engine()
    main = len(weights) - beside
    half = max(2, chains // 2)
    out: dict[int, tuple[dict[str, Array], int, float]] = {}
    if target != CAREFUL:
        from hilum.synthesis.joint import independent

        with jax.enable_x64(True):
            for i, pair in enumerate(weights):
                found = independent.draw(
                    studies, priors, pair, frame, chains=chains,
                    draws=draws if i < main else max(draws, OF_PART), seed=(seed, i), watch=watch,
                    more=None if more is None or i else Further(studies, *more),
                )  # fmt: skip
                if found is not None:
                    out[i] = found, 0, 0.0
    left = [i for i in range(len(weights)) if i not in out]
    if left:
        stepped = _stepped(
            watch, studies, priors, tuple(weights[i] for i in left),
            [chains if i < main else half for i in left], draws, warmup, seed, target,
            more if 0 in left else None, frame,
        )  # fmt: skip
        out |= dict(zip(left, stepped, strict=True))
    else:
        watch.done(transitions(warmup, draws))
    settle_programs(jax)
    return [out[i] for i in range(len(weights))]


@dataclass(frozen=True, slots=True)
class Further:
    """How many draws each chain is still to make: as many again, until what is wanted stands."""

    studies: Studies
    wanted: Wanted
    most: int

    def __call__(self, draws: dict[str, Array]) -> int:
        """Of draws by name, shape (chains, draws, ...)."""
        size = draws["sigma"].shape[1]
        if size >= self.most or stands(draws, self.studies, self.wanted):
            return 0
        return min(size, self.most - size)


def _stepped(
    watch: Watch,
    studies: Studies,
    priors: Priors,
    weights: tuple[Sequence[float], ...],
    sizes: list[int],
    draws: int,
    warmup: int,
    seed: int,
    target: float,
    more: tuple[Wanted, int] | None,
    frame: Frame | None,
) -> list[tuple[dict[str, Array], int, float]]:
    """As :func:`drawn`, by the No-U-Turn sampler, with so many chains for each pair of weights."""
    from hilum.synthesis.joint import compiled, sample

    jax, density = engine()
    shape = density.layout(studies, priors, frame)
    starts = [whiten(studies, priors, pair) for pair in weights]
    rng = np.random.default_rng(seed)
    repeat = [i for i, size in enumerate(sizes) for _ in range(size)]
    first = rng.uniform(-0.8, 0.8, (len(repeat), shape.size))
    with jax.enable_x64(True):
        each = [
            density.arrays(studies, pair, start, frame)
            for pair, start in zip(weights, starts, strict=True)
        ]
        data = each[0]._replace(
            **{
                field: np.array([np.asarray(getattr(each[i], field)) for i in repeat])
                for field in ("weights", "centre", "transform", "shift")
            }
        )
        axes, program = density.AXES, compiled.naming(shape, priors, density.AXES)

        def named(z: Array) -> dict[str, Array]:
            """By pieces of one length: another number of draws is not compiled anew."""
            size = z.shape[1]
            padded = np.concatenate([z, z[:, : -size % STEPS]], axis=1)
            pieces = [program(padded[:, at : at + STEPS], data) for at in range(0, size, STEPS)]
            return {
                key: np.concatenate([np.asarray(one[key]) for one in pieces], axis=1)[:, :size]
                for key in pieces[0]
            }

        def further(z: Array) -> int:
            assert more is not None
            if z.shape[1] >= more[1]:
                return 0
            mine = {key: value[: sizes[0]] for key, value in named(z).items()}
            return Further(studies, *more)(mine)

        z, diverging, steps = sample.sample(
            data, axes, first, shape, priors, warmup=warmup, draws=draws, target=target,
            seed=seed, batches=cores() if len(weights) > 3 else 1,
            more=None if more is None else further, watch=watch,
        )  # fmt: skip
        found = named(z)
    if frame is not None:
        own = density.layout(studies, priors)
        found = own_draws(found, studies, priors, (*own.free, *own.biases))
    out: list[tuple[dict[str, Array], int, float]] = []
    for i in range(len(weights)):
        rows = np.flatnonzero(np.array(repeat) == i)
        kept = {key: value[rows] for key, value in found.items()}
        out.append((kept, int(diverging[rows].sum()), float(steps[rows].mean())))
    return out


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _judge(
    studies: Studies,
    priors: Priors,
    weights: tuple[Sequence[float], ...],
    found: list[tuple[dict[str, Array], int, float]],
    seed: int,
    needed: float,
    begun: float,
) -> list[JointFit | NotConverged]:
    seconds = time.perf_counter() - begun
    out: list[JointFit | NotConverged] = []
    for pair, (draws, diverging, steps) in zip(weights, found, strict=True):
        shown = {name: draws[name] for name in SHOWN if name in draws}
        report = convergence(shown, diverging, needed)
        if report.passed:
            pair = pair[0], pair[1]
            out.append(JointFit(studies, priors, pair, draws, report, seconds, seed, steps))
        else:
            out.append(
                NotConverged(
                    phrased(
                        "joint model at weights {pair:g} (single-arm), {pair_2:g} "
                        "(comparative) did not converge and is not shown: {report}",
                        pair=pair[0],
                        pair_2=pair[1],
                        report=report.sentence,
                    )
                )
            )
    return out


def engine() -> tuple[Any, Any]:
    """JAX and the density.

    Programs are found and kept where JAX was not loaded before: then it is nobody else's to set.

    Raises
    ------
    MissingExtra
        The extra ``joint`` is not installed.
    """
    ours = "jax" not in sys.modules
    try:
        import jax

        from hilum.synthesis.joint import density
    except ImportError:
        jax = density = None
    # NumPyro takes half a second to load, and is not always needed.
    if density is None or find_spec("numpyro") is None:
        message = "the joint model needs the extra joint: pip install 'hilum[joint]'"
        raise MissingExtra(message)
    if ours:
        find_programs(jax)
    return jax, density
