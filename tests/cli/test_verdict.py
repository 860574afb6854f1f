"""``hilum verdict``: one patient on one screen, as JSON, and what moves in a what-if."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hilum.cli.lines import beside, fold, padded, shortened, width_of
from hilum.cli.main import application
from hilum.errors import InputError
from tests.patient.overlay import new_treatment, write

EXAMPLES = Path(__file__).parents[2] / "examples"
MIDGUT = EXAMPLES / "midgut-multifocal.toml"
CODES = {
    *("supported", "possible", "conditional", "undecided"),
    *("advised_against", "no_indication", "excluded"),
}
FIT = {
    "primary_site": "pancreas",
    "grade": "G2",
    "differentiation": "well",
    "ecog": 1,
    "bilirubin": "0.8 mg/dL",
    "lesion_count": 2,
    "unilobar_bilobar": "unilobar",
    "extrahepatic_disease": "none",
}


def run(*arguments: object) -> str:
    found = CliRunner().invoke(application("verdict"), ["verdict", *map(str, arguments)])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.output


def case(folder: Path, **facts: Any) -> Path:
    path = folder / "case.json"
    path.write_text(json.dumps({"name": "Somebody", "patient": facts}))
    return path


def said(path: Path, *options: object) -> dict[str, Any]:
    return json.loads(run(path, "--json", *options))


@pytest.fixture
def midgut(tmp_path: Path) -> Path:
    """The example without a life expectancy, which decides radioembolisation."""
    lines = MIDGUT.read_text("utf-8").splitlines()
    path = tmp_path / "midgut.toml"
    path.write_text("\n".join(one for one in lines if not one.startswith("life_expectancy")))
    return path


def option(report: dict[str, Any], treatment: str) -> dict[str, Any]:
    return next(one for one in report["options"] if one["treatment"] == treatment)


def flat(text: str) -> str:
    """Lines joined: where a line is broken says nothing."""
    return re.sub(r"\s+", " ", text)


def test_one_screen_of_a_whole_patient(midgut: Path) -> None:
    text = run(midgut)
    lines = text.splitlines()
    assert len(lines) <= 55
    assert all(width_of(line) <= 100 for line in lines)
    assert lines[0] == "Midgut NET with many bilobar liver metastases"
    assert lines[1].startswith("Liver metastases: not resectable: ")
    heads = [
        line
        for line in lines
        if line
        in (
            "Supported",
            "Possible, with conditions",
            "Undecided",
            "Advised against",
            "No published indication",
            "Excluded",
        )
    ]
    assert heads == [
        "Supported",
        "Possible, with conditions",
        "Undecided",
        "Advised against",
        "No published indication",
        "Excluded",
    ]
    joined = flat(text)
    assert "Sunitinib: outside the licence: Licensed for pancreatic NET only" in joined
    assert "would be supported, if Life expectancy 3 months or more" in joined
    assert "Debulking (cytoreductive surgery): of little use here: " in joined
    assert "60 % is below both cut-offs, 70 and 90 % [ASCO 2023]" in joined
    assert "What would change it: Life expectancy decides 1" in joined


def test_the_same_in_chinese_holds_the_tables_own_statements() -> None:
    text = run(MIDGUT, "--language", "zh-Hans")
    assert "舒尼替尼" in text
    assert "仅获批用于胰腺 NET" in flat(text)
    assert all(width_of(line) <= 100 for line in text.splitlines())


def test_json_keeps_the_contract(midgut: Path) -> None:
    report = said(midgut)
    assert {
        "case",
        "resectability",
        "options",
        "would_change",
        "contradictions",
        "not_used",
        "derived",
        "before",
        "nobody_open",
        "switched_off",
        "laid_over",
    } <= report.keys()
    assert len(report["options"]) == 27
    for one in report["options"]:
        assert one["status"] in CODES
        assert {
            "best",
            "line",
            "reason",
            "fired",
            "before",
            "to_check",
            "decided_by",
            "opens_if",
        } <= one.keys()
        assert (one["best"] is not None) == (one["status"] == "undecided")
        for hit in one["fired"]:
            assert {
                "rule_id",
                "kind",
                "effect",
                "ground",
                "statement",
                "statement_zh",
                "patient_value",
                "source",
                "authority",
                "seen",
            } <= hit.keys()
    tare = option(report, "tare")
    assert tare["decided_by"] == ["life_expectancy_months"]
    (opens,) = tare["opens_if"]
    assert (opens["fact"], opens["at_least"], opens["at_most"]) == (
        "life_expectancy_months",
        3,
        None,
    )
    assert report["would_change"][0]["decides"] == 1


def test_four_cut_offs_of_one_remnant_are_one_reason(tmp_path: Path) -> None:
    path = case(tmp_path, **FIT, flr_percent=17, liver_condition="normal")
    text = flat(run(path))
    assert "17 % is below all four cut-offs, 20 to 26.6 %" in text
    assert "Liver metastases: resectable after growth of the remnant" in text
    between = flat(run(case(tmp_path, **FIT, flr_percent=25.5, liver_condition="normal")))
    assert "Liver metastases: borderline" in between


@pytest.mark.parametrize(
    ("percent", "answer"),
    [(19.9, "after_growth"), (20, "borderline"), (26.5, "borderline"), (26.6, "resectable")],
)
def test_the_box_and_the_row_of_resection_are_one(
    tmp_path: Path, percent: float, answer: str
) -> None:
    report = said(case(tmp_path, **FIT, flr_percent=percent, liver_condition="normal"))
    assert report["resectability"]["verdict"] == answer
    resection = option(report, "resection")
    assert (resection["status"] == "excluded") == (answer == "after_growth")


def test_nobody_open_is_said_in_words(tmp_path: Path) -> None:
    path = case(
        tmp_path,
        **FIT | {"ecog": 4, "bilirubin": "6 mg/dL"},
        child_pugh="C12",
        functioning="none",
        sstr_uptake_krenning=0,
        progressive=True,
    )
    text = flat(run(path))
    report = said(path)
    assert report["nobody_open"] is True
    assert "No treatment directed at the tumour is open for this patient." in text
    assert "What remains: Symptom control and best supportive care (supported)." in text
    assert option(report, "supportive_care")["status"] == "supported"


def test_nothing_known_supports_nothing(tmp_path: Path) -> None:
    report = said(case(tmp_path, sex="female"))
    assert {one["status"] for one in report["options"]} <= {
        "undecided",
        "no_indication",
        "advised_against",
    }


def test_what_is_not_used_and_what_contradicts_stand_first(tmp_path: Path) -> None:
    path = case(tmp_path, sex="male", pregnancy=True, shoe_size=44, grade="G2")
    lines = run(path).splitlines()
    first = [line for line in lines if line.startswith("!")]
    assert lines[1 : 1 + len(first)] == first
    assert any("contradiction: " in line and "Pregnan" in line for line in first)
    assert any("not used: shoe_size = 44" in line for line in first)
    with pytest.raises(InputError, match="shoe_size"):
        run(path, "--strict")


def test_what_if_shows_only_what_moves() -> None:
    text = flat(run(MIDGUT, "--if", "egfr=25"))
    assert text.startswith("If egfr=25 ")
    assert "Peptide receptor radionuclide therapy (PRRT): supported → excluded: dangerous:" in text
    assert "Somatostatin analogues" not in text
    report = json.loads(run(MIDGUT, "--if", "egfr=25", "--json"))
    moved = {one["treatment"]: one for one in report["moves"]}
    assert moved["prrt_lu177"]["before"]["status"] == "supported"
    assert moved["prrt_lu177"]["after"]["status"] == "excluded"
    assert moved["prrt_lu177"]["reason"]["ground"] == "harm"
    assert report["resectability"] == {"before": "not_resectable", "after": "not_resectable"}
    assert len(moved) + int(re.findall(r"(\d+) other verdicts stay", text)[0]) == 27


def test_what_if_that_moves_nothing_says_so() -> None:
    assert "No verdict moves." in run(MIDGUT, "--if", "age=57")


def test_what_if_reads_values_as_a_case_does(tmp_path: Path) -> None:
    path = case(tmp_path, **FIT, flr_percent=17, liver_condition="normal")
    text = flat(run(path, "--if", "flr_percent=45", "--if", "bilirubin=14 umol/L"))
    assert "Liver metastases: resectable after growth of the remnant → resectable" in text
    gone = flat(run(path, "--if", "ecog=unknown"))
    assert "undecided (at best" in gone


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("egfr", "--if: KEY=VALUE: 'egfr'"),
        ("=25", "--if: KEY=VALUE: '=25'"),
        ("shoe_size=44", "--if: shoe_size: '44'"),
        ("grade=G7", "--if: grade: 'G7'"),
        ("bilirubin=18", "--if: bilirubin: '18'"),
    ],
)
def test_a_what_if_that_cannot_be_read_is_named(change: str, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        run(MIDGUT, "--if", change)


def test_a_hospital_s_new_treatment_shows_in_the_verdict(tmp_path: Path) -> None:
    folder = new_treatment(tmp_path / "ours")
    write(folder, "switched_off", {"rule_id": "PRRT-15", "reason": "starts at 60 here"})
    path = case(tmp_path, **FIT, skin_distance_mm="7 cm")
    report = said(path, "--rules", folder)
    assert option(report, "histotripsy")["status"] == "excluded"
    assert option(report, "histotripsy")["reason"]["rule_id"] == "HIS-02"
    assert report["laid_over"]["treatments"] == ["histotripsy"]
    assert not report["not_used"]
    text = flat(run(path, "--rules", folder))
    assert "Histotripsy: not feasible: Within 60 mm of the skin" in text
    assert "! Rows of ours laid over: histotripsy, skin_distance_mm, reachable, HIS-01" in text
    assert "! Switched off: PRRT-15 (starts at 60 here)" in text
    assert "histotripsy" not in json.dumps(said(path))


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(InputError, match="one of en, zh-Hans"):
        run(MIDGUT, "--language", "fr")


def test_a_case_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"nobody\.toml"):
        run("nobody.toml")


def test_the_command_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['hilum', 'verdict', sys.argv[1]]\n"
        "from hilum.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "print(','.join(sorted(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(MIDGUT)], capture_output=True, text=True, check=True
    )
    loaded = set(found.stdout.splitlines()[-1].split(","))
    heavy = {"numpy", "scipy", "rich.table", "jinja2", "hilum.evidence", "hilum.cli.network"}
    assert not heavy & loaded
    assert not {name for name in loaded if name.startswith(("hilum.sheet", "hilum.synthesis"))}


def test_lines_are_broken_at_the_width_of_the_terminal() -> None:
    assert fold("one two three", 9, "- ", "  ") == ["- one two", "  three"]
    assert fold("一二三四五", 6) == ["一二三", "四五"]
    assert fold("一二三（四）", 6) == ["一二三", "（四）"]
    assert fold("一二三。", 6) == ["一二", "三。"]
    assert fold("一二（25）", 6) == ["一二", "（25）"]
    assert width_of("肝a") == 3
    assert padded("肝", 4) == "肝  "
    assert shortened("one, two", 6) == "one…"
    assert shortened("one", 3) == "one"
    assert beside(["支持", "一二三四", "one two three"], [4, 6, 8]) == [
        "支持  一二三  one two",
        "      四      three",
    ]
