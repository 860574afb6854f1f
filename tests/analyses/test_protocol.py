"""Protocols: nothing of the list is missing, nothing contradicts the design, blanks are marked."""

import re
from dataclasses import replace
from functools import cache

import pytest

from hilum.analyses import analysis
from hilum.analyses.designs import DESIGNS
from hilum.analyses.forms import from_json, to_json
from hilum.analyses.protocol import (
    DesignText,
    ProtocolAnswered,
    ProtocolAsked,
    protocol_of,
    run,
)
from hilum.analyses.protocol_parts import criteria_of
from hilum.errors import InputError
from hilum.language import words
from hilum.patient.tables import read_tables
from hilum.records import found
from hilum.rendering.sheet.protocol import html, protocol_text, render_protocol
from hilum.rendering.sheet.protocol_page import SECTIONS, protocol_page
from hilum.trials.protocol.tables import WORDS, by_code, table

DAY = "2026-11-28"
COURSE = {"accrual": 30.0, "follow_up": 18.0}
TWO = {
    "treatment": "everolimus",
    "control": "prrt_lu177",
    "outcome": "progression_free_survival",
    "despite_evidence": "Another grade.",
}
GIVEN = {
    "simon": {"p0": 0.2, "p1": 0.4, "treatment": "everolimus", "outcome": "objective_response"},
    "landmark": {"s0": 0.4, "s1": 0.6, "time": 12.0, "outcome": "a thing of our own", **COURSE},
    "one-mean": {"difference": 5.0, "sd": 10.0, "outcome": "quality of life"},
    "two-proportions": {"p1": 0.1, "p2": 0.3, "treatment": "tare", "control": "tace",
                        "outcome": "major_complication"},
    "means": {"difference": 5.0, "sd": 10.0},
    "survival": {"hazard_ratio": 0.65, "control_median": 14.0, **TWO, **COURSE},
    "stratified": {"odds_ratio": 2.5, "stratum": ("0.5 0.3", "0.5 0.4")},
    "sequential": {"hazard_ratio": 0.65, "control_median": 14.0, "futility": "asOF", **TWO,
                   **COURSE},
    "platform": {"arms": 2, "p1": 0.5, "p2": 0.3},
}  # fmt: skip


@cache
def designed(kind):
    record = DESIGNS[kind]
    return record.run(record.Asked(**GIVEN[kind]))


@cache
def protocol(kind):
    asked = ProtocolAsked(file=DesignText("", ""), date=DAY, centres=12)
    return protocol_of(designed(kind), asked)


def test_tables_hold_together():
    """Every design has a row, every code that a table names is one, every row is whole."""
    assert set(DESIGNS) <= set(by_code("kinds"))
    for name in WORDS:
        for row in table(name):
            assert None not in row.values()
            for column in ("source", "guideline"):
                if row.get(column):
                    found(by_code("sources"), row[column], "source")
            if row.get("strategy"):
                found(by_code("strategies"), row["strategy"], "strategy")
            if row.get("section"):
                assert row["section"] in {*SECTIONS, "title"}
    for row in table("censoring"):
        for code in row["endpoints"].split():
            found(by_code("endpoints"), code, "endpoint")
    for name in ("endpoints", "blanks", "statements", "populations", "assessments", "censoring"):
        assert len(by_code(name)) == len(table(name))


def test_numbers_of_spirit_and_consort():
    """All items of SPIRIT 2025, 1a to 34; of CONSORT 2025 those before the results (1a to 21d)."""
    numbers = {name: [r["number"] for r in table("items") if r["guideline"] == name]
               for name in ("spirit", "consort")}  # fmt: skip
    whole = [sorted({int(re.match(r"\d+", one)[0]) for one in numbers[name]}) for name in numbers]
    assert whole == [list(range(1, 35)), [n for n in range(1, 22) if n != 10]]
    assert len(numbers["spirit"]) == 53


