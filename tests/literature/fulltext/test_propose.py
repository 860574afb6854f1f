"""Figures of single sentences and tables, each with the words that decide it."""

import csv
import io
from pathlib import Path

import pytest

from hilum.analyses.proposals import ProposalsAsked, run
from hilum.errors import InputError
from hilum.language import words
from hilum.literature.extraction.columns import TABLES
from hilum.literature.figures.page import Word
from hilum.literature.fulltext.doubts import REASONS
from hilum.literature.fulltext.pages import Page, laid_out, read_pages
from hilum.literature.fulltext.propose import left_out, once, proposals
from hilum.rendering.proposal_rows import rows_of
from hilum.rendering.proposals import said


def figures(text):
    return once(proposals([Page(1, text)]))


def short(text):
    return [(one.measure, one.outcome, one.value, one.low, one.high) for one in figures(text)]


def values(text):
    return [(one.outcome, one.value) for one in figures(text)]


PFS, OS = "progression_free_survival", "overall_survival"
ORR, CR, PR, SD, PD = (
    "objective_response", "complete_response", "partial_response", "stable_disease",
    "progressive_disease",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Median PFS was 18.2 months (95% CI 14.1–22.3).",
         [("median", PFS, "18.2", "14.1", "22.3")]),
        ("Median overall survival (OS) was not reached.",
         [("median", OS, "not reached", "", "")]),
        ("Median OS was 44 months (95 % CI, 30.2 to not reached).",
         [("median", OS, "44", "30.2", "not reached")]),
        ("Progression-free survival was longer (HR 0·67 [95% CI 0·48–0·95]; p=0·03).",
         [("hazard_ratio", PFS, "0.67", "0.48", "0.95")]),
        ("The response rate was higher (odds ratio, 2.08; 95% CI, 1.02 to 4.24).",
         [("odds_ratio", ORR, "2.08", "1.02", "4.24")]),
        ("Median follow-up was 31 months (range 3-120).",
         [("follow_up", "other", "31", "3", "120")]),
        ("Mean survival was 51 months.", [("mean", OS, "51", "", "")]),
        ("Survival at 5 years was 48% (95% CI 31-64).", [("rate_at", OS, "48", "31", "64")]),

    ],
)  # fmt: skip
def test_one_figure(text, expected):
    assert short(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CR in 2 (6%), PR in 10 (29%), SD in 15 (44%) and PD in 7 (21%).",
         [(CR, "6"), (PR, "29"), (SD, "44"), (PD, "21")]),
        ("CR, PR, SD and PD were observed in 2 (6%), 10 (29%), 15 (44%) and 7 (21%), respectively.",
         [(CR, "6"), (PR, "29"), (SD, "44"), (PD, "21")]),
        ("Two patients (6%) had CR, 10 (29%) PR, and 15 (44%) SD.",
         [(CR, "6"), (PR, "29"), (SD, "44")]),
        ("The 1-, 3- and 5-year survival rates were 92%, 71% and 48%, respectively.",
         [(OS, "92"), (OS, "71"), (OS, "48")]),
        ("Overall survival was 92% at 1 year and 71% at 3 years.", [(OS, "92"), (OS, "71")]),
        ("ORR was 35% with TACE and 22% with TAE (P = .04).", [(ORR, "35"), (ORR, "22")]),
        ("Median PFS was 11.4 vs 9.8 months.", [(PFS, "11.4"), (PFS, "9.8")]),
    ],
)  # fmt: skip
def test_lists(text, expected):
    assert values(text) == expected


def test_times_and_counts():
    (rate,) = figures("The 2-yr local recurrence rate was 14 %.")
    assert (rate.measure, rate.time_months) == ("rate_at", 24.0)
    (share,) = figures("Objective response was seen in 12 of 34 patients (35.3 %) by mRECIST.")
    assert (share.events, share.n, share.value, share.criteria) == (12, 34, "35.3", "mRECIST")
    (share,) = figures("Fourteen of 58 patients (24%) had major complications.")
    assert (share.events, share.n) == (14, 58)


