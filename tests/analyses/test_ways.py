"""Ways to fail as they are asked for: every design, its own list, a user's own file."""

import json

import pytest

from hilum.analyses import analysis
from hilum.analyses.designs import DESIGNS
from hilum.analyses.designs.own_ways import ways_of
from hilum.analyses.forms import from_json, to_json
from hilum.analyses.scenario import ScenarioText
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.sheet.synopsis import render_synopsis, text
from hilum.trials.failing.changes import RANGES, Changes
from hilum.trials.failing.ways import KNOBS, WAYS, ways_for
from hilum.trials.synopsis.record import Synopsis

FOLLOWED = {"accrual": 12.0, "follow_up": 24.0}
ASKED = {
    "simon": {"p0": 0.1, "p1": 0.3},
    "single-stage": {"p0": 0.2, "p1": 0.4},
    "fleming": {"p0": 0.2, "p1": 0.4},
    "bayesian": {"p0": 0.2, "p1": 0.4},
    "landmark": {"s0": 0.4, "s1": 0.6, "time": 12.0, **FOLLOWED},
    "one-sample-logrank": {"hazard_ratio": 0.6, "control_median": 12.0, **FOLLOWED},
    "one-mean": {"difference": 5.0, "sd": 10.0},
    "two-proportions": {"p1": 0.5, "p2": 0.2},
    "means": {"difference": 5.0, "sd": 10.0},
    "survival": {"hazard_ratio": 0.6, "control_median": 12.0, **FOLLOWED},
    "non-proportional": {"hazard_ratio": 0.6, "control_median": 12.0, "simulate": 100, **FOLLOWED},
    "counts": {"rate_ratio": 0.6, "control_rate": 0.2, "exposure": 12.0, "dispersion": 0.4},
    "stratified": {"odds_ratio": 2.5, "stratum": ("0.4 0.3 low", "0.6 0.2 high")},
    "borrowed": {"p1": 0.6, "n1": 30, "n2": 15, "control_from_evidence": "chemo_temozolomide",
                 "outcome": "objective_response", "power_prior": 0.3},
    "sequential": {"p1": 0.5, "p2": 0.3},
    "reestimate": {"p1": 0.5, "p2": 0.3},
    "multi-arm": {"arms": 2, "p1": 0.5, "p2": 0.2},
    "selection": {"arms": 2, "p1": 0.5, "p2": 0.2, "simulate": 1000},
    "enrichment": {"subgroup": "x", "prevalence": 0.4, "p1": 0.5, "p2": 0.2, "simulate": 1000},
    "platform": {"arms": 2, "p1": 0.6, "p2": 0.2, "n_max": 60, "simulate": 50},
    "multi-arm-survival": {"arms": 2, "hazard_ratio": 0.6, "control_median": 12.0,
                           "accrual": 20.0, "alphas": (0.25, 0.025), "powers": (0.95, 0.9)},
}  # fmt: skip
"""Every design, asked for something small."""


def asking(name, **more):
    return analysis(f"design-{name}").Asked(**{**ASKED[name], **more})


def run(name, **more):
    record = analysis(f"design-{name}")
    return record.run(record.Asked(**{**ASKED[name], **more}))


def faults(name, **more):
    with pytest.raises(InputError) as error:
        asking(name, **more)
    return error.value.faults


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=pytest.mark.slow if one in ("borrowed", "multi-arm") else ())
        for one in DESIGNS
        if one in ASKED
    ],
)
def test_every_design_is_played_in_all_ways_that_it_can_fail(name):
    codes = ways_for(asking(name).kind_played)
    pace = {"patients_a_month": 4.0} if hasattr(asking(name), "patients_a_month") else {}
    trials = {} if "simulate" in ASKED[name] else {"simulate": 40}
    made = run(name, scenarios=codes, **trials, **pace)
    rows = {one.code: one for one in made.simulated.truths}
    assert list(rows) == ["no-effect", "as-planned", *codes]
    for one in rows.values():
        assert sum(one.efficacy) + sum(one.futility) == pytest.approx(1)
        assert one.patients > 0
        assert one.months is not None
        assert one.months > 0
    assert made.simulated.seed == 1
    # A row does not depend on those beside it.
    again = run(name, scenarios=codes[-1:], **trials, **pace)
    assert again.simulated.truths[-1] == rows[codes[-1]]
    # Without scenarios nothing else of the answer is other than it was.
    assert run(name).steps == made.steps or name == "platform"
    form = json.loads(to_json(made))
    assert [one["code"] for one in form["simulated"]["truths"]] == list(rows)
    assert from_json(Synopsis, to_json(made)).simulated == made.simulated
    for language in ("en", "zh-Hans"):
        said = words(language)
        shown = text(made, said)
        assert said("Simulated: as planned, and in the ways the trial may fail") in shown
        for kind in ("html", "docx", "json"):
            assert len(render_synopsis(made, kind, said)) > 1000


