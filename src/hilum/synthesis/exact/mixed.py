"""Generalised linear mixed models with one normal random effect a study."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotConverged, phrased
from hilum.synthesis.exact.quadrature import integrate

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.exact.likelihoods import Likelihood

    # Value, gradient and Hessian at a place, and the modes there.
    Begun = tuple[float, Array, Array, Array]

# tau where a climb starts when the first one leads nowhere.
STARTS = (0.3, 1.0, 2.0, 0.1)
MAX_ITERATIONS = 100
MORE_POINTS = (41, 81)
# The first steps are taken by a rough rule, as long as they are plain ones and few, until the
# decrement is below NEAR; by the rule asked for it must then be below NEARER.
ROUGH = 7
FEW_STEPS = 6
NEAR = 1e-3
NEARER = 1e-5
# A rule holds if one of fewer points has its maximum at the same place next to exactly, or if one
# of more points has it at the same place.
COARSER = 13
NEXT_TO_EXACTLY = 1e-13
SAME = 1e-10
# The longest step.
FAR = 2.0
# Newton decrement at which the estimate is within 1e-7 standard errors of the maximum.
DECREMENT = 1e-14
# The same for the coefficients at one tau, whose loglik is then within 1e-10 of its height.
DECREMENT_OF_PROFILE = 1e-10
# A likelihood that falls by no more has not fallen.
ROUNDING = 1e-12
# A decrement that is rounding alone: there is no step to take.
STILL = 1e-28
# Below this tau the likelihood cannot be told from that of tau = 0 in double precision.
SMALLEST_TAU = 1e-4


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where the likelihood is highest: coefficients, their covariance, tau2, log-likelihood.

    ``loglik_fixed`` is that of tau = 0; ``random_effects`` the studies' deviations u * tau at
    their modes.
    """

    beta: Array
    vb: Array
    tau2: float
    loglik: float
    loglik_fixed: float
    random_effects: Array


def maximise(
    likelihood: Likelihood, design: Array, tau: float, *, points: int = 21, fixed_only: bool = False
) -> Maximum:
    """Maximum marginal likelihood over coefficients and tau >= 0.

    Parameters
    ----------
    design : ndarray, shape (k, p)
        Rows of the linear predictor.
    tau : float
        Where to start, from a moment estimate.
    points : int
        Quadrature points a study.

    Raises
    ------
    NotConverged
        When no start reaches a stationary point.
    """
    beta, vb, value = _fixed(likelihood, design)
    fixed = Maximum(beta, vb, 0.0, value, value, np.zeros(len(design)))
    if fixed_only:
        return fixed
    failed: NotConverged | None = None
    for start in (max(tau, 0.05), *STARTS):
        try:
            found = _refined(likelihood, design, beta, start, points, value)
        except NotConverged as error:
            failed = error
            continue
        # A gain below rounding error is no evidence against tau2 = 0.
        if found is not None and found.loglik > fixed.loglik + 1e-10:
            return found
        if found is None and start >= 1.0:
            return fixed
    if failed is not None:
        raise failed
    return fixed


def _refined(
    likelihood: Likelihood,
    design: Array,
    beta: Array,
    tau: float,
    points: int,
    loglik_fixed: float,
) -> Maximum | None:
    """Climb, and climb on with more points while these still move the maximum.

    Rare events with a wide spread make the posteriors skew; the plain rule comes last.
    """
    begun = np.append(beta, tau)
    quick = _quick(likelihood, design, begun, points, loglik_fixed)
    if quick is not None:
        return quick
    rules = [points, *(p for p in MORE_POINTS if p > points), None]
    for rule, finer in pairwise(rules):
        try:
            found = _climb(likelihood, design, begun, rule, loglik_fixed)
        except NotConverged:
            break
        if found is None or _left(likelihood, design, found, finer) < SAME:
            return found
        begun = np.append(found.beta, np.sqrt(found.tau2))
    return _climb(likelihood, design, begun, None, loglik_fixed)


