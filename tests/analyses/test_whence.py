"""Of what a table of the evidence is, why the map has no average of it, and when a range stands."""

import csv
from io import StringIO

import pytest

from hilum.analyses import analysis
from hilum.analyses.evidence_map import MapAsked
from hilum.analyses.evidence_map_cells import made_map
from hilum.analyses.evidence_rows import rows_of
from hilum.analyses.evidence_whence import followed, why_no_average
from hilum.analyses.pooled import Limits
from hilum.analyses.tables import read_table
from hilum.answers.pool import share_unsteady
from hilum.answers.thresholds import MIN_PATIENTS, MIN_STUDIES, WIDEST_SHARE
from hilum.evidence import read_evidence
from hilum.language import words
from hilum.rendering.columns_told import HELD, held_lines
from hilum.rendering.design_page import in_words
from hilum.rendering.evidence_map import map_title
from hilum.rendering.figures import figure
from hilum.rendering.observed import observed, too_wide
from hilum.rendering.pool import pool_lines
from hilum.rendering.pool_forest import pool_forest
from hilum.rendering.pool_page import pool_page
from hilum.rendering.printed_figures import probable, short
from hilum.rendering.recorded import odd_host, spelled
from hilum.rendering.whence import WHY, whence_of
from hilum.sheet.present import few, patients_known
from hilum.synthesis.effects import MEASURES
from hilum.watch import SILENT

EN = words("en")


@pytest.fixture(scope="module")
def cells():
    return made_map(read_evidence(), MapAsked(all_outcomes=True), SILENT)


def test_every_range_says_why_it_is_no_average(cells):
    for one in cells.cells:
        code = why_no_average(one.answer, one.outcome)
        told = {flag.code for flag in one.answer.flags}
        if one.answer.form == "total":
            assert code == "total"
        elif one.answer.form != "range" or {"contradicts", "not_read"} & told:
            assert code is None
        else:
            assert code in WHY
            if code == "few_studies":
                assert one.answer.k_with_n < MIN_STUDIES
            if code == "few_patients":
                assert one.answer.n < MIN_PATIENTS
            if one.answer.measure == "proportion":
                assert code != "unsteady"


@pytest.mark.parametrize(
    ("low", "high", "value", "crude", "why"),
    [
        (10, 50, 30, 30, None),
        (10, 50.01, 30, 30, "wide"),
        (10, 49.99, 30, 30, None),
        (10, 40, 30, 20, None),
        (10, 40, 30.01, 20, "off"),
        (10, 40, 29.99, 20, None),
    ],
)
def test_the_limits_of_an_average(low, high, value, crude, why):
    assert share_unsteady(value, (low, high), crude) == why


@pytest.mark.parametrize(("high", "wide"), [(0.499, False), (0.5, False), (0.501, True)])
def test_an_interval_is_too_wide_from_the_threshold_of_the_cells_on(high, wide):
    assert WIDEST_SHARE == 40
    limits = Limits(pred=0.3, ci_lb=0.1, ci_ub=high)
    assert too_wide(limits, "PLO") is wide
    assert not too_wide(Limits(pred=2.0, ci_lb=0.1, ci_ub=9.0), "OR")
    assert not too_wide(None, "PLO")


def pooled(text, tmp_path):
    (tmp_path / "t.csv").write_text(text, "utf-8")
    pool = analysis("pool")
    table = read_table(tmp_path / "t.csv", ("xi", "ni"), lambda _: None)
    return pool.run(pool.Asked(table=table, measure="PLO"))


def test_a_wide_interval_stands_behind_the_range(tmp_path):
    answer = pooled("study,events,n\nA,1,20\nB,7,20\n", tmp_path)
    page = pool_page(answer, (), EN)
    assert page["range"] == "5.0–35.0 % (k = 2)" == observed(answer, EN)
    assert "40 points" in page["too_wide"]
    assert page["too_wide"] not in page["lines"]
    assert "5.0–35.0 %" in pool_lines(answer, EN)[1]
    assert "40 points" in pool_forest(answer, EN)
    calm = pooled("study,events,n\nA,30,100\nB,33,100\nC,31,100\n", tmp_path)
    assert pool_page(calm, (), EN)["range"] == ""
    assert "40 points" not in pool_forest(calm, EN)


def test_what_became_of_the_rows(cells):
    rows = rows_of(cells.at("tace", "objective_response").answer)
    table = list(csv.reader(StringIO(rows.text)))

    def text(lines):
        out = StringIO()
        csv.writer(out).writerows(lines)
        return out.getvalue()

    whole = followed(rows, text(table))
    assert (whole.kept, whole.deleted, whole.other) == (rows.studies, 0, 0)
    fewer = followed(rows, text(table[:-2]))
    assert (fewer.kept, fewer.deleted, fewer.other) == (rows.studies - 2, 2, 0)
    changed = [*table[:-1], [table[-1][0], "999", *table[-1][2:]], ["Mine", "1", "2", "", "", ""]]
    moved = followed(rows, text(changed))
    assert (moved.kept, moved.deleted, moved.other) == (rows.studies - 1, 1, 2)
    assert followed(rows, "study,x\nA,1\n").kept == 0


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_it_says_treatment_outcome_whom_and_the_maps_figure(cells, language):
    said = words(language)
    one = cells.at("tace", "objective_response")
    whence = whence_of(one, cells, rows_of(one.answer), None, said)
    assert "TACE" in whence.name
    assert whence.name in whence.title("x", said)
    assert whence.warning
    assert whence.lines[0] == whence.whom


