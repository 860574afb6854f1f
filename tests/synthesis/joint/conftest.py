import pytest

from hilum.synthesis.joint import Priors, arms, dial

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


@pytest.fixture(scope="session")
def turned(studies):
    """One compiled batch for every test that needs a posterior."""
    return dial(studies, Priors(), weights=(0.0, 0.5, 1.0), chains=4, draws=500, needed=200.0)


@pytest.fixture(scope="session")
def fit(turned):
    return turned.fits[-1]
