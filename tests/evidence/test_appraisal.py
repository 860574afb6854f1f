"""Appraisal tools, the published algorithms and the table of appraisals."""

import csv
import itertools
from io import StringIO
from pathlib import Path

import pytest

from hilum.errors import InputError
from hilum.evidence.appraisal import (
    RISKS,
    Appraisals,
    check_appraisals,
    domain_judgement,
    overall_judgement,
    read_appraisals,
    template,
    tools,
)

HEADER = "study,tool,question,answer,judgement,reason,rater"
SIZES = {  # numbers of domains and questions in the publications named in each file
    "rob2": (5, 22),
    "robins_i": (7, 34),
    "jbi_case_series": (1, 10),
    "minors": (2, 12),
}


def table(tmp_path, *lines, header=HEADER):
    path = tmp_path / "appraisals.csv"
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return path


def faults(tmp_path, evidence, *lines, header=HEADER):
    path = table(tmp_path, *lines, header=header)
    with pytest.raises(InputError) as error:
        read_appraisals(path, evidence)
    assert check_appraisals(path, evidence) == list(error.value.faults)
    return error.value.faults


def of_design(evidence, design):
    return next(study.study_id for study in evidence.studies if study.design == design)


@pytest.mark.parametrize("key", SIZES)
def test_each_tool_has_its_published_domains_and_questions(key):
    tool = tools()[key]
    assert (len(tool.domains), len(tool.items)) == SIZES[key]
    assert tool.source
    assert tool.licence
    assert set(tool.judgements) <= set(RISKS)
    for domain in tool.domains:
        for rule in domain.rules:
            assert rule.judgement in tool.judgements
            assert set(rule.answers) <= {item.id for item in domain.items}


def test_minors_asks_series_eight_questions_and_comparisons_twelve():
    tool = tools()["minors"]
    assert len(tool.asked_of("case_series_prospective")) == 8
    assert len(tool.asked_of("nonrandomised_comparative")) == 12


# A second, plain reading of the RoB 2 guidance (22 August 2019), as text rather than as rules.
YES, NO = ("Y", "PY"), ("N", "PN")


def plain_d1(a):
    if a["1.2"] in NO:
        return "high"
    trouble = a["1.3"] in YES
    if a["1.2"] == "NI":
        return "high" if trouble else "some_concerns"
    return "some_concerns" if trouble or a["1.1"] in NO else "low"


def plain_d2(a):
    def knowing():
        if a["2.1"] in NO and a["2.2"] in NO:
            return 0
        if a["2.3"] in NO:
            return 0
        if a["2.3"] == "NI":
            return 1
        if a["2.4"] in NO:
            return 1
        return 1 if a["2.5"] in YES else 2

    def analysed():
        if a["2.6"] in YES:
            return 0
        return 1 if a["2.7"] in NO else 2

    return ("low", "some_concerns", "high")[max(knowing(), analysed())]


def plain_d3(a):
    if a["3.1"] in YES or a["3.2"] in YES or a["3.3"] in NO:
        return "low"
    return "some_concerns" if a["3.4"] in NO else "high"


def plain_d4(a):
    if a["4.1"] in YES or a["4.2"] in YES:
        return "high"
    floor = "some_concerns" if a["4.2"] == "NI" else "low"
    if a["4.3"] in NO or a["4.4"] in NO:
        return floor
    return "some_concerns" if a["4.5"] in NO else "high"


def plain_d5(a):
    if a["5.2"] in YES or a["5.3"] in YES:
        return "high"
    planned = a["5.1"] in YES and a["5.2"] in NO and a["5.3"] in NO
    return "low" if planned else "some_concerns"


