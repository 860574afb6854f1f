import json
import subprocess
import sys
from pathlib import Path

import pytest
from proofs.face import called

ROOT = Path(__file__).parents[2]
CASE = str(ROOT / "examples" / "midgut-multifocal.toml")


def hilum(*words, cwd=None):
    return called(*words, cwd=cwd)


def started(*words, cwd=None):
    """In a process of its own: its start, its streams, its children."""
    return subprocess.run(
        [sys.executable, "-m", "hilum", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        encoding="utf-8",
    )


def test_board_writes_one_file_and_says_where(tmp_path):
    done = started("board", CASE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "board/midgut-multifocal.html" in done.stdout
    page = (tmp_path / "board" / "midgut-multifocal.html").read_text("utf-8")
    assert "<script src" not in page
    assert "stylesheet" not in page


def test_board_json_on_standard_output():
    done = hilum("board", CASE, "--json")
    data = json.loads(done.stdout)
    assert {"case", "resectability", "options", "sources"} <= set(data)
    tace = next(one for one in data["options"] if one["treatment"] == "tace")
    assert tace["outcomes"]["objective_response"]["k"] == len(
        tace["outcomes"]["objective_response"]["studies"]
    )


def test_an_existing_output_survives_a_bad_case(tmp_path):
    out, case = tmp_path / "out.html", tmp_path / "bad.toml"
    out.write_text("kept")
    case.write_text("[patient\n")
    done = hilum("board", str(case), "--out", str(out))
    assert done.returncode == 1
    assert "bad.toml" in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text() == "kept"


@pytest.mark.parametrize(
    "words",
    [
        ("board", "no-such-file.toml"),
        ("board", CASE, "--language", "fr"),
        ("board", CASE, "--format", "odt"),
        ("evidence", "study", "gupta205"),
        ("evidence", "check", "/nowhere"),
        ("rules", "list", "--treatment", "magic"),
    ],
)
def test_errors_are_messages(words):
    done = hilum(*words)
    assert done.returncode == 1
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_evidence_commands():
    assert "no fault found" in hilum("evidence", "check").stdout
    summary = hilum("evidence", "summary").stdout
    assert "75-100 %" in summary
    assert "33-80 %" in summary
    assert json.loads(hilum("evidence", "study", "gaur2011", "--json").stdout)["figures"]
    assert len(json.loads(hilum("rules", "list", "--json").stdout)) >= 268


def test_case_new_writes_a_template_once(tmp_path):
    path = tmp_path / "case.toml"
    assert hilum("case", "new", str(path)).returncode == 0
    assert hilum("case", "new", str(path)).returncode == 1


def test_import_stays_light():
    code = "import hilum, sys; print([m for m in ('numpy','scipy','pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
