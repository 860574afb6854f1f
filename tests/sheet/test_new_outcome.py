"""An outcome is one row of what is recorded and one of what is asked: the sheet shows it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import hilum

ROOT = Path(__file__).parents[2]
PACKAGE = Path(hilum.__file__).parent
TREES = shutil.ignore_patterns("*.pyc", "__pycache__")


def append(path: Path, row: str) -> None:
    text = path.read_text("utf-8")
    path.write_text(text.rstrip("\n") + "\n" + row + "\n", "utf-8")


def test_a_new_outcome_is_seen_through_to_the_page(tmp_path):
    own = Path(shutil.copytree(PACKAGE, tmp_path / "hilum", ignore=TREES))
    append(
        own / "evidence" / "outcomes.csv",
        "days_in_hospital,nights at home,other,,,,,not_stated,above,,",
    )
    append(
        own / "answers" / "outcomes.csv",
        "days_in_hospital,Nights at home,days_in_hospital,proportion,,response,no,,5,,",
    )
    results = own / "evidence" / "netlm" / "results.csv"
    head = results.read_text("utf-8").splitlines()[0].split(",")
    study = "dong2011"
    arm = next(one for one in hilum.read_evidence().arms if one.study_id == study)
    row = dict.fromkeys(head, "") | {
        "study_id": study,
        "arm_id": arm.arm_id,
        "result_id": f"{study}-900",
        "outcome": "days_in_hospital",
        "measure": "proportion",
        "figure_kind": "estimate",
        "events": "40",
        "n": "50",
        "value": "80",
        "locator": "Abstract",
        "unit_of_n": "patients",
        "n_from": "row",
        "source": "Dong 2011",
    }
    append(results, ",".join(row[name] for name in head))
    done = subprocess.run(
        [sys.executable, "-m", "hilum", "board", str(ROOT / "examples" / "midgut-multifocal.toml"),
         "--out", str(tmp_path / "sheet.html")],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "sheet.html").read_text("utf-8")
    assert "Nights at home" in page
    assert "40/50" in page