@pytest.mark.parametrize(
    ("domain", "plain"),
    [("D1", plain_d1), ("D2", plain_d2), ("D3", plain_d3), ("D4", plain_d4), ("D5", plain_d5)],
)
def test_rob2_follows_its_algorithm_on_every_set_of_answers(domain, plain):
    form = tools()["rob2"].domain[domain]
    codes = ("Y", "N", "NI") if domain == "D2" else ("Y", "PY", "PN", "N", "NI")
    options = [[one for one in item.answers if one in codes] for item in form.items]
    seen = set()
    for answers in itertools.product(*options):
        given = dict(zip((item.id for item in form.items), answers, strict=True))
        found = domain_judgement(form, given)
        assert found == plain(given), given
        seen.add(found)
    assert seen == {"low", "some_concerns", "high"}


def test_rob2_takes_probably_as_the_answer_itself():
    form = tools()["rob2"].domain["D2"]
    sure = {"2.1": "Y", "2.2": "N", "2.3": "Y", "2.4": "Y", "2.5": "N", "2.6": "N", "2.7": "N"}
    probably = {key: "PY" if one == "Y" else "PN" for key, one in sure.items()}
    assert domain_judgement(form, sure) == domain_judgement(form, probably) == "high"


def test_a_missing_answer_gives_no_judgement():
    form = tools()["rob2"].domain["D1"]
    assert domain_judgement(form, {}) is None
    assert domain_judgement(form, {"1.2": "Y", "1.3": "N"}) is None
    assert domain_judgement(form, {"1.2": "N"}) == "high"  # enough, whatever the rest


@pytest.mark.parametrize(
    ("domains", "overall"),
    [
        (["low"] * 5, "low"),
        (["low"] * 4 + ["some_concerns"], "some_concerns"),
        (["some_concerns"] * 4 + ["high"], "high"),
        (["low"] * 4 + [None], None),
        (["high"] + [None] * 4, "high"),
    ],
)
def test_rob2_overall(domains, overall):
    tool = tools()["rob2"]
    given = dict(zip(("D1", "D2", "D3", "D4", "D5"), domains, strict=True))
    assert overall_judgement(tool, "rct", {}, given) == overall


@pytest.mark.parametrize(  # Sterne 2016, table 3
    ("domains", "overall"),
    [
        (["low"] * 7, "low"),
        (["low"] * 6 + ["moderate"], "moderate"),
        (["moderate"] * 6 + ["serious"], "serious"),
        (["serious"] * 6 + ["critical"], "critical"),
        (["low"] * 6 + ["no_information"], "no_information"),
        (["serious"] + ["low"] * 5 + ["no_information"], "serious"),
        (["critical"] + ["no_information"] * 6, "critical"),
    ],
)
def test_robins_i_overall(domains, overall):
    tool = tools()["robins_i"]
    given = dict(zip((f"D{i}" for i in range(1, 8)), domains, strict=True))
    assert overall_judgement(tool, "registry", {}, given) == overall


def test_robins_i_has_no_algorithm_but_for_no_confounding():
    form = tools()["robins_i"]
    assert domain_judgement(form.domain["D1"], {"1.1": "PN"}) == "low"
    assert domain_judgement(form.domain["D1"], {"1.1": "Y"}) is None
    assert domain_judgement(form.domain["D6"], dict.fromkeys(("6.1", "6.2", "6.3"), "N")) is None


def jbi(yes, *, no=(), na=()):
    answers = {str(i): "unclear" for i in range(1, 11)}
    answers |= {str(i): "yes" for i in yes}
    answers |= {str(i): "no" for i in no} | {str(i): "na" for i in na}
    design = "case_series_prospective"
    return overall_judgement(tools()["jbi_case_series"], design, answers, {})


def test_jbi_convention_at_its_limits():
    assert jbi(range(1, 9)) == "low"  # 80 %, with 4 and 5
    assert jbi(range(1, 8)) == "some_concerns"  # 70 %
    assert jbi((1, 2, 3, 5, 6, 7, 8, 9, 10), no=(4,)) == "some_concerns"  # 90 % without 4
    assert jbi(range(1, 6)) == "some_concerns"  # 50 % is not below 50 %
    assert jbi(range(1, 5)) == "high"
    assert jbi(range(1, 5), na=(5, 6, 7, 8, 9)) == "low"  # 4 of 5 applicable
    assert jbi((), na=range(1, 11)) is None


