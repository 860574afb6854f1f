"""Two groups a study with a fixed effect for each baseline: unconditional exact likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotConverged, phrased
from hilum.synthesis.exact.mixed import (
    DECREMENT,
    DECREMENT_OF_PROFILE,
    MAX_ITERATIONS,
    ROUNDING,
    SMALLEST_TAU,
    STARTS,
    Maximum,
)

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.exact.likelihoods import Likelihood

    # What both groups of each study say.
    Arms = tuple[Likelihood, Likelihood]

# Value, gradient and Hessian in (baseline, effect, tau), one entry a study.
Derivatives = tuple["Array", "Array", "Array"]


def maximise_with_baselines(arms: Arms, design: Array, tau: float, points: int) -> Maximum:
    """Profile likelihood over the k baselines, which costs what k one-dimensional fits cost.

    Group 1 has linear predictor ``alpha + effect / 2``, group 2 ``alpha - effect / 2``, with
    ``effect = x'beta + tau u``. The likelihood is log-concave in (alpha, u), so alpha's profile is
    found by Newton's method without fail.

    Raises
    ------
    NotConverged
        When no start reaches a maximum.
    """
    # A study at an end in one group has its baseline where the other group puts it.
    alpha = np.zeros(len(design))
    fixed = _ascend(arms, design, np.zeros(design.shape[1]), 0.0, alpha, points)
    assert fixed is not None
    failed: NotConverged | None = None
    for start in (max(tau, 0.05), *STARTS):
        try:
            found = _ascend(arms, design, fixed.beta, start, alpha, points)
        except NotConverged as error:
            failed = error
            continue
        if found is not None and found.loglik > fixed.loglik + 1e-10:
            beta, vb, tau2, value = found.beta, found.vb, found.tau2, found.loglik
            return Maximum(beta, vb, tau2, value, fixed.loglik, found.random_effects)
        if found is None and start >= 1.0:
            return fixed
    if failed is not None:
        raise failed
    return fixed


def _ascend(
    arms: Arms,
    design: Array,
    beta: Array,
    tau: float,
    alpha: Array,
    points: int,
) -> Maximum | None:
    p = design.shape[1]
    size = p + (tau > 0)
    theta = np.append(beta, tau)[:size]
    u = np.zeros(len(alpha))

    def at(theta: Array, alpha: Array, u: Array):
        return _profile(
            arms, design @ theta[:p], float(theta[p]) if size > p else 0.0, alpha, u, points
        )

    alpha, u, value, gradient, hessian = at(theta, alpha, u)
    for _ in range(MAX_ITERATIONS):
        slope, curve = _collect(design, gradient, hessian, size)
        roots, vectors = np.linalg.eigh(-curve)
        turned = vectors.T @ slope
        if roots[0] > 0 and float((turned**2 / roots).sum()) < DECREMENT:
            break
        step = vectors @ (turned / np.maximum(np.abs(roots), 1e-8))
        step *= min(1.0, 2.0 / float(np.abs(step).max()))
        if size > p and theta[-1] + step[-1] <= 0:
            step[-1] = -0.9 * theta[-1]
        for _ in range(40):
            new = at(theta + step, alpha, u)
            if new[2].sum() >= value.sum() - ROUNDING * (1 + abs(value.sum())):
                break
            step = step / 2
        else:
            break
        theta, (alpha, u, value, gradient, hessian) = theta + step, new
        if size > p and theta[-1] < SMALLEST_TAU:
            return None
    else:
        message = phrased(
            "beta {theta:g} after {max_iterations} steps",
            theta=theta[0],
            max_iterations=MAX_ITERATIONS,
        )
        raise NotConverged(message)
    covariance = np.linalg.inv(-_collect(design, gradient, hessian, size)[1])
    total = float(value.sum()) + arms[0].constant + arms[1].constant
    tau2 = float(theta[p] ** 2) if size > p else 0.0
    return Maximum(theta[:p], covariance[:p, :p], tau2, total, total, np.sqrt(tau2) * u)


def arms_at_tau(
    arms: Arms, design: Array, tau: float, beta: Array, points: int = 21
) -> tuple[float, Array]:
    """The highest log-likelihood at one tau over baselines and coefficients, and the latter.

    Raises
    ------
    NotConverged
        Coefficients or a baseline do not settle.
    """
    p, zero = design.shape[1], np.zeros(len(design))
    alpha, u, value, gradient, hessian = _profile(arms, design @ beta, tau, zero, zero, points)
    constant = arms[0].constant + arms[1].constant
    for _ in range(MAX_ITERATIONS):
        slope, curve = _collect(design, gradient, hessian, p)
        roots, vectors = np.linalg.eigh(-curve[:p, :p])
        turned = vectors.T @ slope
        if roots[0] > 0 and float((turned**2 / roots).sum()) < DECREMENT_OF_PROFILE:
            return float(value.sum()) + constant, beta
        step = vectors @ (turned / np.maximum(np.abs(roots), 1e-8))
        step *= min(1.0, 2.0 / float(np.abs(step).max()))
        for _ in range(40):
            new = _profile(arms, design @ (beta + step), tau, alpha, u, points)
            if new[2].sum() >= value.sum() - ROUNDING * (1 + abs(value.sum())):
                break
            step = step / 2
        else:
            return float(value.sum()) + constant, beta
        beta, (alpha, u, value, gradient, hessian) = beta + step, new
    message = phrased("tau {tau:g}: the coefficients do not settle", tau=tau)
    raise NotConverged(message)


def _collect(design: Array, gradient: Array, hessian: Array, size: int) -> tuple[Array, Array]:
    """Gradient and profile Hessian in (beta, tau), each study's baseline swept out."""
    p = design.shape[1]
    swept = hessian - hessian[:, :, :1] * hessian[:, :1, :] / hessian[:, :1, :1]
    slope = np.append(design.T @ gradient[:, 1], gradient[:, 2].sum())
    curve = np.empty((p + 1, p + 1))
    curve[:p, :p] = (design.T * swept[:, 1, 1]) @ design
    curve[:p, p] = curve[p, :p] = design.T @ swept[:, 1, 2]
    curve[p, p] = swept[:, 2, 2].sum()
    return slope[:size], curve[:size, :size]


