"""A case with label maps: what they fill, what they decide, what the sheet shows."""

import json

import numpy as np
import pytest

import hilum
from hilum.errors import InputError
from hilum.patient import read_case, verdicts
from hilum.patient.liver.from_case import with_imaging
from tests.liver.phantoms import EXAMPLE, phantom, save

CASE = EXAMPLE.parent / "midgut-imaging.toml"


@pytest.fixture(scope="module")
def example():
    return with_imaging(read_case(CASE))


@pytest.fixture
def folder(tmp_path):
    """A phantom beside which cases can be written."""
    segments, lesions, affine = phantom()
    save(tmp_path / "s.nii.gz", segments, affine)
    save(tmp_path / "l.nii.gz", lesions, affine)
    return tmp_path


def written(folder, imaging, patient=""):
    path = folder / "case.toml"
    path.write_text(f"[patient]\n{patient}\n[imaging]\n{imaging}\n")
    return path


LABELS = 'labels = "s.nii.gz"\npreset = "couinaud"\nlesions = "l.nii.gz"\n'


def test_label_maps_fill_the_case(example, derived):
    case, findings = example
    expected = derived["volumetry"]["LiTS-1"]
    assert case.get("lesion_count") == expected["n_lesions"]
    assert case.get("unilobar_bilobar") == "bilobar"
    assert case.get("distribution") == "type_II"
    assert case.get("total_liver_volume_ml") == pytest.approx(expected["liver_ml"])
    assert case.get("liver_burden_percent") == pytest.approx(
        expected["burden_pct_inside_over_liver"]
    )
    assert case.get("flr_volume_ml") == findings.remnant.flr_ml
    assert case.get("lesion_sites") == frozenset(("II", "V", "VI", "VII", "VIII"))
    assert case.get("lung_shunt_dose_gy") == findings.doses.lung_gy
    patient = verdicts(case).patient
    assert patient.get("flr_percent_ct") == pytest.approx(findings.remnant.flr_percent_ct)
    assert patient.get("flr_percent_slv") == pytest.approx(findings.remnant.sflr_percent)
    for fact in case.facts:
        if fact.name in ("lesion_count", "flr_volume_ml"):
            assert fact.origin == ("imaging",)


def test_the_remnant_decides_resectability(folder):
    patient = 'grade = "G1"\nliver_condition = "normal"\nheight_cm = 180\nweight_kg = 90\n'
    patient += 'extrahepatic_disease = "none"\nfit_for_major_liver_surgery = true\n'
    patient += 'bilirubin = "0.8 mg/dL"\necog = 0\nresectable_fraction_percent = 100\n'
    answers = {}
    for resect in ("right_posterior", "right+left_lateral+caudate", "right+left"):
        path = written(folder, LABELS + f'resect = "{resect}"\nwedge = "all"\n', patient)
        case, findings = with_imaging(read_case(path), picture=False)
        found = verdicts(case).resectability
        answers[resect] = found.verdict
        facts = {name for one in found.in_the_way for name, _ in one.facts}
        small = findings.remnant.flr_percent_ct < 20
        assert ("remnant_sufficiency" in facts) is small, resect
    assert answers["right_posterior"] == "borderline"  # both sides: RES-18
    assert answers["right+left"] == "after_growth"


def test_the_measured_distribution_reaches_the_rules(example):
    case, _ = example
    hits = {hit.rule.rule_id for option in verdicts(case).options for hit in option.fired}
    # Type II is multifocal and on both sides: the rules of that scenario speak.
    assert {"RES-18", "PEI-05"} <= hits


def test_what_was_given_stays_and_is_compared(folder):
    path = written(folder, LABELS, "lesion_count = 9\nflr_percent = 55\ntumour_volume_ml = 58\n")
    case, findings = with_imaging(read_case(path), picture=False)
    assert case.get("lesion_count") == 9
    assert {one.attribute for one in findings.disagreements} == {"lesion_count"}
    path = written(folder, LABELS + 'resect = "right"\n', "flr_percent = 20\n")
    case, findings = with_imaging(read_case(path), picture=False)
    assert case.get("flr_percent") == 20
    assert {one.attribute for one in findings.disagreements} == {"flr_percent"}
    assert case.get("flr_volume_ml") is None


