"""Whatever a design is asked, it answers or says why not: no other exception, no false figure."""

import json
import math
from functools import cache

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import hilum.evidence
from hilum.analyses.asked import options_of
from hilum.analyses.designs import DESIGNS
from hilum.analyses.forms import to_json
from hilum.errors import HilumError, InputError, NotEstimable
from hilum.language import words
from hilum.rendering.sheet.synopsis import text

FOLLOWED = {"accrual": 24.0, "follow_up": 12.0}
USUAL = {
    "simon": {"p0": 0.1, "p1": 0.3},
    "single-stage": {"p0": 0.1, "p1": 0.3},
    "fleming": {"p0": 0.1, "p1": 0.3},
    "bayesian": {"p0": 0.2, "p1": 0.5, "n_max": 20},
    "landmark": {"s0": 0.4, "s1": 0.6, "time": 12.0, **FOLLOWED},
    "one-sample-logrank": {"hazard_ratio": 0.6, "control_median": 10.0, **FOLLOWED},
    "one-mean": {"difference": 5.0, "sd": 10.0},
    "two-proportions": {"p1": 0.7, "p2": 0.2, "method": "normal"},
    "means": {"difference": 5.0, "sd": 10.0},
    "survival": {"hazard_ratio": 0.6, "control_median": 16.0, **FOLLOWED},
    "stratified": {"hazard_ratio": 0.6, "stratum": ("0.4 30 low", "0.6 14"), **FOLLOWED},
    "borrowed": {
        "n1": 12, "n2": 6, "p1": 0.8, "control_from_evidence": "tace",
        "outcome": "objective_response", "power_prior": 0.2,
    },
    "sequential": {"hazard_ratio": 0.6, "control_median": 16.0, "stages": 2, **FOLLOWED},
    "multi-arm": {"arms": 2, "p1": 0.5, "p2": 0.25, "stages": 1},
    "selection": {"arms": 2, "p1": 0.5, "p2": 0.25, "simulate": 1000},
    "enrichment": {
        "subgroup": "SSTR-positive", "prevalence": 0.4, "p1": 0.6, "p2": 0.2, "simulate": 1000,
    },
    "platform": {"arms": 2, "p1": 0.5, "p2": 0.25},
    "multi-arm-survival": {
        "arms": 2, "hazard_ratio": 0.7, "control_median": 40.0, "accrual": 12.0,
        "alphas": (0.3, 0.025), "powers": (0.95, 0.9),
    },
    "reestimate": {"hazard_ratio": 0.6, "control_median": 16.0, **FOLLOWED},
    "non-proportional": {
        "hazard_ratio": 0.6, "control_median": 15.0, "delay": 4.0, "simulate": 1000, **FOLLOWED,
    },
    "counts": {"rate_ratio": 0.7, "control_rate": 0.1, "exposure": 12.0, "dispersion": 0.8},
}  # fmt: skip
# Values that a field of its type can hold, most of them out of all proportion.
FLOATS = (
    *(1e-300, 1e-12, 1e-9, 1e-4, 0.01, 0.1, 0.5, 0.9, 0.999, 1 - 1e-12, 1.0, 2.2, 2.5, 3.0, 10.0),
    *(1e3, 1e6, 1e9, 1e300, 0.0, -1.0, -1e9, math.inf, -math.inf, math.nan),
)  # fmt: skip
INTEGERS = (-1, 0, 1, 2, 3, 5, 51, 10**6, 10**12)
TEXTS = {
    "futility": ("asOF", "asP", "0", "0 0.5", "3", "3 4", "-9 9", "nan", "inf -inf", "many"),
    "subgroup": ("", " ", "SSTR-positive"),
}
STRATA = ("1 .3", "0.5 12 low", "0.5 30", "0.5 1e-9", "0.5 0.999999", "1e-9 10", "1 1e300", "1 nan")
# Work in proportion to the value is no matter of extremes.
SMALL = {"simulate": (2, 3), "n_max": (2, 12, 51), "n1": (1, 2, 20), "n2": (0, 1, 20)}


def extreme(name, said, kind):
    """What a field may be asked besides what is usual."""
    if name in SMALL:
        return st.sampled_from(SMALL[name])
    if said.choices is not None:
        return st.sampled_from(said.choices())
    if name in TEXTS and str in (kind, *getattr(kind, "__args__", ())):
        return st.sampled_from(TEXTS[name])
    if kind == tuple[str, ...]:
        return st.lists(st.sampled_from(STRATA), min_size=1, max_size=3).map(tuple)
    if kind == tuple[float, ...]:
        return st.lists(st.sampled_from(FLOATS), max_size=3).map(tuple)
    if kind is bool:
        return st.booleans()
    return st.sampled_from(INTEGERS if kind in (int, int | None) else FLOATS)


