"""Log posterior of the joint model on an unconstrained vector. Imports JAX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr, ndtri

from hilum.synthesis.joint.data import COMPARATIVE, SINGLE
from hilum.synthesis.joint.frame import filled
from hilum.synthesis.joint.quadrature import one_arm, several_arms
from hilum.synthesis.joint.weights import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.frame import Frame
    from hilum.synthesis.joint.linear import Whitening
    from hilum.synthesis.joint.priors import Priors

# Standard deviation of a comparative study's baseline once the weight of exchangeability is 0.
FREE_BASELINE_SD = 10.0
# Added to a variance fixed at 0, so that its square root has a derivative.
TINY = 1e-12
SCALES = ("sigma", "tau", "kappa_comparative", "kappa_single", "shrinkage", "interaction")
BIASES = ("bias_single", "bias_comparative")


@dataclass(frozen=True)
class Layout:
    """What is fixed when the density is compiled: shapes, and which parameters exist."""

    kind: str
    treatments: int
    covariates: int
    missing: int
    free: tuple[str, ...]
    biases: tuple[str, ...]
    points: tuple[int, int, int] = (11, 7, 7)
    framed: bool = False

    def sections(self) -> dict[str, int]:
        """Lengths of the pieces of the vector, in order."""
        t, j = self.treatments, self.covariates
        out = {"alpha": t, **dict.fromkeys(self.free, 1), **dict.fromkeys(self.biases, 1)}
        if j:
            out |= {"beta": j, "own": t * j, "nu": j, "spread": j, "absent": self.missing}
        return {name: size for name, size in out.items() if size}

    @property
    def size(self) -> int:
        """Length of the vector."""
        return sum(self.sections().values())


class Data(NamedTuple):
    """Arrays of one data set; single-arm studies, studies of several arms, contrasts.

    ``held`` is 1 for a treatment that is there; None without a frame.
    """

    single: dict[str, Any]
    several: dict[str, Any]
    contrast: dict[str, Any]
    x: Any
    known: Any
    absent: Any
    held: Any
    weights: Any
    centre: Any
    transform: Any
    shift: Any


AXES: Any = Data._make([*[None] * 7, *[0] * 4])
"""What a batch of one data set differs in: weights, and where each start lies."""


def layout(studies: Studies, priors: Priors, frame: Frame | None = None) -> Layout:
    """Which parameters the studies and priors call for; in a frame, whatever studies could."""
    covariates = len(studies.covariates)
    names = SCALES if covariates else SCALES[:4]
    comparative = frame is not None or bool((studies.design == COMPARATIVE).any())
    single = frame is not None or bool((studies.design == SINGLE).any())
    absent = {"kappa_comparative": not comparative, "kappa_single": not single}
    biases = []
    if single and priors.bias_single.sd > 0:
        biases.append("bias_single")
    if comparative and priors.bias_comparative.sd > 0:
        biases.append("bias_comparative")
    compared = studies.design != SINGLE
    return Layout(
        studies.kind,
        len(studies.treatments) if frame is None else frame.treatments,
        covariates,
        int(np.isnan(studies.x[compared]).sum()),
        tuple(n for n in names if getattr(priors, n).free and not absent.get(n, False)),
        tuple(biases),
        framed=frame is not None,
    )


def arrays(
    studies: Studies, weights: Sequence[float], whitening: Whitening, frame: Frame | None = None
) -> Data:
    """Arrays of the likelihood at ``weights`` (:func:`hilum.synthesis.joint.weights.whole`)."""
    x, _, _ = studies.standardised()
    singles = np.flatnonzero(studies.design == SINGLE)
    by_contrast = studies.contrast[:, 0]
    several = np.array(
        [s for s in range(studies.count) if s not in by_contrast and studies.design[s] != SINGLE],
        np.int64,
    )
    row = np.array([studies.arms_of(int(s))[0] for s in singles], np.int64)
    width = max((len(studies.arms_of(int(s))) for s in several), default=0)
    place = np.zeros((len(several), width), np.int64)
    mask = np.zeros((len(several), width))
    for i, s in enumerate(several):
        own = studies.arms_of(int(s))
        place[i, : len(own)], mask[i, : len(own)] = own, 1.0
    first = {"study": singles, "t": studies.treatment[row], "y": studies.y[row]}
    many = {"study": several, "t": studies.treatment[place], "mask": mask}
    many |= {"y": studies.y[place], "favoured": mask * studies.favoured[place]}
    many |= {"n": studies.n[place], "other": studies.design[several] == COMPARATIVE}
    third = {"study": by_contrast, "t": studies.contrast[:, 1], "t0": studies.contrast[:, 2]}
    third |= dict(zip(("y", "se", "favoured"), studies.effect.T, strict=True))
    third["other"] = studies.design[by_contrast] == COMPARATIVE
    compared = studies.design != SINGLE
    unknown = np.isnan(x)
    missing = np.argwhere(unknown & compared[:, None])
    named = {
        "single": first | {"n": studies.n[row]},
        "several": {k: v.astype(float) if v.dtype == bool else v for k, v in many.items()},
        "contrast": {k: v.astype(float) if v.dtype == bool else v for k, v in third.items()},
    }
    given: dict[str, Any] = {
        **named, "x": np.where(unknown, 0.0, x), "known": (~unknown).astype(float),
        **dict(zip(("centre", "transform", "shift"), whitening[:3], strict=True)), "held": None,
    }  # fmt: skip
    if frame is not None:
        given = filled(given, len(studies.treatments), frame)
    out = Data(**given, absent=missing, weights=np.array(whole(weights)))
    return jax.tree_util.tree_map(jnp.asarray, out)


def unpack(z: Any, shape: Layout, priors: Priors, data: Data) -> dict[str, Any]:
    """Parameters by name; standard deviations on their own scale."""
    out: dict[str, Any] = {}
    at = 0
    for name, size in shape.sections().items():
        out[name] = z[at] if size == 1 and name not in _VECTORS else z[at : at + size]
        at += size
    if shape.free:
        raw = jnp.stack([out[name] for name in shape.free])
        flat = [getattr(priors, n).uniform for n in shape.free]
        folded = half_normal(raw)
        if any(flat):
            folded = jnp.where(jnp.array(flat), ndtr(raw), folded)
        folded *= jnp.array([getattr(priors, n).value for n in shape.free])
        for i, name in enumerate(shape.free):
            out[name + "_raw"], out[name] = raw[i], folded[i]
    for name in set(SCALES) - set(shape.free):
        prior = getattr(priors, name)
        out[name] = jnp.asarray(prior.value if prior.fixed else 0.0)
    for name in BIASES:
        prior = getattr(priors, name)
        out[name + "_raw"] = out.get(name, 0.0)
        out[name] = prior.mean + prior.sd * out[name + "_raw"]
    j, t = shape.covariates, shape.treatments
    if j:
        out["beta_raw"], out["own_raw"] = out["beta"], out["own"]
        out["beta"] = out["shrinkage"] * out["beta_raw"]
        out["own"] = out["interaction"] * out["own_raw"].reshape(t, j)
        out["log_spread"], out["spread"] = out["spread"], jnp.exp(out["spread"])
        out["slope"] = out["beta"] + out["own"]
    biases = jnp.stack([jnp.asarray(out[name + "_raw"]) for name in BIASES])
    out["alpha"] = data.centre + data.transform @ out["alpha"] + data.shift @ biases
    return out


@jax.custom_jvp
def half_normal(z: Any) -> Any:
    """Half-normal values of standard normal ones: no skew for the sampler, no Jacobian."""
    return -ndtri(ndtr(-z) / 2)


@half_normal.defjvp
def _(primals: Any, tangents: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
    (z,) = primals
    s = half_normal(z)
    return s, jnp.exp((s**2 - z**2) / 2) / 2 * tangents[0]


_VECTORS = frozenset(["alpha", "beta", "own", "nu", "spread", "absent"])


def log_prior(p: dict[str, Any], shape: Layout, priors: Priors, data: Data) -> Any:
    """Log prior density on the unconstrained vector, Jacobians included; constants dropped."""
    # Levels: normal around a common centre that is itself normal, the centre integrated out.
    away, count = p["alpha"] - priors.centre.mean, shape.treatments
    if shape.framed:
        away, count = data.held * away, data.held.sum()
    small, large = priors.effect_sd**2, priors.centre.sd**2
    rank_one = large / (small + count * large)
    total = -((away**2).sum() - rank_one * away.sum() ** 2) / (2 * small)
    if shape.framed:
        total -= (((1 - data.held) * p["alpha"]) ** 2).sum() / 2
    for name in (*shape.free, *shape.biases):
        total -= p[name + "_raw"] ** 2 / 2
    if shape.covariates:
        total -= (p["beta_raw"] ** 2).sum() / 2 + (p["own_raw"] ** 2).sum() / 2
        # The covariates' own distribution, which stands in for values not reported.
        total += (p["log_spread"] - p["spread"] ** 2 / 2).sum() - (p["nu"] ** 2).sum() / 2
        seen = ((data.x - p["nu"]) / p["spread"]) ** 2 / 2 + p["log_spread"]
        total -= (data.known * seen).sum()
        if shape.missing:
            total -= (p["absent"] ** 2).sum() / 2
    return total


def log_likelihoods(p: dict[str, Any], shape: Layout, data: Data) -> dict[str, Any]:
    """Unweighted log marginal likelihood of each study, by block."""
    x = data.x
    if shape.covariates:
        if shape.missing:
            rows, columns = data.absent[:, 0], data.absent[:, 1]
            x = x.at[rows, columns].set(p["nu"][columns] + p["spread"][columns] * p["absent"])
    else:
        p = p | {"slope": jnp.zeros((shape.treatments, 0))}
    return {
        "single": _single(p, shape, data, x),
        "several": _several(p, shape, data, x),
        "contrast": _contrast(p, shape, data, x),
    }


def _single(p: dict[str, Any], shape: Layout, data: Data, x: Any) -> Any:
    d = data.single
    slope, values = p["slope"][d["t"]], x[d["study"]]
    mean = p["alpha"][d["t"]] + p["bias_single"] + (slope * values).sum(-1)
    variance = TINY + p["sigma"] ** 2 + p["tau"] ** 2 / 2 + p["kappa_single"] ** 2
    variance = jnp.broadcast_to(variance, mean.shape)
    if shape.covariates:
        # A value not reported is a draw from the covariate's distribution, integrated out.
        unknown = 1 - data.known[d["study"]]
        mean += (unknown * slope * p["nu"]).sum(-1)
        variance += (unknown * (slope * p["spread"]) ** 2).sum(-1)
    if shape.kind == "normal":
        variance += d["n"] ** 2
        logs = -(jnp.log(2 * np.pi * variance) + (d["y"] - mean) ** 2 / variance) / 2
    else:
        logs = one_arm(mean, variance, d["y"], d["n"], shape.points[0])
    return d["held"] * logs if shape.framed else logs


def _several(p: dict[str, Any], shape: Layout, data: Data, x: Any) -> Any:
    d = data.several
    if not d["t"].size:
        return jnp.zeros(0)
    slope, values = p["slope"][d["t"]], x[d["study"]]
    mean = p["alpha"][d["t"]] + (slope * values[:, None, :]).sum(-1)
    mean += d["favoured"] * (d["other"] * p["bias_comparative"])[:, None]
    within = TINY + p["tau"] ** 2 / 2 + (d["other"] * p["kappa_comparative"] ** 2)[:, None] / 2
    within = jnp.broadcast_to(within, mean.shape)
    # Power of the exchangeability prior: sigma^2 / w, and free baselines at w = 0.
    square = p["sigma"] ** 2 + TINY
    between = square / (data.weights[3] + square / FREE_BASELINE_SD**2)
    if shape.kind == "normal":
        variance = within + d["n"] ** 2
        off = d["y"] - mean
        precision = d["mask"] / variance
        total, pull = precision.sum(-1), (precision * off).sum(-1)
        logs = (d["mask"] * jnp.log(2 * np.pi * variance)).sum(-1) + jnp.log1p(between * total)
        square = (precision * off**2).sum(-1) - between * pull**2 / (1 + between * total)
        return -(logs + square) / 2

    def study(mean: Any, mask: Any, within: Any, y: Any, n: Any) -> Any:
        return several_arms(mean, mask, between, within, y, n, shape.points[1:])

    return jax.vmap(study)(mean, d["mask"], within, d["y"], d["n"])


def _contrast(p: dict[str, Any], shape: Layout, data: Data, x: Any) -> Any:
    d = data.contrast
    if not d["t"].size:
        return jnp.zeros(0)
    slope = p["slope"][d["t"]] - p["slope"][d["t0"]]
    mean = p["alpha"][d["t"]] - p["alpha"][d["t0"]] + (slope * x[d["study"]]).sum(-1)
    mean += d["favoured"] * d["other"] * p["bias_comparative"]
    variance = d["se"] ** 2 + p["tau"] ** 2 + d["other"] * p["kappa_comparative"] ** 2
    logs = -(jnp.log(2 * np.pi * variance) + (d["y"] - mean) ** 2 / variance) / 2
    return d["held"] * logs if shape.framed else logs


def potential(shape: Layout, priors: Priors) -> Callable[[Data], Callable[[Any], Any]]:
    """Function of the data that gives the negative log posterior as a function of z."""

    def of(data: Data) -> Callable[[Any], Any]:
        def energy(z: Any) -> Any:
            p = unpack(z, shape, priors, data)
            single, other, trials = data.weights[0], data.weights[1], data.weights[2]
            logs = log_likelihoods(p, shape, data)
            total = log_prior(p, shape, priors, data) + single * logs["single"].sum()
            for name, block in (("several", data.several), ("contrast", data.contrast)):
                weight = jnp.where(block["other"] > 0, other, trials)
                total += (weight * logs[name]).sum()
            return -total

        return energy

    return of
