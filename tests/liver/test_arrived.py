"""Label maps as they are sent: what is understood, what is refused before it is unpacked."""

import errno
import io
import os
import stat
import zipfile

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.patient.liver import arrived
from hilum.patient.liver.arrived import Sent, found_in, lay
from hilum.patient.liver.held import hold
from tests.liver.phantoms import EXAMPLE, phantom, save


def zipped(*files, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def test_two_files_are_laid_under_names_of_ours(tmp_path):
    labels = Sent("C:\\patient Meier\\..\\x.nii.gz", (EXAMPLE / "segments.nii.gz").read_bytes())
    lesions = Sent("/etc/passwd.NII.GZ", (EXAMPLE / "lesions.nii.gz").read_bytes())
    maps = lay(labels, tmp_path, lesions)
    assert sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*")) == [
        "labels", "labels/labels.nii.gz", "lesions", "lesions/lesions.nii.gz",
    ]  # fmt: skip
    assert found_in(tmp_path) == maps


def test_a_folder_of_structures_in_a_zip(tmp_path):
    segments, lesions, affine = phantom()
    files = []
    for name, mask in (("liver", segments > 0), ("livertumor01", lesions == 1)):
        path = save(tmp_path / "one.nii.gz", mask.astype(np.uint8), affine)
        files.append((f"Patient 1/MASKS/{name}.nii.gz", path.read_bytes()))
    home = tmp_path / "home"
    home.mkdir()
    maps = lay(Sent("masks.zip", zipped(*files, ("__MACOSX/._x", b"x"))), home)
    assert [one.name for one in maps.labels] == ["MASKS"]
    assert len(hold(maps).measurement.lesions) == 1
    assert found_in(home) == maps


def test_an_rtstruct_finds_its_series_and_a_seg_is_itself(tmp_path, unpacked):
    dicom = {one.stem: one.read_bytes() for one in unpacked.iterdir()}
    kinds = {name: _modality(content) for name, content in dicom.items()}
    structures = next(name for name, kind in kinds.items() if kind == "RTSTRUCT")
    segmented = next(name for name, kind in kinds.items() if kind == "SEG")
    a, b = tmp_path / "a", tmp_path / "b"
    a.mkdir()
    b.mkdir()
    slices = [(f"CT/{n}", _slice(n)) for n in range(2)]
    maps = lay(Sent("x.zip", zipped(("RS.dcm", dicom[structures]), *slices)), a)
    assert maps.series == a / "series"
    assert len(list(maps.series.iterdir())) == 2
    assert found_in(a) == maps
    assert lay(Sent("segmentation", dicom[segmented]), b).labels[0].name == "labels.dcm"


def _modality(content):
    import pydicom

    return str(pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True).Modality)


def _slice(number):
    import pydicom
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    one = pydicom.Dataset()
    one.Modality, one.InstanceNumber = "CT", number
    one.SOPClassUID, one.SOPInstanceUID = CTImageStorage, f"1.2.3.{number}"
    one.file_meta = pydicom.dataset.FileMetaDataset()
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    pydicom.dcmwrite(out, one, enforce_file_format=True)
    return out.getvalue()


def _link():
    info = zipfile.ZipInfo("liver.nii")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((info, b"/etc/passwd"))


def _lying():
    """A zip whose directory says that a file is small."""
    content = bytearray(zipped(("liver.nii", bytes(3_000_000))))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


def _locked():
    content = bytearray(zipped(("liver.nii", b"x" * 100)))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


