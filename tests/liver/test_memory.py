"""Every reader under a bound of memory: a header that claims a huge volume is refused with it.

The child may take as much as it holds after its imports, and 400 MB more.
"""

import gzip
import json
import shutil
import subprocess
import sys
import zlib

import nibabel as nib
import numpy as np
import pydicom
import pytest

resource = pytest.importorskip("resource")

MORE = 400 * 2**20
CHILD = """
import json, resource, sys
import cc3d, highdicom, nibabel, pydicom, scipy.ndimage, skimage
from hilum.errors import InputError
from hilum.patient.liver import read_liver

held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + MORE, held + MORE))
said = {}
for name, path, series in json.loads(sys.argv[1]):
    try:
        read_liver(path, presets=None if name.startswith("dicom") else "liver", series=series)
        said[name] = "read"
    except InputError as error:
        said[name] = str(error)
    except MemoryError:
        said[name] = "MemoryError"
print(json.dumps(said))
""".replace("MORE", str(MORE))

VOXELS, BYTES, TEXT = "536,870,912 voxels", "2,147,483,648 bytes", "134,217,728 bytes"


def nifti(path, shape, dtype=np.uint8):
    header = nib.Nifti1Header()
    header.set_data_shape(shape)
    header.set_data_dtype(dtype)
    header.set_sform(np.diag([1.0, 1, 1, 1]), 1)
    header["vox_offset"] = 352
    data = header.binaryblock + b"\0" * 4
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def nrrd(path, sizes, *more, content=b"", kind="uchar", encoding="gzip"):
    lines = [
        "NRRD0004", f"type: {kind}", f"dimension: {len(sizes)}",
        f"sizes: {' '.join(map(str, sizes))}", f"encoding: {encoding}", *more,
    ]  # fmt: skip
    if len(sizes) == 3:
        lines += ["space: left-posterior-superior", "space directions: (1,0,0) (0,1,0) (0,0,1)"]
    path.write_bytes(("\n".join(lines) + "\n\n").encode() + content)
    return path


def mha(path, sizes, content=b"", kind="MET_UCHAR", compressed=True):
    text = (
        f"ObjectType = Image\nNDims = 3\nBinaryData = True\nCompressedData = {compressed}\n"
        f"ElementSpacing = 1 1 1\nDimSize = {' '.join(map(str, sizes))}\nElementType = {kind}\n"
        "ElementDataFile = LOCAL\n"
    )
    path.write_bytes(text.encode() + content)
    return path


def zeros(megabytes):
    """A gzip stream of zeros, a thousandth of its size."""
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    one = bytes(2**20)
    return b"".join([*(packed.compress(one) for _ in range(megabytes)), packed.flush()])


def claimed(folder, unpacked):
    """Name, path, series and the bound that the message must hold."""
    bomb = zeros(1200)
    seg = pydicom.dcmread(unpacked / "liver.dcm")
    seg.Rows, seg.Columns, seg.NumberOfFrames = 65535, 65535, 90000
    seg.save_as(folder / "seg.dcm")
    found = [
        ("nifti", nifti(folder / "a.nii", (30000, 30000, 30000)), None, VOXELS),
        ("nifti.gz", nifti(folder / "b.nii.gz", (2000, 2000, 2000)), None, VOXELS),
        ("nifti bytes", nifti(folder / "c.nii", (800, 800, 800), np.float64), None, BYTES),
        ("nrrd", nrrd(folder / "d.nrrd", (90000, 90000, 90000)), None, BYTES),
        ("nrrd voxels", nrrd(folder / "e.nrrd", (900, 900, 900)), None, VOXELS),
        (
            "nrrd parts",
            nrrd(
                folder / "f.nrrd", (8, 800, 800, 800), "kinds: vector domain domain domain",
                "space: left-posterior-superior", "space directions: none (1,0,0) (0,1,0) (0,0,1)",
                content=bomb,
            ),
            None,
            BYTES,
        ),
        # The header says little and the stream holds more than may be taken.
        ("nrrd bomb", nrrd(folder / "g.nrrd", (10, 10, 10), content=bomb), None, "1,000 bytes"),
        (
            "nrrd text",
            nrrd(folder / "h.nrrd", (500, 500, 500), encoding="text", content=b"0 " * 68_000_000),
            None,
            TEXT,
        ),
        ("mha", mha(folder / "i.mha", (90000, 90000, 90000)), None, BYTES),
        ("mha voxels", mha(folder / "j.mha", (900, 900, 900)), None, VOXELS),
        (
            "mha bomb", mha(folder / "k.mha", (10, 10, 10), content=zeros(1200)), None,
            "1,000 bytes",
        ),
        ("dicom seg", folder / "seg.dcm", None, VOXELS),
    ]  # fmt: skip
    contours = pydicom.dcmread(unpacked / "crlm_style_rtstruct.dcm")
    for roi in contours.ROIContourSequence:
        # One contour at another end of the world: the grid of its own points is huge.
        one = roi.ContourSequence[0]
        data = np.array(one.ContourData, float).reshape(-1, 3) + np.array([9e4, 9e4, 0.0])
        one.ContourData = [f"{value:.2f}" for value in data.ravel()]
    contours.save_as(folder / "rt.dcm")
    found.append(("dicom rtstruct", folder / "rt.dcm", None, VOXELS))
    series = folder / "series"
    series.mkdir()
    for number in range(3):
        head = pydicom.Dataset()
        head.file_meta = pydicom.dataset.FileMetaDataset()
        head.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        head.SOPClassUID, head.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"1.2.3.{number}"
        head.SeriesInstanceUID = "1.2.3"
        head.Rows = head.Columns = 65535
        head.PixelSpacing = [1.0, 1.0]
        head.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        head.ImagePositionPatient = [0, 0, float(number)]
        head.save_as(series / f"{number}.dcm", enforce_file_format=True)
    shutil.copy(unpacked / "crlm_style_rtstruct.dcm", folder / "rt2.dcm")
    found.append(("dicom rtstruct series", folder / "rt2.dcm", series, VOXELS))
    masks = folder / "masks"
    shutil.copytree(series, masks / "liver")
    found.append(("folder of slices", masks, None, VOXELS))
    return found


def test_a_header_that_claims_a_huge_volume_is_refused_with_the_bound(tmp_path, unpacked):
    files = claimed(tmp_path, unpacked)
    asked = json.dumps(
        [(name, str(path), series and str(series)) for name, path, series, _ in files]
    )
    done = subprocess.run(
        [sys.executable, "-c", CHILD, asked],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert set(said) == {name for name, *_ in files}
    for name, _, _, bound in files:
        assert f"{bound}" in said[name], (name, said[name][-300:])


def test_the_bounds_themselves():
    """On, just below and just above: 2^29 voxels, 2^31 bytes, and layers together."""
    from hilum.errors import InputError
    from hilum.patient.liver.layers import check_layers, check_size

    check_size("x", (1024, 1024, 512))
    check_size("x", (1024, 1024, 511))
    check_size("x", (512, 512, 1024), 8)
    check_layers("x", "segments", 4, (512, 512, 512))
    for shape, size in (((1024, 1024, 513), 1), ((512, 512, 1025), 8)):
        with pytest.raises(InputError, match="at most"):
            check_size("x", shape, size)
    with pytest.raises(InputError, match=VOXELS):
        check_layers("x", "segments", 5, (512, 512, 512))
