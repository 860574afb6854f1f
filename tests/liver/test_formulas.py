"""A formula is written in one row: changing the row moves everything that uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hilum
from hilum.errors import InputError, UnknownCode
from hilum.patient.tables import read_tables
from hilum.patient.volumetry import (
    FORMULAS,
    STANDARD,
    compute,
    flr_percent_slv,
    rows,
    written_out,
)
from hilum.patient.volumetry_shares import Denominators, flr_body_weight_ratio, flr_percent_ct
from tests.liver.phantoms import phantom, save

PACKAGE = Path(hilum.__file__).parent
SHIPPED = "-794 + 1267.28 * bsa_m2"

ASK = """
import json, sys
import hilum
from hilum.analyses import analysis
from hilum.patient import read_case, verdicts
from hilum.patient.liver.from_case import with_imaging
from hilum.sheet.liver_part import liver_part

folder = sys.argv[1]
case, findings = with_imaging(read_case(f"{folder}/case.toml"), picture=False)
typed = read_case(f"{folder}/typed.toml")
record = analysis("liver_plan")
plan = record.run(record.Asked(labels=(f"{folder}/s.nii.gz",), preset=("couinaud",),
    resect="right", height=170.0, weight=70.0))
print(json.dumps({
    "plan": plan.sflr_percent,
    "sheet": liver_part(case, findings).remnant.sflr_percent,
    "typed": liver_part(typed, None).remnant.sflr_percent,
    "verdict": verdicts(case).patient.get("flr_percent_slv"),
    "typed verdict": verdicts(typed).patient.get("flr_percent_slv"),
}))
"""


def changed(folder, old, new):
    """The package with one row of its table written otherwise; everything else is linked."""
    made = folder / "hilum"
    made.mkdir(parents=True)
    for path in PACKAGE.iterdir():
        if path.name not in ("patient", "__pycache__"):
            (made / path.name).symlink_to(path)
    for level in ("patient", "patient/pathway"):
        (made / level).mkdir()
        for path in (PACKAGE / level).iterdir():
            if path.name not in ("pathway", "volumetry.csv", "__pycache__"):
                (made / level / path.name).symlink_to(path)
    text = (PACKAGE / "patient/pathway/volumetry.csv").read_text("utf-8")
    assert text.count(old) == 1
    (made / "patient/pathway/volumetry.csv").write_text(text.replace(old, new), "utf-8")
    return folder


def ask(package, folder):
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(package)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def patient(tmp_path):
    segments, _, affine = phantom()
    save(tmp_path / "s.nii.gz", segments, affine)
    body = "[patient]\nheight_cm = 170\nweight_kg = 70\n"
    (tmp_path / "case.toml").write_text(
        body + '[imaging]\nlabels = "s.nii.gz"\npreset = "couinaud"\nresect = "right"\n'
    )
    (tmp_path / "typed.toml").write_text(body + "flr_volume_ml = 600\n")
    return tmp_path


def test_changing_the_row_of_vauthey_moves_plan_sheet_and_verdict(patient, tmp_path):
    before = ask(PACKAGE.parent, patient)
    bsa = np.sqrt(170 * 70 / 3600)
    standard = -794 + 1267.28 * bsa
    assert before["typed"] == pytest.approx(100 * 600 / standard)
    assert before["typed verdict"] == pytest.approx(before["typed"])
    assert before["plan"] == before["sheet"] == pytest.approx(before["verdict"])
    after = ask(changed(tmp_path / "a", SHIPPED, "-500 + 1267.28 * bsa_m2"), patient)
    for name, value in before.items():
        assert after[name] == pytest.approx(value * standard / (standard + 294)), name


def test_changing_the_row_of_the_share_moves_everything_too(patient, tmp_path):
    before = ask(PACKAGE.parent, patient)
    row = "sflr_percent,formula,flr_percent_slv,100 * flr_volume_ml"
    after = ask(changed(tmp_path / "a", row, row.replace("100", "50")), patient)
    for name, value in before.items():
        assert after[name] == pytest.approx(value / 2), name


def test_derivations_name_rows_of_the_table(tmp_path):
    shipped = (PACKAGE / "patient/pathway/derivations.csv").read_text("utf-8")
    assert "1267" not in shipped
    assert f"volumetry({FORMULAS[STANDARD]})" in shipped
    own = shipped.splitlines()[0] + "\n"
    own += "standard_liver_volume_ml,bsa_m2,volumetry(slv_urata),formula,Urata,\n"
    (tmp_path / "derivations.csv").write_text(own)
    tables = read_tables(tmp_path)
    one = next(one for one in tables.derivations if one.fact == "standard_liver_volume_ml")
    assert one.compute({"bsa_m2": 2.0}) == pytest.approx(706.2 * 2 + 2.4)
    (tmp_path / "derivations.csv").write_text(own.replace("slv_urata", "slv_nobody"))
    with pytest.raises(InputError, match="slv_vauthey") as raised:
        read_tables(tmp_path)
    fault = raised.value.faults[0]
    assert (fault.file, fault.row, fault.column) == ("derivations.csv", 2, "formula")


def test_a_row_is_written_out_in_brackets():
    assert written_out("2 * volumetry( slv_urata )") == f"2 * ({rows()['slv_urata'].formula})"
    assert written_out("flr_percent") == "flr_percent"
    for name in ("nobody", "threshold_kgr"):
        with pytest.raises(UnknownCode, match="slv_vauthey"):
            written_out(f"volumetry({name})")


def test_shares_by_hand():
    assert flr_percent_slv(300, 1500) == pytest.approx(20)
    assert flr_percent_ct(300, 1200) == pytest.approx(25)
    assert flr_percent_ct(300, 1200, 300) == pytest.approx(25)
    assert flr_body_weight_ratio(600, 60) == pytest.approx(1.0)  # 600 g of 60 kg at 1 g/mL
    by = Denominators(1200, 1500, 2.0)
    assert [by.share(300, one) for one in ("slv", "ct_non_tumour", "bsa")] == pytest.approx(
        [20, 25, 150]
    )
    assert [by.of(one) for one in ("slv", "ct_non_tumour", "bsa")] == [1500, 1200, None]
    assert Denominators().share(300, "slv") is None
    with pytest.raises(UnknownCode, match="slv, ct_non_tumour, bsa"):
        by.share(300, "liver")
    assert compute("bsa_mosteller", {"height_cm": 180, "weight_kg": 80}) == pytest.approx(2.0)
