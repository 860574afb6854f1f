"""From files to one anatomy: which reader, which meaning, one geometry, cut to the liver."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, MissingExtra
from hilum.patient.liver.anatomy import Anatomy, Notice
from hilum.patient.liver.assemble import PLAUSIBLE_ML, Meaning, assemble
from hilum.patient.liver.dicom import read_dicom
from hilum.patient.liver.geometry import parse_spacing
from hilum.patient.liver.layers import Layer
from hilum.patient.liver.presets import (
    PRESETS,
    Preset,
    Role,
    by_name,
    by_numbers,
    guess,
    preset,
    read_mapping,
)
from hilum.patient.liver.volumes import EXTRA, read_nifti, read_series, read_sitk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.patient.liver.geometry import Spacing

NEEDED = ("cc3d", "highdicom", "nibabel", "pydicom", "SimpleITK", "skimage")
VOLUME_SUFFIXES = (".nii", ".nii.gz", ".nrrd", ".mha")


def read_liver(
    labels: str | Path | Sequence[str | Path],
    *,
    presets: str | Sequence[str] | None = None,
    mapping: str | Path | Preset | None = None,
    lesions: str | Path | None = None,
    series: str | Path | None = None,
    outside: str = "drop",
    spacing: Sequence[float] | None = None,
    plausible_ml: tuple[float, float] = PLAUSIBLE_ML,
) -> Anatomy:
    """Read label maps of one liver.

    Parameters
    ----------
    labels : path or paths
        NIfTI, NRRD, MetaImage (``.mha``), DICOM SEG or RTSTRUCT, or a folder with one file a
        structure. Several files must share one geometry; nothing is resampled.
    presets : str or sequence, optional
        What labels mean: one name for all files, or one a file (:data:`PRESETS`). Without one,
        named labels are read by name and plain maps by a guess that the result reports.
    mapping : path or Preset, optional
        A TOML file with ``[labels]`` and ``[names]`` instead of a preset.
    lesions : path, optional
        A further map in which every label is a lesion; a single label is split into components.
    series : path, optional
        Folder of the image series that an RTSTRUCT was drawn on.
    outside : {"drop", "keep"}
        Lesion voxels outside the liver: left out, or added to lesion and liver.
    spacing : three numbers, optional
        The size of a voxel in mm along each file's axes, where a NIfTI, NRRD or MetaImage header
        does not state it or is wrong; it overrules the header, and the result says so.
    plausible_ml : tuple of float
        A liver outside these limits is refused: the spacing is wrong, or the labels are.

    Raises
    ------
    InputError
        No liver, an implausible volume, geometries that differ, more than three dimensions,
        interpolated labels, sheared axes, damaged or oversized files: each with what was found.
    MissingExtra
        When the readers are not installed.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise MissingExtra(EXTRA)
    paths = [Path(one) for one in ([labels] if isinstance(labels, str | Path) else labels)]
    if not paths:
        raise InputError(Fault("LABELS", None, "file", "", "at least one label map"))
    if outside not in ("drop", "keep"):
        raise InputError(Fault("--outside", None, "outside", outside, "drop or keep"))
    known = _known(paths, presets, mapping)
    edges = None if spacing is None else parse_spacing(spacing, "--spacing", "spacing")
    meanings: list[Meaning] = []
    folder = None if series is None else Path(series)
    for number, (path, one) in enumerate(zip(paths, known, strict=True)):
        meanings += _meanings(path, one, folder, edges, first=number == 0)
    if lesions is not None:
        meanings += _meanings(Path(lesions), PRESETS["lesions"], folder, edges, first=False)
    return assemble(meanings, outside, plausible_ml)


def _known(
    paths: Sequence[Path],
    presets: str | Sequence[str] | None,
    mapping: str | Path | Preset | None,
) -> list[Preset | None]:
    if mapping is not None:
        if presets:
            raise InputError(
                Fault("--mapping", None, "mapping", "", "either a preset or a mapping")
            )
        own = mapping if isinstance(mapping, Preset) else read_mapping(Path(mapping))
        return [own] * len(paths)
    names = [presets] if isinstance(presets, str) else list(presets or [])
    if not names:
        return [None] * len(paths)
    if len(names) not in (1, len(paths)):
        expected = f"one preset, or one for each of the {len(paths)} files"
        raise InputError(Fault("--preset", None, "preset", ", ".join(names), expected))
    found: list[Preset | None] = [preset(name) for name in names]
    return found * len(paths) if len(found) == 1 else found