def test_the_headline_counts_the_studies_of_the_patients_chosen():
    record = read_evidence()
    whole = made_map(record, MapAsked(), SILENT)
    assert "401 of 401" in map_title(whole, EN)
    chosen = made_map(record, MapAsked(site="pancreas", grade="NEC"), SILENT)
    inside = {one.study_id for cell in chosen.cells for one in cell.answer.studies}
    assert f"{len(inside)} of 401 studies" in map_title(chosen, EN)
    assert len(inside) < 401


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (2e-26, "< 0.001"), (0.000999, "< 0.001"), (0.001, "0.001"), (0.0099, "0.010"),
        (0.00994, "0.010"), (0.01, "0.01"), (0.4, "0.40"), (None, "-"), (float("nan"), "-"),
    ],
)  # fmt: skip
def test_a_p_value_has_one_wording(p, said):
    assert probable(p) == said


@pytest.mark.parametrize(
    ("value", "measure", "said"),
    [
        ((0.4109, 0.1343, 1.257), "RR", "0.41 (0.13 to 1.26)"),
        ((0.4109, 0.1343, 12570.0), "OR", "0.41 (0.13 to 12600)"),
        ((0.32911, 0.05849, 0.7961), "PLO", "32.9 % (5.8 % to 79.6 %)"),
        ((-1.23456, -2.5, 0.03), "MD", "−1.2 (−2.5 to 0.0)"),
        ((4.58e-9, 1e-9, 8e-9), "IR", "0.0000000046 (0.0000000010 to 0.0000000080)"),
    ],
)
def test_a_figure_is_rounded_as_the_forest_rounds_it(value, measure, said):
    limits = Limits(pred=value[0], ci_lb=value[1], ci_ub=value[2])
    assert figure(limits, measure, EN) == said


@pytest.mark.parametrize("value", [1e-12, 3.4e-5, 0.0, 5e9, -2e-7])
def test_no_figure_has_an_e(value):
    assert "e" not in short(value).lower()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://wwwonclivecom-b2oh4h7sc-mjhls.vercel.app/view/x", "preview"),
        ("https://vercel.app/", "preview"),
        ("https://notvercel.app/", None),
        ("http://120.26.44.124:3004/a", "number"),
        ("https://staging.scite.ai/x", "trial"),
        ("https://acnpsearch.tweb-dev.unibo.it/x", "trial"),
        ("https://doi.org/10.1/x", None),
        ("https://www.latest-test-results.com", None),
        ("PMID 14593235", None),
        ("", None),
        ("https://[bad", None),
    ],
)
def test_an_odd_host_is_named_and_nothing_is_changed(address, code):
    found = odd_host(address)
    assert (None if found is None else found[0]) == code


def test_codes_of_columns_are_said_in_words():
    from hilum.errors import phrased

    told = held_lines(
        (phrased("{file}: columns: {columns}", file="t", columns="xi = events, ni = n, q = w"),), EN
    )
    assert told == ["xi: number of events; ni: number of patients"]
    assert held_lines(("plain",), EN) == []
    for measure in MEASURES.values():
        assert set(measure.columns) <= set(HELD), measure.code


def test_an_answer_points_to_fields_in_words():
    assert in_words("see --reference or --level", EN) == "see the field of the reference or level"


def test_codes_break_between_words():
    assert spelled("per_procedure_intermediate_term") == "per procedure intermediate term"


@pytest.mark.parametrize(
    ("counts", "form", "said"),
    [
        ([(0, 12), (0, 16), (0, 11)], "total", (0, 39)),
        ([(4, 4), (7, 7), (5, 5)], "range", (16, 16)),
        ([(5, 10), (10, 20)], "range", (15, 30)),
        ([(5, 10), (10, 20), (1, 2)], "range", None),
        ([(1, 10), (2, 10)], "range", None),
        ([(1, 40), (0, 11)], "total", None),
        ([(14, 30)], "single", (14, 30)),
        ([(14, 31)], "single", None),
        ([(0, 610)], "single", (0, 610)),
        ([(None, 12), (0, 4)], "range", None),
    ],
)
def test_counts_stand_where_a_percentage_says_too_much(cells, counts, form, said):
    one = cells.at("cryoablation", "symptom_response").answer
    figure_ = one.studies[0]
    studies = [figure_.model_copy(update={"events": x, "n": n}) for x, n in counts]
    shares = [x / n for x, n in counts if x is not None]
    made = one.model_copy(
        update={"form": form, "studies": studies, "range": (min(shares), max(shares))}
    )
    assert few(made) == said
    assert patients_known(made.model_copy(update={"n": None})) == sum(n for _, n in counts)
