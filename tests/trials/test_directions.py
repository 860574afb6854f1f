"""A lower rate hoped for, and a good event: the same trials with their signs turned."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.analyses.designs.direction import known_side
from hilum.errors import InputError
from hilum.language import words as words_of
from hilum.rendering.sheet.synopsis_page import SynopsisPage
from hilum.trials import borrowed_trial, simon
from hilum.trials.borrowing.mixture import BetaMixture
from hilum.trials.borrowing.trial import borrowed_size
from hilum.trials.sequential.multi_arm import multi_arm
from hilum.trials.sequential.multi_arm_sizes import expected_sizes


def design(code: str, **asked: object):
    record = analysis(f"design-{code}")
    return record.run(record.Asked(**asked))


def test_simon_counts_the_patients_without_the_event():
    made = design("simon", p0=0.3, p1=0.15, better="lower")
    other = simon(0.7, 0.85).optimal
    first, last = made.looks
    assert (first.n, last.n) == (other.n1, other.n)
    # Stopped with at most r1 without the event: with at least n1 - r1 of them.
    assert first.futility_count == other.n1 - other.r1
    assert last.efficacy_count == other.n - other.r - 1
    assert made.better == "lower"
    # Level and power as sums of binomial probabilities of events.
    for rate, row in ((0.3, made.operating[0]), (0.15, made.operating[-1])):
        early = np.arange(first.futility_count)
        more = stats.binom.cdf(last.efficacy_count - early, other.n - other.n1, rate)
        chance = float(stats.binom.pmf(early, other.n1, rate) @ more)
        assert row.success == pytest.approx(chance, abs=1e-12)
        assert row.effect == rate


@pytest.mark.parametrize("code", ["single-stage", "fleming", "bayesian"])
def test_one_group_of_fewer_events_has_the_errors_of_its_mirror(code):
    less, more = design(code, p0=0.4, p1=0.2, better="lower"), design(code, p0=0.6, p1=0.8)
    assert less.patients == more.patients
    assert less.reached == pytest.approx(more.reached, abs=1e-12)
    assert [one.stop_efficacy1 for one in less.looks] == pytest.approx(
        [one.stop_efficacy1 for one in more.looks], abs=1e-12
    )


@pytest.mark.parametrize(
    ("code", "less", "more"),
    [
        ("two-proportions", {"p1": 0.1, "p2": 0.3}, {"p1": 0.9, "p2": 0.7}),
        (
            "two-proportions",
            {"p1": 0.1, "p2": 0.1, "hypothesis": "noninferiority", "margin": 0.1,
             "better": "lower"},
            {"p1": 0.9, "p2": 0.9, "hypothesis": "noninferiority", "margin": 0.1},
        ),
        (
            "two-proportions",
            {"p1": 0.1, "p2": 0.3, "effect_sd": 0.4, "method": "normal"},
            {"p1": 0.9, "p2": 0.7, "effect_sd": 0.4, "method": "normal"},
        ),
        ("multi-arm", {"arms": 2, "p1": 0.1, "p2": 0.3}, {"arms": 2, "p1": 0.9, "p2": 0.7}),
        ("sequential", {"p1": 0.1, "p2": 0.3}, {"p1": 0.9, "p2": 0.7}),
        ("reestimate", {"p1": 0.1, "p2": 0.3}, {"p1": 0.9, "p2": 0.7}),
        (
            "stratified",
            {"odds_ratio": 0.4, "stratum": ("0.5 0.3 a", "0.5 0.2 b")},
            {"odds_ratio": 2.5, "stratum": ("0.5 0.7 a", "0.5 0.8 b")},
        ),
    ],
)  # fmt: skip
def test_fewer_events_are_more_patients_without_them(code, less, more):
    one, other = design(code, **{"better": "lower"} | less), design(code, **more)
    assert one.patients == other.patients
    assert one.reached == pytest.approx(other.reached, abs=1e-9)
    assert one.assurance == pytest.approx(other.assurance, abs=1e-9)
    assert (one.better, other.better) == ("lower", "higher")


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("survival", {}),
        ("survival", {"method": "freedman"}),
        ("survival", {"hazard_ratio": 12.0}),
        ("survival", {"method": "lakatos", "delay": 2.0}),
        ("sequential", {"stages": 2}),
        ("reestimate", {}),
        ("stratified", {"stratum": ("0.5 4 a", "0.5 8 b")}),
        ("one-sample-logrank", {}),
    ],
)
def test_a_good_event_may_be_hoped_to_come_sooner(code, more):
    asked = {"hazard_ratio": 1.6, "accrual": 18.0, "follow_up": 12.0, **more}
    if code != "stratified":
        asked["control_median"] = 6.0
    with pytest.raises(InputError, match="hazard_ratio"):
        design(code, **asked)
    made = design(code, **asked, better="higher")
    assert made.better == "higher"
    assert made.operating[-1].success == pytest.approx(made.reached, abs=1e-12)
    # Power falls towards no effect, and beyond it is below the level.
    at = {row.code: row.success for row in made.operating}
    assert at["null"] < 0.06 < at["alternative"]
    if made.curve:
        effects, chances = [one[0] for one in made.curve], [one[1] for one in made.curve]
        assert np.corrcoef(effects, chances)[0, 1] > 0.5


LOWER_HOPES = [
    ("simon", {"p0": 0.5, "p1": 0.3}),
    ("single-stage", {"p0": 0.5, "p1": 0.3}),
    ("fleming", {"p0": 0.5, "p1": 0.3}),
    ("bayesian", {"p0": 0.5, "p1": 0.3}),
    ("two-proportions", {"p2": 0.5, "p1": 0.3, "method": "normal"}),
    ("sequential", {"p2": 0.5, "p1": 0.3}),
    ("reestimate", {"p2": 0.5, "p1": 0.3}),
    ("multi-arm", {"arms": 2, "p2": 0.5, "p1": 0.3}),
    ("selection", {"arms": 2, "p2": 0.5, "p1": 0.3, "simulate": 1000}),
    ("enrichment", {"subgroup": "SSTR-positive", "prevalence": 0.5, "p2": 0.5, "p1": 0.3,
                    "rest_p1": 0.4, "simulate": 1000}),
    ("borrowed", {"n1": 20, "n2": 20, "p1": 0.1, "control_from_evidence": "chemo_temozolomide"}),
    ("platform", {"arms": 2, "p2": 0.5, "p1": 0.3}),
    ("stratified", {"odds_ratio": 0.4, "stratum": ("0.5 0.3 a", "0.5 0.2 b")}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "asked"), LOWER_HOPES, ids=[one for one, _ in LOWER_HOPES])
def test_a_lower_rate_is_asked_about_where_no_outcome_is_named(code, asked):
    if code == "borrowed":
        with pytest.raises(InputError, match="higher is better"):
            design(code, outcome="objective_response", **asked)
        return
    with pytest.raises(InputError, match="say better lower, or name the outcome"):
        design(code, **asked)
    with pytest.raises(InputError, match="higher is better"):
        design(code, outcome="objective_response", **asked)


@pytest.mark.parametrize(
    ("code", "asked"),
    [one for one in LOWER_HOPES if one[0] in {"simon", "two-proportions", "sequential",
                                              "stratified", "multi-arm"}],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_a_lower_rate_of_a_named_outcome_is_said_first(code, asked):
    words = words_of("en")
    for more in ({"outcome": "falls"}, {"better": "lower"}):
        label, said = SynopsisPage(design(code, **asked, **more), words).design()[0]
        assert (label, "LOWER rate" in said) == ("What is better", True)
    higher = {"p1": 0.7} if "p1" in asked else {"odds_ratio": 1.5}
    usual = SynopsisPage(design(code, **asked | higher), words).design()
    assert "What is better" not in dict(usual)


def test_a_good_event_is_said_first():
    asked = {"hazard_ratio": 1.6, "control_median": 6.0, "accrual": 18.0, "follow_up": 12.0}
    made = design("survival", **asked, better="higher")
    assert SynopsisPage(made, words_of("en")).design()[0][1].startswith("MORE events")
    made = design("survival", **asked | {"hazard_ratio": 0.6})
    assert "What is better" not in dict(SynopsisPage(made, words_of("en")).design())


def test_events_of_a_ratio_and_its_inverse_are_alike():
    asked = {"control_median": 6.0, "accrual": 18.0, "follow_up": 12.0}
    up = design("survival", hazard_ratio=1.6, better="higher", **asked)
    down = design("survival", hazard_ratio=1 / 1.6, **asked)
    # Schoenfeld 1981: the square of the log of the ratio.
    assert up.events == down.events
    assert up.reached == pytest.approx(down.reached, abs=1e-12)


@pytest.mark.parametrize(
    ("outcome", "hazard", "side"),
    [
        ("objective_response", False, "higher"),
        ("objective_response", True, "higher"),
        ("overall_survival", True, "lower"),
        ("overall_survival", False, None),
        ("overall_survival_rate_36m", False, "higher"),
        ("major_complication", False, "lower"),
        ("mortality_30d", False, "lower"),
        ("words of one's own", False, None),
        (None, True, None),
    ],
)
def test_outcomes_of_the_record_have_a_side(outcome, hazard, side):
    assert known_side(outcome, hazard=hazard) == side


@pytest.mark.parametrize(
    ("code", "asked", "field"),
    [
        ("simon", {"p0": 0.3, "p1": 0.15, "outcome": "objective_response"}, "p1"),
        ("two-proportions", {"p1": 0.3, "p2": 0.1, "outcome": "major_complication"}, "p1"),
        ("two-proportions", {"p1": 0.3, "p2": 0.1, "better": "lower"}, "p1"),
        ("simon", {"p0": 0.3, "p1": 0.1, "outcome": "liver_failure", "better": "higher"}, "better"),
        (
            "survival",
            {"hazard_ratio": 0.6, "control_median": 6.0, "accrual": 9.0, "follow_up": 9.0,
             "better": "higher"},
            "hazard_ratio",
        ),
    ],
)  # fmt: skip
def test_a_hope_on_the_wrong_side_is_refused(code, asked, field):
    with pytest.raises(InputError) as error:
        design(code, **asked)
    assert [one.column for one in error.value.faults] == [field]


PRIOR = BetaMixture((0.8, 0.2), (12.0, 1.0), (28.0, 1.0))


def test_no_smaller_trial_with_borrowed_controls_has_the_power():
    found = borrowed_size(0.6, 0.3, PRIOR, power=0.8, ratio=2.0)
    assert found.chance(0.6, 0.3) >= 0.8
    for n1 in range(2, found.n1):
        less = borrowed_trial(n1, -(-n1 // 2), PRIOR)
        assert less.chance(0.6, 0.3) < 0.8


def test_borrowed_trial_of_fewer_events_by_enumeration():
    """Success where few events on treatment are likely to be fewer, by sums of the beta laws."""
    trial = borrowed_trial(12, 6, PRIOR.mirrored(), threshold=0.9)
    grid = (np.arange(20_000) + 0.5) / 20_000
    for x1, x2 in ((0, 3), (2, 2), (5, 1)):
        ours = stats.beta.cdf(grid, 1 + x1, 1 + 12 - x1)
        chance = float((ours * PRIOR.after(x2, 6).pdf(grid)).mean())
        assert abs(chance - 0.9) > 1e-3
        assert trial.success[12 - x1, 6 - x2] == (chance > 0.9)


@pytest.mark.parametrize(("arms", "stages", "ratio"), [(3, 2, 1.0), (2, 3, 1.5)])
def test_expected_patients_of_several_arms_by_simulation(arms, stages, ratio):
    plan = multi_arm(arms, 0.4, stages=stages, ratio=ratio, power=0.8)
    effects, n = [0.4, *[0.1] * (arms - 1)], plan.n_per_arm
    found = expected_sizes(plan, n, effects)
    rng, trials = np.random.default_rng(3), 40_000
    t = np.array(plan.information_rates)
    root = np.sqrt(np.diff(t, prepend=0.0))
    own = np.cumsum(rng.standard_normal((trials, arms, stages)) * root, axis=2)
    own += np.array(effects)[:, None] * n**0.5 * t
    control = np.cumsum(rng.standard_normal((trials, stages)) * root, axis=1)
    z = (own - control[:, None] / ratio**0.5) / np.sqrt(t * (1 + 1 / ratio))
    on, alive = np.ones(trials, bool), np.ones((trials, arms), bool)
    patients, ends = np.zeros(trials), []
    for j in range(stages):
        patients += on * n / stages * (ratio + alive.sum(1))
        hit = (alive & (z[:, :, j] >= plan.efficacy[j])).any(1) & on
        alive &= z[:, :, j] >= (plan.futility[j] if j + 1 < stages else np.inf)
        ends.append(hit.mean())
        on &= ~hit & alive.any(1)
    error = patients.std() / trials**0.5
    assert found.patients == pytest.approx(patients.mean(), abs=4 * error)
    assert found.efficacy == pytest.approx(ends, abs=4 * 0.5 / trials**0.5)
    assert sum(found.efficacy) + sum(found.futility) == pytest.approx(1, abs=1e-5)