def _meanings(
    path: Path,
    known: Preset | None,
    series: Path | None,
    spacing: Spacing | None,
    *,
    first: bool,
) -> list[Meaning]:
    """Layers of one file or folder with the roles of their labels."""
    if not path.exists():
        raise InputError(Fault(str(path), None, "file", path.name, "a file that exists"))
    if path.is_dir():
        return _folder(path, known, spacing)
    kind = _kind(path)
    if kind == "dicom":
        if spacing is not None:
            expected = "no --spacing: DICOM states its own"
            raise InputError(Fault(path.name, None, "spacing", "", expected))
        names = known or PRESETS["names"]
        layers = read_dicom(path, series, lambda name: _wanted(name, names))
    elif kind == "nifti":
        layers = [read_nifti(path, spacing)]
    else:
        layers = read_sitk(path, spacing)
    return [_meaning(layer, path, known, first=first) for layer in layers]


def _wanted(name: str, known: Preset) -> bool:
    role = known.every or by_name(name, known)
    return role is not None and role.kind != "ignore"


def _meaning(layer: Layer, path: Path, known: Preset | None, *, first: bool) -> Meaning:
    notices = layer.notices
    if layer.names:
        roles: dict[int, Role] = {}
        for label, name in layer.names.items():
            names = known or PRESETS["names"]
            role = names.every or by_name(name, names)
            if role is not None:
                roles[label] = role
        return Meaning(layer, roles, notices)
    present = _present(layer)
    chosen = known
    if chosen is None:
        chosen, notice = _guessed(path, present, first=first)
        notices = (*notices, notice)
    return Meaning(layer, by_numbers(present, chosen), notices)


def _guessed(path: Path, present: list[int], *, first: bool) -> tuple[Preset, Notice]:
    """How a plain label map without a preset is read, and the notice that says so."""
    named = by_name(_stem(path), PRESETS["names"])
    if not first and named is not None and named.kind not in ("liver", "segment", "ignore"):
        role = Role(named.kind)
        return Preset("names", every=role), _read_as(path, role.kind)
    name = guess(present)
    if name is None:
        shown = ", ".join(str(label) for label in present[:20])
        expected = f"--preset (one of {', '.join(PRESETS)}) or --mapping: labels say nothing alone"
        raise InputError(Fault(path.name, None, "labels", shown, expected))
    return PRESETS[name], _read_as(path, name)


def _read_as(path: Path, name: str) -> Notice:
    return Notice("preset_guessed", (("file", path.name), ("preset", name)))


def _present(layer: Layer) -> list[int]:
    """Labels that occur, without 0."""
    import numpy as np

    seen = np.zeros(65536 if layer.array.dtype.itemsize > 1 else 256, bool)
    outer = int(np.argmax(np.abs(layer.array.strides)))
    for plane in np.moveaxis(layer.array, outer, 0):
        if plane.any():
            seen[plane] = True
    seen[0] = False
    return [int(label) for label in np.flatnonzero(seen)]


def _folder(path: Path, known: Preset | None, spacing: Spacing | None) -> list[Meaning]:
    """A folder with one file, or one folder of DICOM slices, a structure; the name is the label."""
    names = known or PRESETS["names"]
    meanings: list[Meaning] = []
    for child in sorted(path.iterdir()):
        if child.is_symlink():
            continue  # a link may lead out of the folder that was named
        if child.is_dir():
            if _wanted(child.name, names) and any(child.iterdir()):
                meanings.append(_named(read_series(child), child.name, names))
        elif child.name.lower().endswith(VOLUME_SUFFIXES) and _wanted(_stem(child), names):
            read = (
                [read_nifti(child, spacing)]
                if _kind(child) == "nifti"
                else read_sitk(child, spacing)
            )
            meanings += [_named(layer, _stem(child), names) for layer in read]
        elif _kind(child) == "dicom":
            meanings += _meanings(child, known, None, None, first=False)
    if not meanings:
        expected = "files or folders named by structure (liver, liver_segment_1, livertumor01, ...)"
        raise InputError(Fault(str(path), None, "folder", path.name, expected))
    return meanings


def _named(layer: Layer, name: str, names: Preset) -> Meaning:
    role = names.every or by_name(name, names)
    assert role is not None, name
    loose = Layer(layer.array, layer.affine, layer.file, {}, False, layer.notices)
    return Meaning(loose, dict.fromkeys(_present(layer), role), layer.notices)


def _stem(path: Path) -> str:
    return re.sub(r"\.(nii|nii\.gz|seg\.nrrd|nrrd|mha)$", "", path.name, flags=re.IGNORECASE)


def _kind(path: Path) -> str:
    """nifti, sitk or dicom, by suffix and by the file's first bytes.

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
        expected = f"a readable file ({error.strerror})"
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
        return "sitk"
    expected = "NIfTI (.nii, .nii.gz), NRRD (.nrrd), MetaImage (.mha), DICOM SEG or RTSTRUCT"
    raise InputError(Fault(str(path), None, "file", path.name, expected))
