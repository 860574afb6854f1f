"""The codes of version 2: kept with their rows, checked against each other, absent in version 1."""

import csv
import shutil

import pytest
from tools.result_ids import give_ids

from hilum.evidence import check_tables, read_evidence
from hilum.evidence.codes import Line, NFrom, Site, UnitOfN, selections
from hilum.evidence.ids import with_ids
from hilum.evidence.tables import ADDED
from hilum.evidence.vocabulary import RESPONSES, SURVIVALS
from tests.evidence.test_check import SHIPPED, edit


@pytest.fixture
def folder(tmp_path):
    for name in ("studies.csv", "arms.csv", "results.csv"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def rows(folder, name):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(folder, name, table):
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def line_of(folder, name, **cells):
    """The first line of a table whose cells are these."""
    for line, row in enumerate(rows(folder, name), 2):
        if all(row[column] == cell for column, cell in cells.items()):
            return line
    raise AssertionError(cells)


def version_1(folder):
    """The tables as version 1 had them: no codes, no ids."""
    for name, added in ADDED.items():
        table = [
            {key: cell for key, cell in row.items() if key not in (*added, "result_id")}
            for row in rows(folder, name)
        ]
        write(folder, name, table)


ARMS, RESULTS, STUDIES = "arms.csv", "results.csv", "studies.csv"
CONTRADICTIONS = [
    (ARMS, {"line": "first"}, {"selection": "after_platinum"}, "line", "later"),
    (ARMS, {"line": "first"}, {"selection": "progressed_on_ssa"}, "line", "later"),
    (ARMS, {"line": "later"}, {"selection": "trial_first_line"}, "line", "first"),
    (ARMS, {"line": "first"}, {"reference_arm": "yes"}, "line", "had failed before"),
    (ARMS, {"line": "retreatment"}, {"selection": "first_line"}, "line", "first"),
    (ARMS, {"site": "small_bowel"}, {"pct_pancreatic": "95"}, "site", "pancreas"),
    (ARMS, {"site": "pancreas"}, {"pct_pancreatic": "79"}, "site", "79 % pancreatic"),
    (ARMS, {"site": "small_bowel"}, {"pct_small_bowel": "70"}, "site", "70 %"),
    (ARMS, {"grade_scope": "NEC"}, {"pct_grade1": "60"}, "grade_scope", "60 %"),
    (ARMS, {"grade_scope": "G1-2"}, {"pct_grade3": "40"}, "grade_scope", "40 %"),
    (ARMS, {"grade_scope": "G1-2"}, {"selection": "g3_nen"}, "selection", "grade 1-2"),
    (ARMS, {"modality": "tace"}, {"background": "ssa"}, "background", "analogue"),
    (ARMS, {"modality": "prrt_lu177"}, {"nuclide": "y90"}, "nuclide", "lu177"),
    (ARMS, {"modality": "tare_resin"}, {"nuclide": ""}, "nuclide", "y90"),
    (ARMS, {"modality": "tace"}, {"part_of": "nowhere"}, "part_of", "another arm"),
    (ARMS, {"modality": "tace"}, {"codes_known": "line line"}, "codes_known", "each once"),
    (ARMS, {"modality": "tace"}, {"selection": "milann"}, "selection", "nearest: 'milan'"),
    (ARMS, {"modality": "tace"}, {"scope": ""}, "scope", "one of netlm"),
    (ARMS, {"modality": "tace"}, {"line": "second"}, "line", "one of first"),
    (RESULTS, {"outcome": "objective_response"}, {"criteria_class": ""}, "criteria_class", "class"),
    (
        RESULTS,
        {"outcome": "overall_survival"},
        {"criteria_class": "who"},
        "criteria_class",
        "empty",
    ),
    (RESULTS, {"outcome": "major_complication"}, {"severity": ""}, "severity", "a severity"),
    (RESULTS, {"outcome": "overall_survival"}, {"severity": "any"}, "severity", "empty"),
    (RESULTS, {"outcome": "symptom_response"}, {"from": "diagnosis"}, "from", "empty"),
    (RESULTS, {"n_from": "row"}, {"n": ""}, "n_from", "arm, study or none"),
    (RESULTS, {"n_from": "none"}, {"n": "7"}, "n_from", "row"),
    (RESULTS, {"n_from": "arm"}, {"unit_of_n": "procedures"}, "n_from", "not procedures"),
    (RESULTS, {"measure": "median_months"}, {"locator": ""}, "locator", "where in the text"),
    (STUDIES, {"cohort_basis": "known"}, {"cohort_of": ""}, "cohort_basis", "empty without"),
    (STUDIES, {"cohort_basis": "known"}, {"cohort_basis": ""}, "cohort_basis", "printed"),
]


@pytest.mark.parametrize(("name", "where", "cells", "column", "expected"), CONTRADICTIONS)
def test_codes_that_contradict_are_faults(folder, name, where, cells, column, expected):
    line = line_of(folder, name, **where)
    edit(folder, name, line, **cells)
    found = [one for one in check_tables(folder) if (one.file, one.row) == (name, line)]
    assert any(one.column == column and expected in one.expected for one in found), found


@pytest.mark.parametrize(
    ("where", "column", "cell"),
    [
        ({"outcome": "overall_survival"}, "criteria_class", "who"),
        ({"outcome": "objective_response"}, "criteria_class", ""),
        ({"outcome": "overall_survival"}, "severity", "any"),
        ({"outcome": "major_complication"}, "severity", ""),
    ],
)
def test_a_fault_shows_what_the_cell_holds(folder, where, column, cell):
    line = line_of(folder, RESULTS, **where)
    edit(folder, RESULTS, line, **{column: cell})
    seen = [
        one.value
        for one in check_tables(folder)
        if (one.file, one.row, one.column) == (RESULTS, line, column)
    ]
    assert seen == [cell]


def test_all_contradictions_are_reported_at_once(folder):
    expected = set()
    for line, cells in ((5, {"background": "ssa"}), (9, {"scope": "x"}), (12, {"part_of": "x"})):
        edit(folder, "arms.csv", line, **cells)
        expected.add(("arms.csv", line))
    edit(folder, "results.csv", 40, result_id="nobody-001")
    assert expected | {("results.csv", 40)} <= {(one.file, one.row) for one in check_tables(folder)}


def test_a_curve_that_rises_and_a_part_above_its_whole(folder):
    table = rows(folder, "results.csv")
    pairs = {}
    for line, row in enumerate(table, 2):
        if row["measure"] == "rate_at" and row["figure_kind"] == "estimate":
            key = tuple(row[name] for name in ("study_id", "arm_id", "subgroup", "outcome"))
            pairs.setdefault(key, []).append((float(row["time_months"]), line))
    group = next(one for one in pairs.values() if len({time for time, *_ in one}) > 1)
    line = max(group)[1]
    edit(folder, "results.csv", line, value="99.9", ci_low="", ci_high="", events="")
    faults = [one for one in check_tables(folder) if "never rises" in one.expected]
    assert line in {one.row for one in faults}
    assert {(one.column, one.value) for one in faults if one.row == line} == {("value", "99.9")}


def test_spaces_and_two_studies_with_one_doi(folder):
    edit(folder, "studies.csv", 4, title="Two  spaces")
    table = rows(folder, "studies.csv")
    doi = next(row["doi"] for row in table if row["doi"])
    line = next(i for i, row in enumerate(table, 2) if not row["doi"])
    edit(folder, "studies.csv", line, doi=doi.upper())
    found = {(one.row, one.column) for one in check_tables(folder)}
    assert (4, "title") in found
    assert any(column == "doi" for _, column in found)


def test_a_folder_of_version_1_reads_with_nothing_stated(folder):
    version_1(folder)
    evidence = read_evidence(folder)
    assert evidence.version == 1
    assert {arm.line for arm in evidence.arms} == {Line.NOT_STATED}
    assert {arm.site for arm in evidence.arms} == {Site.NOT_STATED}
    assert {arm.scope for arm in evidence.arms} == {None}
    assert {arm.selection for arm in evidence.arms} == {"not_stated"}
    for row in evidence.results:
        assert (row.criteria_class is not None) == (row.outcome in RESPONSES)
        assert (row.origin is not None) == (row.outcome in SURVIVALS)
        assert row.n_from is (NFrom.ROW if row.n is not None else NFrom.NONE)
        assert (row.unit_of_n, row.severity) == (UnitOfN.PATIENTS, None)
    assert len({row.result_id for row in evidence.results}) == len(evidence.results)


def test_half_a_version_is_a_fault(folder):
    table = [
        {key: cell for key, cell in row.items() if key != "site"}
        for row in rows(folder, "arms.csv")
    ]
    write(folder, "arms.csv", table)
    assert any(
        (one.file, one.column) == ("arms.csv", "site") and "header" in one.expected
        for one in check_tables(folder)
    )


def test_ids_are_made_once_and_kept_when_rows_move(folder):
    before = {row["result_id"]: row for row in rows(SHIPPED, "results.csv")}
    assert all(before)
    assert give_ids(folder) == 0
    table = rows(folder, "results.csv")[::-1]
    new = {**table[3], "result_id": "", "value": "1"}
    write(folder, "results.csv", [new, *table])
    assert give_ids(folder) == 1
    after = {row["result_id"]: row for row in rows(folder, "results.csv")}
    assert {key: after[key] for key in before} == before
    (made,) = set(after) - set(before)
    assert made.rpartition("-")[0] == new["study_id"]
    serials = [int(key.rpartition("-")[2]) for key in before if key.startswith(made[:-3])]
    assert int(made.rpartition("-")[2]) == max(serials) + 1


def test_ids_of_figures_without_one():
    assert with_ids(["a", "b", "a", "a"], ["a-007", "", "", ""]) == [
        "a-007",
        "b-001",
        "a-008",
        "a-009",
    ]


def test_every_selection_of_the_tables_is_a_row_and_every_row_is_used(evidence):
    used = {arm.selection for arm in evidence.arms}
    assert used == set(selections())
    assert {one.course for one in selections().values()} == {"", "first", "later"}
    assert selections()["milan"].beside
    assert not selections()["transplant_registry"].beside