def test_every_design_is_among_those_asked():
    assert set(ASKED) == set(DESIGNS)


@pytest.mark.parametrize(
    ("name", "scenario", "known"),
    [
        ("simon", "crossover", "slow-accrual, drop-out, smaller-effect, higher-control, "
                               "lower-control, misread"),
        ("one-mean", "crossover", "slow-accrual, slow-accrual-closed, drop-out, smaller-effect, "
                                  "larger-sd"),
        ("means", "misread", "slow-accrual, slow-accrual-closed, crossover, drop-out, "
                             "smaller-effect, larger-sd"),
        ("landmark", "crossover", "slow-accrual, slow-accrual-closed, drop-out, smaller-effect, "
                                  "higher-control, lower-control"),
        ("two-proportions", "delayed-effect", "slow-accrual, slow-accrual-closed, crossover, "
                                              "drop-out, smaller-effect, higher-control, "
                                              "lower-control, misread"),
        ("sequential", "delayed-effect", "slow-accrual, slow-accrual-closed, crossover, drop-out, "
                                         "smaller-effect, higher-control, lower-control, misread"),
        ("sequential", "bad-luck", None),
    ],
)  # fmt: skip
def test_a_way_that_a_design_does_not_have_is_refused_with_those_it_has(name, scenario, known):
    found = faults(name, scenarios=(scenario,))
    assert [(one.column, one.value) for one in found] == [("scenarios", scenario)]
    assert known is None or found[0].expected == f"one of {known}"


def test_slower_accrual_alone_needs_a_pace_where_nothing_else_follows_from_it():
    found = faults("means", scenarios=("slow-accrual",))
    assert [one.column for one in found] == ["patients_a_month"]
    assert asking("means", scenarios=("slow-accrual",), patients_a_month=3.0).trials == 10_000
    # Closed in the planned month it has fewer patients, whatever the pace.
    assert asking("means", scenarios=("slow-accrual-closed",)).fails
    assert asking("survival", scenarios=("slow-accrual",)).fails


def test_amounts_are_those_asked_for():
    asked = asking(
        "two-proportions", scenarios=("lower-control", "misread", "smaller-effect"),
        scenario_control=0.05, scenario_misread=0.02, scenario_effect=0.5,
    )  # fmt: skip
    assert [one.changes for one in asked.ways()] == [
        Changes(control_points=-0.05), Changes(missed=0.02, overread=0.02), Changes(effect=0.5),
    ]  # fmt: skip
    asked = asking("counts", scenarios=("fewer-control-events",), scenario_control_rate=2.0)
    assert [one.changes for one in asked.ways()] == [Changes(control_events=0.5)]


def test_a_rate_that_would_leave_0_to_1_names_the_option():
    with pytest.raises(InputError) as error:
        run("two-proportions", scenarios=("lower-control",), scenario_control=0.25, simulate=10)
    assert [one.column for one in error.value.faults] == ["scenario_control"]


OWN = """\
[[scenario]]
name = "slow and leaky"
slower = 1.5
closed = true
drop_out = 0.1

[[scenario]]
name = "harsh readers"
missed = 0.2
"""