@pytest.mark.parametrize(
    ("total", "judgement"), [(16, "low"), (12, "low"), (11, "some_concerns"), (8, "some_concerns")]
)
def test_minors_convention_at_its_limits(total, judgement):
    scores = [2] * (total // 2) + [total % 2] + [0] * 8
    answers = {str(i): str(scores[i - 1]) for i in range(1, 9)}
    tool = tools()["minors"]
    assert overall_judgement(tool, "registry", answers, {}) == judgement
    worse = {str(i): "1" if i < 8 else "0" for i in range(1, 9)}
    assert overall_judgement(tool, "registry", worse, {}) == "high"  # 7 of 16
    assert overall_judgement(tool, "nonrandomised_comparative", answers, {}) is None


def test_a_filled_form_is_judged(tmp_path, evidence):
    study = of_design(evidence, "rct")
    answers = {"1.1": "Y", "1.2": "PY", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y"}
    answers |= {"3.1": "Y", "4.1": "N", "4.2": "N", "4.3": "N", "5.1": "NI", "5.2": "N", "5.3": "N"}
    lines = [f"{study},rob2,{q},{a},,,AB" for q, a in answers.items()]
    found = read_appraisals(table(tmp_path, *lines), evidence)
    (one,) = found.all
    assert dict(one.domains) == {
        **dict.fromkeys(("D1", "D2", "D3", "D4"), "low"),
        "D5": "some_concerns",
    }
    assert (one.judgement, one.by["overall"]) == ("some_concerns", "rule")
    assert found.of(study, "overall_survival") is one
    assert found.of("nobody") is None


def test_a_person_may_depart_from_the_rule_with_a_reason(tmp_path, evidence):
    study = of_design(evidence, "rct")
    rows = [f"{study},rob2,1.2,N,,,AB"]
    (fault,) = faults(tmp_path, evidence, *rows, f"{study},rob2,D1,,low,,AB")
    assert (fault.row, fault.column) == (3, "reason")
    assert "high" in fault.expected
    path = table(tmp_path, *rows, f'{study},rob2,D1,,low,"sealed, says the protocol",AB')
    (one,) = read_appraisals(path, evidence).all
    assert (one.domains["D1"], one.by["D1"]) == ("low", "AB")
    assert one.reasons["D1"] == "sealed, says the protocol"
    (fault,) = faults(tmp_path, evidence, f"{study},rob2,overall,,low,,AB")
    assert fault.column == "reason"


def test_robins_i_domains_need_a_person_and_a_reason(tmp_path, evidence):
    study = of_design(evidence, "nonrandomised_comparative")
    (fault,) = faults(tmp_path, evidence, f"{study},robins_i,D2,,serious,,AB")
    assert fault.column == "reason"
    lines = [f"{study},robins_i,D{i},,moderate,as read,AB" for i in range(1, 8)]
    (one,) = read_appraisals(table(tmp_path, *lines), evidence).all
    assert one.judgement == "moderate"


def test_an_appraisal_of_one_outcome_goes_before_one_of_all(tmp_path, evidence):
    study = of_design(evidence, "rct")
    path = table(
        tmp_path,
        f"{study},rob2,overall,,low,whole trial,AB,",
        f"{study},rob2,overall,,high,open label,AB,symptom_response",
        header=HEADER + ",outcome",
    )
    found = read_appraisals(path, evidence)
    assert found.of(study, "symptom_response").judgement == "high"
    assert found.of(study, "overall_survival").judgement == "low"


def test_two_raters_the_worse_stands_until_they_agree(tmp_path, evidence):
    study = of_design(evidence, "registry")
    good = [f"{study},minors,{i},2,,,AB" for i in range(1, 9)]
    bad = [f"{study},minors,{i},{2 if i < 3 else 0},,,CD" for i in range(1, 9)]
    (one,) = read_appraisals(table(tmp_path, *good, *bad), evidence).all
    assert one.judgement == "high"
    assert one.raters == ("AB", "CD")
    assert one.disagreements == ("3", "4", "5", "6", "7", "8")
    agreed = [f"{study},minors,{i},{2 if i < 7 else 0},,,consensus" for i in range(1, 9)]
    (one,) = read_appraisals(table(tmp_path, *good, *bad, *agreed), evidence).all
    assert one.judgement == "low"


def test_every_kind_of_bad_cell_is_told_with_its_line(tmp_path, evidence):
    rct, series = of_design(evidence, "rct"), of_design(evidence, "case_series_prospective")
    wrong = {
        "nobody2020,rob2,1.1,Y,,,AB": ("study", "nobody2020"),
        f"{rct},rob3,1.1,Y,,,AB": ("tool", "rob3"),
        f"{series},rob2,1.1,Y,,,AB": ("tool", "rob2"),
        f"{rct},robins_i,1.1,Y,,,AB": ("tool", "robins_i"),
        f"{rct},rob2,1.9,Y,,,AB": ("question", "1.9"),
        f"{series},minors,9,2,,,AB": ("question", "9"),
        f"{rct},rob2,1.1,yes,,,AB": ("answer", "yes"),
        f"{rct},rob2,3.2,NI,,,AB": ("answer", "NI"),
        f"{rct},rob2,1.2,NA,,,AB": ("answer", "NA"),
        f"{series},minors,1,3,,,AB": ("answer", "3"),
        f"{rct},rob2,1.3,Y,low,,AB": ("judgement", "low"),
        f"{rct},rob2,D1,Y,low,why,AB": ("answer", "Y"),
        f"{rct},rob2,D2,,serious,why,AB": ("judgement", "serious"),
        f"{series},minors,all,,low,why,AB": ("question", "all"),
        f"{rct},rob2,2.1,Y,,,": ("rater", ""),
    }
    found = faults(tmp_path, evidence, *wrong)
    for line, (_, (column, value)) in enumerate(wrong.items(), 2):
        here = [(one.column, one.value) for one in found if one.row == line]
        assert (column, value) in here, (line, here)
    assert {one.file for one in found} == {"appraisals.csv"}


def test_repeats_headers_and_files_that_cannot_be_read(tmp_path, evidence):
    study = of_design(evidence, "rct")
    line = f"{study},rob2,1.1,Y,,,AB"
    (fault,) = faults(tmp_path, evidence, line, line)
    assert (fault.row, fault.column) == (3, "question")
    found = faults(tmp_path, evidence, line, header=HEADER.replace("rater", "reader"))
    assert {one.column for one in found} == {"rater", "reader"}
    (fault,) = faults(tmp_path, evidence, line + ",more")
    assert fault.column == "row"
    (fault,) = faults(tmp_path, evidence, line + ",survivall", header=HEADER + ",outcome")
    assert fault.column == "outcome"
    with pytest.raises(InputError, match=r"none\.csv"):
        read_appraisals(tmp_path / "none.csv", evidence)
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"\n\xe9,,,,,,\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_appraisals(tmp_path / "latin.csv", evidence)


def test_a_blank_form_reads_as_no_appraisal(tmp_path, evidence):
    path = tmp_path / "blank.csv"
    path.write_text(template(evidence, "rob2"))
    assert read_appraisals(path, evidence) == Appraisals()
    study = of_design(evidence, "rct")
    assert template(evidence, "rob2", [study]).count("\n") == 1 + 22 + 5
    for tool, studies in (("rob9", []), ("rob2", ["nobody"]), ("robins_i", [study])):
        with pytest.raises(InputError):
            template(evidence, tool, studies)


def test_a_tool_is_for_the_designs_that_the_docs_name(evidence):
    """The tables of docs/review.md and docs/certainty.md name the same kinds of study."""
    made = {key: (one.designs, one.compared, one.arms_of) for key, one in tools().items()}
    series = ("case_series_prospective", "case_series_retrospective")
    compared = ("nonrandomised_comparative",)
    assert made == {
        "rob2": (("rct",), (), ()),
        "robins_i": (compared, ("registry",), ()),
        "jbi_cohort": ((*compared, "registry"), (), ()),
        "jbi_case_series": ((*series, "registry"), (), ("rct", *compared)),
        "minors": ((*compared, *series, "registry"), (), ()),
    }
    docs = Path(__file__).parents[2] / "docs"
    for name, said in (
        ("review.md", "| `robins_i` | comparisons without randomisation, registries with several"),
        ("review.md", "| `jbi_cohort` | comparisons without randomisation, registries |"),
        ("review.md", "| `jbi_case_series` | case series, registries |"),
        ("review.md", "| `minors` | surgical studies without randomisation: series, registries,"),
        ("certainty.md", "2016) | comparisons without randomisation, registries with several arms"),
        ("certainty.md", "(Munn 2020) | series, registries; one arm of a trial or comparison"),
        ("certainty.md", "(Moola 2020) | comparisons without randomisation, registries |"),
        ("certainty.md", "| MINORS (Slim 2003) | studies without randomisation |"),
    ):
        assert said in (docs / name).read_text("utf-8"), (name, said)


def test_an_arm_of_a_trial_is_a_series_only_where_it_is_named(tmp_path, evidence):
    for study in (of_design(evidence, "rct"), of_design(evidence, "nonrandomised_comparative")):
        arms = evidence.arms_of[study]
        lines = [f"{study},jbi_case_series,{i},yes,,,AB" for i in range(1, 11)]
        (fault,) = faults(tmp_path, evidence, *lines)
        assert (fault.row, fault.column, fault.value) == (2, "tool", "jbi_case_series")
        assert ", ".join(arms) in str(fault.expected)
        (fault,) = faults(tmp_path, evidence, f"{study},jbi_case_series,arm,nobody,,,AB", *lines)
        assert (fault.row, fault.column) == (2, "answer")
        named = f"{study},jbi_case_series,arm,{arms[0]},,,AB"
        (one,) = read_appraisals(table(tmp_path, named, *lines), evidence).all
        assert (one.judgement, one.answers["arm"], one.missing) == ("low", arms[0], ())
        # Each rater says it.
        other = [line.replace(",AB", ",CD") for line in lines]
        assert len(faults(tmp_path, evidence, named, *lines, *other)) == 1
        rows = list(csv.DictReader(StringIO(template(evidence, "jbi_case_series", [study]))))
        assert [row["question"] for row in rows] == ["arm", *map(str, range(1, 11))]
    whole = list(csv.DictReader(StringIO(template(evidence, "jbi_case_series"))))
    designs = {evidence.study[row["study"]].design for row in whole}
    assert designs == {"case_series_prospective", "case_series_retrospective", "registry"}
    series = of_design(evidence, "case_series_prospective")
    (fault,) = faults(tmp_path, evidence, f"{series},jbi_case_series,arm,a1,,,AB")
    assert fault.column == "question"


def test_robins_i_is_for_a_registry_that_compares(tmp_path, evidence):
    several = {True: 0, False: 0}
    for one in evidence.studies:
        if one.design != "registry":
            continue
        compares = len(evidence.arms_of.get(one.study_id, ())) > 1
        several[compares] += 1
        line = f"{one.study_id},robins_i,D2,,low,as read,AB"
        assert bool(check_appraisals(table(tmp_path, line), evidence)) is not compares
    assert min(several.values()) > 0
