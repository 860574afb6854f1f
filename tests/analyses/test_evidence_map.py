"""The evidence map against counts made here from the raw tables, and against the sheet."""

import csv
import json
import re
import time
from collections import defaultdict
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest
from proofs.face import called

from hilum.analyses import analysis
from hilum.analyses.cell import CellAsked
from hilum.analyses.cell import run as cell
from hilum.analyses.forms import from_json, schema, to_json
from hilum.errors import InputError, Stopped
from hilum.language import words
from hilum.plots.evidence_map import LEVELS, radius, wrapped
from hilum.rendering.evidence_map import map_csv, map_lines
from hilum.rendering.evidence_map_plot import evidence_map_picture
from hilum.sheet.asked import asked_of
from tests.analyses.watches import Stopping

MAP = analysis("evidence_map")
TABLES = Path(str(files("hilum.evidence"))) / "netlm"
ANALOGUES = {"octreotide", "lanreotide", "somatostatin_analogue"}
KINDS = {"rct": "randomised", "nonrandomised_comparative": "compared"}


def rows(name, folder=TABLES):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def raw():
    """Studies and arms by id, and figures, as they stand in the tables."""
    studies = {row["study_id"]: row for row in rows("studies.csv")}
    arms = {(row["study_id"], row["arm_id"]): row for row in rows("arms.csv")}
    return studies, arms, rows("results.csv")


@cache
def modalities():
    folder = Path(str(files("hilum.answers")))
    return {
        row["treatment"]: set(row["modalities"].split()) for row in rows("treatments.csv", folder)
    }


@cache
def asked_of_outcome():
    folder = Path(str(files("hilum.answers")))
    return {row["key"]: row for row in rows("outcomes.csv", folder)}


def given(arm):
    parts = set(arm["modality"].split("+"))
    return (parts - ANALOGUES or parts) if arm["background"] == "ssa" else parts


@cache
def printed():
    """Study and arm of every figure that a treatment has in an outcome."""
    _, arms, results = raw()
    by_outcome = defaultdict(list)
    for row in results:
        time_months = float(row["time_months"]) if row["measure"] == "rate_at" else None
        if not row["comparator_arm_id"]:
            by_outcome[row["outcome"], row["measure"], time_months].append(row)
    found = {}
    for key, outcome in asked_of_outcome().items():
        months = float(outcome["time_months"]) if outcome["time_months"] else None
        touching = by_outcome[outcome["outcome"], outcome["measure"], months]
        for treatment, own in modalities().items():
            found[treatment, key] = {
                (row["study_id"], row["arm_id"])
                for row in touching
                if given(arms[row["study_id"], row["arm_id"]]) & own
            }
    return found


@pytest.fixture(scope="module")
def whole():
    return MAP.run(MAP.Asked(all_outcomes=True))


def from_curve(one):
    return any(flag.code == "from_curve" for flag in one.answer.flags)


def test_every_study_that_prints_a_figure_is_in_its_cell_or_counted_beside_it(whole):
    """Response and disease control also follow from printed parts: there it is a floor."""
    compared = 0
    for one in whole.cells:
        inside = {figure.study_id for figure in one.answer.studies}
        known = {study for study, _ in printed()[one.treatment, one.outcome]}
        if from_curve(one):
            continue
        if one.outcome in ("objective_response", "disease_control"):
            assert len(inside) + one.reported >= len(known)
        else:
            assert len(inside) + one.reported == len(known)
            assert inside <= known
        compared += 1
    assert compared > 600
    assert whole.treatments == tuple(modalities())
    assert whole.outcomes == tuple(asked_of_outcome())


def test_studies_looked_at_are_those_with_an_arm_of_the_treatment(whole):
    _, arms, _ = raw()
    for one in whole.cells:
        own = modalities()[one.treatment]
        assert one.searched == len({study for (study, _), arm in arms.items() if given(arm) & own})


def test_kinds_of_evidence_are_the_designs_of_the_table(whole):
    studies, _, _ = raw()
    seen = set()
    for one in whole.cells:
        counts = {}
        for figure in one.answer.studies:
            kind = KINDS.get(studies[figure.study_id]["design"], "series")
            counts[kind] = counts.get(kind, 0) + 1
        assert one.kinds == counts
        best = next((kind for kind in ("randomised", "compared", "series") if kind in counts), None)
        assert one.kind == best
        seen.add(best)
    assert seen == {"randomised", "compared", "series", None}