@st.composite
def asked(draw, code):
    """What is usual with one to three fields changed."""
    own = {
        name: extreme(name, said, kind)
        for name, (said, kind, _) in options_of(DESIGNS[code].Asked).items()
        if kind != str | None or name in TEXTS or said.choices is not None
    }
    changed = draw(st.lists(st.sampled_from(sorted(own)), min_size=1, max_size=3, unique=True))
    return USUAL[code] | {name: draw(own[name]) for name in changed}


def answered(code, values):
    """The answer checked for figures that are none; None where it was refused."""
    record = DESIGNS[code]
    try:
        answer = record.run(record.Asked(**values))
    except HilumError:
        return None
    # A number that is not finite cannot be written.
    json.loads(to_json(answer))
    shown = text(answer, words("en")).lower()
    assert "nan" not in shown.replace("financ", "")
    assert answer.patients >= 0
    for one in answer.operating:
        assert -1e-9 <= one.success <= 1 + 1e-9
    return answer


@pytest.fixture(scope="module", autouse=True)
def _read_once():
    read = hilum.evidence.read_evidence
    hilum.evidence.read_evidence = cache(read)
    yield
    hilum.evidence.read_evidence = read


# The search over borrowed weights takes seconds; the others hold the same of its answer.
@pytest.mark.parametrize(
    "code",
    [pytest.param(one, marks=pytest.mark.slow if one == "borrowed" else ()) for one in USUAL],
)
def test_extremes_are_answered_or_refused(code):
    assert answered(code, USUAL[code]) is not None

    @seed(20261128)
    @settings(
        max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(asked(code))
    def each(values):
        answered(code, values)

    each()


def test_every_design_is_here():
    assert set(USUAL) == set(DESIGNS)


@pytest.mark.parametrize(
    ("code", "values", "size"),
    # Smallest sizes by the noncentral t distribution (R's pt with ncp; rpact 3.3.4: 6.14 for 3/1).
    [
        ("means", {"difference": 3.0, "sd": 1.0}, 8),
        ("means", {"difference": 2.5, "sd": 1.0}, 8),
        ("means", {"difference": 4.0, "sd": 1.0}, 6),
        ("one-mean", {"difference": 2.2, "sd": 1.0}, 4),
        ("one-mean", {"difference": 2.5, "sd": 1.0}, 4),
        ("one-mean", {"difference": 4.0, "sd": 1.0}, 3),
        ("one-mean", {"difference": 1e9, "sd": 1.0}, 2),
        ("means", {"difference": 1e9, "sd": 1.0}, 4),
    ],
)
def test_large_differences_have_the_smallest_size(code, values, size):
    """Against SciPy's own noncentral t at that size and one patient (a group) fewer."""
    from scipy.stats import nct, t

    assert answered(code, values).patients == size
    effect = values["difference"] / values["sd"]
    if effect > 100:
        return
    groups = 2 if code == "means" else 1

    def power(n):
        df = groups * (n - 1)
        return nct.sf(t.ppf(0.975, df), df, effect * (n / groups) ** 0.5)

    assert power(size // groups) >= 0.8 > power(size // groups - 1)


@pytest.mark.parametrize("binding", [False, True])
def test_futility_above_efficacy_is_refused_with_its_stage(binding):
    values = USUAL["sequential"] | {"stages": 3, "futility": "3 4", "binding": binding}
    with pytest.raises((InputError, NotEstimable)) as caught:
        DESIGNS["sequential"].run(DESIGNS["sequential"].Asked(**values))
    if not binding:
        assert "at analysis 2" in str(caught.value)
    below = values | {"futility": "0 1.9"}
    assert answered("sequential", below) is not None
    arms = {"arms": 3, "p1": 0.5, "p2": 0.3, "futility": 2.5}
    with pytest.raises(InputError, match=r"futility: '2.5'.*at analysis 1"):
        DESIGNS["multi-arm"].run(DESIGNS["multi-arm"].Asked(**arms))


def test_a_median_of_next_to_nothing():
    """All have their event at once: as many patients as events (Schoenfeld)."""
    found = answered("survival", USUAL["survival"] | {"control_median": 1e-9})
    assert found is None or found.patients >= found.events
