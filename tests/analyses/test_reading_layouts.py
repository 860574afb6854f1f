"""Layouts of other programs: metafor's four cells, RevMan 5 and Web, names in other languages."""

import math

import pytest

from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked, wanted_columns
from hilum.analyses.reported import fitting
from hilum.analyses.tables import table_of
from hilum.errors import InputError
from hilum.rendering.forest_words import heads_of
from hilum.tabular import sheet_of

REVIEW = """<COCHRANE_REVIEW><ANALYSES_AND_DATA><COMPARISON NO="1">
<DICH_OUTCOME EFFECT_MEASURE="RR" NO="1"><NAME>Death</NAME>
<GROUP_LABEL_1>PRRT</GROUP_LABEL_1><GROUP_LABEL_2>SSA</GROUP_LABEL_2>
<GRAPH_LABEL_1>Favours PRRT</GRAPH_LABEL_1><GRAPH_LABEL_2>Favours SSA</GRAPH_LABEL_2>
<DICH_DATA EVENTS_1="12" EVENTS_2="20" STUDY_ID="STD-A" TOTAL_1="60" TOTAL_2="58"/>
<DICH_DATA EVENTS_1="15" EVENTS_2="25" STUDY_ID="STD-B" TOTAL_1="110" TOTAL_2="108"/></DICH_OUTCOME>
<IV_OUTCOME NO="2"><NAME>PFS</NAME><EFFECT_MEASURE>Hazard Ratio</EFFECT_MEASURE>
<IV_SUBGROUP><NAME>early</NAME><IV_DATA ESTIMATE="-0.73" SE="0.165" STUDY_ID="STD-A"/></IV_SUBGROUP>
<IV_SUBGROUP><NAME>late</NAME><IV_DATA ESTIMATE="-0.478" SE="0.21" STUDY_ID="STD-B"/></IV_SUBGROUP>
</IV_OUTCOME>
<IPD_OUTCOME NO="3"><NAME>OS</NAME><IPD_DATA O_E="-5.2" VAR="8.1" STUDY_ID="STD-A"/>
<IPD_DATA O_E="-3.2" VAR="7.1" STUDY_ID="STD-B"/></IPD_OUTCOME>
</COMPARISON></ANALYSES_AND_DATA></COCHRANE_REVIEW>"""
WEB = (
    "Analysis group,Analysis number,Analysis name,Subgroup,Study,GIV Mean,GIV SE,Experimental N,"
    "Control N,O-E,Variance,Weight,Mean,CI start,CI end\n"
    "1,1,PFS,,A,-0.73,0.165,30,31,,,50,0.48,0.35,0.67\n"
    "1,1,PFS,,B,-0.478,0.21,30,31,,,50,0.62,0.41,0.94\n"
    "1,2,OS,,A,,,30,31,-5.2,8.1,50,0.5,0.3,0.8\n1,2,OS,,B,,,30,31,-3.2,7.1,50,0.5,0.3,0.8\n"
)


def read(text, measure, part="", named=None, say=None):
    wanted = wanted_columns(measure, ())
    sheet = sheet_of(text.encode(), "f.rm5" if text.startswith("<") else "f.csv", part)
    return table_of(sheet, wanted, say or (lambda _: None), named)


def answer(text, measure, part="", named=None, say=None):
    return run(PoolAsked(table=read(text, measure, part, named, say), measure=measure))


@pytest.mark.parametrize(("patients", "refused"), [(59, True), (60, False), (61, True)])
@pytest.mark.parametrize("group", [1, 2])
def test_patients_are_those_with_and_without_an_event(patients, refused, group):
    cells = ["12,48,60", f"20,40,{patients}"]
    text = "Study,ai,bi,n1i,ci,di,n2i\nA,10,20,30,5,25,30\nB," + ",".join(
        cells if group == 2 else cells[::-1]
    )
    if not refused:
        assert answer(text + "\n", "OR").k == 2
        return
    with pytest.raises(InputError) as error:
        answer(text + "\n", "OR")
    (fault,) = error.value.faults
    assert fault.row == 3
    assert fault.column == ("ai, bi, n1i" if group == 1 else "ci, di, n2i")
    assert fault.value == f"20, 40, {patients}"
    assert "60" in str(fault.expected)


def test_a_row_without_the_rest_is_not_held_against_it():
    text = "Study,ai,bi,n1i,ci,n2i\nA,12,48,60,20,58\nB,15,,110,25,108\n"
    assert answer(text, "RR").k == 2


