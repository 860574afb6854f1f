"""Simulating the rules of a Bayesian platform as they stand in its synopsis.

:mod:`hilum.trials.simulation.platform` simulates general scenarios with their own looks and bounds;
here every drop and graduation follows :class:`hilum.trials.sequential.platform.PlatformRules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.sequential.platform import PlatformRules, decisions, shares
from hilum.trials.simulation.beta_arms import chance_to_be_best, chance_to_beat
from hilum.trials.simulation.played import check_rates
from hilum.trials.simulation.tally import Tally, tally
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array, Mask
    from hilum.watch import Watch

BLOCK = 500


@dataclass(frozen=True, slots=True)
class RulesOutcomes:
    """What came of each trial.

    Attributes
    ----------
    graduated, dropped : ndarray of bool, shape (trials, arms)
    patients : ndarray, shape (trials, arms + 1)
        Recruited, control first.
    """

    graduated: Mask
    dropped: Mask
    patients: Array


def simulate_rules(
    rules: PlatformRules,
    rates: Sequence[float],
    trials: int,
    seed: int | np.random.SeedSequence,
    *,
    watch: Watch = SILENT,
) -> RulesOutcomes:
    """Simulate trials; the same seed and number give the same trials.

    Parameters
    ----------
    rates : sequence of float, length arms + 1
        True chance of response, control first.

    Raises
    ------
    InputError
        Rates that are no probabilities, or too few of them; no trials.
    """
    check_rates(rules.arms, rates, trials)
    rng = np.random.default_rng(seed)
    p = np.asarray(rates, float)
    parts: list[RulesOutcomes] = []
    for i in range(0, trials, BLOCK):
        parts.append(_block(rules, p, min(BLOCK, trials - i), rng, watch))
        watch.done(min(BLOCK, trials - i))
    return RulesOutcomes(
        *(np.concatenate([getattr(part, name) for part in parts])
          for name in RulesOutcomes.__slots__)
    )  # fmt: skip


def _block(
    rules: PlatformRules, rates: Array, trials: int, rng: np.random.Generator, watch: Watch
) -> RulesOutcomes:
    shape = trials, rules.arms + 1
    n = np.full(shape, rules.burn_in)
    x = rng.binomial(n, rates)
    is_open = np.ones((trials, rules.arms), np.bool_)
    graduated, dropped = np.zeros_like(is_open), np.zeros_like(is_open)
    running = np.arange(trials)
    total = rules.burn_in * (rules.arms + 1)
    while True:
        watch.done(0)
        now = is_open[running]
        a = rules.prior_a + x[running]
        b = rules.prior_b + n[running] - x[running]
        wins, loses = decisions(rules, chance_to_beat(a, b, rules.margin), n[running], now)
        graduated[running] |= wins
        dropped[running] |= loses
        is_open[running] = now & ~wins & ~loses
        goes_on = is_open[running].any(axis=1)
        running = running[goes_on]
        more = min(rules.batch, rules.n_max - total)
        if more <= 0 or not len(running):
            return RulesOutcomes(graduated, dropped, n.astype(np.float64))
        own = a[goes_on, 1:], b[goes_on, 1:]
        best = chance_to_be_best(*own, np.ones(own[0].shape, np.bool_))
        share = shares(rules, best, n[running], is_open[running])
        come = rng.multinomial(more, share / share.sum(axis=1, keepdims=True))
        n[running] += come
        x[running] += rng.binomial(come, rates)
        total += more


@dataclass(frozen=True, slots=True)
class RulesTruths:
    """Figures of the rules under three truths, each a mean with its Monte-Carlo error.

    ``null``: no treatment is better; ``one_good``: the first is; ``all_good``: all are. Figures:
    ``any`` and ``all`` treatments graduate, the ``first`` does, any of the ``others`` does;
    ``patients``; ``early``: ended before ``n_max``.
    """

    trials: int
    seed: int
    null: Tally
    one_good: Tally
    all_good: Tally


def rules_truths(
    rules: PlatformRules,
    control: float,
    better: float,
    trials: int,
    seed: int,
    *,
    watch: Watch = SILENT,
) -> RulesTruths:
    """Simulate the rules where none, one and all treatments are better than control."""
    watch.stage("simulating", 3 * trials)
    found: list[Tally] = []
    for own, good in zip(np.random.SeedSequence(seed).spawn(3), (0, 1, rules.arms), strict=True):
        rates = [control] + [better] * good + [control] * (rules.arms - good)
        out = simulate_rules(rules, rates, trials, own, watch=watch)
        patients = out.patients.sum(axis=1)
        found.append(
            tally(
                {
                    "any": out.graduated.any(axis=1),
                    "all": out.graduated.all(axis=1),
                    "first": out.graduated[:, 0],
                    "others": out.graduated[:, 1:].any(axis=1),
                    "patients": patients,
                    "early": patients < rules.n_max,
                }
            )
        )
    return RulesTruths(trials, seed, *found)