@pytest.mark.parametrize("kind", GIVEN)
def test_every_kind_has_every_part(kind):
    answer = protocol(kind)
    assert from_json(ProtocolAnswered, to_json(answer)) == answer
    assert answer.estimand.intercurrent
    assert answer.populations
    assert [one.role for one in answer.endpoints].count("primary") == 1
    page = protocol_page(answer, words("en"))
    assert [one["id"] for one in page["sections"]] == [*SECTIONS]
    shown = html(answer, words("en"))
    assert "{" not in re.sub(r"<style>.*?</style>", "", shown, flags=re.S)
    for blank in answer.blanks:
        assert words("en")(by_code("blanks")[blank.code]["question"])[:20] in shown.replace(
            "&#39;", "'"
        ).replace("\u00a0", " ")


def test_criteria_are_every_rule_of_both_treatments():
    """Those of both stand once; notes draft nothing; source and both languages are the rule's."""
    rules = read_tables().rules_of
    both = {one.rule_id: one for name in ("everolimus", "prrt_lu177") for one in rules[name]}
    expected = {name for name, one in both.items() if one.role != "note"}
    answer = protocol("survival")
    assert {one.rule_id for one in answer.criteria} == expected
    assert len(answer.criteria) == len(expected)
    for one in answer.criteria:
        rule = both[one.rule_id]
        assert (one.statement_en, one.statement_zh) == (rule.statement_en, rule.statement_zh)
        assert one.source == rule.source
    shown = protocol_text(answer, words("en"))
    assert all(name in shown for name in expected)
    assert not protocol("simon").without_rules
    assert protocol("means").without_rules == ("under_study", "standard")


def test_what_the_design_is_decides_what_is_said():
    one, two, stages = protocol("simon"), protocol("survival"), protocol("sequential")
    codes = {part: {x.code for x in answer.blanks}
             for part, answer in (("one", one), ("two", two), ("stages", stages))}  # fmt: skip
    assert "generation" not in codes["one"]
    assert "generation" in codes["two"]
    assert {"committee_none"} == codes["two"] - codes["stages"]
    assert {"committee", "access"} == codes["stages"] - codes["two"]
    assert "estimate_after" in {x.code for x in protocol("platform").blanks}
    assert "crossover" in {x.code for x in two.estimand.intercurrent}
    assert protocol("two-proportions").estimand.variable == "harm"
    assert protocol("stratified").estimand.variable == "binary"
    assert protocol("landmark").estimand.endpoint is None
    assert protocol("landmark").endpoints[0].months == 12
    assert {x.code for x in protocol("two-proportions").endpoints} >= {"liver_failure"}
    assert not {x.code for x in two.endpoints} & {"liver_failure", "mortality_30d"}
    assert {x.state for x in one.items if x.number in ("21a", "22")} == {"none", "covered"}


def test_estimates_at_the_bounds():
    """At the last bound the interval touches no effect; the interval and the test agree."""
    last = protocol("sequential").at_bounds[-1]
    assert last.interval[1] == pytest.approx(1, abs=1e-7)
    assert last.p_value == pytest.approx(0.025, abs=1e-9)
    assert all(one.repeated[1] == pytest.approx(1) for one in protocol("sequential").at_bounds)
    fails, succeeds = protocol("simon").at_bounds[-2:]
    assert succeeds.responders == fails.responders + 1
    assert fails.interval[0] < 0.2 < succeeds.interval[0]
    assert succeeds.level == pytest.approx(0.9)


def test_recruitment_is_arithmetic_and_missing_stays_missing():
    asked = ProtocolAsked(
        file=DesignText("", ""), date=DAY, centres=7, eligible=60.0, source="our register"
    )
    found_ = protocol_of(designed("survival"), asked).recruitment
    patients = designed("survival").patients
    assert found_.a_month == pytest.approx(patients / 30)
    assert found_.each == pytest.approx(patients / 30 / 7)
    assert found_.share == pytest.approx(12 * patients / 30 / 60)
    text = protocol_text(protocol_of(designed("survival"), asked), words("en"))
    assert "More patients are needed than there are" in text
    none = protocol("simon").recruitment
    assert (none.accrual, none.a_month, none.each, none.share) == (None,) * 4
    later = replace(asked, accrual=24.0)
    assert protocol_of(designed("simon"), later).recruitment.accrual == 24.0
    for one in protocol("survival").recruitment.published:
        assert one.rate == pytest.approx(one.patients / (12 * one.years * one.centres))


