"""Every form goes through JSON and back exactly, and its schema knows it."""

import json
import re
from dataclasses import fields

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.analyses import ANALYSES, analysis
from hilum.analyses.asked import Option, check, column_names, options_of
from hilum.analyses.forms import from_json, schema, to_json
from hilum.analyses.pool import PoolAnswered, run
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.sensitivity import SensitivityAsked
from hilum.analyses.sensitivity import run as sensitivity
from hilum.errors import InputError, UnknownCode
from tests.analyses.tables import BCG, table

ONE = table("xi ni", (0, 10))
QUESTIONS = {
    "plain": PoolAsked(table=BCG, measure="RR"),
    "subgroups": PoolAsked(table=BCG, measure="RR", by="alloc"),
    "one tau2": PoolAsked(table=BCG, measure="OR", by="alloc", same_tau2=True, test="knha"),
    "moderator": PoolAsked(table=BCG, measure="RR", mods="~ ablat", beside=("line", "influence")),
    "exact": PoolAsked(table=BCG, measure="OR", method="GLMM", model="UM.FS"),
    "stratified": PoolAsked(table=BCG, measure="OR", method="MH"),
    "equal effects": PoolAsked(table=BCG, measure="RD", method="EE"),
    "one study": PoolAsked(table=ONE, measure="PLO"),
    "beside": PoolAsked(table=BCG, measure="RR", beside=("baujat", "gosh", "filled", "effects")),
    # All effects equal: the standard error of Hartung and Knapp is 0, its z infinite.
    "not finite": PoolAsked(table=table("yi vi", (1, 1), (1, 1), (1, 1)), test="knha"),
    "a group refused": PoolAsked(
        table=table("yi vi g", (1, 1, "a"), (2, 1, "a"), (3, "", "b")), by="g"
    ),
}


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_pool_goes_through_json_and_back(asked):
    answer = run(asked)
    assert from_json(PoolAsked, to_json(asked)) == asked
    assert from_json(PoolAnswered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(PoolAnswered), json.loads(to_json(answer)))
    jsonschema_rs.validate(schema(PoolAsked), json.loads(to_json(asked)))


@pytest.mark.parametrize("measure", ["RR", "OR"])
def test_sensitivity_goes_through_json_and_back(measure):
    record = analysis("sensitivity")
    answer = sensitivity(SensitivityAsked(table=BCG, measure=measure, permutations=50))
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))


@pytest.mark.parametrize("method", ["joint", "bayes", "combescure"])
def test_survival_goes_through_json_and_back(method):
    record = analysis("survival")
    patients = table("time status", *((3 * i, i % 2) for i in range(1, 20)))
    own = table(
        "study arm kind time value n file",
        ("A", "", "rate", 12, 80, 50, ""),
        ("A", "", "rate", 24, 70, 50, ""),
        ("B", "x", "rate", 12, 75, 40, ""),
        ("B", "x", "median", "", 30, 40, ""),
        ("C", "", "curve", "", "", "", "c.csv"),
    )
    asked = record.Asked(
        table=own,
        patients={"c.csv": patients},
        method=method,
        family="weibull",
        unit="months",
        times=(12.0, 24.0),
    )
    answer = record.run(asked)
    assert from_json(record.Asked, to_json(asked)) == asked
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    assert [one.time for one in answer.rates] == [12.0, 24.0]


@pytest.mark.parametrize(
    "more",
    [
        {"contributions": True, "certainty": True, "order": "A,B,C"},
        {"additive": True, "interaction": ()},
        {"separate": True},
    ],
    ids=["whole", "additive", "parts"],
)
def test_a_network_goes_through_json_and_back(more):
    record = analysis("network")
    rows = [("s1", "A", "B", 0.5, 0.2), ("s2", "B", "C", 0.3, 0.2), ("s3", "A", "C", 0.9, 0.3)]
    rows += [("s4", "A", "B", 0.2, 0.25)]
    rows += [("s5", "D", "E", 1, 0.5)] if "separate" in more else []
    own = table("studlab treat1 treat2 TE seTE", *rows)
    asked = record.Asked(table=own, measure="HR", draws=50, **more)
    answer = record.run(asked)
    assert from_json(record.Asked, to_json(asked)) == asked
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    assert answer.connected is ("separate" not in more)


def test_reconstructed_patients_go_through_json_and_back():
    from hilum.literature.figures import Coordinates, RiskTable

    def read(name, *survival):
        times = tuple(6.0 * i for i in range(len(survival)))
        return Coordinates("c.csv", name, times, survival, tuple(range(2, 2 + len(times))))

    record = analysis("reconstruct")
    asked = record.Asked(
        curves=(read("a", 1.0, 0.8, 0.55, 0.3), read("b", 1.0, 0.9, 0.7, 0.6)),
        risk={
            name: RiskTable("r.csv", name, (0.0, 12.0), (100, n), (2, 3))
            for name, n in (("a", 50), ("b", 66))
        },
        median={"a": 13.0},
        hazard_ratio=0.5,
        unit="months",
    )
    answer = record.run(asked)
    assert from_json(record.Asked, to_json(asked)) == asked
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    assert [one.n for one in answer.arms] == [100, 100]
    assert answer.comparison.reported_hazard_ratio == 0.5
    with pytest.raises(InputError, match="two arms"):
        record.run(record.Asked(curves=asked.curves[:1], patients={"": 100.0}, p_value=0.1))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-1e3, 1e3, allow_nan=False), st.floats(1e-6, 1e4, allow_nan=False)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["EE", "DL", "HS", "REML"]),
    st.sampled_from(["z", "t", "knha"]),
)
def test_any_answer_goes_through_json_and_back(rows, method, test):
    asked = PoolAsked(
        table=table("yi vi", *((repr(y), repr(v)) for y, v in rows)), method=method, test=test
    )
    answer = run(asked)
    assert from_json(PoolAnswered, to_json(answer)) == answer


