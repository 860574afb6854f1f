"""From files to one anatomy: which reader, which meaning, one geometry, cut to the liver."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, MissingExtra, Parameter, phrased
from hilum.patient.liver.anatomy import Anatomy, Labelled, Notice
from hilum.patient.liver.assemble import assemble
from hilum.patient.liver.dicom import read_dicom
from hilum.patient.liver.geometry import parse_spacing
from hilum.patient.liver.headers import has_names
from hilum.patient.liver.kinds import is_dicom, kind_of, stem
from hilum.patient.liver.labels import Census, distinct
from hilum.patient.liver.layers import Layer
from hilum.patient.liver.meaning import Meaning
from hilum.patient.liver.names import Role
from hilum.patient.liver.plausible import PLAUSIBLE_ML
from hilum.patient.liver.presets import (
    PRESETS,
    Preset,
    by_name,
    by_numbers,
    guess,
    preset,
    read_mapping,
)
from hilum.patient.liver.volumes import EXTRA, read_nifti, read_plain, read_series
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.patient.liver.geometry import Spacing
    from hilum.patient.liver.wanted import Maps
    from hilum.watch import Watch

NEEDED = ("cc3d", "highdicom", "nibabel", "pydicom", "SimpleITK", "skimage")
# Lesion voxels outside the liver: left out, or added to lesion and liver.
OUTSIDE = ("drop", "keep")
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
    watch: Watch = SILENT,
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
    watch : Watch
        Told of every file that is read.

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
        raise InputError(Fault("", None, "labels", "", "at least one label map"))
    if outside not in OUTSIDE:
        raise InputError(Fault("", None, "outside", outside, "drop or keep"))
    known = _known(paths, presets, mapping)
    if lesions is not None:
        paths.append(Path(lesions))
        known.append(PRESETS["lesions"])
    edges = None if spacing is None else parse_spacing(spacing, "", "spacing")
    reader = _Reader(None if series is None else Path(series), edges)
    meanings: list[Meaning] = []
    watch.stage("reading", len(paths))
    for number, (path, one) in enumerate(zip(paths, known, strict=True)):
        meanings += reader.meanings(path, one, first=number == 0)
        watch.done()
    census = reader.census
    census.settle()
    anatomy = assemble(_told_apart(meanings, distinct(census.found)), outside, plausible_ml)
    notices = tuple(dict.fromkeys((*anatomy.notices, *census.notices())))
    return replace(anatomy, notices=notices, labels=tuple(census.found))


def read_maps(maps: Maps, watch: Watch = SILENT) -> Anatomy:
    """Read the label maps of one time, as they are asked for."""
    return read_liver(
        maps.labels,
        presets=maps.presets or None,
        mapping=maps.mapping,
        lesions=maps.lesions,
        series=maps.series,
        outside=maps.outside,
        spacing=maps.spacing,
        watch=watch,
    )


def _told_apart(
    meanings: Sequence[Meaning], changed: dict[tuple[str, int, str], int]
) -> list[Meaning]:
    """Lesions that different labels call alike, with numbers of their own."""
    found: list[Meaning] = []
    for one in meanings:
        roles = dict(one.roles)
        for label in roles:
            name = one.layer.names.get(label, one.name)
            new = changed.get((one.layer.file, one.layer.segment or label, name))
            if new is not None:
                roles[label] = Role("lesion", new)
        found.append(replace(one, roles=roles))
    return found


def _known(
    paths: Sequence[Path],
    presets: str | Sequence[str] | None,
    mapping: str | Path | Preset | None,
) -> list[Preset | None]:
    if mapping is not None:
        if presets:
            raise InputError(Fault("", None, "mapping", "", "either a preset or a mapping"))
        own = mapping if isinstance(mapping, Preset) else read_mapping(Path(mapping))
        return [own] * len(paths)
    names = [presets] if isinstance(presets, str) else list(presets or [])
    if not names:
        return [None] * len(paths)
    if len(names) not in (1, len(paths)):
        expected = phrased("one preset, or one for each of the {number} files", number=len(paths))
        raise InputError(Fault("", None, "preset", ", ".join(names), expected))
    found: list[Preset | None] = [preset(name) for name in names]
    return found * len(paths) if len(found) == 1 else found


class _Reader:
    """Reads files and folders into meanings, and keeps the census of everything they hold."""

    def __init__(self, series: Path | None, spacing: Spacing | None) -> None:
        self.series, self.spacing, self.census = series, spacing, Census()

    def meanings(self, path: Path, known: Preset | None, *, first: bool) -> list[Meaning]:
        """Layers of one file or folder with the roles of their labels."""
        if not path.exists():
            raise InputError(Fault(str(path), None, "file", path.name, "a file that exists"))
        if path.is_dir():
            return self.folder(path, known or PRESETS["names"])
        kind = kind_of(path)
        if kind == "dicom":
            layers = self.dicom(path, known or PRESETS["names"])
        elif kind == "nifti":
            layers = [read_nifti(path, self.spacing)]
        else:
            layers = read_plain(path, self.spacing)
        return [self.meaning(layer, path, known, first=first) for layer in layers]

    def dicom(self, path: Path, known: Preset) -> list[Layer]:
        """Layers of a DICOM file whose name or code is understood; the others are noted."""
        if self.spacing is not None:
            expected = "nothing: DICOM states its own spacing"
            raise InputError(Fault(path.name, None, "spacing", "", expected))

        def wanted(number: int, name: str, code: str) -> bool:
            self.census.named(path.name, [(number, name, code)], known)
            role = by_name(name, known, code)
            return role is not None and role.kind != "ignore"

        return read_dicom(path, self.series, wanted)

    def meaning(self, layer: Layer, path: Path, known: Preset | None, *, first: bool) -> Meaning:
        """A layer and the roles of its labels."""
        present = _present(layer)
        if layer.names:
            names = known or PRESETS["names"]
            judged = [(n, name, layer.codes.get(n, "")) for n, name in layer.names.items()]
            if not layer.segment:
                self.census.named(layer.file, judged, names)
                unnamed = [label for label in present if label not in layer.names]
                self.census.numbered(layer.file, unnamed, {}, names)
            self.census.empty(layer.file, [layer.names[n] for n in layer.names if n not in present])
            roles = {n: role for n, *said in judged if (role := by_name(said[0], names, said[1]))}
            return Meaning(layer, roles, layer.notices)
        chosen, notices = known, layer.notices
        if chosen is None:
            chosen, notice = _guessed(path, present, first=first)
            notices = (*notices, notice)
        roles = by_numbers(present, chosen)
        self.census.numbered(layer.file, present, roles, chosen)
        return Meaning(layer, roles, notices)

    def folder(self, path: Path, names: Preset) -> list[Meaning]:
        """A folder with one file, or one folder of slices, a structure; the name is the label."""
        meanings: list[Meaning] = []
        for child in sorted(path.iterdir()):
            name = stem(child)
            if child.is_symlink():
                # A link may lead out of the folder that was named.
                self.census.leaves(path.name, child.name)
            elif child.is_dir():
                if not any(child.iterdir()):
                    self.census.leaves(path.name, child.name)
                elif self._wants(child.name, name, names):
                    meanings.append(self._one(read_series(child), child.name, names))
            elif child.name.lower().endswith(VOLUME_SUFFIXES):
                kind = kind_of(child)
                if kind == "plain" and has_names(child):
                    layers = read_plain(child, self.spacing)
                    meanings += [self.meaning(one, child, names, first=False) for one in layers]
                elif self._wants(child.name, name, names):
                    meanings += [
                        self._one(layer, name, names)
                        for layer in (
                            [read_nifti(child, self.spacing)]
                            if kind == "nifti"
                            else read_plain(child, self.spacing)
                        )
                    ]
            elif is_dicom(child):
                meanings += self.meanings(child, names, first=False)
            else:
                self.census.leaves(path.name, child.name)
        if not meanings:
            self.census.settle()
            shown = ", ".join(dict.fromkeys(one.name for one in self.census.found)) or path.name
            expected = (
                "files or folders named by structure (liver, liver_segment_1, livertumor01, ...)"
            )
            raise InputError(Fault(str(path), None, "folder", shown, expected))
        return meanings

    def _wants(self, file: str, name: str, names: Preset) -> bool:
        """Whether a file is to be read; one that is not is noted by its name."""
        role = by_name(name, names)
        if role is None or role.kind == "ignore":
            self.census.named(file, [(1, name, "")], names)
            return False
        return True

    def _one(self, layer: Layer, name: str, names: Preset) -> Meaning:
        """A file that holds one structure, whose name says which."""
        role = by_name(name, names)
        assert role is not None, name
        present = _present(layer)
        if len(present) > 1 and role.kind in ("liver", "segment") and names.every is None:
            shown = ", ".join(str(label) for label in present[:20])
            expected = phrased(
                "one label, as the name of the file says; for several give {preset}",
                preset=Parameter("preset"),
            )
            raise InputError(Fault(layer.file, None, "labels", shown, expected))
        if len(present) > 1 and role.kind == "lesion" and not role.number:
            roles = {label: Role("lesion", label) for label in present}
        else:
            roles = dict.fromkeys(present, role)
        if not present:
            self.census.empty(layer.file, [name])
        for label, one in roles.items():
            self.census.found.append(Labelled(layer.file, label, name, _shown(one), one.number))
        loose = Layer(layer.array, layer.affine, layer.file, {}, False, layer.notices)
        return Meaning(loose, roles, layer.notices, name)


def _shown(role: Role) -> str:
    return role.kind if role.sure else f"{role.kind}?"


def _guessed(path: Path, present: list[int], *, first: bool) -> tuple[Preset, Notice]:
    """How a plain label map without a preset is read, and the notice that says so."""
    said = stem(path)
    named = by_name(said, PRESETS["names"])
    if named is not None and named.sure and len(present) == 1:
        role = Labelled(path.name, present[0], said, named.kind, named.number)
        return Preset("names", {present[0]: named}), _read_as(path, role.words)
    if not first and named is not None and named.kind not in ("liver", "segment", "ignore"):
        return Preset("names", every=Role(named.kind)), _read_as(path, named.kind)
    name = guess(present)
    if name is None:
        shown = ", ".join(str(label) for label in present[:20])
        lines = "\n".join(["[labels]", *(f'{label} = "?"' for label in present[:100])])
        expected = phrased(
            "{preset} (one of {presets}) or {mapping} FILE.toml: labels say "
            "nothing alone. To start from:\n{lines}",
            preset=Parameter("preset"),
            mapping=Parameter("mapping"),
            presets=", ".join(PRESETS),
            lines=lines,
        )
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
