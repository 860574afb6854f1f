"""Appraisals of a review's studies: forms that say what they ask, faults under the user's file."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from proofs.face import called

from hilum.analyses.extraction_appraisals import changed_appraisal
from hilum.errors import InputError
from hilum.evidence.appraisal import tools
from hilum.language import words
from hilum.rendering.review_page import state_view
from tests.literature.reviews import hilum
from tests.literature.test_extraction import EXAMPLES, FORM, add


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("appraised") / "review"
    hilum("new", folder)
    hilum("import", folder, EXAMPLES / "references.ris")
    add(folder, "AL", FORM)
    return folder


@pytest.fixture
def folder(started: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(started, tmp_path / "review"))


def blank(folder: Path, tool: str) -> list[dict[str, str]]:
    done = called("literature", "extract", "appraise", folder, "--tool", tool, "--extractor", "AL")
    assert done.returncode == 0, done.stderr
    # Where the questions themselves are to be read stands beside the form.
    source = tools()[tool].source
    assert source in done.stderr
    assert tools()[tool].licence in done.stderr
    return [*csv.DictReader(io.StringIO(done.stdout))]


def kept(folder: Path) -> list[dict[str, str]]:
    path = folder / "extraction/AL/appraisals.csv"
    return [*csv.DictReader(io.StringIO(path.read_text("utf-8")))] if path.is_file() else []


def filled(rows: list[dict[str, str]], answer: str, path: Path) -> Path:
    out = io.StringIO()
    sheet = csv.DictWriter(out, [*rows[0]])
    sheet.writeheader()
    sheet.writerows({**one, "answer": answer, "rater": "AL"} for one in rows)
    path.write_text(out.getvalue(), "utf-8")
    return path


@pytest.mark.parametrize("tool", ["jbi_case_series", "minors"])
def test_a_form_holds_the_words_of_its_questions(folder: Path, tool: str) -> None:
    rows = blank(folder, tool)
    assert {one["question"]: one["asks"] for one in rows} == {
        item.id: item.text for item in tools()[tool].asked_of("case_series_retrospective")
    }
    chinese = hilum("extract", "appraise", folder, "--tool", tool, "--extractor", "AL",
                    "--language", "zh-Hans")  # fmt: skip
    first = next(iter(tools()[tool].items.values()))
    assert words("zh-Hans")(first.text) in chinese


def test_no_study_of_a_tools_kind_is_said(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "rob2.csv"
    said = hilum("extract", "appraise", folder, "--tool", "rob2", "--extractor", "AL",
                 "--out", out, status=1)  # fmt: skip
    assert "RoB 2 is made for (rct): no study of that kind is there" in said
    assert "case_series_retrospective 1" in said
    assert "tools made for these: jbi_case_series, minors" in said
    assert not out.exists()


def test_faults_stand_under_the_users_file_and_row(folder: Path, tmp_path: Path) -> None:
    good = filled(blank(folder, "jbi_case_series"), "yes", tmp_path / "jbi one.csv")
    lines = good.read_text("utf-8").split("\n")
    lines[4] = lines[4].replace("yes", "perhaps", 1)
    bad = tmp_path / "jbi two.csv"
    bad.write_text("\n".join(lines), "utf-8")
    said = hilum("extract", "add", folder, bad, "--extractor", "AL", status=1)
    assert "jbi two.csv:5: answer: 'perhaps'" in said
    assert "appraisals.csv" not in said
    assert kept(folder) == []
    # Another tool of the same study stands beside it; the same one takes its place.
    hilum("extract", "add", folder, good, "--extractor", "AL")
    other = filled(blank(folder, "minors"), "2", tmp_path / "minors.csv")
    hilum("extract", "add", folder, other, "--extractor", "AL")
    assert [one["tool"] for one in kept(folder)] == ["jbi_case_series"] * 10 + ["minors"] * 8
    again = filled(blank(folder, "jbi_case_series"), "no", tmp_path / "again.csv")
    hilum("extract", "add", folder, again, "--extractor", "AL")
    assert {one["answer"] for one in kept(folder) if one["tool"] != "minors"} == {"no"}
    assert len(kept(folder)) == 18
    said = hilum("extract", "add", folder, good, again, "--extractor", "AL", status=1)
    assert "again.csv: study: 'example2019 jbi_case_series'" in said
    assert "that jbi one.csv does not hold too" in said
    empty = filled(blank(folder, "minors"), "", tmp_path / "empty.csv")
    empty.write_text(empty.read_text("utf-8").replace("AL", ""), "utf-8")
    said = hilum("extract", "add", folder, empty, "--extractor", "AL", status=1)
    assert "empty.csv" in said
    assert "a form with at least one answer" in said


def test_faults_of_what_was_typed_stand_under_its_question(folder: Path) -> None:
    typed = [{"question": "1", "answer": "yes", "judgement": "", "reason": ""},
             {"question": "3", "answer": "perhaps", "judgement": "", "reason": ""}]  # fmt: skip
    with pytest.raises(InputError) as error:
        changed_appraisal(folder, "AL", "example2019", "jbi_case_series", typed)
    (fault,) = error.value.faults
    assert (fault.file, fault.row, fault.column, fault.value) == ("", None, "3 answer", "perhaps")


def test_conflicts_on_decision_and_on_reason_are_counted_apart(folder: Path) -> None:
    from hilum.analyses.screening_state import ScreeningStateAsked, run

    for record, one, other in (
        ("EX-1", "wrong-population", "wrong-treatment"),
        ("EX-2", "wrong-outcome", "wrong-outcome"),
    ):
        for who, reason in (("AL", one), ("BM", other)):
            hilum("decide", folder, f"i001:{record}", "exclude", "--reviewer", who,
                  "--reason", reason)  # fmt: skip
    hilum("decide", folder, "i001:EX-3", "include", "--reviewer", "AL")
    hilum("decide", folder, "i001:EX-3", "exclude", "--reviewer", "BM", "--reason", "wrong-outcome")
    found = run(ScreeningStateAsked(folder=str(folder)))
    assert (len(found.differ), len(found.conflicts)) == (1, 1)
    said = state_view(found, {}, words("en"))["counts"]
    assert "conflict on the decision 1, excluded and in conflict on the reason 1" in said
    assert said in hilum("agreement", folder)
