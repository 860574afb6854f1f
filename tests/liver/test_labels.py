"""Every label of an input is used, named as not used, or asked about: none counts as nothing."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from hilum.errors import InputError
from hilum.patient.liver import measure_liver, read_liver, read_mapping
from hilum.patient.liver.anatomy import Labelled
from hilum.patient.liver.labels import Census, distinct, ranges
from hilum.patient.liver.names import (
    KINDS,
    MATCHES,
    ROLES,
    meaning_of_code,
    meaning_of_name,
    plain,
    terms,
)
from hilum.patient.liver.notices import sentence
from tests.liver.phantoms import phantom, save


@pytest.fixture(scope="module")
def maps():
    return phantom()


def role(name):
    found = meaning_of_name(name)
    return None if found is None else (found.kind, found.number, found.sure)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Mets 1", 1), ("HCC", 0), ("Leberfiliae", 0), ("Filia 2", 2), ("肝转移瘤1", 1),
        ("病灶 2", 2), ("腫瘤", 0), ("Metastase_3", 3), ("tumeur", 0), ("Lésion 2", 2),
        ("Métastase hépatique", 0), ("metástasis 7", 7), ("lesión", 0), ("Läsion 4", 4),
        ("Rundherd", 0), ("Raumforderung", 0), ("NET-Met 2", 2), ("livertumor01", 1),
        ("Liver Tumour 12", 12), ("LIVER_TUMOR", 0), ("nódulo 1", 1), ("GTV 1", 1), ("CRLM", 0),
        # a number that is the segment's, a date or a range is not the lesion's
        ("Met S8", 0), ("lesion seg 4", 0), ("Tumor 20240101", 0), ("Lesions 1-3", 0),
        ("Lesion ２", 2),
    ],
)  # fmt: skip
def test_lesions_are_known_in_five_languages(name, number):
    assert role(name) == ("lesion", number, True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Leber", "liver"), ("foie", "liver"), ("Hígado", "liver"), ("肝脏", "liver"),
        ("case_01_liver", "liver"), ("Liver (portal phase)", "liver"), ("liver mask", "liver"),
        ("future liver remnant", "remnant"), ("剩余肝", "remnant"), ("Leberrest", "remnant"),
        ("portalvein", "portal"), ("Pfortader", "portal"), ("veine porte", "portal"),
        ("vena porta", "portal"), ("门静脉", "portal"), ("Hepatic", "hepatic"),
        ("Lebervenen", "hepatic"), ("肝静脉", "hepatic"), ("liver_vessels", "vessel"),
        ("spleen", "ignore"), ("kidney_cyst_left", "ignore"), ("livercyst", "ignore"),
        ("vertebrae_S1", "ignore"), ("Hepatic artery", "ignore"), ("胆囊", "ignore"),
        ("Hämangiom", "ignore"), ("血管瘤", "ignore"), ("vesícula biliar", "ignore"),
        ("Milz", "ignore"), ("CT venous phase", "ignore"), ("inferior_vena_cava", "ignore"),
    ],
)  # fmt: skip
def test_other_structures_are_known(name, kind):
    assert role(name) == (kind, 0, True)


@pytest.mark.parametrize(
    ("name", "number", "sure"),
    [
        ("liver_segment_4a", 4, True), ("liver_segment_4b", 4, True), ("Segment IVa", 4, True),
        ("Segment VIII", 8, True), ("segment i", 1, True), ("Lebersegment 3", 3, True),
        ("segmento hepático 6", 6, True), ("Segment hépatique II", 2, True), ("肝S5段", 5, True),
        ("第七段", 7, True), ("Ⅳ段", 4, True), ("Couinaud 2", 2, True), ("caudate lobe", 1, True),
        ("Segment_1", 1, False), ("S8", 8, False), ("seg 3", 3, False),
    ],
)  # fmt: skip
def test_segments_are_known_by_numeral(name, number, sure):
    assert role(name) == ("segment", number, sure)


@pytest.mark.parametrize(
    "name",
    [
        "Blob", "Target A", "mask", "Segment 9", "Segment 2/3", "pancreas_tumor", "Liver-GTV",
        "lesion-free liver", "liver without tumor", "PVTT", "tumor thrombus", "CTV", "PTV 1",
        "ablation zone 1", "portal vein tumor", "cystic lesion", "", "***", "1", "Leber ohne Tumor",
        "消融灶", "tumor remnant",
    ],
)  # fmt: skip
def test_a_name_that_leaves_its_meaning_open_is_not_guessed(name):
    assert role(name) is None


def test_the_table_is_sound():
    rows = terms()
    assert {one.role for one in rows} == set(ROLES)
    assert {one.match for one in rows} == set(MATCHES)
    assert {one.language for one in rows} >= {"en", "de", "fr", "es", "zh", "SCT"}
    assert all(one.source for one in rows)
    keys = [(one.term, one.match) for one in rows]
    assert len(keys) == len(set(keys))
    for one in rows:
        assert one.match == "code" or plain(one.term) == one.term
        assert (one.number > 0) == (one.role == "segment" and one.match in ("whole", "code"))
    assert set(KINDS) < set(ROLES)


def test_codes_are_those_of_dicom_ps3_16():
    from pydicom.sr.codedict import codes

    known = {getattr(codes.SCT, name).value for name in dir(codes.SCT) if name[0].isupper()}
    ours = [one.term for one in terms() if one.match == "code"]
    assert len(ours) >= 20
    assert set(ours) <= known
    assert meaning_of_code(codes.SCT.Liver.value).kind == "liver"
    assert meaning_of_code(codes.SCT.NeoplasmSecondary.value).kind == "lesion"
    assert meaning_of_code(codes.SCT.CouinaudHepaticSegmentVII.value).number == 7
    assert meaning_of_code("1") is None


def masks(folder, maps, **named):
    """A folder with one file a structure."""
    folder.mkdir(exist_ok=True)
    for name, mask in named.items():
        save(folder / f"{name}.nii.gz", np.asarray(mask).astype(np.uint8), maps[2])
    return folder


@pytest.mark.parametrize("name", ["HCC", "Mets 1", "Leberfiliae", "肝转移瘤", "Tumeur"])
def test_a_lesion_file_in_a_folder_counts(tmp_path, maps, name):
    folder = masks(tmp_path / "m", maps, liver=maps[0] > 0, **{name: maps[1] == 1})
    found = measure_liver(read_liver(folder))
    assert len(found.lesions) == 1
    # spheres of 22 mm on 4 x 4 x 5 mm voxels: h/r
    assert found.tumour_ml == pytest.approx(4 / 3 * np.pi * 22**3 / 1000, rel=0.1)


def test_segment_iv_drawn_as_two_is_one(tmp_path, maps):
    low = np.zeros(maps[0].shape, bool)
    low[:, :, : maps[0].shape[2] // 3] = True
    named = {f"liver_segment_{n}": maps[0] == n for n in range(1, 9) if n != 4}
    halves = {"4a": (maps[0] == 4) & ~low, "4b": (maps[0] == 4) & low}
    folder = masks(
        tmp_path / "m", maps, **named, **{f"liver_segment_{k}": v for k, v in halves.items()}
    )
    found = measure_liver(read_liver(folder))
    whole = measure_liver(
        read_liver(save(tmp_path / "w.nii.gz", maps[0], maps[2]), presets="couinaud")
    )
    assert found.liver_ml == whole.liver_ml
    assert [(one.name, one.ml) for one in found.segments] == [
        (one.name, one.ml) for one in whole.segments
    ]


def test_files_not_used_are_named(tmp_path, maps):
    folder = masks(tmp_path / "m", maps, liver=maps[0] > 0, spleen=maps[0] == 1)
    (folder / "notes.txt").write_text("x")
    (folder / "linked.nii.gz").symlink_to(folder / "liver.nii.gz")
    (folder / "empty").mkdir()
    found = measure_liver(read_liver(folder))
    roles = {one.name: (one.words, one.used) for one in found.labels}
    assert roles == {"liver": ("liver", True), "spleen": ("ignore", False)}
    said = " ".join(sentence(one) for one in found.notices)
    for name in ("spleen", "notes.txt", "linked.nii.gz", "empty"):
        assert name in said


def test_a_file_whose_name_is_not_known_is_asked_about(tmp_path, maps):
    folder = masks(tmp_path / "m", maps, liver=maps[0] > 0, Blob=maps[1] == 1, HCC=maps[1] == 2)
    with pytest.raises(InputError) as raised:
        read_liver(folder)
    text = str(raised.value)
    assert "'Blob'" in text
    assert "1 label(s) not understood" in text
    # The mapping file to start from names everything and refuses to be used unedited.
    start = text[text.index("[names]") :]
    path = tmp_path / "map.toml"
    path.write_text(start, "utf-8")
    with pytest.raises(InputError, match=r"names\.Blob"):
        read_mapping(path)
    for word, lesions in (("lesion", 2), ("ignore", 1)):
        path.write_text(start.replace('"?"', f'"{word}"', 1), "utf-8")
        found = measure_liver(read_liver(folder, mapping=path))
        assert len(found.lesions) == lesions
        said = " ".join(sentence(one) for one in found.notices)
        assert ("Blob" in said) == (word == "ignore")


def slicer(path, maps, named, tags=""):
    """A Slicer segmentation: label, name of each segment."""
    array = np.zeros(maps[0].shape, np.uint8)
    image_meta = {}
    for number, (name, mask) in enumerate(named.items()):
        array[mask] = number + 1
        image_meta |= {
            f"Segment{number}_Name": name,
            f"Segment{number}_LabelValue": str(number + 1),
            f"Segment{number}_Layer": "0",
            f"Segment{number}_Tags": tags,
        }
    image = sitk.GetImageFromArray(array.transpose())
    image.SetSpacing((4.0, 4.0, 5.0))
    for key, value in image_meta.items():
        image.SetMetaData(key, value)
    sitk.WriteImage(image, str(path), useCompression=True)
    return path


def test_a_slicer_segmentation_with_names_of_its_own(tmp_path, maps):
    path = slicer(
        tmp_path / "x.seg.nrrd",
        maps,
        {"Leber": maps[0] > 0, "Filia 1": maps[1] == 1, "Filia 2": maps[1] == 2},
    )
    found = measure_liver(read_liver(path))
    assert [one.id for one in found.lesions] == [1, 2]


@pytest.mark.parametrize(
    ("code", "name"), [("52988006", "Segment_2"), ("14799000", "Whatever"), ("108369006", "X")]
)
def test_a_code_says_what_a_name_does_not(tmp_path, maps, code, name):
    tags = f"TerminologyEntry:Any list~SCT^49755003^Morph~SCT^{code}^Any~^^~List~^^~^^|"
    path = slicer(tmp_path / "x.seg.nrrd", maps, {name: maps[1] == 1}, tags)
    liver = save(tmp_path / "l.nii.gz", (maps[0] > 0).astype(np.uint8), lps(maps))
    assert len(measure_liver(read_liver([liver, path])).lesions) == 1


def lps(maps):
    """The affine of what :func:`slicer` writes."""
    del maps
    return np.diag([-4.0, -4.0, 5.0, 1.0])


def test_one_segment_1_is_anything_and_three_are_couinaud(tmp_path, maps):
    few = {"liver": maps[0] > 0, "Segment_1": maps[1] == 1}
    with pytest.raises(InputError, match="Segment_1"):
        read_liver(slicer(tmp_path / "a.seg.nrrd", maps, few))
    two = {"Segment_1": maps[0] == 1, "Segment_2": maps[0] == 2}
    with pytest.raises(InputError, match="2 label"):
        read_liver(slicer(tmp_path / "b.seg.nrrd", maps, two))
    many = {f"Segment_{n}": maps[0] == n for n in range(1, 9)}
    found = measure_liver(read_liver(slicer(tmp_path / "c.seg.nrrd", maps, many)))
    assert len(found.segments) == 8


def test_an_unnamed_value_in_a_named_map_is_asked_about(tmp_path, maps):
    path = slicer(tmp_path / "x.seg.nrrd", maps, {"liver": maps[0] > 0})
    image = sitk.ReadImage(str(path))
    array = sitk.GetArrayFromImage(image)
    array[maps[1].transpose() == 1] = 9
    other = sitk.GetImageFromArray(array)
    other.CopyInformation(image)
    for key in image.GetMetaDataKeys():
        if key.startswith("Segment"):
            other.SetMetaData(key, image.GetMetaData(key))
    sitk.WriteImage(other, str(path), useCompression=True)
    with pytest.raises(InputError, match="'9'"):
        read_liver(path)


def test_numbers_beside_a_preset(tmp_path, maps):
    both = np.where(maps[1] == 1, 9, maps[0]).astype(np.uint8)
    path = save(tmp_path / "x.nii.gz", both, maps[2])
    with pytest.raises(InputError, match="9 = "):
        read_liver(path, presets="couinaud")
    # With lesions from elsewhere it is named; with a mapping the user has said it.
    lesions = save(tmp_path / "l.nii.gz", (maps[1] == 2).astype(np.uint8), maps[2])
    found = read_liver(path, presets="couinaud", lesions=lesions)
    assert any(one.code == "labels_unused" and "9" in str(one.facts) for one in found.notices)
    mapping = tmp_path / "m.toml"
    rows = "\n".join(f'{n} = "segment {n}"' for n in range(1, 9))
    mapping.write_text(f"[labels]\n{rows}\n")
    found = read_liver(path, mapping=mapping)
    assert any(one.code == "labels_unused" for one in found.notices)


def test_lesions_called_alike_stay_apart(tmp_path, maps):
    folder = masks(
        tmp_path / "m", maps, liver=maps[0] > 0,
        **{"Lesion 1a": maps[1] == 1, "Lesion 1b": maps[1] == 2, "Lesion 5": maps[1] == 3},
    )  # fmt: skip
    assert sorted(one.id for one in measure_liver(read_liver(folder)).lesions) == [1, 5, 6]
    rows = [Labelled("f", n, name, "lesion", 1) for n, name in ((1, "a"), (2, "b"), (3, "c"))]
    assert distinct(rows) == {("f", 2, "b"): 2, ("f", 3, "c"): 3}


def test_numbered_lesions_of_one_file_stay_apart(tmp_path, maps):
    folder = masks(tmp_path / "m", maps, liver=maps[0] > 0)
    save(folder / "lesions.nii.gz", maps[1], maps[2])
    assert [one.id for one in measure_liver(read_liver(folder)).lesions] == [1, 2, 3]


def test_a_liver_file_of_several_labels_is_asked_about(tmp_path, maps):
    folder = masks(tmp_path / "m", maps, HCC=maps[1] == 1)
    save(folder / "liver.nii.gz", np.where(maps[1] > 0, 2, maps[0] > 0).astype(np.uint8), maps[2])
    with pytest.raises(InputError, match="one label"):
        read_liver(folder)


def test_files_named_by_structure_without_a_folder(tmp_path, maps):
    folder = masks(
        tmp_path / "m", maps, **{f"liver_segment_{n}": maps[0] == n for n in range(1, 9)},
        HCC=maps[1] == 1,
    )  # fmt: skip
    found = measure_liver(read_liver(sorted(folder.iterdir())))
    assert len(found.segments) == 8
    assert len(found.lesions) == 1


def test_the_liver_in_a_named_lesion_map_is_not_a_lesion(tmp_path, maps):
    liver = save(tmp_path / "s.nii.gz", maps[0], lps(maps))
    path = slicer(tmp_path / "x.seg.nrrd", maps, {"liver": maps[0] > 0, "Any": maps[1] == 1})
    found = measure_liver(read_liver(liver, presets="couinaud", lesions=path))
    assert len(found.lesions) == 1
    assert "liver" in sentence(found.notices[0])


def test_a_map_of_liver_and_tumour_given_as_lesions_is_refused(tmp_path, maps):
    liver = save(tmp_path / "s.nii.gz", maps[0], maps[2])
    lits = np.where(maps[1] > 0, 2, maps[0] > 0).astype(np.uint8)
    path = save(tmp_path / "l.nii.gz", lits, maps[2])
    with pytest.raises(InputError, match=r"100\.0 %.*preset lits"):
        read_liver(liver, presets="couinaud", lesions=path)


@pytest.mark.parametrize(("share", "fits"), [(0.899, True), (0.901, False)])
def test_the_largest_burden_that_is_read(tmp_path, maps, share, fits):
    inside = np.flatnonzero(maps[0].ravel(order="F"))
    lesions = np.zeros(maps[0].size, np.uint8)
    lesions[inside[: int(share * len(inside))]] = 1
    lesions = lesions.reshape(maps[0].shape, order="F")
    liver = save(tmp_path / "s.nii.gz", (maps[0] > 0).astype(np.uint8), maps[2])
    path = save(tmp_path / "l.nii.gz", lesions, maps[2])
    if fits:
        found = read_liver(liver, presets="liver", lesions=path)
        assert "lesion_large" in {one.code for one in found.notices}
    else:
        with pytest.raises(InputError, match="tumour burden"):
            read_liver(liver, presets="liver", lesions=path)


def test_a_liver_read_as_a_segment_is_refused(tmp_path, maps):
    lits = np.where(maps[1] > 0, 2, maps[0] > 0).astype(np.uint8)
    path = save(tmp_path / "l.nii.gz", lits, maps[2])
    with pytest.raises(InputError, match="whole liver"):
        read_liver(path, presets="couinaud")


def test_a_lesion_outside_is_marked_on_its_row(tmp_path, maps):
    moved = np.roll(maps[1], 8, axis=0)
    liver = save(tmp_path / "s.nii.gz", maps[0], maps[2])
    path = save(tmp_path / "l.nii.gz", moved, maps[2])
    found = measure_liver(read_liver(liver, presets="couinaud", lesions=path))
    ml = float(np.prod((4, 4, 5))) / 1000
    for one in found.lesions:
        beyond = int(np.count_nonzero((moved == one.id) & (maps[0] == 0)))
        assert one.outside_ml == pytest.approx(beyond * ml)
    assert any(one.outside_ml for one in found.lesions)
    assert sum(one.outside_ml for one in found.lesions) == pytest.approx(found.outside_ml)


def test_lesions_that_all_lie_outside_are_not_no_lesions(tmp_path, maps):
    corner = np.zeros_like(maps[1])
    corner[:3, :3, :3] = 1
    liver = save(tmp_path / "s.nii.gz", maps[0], maps[2])
    path = save(tmp_path / "l.nii.gz", corner, maps[2])
    with pytest.raises(InputError, match="outside"):
        read_liver(liver, presets="couinaud", lesions=path)
    two = np.where(corner > 0, 4, maps[1]).astype(np.uint8)
    path = save(tmp_path / "l2.nii.gz", two, maps[2])
    found = read_liver(liver, presets="couinaud", lesions=path)
    gone = [one for one in found.notices if one.code == "lesions_gone"]
    assert dict(gone[0].facts)["numbers"] == "4"


def test_lesions_drawn_as_holes_belong_to_the_liver(tmp_path, maps):
    folder = masks(tmp_path / "m", maps, liver=(maps[0] > 0) & (maps[1] == 0), tumor=maps[1] > 0)
    found = read_liver(folder)
    assert np.count_nonzero(found.liver) == np.count_nonzero(maps[0])
    assert np.count_nonzero(found.lesions) == np.count_nonzero(maps[1])
    assert "lesion_holes" in {one.code for one in found.notices}


def test_specks_are_said(tmp_path, maps):
    lesions = np.zeros_like(maps[1])
    inside = np.argwhere(maps[0] > 0)[::97][:30]
    lesions[tuple(inside.T)] = 1
    liver = save(tmp_path / "s.nii.gz", maps[0], maps[2])
    path = save(tmp_path / "l.nii.gz", lesions, maps[2])
    found = read_liver(liver, presets="couinaud", lesions=path)
    assert "lesion_specks" in {one.code for one in found.notices}


def test_a_missing_slice_is_said(tmp_path, maps):
    cut = maps[0].copy()
    cut[:, :, 15] = 0
    found = read_liver(save(tmp_path / "s.nii.gz", cut, maps[2]), presets="couinaud")
    gaps = [one for one in found.notices if one.code == "liver_gap"]
    assert dict(gaps[0].facts)["slices"] == 1
    lesions = maps[1].copy()
    lesions[:, :, np.flatnonzero((maps[1] == 1).any(axis=(0, 1)))[4]] = 0
    liver = save(tmp_path / "t.nii.gz", maps[0], maps[2])
    path = save(tmp_path / "l.nii.gz", lesions, maps[2])
    found = read_liver(liver, presets="couinaud", lesions=path)
    assert {dict(one.facts).get("number") for one in found.notices if one.code == "lesion_gap"} >= {
        1
    }


def test_a_stray_voxel_is_no_missing_slice(tmp_path, maps):
    stray = maps[0].copy()
    stray[30, 23, -1] = 1
    assert not stray[:, :, -2].any()
    found = read_liver(save(tmp_path / "s.nii.gz", stray, maps[2]), presets="couinaud")
    assert "liver_gap" not in {one.code for one in found.notices}


def test_the_start_of_a_mapping_is_valid_for_any_name(tmp_path):
    import tomllib

    census = Census()
    name = 'a "b" \\ 肝\x1b[31m\x7f\n'
    census.found.append(Labelled("f", 3, "", "?"))
    census.found.append(Labelled("f", 1, name, "?"))
    text = census.template()
    assert "\x1b" not in text
    assert tomllib.loads(text) == {"labels": {"3": "?"}, "names": {name: "?"}}
    with pytest.raises(InputError):
        census.settle()
    del tmp_path


def test_ranges_of_numbers():
    assert ranges([5, 1, 2, 3, 9]) == "1-3, 5, 9"
    assert ranges([]) == ""


def test_the_table_file_is_utf8_and_json_safe():
    path = Path(__file__).parents[2] / "src" / "hilum" / "patient" / "liver" / "names.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert all(len(row) == 6 for row in rows)
    assert json.dumps(rows)
