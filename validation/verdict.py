"""hilum's verdicts beside the reference's on random patients; exits non-zero where one differs.

``python -m validation.verdict [PATIENTS] [SEED]``: 20,000 patients from seed 2026 when omitted,
made of the given cases by taking facts out and setting others. Status, order, reasons, deciding
facts, steps, what is to be checked and resectability must be the same. One process, half an hour.
"""

from __future__ import annotations

import random
import sys

from tests.patient.reference import differences, given_cases, random_patient
from validation.claims import Claims

PATIENTS, SEED = 20_000, 2026
SHOWN, REPORTED = 5, 1000


def main(patients: int, seed: int) -> None:
    """Print what differs; exit status 1 where anything does."""
    rng, missed = random.Random(seed), 0
    made = [*given_cases().values(), {}, *(random_patient(rng) for _ in range(patients))]
    for number, given in enumerate(made):
        if number % REPORTED == 0 and number:
            print(f"{number} of {len(made)} patients, {missed} differ", flush=True)
        found = differences(given)
        missed += bool(found)
        if found and missed <= SHOWN:
            print(given, *found[:3], sep="\n  ")
    print(f"{len(made)} patients, seed {seed}: {missed} where hilum and the reference differ")
    claims = Claims("verdict")
    claims.say(
        f"of {len(made)} patients, answered otherwise than by the reference", missed, None, 0
    )
    sys.exit(claims.finish())


if __name__ == "__main__":
    main(*(int(one) for one in (*sys.argv[1:], *(PATIENTS, SEED)[len(sys.argv) - 1 :])))
