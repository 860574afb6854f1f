"""Asking for the joint model at one weight or along a dial of weights."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.errors import NotConverged
from hilum.records import found
from hilum.synthesis.joint.batch import batch
from hilum.synthesis.joint.diagnostics import ESS
from hilum.synthesis.joint.dials import DIAL, DIALS
from hilum.synthesis.joint.record import Dial, JointFit
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.frame import Frame
    from hilum.synthesis.joint.precision import Wanted
    from hilum.synthesis.joint.priors import Priors
    from hilum.watch import Watch

CHAINS, DRAWS, WARMUP = 4, 1000, 500
MOST: Final = 4
"""Times the draws asked for that a chain may have, where its limits do not stand earlier."""
# A point of a curve: its effective draws must still reach the same bound.
DIAL_DRAWS, DIAL_WARMUP = 500, 350


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
    integrated out by quadrature; the rest is drawn by independent proposals, or where these are
    poor, and with covariates, by the No-U-Turn sampler.

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
    fits = batch(
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
    every = batch(
        studies, priors, (*(pair(w) for w in weights), *beside.values()), chains=chains,
        draws=draws, warmup=warmup, seed=seed, needed=needed, beside=len(beside), watch=watch,
    )  # fmt: skip
    fits, rest = list(every[: len(weights)]), every[len(weights) :]
    if beside and isinstance(last := fits[-1], JointFit):
        fits[-1] = replace(last, parts=dict(zip(beside, rest, strict=True)))
    return Dial(on, tuple(weights), tuple(fits), time.perf_counter() - begun)
