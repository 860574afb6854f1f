"""Independent proposals for the joint model without covariates: exact, and the cheaper sampler.

Standard deviations are proposed first, levels and biases then from their normal law given these
(:mod:`hilum.synthesis.joint.conditional`); a chain accepts a proposal by Metropolis and Hastings'
rule (Tierney 1994). Its stationary law is the posterior whatever the proposals are; how good they
are decides how many are accepted. Given the standard deviations the posterior of levels and biases
is log-concave, so it has one mode there; over these, a part of the proposals is the prior itself,
so none is left out. Where the weights' tail is heavy, or few are accepted, there is no answer here
and the No-U-Turn sampler draws. Imports JAX.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from hilum.synthesis.joint.compiled import energies
from hilum.synthesis.joint.conditional import draw_of, linear
from hilum.synthesis.joint.density import arrays, layout
from hilum.synthesis.joint.linear import Whitening
from hilum.synthesis.joint.moments import sites
from hilum.synthesis.joint.pareto import pareto_k
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.conditional import Linear, Sites
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.density import Layout
    from hilum.synthesis.joint.frame import Frame
    from hilum.synthesis.joint.priors import Priors
    from hilum.watch import Watch

PIECE: Final = 1000
"""Proposals judged at once."""
PILOT: Final = 2
"""Rounds of :data:`PILOT_PIECES` pieces in which the proposals learn, before one that is judged."""
PILOT_PIECES: Final = 2
SHARE: Final = 0.125
"""Effective share of the proposals below which the other sampler is the cheaper."""
HEAVY: Final = (0.5, 0.7)
"""Shape of the weights' tail that is too heavy: of the proposals that are judged, and of all in the
end. Weights are bounded, as the tails of what is proposed are heavier than the posterior's, so that
chains are uniformly ergodic (Mengersen & Tweedie 1996); 0.7 is PSIS' own bound."""
FARTHEST: Final = 35.0
EFFECTIVE: Final = 6000
"""Effective proposals that the draws first asked for are taken from, at least: chains of few draws
are then so little correlated that R-hat seldom fails by chance."""
SETTLING: Final = 50
"""Draws at a chain's start that are not kept."""
DEGREES: Final = (4.0, 20.0)
"""Of the t law of each whitened direction of levels and biases, a little wider than the normal: as
many as a treatment has events or patients without, within these; of few the posterior is skew."""
SCALE_DEGREES: Final = 8.0
"""Of the t law of the standard deviations' normal scores together."""
PRIOR: Final = 0.1
"""Share of the standard deviations that are proposed from their prior,"""
WIDE: Final = 0.25
"""and of the others the share that is :data:`WIDER` times as wide: scores may be skew."""
WIDER: Final = 3.0
LARGEST: Final = 60
"""Levels and biases beyond which too few proposals would be accepted,"""
MOST_ARMS: Final = 1000
"""and arms beyond which their normal stand-ins take longer than a sampler."""


