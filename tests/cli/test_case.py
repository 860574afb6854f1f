import json
import re
import stat
import tomllib

import pytest
from proofs.face import called

from hilum.patient import read_case
from tests.conftest import EXAMPLE

LETTER = """\
name = "Letter [/] 1"
date = "2026-11-28"
[patient]
sex = "male"
pregnancy = true
bilirubin = 18
albumin = "38 g/L"
grade = "G1"
ki67_percent = 60
agee = 3
"""


hilum = called


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "letter.toml"
    path.write_text(LETTER, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_new_writes_an_empty_case_once(tmp_path, language):
    path = tmp_path / "case.toml"
    assert hilum("case", "new", path, "--language", language).returncode == 0
    assert read_case(path, strict=True).facts == ()
    again = hilum("case", "new", path)
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert hilum("case", "new", path, "--force").returncode == 0


def test_new_without_a_file_prints_it():
    done = hilum("case", "new")
    assert "patient" in tomllib.loads(done.stdout)


def test_check_says_how_the_case_is_read(letter):
    done = hilum("case", "check", letter)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Letter [/] 1"
    warned = [line for line in lines if line.startswith("! ")]
    assert [line.split(":")[0] for line in warned] == ["! contradiction"] * 2 + ["! not used"] * 2
    assert "umol/L" in done.stdout
    assert "Albumin: 3.8 g/dL (written: 38 g/L)" in done.stdout
    assert "Pregnancy cannot apply to this patient" in done.stdout
    assert lines.index("Facts as read") < lines.index("What follows from them")
    assert "Differentiation: well differentiated (from WHO grade)" in done.stdout


def test_check_as_json(letter):
    found = json.loads(hilum("case", "check", letter, "--json").stdout)
    facts = {one["name"]: one for one in found["facts"]}
    assert (facts["albumin_g_dl"]["value"], facts["albumin_g_dl"]["written"]) == (3.8, "38 g/L")
    assert [(one["key"], one["code"], one["nearest"]) for one in found["not_used"]] == [
        ("bilirubin", "ask_unit", "umol/L"),
        ("agee", "unknown_attribute", "age"),
    ]
    assert [(one["code"], one["facts"][0]) for one in found["contradictions"]] == [
        ("derived_differs", "grade"),
        ("derived_differs", "ki67_percent"),
        ("does_not_apply", "pregnancy"),
    ]
    assert found["contradictions"][0]["alternative"] == {"grade": "G3"}
    assert {one["fact"] for one in found["derived"]} >= {"differentiation", "child_pugh"}
    assert "hepatitis_b" in found["assumed"]
    assert found["date"] == "2026-11-28"


def test_check_strict_refuses(letter):
    done = hilum("case", "check", letter, "--strict")
    assert done.returncode == 1
    assert "letter.toml:6: bilirubin: '18'" in done.stderr
    assert "letter.toml:10: agee: '3'" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_in_chinese(letter):
    done = hilum("case", "check", letter, "--language", "zh-Hans")
    assert done.returncode == 0
    assert "白蛋白：38 g/L（3.8 g/dL）" in done.stdout


def test_set_changes_the_file_in_place_and_says_what_moves(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(EXAMPLE.read_text("utf-8"), encoding="utf-8")
    path.chmod(0o600)
    done = hilum("case", "set", path, "egfr=8", "bilirubin=18 umol/L")
    assert done.returncode == 0
    assert done.stdout.startswith("Set: egfr=8, bilirubin=18 umol/L\n")
    assert "Peptide receptor radionuclide therapy (PRRT)" in done.stdout
    assert "→ excluded" in done.stdout
    case = read_case(path)
    assert case.get("egfr") == 8
    assert case.get("bilirubin_mg_dl") == pytest.approx(18 * 0.058467)
    wanted = re.sub("(?m)^egfr = .*$", "egfr = 8", EXAMPLE.read_text("utf-8"))
    wanted = re.sub("(?m)^bilirubin.* = .*$", 'bilirubin = "18 umol/L"', wanted)
    assert path.read_text("utf-8") == wanted
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["case.toml"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["bilirubin=18"], "umol/L"),
        (["agee=3"], "nearest: age"),
        (["grade=G9"], "G1, G2, G3, NEC"),
        (["grade"], "such as egfr=25"),
        (["age=3", "age=4"], "every fact once"),
    ],
)
def test_set_refuses_what_cannot_be_read_and_writes_nothing(letter, changes, said):
    done = hilum("case", "set", letter, *changes)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert letter.read_text("utf-8") == LETTER


def test_set_through_a_link_keeps_the_link(letter, tmp_path):
    link = tmp_path / "link.toml"
    link.symlink_to(letter)
    assert hilum("case", "set", link, "ecog=1").returncode == 0
    assert link.is_symlink()
    assert read_case(letter).get("ecog") == 1