def test_patients_are_those_of_the_rows(whole):
    studies, arms, results = raw()
    by_id = {row["result_id"]: row for row in results}
    sums = 0
    for one in whole.cells:
        figures = one.answer.studies
        if from_curve(one) or any(figure.arms > 1 for figure in figures):
            continue
        total = 0
        for figure in figures:
            row = by_id[figure.result_id]
            own = {
                "arm": arms[row["study_id"], row["arm_id"]]["n"],
                "study": studies[row["study_id"]]["n_patients"],
            }
            total += int(row["n"] or own.get(row["n_from"]) or 0)
        if one.answer.k == one.answer.k_with_n:
            assert one.patients == total
            sums += total > 0
        else:
            assert one.patients <= total
    assert sums > 60


@pytest.mark.parametrize(
    ("treatment", "outcome"),
    [
        ("tace", "objective_response"),
        ("everolimus", "progression_free_survival"),
        ("transplantation", "overall_survival_rate_60m"),
        ("debulking", "mortality_30d"),
        ("debulking", "disease_control"),
    ],
)
def test_a_figure_is_that_of_the_cell(whole, treatment, outcome):
    mapped = whole.at(treatment, outcome)
    alone = cell(CellAsked(treatment=treatment, outcome=outcome)).cell
    certain = {"certainty": None, "left_out": []}
    studies = [one.model_copy(update={"appraisal": None}) for one in mapped.answer.studies]
    assert mapped.answer.model_copy(update={**certain, "studies": studies}) == alone.model_copy(
        update=certain
    )
    assert sum(mapped.left_out.values()) == len(alone.left_out)


def test_for_the_patient_of_a_sheet_every_cell_and_certainty_is_the_sheets(sheet, whole):
    from hilum.patient import read_case

    asked = asked_of(read_case(Path(__file__).parents[2] / "examples" / "midgut-multifocal.toml"))
    found = MAP.run(
        MAP.Asked(
            site=asked.site,
            grade=asked.grade,
            line=asked.line,
            not_known=tuple(asked.not_known),
            all_outcomes=True,
        )
    )
    assert found.patient == asked
    own = {"left_out": [], "joint": None}
    for option in sheet.options:
        for key, answer in option.outcomes.items():
            assert found.at(option.treatment, key).answer == answer.model_copy(update=own)
    levels = {one.certainty.id: one.certainty.level for one in sheet.comparisons if one.certainty}
    assert levels
    assert levels.items() <= {one.id: one.level for one in found.comparisons}.items()


def test_a_cell_has_the_best_certainty_of_its_randomised_comparisons(whole):
    level = {one.id: one for one in whole.comparisons}
    rated = 0
    for one in whole.cells:
        known = [
            level[name].level
            for name in one.comparisons
            if level[name].kind == "randomised" and level[name].level
        ]
        best = max(known, key=list(LEVELS).index, default=None)
        assert one.compared_level == best
        rated += best is not None
        assert all(
            one.treatment in (level[name].treatment, level[name].comparator)
            for name in one.comparisons
        )
    assert rated > 5


@pytest.mark.parametrize("year", [2004, 2005, 2006])
def test_years_that_are_not_known_are_counted_apart(year):
    studies, arms, _ = raw()
    found = MAP.run(MAP.Asked(year_from=year, year_to=2015, treatment=("tae", "everolimus")))
    known = {name: int(row["year"]) for name, row in studies.items() if row["year"]}
    fits = {name for name, value in known.items() if year <= value <= 2015}
    with_arms = {study for study, _ in arms}
    (tally,) = [one for one in found.tallies if one.filter == "years"]
    assert tally.fits == found.studies == len(fits & with_arms)
    assert tally.not_reported == len(with_arms - set(known))
    assert tally.outside == len(with_arms & set(known)) - tally.fits
    assert not tally.kept
    for one in found.cells:
        touching = {study for study, _ in printed()[one.treatment, one.outcome]}
        assert {figure.study_id for figure in one.answer.studies} <= fits
        assert one.outside == len({x for x in touching & set(known) if x not in fits})
        assert one.undecided == len(touching - set(known))
    with_them = MAP.run(
        MAP.Asked(year_from=year, year_to=2015, treatment=("tae", "everolimus"), unreported="with")
    )
    assert with_them.studies == len(fits & with_arms) + tally.not_reported
    (again,) = [one for one in with_them.tallies if one.filter == "years"]
    assert again.kept
    assert (again.fits, again.not_reported) == (tally.fits, tally.not_reported)


