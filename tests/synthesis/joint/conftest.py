import os
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from hilum import derived
from hilum.analyses import joint_kept
from hilum.synthesis.joint import Dial, Priors, arms, dial
from hilum.synthesis.joint.weights import needed_parts

KEPT = Path(__file__).parents[3] / ".pytest_cache" / "hilum"

# Three trials, two comparisons without randomisation, five series; D is in series only.
ROWS = [
    ("t1", "A", "randomised", 12, 60, 20.0),
    ("t1", "B", "randomised", 25, 62, 20.0),
    ("t2", "A", "randomised", 9, 40, 60.0),
    ("t2", "C", "randomised", 20, 44, 60.0),
    ("t3", "A", "randomised", 30, 150, 35.0),
    ("t3", "B", "randomised", 55, 148, 35.0),
    ("t3", "C", "randomised", 70, 151, 35.0),
    ("n1", "B", "comparative", 22, 50, float("nan")),
    ("n1", "C", "comparative", 18, 48, float("nan")),
    ("s1", "D", "single_arm", 14, 30, 80.0),
    ("s2", "D", "single_arm", 22, 40, float("nan")),
    ("s3", "C", "single_arm", 16, 35, 10.0),
    ("s4", "A", "single_arm", 4, 25, 50.0),
]


def rows(covariates=False):
    study, treatment, design, events, n, x = zip(*ROWS, strict=True)
    given = {"covariates": {"pct": x}} if covariates else {}
    return arms(study, treatment, design, events, n, **given)


@pytest.fixture(scope="session")
def studies():
    return rows()


SIZE = {"chains": 4, "draws": 500, "needed": 200.0}
WEIGHTS = (0.0, 0.5, 1.0)


def made_dial():
    """One batch for every test that needs a posterior, drawn once for all workers and runs.

    It is kept under the hash of the studies and of the model's code, as a user's are.
    """
    found, priors = rows(), Priors()
    parts = needed_parts(found, (1.0, 1.0))
    with mock.patch.dict(os.environ, {derived.VARIABLE: str(KEPT)}):
        key = joint_kept.key_of(found, priors, weights=WEIGHTS, **SIZE)
        fits = joint_kept.find(key, found, priors)
        if fits is None:
            made = dial(found, priors, weights=WEIGHTS, parts=parts, **SIZE)
            fits = dict(zip(map(repr, WEIGHTS), made.fits, strict=True))
            fits |= made.fits[-1].parts
            joint_kept.keep(key, fits, tuple(parts))
    beside = {name: fits[name] for name in parts}
    along = [fits[repr(weight)] for weight in WEIGHTS]
    along[-1] = replace(along[-1], parts=beside)
    return Dial("both", WEIGHTS, tuple(along), along[0].seconds)


@pytest.fixture(scope="session")
def turned():
    return made_dial()


@pytest.fixture(scope="session")
def fit(turned):
    return turned.fits[-1]