HOSTILE = {
    "up": zipped(("../liver.nii", b"x")),
    "up_inside": zipped(("a/../../liver.nii", b"x")),
    "root": zipped(("/tmp/liver.nii", b"x")),
    "drive": zipped(("C:/liver.nii", b"x")),
    "backslash": zipped(("..\\liver.nii", b"x")),
    "hidden": zipped((".ssh/liver.nii", b"x")),
    "script": zipped(("<script>.nii", b"x")),
    "deep": zipped(("a/b/c/d/e/liver.nii", b"x")),
    "twice": zipped(("liver.nii", b"x"), ("LIVER.nii", b"y")),
    "nested": zipped(("liver.zip", zipped(("a", b"x")))),
    "bomb": zipped(("liver.nii", bytes(60_000_000)), compression=zipfile.ZIP_LZMA),
    "link": _link(),
    "lying": _lying(),
    "locked": _locked(),
    "none": zipped(),
    "cut": zipped(("liver.nii", bytes(1000)))[:-30],
    "empty": b"PK\x03\x04",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_and_writes_nothing_beside(tmp_path, name):
    home = tmp_path / "in" / "home"
    home.mkdir(parents=True)
    with pytest.raises(InputError):
        lay(Sent("x.zip", HOSTILE[name]), home)
    written = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert all(one.is_relative_to(home) for one in written)
    assert sum(one.stat().st_size for one in written) < 4_000_000


@pytest.mark.parametrize(("count", "fits"), [(5, True), (6, False)])
def test_so_many_files_and_no_more(tmp_path, monkeypatch, count, fits):
    monkeypatch.setattr(arrived, "MOST_FILES", 5)
    content = zipped(*((f"{n}.nii", b"x") for n in range(count)))
    if fits:
        assert lay(Sent("x.zip", content), tmp_path).labels == (tmp_path / "labels",)
    else:
        with pytest.raises(InputError, match="at most 5 files"):
            lay(Sent("x.zip", content), tmp_path)


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
def test_so_many_bytes_and_no_more(tmp_path, monkeypatch, size, fits):
    monkeypatch.setattr(arrived, "MOST_BYTES", 1000)
    content = zipped(("a.nii", bytes(600)), ("b.nii", bytes(size - 600)))
    if fits:
        lay(Sent("x.zip", content), tmp_path)
    else:
        with pytest.raises(InputError, match="when unpacked"):
            lay(Sent("x.zip", content), tmp_path)


@pytest.mark.parametrize("name", ["x.exe", "x", "x.zip", "x.dcm", "x.nii.gz.html"])
def test_a_file_of_another_kind_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="one of"):
        lay(Sent(name, b"MZ nothing of a liver"), tmp_path)
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_a_nifti_that_unpacks_to_more_than_it_should_is_refused_by_its_header(tmp_path):
    """Dimensions are read before the data."""
    import gzip

    import nibabel as nib

    head = nib.Nifti1Header()
    head.set_data_dtype(np.uint8)
    head.set_data_shape((32000, 32000, 2000))
    head["sform_code"], head["srow_x"], head["srow_y"], head["srow_z"] = (
        1, [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0],
    )  # fmt: skip
    content = gzip.compress(head.binaryblock + bytes(1000))
    with pytest.raises(InputError):
        hold(lay(Sent("x.nii.gz", content), tmp_path))


@pytest.mark.parametrize("name", ["labels.zip", "labels.nii"])
def test_a_full_disk_is_no_fault_of_what_was_sent(tmp_path, monkeypatch, name):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    content = zipped(("a.nii", b"x" * 400)) if name.endswith("zip") else b"x" * 400
    monkeypatch.setattr("pathlib.Path.open" if name.endswith("zip") else "pathlib.Path.write_bytes",
                        full)  # fmt: skip
    with pytest.raises(InputError, match=r"folder that can be written \(No space left"):
        lay(Sent(name, content), tmp_path)


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_data_is_a_fault_of_the_zip_whatever_packed_it(tmp_path, packing):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("a.nii", bytes(range(256)) * 40)
    whole = bytearray(out.getvalue())
    whole[60:90] = b"\xff" * 30
    with pytest.raises(InputError, match="a zip that can be read"):
        lay(Sent("a.zip", bytes(whole)), tmp_path)