@pytest.mark.parametrize(
    "text",
    [
        "To detect a hazard ratio of 0.65 (95% CI 0.5-0.8) with 80 % power, 120 patients.",
        "Gupta et al reported a median OS of 35 months.",
        "In previous series objective response was seen in 33% of patients [12].",
        "Methods: Objective response was a decrease of at least 30%.",
        "Median age was 62 years (range 34-80).",
        "Median duration of treatment was 9 months.",
        "Twenty-three patients (68%) had a pancreatic primary.",
        "Discussion: Median OS was 44 months after resection elsewhere.",
        "The dose was reduced by 20 % in 3 patients.",
    ],
)
def test_what_is_no_result_of_this_study_is_not_proposed(text):
    assert figures(text) == []


def test_own_figures_beside_others():
    assert values(
        "Discussion: Our median OS of 44 months compares with 35 months of Gupta et al."
    ) == [(OS, "44")]


TABLE = """Results

Efficacy outcome             TACE (n = 58)        TAE (n = 58)       P
Objective response, n (%)    28 (48.3)            18 (31.0)          0.045
Median OS, months (95% CI)   44.0 (35.2-52.8)     39.5 (30.1-NR)     0.31
1-year OS, %                 88.1                 85.9               0.62
Age, median (range)          61 (34-80)           60 (29-82)         0.8
"""


def test_a_table():
    found = figures(TABLE)
    assert [(o.group, o.measure, o.events, o.value, o.low, o.high, o.p) for o in found] == [
        ("TACE", "proportion", 28, "48.3", "", "", "0.045"),
        ("TAE", "proportion", 18, "31.0", "", "", "0.045"),
        ("TACE", "median", None, "44.0", "35.2", "52.8", "0.31"),
        ("TAE", "median", None, "39.5", "30.1", "not reached", "0.31"),
        ("TACE", "rate_at", None, "88.1", "", "", "0.62"),
        ("TAE", "rate_at", None, "85.9", "", "", "0.62"),
    ]
    assert {one.arm_n for one in found} == {58}


def test_a_word_broken_at_the_end_of_a_line():
    text = "Median progression-\nfree survival was 12 months. Sur-\nvival at 1 year was 90%."
    assert values(text) == [
        (PFS, "12"), (OS, "90"),
    ]  # fmt: skip


def test_place():
    (one,) = once(proposals([Page(1, "Nothing."), Page(2, "So. Median OS was 44 months. Then.")]))
    assert (one.page, one.sentence) == (2, "Median OS was 44 months.")
    assert one.sentence[slice(*one.span)] == "44 months"


def test_a_form_feed_begins_a_page(tmp_path):
    file = tmp_path / "paper.txt"
    file.write_bytes("Results. Nothing.\fMedian OS was 44 months (95 % CI 36–52).".encode())
    first, second = read_pages(file)
    assert (first.number, first.text.strip()) == (1, "Results. Nothing.")
    assert second.text.strip() == "Median OS was 44 months (95 % CI 36–52)."


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("paper.docx", b"PK", "a PDF or a text"),
        ("paper.txt", b"  \n", "OCR"),
        ("paper.pdf", b"%PDF-1.4 broken", "a readable PDF"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, name, content, said):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_pages(file)


def test_two_columns_and_a_table_over_both():
    def word(text, left, top):
        return Word(text, left, top, left + 6 * len(text), top + 10, upright=True)

    left = [word("left", 50, 20 * i) for i in range(14)]
    right = [word("right", 350, 20 * i) for i in range(14)]
    table = [word(one, x, 300) for one, x in (("ORR", 50), ("28", 200), ("18", 350), ("0.1", 500))]
    lines = laid_out(600.0, [*left, *right, *table]).split("\n")
    assert lines == ["left"] * 14 + ["right"] * 14 + ["ORR   28   18   0.1"]


