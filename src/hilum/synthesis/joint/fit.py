"""Fitting the joint model at one weight or along a dial of weights."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.errors import MissingExtra, NotConverged, NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.joint.diagnostics import ESS, Convergence, convergence
from hilum.synthesis.joint.frame import own_draws
from hilum.synthesis.joint.linear import whiten
from hilum.synthesis.joint.precision import stands
from hilum.synthesis.joint.priors import Priors
from hilum.synthesis.joint.programs import find_programs, settle_programs
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.frame import Frame
    from hilum.synthesis.joint.precision import Wanted
    from hilum.watch import Watch

CHAINS, DRAWS, WARMUP = 4, 1000, 500
MOST: Final = 4
"""Times the draws asked for that a chain may have, where its limits do not stand earlier."""
# Transitions of a compiled chunk: between two the watch is looked at.
STEPS = 50
# A point of a curve: its effective draws must still reach the same bound.
DIAL_DRAWS, DIAL_WARMUP = 500, 350
TARGET, CAREFUL = 0.85, 0.97
DIAL = tuple(round(0.1 * i, 1) for i in range(11))
DIALS: Final[dict[str, Callable[[float], tuple[float, float]]]] = {
    "both": lambda w: (w, w),
    "single": lambda w: (w, 1.0),
    "comparative": lambda w: (1.0, w),
}
"""Weights of single-arm and of comparative evidence by what the dial turns."""
# Parameters whose convergence decides whether the fit is shown.
SHOWN = (
    "alpha", "slope", "beta", "sigma", "tau", "kappa_single", "kappa_comparative",
    "bias_single", "bias_comparative",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class JointFit:
    """Posterior of the joint model at one pair of weights; only made when it has converged.

    Attributes
    ----------
    studies : Studies
    priors : Priors
    weights : (float, float)
        Of single-arm and of non-randomised comparative evidence.
    draws : dict of str to ndarray, shape (chains, draws, ...)
        ``alpha`` (..., T) level of each treatment at the covariates' observed means, on the
        model's scale; ``sigma``, ``tau``, ``kappa_*``, ``bias_*``; ``slope`` (..., T, J) change
        per observed standard deviation of a covariate; ``nu``, ``spread`` the covariates' own
        mean and standard deviation, in observed ones.
    convergence : Convergence
    seconds : float
        Wall time of the whole batch the fit belongs to.
    parts : mapping of str to JointFit or NotConverged
        The same model of less: without an assumption, or of one kind of evidence alone
        (:mod:`hilum.synthesis.joint.weights`); or why such a fit is not there.
    """

    studies: Studies
    priors: Priors
    weights: tuple[float, float]
    draws: dict[str, Array]
    convergence: Convergence
    seconds: float
    seed: int
    steps: float = 0.0
    parts: Mapping[str, JointFit | NotConverged] = field(default_factory=dict)

    def flat(self, name: str) -> Array:
        """Draws of all chains together, shape (chains * draws, ...)."""
        values = self.draws[name]
        return values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])

    @property
    def treatments(self) -> tuple[str, ...]:
        """Names of the treatments, in the order of ``alpha``."""
        return self.studies.treatments


@dataclass(frozen=True, eq=False)
class Dial:
    """Fits along weights; a weight whose fit failed holds the reason instead."""

    on: str
    weights: tuple[float, ...]
    fits: tuple[JointFit | NotConverged, ...]
    seconds: float = field(default=0.0)


def joint(
    studies: Studies,
    priors: Priors | None = None,
    *,
    weights: Sequence[float] = (1.0, 1.0),
    chains: int = CHAINS,
    draws: int = DRAWS,
    warmup: int = WARMUP,
    seed: int = 1,
    needed: float = ESS,
    parts: Mapping[str, Sequence[float]] | None = None,
    wanted: Wanted | None = None,
    most: int | None = None,
    frame: Frame | None = None,
    watch: Watch = SILENT,
) -> JointFit:
    """Posterior of the joint model (docs/joint.md).

    Study s gives arm a of treatment t events by ``logit p = alpha_t + u_s + v_sa + bias``, with
    exchangeable baselines ``u`` (Begg & Pilote 1991), contrasts of variance tau2 and correlation
    one half, and biases of non-randomised designs (Efthimiou 2017). Random effects are
    integrated out by quadrature; the rest is drawn by the No-U-Turn sampler.

    Parameters
    ----------
    studies : Studies
        From :func:`arms` or :func:`survival`.
    priors : Priors, optional
        ``Priors()`` for counts, ``Priors.log_hazard()`` for survival.
    weights : (float, float)
        Powers from 0 to 1 of single-arm evidence (and with it of exchangeable baselines) and
        of non-randomised comparative evidence; or all four of
        :class:`hilum.synthesis.joint.weights.Weights`.
    needed : float
        Effective sample size below which the fit is refused.
    parts : mapping of str to weights, optional
        Refits beside it, in the same batch; one that fails leaves its reason.
    wanted : Wanted, optional
        Draws are doubled until its limits stand, up to ``most`` a chain (:data:`MOST` times
        ``draws`` unless said).
    frame : Frame, optional
        Compiled for the sizes of a frame that holds the studies, as others in it are.
    watch : Watch
        Told of transitions; where there is one, the sampler runs in a process of its own
        (:mod:`hilum.apart`), so that it can be stopped at any moment.

    Raises
    ------
    Stopped
        When the watch says so.
    NotConverged
        R-hat, effective sample size or divergences fail, also in a second, more careful run.
    NotEstimable
        A weight outside [0, 1], or fewer than 2 chains or 100 draws.
    MissingExtra
        JAX or NumPyro are not installed.
    """
    beside = dict(parts or {})
    top = MOST * draws if most is None else most
    fits = _batch(
        studies, priors, (weights, *beside.values()), chains=chains, draws=draws, warmup=warmup,
        seed=seed, needed=needed, beside=len(beside),
        more=None if wanted is None else (wanted, top), frame=frame, watch=watch,
    )  # fmt: skip
    if isinstance(fits[0], NotConverged):
        raise fits[0]
    return replace(fits[0], parts=dict(zip(beside, fits[1:], strict=True)))


def dial(
    studies: Studies,
    priors: Priors | None = None,
    *,
    on: str = "both",
    weights: Sequence[float] = DIAL,
    chains: int = CHAINS,
    draws: int = DIAL_DRAWS,
    warmup: int = DIAL_WARMUP,
    seed: int = 1,
    needed: float = ESS,
    parts: Mapping[str, Sequence[float]] | None = None,
    watch: Watch = SILENT,
) -> Dial:
    """The joint model along weights in one vectorised batch.

    Parameters
    ----------
    on : {"both", "single", "comparative"}
        Which evidence the weight acts on; the other stays at 1.
    parts : mapping of str to weights, optional
        Refits in the same batch; they belong to the last fit of the dial.

    Raises
    ------
    UnknownCode
        ``on`` is none of these.
    NotEstimable, MissingExtra, Stopped
        As :func:`joint`.
    """
    pair = found(DIALS, on, "dial")
    begun = time.perf_counter()
    beside = dict(parts or {})
    every = _batch(
        studies, priors, (*(pair(w) for w in weights), *beside.values()), chains=chains,
        draws=draws, warmup=warmup, seed=seed, needed=needed, beside=len(beside), watch=watch,
    )  # fmt: skip
    fits, rest = list(every[: len(weights)]), every[len(weights) :]
    if beside and isinstance(last := fits[-1], JointFit):
        fits[-1] = replace(last, parts=dict(zip(beside, rest, strict=True)))
    return Dial(on, tuple(weights), tuple(fits), time.perf_counter() - begun)


def _batch(
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

    return run_apart("hilum.synthesis.joint.fit:drawn", watch, **given)


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

    The last ``beside`` pairs, of which no limit is printed to the last digit, have half as many
    chains. ``more``: draws are doubled until what is wanted stands, up to so many a chain.
    """
    jax, density, sampler = engine()
    shape = density.layout(studies, priors, frame)
    starts = [whiten(studies, priors, pair) for pair in weights]
    rng = np.random.default_rng(seed)
    half = max(2, chains // 2)
    sizes = [chains] * (len(weights) - beside) + [half] * beside
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
        axes, program = density.AXES, sampler.naming(shape, priors, density.AXES)

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
            size = z.shape[1]
            if size >= more[1]:
                return 0
            mine = {key: value[:chains] for key, value in named(z).items()}
            return 0 if stands(mine, studies, more[0]) else min(size, more[1] - size)

        z, diverging, steps = sampler.sample(
            data, axes, first, shape, priors, warmup=warmup, draws=draws, target=target,
            seed=seed, batches=cores() if len(weights) > 3 else 1,
            more=None if more is None else further, watch=watch,
        )  # fmt: skip
        found = named(z)
    settle_programs(jax)
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


def engine() -> tuple[Any, Any, Any]:
    """JAX, the density and the sampler.

    Programs are found and kept where JAX was not loaded before: then it is nobody else's to set.

    Raises
    ------
    MissingExtra
        The extra ``joint`` is not installed.
    """
    ours = "jax" not in sys.modules
    try:
        import jax

        from hilum.synthesis.joint import density, sample
    except ImportError:
        message = "the joint model needs the extra joint: pip install 'hilum[joint]'"
        raise MissingExtra(message) from None
    if ours:
        find_programs(jax)
    return jax, density, sample
