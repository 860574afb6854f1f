"""Label maps as they are sent: a file or a zip, laid into a folder of one's own under bounds.

A file's own name counts for its ending alone, except inside a zip, where names may say what a
structure is; none of them leads out of the folder.
"""

from __future__ import annotations

import re
import stat
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.patient.liver.kinds import is_dicom
from hilum.patient.liver.volumes import EXTRA
from hilum.patient.liver.wanted import Maps

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

# A CT of the whole body has some thousand slices; a map of it some hundred million voxels.
MOST_FILES: Final = 3000
MOST_BYTES: Final = 512_000_000
MOST_RATIO: Final = 1500
MOST_DEPTH: Final = 5
MEGABYTE: Final = 1_000_000
CHUNK: Final = 1 << 20
VOLUMES: Final = (".nii.gz", ".nii", ".seg.nrrd", ".nrrd", ".mha")
ENDINGS: Final = (*VOLUMES, ".dcm", ".zip")
PART = re.compile(r"\w[\w .+()=,\[\]-]{0,99}")
# What a Mac adds to a zip, and says nothing.
ASIDE: Final = ("__MACOSX", ".DS_Store", "DICOMDIR", "Thumbs.db")
NIFTI: Final = (".nii.gz", ".nii")
CT: Final = "ct"
STRUCTURES, SERIES, LABELS, LESIONS = "structures", "series", "labels", "lesions"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent: its name and what is in it."""

    name: str
    content: bytes


def lay(sent: Sent, folder: Path, lesions: Sent | None = None) -> Maps:
    """Write what was sent into an empty folder, and find the label maps in it.

    Parameters
    ----------
    sent : Sent
        NIfTI, NRRD, MetaImage or DICOM, or a zip: of one of them, of a folder with a file a
        structure, of DICOM SEG, or of an RTSTRUCT with the slices that it was drawn on.
    folder : Path
        Nobody else's; nothing is written beside it.
    lesions : Sent, optional
        A further map in which every label is a lesion.

    Raises
    ------
    InputError
        A file of another kind, too many or too large ones, names that lead elsewhere.
    MissingExtra
        When pydicom is not installed.
    """
    if lesions is not None and _ending(lesions) not in VOLUMES:
        raise InputError(Fault(LESIONS, None, "file", _shown(lesions.name), _one_of(VOLUMES)))
    with _written():
        labels = folder / LABELS
        labels.mkdir()
        if _ending(sent) == ".zip":
            _unpack(sent.content, labels)
            maps = _sorted(labels, folder)
        else:
            maps = Maps((_write(sent, labels, LABELS),))
        if lesions is None:
            return maps
        other = folder / LESIONS
        other.mkdir()
        return replace(maps, lesions=_write(lesions, other, LESIONS))


def lay_ct(sent: Sent, folder: Path) -> Path:
    """Write a CT that was sent into an empty folder: a NIfTI file, or a zip of DICOM slices.

    Returns
    -------
    Path
        The file, or the folder of the slices.

    Raises
    ------
    InputError
        It is of another kind, or more than may be unpacked.
    """
    with _written():
        ending = _ending(sent)
        if ending in NIFTI:
            return _write(sent, folder, CT)
        if ending != ".zip":
            expected = _one_of((*NIFTI, ".zip"))
            raise InputError(Fault(CT, None, "file", _shown(sent.name), expected))
        inside, series = folder / LABELS, folder / SERIES
        for one in (inside, series):
            one.mkdir()
        _unpack(sent.content, inside)
        files = _files(inside)
        if len(files) == 1 and files[0].name.lower().endswith(NIFTI):
            return files[0]
        for number, one in enumerate(one for one in files if is_dicom(one)):
            one.rename(series / f"{number:05}.dcm")
        return series


def found_in(folder: Path) -> Maps:
    """The label maps in a folder that :func:`lay` filled."""
    maps = _sorted(folder / LABELS, folder)
    other = folder / LESIONS
    return replace(maps, lesions=next(iter(_files(other)))) if other.is_dir() else maps


def _ending(sent: Sent) -> str:
    """The ending that is known, by which readers are chosen; ``.dcm`` where the content says so."""
    name = sent.name.lower()
    if sent.content[128:132] == b"DICM":
        return ".dcm"
    if sent.content[:4] == b"PK\x03\x04":
        return ".zip"
    found = next((one for one in ENDINGS if name.endswith(one)), None)
    if found is None or found in (".zip", ".dcm"):
        raise InputError(Fault(LABELS, None, "file", _shown(sent.name), _one_of(ENDINGS)))
    return found


def _one_of(endings: Iterable[str]) -> str:
    return phrased("one of {known}", known=", ".join(endings))


def _shown(name: str) -> str:
    """The end of a name, without what leads to it."""
    return PurePosixPath(name.replace("\\", "/")).name[-40:]


def _write(sent: Sent, folder: Path, name: str) -> Path:
    path = folder / f"{name}{_ending(sent)}"
    path.write_bytes(sent.content)
    return path


def _unpack(content: bytes, folder: Path) -> None:
    """Every file of a zip, each looked at before a byte of it is unpacked, and counted while it is.

    Raises
    ------
    InputError
        No zip, or one that a person would not have made.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise refusal("file", "", "a zip that can be read") from error
    with archive:
        wanted = list(_wanted(archive))
        room = MOST_BYTES
        for info, place in wanted:
            path = folder.joinpath(*place)
            path.parent.mkdir(parents=True, exist_ok=True)
            room -= _copied(archive, info, path, room)


