"""What kind of file a label map is, by its name and its first bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from pathlib import Path


def stem(path: Path) -> str:
    """A file's name without what says its kind."""
    return re.sub(r"\.(nii|nii\.gz|seg\.nrrd|nrrd|mha)$", "", path.name, flags=re.IGNORECASE)


def is_dicom(path: Path) -> bool:
    """Whether the file's first bytes say so."""
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def kind_of(path: Path) -> str:
    """nifti, plain (NRRD, MetaImage) or dicom, by suffix and by the file's first bytes.

    Raises
    ------
    InputError
        Another kind of file, or a header that points to data in another file.
    """
    name = path.name.lower()
    try:
        with path.open("rb") as file:
            head = file.read(2**20)
    except OSError as error:
        expected = phrased("a readable file ({strerror})", strerror=error.strerror)
        raise InputError(Fault(str(path), None, "file", path.name, expected)) from error
    if name.endswith((".nii", ".nii.gz")):
        return "nifti"
    if head[128:132] == b"DICM":
        return "dicom"
    if name.endswith((".nrrd", ".mha")):
        apart = (
            rb"^\s*data ?file\s*:"
            if name.endswith("nrrd")
            else rb"^ElementDataFile[ \t]*=[ \t]*(?![ \t]|LOCAL)"
        )
        # Voxels kept in another file would be read from wherever the header says.
        text = head.split(b"\n\n")[0] if name.endswith("nrrd") else head
        if re.search(apart, text, re.IGNORECASE | re.MULTILINE):
            expected = "a header with its voxels in the same file"
            raise InputError(Fault(path.name, None, "data file", "", expected))
        return "plain"
    expected = "NIfTI (.nii, .nii.gz), NRRD (.nrrd), MetaImage (.mha), DICOM SEG or RTSTRUCT"
    raise InputError(Fault(str(path), None, "file", path.name, expected))
