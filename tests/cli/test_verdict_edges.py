"""``hilum verdict`` where a letter is half said, where nothing can be read, where output ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hilum.cli.main import application
from hilum.errors import InputError

PANCREAS: dict[str, Any] = {
    "age": 49,
    "sex": "female",
    "ecog": 1,
    "primary_site": "pancreas",
    "grade": "G3",
    "differentiation": "well",
    "ki67_percent": 30,
    "lesion_count": 15,
    "unilobar_bilobar": "bilobar",
    "liver_burden_percent": 60,
    "progressive": True,
    "bilirubin": "14 umol/L",
}


def case(folder: Path, facts: dict[str, Any], name: str = "Somebody") -> Path:
    path = folder / "case.json"
    path.write_text(json.dumps({"name": name, "patient": facts}), encoding="utf-8")
    return path


def run(*arguments: object) -> str:
    found = CliRunner().invoke(application("verdict"), ["verdict", *map(str, arguments)])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.output


def said(text: str) -> str:
    """The screen as one line."""
    return " ".join(text.split())


def test_what_is_to_be_confirmed_stands_before_the_answer(tmp_path: Path) -> None:
    path = case(tmp_path, {**PANCREAS, "hemoglobin": 5.9, "pregnancy": "yes, 20 weeks"})
    text = said(run(path))
    for wanted in (
        "! to confirm: hemoglobin = 5.9 (line 1): used as g/dL; unusual: is mmol/L meant?",
        "! to confirm: pregnancy = yes, 20 weeks (line 1): used as yes; what stands behind it",
    ):
        assert text.index(wanted) < text.index("Liver metastases")
    found = json.loads(run(path, "--json"))
    assert [one["key"] for one in found["to_confirm"]] == ["hemoglobin", "pregnancy"]


def test_a_change_that_is_to_be_confirmed_says_so(tmp_path: Path) -> None:
    path = case(tmp_path, PANCREAS)
    assert "! to confirm: hemoglobin = 5.9" in run(path, "--if", "hemoglobin=5.9")
    found = json.loads(run(path, "--if", "hemoglobin=5.9", "--json"))
    assert [one["nearest"] for one in found["to_confirm"]] == ["mmol/L"]
    assert json.loads(run(path, "--if", "hemoglobin=11", "--json"))["to_confirm"] == []


def test_a_fact_that_cannot_be_read_is_named_where_the_answer_is(tmp_path: Path) -> None:
    text = said(run(case(tmp_path, {**PANCREAS, "pregnancy": "maybe"})))
    assert "! not used: pregnancy = maybe" in text
    supported = text.partition("Undecided")[0]
    assert "Temozolomide" not in supported
    assert "What would change it: Pregnancy decides" in text


def test_what_is_required_says_what_the_patient_has(tmp_path: Path) -> None:
    """*Histologically confirmed low-grade tumour* alone reads as if he had one."""
    text = said(run(case(tmp_path, PANCREAS)))
    assert "Histologically confirmed low-grade tumour (here: WHO grade: G3)" in text
    lung = {"primary_site": "lung", "lesion_count": "multiple"}
    text = said(run(case(tmp_path, lung)))
    wanted = "Primary drained by the portal system (pancreas; distal stomach to sigmoid) (here: "
    assert wanted in text


def test_a_fact_without_a_bound_is_no_condition(tmp_path: Path) -> None:
    path = case(tmp_path, {**PANCREAS, "grade": "G2", "ki67_percent": 8})
    text = said(run(path))
    assert "if Earlier treatments" not in text
    assert "decided by Earlier treatments" in text


def test_a_contradiction_says_what_the_other_facts_give(tmp_path: Path) -> None:
    path = case(tmp_path, {**PANCREAS, "differentiation": "poor", "ki67_percent": 80})
    assert "; the other facts give WHO grade NEC (carcinoma)" in said(run(path))
    path = case(tmp_path, {**PANCREAS, "bilirubin_mg_dl": 4})
    assert "stated twice, also as 4 mg/dL" in said(run(path))


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ([""], "KEY=VALUE", "a fact and its value, such as egfr=25"),
        (["="], "KEY=VALUE", "a fact and its value, such as egfr=25"),
        (["egfr"], "KEY=VALUE", "a fact and its value, such as egfr=25"),
        (["egfr=25", "egfr=80"], "egfr", "each fact once"),
        (["egfr=nan"], "egfr", "a number, 0 to 200 mL/min"),
        (["xyz=3"], "xyz", "a known fact"),
        (["pregnancy=maybe"], "pregnancy", "true, false"),
    ],
)
def test_a_change_that_cannot_be_read(
    tmp_path: Path, changes: list[str], column: str, expected: str
) -> None:
    arguments = [part for one in changes for part in ("--if", one)]
    with pytest.raises(InputError) as caught:
        run(case(tmp_path, PANCREAS), *arguments)
    (fault,) = caught.value.faults
    assert (fault.file, fault.column, fault.expected) == ("--if", column, expected)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.toml", b"", "a table [patient]"),
        ("a.json", b"[]", "a table [patient]"),
        ("a.json", b"null", "a table [patient]"),
        ("a.toml", b"[[patient]]\nage = 5\n", "a table [patient]"),
        ("a.toml", b"[patient]\nname = '\xff'\n", "a readable case file (not UTF-8)"),
        ("a.toml", "[patient]\nage = 5\n".encode("utf-16"), "a readable case file (not UTF-8)"),
        ("a.json", b'{"patient": {"age": ' + b"9" * 5000 + b"}}", "without numbers of that length"),
        ("a.json", b'{"patient": ' + b"[" * 100_000, "without so many nested lists"),
    ],
)
def test_a_file_that_is_no_case(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match="expected") as caught:
        run(path)
    assert expected in caught.value.faults[0].expected
    assert Path(caught.value.faults[0].file).name == name


def test_odd_values_are_remarks(tmp_path: Path) -> None:
    odd = {
        "age": [50],
        "bilirubin": float("nan"),
        "ecog": -1,
        "ki67_percent": 1e308,
        "lesion_count": "9" * 400,
        "primary_site": {"a": {"b": 1}},
        "extrahepatic_sites": [["bone"], {"a": 1}, None],
        "grade": "[/] \x1b[31m",
        **{f"key{number}": number for number in range(2000)},
    }
    path = case(tmp_path, odd, "a\x1b[31m\u202e[/]\ud83e\uddec")
    found = json.loads(run(path, "--json"))
    assert len({one["key"] for one in found["not_used"]}) == len(odd)
    assert not [one for one in found["options"] if one["status"] in ("supported", "possible")]
    text = run(path)
    assert "\x1b[31m" not in text
    assert "\u202e" not in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    path = case(tmp_path, PANCREAS)
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "hilum", "verdict", str(path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=dict(os.environ),
        )
    assert found.returncode == 74
    assert found.stderr.startswith("hilum: standard output: not everything could be written")
    assert "Traceback" not in found.stderr