@dataclass(frozen=True, eq=False)
class _Proposal:
    """Where standard deviations are proposed: scores of mean (h,) and root (h, h), or the prior."""

    model: Linear
    priors: Priors
    free: tuple[str, ...]
    stands: Sites
    degrees: Array
    middle: Array
    root: Array
    prior: float

    def made(self, rng: np.random.Generator, count: int) -> tuple[Array, Array, Array]:
        """Scores (count, h), levels and biases (count, p), and their log density."""
        h = len(self.free)
        which = rng.choice(3, size=count, p=[self.prior, *self.shares])[:, None]
        wide = np.sqrt(SCALE_DEGREES / rng.chisquare(SCALE_DEGREES, (count, 1)))
        normal = rng.normal(size=(count, h))
        off = np.where(which == 2, WIDER, 1.0) * wide * normal @ self.root.T
        score = np.where(which == 0, normal, self.middle + off)
        nu = self.degrees
        away = rng.standard_t(nu, size=(count, len(nu)))
        precision, pull = self.model.given(self.scales(score), self.stands)
        rest, half = draw_of(precision, pull, away)
        logs = half - ((nu + 1) / 2 * np.log1p(away**2 / nu)).sum(1)
        return score, rest, logs + self._scores(score)

    @property
    def shares(self) -> tuple[float, float]:
        """Of the t law as wide as the scores, and of the wider."""
        return (1 - self.prior) * (1 - WIDE), (1 - self.prior) * WIDE

    def _scores(self, score: Array) -> Array:
        """Log density of scores, shape (m,)."""
        h, nu = score.shape[1], SCALE_DEGREES
        of_prior = np.exp(-(score**2).sum(1) / 2) * (2 * np.pi) ** (-h / 2)
        square = (np.linalg.solve(self.root, (score - self.middle).T) ** 2).sum(0)
        whole = special.gammaln((nu + h) / 2) - special.gammaln(nu / 2) - h / 2 * np.log(np.pi * nu)
        whole = np.exp(whole) / np.diagonal(self.root).prod()
        total = self.prior * of_prior
        for share, times in zip(self.shares, (1.0, WIDER), strict=True):
            law = (1 + square / times**2 / nu) ** (-(nu + h) / 2)
            total = total + share * whole / times**h * law
        return np.log(total)

    def scales(self, score: Array) -> dict[str, Array]:
        """Standard deviations, shape (m,) each, of scores, as the density has them."""
        out: dict[str, Array] = {}
        for name in ("sigma", "tau", "kappa_comparative", "kappa_single"):
            prior = getattr(self.priors, name)
            if name not in self.free:
                out[name] = np.full(len(score), prior.value if prior.fixed else 0.0)
                continue
            # Beyond, a deviation is 0 or endless in these digits.
            z = np.clip(score[:, self.free.index(name)], -FARTHEST, FARTHEST)
            folded = special.ndtr(z) if prior.uniform else -special.ndtri(special.ndtr(-z) / 2)
            out[name] = prior.value * folded
        return out

    def learnt(self, score: Array, weight: Array) -> _Proposal:
        """Proposals about the weighted scores of earlier ones."""
        if not self.free:
            return self
        middle = weight @ score
        off = score - middle
        spread = off.T @ (weight[:, None] * off) + 1e-4 * np.eye(len(self.free))
        scales = {name: float(one[0]) for name, one in self.scales(middle[None]).items()}
        return replace(
            self, stands=sites(self.model, scales), middle=middle,
            root=np.linalg.cholesky(spread), prior=PRIOR,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Target:
    """The density itself, of scores and of levels and biases."""

    energy: Any
    data: Any
    shape: Layout
    own: Layout
    priors: Priors
    treatments: int

    def log(self, score: Array, rest: Array) -> Array:
        """Log posterior of proposals, up to a constant, shape (m,)."""
        z = np.zeros((len(score), self.shape.size))
        at = 0
        for name, size in self.shape.sections().items():
            if name == "alpha":
                z[:, : self.treatments] = rest[:, : self.treatments]
            elif name in self.own.free:
                z[:, at] = score[:, self.own.free.index(name)]
            elif name in self.own.biases:
                prior = getattr(self.priors, name)
                value = rest[:, self.treatments + self.own.biases.index(name)]
                z[:, at] = (value - prior.mean) / prior.sd
            # What no study holds is independent of all that is there.
            at += size
        found = np.asarray(self.energy(z, self.data))
        return np.where(np.isfinite(found), -found, -np.inf)


def draw(
    studies: Studies,
    priors: Priors,
    weights: Sequence[float],
    frame: Frame | None = None,
    *,
    chains: int,
    draws: int,
    seed: Sequence[int],
    more: Callable[[dict[str, Array]], int] | None = None,
    watch: Watch = SILENT,
) -> dict[str, Array] | None:
    """Draws by name, shape (chains, draws, ...), or None where another sampler is wanted.

    Parameters
    ----------
    studies, priors, weights, frame
        As :func:`hilum.synthesis.joint.fit.joint`.
    more : callable, optional
        Given the draws so far, how many further ones every chain is to make; asked until 0.
    """
    if not suits(studies):
        return None
    with suppress(np.linalg.LinAlgError):  # figures too far apart for normal stand-ins
        return _draw(studies, priors, weights, frame, chains, draws, seed, more, watch)
    return None


def _draw(
    studies: Studies,
    priors: Priors,
    weights: Sequence[float],
    frame: Frame | None,
    chains: int,
    draws: int,
    seed: Sequence[int],
    more: Callable[[dict[str, Array]], int] | None,
    watch: Watch,
) -> dict[str, Array] | None:
    own, shape = layout(studies, priors), layout(studies, priors, frame)
    model = linear(studies, priors, weights, own.biases)
    t = len(studies.treatments)
    bare = Whitening(np.zeros(t), np.eye(t), np.zeros((t, 2)), {})
    target = _Target(
        energies(shape, priors), arrays(studies, weights, bare, frame), shape, own, priors, t
    )
    h = len(own.free)
    rng = np.random.default_rng(seed)
    # Before anything is known: all standard deviations at the middle of their prior.
    proposal = _Proposal(
        model, priors, own.free, sites(model, _middle(priors, own.free)), _degrees(model),
        np.zeros(h), np.eye(h), 1.0,
    )  # fmt: skip

    def proposed(count: int) -> tuple[Array, Array]:
        """Scores, levels and biases side by side, and log weights."""
        rows, logs = [], []
        for _ in range(-(-count // PIECE)):
            score, rest, log = proposal.made(rng, PIECE)
            rows.append(np.column_stack([score, rest]))
            logs.append(target.log(score, rest) - log)
            watch.done(0)
        return np.concatenate(rows)[:count], np.concatenate(logs)[:count]

    for _ in range(PILOT):
        rows, logs = proposed(PILOT_PIECES * PIECE)
        if not np.isfinite(logs).any():
            return None
        proposal = proposal.learnt(rows[:, :h], _normed(logs))
    rows, logs = proposed(PILOT_PIECES * PIECE)
    share = effective_share(logs)
    if not share >= SHARE or pareto_k(logs) >= HEAVY[0]:
        return None
    each = int(np.ceil(max(1.0, EFFECTIVE / (chains * draws)) / share))
    walk = _Walk(each, rng, *_begun(rows, logs, chains, rng))
    seen: list[Array] = []

    def further(count: int) -> Array:
        rows, logs = proposed(chains * count * walk.each)
        seen.append(logs)
        return walk.kept(rows, logs)

    further(SETTLING)
    kept = further(draws)
    while more is not None and (count := more(named(kept, proposal, own.biases))):
        kept = np.concatenate([kept, further(count)], axis=1)
    logs = np.concatenate(seen)
    # All that was proposed is judged again: a rare large weight may have come late.
    if not effective_share(logs) >= SHARE / 2 or pareto_k(logs) >= HEAVY[1]:
        return None
    return named(kept, proposal, own.biases)


def suits(studies: Studies) -> bool:
    """Whether proposals are worth a trial."""
    size = len(studies.treatments) + 2
    return not studies.covariates and size <= LARGEST and len(studies.y) <= MOST_ARMS


def effective_share(logs: Array) -> float:
    """Effective share of weighted proposals (Kish), of log weights, shape (n,)."""
    weight = _normed(logs)
    return float(1 / (weight**2).sum() / len(weight))


def _normed(logs: Array) -> Array:
    weight = np.exp(logs - logs.max())
    return weight / weight.sum()


def _degrees(model: Linear) -> Array:
    """Degrees of freedom of each direction, shape (p,)."""
    studies = model.studies
    out = np.full(len(model.mean), DEGREES[1])
    if studies.kind == "binomial":
        t = len(studies.treatments)
        both = [np.bincount(studies.treatment, of, t) for of in (studies.y, studies.n - studies.y)]
        out[:t] = np.clip(np.minimum(*both), *DEGREES)
    return out


def _middle(priors: Priors, free: tuple[str, ...]) -> dict[str, float]:
    out: dict[str, float] = {}
    for name in ("sigma", "tau", "kappa_comparative", "kappa_single"):
        prior = getattr(priors, name)
        if name in free:
            out[name] = prior.value * (0.5 if prior.uniform else float(special.ndtri(0.75)))
        else:
            out[name] = prior.value if prior.fixed else 0.0
    return out


def _begun(
    rows: Array, logs: Array, chains: int, rng: np.random.Generator
) -> tuple[Array, list[float]]:
    """Where each chain begins: proposals taken by their weights."""
    place = rng.choice(len(rows), size=chains, p=_normed(logs))
    return rows[place], logs[place].tolist()


@dataclass(eq=False)
class _Walk:
    """Chains that accept or refuse; of every ``each`` proposals the last state is a draw."""

    each: int
    rng: np.random.Generator
    rows: Array
    logs: list[float]

    def kept(self, rows: Array, logs: Array) -> Array:
        """Draws, shape (chains, n, size), of ``chains * n * each`` proposals."""
        chains = len(self.logs)
        own = rows.reshape(chains, -1, rows.shape[1])
        bars = np.log(self.rng.random(len(logs))).reshape(chains, -1)
        out = np.empty((chains, own.shape[1] // self.each, rows.shape[1]))
        for c in range(chains):
            states = np.concatenate([self.rows[c][None], own[c]])
            at, now = 0, self.logs[c]
            places: list[int] = []
            weights = logs.reshape(chains, -1)[c].tolist()
            for i, (log, bar) in enumerate(zip(weights, bars[c].tolist(), strict=True), 1):
                if log - now > bar:
                    at, now = i, log
                if i % self.each == 0:
                    places.append(at)
            out[c] = states[places]
            self.rows[c], self.logs[c] = states[at], now
        return out


def named(kept: Array, proposal: _Proposal, biases: Sequence[str]) -> dict[str, Array]:
    """Draws by name: what a fit holds, on the parameters' own scales."""
    chains, count, _ = kept.shape
    h, t = len(proposal.free), len(proposal.model.studies.treatments)
    flat = proposal.scales(kept[..., :h].reshape(chains * count, h))
    out = {name: values.reshape(chains, count) for name, values in flat.items()}
    out["alpha"] = kept[..., h : h + t]
    for name in ("bias_single", "bias_comparative"):
        if name in biases:
            out[name] = kept[..., h + t + biases.index(name)]
        else:
            out[name] = np.full((chains, count), getattr(proposal.priors, name).mean)
    return out
