"""A design's file of which anything was changed is refused, with the name of what was changed."""

import copy
import json
import re

import pytest

from hilum.analyses import protocol_again
from hilum.analyses.designs import DESIGNS
from hilum.analyses.designs import run as running
from hilum.analyses.forms import to_json
from hilum.analyses.protocol import DesignText, ProtocolAsked, run
from hilum.errors import InputError

COURSE = {"accrual": 30.0, "follow_up": 18.0}
PFS = {"outcome": "progression_free_survival"}
GIVEN = {
    "survival": {"hazard_ratio": 0.65, "treatment": "cabozantinib", "control": "everolimus",
                 "control_from_evidence": "everolimus", "simulate": 40,
                 "scenarios": ("crossover", "drop-out"), **PFS, **COURSE},
    "sequential": {"hazard_ratio": 0.6, "control_median": 8.0, "treatment": "octreotide",
                   "control": "prrt_lu177", "despite_evidence": "Another grade.", **PFS, **COURSE},
    "simon": {"p0": 0.2, "p1": 0.4, "treatment": "everolimus", "outcome": "objective_response"},
    "stratified": {"odds_ratio": 2.5, "stratum": ("0.5 0.3", "0.5 0.4")},
    "reestimate": {"p1": 0.5, "p2": 0.3},
}  # fmt: skip


@pytest.fixture(scope="module")
def answers():
    return {
        kind: json.loads(to_json(DESIGNS[kind].run(DESIGNS[kind].Asked(**given))))
        for kind, given in GIVEN.items()
    }


@pytest.fixture
def once(monkeypatch):
    """Computed once for what was asked: so many files are looked at."""
    known = {}
    plain = running.planned

    def planned(design, asked, watch):
        key = (design.code, repr(asked))
        if key not in known:
            known[key] = plain(design, asked, watch)
        return known[key]

    monkeypatch.setattr(running, "planned", planned)


def leaves(value, way=()):
    """Ways to every value that is none of parts; empty parts too."""
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in pairs:
            yield from leaves(one, (*way, key))
    else:
        yield way, value


def place(way):
    return "".join(f"[{x}]" if isinstance(x, int) else f".{x}" for x in way).lstrip(".")


def other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.001 + 0.001
    return f"{value}x" if isinstance(value, str) else None


def changed(answer, way, value):
    made = copy.deepcopy(answer)
    part = made
    for key in way[:-1]:
        part = part[key]
    part[way[-1]] = value
    return made


def refused(answer):
    asked = ProtocolAsked(file=DesignText("x.json", json.dumps(answer)))
    with pytest.raises(InputError) as error:
        run(asked)
    return error.value.faults


QUICK = ("simon",)


@pytest.mark.parametrize(
    "kind",
    [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in GIVEN],
)
def test_any_field_that_was_changed_is_refused_by_name(kind, answers, once):
    """One value of every kind of place in the file, and the part of it taken away."""
    answer = answers[kind]
    run(ProtocolAsked(file=DesignText("x.json", json.dumps(answer))))
    seen = set()
    for way, value in leaves({key: one for key, one in answer.items() if key != "asked"}):
        kinds = re.sub(r"\[\d+\]", "[]", place(way))
        if kinds in seen or isinstance(value, list | dict):
            continue
        seen.add(kinds)
        if other(value) is not None:
            faults = refused(changed(answer, way, other(value)))
            # What is no such value by its form is refused as no design's file.
            assert {one.column for one in faults} & {place(way), "file", "kind"}, place(way)
        if value is not None:
            assert refused(changed(answer, way, None)), place(way)
    assert len(seen) > 40


@pytest.mark.parametrize(
    "field",
    ["steps", "operating", "curve", "assumptions", "analysis", "alternatives", "why", "spirit",
     "sensitivity", "assurance", "simulated"],
)  # fmt: skip
def test_a_part_that_was_taken_away_is_refused(field, answers, once):
    answer = answers["survival"]
    gone = [] if isinstance(answer[field], list) else None
    assert answer[field] != gone
    assert refused(answer | {field: gone})[0].column == field


def test_values_of_the_record_say_that_it_may_have_moved_on(answers, once):
    answer = answers["survival"]
    (fault,) = refused(changed(answer, ("why", "arms", 1, "value"), 9.0))
    assert fault.value == "9"
    assert "record moved on" in str(fault.expected)
    assert f"{answer['why']['arms'][1]['value']:.8g}" in str(fault.expected)
    index = next(k for k, x in enumerate(answer["assumptions"]) if x["source"] == "evidence")
    moved = changed(answer, ("assumptions", index, "value"), 9.0) | {"patients": 150}
    assert all("record moved on" in str(one.expected) for one in refused(moved))
    (fault,) = refused(answer | {"patients": 150})
    assert "record moved on" not in str(fault.expected)


def test_without_what_was_asked_nothing_can_be_computed_again(answers):
    assert refused({k: v for k, v in answers["simon"].items() if k != "asked"})[0].column == "asked"
    assert refused(answers["simon"] | {"asked": {"p0": 0.2}})[0].column == "asked"


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_long_simulations_are_not_played_again_and_the_protocol_says_so(
    answers, once, monkeypatch, more
):
    """Rows x trials x patients at the limit, below and above; what was played is still compared."""
    answer = answers["survival"]
    cost = 40 * 4 * answer["patients"]
    monkeypatch.setattr(protocol_again, "PLAYED_AGAIN", cost + more)
    made = run(ProtocolAsked(file=DesignText("x.json", json.dumps(answer))))
    said = "simulated_as_filed" in {one.code for one in made.statements}
    assert said is (more < 0)
    truth = ("simulated", "truths", 2)
    for way, value in (
        (("simulated", "trials"), 41), (("simulated", "seed"), 2), (("simulated", "ends"), "x"),
        ((*truth, "code"), "delayed-effect"), ((*truth, "facts", "crossover"), 0.1),
        ((*truth, "success"), 0.9), ((*truth, "mcse"), 0.001), ((*truth, "futility", 0), 0.95),
    ):  # fmt: skip
        named = {one.column for one in refused(changed(answer, way, value))}
        assert named & {place(way), place(way).removesuffix("[0]")}
    fewer = changed(answer, ("simulated", "truths"), answer["simulated"]["truths"][:3])
    assert refused(fewer)[0].column == "simulated.truths"


def test_more_than_can_be_waited_for_is_not_begun(monkeypatch):
    """At the limit, below and above; the refusal says how many trials can be played."""
    from hilum.trials.failing import play

    given = {"hazard_ratio": 0.65, "control_median": 12.0, **COURSE}
    n = DESIGNS["survival"].run(DESIGNS["survival"].Asked(**given)).patients
    monkeypatch.setattr(play, "MOST_PLAYED", 50 * 3 * n)
    asked = DESIGNS["survival"].Asked
    for trials in (49, 50):
        made = DESIGNS["survival"].run(asked(**given, simulate=trials, scenarios=("crossover",)))
        assert made.simulated.trials == trials
    with pytest.raises(InputError) as error:
        DESIGNS["survival"].run(asked(**given, simulate=51, scenarios=("crossover",)))
    (fault,) = error.value.faults
    assert (fault.column, fault.value) == ("simulate", "51")
    assert "at most 50" in str(fault.expected)
