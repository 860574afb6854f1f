"""The CT beneath label maps: each voxel lies where it lay, in Hounsfield units."""

import gzip
import io
import zipfile

import nibabel as nib
import numpy as np
import pytest

from hilum.errors import InputError
from hilum.patient.liver.arrived import Sent, lay_ct
from hilum.patient.liver.ct import HIGHEST, LOWEST, WINDOWS, read_ct
from hilum.patient.liver.view import LiverView
from tests.liver.phantoms import points

VIEW = LiverView(
    np.ones((20, 16, 10), np.uint8),
    np.array([[2.0, 0, 0, -30], [0, 2.0, 0, 10], [0, 0, 3.0, 100], [0, 0, 0, 1]]),
    (),
)
# To the patient's left, to the back, up: another order than the view's, and another size.
CT = np.array([[-1.5, 0, 0, 60], [0, -1.5, 0, 90], [0, 0, 2.5, 60], [0, 0, 0, 1]])
SHAPE = (100, 90, 50)


def units(where):
    """A value of its own at every place: what is moved or turned is seen."""
    return np.rint(where @ np.array([3.0, 5.0, 7.0])) - 900


def nifti(folder, values, affine, slope=None, ending=".nii.gz"):
    image = nib.Nifti1Image(values, affine)
    image.header.set_xyzt_units("mm")
    if slope is not None:
        image.header.set_slope_inter(slope, -1024)
    nib.save(image, folder / f"ct{ending}")
    return folder / f"ct{ending}"


def lies_where_it_lay(made):
    where = points(made.voxels.shape, made.affine)
    assert np.array_equal(made.voxels, units(where).clip(LOWEST, HIGHEST))
    # The view's box, and no more than a voxel beyond on each side.
    ends = points((2, 2, 2), VIEW.affine @ np.diag([19, 15, 9, 1]))
    assert (where.reshape(-1, 3).min(axis=0) <= ends.reshape(-1, 3).min(axis=0)).all()
    assert (where.reshape(-1, 3).max(axis=0) >= ends.reshape(-1, 3).max(axis=0)).all()
    assert made.voxels.size < 2.2 * VIEW.voxels.size * 12 / 5.6


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_a_nifti_is_cut_where_the_liver_is(tmp_path, ending):
    values = units(points(SHAPE, CT)).astype(np.int16)
    made = read_ct(nifti(tmp_path, values, CT, ending=ending), VIEW)
    lies_where_it_lay(made)
    again = nib.Nifti1Image.from_bytes(gzip.decompress(made.nifti()))
    assert np.array_equal(np.asarray(again.dataobj), made.voxels)
    assert np.allclose(again.affine, made.affine)


def test_a_slope_is_honoured_and_what_no_scanner_gives_is_cut(tmp_path):
    values = ((units(points(SHAPE, CT)) + 1024) / 4).astype(np.float32)
    values[0, 0, :] = np.nan
    made = read_ct(nifti(tmp_path, values, CT, slope=4.0), VIEW)
    lies_where_it_lay(made)


def slices(values, affine, modality="CT"):
    """A zip of DICOM slices, the last one first."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    out = io.BytesIO()
    lps = np.diag([-1.0, -1, 1, 1]) @ affine
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in reversed(range(values.shape[2])):
            meta = FileMetaDataset()
            meta.TransferSyntaxUID = ExplicitVRLittleEndian
            meta.MediaStorageSOPClassUID = CTImageStorage
            meta.MediaStorageSOPInstanceUID = f"1.2.3.{number + 1}"
            one = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
            one.Modality, one.SeriesInstanceUID = modality, "1.2.3"
            one.Rows, one.Columns = values.shape[1], values.shape[0]
            one.PixelSpacing = [float(np.linalg.norm(lps[:3, n])) for n in (1, 0)]
            turn = lps[:3, :2] / np.linalg.norm(lps[:3, :2], axis=0)
            one.ImageOrientationPatient = [*turn[:, 0], *turn[:, 1]]
            one.ImagePositionPatient = list(lps[:3, 3] + number * lps[:3, 2])
            one.BitsAllocated = one.BitsStored = 16
            one.HighBit, one.PixelRepresentation, one.SamplesPerPixel = 15, 0, 1
            one.PhotometricInterpretation = "MONOCHROME2"
            one.RescaleSlope, one.RescaleIntercept = 1, -1024
            one.PixelData = (values[..., number].T + 1024).astype("<u2").tobytes()
            held = io.BytesIO()
            one.save_as(held, enforce_file_format=True)
            archive.writestr(f"series/{number}.dcm", held.getvalue())
    return out.getvalue()


def test_a_zip_of_dicom_slices(tmp_path):
    values = units(points(SHAPE, CT)).clip(LOWEST, HIGHEST)
    laid = lay_ct(Sent("anything.zip", slices(values, CT)), tmp_path)
    lies_where_it_lay(read_ct(laid, VIEW))


def test_what_is_no_ct_of_this_liver_is_refused(tmp_path):
    values = units(points(SHAPE, CT)).astype(np.int16)
    away = CT.copy()
    away[0, 3] += 400
    refused = {
        "% of it is there": (values, away),
        "a label map is none": ((values > 0).astype(np.uint8), CT),
    }
    for said, (array, affine) in refused.items():
        with pytest.raises(InputError, match=said):
            read_ct(nifti(tmp_path, array, affine), VIEW)
    folder = tmp_path / "mr"
    folder.mkdir()
    laid = lay_ct(Sent("a.zip", slices(values.clip(LOWEST, HIGHEST)[..., ::4], CT @ np.diag(
        [1, 1, 4, 1]), "MR")), folder)  # fmt: skip
    with pytest.raises(InputError, match="Modality"):
        read_ct(laid, VIEW)
    with pytest.raises(InputError, match=r"\.nii\.gz"):
        lay_ct(Sent("a.nrrd", b"NRRD0004"), tmp_path)


def test_windows_are_level_and_width():
    assert [(one.low, one.high) for one in WINDOWS] == [(-45, 105), (-150, 250), (-500, 1300)]