def _profile(
    arms: Arms,
    effect: Array,
    tau: float,
    alpha: Array,
    u: Array,
    points: int,
) -> tuple[Array, Array, Array, Array, Array]:
    """Maximise each study's marginal likelihood over its baseline."""
    for _ in range(100):
        u, value, gradient, hessian = _integrate(arms, effect, tau, alpha, u, points)
        step = np.clip(-gradient[:, 0] / hessian[:, 0, 0], -2, 2)
        if np.abs(step).max() < 1e-9:
            return alpha, u, value, gradient, hessian
        alpha = alpha + step
    message = "a study's baseline does not settle"
    raise NotConverged(message)


def _integrate(
    arms: Arms,
    effect: Array,
    tau: float,
    alpha: Array,
    u: Array,
    points: int,
) -> tuple[Array, Array, Array, Array]:
    nodes, weights = np.polynomial.hermite.hermgauss(points)
    first, second = arms
    curvature = np.ones_like(u)
    for _ in range(60):
        if tau == 0:
            break
        half = (effect + tau * u)[:, None] / 2
        _, r1, h1 = first.terms(alpha[:, None] + half)
        _, r2, h2 = second.terms(alpha[:, None] - half)
        curvature = 1 - tau**2 * (h1 + h2)[:, 0] / 4
        move = np.clip((tau * (r1 - r2)[:, 0] / 2 - u) / curvature, -3, 3)
        u = u + move
        if np.abs(move).max() < 1e-5:
            break
    scale = np.sqrt(2 / curvature) if tau else np.full(len(u), np.sqrt(2.0))
    at = u[:, None] + scale[:, None] * nodes if tau else np.zeros((len(u), 1))
    half = (effect[:, None] + tau * at) / 2
    l1, r1, h1 = first.terms(alpha[:, None] + half)
    l2, r2, h2 = second.terms(alpha[:, None] - half)
    logs = l1 + l2
    if tau:
        logs = logs - at**2 / 2 + np.log(weights) + nodes**2
    top = logs.max(1)
    posterior = np.exp(logs - top[:, None])
    total = posterior.sum(1)
    posterior /= total[:, None]
    value = np.log(total) + top
    if tau:
        value += np.log(scale) - 0.5 * np.log(2 * np.pi)
    base, effect_slope = r1 + r2, (r1 - r2) / 2
    scores = np.stack([base, effect_slope, at * effect_slope], -1)
    cross, bend = (h1 - h2) / 2, (h1 + h2) / 4
    curves = np.empty((*base.shape, 3, 3))
    curves[..., 0, 0] = h1 + h2
    curves[..., 0, 1] = curves[..., 1, 0] = cross
    curves[..., 0, 2] = curves[..., 2, 0] = at * cross
    curves[..., 1, 1] = bend
    curves[..., 1, 2] = curves[..., 2, 1] = at * bend
    curves[..., 2, 2] = at**2 * bend
    gradient = np.einsum("kq,kqi->ki", posterior, scores)
    hessian = np.einsum("kq,kqij->kij", posterior, curves)
    hessian += np.einsum("kq,kqi,kqj->kij", posterior, scores, scores)
    hessian -= gradient[:, :, None] * gradient[:, None, :]
    return u, value, gradient, hessian