@pytest.mark.parametrize("percent", [26.9, 27.0, 27.1])
def test_burden_is_asked_of_arms_and_mostly_not_reported(percent):
    _, arms, _ = raw()
    found = MAP.run(MAP.Asked(burden_from=percent, treatment=("tace",)))
    value = {place: row["pct_burden_over_50"] for place, row in arms.items()}
    fits = {place for place, share in value.items() if share and float(share) >= percent}
    (tally,) = [one for one in found.tallies if one.filter == "burden"]
    assert tally.fits == len({study for study, _ in fits})
    assert tally.fits + tally.outside + tally.not_reported == len({study for study, _ in arms})
    assert tally.not_reported > 350
    assert {figure.study_id for one in found.cells for figure in one.answer.studies} <= {
        study for study, _ in fits
    }


def test_a_filter_answers_like_tables_without_the_others(tmp_path):
    """Every figure of a filtered map is that of a folder from which the rows were taken."""
    studies, _, _ = raw()
    kept = {
        name
        for name, row in studies.items()
        if row["design"] in ("rct", "nonrandomised_comparative") and row["year"] >= "2010"
    }
    for name in ("studies.csv", "arms.csv", "results.csv"):
        own = [row for row in rows(name) if row["study_id"] in kept]
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(own[0]))
            writer.writeheader()
            writer.writerows(own)
    asked = {"design": ("rct", "nonrandomised_comparative"), "year_from": 2010}
    filtered = MAP.run(MAP.Asked(**asked))
    alone = MAP.run(MAP.Asked(evidence=tmp_path))
    assert filtered.studies == alone.studies == len(kept)
    # The line of a table is its place there, not what was found.
    for one, other in zip(filtered.cells, alone.cells, strict=True):
        pair = [_without_places(json.loads(to_json(x.answer))) for x in (one, other)]
        assert pair[0] == pair[1]
        assert (one.left_out, one.searched) == (other.left_out, other.searched)
    assert [one.id for one in filtered.comparisons] == [one.id for one in alone.comparisons]


def _without_places(answer):
    for figure in (*answer["studies"], *answer["randomised"]):
        del figure["row"]
    return answer


def test_what_the_patients_filters_cannot_decide_is_counted(whole):
    _, arms, results = raw()
    by_id = {row["result_id"]: row for row in results}
    found = MAP.run(MAP.Asked(site="pancreas", line="first", outcome=("objective_response",)))
    silent = 0
    for one in found.cells:
        counts = defaultdict(int)
        for figure in one.answer.studies:
            row = by_id[figure.result_id]
            counts[arms[row["study_id"], row["arm_id"]]["line"]] += 1
        assert one.stated.get("line", {}).get("not_stated", 0) == counts["not_stated"]
        assert one.stated.get("line", {}).get("stated", 0) == counts["first"]
        assert sum(one.stated["site"].values()) == len(one.answer.studies)
        silent += counts["not_stated"]
    assert silent > 20
    tallies = {one.filter: one for one in found.tallies}
    assert tallies.keys() == {"site", "grade", "line"}
    assert all(one.kept for one in found.tallies)
    assert {one.filter for one in whole.tallies} == {"grade"}


def test_there_and_back():
    asked = MAP.Asked(treatment=("tace", "pve_two_stage"), design=("rct",), line="later")
    answer = MAP.run(asked)
    assert from_json(MAP.Asked, to_json(asked)) == asked
    assert from_json(MAP.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(MAP.Answered), json.loads(to_json(answer)))


def test_what_nobody_knows_is_refused_at_once():
    with pytest.raises(InputError) as caught:
        MAP.Asked(site="moon", grade="G9", line="x", design=("survey",), treatment=("y",))
    assert [one.column for one in caught.value.faults] == [
        "site", "grade", "line", "design", "treatment",
    ]  # fmt: skip
    with pytest.raises(InputError, match="2010 or more"):
        MAP.Asked(year_from=2010, year_to=2009)
    assert MAP.Asked(year_from=2010, year_to=2010)
    with pytest.raises(InputError, match="20 or more"):
        MAP.Asked(burden_from=20, burden_to=19.9)
    with pytest.raises(InputError, match="from 0 to 100"):
        MAP.Asked(burden_to=100.1)
    with pytest.raises(InputError, match="all-outcomes"):
        MAP.Asked(outcome=("recurrence",), all_outcomes=True)


