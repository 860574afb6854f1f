"""``hilum liver`` as a stranger uses it."""

import json

import numpy as np
import pytest

from tests.cli.test_cli import hilum
from tests.liver.phantoms import DATA, EXAMPLE, phantom, save

SEGMENTS, LESIONS = str(EXAMPLE / "segments.nii.gz"), str(EXAMPLE / "lesions.nii.gz")


@pytest.fixture(scope="module")
def derived():
    return json.loads((DATA / "derived-reference.json").read_text())


@pytest.fixture
def maps(tmp_path):
    segments, lesions, affine = phantom()
    return (
        str(save(tmp_path / "s.nii.gz", segments, affine)),
        str(save(tmp_path / "l.nii.gz", lesions, affine)),
    )


def as_json(*words):
    done = hilum("liver", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_measure_prints_the_promised_keys(derived):
    found = as_json("measure", SEGMENTS, "--preset", "couinaud")
    assert {
        "liver_ml", "functional_liver_ml", "tumour_ml", "burden_percent", "segments", "lesions",
        "distribution", "spacing_mm", "warnings",
    } <= set(found)  # fmt: skip
    expected = derived["volumetry"]["LiTS-1"]["segment_ml"]
    for number, name in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII"), start=1):
        assert found["segments"][name]["ml"] == pytest.approx(expected[str(number)], rel=1e-9)
        assert found["segments"][name]["components"] >= 1
    assert found["warnings"] == []
    assert found["spacing_mm"] == pytest.approx([0.6757810, 0.6757810, 5.0], rel=1e-6)


def test_plan_adds_the_remnant(derived, tmp_path):
    picture = tmp_path / "x.png"
    found = as_json(
        "plan", SEGMENTS, "--lesions", LESIONS, "--resect", "V,VI,VII,VIII", "--margin", "5",
        "--height", "165", "--weight", "62", "--picture", str(picture),
    )  # fmt: skip
    expected = derived["volumetry"]["LiTS-1"]["flr"]["right_hepatectomy"]
    assert {
        "flr_ml", "flr_percent_ct", "flr_percent_ct_range", "sflr_percent", "flr_body_weight_ratio",
        "lesions_left", "flr_percent_ct_p_below", "liver_ml",
    } <= set(found)  # fmt: skip
    assert found["flr_ml"] == pytest.approx(expected["remnant_parenchyma_ml"], rel=1e-9)
    assert found["lesions_left"] == expected["residual_lesion_ids"]
    assert set(found["flr_percent_ct_p_below"]) == {"20", "25", "26.6", "30", "40", "50"}
    assert found["flr_ml"] + found["resected_ml"] == pytest.approx(found["functional_liver_ml"])
    assert set(found["lesions"][0]) >= {
        "ml", "longest_axial_mm", "feret_mm", "segments", "centroid_mm_ras",
    }  # fmt: skip
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_search_lists_plans_and_says_what_it_is(maps):
    found = as_json("search", maps[0], "--lesions", maps[1], "--condition", "normal")
    assert "not operability" in found["what_this_is"]
    remnants = [one["flr_ml"] for one in found["plans"]]
    assert remnants == sorted(remnants)
    assert found["one_stage"] is True
    assert found["ablation_limit_rule"]


def test_dose(maps):
    found = as_json(
        "dose", maps[0], "--lesions", maps[1], "--product", "glass", "--dose", "100",
        "--shunt", "5", "--target", "right",
    )  # fmt: skip
    assert found["doses"]["target_gy"] == pytest.approx(100)
    assert found["doses"]["target_ml"] < found["liver_ml"]


@pytest.mark.parametrize("command", ["measure", "search"])
def test_words_on_the_terminal(command, maps):
    done = hilum("liver", command, maps[0], "--lesions", maps[1])
    assert done.returncode == 0, done.stderr
    assert "burden" in done.stdout
    assert "couinaud" in done.stdout


def test_growth_from_the_command_line(maps, tmp_path):
    segments, _, affine = phantom()
    where = np.flatnonzero((segments > 0).any(axis=(1, 2)))
    segments[where[:5]] = 0
    before = save(tmp_path / "before.nii.gz", segments, affine)
    found = as_json(
        "plan", maps[0], "--resect", "right", "--before", str(before), "--weeks", "3",
        "--height", "170", "--weight", "70",
    )  # fmt: skip
    grown = found["growth"]
    assert grown["degree_of_hypertrophy"] > 0
    assert grown["kinetic_growth_rate"] == pytest.approx(grown["degree_of_hypertrophy"] / 3)


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("measure", "absent.nii.gz"), "exists"),
        (("measure", str(DATA / "LiTS-0_crop_BAD_linear_resampled.nii.gz")), "interpolated"),
        (("measure", SEGMENTS, "--preset", "couinau"), "nearest"),
        (("measure", SEGMENTS, "--picture", "x.jpg"), ".png"),
        (("plan", SEGMENTS), "--resect"),
        (("plan", SEGMENTS, "--resect", "IX"), "segments I to VIII"),
        (("plan", SEGMENTS, "--resect", "V", "--wedge", "x"), "numbers"),
        (("plan", SEGMENTS, "--resect", "V", "--wedge", "3"), "lesion's number"),
        (("plan", SEGMENTS, "--plane", "1,2"), "x,y,z"),
        (("plan", SEGMENTS, "--resect", "V", "--margin", "-1"), "0 to 100"),
        (("plan", SEGMENTS, "--resect", "V", "--weeks", "3"), "--before"),
        (("plan", SEGMENTS, "--resect", "V", "--weight", "700"), "2 to 300"),
        (("plan", SEGMENTS, "--resect", "V", "--error", "90"), "0 to 50"),
        (("search", SEGMENTS), "lesions"),
        (("search", SEGMENTS, "--condition", "fine"), "normal"),
        (("dose", SEGMENTS, "--product", "glass", "--shunt", "5"), "wanted dose"),
    ],
)
def test_bad_input_is_a_message_and_nothing_is_written(words, match, tmp_path):
    kept = tmp_path / "kept.png"
    kept.write_bytes(b"old")
    more = () if "--picture" in words or words[0] == "dose" else ("--picture", str(kept))
    done = hilum("liver", *words, *more, cwd=tmp_path)
    assert done.returncode == 1
    assert match in done.stderr
    assert "Traceback" not in done.stderr
    assert kept.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.png"]