# They look at what they are given, and there is nothing to choose.
WITHOUT_OPTIONS = {"review", "proposals"}


@pytest.mark.parametrize("record", ANALYSES.values(), ids=lambda one: one.name)
def test_every_analysis_says_what_it_can_be_asked(record):
    options = options_of(record.Asked)
    assert bool(options) is (record.name not in WITHOUT_OPTIONS)
    assert all(said.help.endswith((".", ")", '"')) for said, _, _ in options.values())
    for form in (record.Asked, record.Answered):
        made = schema(form)
        assert made["type"] == "object"
        # Strict JSON (RFC 8259, no infinity), and a schema by its own rules.
        jsonschema_rs.meta.validate(json.loads(json.dumps(made, allow_nan=False)))
        if hasattr(form, "model_fields"):
            assert set(form.model_fields) == set(made["properties"])
            assert form.model_config["frozen"]
            continue
        assert {one.name for one in fields(form)} == set(made["properties"])
        assert form.__dataclass_params__.frozen
    written = schema(record.Asked)["properties"]
    for name, (said, _, default) in options.items():
        assert written[name]["description"] == said.help
        plain = list(default) if isinstance(default, tuple) else default
        assert written[name].get("default") == plain


def test_a_default_is_written_once():
    # The schema, the option and the dataclass agree because they are one.
    one = options_of(PoolAsked)["level"]
    assert one[2] == PoolAsked(table=BCG, measure="RR").level == 0.95


def test_every_column_can_be_renamed():
    from hilum.synthesis.effects import MEASURES

    assert set(column_names(PoolAsked)) == {c for m in MEASURES.values() for c in m.columns}
    other = table("events patients", (1, 10), (4, 20), (3, 12))
    columns = {"xi": "events", "ni": "patients"}
    assert run(PoolAsked(table=other, measure="PLO", columns=columns)).k == 3


def test_all_faults_come_at_once_and_name_the_field():
    with pytest.raises(InputError) as caught:
        PoolAsked(table=BCG, measure="XX", test="YY", level=1.0, add=float("nan"), beside=("ZZ",))
    faults = {fault.column: fault for fault in caught.value.faults}
    assert set(faults) == {"measure", "test", "level", "add", "beside"}
    assert all(fault.file == "" for fault in faults.values())
    assert "z, t, knha" in faults["test"].expected


@pytest.mark.parametrize(
    ("option", "inside", "outside", "words"),
    [
        (Option("", above=0, below=1), (0.001, 0.999), (0, 1), "above 0 and below 1"),
        (Option("", at_least=0, at_most=1), (0, 1), (-0.001, 1.001), "from 0 to 1"),
        (Option("", at_least=0, below=1), (0, 0.999), (-0.001, 1), "from 0 to below 1"),
        (Option("", above=0, at_most=1), (0.001, 1), (0, 1.001), "above 0, at most 1"),
        (Option("", above=0, below=float("inf")), (1e300,), (0, float("inf")), "above 0"),
        (Option("", at_least=0), (0, 5), (-1e-9, float("nan")), "0 or more"),
        (Option("", at_most=2), (2, -9), (2.1,), "at most 2"),
        (Option("", above=0), (1e-9,), (0,), "above 0"),
        (Option("", below=3), (2.9,), (3,), "below 3"),
    ],
)
def test_ranges_hold_on_both_sides(option, inside, outside, words):
    assert all(option.holds(value) for value in inside)
    assert not any(option.holds(value) for value in outside)
    assert words in option.expected()


def test_help_that_names_a_range_names_ends_that_are_taken():
    told = re.compile(r"\bfrom (-?[\d.]+) to (below )?(-?[\d.]+\d|\d)")
    seen = 0
    for name, one in ANALYSES.items():
        for field, (said, _, _) in options_of(one.Asked).items():
            for low, open_end, high in told.findall(said.help):
                seen += 1
                assert said.holds(float(low)), (name, field)
                assert said.holds(float(high)) is not bool(open_end), (name, field)
    assert seen > 3


def test_an_unknown_analysis_lists_the_known_ones():
    with pytest.raises(UnknownCode, match="board, pool, sensitivity, survival, hazard_ratios"):
        analysis("poll")


def test_a_check_needs_no_fault():
    check(PoolAsked(table=BCG, measure="RR"))
