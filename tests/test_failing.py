"""Inputs on which hilum once failed, each held to what is right (``failing/README.md``)."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from proofs.face import called

from hilum.errors import InputError
from hilum.patient.liver import measure_liver, read_liver
from tests.liver.test_reading import slices

HERE = Path(__file__).parent / "failing"


def measured(*path, **more):
    return measure_liver(read_liver(HERE.joinpath(*path), **more))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("lits_nospacing.nrrd", "space directions"), ("lits_nospacing.mha", "ElementSpacing"),
        ("lits_nan_small.nrrd", "spacings"), ("direction_none.nrrd", "space directions"),
    ],
)  # fmt: skip
def test_no_spacing(name, field):
    with pytest.raises(InputError, match=f"{field}.*state it: spacing"):
        measured("break_nrrd_no_spacing", name, presets="couinaud")


@pytest.mark.parametrize("name", ["lits_nan_small.nrrd", "direction_none.nrrd"])
def test_the_users_spacing(name):
    found = measured("break_nrrd_no_spacing", name, presets="couinaud", spacing=(2, 2, 2.5))
    assert found.liver_ml == pytest.approx(1138.4, abs=0.1)


@pytest.mark.parametrize("name", ["les_crop", "les_flip", "les_round"])
def test_the_same_grid(name):
    folder = HERE / "break_same_grid_refused"
    found = measured(
        "break_same_grid_refused", "ok.nii.gz", presets="couinaud",
        lesions=folder / f"{name}.nii.gz",
    )  # fmt: skip
    assert found.liver_ml == pytest.approx(1138.4, abs=0.1)
    assert len(found.lesions) == 2
    assert found.outside_ml == 0


def test_segment_iv_in_two_files():
    found = measured("break_segments_4a_4b", "ts4")
    assert found.liver_ml == pytest.approx(1138.4, abs=0.1)
    assert len(found.segments) == 8
    assert all(one.used for one in found.labels)


def test_a_map_of_liver_and_tumour_as_lesions():
    folder = HERE / "break_lits_as_lesions"
    with pytest.raises(InputError, match="preset lits"):
        measured(
            "break_lits_as_lesions", "ok.nii.gz", presets="couinaud",
            lesions=folder / "lits.nii.gz",
        )  # fmt: skip


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    folder = tmp_path_factory.mktemp("failing") / "ct"
    return slices(folder, np.zeros((50, 80, 90), np.uint16), (0, 0, 0), (2, 2, 2.5))


@pytest.mark.parametrize(
    ("name", "ml"), [("rt.dcm", 1200), ("rtdup.dcm", 1200), ("rtover.dcm", 1240)]
)
@pytest.mark.parametrize("alone", [True, False])
def test_contours(series, name, ml, alone):
    found = measured("break_rtstruct_grid", name, series=None if alone else series)
    assert found.liver_ml == pytest.approx(ml, rel=1e-6)


def test_contours_on_every_other_slice(series):
    assert measured("break_rtstruct_grid", "rtskip.dcm").liver_ml == pytest.approx(1200, rel=1e-6)
    with pytest.raises(InputError, match="every slice"):
        measured("break_rtstruct_grid", "rtskip.dcm", series=series)


def hilum(*words, memory=None):
    if memory is None:
        return called(*words)
    # By a shell's limit: a function run between fork and exec may meet another thread's lock.
    limit = f"ulimit -v {memory // 1024}; "
    return subprocess.run(
        ["bash", "-c", limit + 'exec "$@"', "-", sys.executable, "-m", "hilum", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("break_xlsx_formula/formula.xlsx", "B5"),
        ("break_xlsx_formula/merged.xlsx", "C3:C5"),
        ("break_xlsx_formula/cut.xlsx", "damaged"),
        ("break_xlsx_stray_cell/stray.xlsx", "XFD1048576"),
    ],
)
def test_workbooks(path, said):
    done = hilum("pool", HERE / path, "--measure", "PLO", memory=4_000_000_000)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "path", sorted((HERE / "break_case_traceback").glob("*.*")), ids=lambda path: path.name
)
def test_cases(path):
    done = hilum("case", "check", path)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["page_none.pdf", "rawdata.pdf", "stream_n.pdf"])
def test_damaged_pdfs(name):
    done = hilum(
        "curve", "read", HERE / "break_curve_pdf" / name,
        "--x-axis", "0=100,60=400", "--y-axis", "0=400,100=100",
    )  # fmt: skip
    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("axis", ["nan=0,280=60", "0=0,inf=60", "0=1_0,280=60"])
def test_axes_that_are_no_numbers(axis):
    done = hilum("curve", "read", HERE / "README.md", "--x-axis", axis, "--y-axis", "0=400,100=0")
    assert done.returncode == 1
    assert "--x-axis" in done.stderr


@pytest.mark.parametrize(
    ("command", "n"),
    [
        *((one, n) for one in ("pool", "network") for n in ("30.5", "3_0", "３０", "1,041")),
        *(("survival", n) for n in ("30.5", "3_0", "1.041", "1,04")),
    ],
)
def test_patients_are_whole_in_every_table(tmp_path, n, command):
    texts = {
        "pool": f"study;xi;ni\nA;1;{n}\nB;2;40\n",
        "network": f"studlab;treat;event;n\nA;x;3;{n}\nA;y;2;20\nB;x;4;30\nB;y;4;30\n",
        "survival": (
            f"study;arm;kind;time;value;n\nA;x;rate;12;80;{n}\nA;x;rate;24;60;\n"
            "B;x;rate;12;70;40\nB;x;rate;24;50;\n"
        ),
    }
    words = {
        "pool": ("pool", "--measure", "PLO"), "network": ("network",),
        "survival": ("survival", "pool", "--unit", "months"),
    }[command]  # fmt: skip
    path = tmp_path / "t.csv"
    path.write_text(texts[command], "utf-8")
    split = 2 if command == "survival" else 1
    done = hilum(*words[:split], path, *words[split:])
    assert done.returncode == 1, done.stdout
    assert "t.csv:2: n" in done.stderr