def _copied(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, room: int) -> int:
    """Bytes of one file, as many as there is room for."""
    size = 0
    with _whole():
        source = archive.open(info)
    with source, path.open("xb") as target:
        while True:
            with _whole():
                chunk = source.read(CHUNK)
            size += len(chunk)
            if not chunk or size > room:
                break
            target.write(chunk)
    if size > room:
        raise _too_large()
    return size


@contextmanager
def _whole() -> Generator[None]:
    """Whatever a packer says of damaged data (bz2 even an OSError): it is the zip that is wrong.

    Raises
    ------
    InputError
        What is read in here cannot be.
    """
    try:
        yield
    except Exception as error:
        raise refusal("file", "", "a zip that can be read") from error


@contextmanager
def _written() -> Generator[None]:
    """A disk that is full or a folder that cannot be written is no fault of what was sent.

    Raises
    ------
    InputError
        With the system's own reason.
    """
    try:
        yield
    except OSError as error:
        expected = phrased("a folder that can be written ({reason})", reason=error.strerror or "")
        raise InputError(Fault(LABELS, None, "data", "", expected)) from error


def _wanted(archive: zipfile.ZipFile) -> Generator[tuple[zipfile.ZipInfo, tuple[str, ...]]]:
    """Files of a zip with the place that each may have."""
    infos = [one for one in archive.infolist() if not one.is_dir()]
    if len(infos) > MOST_FILES:
        expected = phrased("at most {most} files", most=MOST_FILES)
        raise refusal("files", str(len(infos)), expected)
    if sum(one.file_size for one in infos) > MOST_BYTES:
        raise _too_large()
    seen: set[str] = set()
    for info in infos:
        place = _place(info)
        if any(part in ASIDE or part.startswith("._") for part in place):
            continue
        if not all(PART.fullmatch(part) for part in place) or len(place) > MOST_DEPTH:
            expected = "names of letters, digits and spaces, in at most four folders"
            raise refusal("name", place[-1][-40:], expected)
        key = "/".join(place).casefold()
        if key in seen:
            raise refusal("name", place[-1], "every name once")
        seen.add(key)
        if place[-1].lower().endswith(".zip"):
            raise refusal("name", place[-1], "no zip within a zip")
        if info.flag_bits & 1:
            raise refusal("file", place[-1], "a zip without a password")
        if info.file_size > MOST_RATIO * max(info.compress_size, 1) and info.file_size > CHUNK:
            raise refusal("file", place[-1], "a file that is not packed so densely")
        yield info, place


def _place(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """Folders and name of a file of a zip, which lead down and nowhere else."""
    name = info.filename
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refusal("name", _shown(name), "files, and no links")
    parts = tuple(name.replace("\\", "/").split("/"))
    if "\x00" in info.orig_filename or ":" in name or any(one in ("", ".", "..") for one in parts):
        raise refusal("name", _shown(name), "names within the zip's own folder")
    return parts


def refusal(column: str, value: str, expected: str) -> InputError:
    """Why a zip is refused."""
    return InputError(Fault("zip", None, column, value, expected))


def _too_large() -> InputError:
    expected = phrased("at most {most:g} MB when unpacked", most=MOST_BYTES / MEGABYTE)
    return refusal("files", "", expected)


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def _sorted(labels: Path, folder: Path) -> Maps:
    """What of the files are label maps: by what DICOM says of itself, else by their number."""
    files = _files(labels)
    if not files:
        raise refusal("files", "0", "label maps")
    kinds = {one: _modality(one) for one in files if is_dicom(one)}
    structures = [one for one, kind in kinds.items() if kind == "RTSTRUCT"]
    segmented = [one for one, kind in kinds.items() if kind == "SEG"]
    if structures:
        if len(structures) > 1 or segmented:
            raise refusal("Modality", "RTSTRUCT", "one RTSTRUCT, or DICOM SEG alone")
        return _of_structures(structures[0], [one for one in kinds if one != structures[0]], folder)
    if segmented:
        return Maps(tuple(segmented))
    return Maps((files[0] if len(files) == 1 else _common(files, labels),))


def _of_structures(structures: Path, slices: list[Path], folder: Path) -> Maps:
    """An RTSTRUCT and its slices, which go into a folder of their own."""
    series = folder / SERIES
    if slices:
        series.mkdir(exist_ok=True)
        for number, one in enumerate(slices):
            one.rename(series / f"{number:05}.dcm")
    return Maps((structures,), series=series if series.is_dir() else None)


def _common(files: list[Path], labels: Path) -> Path:
    """The folder that holds a file, or a folder of slices, a structure."""
    parents = {one.parent for one in files}
    if len(parents) == 1:
        return parents.pop()
    above = {one.parent for one in parents}
    return above.pop() if len(above) == 1 else labels


def _modality(path: Path) -> str:
    try:
        from pydicom import dcmread
        from pydicom.errors import InvalidDicomError
    except ImportError as error:
        raise MissingExtra(EXTRA) from error
    try:
        head: Any = dcmread(path, stop_before_pixels=True, specific_tags=["Modality"])
    except (InvalidDicomError, OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        expected = "DICOM that can be read"
        raise InputError(Fault("zip", None, "file", path.name, expected)) from error
    return str(head.get("Modality", ""))