def test_two_time_points_give_the_growth(folder):
    segments, _, affine = phantom()
    # Before: a left liver that lacks its outermost rows; the right side does not matter.
    smaller = segments.copy()
    axis = int(np.argmax(np.abs(affine[0, :3])))
    where = np.flatnonzero((segments > 0).any(axis=tuple(a for a in range(3) if a != axis)))
    smaller[where[:5]] = 0
    save(folder / "before.nii.gz", smaller, affine)
    text = LABELS + 'resect = "right"\n[imaging.before]\nlabels = "before.nii.gz"\n'
    path = written(
        folder,
        text + 'preset = "couinaud"\nweeks = 4\n',
        "height_cm = 170\nweight_kg = 70\npve_done = true\n",
    )
    case, findings = with_imaging(read_case(path), picture=False)
    gained = findings.growth.sflr_after - findings.growth.sflr_before
    assert gained > 0
    assert findings.growth.kinetic_growth_rate == pytest.approx(gained / 4)
    assert case.get("kinetic_growth_rate_percent_per_week") == pytest.approx(gained / 4)
    path = written(folder, text + 'preset = "couinaud"\nweeks = 4\n')
    with pytest.raises(InputError, match="height and weight"):
        with_imaging(read_case(path), picture=False)


@pytest.mark.parametrize(
    ("imaging", "match"),
    [
        ("", "label map"),
        ('label = "s.nii.gz"', "nearest: 'labels'"),
        ("labels = 3", "word or a list"),
        (LABELS + "margin_mm = -3", "number above"),
        (LABELS + 'wedge = "some"', "lesion numbers"),
        (LABELS + 'outside = "perhaps"', "drop, keep"),
        (LABELS + "plane = [1, 2]", "point"),
        (LABELS + 'search = "no"', "true or false"),
        (LABELS + "[imaging.before]\nlabels = 's.nii.gz'", "weeks"),
        (LABELS + "[imaging.tare]\nproduct = 'gold'", "glass, resin"),
        (LABELS + "[imaging.tare]\nproduct = 'glass'\nactivty = 3", "nearest: 'activity_gbq'"),
        (LABELS + "segmentation_error_percent = 80", "at most 50"),
    ],
)
def test_faults_of_the_table_are_named(folder, imaging, match):
    with pytest.raises(InputError, match=match) as raised:
        read_case(written(folder, imaging))
    assert raised.value.faults[0].column.startswith("imaging")


@pytest.mark.parametrize(
    ("imaging", "match"),
    [
        ('labels = "absent.nii.gz"', "exists"),
        (LABELS + 'resect = "rigth"', "nearest: 'right'"),
        (LABELS + "wedge = [7]", "lesion's number"),
        (LABELS + "[imaging.tare]\nproduct = 'glass'\ndose_gy = 100", "lung_shunt"),
        (LABELS + 'formula = "x"\nresect = "right"', "vauthey"),
    ],
)
def test_faults_of_the_files_are_named(folder, imaging, match):
    with pytest.raises(InputError, match=match):
        with_imaging(read_case(written(folder, imaging)), picture=False)


def test_the_sheet_shows_the_liver_in_every_form(evidence):
    from base64 import b64decode
    from io import BytesIO

    from docx import Document
    from PIL import Image

    sheet = hilum.board(CASE, evidence)
    data = json.loads(sheet.model_dump_json())
    import jsonschema_rs

    jsonschema_rs.validate(hilum.json_schema(), data)
    part = data["liver"]
    assert part["source"] == "label_maps"
    image = Image.open(BytesIO(b64decode(part["picture_png"])))
    assert image.size[0] == image.size[1] > 600
    remnant = f"{part['remnant']['flr_percent_ct']:.1f}"
    page = hilum.render(sheet, "html", hilum.words("en")).decode()
    assert 'src="data:image/png;base64,' in page
    assert remnant in page
    words = hilum.words("zh-Hans")
    document = Document(BytesIO(hilum.render(sheet, "docx", words, full=True)))
    tables = [table for table in document.tables if len(table.columns) < 7][:8]
    cells = [cell.text for table in tables for row in table.rows for cell in row.cells]
    assert any(remnant in text for text in cells)
    described = [one._inline.docPr.get("descr") for one in document.inline_shapes]
    title = words("Axial, coronal and sagittal slice, and a view from the front")
    assert described.count(title) == 1
    assert len(described) > 50
    assert words.missing == set()


def test_numbers_typed_in_the_case_are_shown_as_such(sheet):
    part = sheet.liver
    assert part.source == "case_file"
    assert part.picture_png is None
    remnant = part.remnant
    # examples/midgut-multifocal.toml: 230 of 1720 - 520 mL
    assert remnant.flr_percent_ct == pytest.approx(100 * 230 / 1200)
    assert remnant.flr_percent_ct_range is None
    assert all(0 <= row.p_below <= 1 for row in remnant.thresholds)
    page = hilum.render(sheet, "html", hilum.words("en")).decode()
    assert "typed in the case file" in page
    assert hilum.board({"patient": {"age": 50}}).liver is None