def test_rows_of_the_extraction(tmp_path):
    file = tmp_path / "paper.txt"
    file.write_text(
        "Results. Objective response in 12 of 34 patients (35.3 %). Median OS was 3.5 years (95 %"
        " CI 3.0-4.2). Median PFS was 14 months (range 2-60). Median follow-up was 20 months."
        " Fatigue was seen in 10 % of patients."
    )
    answer = run(ProposalsAsked(files=(str(file),)))
    table, left_out = rows_of(answer, "own2026")
    rows = list(csv.DictReader(io.StringIO(table)))
    found = [[row[name] for name in ("study_id", "measure", "value", "ci_low")] for row in rows]
    assert found == [
        ["own2026", "proportion", "35.3", ""],
        ["own2026", "median_months", "42", "36"],
        ["own2026", "median_months", "14", ""],
    ]
    assert left_out == 2
    assert [row["proposal"] for row in rows] == ["paper.txt#1", "paper.txt#2", "paper.txt#3"]
    assert rows[1]["notes"] == "printed in years"
    assert set(rows[0]) == set(TABLES["results"].head)


def test_a_duration_in_chinese_is_no_month_of_the_calendar():
    [one] = figures("Results. Median PFS was 14 months (range 2-60).")
    assert said(one, words("zh-Hans")).startswith("14 个月 ")


def test_traps():
    """By class: what looks like a result and is none; ``allowed`` are the values that are one."""
    wrong = []
    with (Path(__file__).parent / "traps.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        found = {one.value or f"{one.events}/{one.n}" for one in figures(row["text"])}
        if found - set(row["allowed"].split("|")):
            wrong.append((row["class"], row["text"], sorted(found)))
    assert len(rows) > 100
    assert wrong == []


ARMS = """Table 2  Outcome by arm

Arm                n    ORR % (95% CI)     mPFS mo (95% CI)    12-mo OS %
A  CAPTEM          48   35.4 (22.2-50.5)   17.6 (12.9-22.0)    91.5
B  FOLFOX          47   27.7 (15.6-42.6)   12.4 (9.0-15.1)     85.0
"""
HEADINGS = """Table 5 Outcomes

                      Era I (1997-2006)   Era II (2007-2018)
                      n = 31              n = 46
Patient survival, %
   1 yr               87                  96
   5 yr               58                  81
Liver failure         1 (3.2)             2 (4.3)
"""


def test_tables_of_arms_and_under_headings():
    assert [(one.group, one.outcome, one.value) for one in figures(ARMS)] == [
        ("A CAPTEM", ORR, "35.4"), ("A CAPTEM", PFS, "17.6"), ("A CAPTEM", OS, "91.5"),
        ("B FOLFOX", ORR, "27.7"), ("B FOLFOX", PFS, "12.4"), ("B FOLFOX", OS, "85.0"),
    ]  # fmt: skip
    assert [(one.time_months, one.arm_n, one.value) for one in figures(HEADINGS)] == [
        (12, 31, "87"), (12, 46, "96"), (60, 31, "58"), (60, 46, "81"),
        (None, 31, "3.2"), (None, 46, "4.3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Metabolic complete response was seen in 12 of 30 patients (40 %).", "named"),
        ("Objective response of bone disease was seen in 40 %.", "words"),
        ("After recurrence 18 of 40 patients (45 %) received PRRT.", "chosen"),
        ("Objective response was seen in 12 patients (77 %) of the 34.", "counts"),
        ("Median OS was 44 months (95% CI 50-90).", "limits"),
        ("Strosberg and Kvols found a median OS of 48 months.", "another"),
        ("Stable disease at baseline was recorded in 10 of 40 patients (25 %).", "baseline"),
    ],
)
def test_what_is_seen_and_not_proposed_is_named(text, code):
    found = proposals([Page(1, text)])
    assert once(found) == []
    assert code in [one.doubt for one in left_out(found)]
    assert code in REASONS