def _quick(
    likelihood: Likelihood, design: Array, theta: Array, points: int, loglik_fixed: float
) -> Maximum | None:
    """Climb from where a few plain steps by a rough rule lead; None where the rules disagree.

    Errors of a rule fall with its points: a maximum that fewer points find next to exactly needs
    no more of them.
    """
    if points <= COARSER:
        return None
    mode, decrement = np.zeros(len(design)), np.inf
    for _ in range(FEW_STEPS):
        _, gradient, hessian, mode = _value(likelihood, design, theta, ROUGH, mode)
        roots, vectors = np.linalg.eigh(-hessian)
        if not roots[0] > 0:
            return None
        turned = vectors.T @ gradient
        step = vectors @ (turned / roots)
        if float(np.abs(step).max()) > FAR or theta[-1] + step[-1] < 0.1 * theta[-1]:
            return None
        theta, decrement = theta + step, float((turned**2 / roots).sum())
        if decrement < NEAR:
            break
    if not decrement < NEAR:
        return None
    begun = _value(likelihood, design, theta, points, mode)
    if not _decrement(*begun[1:3]) < NEARER:
        return None
    try:
        found = _climb(likelihood, design, theta, points, loglik_fixed, begun)
    except NotConverged:
        return None
    exact = found is not None and _left(likelihood, design, found, COARSER) < NEXT_TO_EXACTLY
    return found if exact else None


def _left(likelihood: Likelihood, design: Array, found: Maximum, points: int | None) -> float:
    """The decrement by another rule at a maximum."""
    theta = np.append(found.beta, np.sqrt(found.tau2))
    modes = found.random_effects / theta[-1]
    return _decrement(*_value(likelihood, design, theta, points, modes)[1:3])


def _decrement(gradient: Array, hessian: Array) -> float:
    return abs(float(gradient @ np.linalg.solve(hessian, gradient)))


def _fixed(likelihood: Likelihood, design: Array) -> tuple[Array, Array, float]:
    """The model without random effects, by Newton's method with halved steps."""
    beta = np.zeros(design.shape[1])
    if len(beta) == 1 and bool((design == 1).all()):
        beta[0] = likelihood.common
    value, first, second = likelihood.terms((design @ beta)[:, None])
    for _ in range(MAX_ITERATIONS):
        gradient = design.T @ first[:, 0]
        information = -(design.T * second[:, 0]) @ design
        step = np.linalg.solve(information, gradient)
        if float(gradient @ step) < STILL * (1 + abs(float(value.sum()))):
            break
        trial = value, first, second
        for _ in range(50):
            trial = likelihood.terms((design @ (beta + step))[:, None])
            if trial[0].sum() >= value.sum() - ROUNDING * (1 + abs(value.sum())):
                break
            step = step / 2
        beta = beta + step
        value, first, second = trial
        if float(gradient @ step) < 1e-20 * (1 + abs(float(value.sum()))):
            break
        if np.abs(beta).max() > 500:
            message = phrased(
                "coefficients run away ({beta})", beta=", ".join(f"{b:g}" for b in beta)
            )
            raise NotConverged(message)
    information = -(design.T * second[:, 0]) @ design
    return beta, np.linalg.inv(information), float(value.sum()) + likelihood.constant