def test_a_saved_answer_gives_the_same_protocol():
    file = DesignText("design.json", to_json(designed("survival")))
    again = run(ProtocolAsked(file=file, date=DAY, centres=12))
    assert again == protocol("survival")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"kind": "none"}', '{"kind": "simon"}', "PK\x03"]
)
def test_another_file_is_refused(text):
    with pytest.raises(InputError) as error:
        run(ProtocolAsked(file=DesignText("x.json", text)))
    assert error.value.faults[0].file == "x.json"


def test_impossible_options_are_refused_together():
    with pytest.raises(InputError) as error:
        ProtocolAsked(
            file=DesignText("", ""), date="2026-02-30", eligible=10.0, version=" ", centres=0
        )
    assert {one.column for one in error.value.faults} == {"date", "source", "version", "centres"}


def test_word_and_json_hold_the_same():
    from io import BytesIO

    from docx import Document

    answer = protocol("simon")
    document = Document(BytesIO(render_protocol(answer, "docx", words("en"))))
    cells = {cell.text for one in document.tables for row in one.rows for cell in row.cells}
    assert {one.rule_id for one in answer.criteria} <= cells
    assert from_json(ProtocolAnswered, render_protocol(answer, "json", words("en"))) == answer
    assert analysis("protocol").Answered is ProtocolAnswered


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("Lutathera", ("prrt_lu177",)),
        ("177Lu-DOTATATE", ("prrt_lu177",)),
        ("CAPTEM", ("chemo_temozolomide",)),
        ("SIRT", ("tare",)),
        ("octreotide LAR 30 mg", ("ssa",)),
        ("lanreotide", ("ssa",)),
        ("somatostatin_analogue", ("ssa",)),
        ("TACE with doxorubicin", ("tace",)),
        ("best supportive care", ("supportive_care",)),
        ("PRRT + CAPTEM", ("chemo_temozolomide", "prrt_lu177")),
        ("placebo", ("placebo",)),
        ("sham", ("placebo",)),
        ("a thing of our own", ("a thing of our own",)),
    ],
)
@pytest.mark.parametrize("side", ["intervention", "comparator"])
def test_words_for_a_treatment_bring_its_rules(said, ids, side):
    """Eligibility reads words as "why now" does, on either side, and says as what."""
    synopsis = designed("simon")
    asked = ProtocolAsked(file=DesignText("", ""), date=DAY)
    other = {"intervention": "comparator", "comparator": "intervention"}[side]
    question = replace(synopsis.question, **{side: said, other: "everolimus"})
    answer = protocol_of(replace(synopsis, question=question), asked)
    tables = read_tables()
    expected = {
        rule.rule_id
        for one in (*ids, "everolimus")
        for rule in tables.rules_of.get(one, ())
        if rule.role != "note"
    }
    assert {one.rule_id for one in answer.criteria} == expected
    assert answer.without_rules == tuple(one for one in ids if one not in tables.treatments)
    assert answer.read_as == (() if ids == (said,) else ((said, ids),))
    text = protocol_text(answer, words("en"))
    assert ("is read as" in text) == (ids != (said,))
    if ids[0] in tables.treatments:
        assert "No rules are shipped" not in text


def test_what_a_trial_excluded_is_one_kind_and_what_it_took_another():
    """The board weighs such rules one by one; in a protocol all are entry criteria of a trial."""
    rules = {one.rule_id: one for each in read_tables().rules_of.values() for one in each}
    told = by_code("rule_roles")
    assert set(told) <= set(rules)
    names = {name: (name,) for name in read_tables().treatments}
    criteria = {one.rule_id: one.role for one in criteria_of(names)[0]}
    of_trials = [one for one in rules.values() if one.authority == "trial" and one.role != "note"]
    excluded = {one.rule_id for one in of_trials
                if re.search(r"(was|were) excluded from", one.statement_en)}  # fmt: skip
    taken = {one.rule_id for one in of_trials if "(eligibility of" in one.statement_en}
    assert {f"ART-{n:02}" for n in range(3, 11)} | {"CABO-11", "CABO-12", "SURU-10"} <= excluded
    assert {criteria[name] for name in excluded} == {"exclusion"}
    assert taken == {"ART-01", "ART-02", "ART-11"}
    assert {criteria[name] for name in taken} == {"required"}
