"""DICOM SEG whose frames are not all there: said or refused, and no border that is none."""

import highdicom as hd
import numpy as np
import pydicom
import pytest
from highdicom.sr.coding import CodedConcept
from pydicom.uid import generate_uid

from hilum.errors import InputError
from hilum.patient.liver import measure_liver, read_liver
from hilum.patient.liver.layers import check_affine
from tests.liver.test_reading import slices

COUNT = 50
ML = 100 * 120 * 2.5 / 1000  # a slice of the box


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """A series of 50 slices, with what a segmentation needs to know of its patient."""
    folder = tmp_path_factory.mktemp("seg") / "ct"
    slices(folder, np.zeros((COUNT, 90, 80), np.uint16), (0, 0, 0), (2, 2, 2.5))
    found = []
    for path in sorted(folder.iterdir()):
        one = pydicom.dcmread(path)
        for name in ("PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
                     "AccessionNumber", "StudyID", "ReferringPhysicianName"):  # fmt: skip
            setattr(one, name, "")
        one.PatientID, one.FrameOfReferenceUID, one.SliceThickness = "1", "1.2.3.4", 2.5
        found.append(one)
    return found


def described(number, name, code):
    return hd.seg.SegmentDescription(
        number, name, CodedConcept("123037004", "SCT", "Anatomical Structure"),
        CodedConcept(code, "SCT", "any"), hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )  # fmt: skip


def segmented(path, images, planes, *, omit=True, lesion=("Blob", "52988006")):
    """A box on the planes given, and a lesion in it drawn as a segment of its own."""
    mask = np.zeros((COUNT, 90, 80, 2), np.uint8)
    for plane in planes:
        mask[plane, 10:70, 10:60, 0] = 1
    mask[20:26, 30:36, 30:36, 1] = mask[20:26, 30:36, 30:36, 0]
    made = hd.seg.Segmentation(
        images, mask, hd.seg.SegmentationTypeValues.BINARY,
        [described(1, "Liver", "10200004"), described(2, *lesion)],
        generate_uid(), 1, generate_uid(), 1, "a", "b", "1", "2", omit_empty_frames=omit,
    )  # fmt: skip
    made.save_as(path)
    return path


def codes(found):
    return {one.code for one in found.notices}


def test_empty_frames_left_out_are_no_border(tmp_path, images):
    found = measure_liver(read_liver(segmented(tmp_path / "x.dcm", images, range(5, 45))))
    assert found.liver_ml == pytest.approx(40 * ML)
    assert codes(found) == {"ends_unseen"}
    whole = segmented(tmp_path / "y.dcm", images, range(5, 45), omit=False)
    assert codes(measure_liver(read_liver(whole))) == set()
    cut = segmented(tmp_path / "z.dcm", images, range(45), omit=False)
    assert codes(measure_liver(read_liver(cut))) == {"liver_at_border"}


def test_a_code_makes_a_lesion_of_any_name(tmp_path, images):
    path = segmented(tmp_path / "x.dcm", images, range(5, 45))
    assert len(measure_liver(read_liver(path)).lesions) == 1
    path = segmented(tmp_path / "y.dcm", images, range(5, 45), lesion=("Blob", "85756007"))
    with pytest.raises(InputError, match="Blob"):
        read_liver(path)
    path = segmented(tmp_path / "z.dcm", images, range(5, 45), lesion=("Spleen", "78961009"))
    found = measure_liver(read_liver(path))
    assert not found.lesions
    assert "labels_unused" in codes(found)


@pytest.mark.parametrize(("missing", "fits"), [(1, True), (4, True), (5, False), (19, False)])
def test_frames_missing_inside_the_liver(tmp_path, images, missing, fits):
    gone = {7 + 2 * n for n in range(missing)}
    path = segmented(tmp_path / "x.dcm", images, [n for n in range(5, 45) if n not in gone])
    if fits:
        found = measure_liver(read_liver(path))
        assert found.liver_ml == pytest.approx((40 - missing) * ML)
        (notice,) = [one for one in found.notices if one.code == "liver_gap"]
        assert dict(notice.facts)["slices"] == missing
    else:
        with pytest.raises(InputError, match=f"none on {missing} of 40"):
            read_liver(path)


def test_what_is_too_large_for_a_float_is_too_large_for_a_voxel(recwarn):
    with pytest.raises(InputError, match="voxels of"):
        check_affine("f", np.diag([-1e308, 8.0, 8.0, 1.0]))
    assert not list(recwarn)