def test_four_cells_are_two_groups():
    four = "Study,ai,bi,ci,di\nA,12,48,20,38\nB,15,95,25,83\n"
    two = "Study,ai,n1i,ci,n2i\nA,12,60,20,58\nB,15,110,25,108\n"
    for measure in ("OR", "RR", "RD", "PETO"):
        assert answer(four, measure).beta == answer(two, measure).beta
    names = "author,tpos,tneg,cpos,cneg\nA,12,48,20,38\nB,15,95,25,83\n"
    assert answer(names, "OR").beta == answer(two, "OR").beta
    both = "Study,ai,bi,n1i,ci,n2i\nA,12,48,60,20,58\nB,15,95,110,25,108\n"
    assert answer(both, "OR").beta == answer(two, "OR").beta
    with pytest.raises(InputError, match="whole number"):
        answer("Study,ai,bi,ci,di\nA,12,48.5,20,38\n", "OR")


def test_a_review_has_effects_with_errors():
    told = []
    found = answer(REVIEW, "HR", "1.2", say=lambda one: told.append(str(one)))
    assert [(one.yi, round(math.sqrt(one.vi), 12)) for one in found.studies] == [
        (-0.73, 0.165), (-0.478, 0.21)
    ]  # fmt: skip
    assert any("Hazard Ratio" in one for one in told)
    assert any("logarithms" in one for one in told)
    assert any("column group" in one for one in told)


@pytest.mark.parametrize(("text", "part"), [(REVIEW, "1.3"), (WEB, "1.2")])
def test_a_log_rank_table_is_read(text, part):
    found = answer(text, "HR", part)
    assert [one.yi for one in found.studies] == pytest.approx([-5.2 / 8.1, -3.2 / 7.1])
    assert [one.vi for one in found.studies] == pytest.approx([1 / 8.1, 1 / 7.1])


def test_the_variance_of_o_less_e_is_none_of_an_effect():
    found = answer(WEB, "HR", "1.1", {"yi": "GIV Mean", "sei": "GIV SE"})
    assert [one.vi for one in found.studies] == pytest.approx([0.165**2, 0.21**2])
    with pytest.raises(InputError, match="a variance above 0"):
        answer(WEB.replace("8.1", "0"), "HR", "1.2")


def test_an_empty_variance_gives_way_to_the_error():
    found = answer("study,yi,vi,sei\nA,-0.7,,0.2\nB,-0.5,,0.3\n", "HR")
    assert [one.vi for one in found.studies] == pytest.approx([0.04, 0.09])


def test_groups_and_sides_have_the_names_of_the_review():
    found = answer(REVIEW, "RR", "1.1")

    def words(text, **more):
        return text.format(**more)

    heads = heads_of(found, [], [], words)
    assert [name for name, _ in heads.spans] == ["PRRT", "SSA"]
    assert (heads.left, heads.right) == ("Favours PRRT", "Favours SSA")


@pytest.mark.parametrize(
    "head",
    [
        "研究,风险比,95%CI下限,95%CI上限", "Studie,HR,UG,OG",
        "trial,Hazard ratio,Lower limit,Upper limit",
        "study,HR,95% CI lower,95% CI upper", "Study,hr,LL,UL",
    ],
)  # fmt: skip
def test_ratios_and_limits_in_their_own_words(head):
    found = answer(f"{head}\nA,0.48,0.35,0.67\nB,0.62,0.41,0.94\n", "HR")
    assert found.beta == answer("study,hr,ci_lb,ci_ub\nA,0.48,0.35,0.67\nB,0.62,0.41,0.94\n",
                                "HR").beta  # fmt: skip


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        ("study,event,n", ["PR", "PLO", "PLN", "PAS", "PFT"]),
        ("study,ai,bi,ci,di", ["OR", "RR", "RD", "AS", "PETO"]),
        ("Study,Treatment events,Treatment total,Control events,Control total",
         ["OR", "RR", "RD", "AS", "PETO"]),
        ("study,hr,lower,upper", ["HR"]),
        ("study,hr,95% CI", ["HR"]),
        ("author,n.e,mean.e,sd.e,n.c,mean.c,sd.c", ["MD", "SMD", "ROM"]),
        ("study,a,b", []),
    ],
)  # fmt: skip
def test_without_a_measure_those_that_fit_are_named(head, codes):
    row = ",".join(["A", *["1"] * head.count(",")])
    table = read(f"{head}\n{row}\n", "GEN")
    assert fitting(table) == codes
    with pytest.raises(InputError) as caught:
        run(PoolAsked(table=table, measure="GEN"))
    assert "a column that holds yi" in str(caught.value)
    assert ", ".join(codes) in str(caught.value)
