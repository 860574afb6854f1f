"""Extraction: forms, checks, two extractors held against each other, gaps, the evidence folder."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import ClassVar

import pytest
from proofs.face import called

from hilum.analyses.extraction import ExtractionAnswered, ExtractionAsked, run
from hilum.analyses.extraction_writing import known_of
from hilum.evidence import read_evidence
from hilum.literature.extraction.columns import TABLES
from hilum.literature.extraction.compare import aligned, alike, differences
from hilum.literature.extraction.resolved import read_resolutions
from hilum.literature.screening.review_records import Screened
from tests.literature.reviews import hilum

FORM = """
[study]
study_id = "example2019"
record_id = "i001:EX-1"
first_author = "Example"
year = 2019
design = "case_series_retrospective"
n_patients = 40
population = "netlm"
not_reported = "countries enrol_start"
page = "1"
sentence = "Forty invented patients had bland embolisation."

[[arm]]
arm_id = "tae"
modality = "tae"
n = 40
scope = "netlm"
page = "1"
sentence = "Forty invented patients had bland embolisation."

[[result]]
arm_id = "tae"
outcome = "objective_response"
measure = "proportion"
events = 20
n = 40
value = 50
page = "1"
sentence = "=twenty responded."

[[result]]
arm_id = "tae"
outcome = "overall_survival"
measure = "median_months"
"""
RESPONSE = "results/example2019/tae/objective_response/proportion"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extract") / "review"
    hilum("new", folder)
    hilum("import", folder, EXAMPLES / "references.ris")
    for who in ("AL", "BM"):
        for record in ("i001:EX-1", "i001:EX-2"):
            hilum("decide", folder, record, "include", "--reviewer", who)
    for who in ("AL", "BM"):
        for record in ("i001:EX-1", "i001:EX-2"):
            hilum("fulltext", folder, record, "include", "--reviewer", who)
    return folder


def add(folder: Path, who: str, text: str, *more: str, status: int = 0) -> str:
    path = folder.parent / f"{who}.toml"
    path.write_text(text, "utf-8")
    return hilum("extract", "add", folder, path, "--extractor", who, *more, status=status)


@pytest.fixture
def folder(started: Path, tmp_path: Path) -> Path:
    made = tmp_path / "review"
    shutil.copytree(started, made)
    add(made, "AL", FORM)
    # The second names study and arm otherwise, and counted one response less.
    other = FORM.replace("example2019", "ex19").replace('arm_id = "tae"', 'arm_id = "hae"')
    add(
        made,
        "BM",
        other.replace("events = 20", "events = 19").replace("value = 50", "value = 47.5"),
    )
    return made


def state(folder: Path, extractors: int = 2) -> ExtractionAnswered:
    return run(ExtractionAsked(folder=str(folder), extractors=extractors))


def test_two_extractors_are_held_against_each_other(folder: Path) -> None:
    found = state(folder)
    assert {(one.key, one.column): one.said for one in found.differences} == {
        (RESPONSE, "events"): {"AL": "20", "BM": "19"},
        (RESPONSE, "value"): {"AL": "50", "BM": "47.5"},
    }
    assert found.differences[0].places["BM"] == ("1", "=twenty responded.")
    # Of nine cells that either filled in the result, two differ.
    (results,) = (one for one in found.agreement if one.table == "results")
    assert (results.rows, results.cells, results.alike) == (1, 9, 7)
    assert (found.studies, found.arms, found.results) == (1, 1, 0)
    # A survival without a figure was not answered: nobody's row.
    assert found.alone == ()


def test_a_difference_is_resolved_and_the_evidence_is_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "evidence"
    refused = hilum("extract", "export", folder, "--out", out, status=1)
    assert RESPONSE in refused
    assert not out.exists()
    hilum(
        "extract", "resolve", folder, RESPONSE, "--column", "events", "--take", "AL", "--by", "CD"
    )
    hilum(
        "extract", "resolve", folder, RESPONSE, "--column", "value", "--value", "50", "--by", "CD"
    )
    hilum("extract", "export", folder, "--out", out)
    evidence = read_evidence(out)
    (figure,) = evidence.results
    assert (figure.study_id, figure.events, figure.n, figure.value) == ("example2019", 20, 40, 50.0)
    assert figure.locator == "p. 1: =twenty responded."
    with (out / "places.csv").open(encoding="utf-8", newline="") as file:
        (place,) = csv.DictReader(file)
    assert place == {
        "result_id": "example2019-001", "record_id": "i001:EX-1", "page": "1",
        "sentence": "'=twenty responded.", "extractors": "AL; BM", "resolved": "yes",
        "proposal": "",
    }  # fmt: skip
    assert called("evidence", "check", out).returncode == 0
    hilum("extract", "export", folder, "--out", out)  # again over its own


@pytest.mark.parametrize("who", ["AL", "al", "BM"])
def test_who_differs_does_not_settle_alone(folder: Path, who: str) -> None:
    value = ("extract", "resolve", folder, RESPONSE, "--column", "events", "--value", "20")
    refused = hilum(*value, "--by", who, status=1)
    assert "a third person, or --consensus of all who extracted it (AL, BM)" in refused
    assert (RESPONSE, "events") not in read_resolutions(folder)
    hilum(*value, "--by", who, "--consensus")
    assert read_resolutions(folder)[RESPONSE, "events"].by == "AL, BM"


def test_a_value_with_which_the_row_cannot_be_is_refused(folder: Path) -> None:
    """20 of 40 is 50 %: while events are open nothing is known, then 99 is none of it."""

    def settle(column: str, value: str, status: int = 0) -> str:
        return hilum("extract", "resolve", folder, RESPONSE, "--column", column, "--value", value,
                     "--by", "CD", status=status)  # fmt: skip

    settle("value", "99")
    refused = settle("events", "20", status=1)
    assert "20" in refused
    settle("value", "50")
    settle("events", "20")
    assert "99" in settle("value", "99", status=1)
    assert read_resolutions(folder)[RESPONSE, "value"].value == "50"


@pytest.mark.parametrize(
    ("authors", "study"),
    [
        ("Müller, A.; Other, B.", "muller2019"),
        ("Ørsted-Łuk, A.", "orstedluk2019"),
        ("王伟; 李明", "recordi0011_2019"),
        ("", "recordi0011_2019"),
    ],
)
def test_a_study_has_an_id_whatever_its_author_is_called(
    monkeypatch: pytest.MonkeyPatch, authors: str, study: str
) -> None:
    record = Screened(
        record_id="i001:1", authors=authors, year="2019", pmid="31000004", pmcid="PMC9000004"
    )

    class Held:
        by_id: ClassVar = {"i001:1": record}

        def __init__(self, *_: object) -> None: ...

        def must_know(self, _: str) -> None: ...

    monkeypatch.setattr("hilum.literature.screening.session.Session", Held)
    known = known_of(Path(), "i001:1")
    assert (known["study_id"], known["pmid"], known["pmcid"]) == (study, "31000004", "PMC9000004")


def test_gaps_are_what_the_form_expects_and_nobody_found(folder: Path) -> None:
    gaps = {(one.kind, one.study, one.arm, one.name): one.looked for one in state(folder).gaps}
    assert gaps["report", "", "", "i001:EX-2"] is False
    assert gaps["column", "example2019", "", "countries"] is True
    assert gaps["column", "example2019", "", "centres"] is False
    assert gaps["column", "example2019", "tae", "line"] is False  # "not stated" is no answer
    assert gaps["outcome", "example2019", "tae", "overall_survival"] is False
    assert ("outcome", "example2019", "tae", "objective_response") not in gaps
    (folder / "form.toml").write_text('format = 1\nstudies = ["doi"]\n', "utf-8")
    assert {one.name for one in state(folder).gaps} == {"i001:EX-2", "doi"}
    (folder / "form.toml").write_text('format = 1\noutcomes = ["survival"]\n', "utf-8")
    assert "survival" in hilum("extract", "status", folder, status=1)


def test_a_row_of_one_extractor_waits_for_the_other_or_a_resolution(folder: Path) -> None:
    row = ("--set", "study_id=example2019", "--set", "arm_id=tae",
           "--set", "outcome=overall_survival", "--set", "measure=median_months",
           "--set", "value=33", "--set", "page=4",
           "--set", "sentence=Median survival was 33 months.")  # fmt: skip
    hilum("extract", "row", folder, "results", "--extractor", "AL", *row)
    key = "results/example2019/tae/overall_survival/median_months"
    assert [(one.key, one.extractors) for one in state(folder).alone] == [(key, ("AL",))]
    hilum("extract", "resolve", folder, key, "--value", "keep", "--by", "CD")
    found = state(folder)
    assert (found.alone, found.results) == ((), 1)
    hilum("extract", "resolve", folder, key, "--value", "drop", "--by", "CD")
    found = state(folder)
    assert (found.alone, found.results) == ((), 0)
    assert "is there" not in hilum("extract", "row", folder, "results", "--extractor", "AL", *row,
                                   "--replace")  # fmt: skip
    refused = hilum("extract", "row", folder, "results", "--extractor", "AL", *row, status=1)
    assert "not there yet" in refused


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('page = "1"', 'page = ""', "page and sentence"),
        ("events = 20", "events = 44", "at most n (40)"),
        ("value = 50", "value = 55", "about 50.0 percent"),
        ("objective_response", "objective_respons", "objective_response"),
        ("i001:EX-1", "i001:EX-9", "an id of the review's records"),
        ("population", "populaton", "population"),
        ('modality = "tae"', 'modality = "tea"', "a known modality"),
        ("[[arm]]", "[[arms]]", "study, arm, result"),
    ],
)
def test_a_form_with_a_fault_is_refused_whole(
    started: Path, tmp_path: Path, was: str, now: str, said: str
) -> None:
    made = tmp_path / "review"
    shutil.copytree(started, made)
    assert said in add(made, "AL", FORM.replace(was, now), status=1)
    assert not (made / "extraction").exists()


def test_a_printed_form_is_taken_back_when_filled_in(started: Path, tmp_path: Path) -> None:
    made = tmp_path / "review"
    shutil.copytree(started, made)
    form = hilum("extract", "template", made, "i001:EX-1")
    assert 'study_id = "example2019"' in form
    assert 'title = "Bland embolisation of liver metastases' in form
    given = {"design": "case_series_retrospective", "population": "netlm", "arm_id": "tae",
             "modality": "tae", "scope": "netlm", "page": "1", "sentence": "read here"}  # fmt: skip
    for name, value in given.items():
        form = form.replace(f'\n{name} = ""', f'\n{name} = "{value}"')
    assert "1 study, 1 arm, 0 results" in add(made, "AL", form)
    for name, table in TABLES.items():
        head = hilum("extract", "template", made, "--table", name).strip()
        assert head == ",".join(table.head)
        assert (made / "extraction/AL" / table.file).read_text("utf-8").startswith(head)


def test_appraisals_of_two_raters_come_along(folder: Path, tmp_path: Path) -> None:
    for who, answer in (("AL", "yes"), ("BM", "unclear")):
        blank = hilum(
            "extract", "appraise", folder, "--tool", "jbi_case_series", "--extractor", who
        )
        head, *rows = blank.strip().split("\n")
        said = [one.replace(",,,,,", f",{answer},,,{who},") for one in rows]
        path = tmp_path / f"{who}.csv"
        path.write_text("\n".join([head, *said]), "utf-8")
        hilum("extract", "add", folder, path, "--extractor", who)
    for column in ("events", "value"):
        hilum(
            "extract", "resolve", folder, RESPONSE, "--column", column, "--take", "AL", "--by", "CD"
        )
    hilum("extract", "export", folder, "--out", tmp_path / "evidence")
    appraisals = read_evidence(tmp_path / "evidence").appraisals
    assert appraisals is not None
    (one,) = appraisals.all  # the second's own id of the study is the evidence's
    assert (one.study, one.raters, one.judgement) == ("example2019", ("AL", "BM"), "high")
    assert len(one.disagreements) == 10


def test_cells_are_alike_by_what_they_say() -> None:
    def tables(**cells: str) -> dict[str, list[dict[str, str]]]:
        row = dict.fromkeys(TABLES["studies"].head, "") | {"study_id": "a"} | cells
        return {"studies": [row], "arms": [], "results": []}

    rows = aligned({"A": tables(n_patients="12", design="RCT"),
                    "B": tables(n_patients="12.0", design="rct", year="2019")})  # fmt: skip
    assert [(one.column, one.said) for one in differences(rows)] == [
        ("year", {"A": "", "B": "2019"})
    ]
    (studies, *_) = alike(rows)
    assert (studies.rows, studies.cells, studies.alike) == (1, 3, 2)


def test_a_row_is_taken_out_by_what_names_it(folder: Path) -> None:
    cells = ["--set", "study_id=example2019", "--set", "arm_id=tae"]
    figure = [*cells, "--set", "outcome=objective_response", "--set", "measure=proportion"]
    refused = hilum(
        "extract", "row", folder, "arms", "--extractor", "AL", *cells, "--remove", status=1
    )
    assert "tae" in refused, "a figure refers to it"
    said = hilum("extract", "row", folder, "results", "--extractor", "AL", *figure, "--remove")
    assert RESPONSE in said
    (alone,) = (one for one in state(folder).alone if one.key.startswith("results/"))
    assert alone.extractors == ("BM",)
    hilum("extract", "row", folder, "results", "--extractor", "AL", *figure, "--remove", status=1)


def test_each_report_says_how_far_it_is(folder: Path) -> None:
    (first, second) = state(folder).reports
    assert (first.record, first.state, first.extractors) == ("i001:EX-1", "differ", ("AL", "BM"))
    assert (second.record, second.state, second.extractors) == ("i001:EX-2", "nobody", ())
    assert first.open == 2
    assert state(folder, 3).reports[0].state == "too_few"