def test_what_is_proposed_is_not_listed_again():
    text = "Median OS was 44 months. Weber [4] reported a median OS of 44 months."
    found = proposals([Page(1, text)])
    assert (len(once(found)), left_out(found)) == (1, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In patients with R0 resection, the median overall survival was 131 months.",
         [("131", "patients with R0 resection")]),
        ("In the 29 recipients with a hindgut primary 5-year survival was 55.0%, against 71.4% in "
         "those with a midgut primary.",
         [("55.0", "recipients with a hindgut primary"), ("71.4", "those with a midgut primary")]),
        ("The objective response rate was 43% (13 of 30 treated lobes).", []),
    ],
)  # fmt: skip
def test_whose_a_figure_is(text, expected):
    """A figure of some patients says of whom."""
    assert [(one.value, one.group) for one in figures(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One-year PFS was 62.0% and 48.7%, respectively.",
         [("62.0", 12, "1/2"), ("48.7", 12, "2/2")]),
        ("OS was 81% and 61% at five years and 58% and 32% at ten years.",
         [("81", 60, "1/2"), ("61", 60, "2/2"), ("58", 120, "1/2"), ("32", 120, "2/2")]),
        ("Median PFS was 9.2 months with TACE and 6.4 months with TAE.",
         [("9.2", None, ""), ("6.4", None, "")]),
        ("The 1- and 5-year survival rates were 91% and 43%.", [("91", 12, ""), ("43", 60, "")]),
        ("Five-year overall and recurrence-free survival were 84% and 61%.", []),
    ],
)  # fmt: skip
def test_figures_of_arms_named_elsewhere_are_told_as_some_of_several(text, expected):
    assert [(one.value, one.time_months, one.side) for one in figures(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of 50 patients, best response was CR in 2, PR in 17, SD in 24 and PD in 7.",
         [("complete_response", 2), ("partial_response", 17), ("stable_disease", 24),
          ("progressive_disease", 7)]),
        ("Best response (RECIST 1.1) in 35 patients comprised 1 CR, 20 PR and 14 SD.",
         [("complete_response", 1), ("partial_response", 20), ("stable_disease", 14)]),
        ("Of 36 patients, best response was CR in 1, PR in 20 and SD in 14.", []),
        ("CR/PR/SD/PD: 6/31/22/9 in the combination group (n = 68).",
         [("complete_response", 6), ("partial_response", 31), ("stable_disease", 22),
          ("progressive_disease", 9)]),
        ("Symptom response in 50 patients: complete 2, partial 17, stable 24, progressive 7.", []),
    ],
)  # fmt: skip
def test_responses_as_counts_are_taken_where_they_add_up(text, expected):
    assert [(one.outcome, one.events) for one in figures(text)] == expected


def test_two_figures_against_each_other_share_their_p():
    text = "Median PFS was 17.8 months versus 10.9 months (P = 0.009)."
    assert [one.p for one in figures(text)] == ["0.009", "0.009"]
    text = "Median PFS was 17.8 months overall and 10.9 months in G3 (P = 0.009)."
    assert [one.p for one in figures(text)] == ["", "0.009"]


def test_an_end_that_was_not_seen_is_no_limit():
    (one,) = figures("Median PFS was 61 weeks (range, 12-208+).")
    assert (one.value, one.low, one.high) == ("61", "", "")


def test_what_patients_reported_is_the_study_s_own():
    (one,) = figures("Treatment-emergent adverse events of any grade were reported by 46 patients "
                     "(95.8%) of 48.")  # fmt: skip
    assert (one.outcome, one.events, one.value) == ("any_complication", 46, "95.8")


def test_odds_of_death_are_not_those_of_survival_and_causes_of_death_no_events():
    text = "Volume was not associated with mortality (adjusted odds ratio, 0.77; 95% CI 0.29-2.05)."
    assert figures(text) == []
    assert figures("Of 15 recipients one died on day 12 of primary non-function (6.7%).") == []


def test_letters_before_a_figure_name_its_arm():
    text = "Median OS: TACE 13.2 months, TAE 8.0 months."
    assert [(one.value, one.group) for one in figures(text)] == [("13.2", "TACE"), ("8.0", "TAE")]


