"""Studies' random effects integrated out by adaptive Gauss-Hermite quadrature, in JAX.

Imports JAX: import this module inside functions. Nodes sit at the mode of each study's integrand
(Pinheiro & Bates 1995) and are held fixed when the integral is differentiated: the integral does
not depend on where its nodes lie, so its gradient is that of the integrand.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp

NEWTON = 5


def nodes(points: int) -> tuple[Any, Any]:
    """Abscissae and log weights for integrals of exp(f(z)) around the mode of f."""
    x, w = np.polynomial.hermite.hermgauss(points)
    return jnp.asarray(np.sqrt(2) * x), jnp.asarray(np.log(w) + x**2 + np.log(2) / 2)


@jax.custom_jvp
def log_binomial(eta: Any, y: Any, n: Any) -> Any:
    """Binomial log-likelihood of log odds ``eta`` without its constant."""
    return y * eta - n * (jnp.maximum(eta, 0) + jnp.log1p(jnp.exp(-jnp.abs(eta))))


@log_binomial.defjvp
def _(primals: Any, tangents: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
    # Counts are data: only the log odds move.
    eta, y, n = primals
    return log_binomial(eta, y, n), (y - n * jax.nn.sigmoid(eta)) * tangents[0]


def one_arm(x: Any, variance: Any, y: Any, n: Any, points: int) -> Any:
    """Log of the integral of Bin(y | n, expit(x + e)) N(e; 0, variance); arrays of one shape."""
    r = jnp.sqrt(variance)
    centre, curvature = jax.lax.stop_gradient(_mode(x, r, y, n))
    at, weight = nodes(points)
    z = centre[..., None] + at / jnp.sqrt(curvature)[..., None]
    eta = x[..., None] + r[..., None] * z
    inside = log_binomial(eta, y[..., None], n[..., None]) - z**2 / 2
    return logsumexp(inside + weight, axis=-1) - jnp.log(curvature) / 2 - np.log(2 * np.pi) / 2


def _mode(x: Any, r: Any, y: Any, n: Any) -> tuple[Any, Any]:
    """Mode of the standardised random effect and the curvature there (Newton, concave)."""
    seen = jnp.log((y + 0.5) / (n - y + 0.5))
    p = (y + 0.5) / (n + 1)
    information = r**2 * n * p * (1 - p)
    start = jnp.sqrt(n * p * (1 - p)) * jnp.sqrt(information) * (seen - x) / (1 + information)

    def step(_: int, z: Any) -> Any:
        change, _h = _newton(x + r * z, r, z, y, n)
        return z + change

    z = jax.lax.fori_loop(0, NEWTON, step, start)
    return z, _newton(x + r * z, r, z, y, n)[1]


def _newton(eta: Any, r: Any, z: Any, y: Any, n: Any) -> tuple[Any, Any]:
    p = jax.nn.sigmoid(eta)
    curvature = 1 + r**2 * n * p * (1 - p)
    change = (r * (y - n * p) - z) / curvature
    # On a flat shoulder of the logistic curve a full step would overshoot.
    limit = 2 / jnp.maximum(r, 1e-3)
    return jnp.clip(change, -limit, limit), curvature


def several_arms(
    x: Any, mask: Any, between: Any, within: Any, y: Any, n: Any, points: tuple[int, int]
) -> Any:
    """Log marginal likelihood of one study of several arms; K arms, absent ones masked.

    Arms share a study effect of variance ``between``; each has its own of variance ``within``
    (shape (K,)). The study effect is integrated outside, the arms' own effects inside.
    """
    r, q = jnp.sqrt(within), jnp.sqrt(between)
    fixed = jax.lax.stop_gradient((x, r, q))
    zu, z, curvature = _joint_mode(*fixed, mask, y, n)
    outer, outer_weight = nodes(points[0])
    inner, inner_weight = nodes(points[1])
    at = zu + outer / jnp.sqrt(curvature)
    # Inside, the mode moves with the study effect: linear guess, then a Newton step.
    x0, r0, q0 = fixed
    p = jax.nn.sigmoid(x0 + q0 * zu + r0 * z)
    h = n * p * (1 - p)
    base = x0 + q0 * at[:, None]
    guess = z - (at - zu)[:, None] * (q0 * r0 * h) / (1 + r0**2 * h)
    guess = guess + _newton(base + r0 * guess, r0, guess, y, n)[0]
    bend = _newton(base + r0 * guess, r0, guess, y, n)[1]
    guess, bend, at = jax.lax.stop_gradient((guess, bend, at))
    place = guess[..., None] + inner / jnp.sqrt(bend)[..., None]
    eta = (x + q * at[:, None])[..., None] + r[:, None] * place
    inside = log_binomial(eta, y[:, None], n[:, None]) - place**2 / 2
    arms = logsumexp(inside + inner_weight, axis=-1) - jnp.log(bend) / 2 - np.log(2 * np.pi) / 2
    whole = (mask * arms).sum(-1) - at**2 / 2
    return (
        logsumexp(whole + outer_weight)
        - jnp.log(jax.lax.stop_gradient(curvature)) / 2
        - np.log(2 * np.pi) / 2
    )


def _joint_mode(x: Any, r: Any, q: Any, mask: Any, y: Any, n: Any) -> tuple[Any, Any, Any]:
    """Joint mode of study and arm effects, and the study effect's profile curvature."""
    seen = jnp.log((y + 0.5) / (n - y + 0.5))
    p = (y + 0.5) / (n + 1)
    h = mask * n * p * (1 - p)
    slack = h / (1 + r**2 * h)
    zu = q * (slack * (seen - x)).sum() / (1 + q**2 * slack.sum())
    z = r * h * (seen - x - q * zu) / (1 + r**2 * h)

    def parts(zu: Any, z: Any) -> tuple[Any, ...]:
        p = jax.nn.sigmoid(x + q * zu + r * z)
        g, h = mask * (y - n * p), mask * n * p * (1 - p)
        return g, 1 + r**2 * h, q * r * h, 1 + q**2 * h.sum()

    def step(_: int, state: tuple[Any, Any]) -> tuple[Any, Any]:
        zu, z = state
        g, own, cross, shared = parts(zu, z)
        gu, ga = q * g.sum() - zu, r * g - z
        du = (gu - (cross * ga / own).sum()) / (shared - (cross**2 / own).sum())
        da = (ga - cross * du) / own
        size = jnp.max(jnp.abs(mask * (q * du + r * da)))
        damp = jnp.minimum(1.0, 2.0 / jnp.maximum(size, 1e-9))
        return zu + damp * du, z + damp * da

    zu, z = jax.lax.fori_loop(0, NEWTON, step, (zu, z))
    _, own, cross, shared = parts(zu, z)
    return zu, z, shared - (cross**2 / own).sum()