def test_board_reads_imaging(tmp_path):
    case = EXAMPLE.parent / "midgut-imaging.toml"
    done = hilum("board", str(case), "--out", str(tmp_path / "x.html"))
    assert done.returncode == 0, done.stderr
    assert "data:image/png;base64," in (tmp_path / "x.html").read_text("utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_text('[patient]\n[imaging]\nlabels = "none.nii.gz"\n')
    out = tmp_path / "bad.html"
    out.write_text("kept")
    done = hilum("board", str(bad), "--out", str(out))
    assert done.returncode == 1
    assert "none.nii.gz" in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text() == "kept"


def test_a_stated_spacing_reaches_every_command(tmp_path):
    segments, lesions, _ = phantom()
    paths = []
    for name, array in (("s", segments), ("l", lesions)):
        path = tmp_path / f"{name}.nrrd"
        sizes = " ".join(str(n) for n in array.shape)
        head = f"NRRD0004\ntype: uchar\ndimension: 3\nsizes: {sizes}\nencoding: raw\n\n"
        path.write_bytes(head.encode() + array.tobytes(order="F"))
        paths.append(str(path))
    base = [paths[0], "--preset", "couinaud", "--lesions", paths[1]]
    for words in (
        ["measure"], ["plan", "--resect", "right"], ["search"],
        ["dose", "--product", "glass", "--shunt", "5", "--dose", "120"],
    ):  # fmt: skip
        refused = hilum("liver", words[0], *base, *words[1:])
        assert refused.returncode == 1
        assert "--spacing X,Y,Z" in refused.stderr
        found = as_json(words[0], *base, *words[1:], "--spacing", "4,4,5")
        # the ellipsoid on 4 x 4 x 5 mm voxels: 0.5 %
        assert found["liver_ml"] == pytest.approx(4 / 3 * np.pi * 110 * 80 * 70 / 1000, rel=5e-3)
        assert sum("stated by hand" in text for text in found["warnings"]) == 2
    wrong = hilum("liver", "measure", *base, "--spacing", "4,4")
    assert "three numbers" in wrong.stderr
    wrong = hilum("liver", "measure", *base, "--spacing", "4,4,x")
    assert "three numbers" in wrong.stderr


def test_labels_are_listed_and_what_is_not_used_is_printed(tmp_path):
    segments, lesions, affine = phantom()
    folder = tmp_path / "masks"
    folder.mkdir()
    save(folder / "liver.nii.gz", (segments > 0).astype(np.uint8), affine)
    save(folder / "Leberfiliae.nii.gz", (lesions > 0).astype(np.uint8), affine)
    save(folder / "spleen.nii.gz", (segments == 1).astype(np.uint8), affine)
    done = hilum("liver", "measure", str(folder))
    assert done.returncode == 0
    assert "3 lesions" in done.stdout
    assert "not used: spleen" in done.stdout
    save(folder / "Unklar.nii.gz", (lesions == 1).astype(np.uint8), affine)
    done = hilum("liver", "measure", str(folder))
    assert done.returncode == 1
    assert '"Unklar" = "?"' in done.stderr
    assert '"Leberfiliae" = "lesion"' in done.stderr
