import gzip
import json
from pathlib import Path

import pytest

from tests.liver.phantoms import DATA


@pytest.fixture(scope="session")
def reference():
    """What independent tools measured on the files (``data/README.md``)."""
    return json.loads((DATA / "reference.json").read_text())["files"]


@pytest.fixture(scope="session")
def derived():
    return json.loads((DATA / "derived-reference.json").read_text())


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory):
    """The DICOM files, unpacked."""
    folder = tmp_path_factory.mktemp("dicom")
    for path in DATA.glob("*.dcm.gz"):
        (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    return folder


@pytest.fixture(scope="session")
def lits72():
    """Another, with lesions on one side."""
    from hilum.patient.liver import measure_liver, read_liver

    lesions = DATA / "LiTS-72_synthetic_lesions_unilobar.nii.gz"
    anatomy = read_liver(DATA / "LiTS-72.nii.gz", presets="couinaud", lesions=lesions)
    return anatomy, measure_liver(anatomy)


@pytest.fixture(scope="session")
def lits1():
    """A real liver with planted lesions, read once."""
    from hilum.patient.liver import measure_liver, read_liver

    example = Path(__file__).parents[2] / "examples" / "liver"
    anatomy = read_liver(
        example / "segments.nii.gz", presets="couinaud", lesions=example / "lesions.nii.gz"
    )
    return anatomy, measure_liver(anatomy)