def test_it_stops_when_asked(tmp_path):
    for name in ("studies.csv", "arms.csv", "results.csv"):
        text = (TABLES / name).read_text("utf-8")
        (tmp_path / name).write_text(text, "utf-8")
    watch = Stopping(0.0)
    with pytest.raises(Stopped):
        MAP.run(MAP.Asked(evidence=tmp_path, line="later", grade="G3_NET"), watch)
    assert time.perf_counter() - watch.asked < 2.0


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_cell_is_told_in_lines_and_in_the_table(whole, language):
    spoken = words(language)
    text = "\n".join(map_lines(whole, spoken))
    assert "{" not in text
    table = list(csv.DictReader(map_csv(whole, spoken).removeprefix("\ufeff").splitlines()))
    assert [(row["treatment_id"], row["outcome_id"]) for row in table] == [
        (one.treatment, one.outcome) for one in whole.cells
    ]
    for row, one in zip(table, whole.cells, strict=True):
        assert int(row["studies"]) == one.answer.k
        assert row["patients"] == ("" if one.answer.n is None else str(one.answer.n))
        assert row["figure"]
        assert row["certainty"] == (one.level or "")


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("bubbles", [False, True])
def test_the_picture_has_a_mark_a_figure_and_says_each_cell(bubbles):
    answer = MAP.run(MAP.Asked())
    picture = evidence_map_picture(answer, words("en"), bubbles=bubbles)
    drawn = ElementTree.fromstring(picture)
    assert drawn.get("role") == "img"
    assert drawn.find(f"{SVG}title").text
    assert "cannot be compared" in drawn.find(f"{SVG}desc").text
    cells = drawn.findall(f"{SVG}g")
    assert len(cells) == len(answer.cells)
    mark = "circle" if bubbles else "rect"
    for one, group in zip(answer.cells, cells, strict=True):
        said = group.find(f"{SVG}title").text
        assert said
        shapes = [x for x in group.findall(f"{SVG}{mark}") if x.get("r") != "3"]
        assert len(shapes) == (one.answer.form != "none")
        filled = [x for x in group.findall(f"{SVG}circle") if x.get("r") == "3"]
        solid = sum(x.get("fill") == "#46525e" for x in filled)
        expected = 0 if one.level is None else list(LEVELS).index(one.level) + 1
        assert solid == expected
        if shapes:
            assert shapes[0].get("fill") == LEVELS.get(one.level, "#ffffff")
    # A strict policy of a page forbids styles inside.
    assert "<style" not in picture
    assert "style=" not in picture


def test_area_grows_with_patients_and_depth_with_certainty():
    assert radius(1000, 1000, 20) == 20
    assert radius(250, 1000, 20) == pytest.approx(10)
    assert radius(0, 1000, 20) == 2.5

    def grey(colour):
        """Luminance of WCAG 2."""
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        line = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]

    light = [grey(one) for one in LEVELS.values()]
    assert all(a > 1.4 * b for a, b in pairwise(light))


def test_words_are_wrapped_in_both_scripts():
    assert wrapped("Median overall survival", 96, 12) == ["Median overall", "survival"]
    assert wrapped("中位无进展生存期", 48, 12) == ["中位无进", "展生存期"]
    assert wrapped("甲乙，丙", 24, 12) == ["甲", "乙，", "丙"]
    assert wrapped("总生存期（OS）", 70, 12) == ["总生存期", "（OS）"]


def test_the_command_writes_table_and_picture(tmp_path):
    csv_file, svg = tmp_path / "map.csv", tmp_path / "map.svg"
    done = called(
        *("evidence", "map", "--treatment", "tae", "--outcome", "symptom_response"),
        *("--csv", csv_file, "--plot", svg),
    )
    assert done.returncode == 0, done.stderr
    assert "Symptom response: 88\u202f%" in done.stdout
    assert svg.read_text("utf-8").startswith("<svg")
    assert csv_file.read_bytes().startswith(b"\xef\xbb\xbftreatment_id")
    refused = called("evidence", "map", "--plot", tmp_path / "map.bmp")
    assert refused.returncode == 1
    assert not (tmp_path / "map.bmp").exists()
    case = Path(__file__).parents[2] / "examples" / "midgut-multifocal.toml"
    own = called("evidence", "map", "--case", case, "--treatment", "ssa", "--json")
    assert json.loads(own.stdout)["patient"]["site"] == "small_bowel"
    beside = called("evidence", "map", "--case", case, "--line", "first")
    assert beside.returncode == 1
    assert re.search("beside --case", beside.stderr)


def test_a_second_map_takes_less_than_a_second():
    MAP.run(MAP.Asked(site="lung"))
    start = time.process_time()
    MAP.run(MAP.Asked(site="lung"))
    assert time.process_time() - start < 1.0