@pytest.mark.parametrize(
    ("text", "group", "doubt"),
    [
        ("On multivariable analysis, tumour burden above 50% was associated with shorter overall "
         "survival (HR 2.10, 95% CI 1.30-3.40, p = 0.01).", "tumour burden above 50%", ""),
        ("In the multivariable Cox model tumour burden was independently associated with worse "
         "overall survival (HR 2.10, 95% CI 1.30-3.40).", "tumour burden", ""),
        ("In the Cox model, high tumour burden predicted worse overall survival (HR 2.10, 95% CI "
         "1.30-3.40).", "high tumour burden", ""),
        ("In the Cox model, independent predictors of overall survival were grade 3 (HR 2.10, 95% "
         "CI 1.30-3.40).", "grade 3", ""),
        ("A Ki-67 above 10% was associated with shorter overall survival (HR 2.10, 95% CI "
         "1.30-3.40).", "A Ki-67 above 10%", ""),
        # Of which of the two the ratio is, the sentence does not say.
        ("On multivariable analysis age and grade were associated with shorter overall survival "
         "(HR 2.10, 95% CI 1.30-3.40).", "", "list"),
    ],
)  # fmt: skip
def test_the_group_of_a_ratio_of_a_model_is_its_factor(text, group, doubt):
    (one,) = [one for one in proposals([Page(1, text)]) if one.measure == "hazard_ratio"]
    assert (one.group, one.doubt) == (group, doubt)


@pytest.mark.parametrize(
    "text",
    [
        "30- and 90-day mortality were 3.1% and 1.6%.",
        "30-day mortality was 3.1% and a further 1.6% died within 90 days.",
    ],
)
def test_deaths_by_day_90_are_not_those_of_another_day(text):
    sure = [one for one in proposals([Page(1, text)]) if not one.doubt]
    assert "mortality_90d" not in {one.outcome for one in sure}


def test_a_ratio_is_not_of_the_outcome_behind_its_bracket():
    text = (
        "Thirty-day mortality was 1.7% in one group and 3.4% in the other (OR 0.49, 95% CI "
        "0.22-1.09), 90-day mortality 3.0% and 5.6%."
    )
    assert [one.outcome for one in figures(text) if one.measure == "odds_ratio"] != [
        "mortality_90d"
    ]


def test_odds_of_death_of_a_factor_are_not_those_of_survival():
    text = "In the model, MYCN was associated with death (odds ratio 8.7, 95% CI 2.3-33.1)."
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In patients who had a lesion, median PFS was 9.7 months compared with 24.9 months in "
         "others.", [("9.7", "patients who had a lesion"), ("24.9", "")]),
        ("Objective response was 32% and 41% in the first and second readings.",
         [("32", ""), ("41", "")]),
        ("Median PFS: 12 vs 20 vs 31 months for G3, G2 and G1 (p < 0.001).",
         [("12", ""), ("20", ""), ("31", "")]),
    ],
)  # fmt: skip
def test_the_other_side_of_a_comparison_is_not_of_the_named_patients(text, expected):
    assert [(one.value, one.group) for one in figures(text)] == expected


def test_three_figures_against_each_other_share_their_p():
    found = figures("Disease control was 95.1%, 86.5% and 71.4% (P = .004).")
    assert {one.p for one in found} == {"0.004"}
    apart = figures("Disease control was 95.1%; objective response 30% (P = .004).")
    assert [one.p for one in apart] == ["", "0.004"]


@pytest.mark.parametrize(
    "text",
    [
        "Prophylactic antibiotics against abscess were given to 20 patients (50%) of 40.",
        "Hypertension (40%) and diabetes (20%) were common comorbidities.",
        "Of 100 lesions 10 CR, 50 PR, 30 SD and 10 PD.",
    ],
)
def test_what_was_prevented_was_there_before_or_is_of_lesions_is_no_event(text):
    assert figures(text) == []