def _climb(
    likelihood: Likelihood,
    design: Array,
    theta: Array,
    points: int | None,
    loglik_fixed: float,
    begun: Begun | None = None,
) -> Maximum | None:
    """Newton's method with halved steps; ``None`` when tau runs into 0."""
    at = begun or _value(likelihood, design, theta, points, np.zeros(len(design)))
    value, gradient, hessian, mode = at
    decrement = np.inf
    for _ in range(MAX_ITERATIONS):
        roots, vectors = np.linalg.eigh(-hessian)
        turned = vectors.T @ gradient
        decrement = float((turned**2 / roots).sum()) if roots[0] > 0 else np.inf
        if decrement < DECREMENT:
            # The last step, too short to change anything else, gives the last digits.
            theta = theta + vectors @ (turned / roots)
            break
        # Away from the maximum the curvature may have the wrong sign: climb along |curvature|.
        step = vectors @ (turned / np.maximum(np.abs(roots), 1e-8))
        step *= min(1.0, FAR / float(np.abs(step).max()))
        if theta[-1] + step[-1] <= 0:
            # Towards the boundary, not over it: a tenth of tau remains.
            step[-1] = -0.9 * theta[-1]
        for halving in range(25):
            if halving > 6 and points is not None:
                # Value and gradient disagree: too few points for these posteriors.
                message = phrased(
                    "beta {theta:g}, tau {theta_2:g}: {points} points do not do",
                    theta=theta[0],
                    theta_2=theta[-1],
                    points=points,
                )
                raise NotConverged(message)
            new = _value(likelihood, design, theta + step, points, mode)
            if new[0] >= value - ROUNDING * (1 + abs(value)):
                break
            step = step / 2
        else:
            break
        theta, (value, gradient, hessian, mode) = theta + step, new
        if theta[-1] < SMALLEST_TAU:
            return None
    else:
        if not decrement < 1e-9:
            message = phrased(
                "beta {theta:g}, tau {theta_2:g} after {max_iterations} steps",
                theta=theta[0],
                theta_2=theta[-1],
                max_iterations=MAX_ITERATIONS,
            )
            raise NotConverged(message)
    information = np.linalg.inv(-hessian)
    if not information[0, 0] > 0:
        return None
    return Maximum(
        theta[:-1],
        information[:-1, :-1],
        float(theta[-1] ** 2),
        float(value) + likelihood.constant,
        loglik_fixed,
        theta[-1] * mode,
    )


def _value(
    likelihood: Likelihood, design: Array, theta: Array, points: int | None, mode: Array
) -> tuple[float, Array, Array, Array]:
    found = integrate(likelihood, design @ theta[:-1], float(theta[-1]), points, mode)
    gradient = np.append(design.T @ found.slope, found.slope_tau.sum())
    p = design.shape[1]
    hessian = np.empty((p + 1, p + 1))
    hessian[:p, :p] = (design.T * found.curve) @ design
    hessian[:p, p] = hessian[p, :p] = design.T @ found.curve_mixed
    hessian[p, p] = found.curve_tau.sum()
    return float(found.value.sum()), gradient, hessian, found.mode


def at_tau(
    likelihood: Likelihood, design: Array, tau: float, beta: Array, points: int | None = 21
) -> tuple[float, Array]:
    """The highest log-likelihood at one tau, and the coefficients there, climbed to from ``beta``.

    Raises
    ------
    NotConverged
        The coefficients do not settle.
    """
    p, mode, theta = design.shape[1], np.zeros(len(design)), np.append(beta, tau)
    value, gradient, hessian, mode = _value(likelihood, design, theta, points, mode)
    for _ in range(MAX_ITERATIONS):
        roots, vectors = np.linalg.eigh(-hessian[:p, :p])
        turned = vectors.T @ gradient[:p]
        if roots[0] > 0 and float((turned**2 / roots).sum()) < DECREMENT_OF_PROFILE:
            return value + likelihood.constant, theta[:p]
        step = vectors @ (turned / np.maximum(np.abs(roots), 1e-8))
        step *= min(1.0, FAR / float(np.abs(step).max()))
        for _ in range(40):
            new = _value(likelihood, design, theta + np.append(step, 0.0), points, mode)
            if new[0] >= value - ROUNDING * (1 + abs(value)):
                break
            step = step / 2
        else:
            return value + likelihood.constant, theta[:p]
        theta, (value, gradient, hessian, mode) = theta + np.append(step, 0.0), new
    message = phrased("tau {tau:g}: the coefficients do not settle", tau=tau)
    raise NotConverged(message)
