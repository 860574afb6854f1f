"""EVSI on the joint posterior of the shipped evidence: by regression, and nested.

Nested: every data set's posterior means come from weighting all draws by their binomial
likelihood, no regression. Data sets are made in settings other than those that are weighted.
Exits non-zero where the two differ by more than four standard errors and 2 % of the value.
"""

from __future__ import annotations

import sys

import numpy as np
from validation.claims import Claims

from hilum.evidence import read_evidence
from hilum.sheet.comparable import comparable
from hilum.sheet.worth import worth_draws
from hilum.synthesis.joint.posterior import natural
from hilum.synthesis.joint.setting import new_setting
from hilum.trials.worth import BinaryStudy, Reach, Recruitment, rank_comparisons, worth_of

SEED, DRAWS, DATA, BLOCK = 20261125, 10_000, 6_000, 500
ASKED = (("objective_response", "netlm"), ("major_complication", "mixed_net"))
PAIRS, SIZES = 3, 3


def nested(known: np.ndarray, gains: np.ndarray, made: np.ndarray, patients: int) -> np.ndarray:
    """Posterior mean of both outcomes for each data set, shape (data sets, 2).

    ``known`` are chances and ``gains`` outcomes of the draws weighted, ``made`` the chances of
    the settings in which the data arise.
    """
    rng = np.random.default_rng(SEED + patients)
    seen = rng.binomial(patients, made)
    log_yes, log_no = np.log(known), np.log1p(-known)
    out = np.empty((len(seen), 2))
    for start in range(0, len(seen), BLOCK):
        x = seen[start : start + BLOCK]
        logs = x @ log_yes.T + (patients - x) @ log_no.T
        weight = np.exp(logs - logs.max(axis=1, keepdims=True))
        out[start : start + BLOCK] = weight @ gains / weight.sum(axis=1, keepdims=True)
    return out


def main() -> int:
    """Print both figures for the first pairs of each outcome."""
    evidence, claims = read_evidence(), Claims("worth")
    print(f"{DRAWS:,} draws, {DATA:,} data sets; per 100 patients")
    for outcome, population in ASKED:
        [group] = comparable(evidence, (outcome,), (population,))
        drawn = worth_draws(group, DRAWS, np.random.default_rng(SEED))
        assert drawn.fit is not None
        other = new_setting(drawn.fit, DATA, np.random.default_rng(SEED + 1))
        chances = natural(drawn.fit, other.eta)
        found = rank_comparisons(
            drawn.posterior, BinaryStudy(), Recruitment(30, 5, 12), Reach(100, 20, 0.03),
            np.random.default_rng(SEED + 2), sizes=SIZES,
        )  # fmt: skip
        for candidate in found[:PAIRS]:
            places = [drawn.posterior.treatments.index(name) for name in candidate.treatments]
            rows = [drawn.fit.treatments.index(name) for name in candidate.treatments]
            for point in candidate.points:
                means = nested(
                    drawn.posterior.parameters[:, places],
                    drawn.posterior.of(*candidate.treatments),
                    chances[:, rows],
                    point.patients // 2,
                )
                peer = worth_of(means, drawn.posterior.batches)
                error = float(np.hypot(point.evsi.mcse, peer.mcse))
                gap = abs(point.evsi.value - peer.value)
                what = f"{group.name}, {' or '.join(candidate.treatments)}, n {point.patients}"
                fine = claims.say(f"{what}, gap", gap, None, 4 * error + 0.02 * peer.value)
                print(
                    f"{group.name:30} {' or '.join(candidate.treatments):36} "
                    f"n {point.patients:3} regression {100 * point.evsi.value:.2f} "
                    f"nested {100 * peer.value:.2f} (errors {100 * point.evsi.mcse:.2f}, "
                    f"{100 * peer.mcse:.2f}){'' if fine else '  MISSED'}"
                )
    return claims.finish()


if __name__ == "__main__":
    sys.exit(main())