def test_a_users_own_scenarios():
    file = ScenarioText("ways.toml", OWN)
    made = run("two-proportions", scenarios=("crossover",), scenario_files=(file,), simulate=400)
    crossed, slow, harsh = made.simulated.truths[2:]
    assert (crossed.code, slow.code, slow.name) == ("crossover", "own", "slow and leaky")
    assert slow.facts == {"slower": 1.5, "closed": 1.0, "drop_out": 0.1}
    assert slow.patients == pytest.approx(made.patients / 1.5, abs=2)
    assert harsh.facts == {"missed": 0.2}
    shown = text(made, words("en"))
    assert "slow and leaky: accrual takes 1.5 times as long" in shown
    assert "the trial ends on the day planned" in shown
    assert "harsh readers: 20 % of the good outcomes are read as bad ones" in shown
    # A name is the stream's: another order gives the same figures.
    other = ScenarioText("other.toml", "[[scenario]]\n" + OWN.split("[[scenario]]\n")[2])
    again = run("two-proportions", scenario_files=(other,), simulate=400)
    assert again.simulated.truths[-1] == harsh


@pytest.mark.parametrize(
    ("written", "row", "column", "part"),
    [
        ("[[scenario]]\nname = 'a'\nsd = 1.5\n", 3, "sd", "one of slower, closed, crossover"),
        ("[[scenario]]\nname = 'a'\nslower = 'x'\n", 3, "slower", "a number from 0.1 to 100"),
        ("[[scenario]]\nname = 'a'\nslower = 0.09\n", 3, "slower", "a number from 0.1 to 100"),
        ("[[scenario]]\nname = 'a'\nslower = 100.5\n", 3, "slower", "a number from 0.1 to 100"),
        ("[[scenario]]\nname = 'a'\nslower = nan\n", 3, "slower", "a number from 0.1 to 100"),
        ("[[scenario]]\nname = 'a'\ndrop_out = 1\n", 3, "drop_out", "from 0 to below 1"),
        ("[[scenario]]\nname = 'a'\nclosed = 1\n", 3, "closed", "true or false"),
        ("[[scenario]]\nslower = 2\n", 1, "name", "a name of 1 to 80 characters"),
        ("[[scenario]]\nname = 'a'\n", 1, "scenario", "a change, such as"),
        ("[[scenario]]\nname = 'a'\neffect = 0.5\n[[scenario]]\nname = 'a'\neffect = 0.6\n",
         5, "name", "another name"),
        ("[scenario]\nname = 'a'\n", None, "scenario", "tables [[scenario]]"),
        ("top = 1\n[[scenario]]\nname = 'a'\neffect = 0.5\n", 1, "top", "tables [[scenario]]"),
        ("", None, "scenario", "one table [[scenario]] or more"),
        ("[[scenario]\n", 1, "file", "TOML"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_names_the_line(written, row, column, part):
    with pytest.raises(InputError) as error:
        ways_of(ScenarioText("ways.toml", written), KNOBS["two-rates"])
    first = error.value.faults[0]
    assert (first.file, first.row, first.column) == ("ways.toml", row, column)
    assert part in first.expected


def test_an_own_change_that_cannot_be_names_the_file():
    file = ScenarioText("ways.toml", "\n[[scenario]]\nname = 'far'\ncontrol_points = 0.9\n")
    with pytest.raises(InputError) as error:
        run("simon", scenario_files=(file,), simulate=10)
    one = error.value.faults[0]
    assert (one.file, one.row, one.column) == ("ways.toml", 2, "control_points")


@pytest.mark.parametrize("name", [one for one in RANGES if one != "closed"])
def test_the_ends_of_every_change(name):
    """On, below and above."""
    one = RANGES[name]
    for value, fine in (
        (one.low, not one.open_low), (one.low - 1e-6, False), (one.high, not one.open_high),
        (one.high + 1e-6, False), ((one.low + one.high) / 2, True),
    ):  # fmt: skip
        assert one.holds(value) is fine


def test_every_way_has_its_words():
    from hilum.rendering.choices import CHOICES
    from hilum.rendering.sheet.synopsis_words import CHANGED, OF_CHANGES, SCENARIOS

    assert set(WAYS) <= set(SCENARIOS)
    assert set(WAYS) == set(CHOICES["scenarios"])
    own = {name for knobs in KNOBS.values() for name in knobs}
    assert own == {*OF_CHANGES, *CHANGED, "control_points"}
    assert own == {*Changes.__dataclass_fields__}
