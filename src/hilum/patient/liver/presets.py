"""What labels mean: presets of public data sets and tools, and mappings of one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.anatomy import SEGMENTS
from hilum.patient.liver.names import KINDS, Role, meaning_of_code, meaning_of_name, plain
from hilum.records import nearest
from hilum.tabular.small import parse_toml, small_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ROLES = "liver, lesion, segment I to segment VIII, hepatic, portal, vessel, remnant or ignore"


@dataclass(frozen=True, slots=True)
class Preset:
    """Roles by number and by name; ``every`` gives one role to every number.

    ``names`` are exact names in the form of :func:`~hilum.patient.liver.names.plain`. ``open``
    says that what is not listed is asked about; a mapping of one's own leaves it out on purpose,
    ``others`` says that numbers not listed are known other structures.
    """

    name: str
    numbers: dict[int, Role] = field(default_factory=dict[int, Role])
    names: tuple[tuple[str, Role], ...] = ()
    every: Role | None = None
    open: bool = True
    others: bool = False


LIVER, LESION = Role("liver"), Role("lesion")
SEGMENT_NUMBERS = {number: Role("segment", number) for number in range(1, 9)}
PRESETS = {
    preset.name: preset
    for preset in (
        Preset("couinaud", SEGMENT_NUMBERS),
        Preset("lits", {1: LIVER, 2: LESION}),
        Preset("msd-liver", {1: LIVER, 2: LESION}),
        Preset("msd-hepaticvessel", {1: Role("vessel"), 2: LESION}),
        # TotalSegmentator 2: tasks total, liver_segments and liver_vessels
        Preset("totalsegmentator", {5: LIVER}, others=True),
        Preset("totalsegmentator-segments", SEGMENT_NUMBERS),
        Preset("totalsegmentator-vessels", {1: Role("vessel"), 2: LESION}),
        # A folder a structure; as one map it is part of LiTS, with its numbers.
        Preset("3dircadb", {1: LIVER, 2: LESION}),
        # TCIA Colorectal-Liver-Metastases, in the order of its DICOM segments
        Preset(
            "crlm-ct-seg",
            {1: LIVER, 2: Role("remnant"), 3: Role("hepatic"), 4: Role("portal")}
            | {number: Role("lesion", number - 4) for number in range(5, 105)},
        ),
        Preset("names"),
        Preset("liver", every=LIVER),
        Preset("lesions", every=LESION),
        Preset("vessels", every=Role("vessel")),
    )
}


def preset(name: str) -> Preset:
    """A preset by name.

    Raises
    ------
    InputError
        An unknown name, with the known ones.
    """
    if name not in PRESETS:
        hint = nearest(name, PRESETS, 1)
        expected = phrased("one of {known}{hint}", known=", ".join(PRESETS), hint=hint)
        raise InputError(Fault("", None, "preset", name, expected))
    return PRESETS[name]


def by_name(name: str, known: Preset, code: str = "") -> Role | None:
    """The role of a named label; ``None`` where neither name nor code says something known.

    A map in which everything is to have one role still leaves out what its name says it is not.
    """
    text = plain(name)
    listed = dict(known.names)
    if text in listed:
        return listed[text]
    if not known.open:
        return None
    role = meaning_of_name(name)
    if role is None or not role.sure:
        coded = meaning_of_code(code) if code else None
        role = coded or role
    every = known.every
    if every is None:
        return role
    if role is None or role.kind == every.kind:
        return role or every
    organs = ("ignore", *KINDS) if every.kind == "lesion" else ("ignore",)
    return Role("ignore") if role.kind in organs and role.sure else every


def by_numbers(labels: Iterable[int], known: Preset) -> dict[int, Role]:
    """The roles of the numbers found in a label map."""
    found = sorted(labels)
    if known.every is None:
        return {label: known.numbers[label] for label in found if label in known.numbers}
    if known.every.kind == "lesion" and len(found) > 1:
        return {label: Role("lesion", label) for label in found}
    return dict.fromkeys(found, known.every)


def guess(labels: Iterable[int]) -> str | None:
    """The preset that a plain label map without one is read by; ``None`` where none is evident."""
    found = set(labels)
    if found in ({1}, {1, 2}):
        return "lits"
    return "couinaud" if found <= set(range(1, 9)) and len(found) >= 3 else None


def segment_number(text: str) -> int:
    """``"V"`` or ``"5"`` as 5.

    Raises
    ------
    ValueError
        For anything that is not one of the eight segments.
    """
    word = text.strip().upper()
    if word in SEGMENTS:
        return SEGMENTS.index(word) + 1
    if word.isdigit() and 1 <= int(word) <= 8:
        return int(word)
    raise ValueError("a segment from I to VIII (or 1 to 8)")


def read_mapping(path: Path) -> Preset:
    """Read a TOML mapping: ``[labels]`` by number, ``[names]`` by the name of a label.

    Raises
    ------
    InputError
        With every entry that is not understood.
    """
    try:
        data: dict[str, Any] = parse_toml(small_text(path))
    except (OSError, ValueError) as error:
        raise InputError(
            Fault(
                str(path),
                None,
                "file",
                path.name,
                phrased("a readable TOML mapping ({error})", error=error),
            )
        ) from error
    return as_mapping(data, path.name)


def as_mapping(data: dict[str, Any], file: str) -> Preset:
    """The same from tables already read."""
    faults = [
        Fault(file, None, key, "", "the tables [labels] and [names]")
        for key in data
        if key not in ("labels", "names")
    ]
    numbers: dict[int, Role] = {}
    names: list[tuple[str, Role]] = []
    for table in ("labels", "names"):
        entries = data.get(table, {})
        if not isinstance(entries, dict):
            faults.append(Fault(file, None, table, str(entries), "a table"))
            continue
        for key, value in cast("dict[str, Any]", entries).items():
            role = _role(value)
            if role is None:
                faults.append(Fault(file, None, f"{table}.{key}", str(value), ROLES))
            elif table == "names":
                names.append((plain(key), role))
            elif not key.isdigit() or not 1 <= int(key) <= 65535:
                faults.append(Fault(file, None, f"labels.{key}", key, "a label from 1 to 65535"))
            else:
                numbers[int(key)] = role
    if not faults and not numbers and not names:
        faults.append(
            Fault(file, None, "labels", "", phrased("labels and their roles: {roles}", roles=ROLES))
        )
    if faults:
        raise InputError(*faults)
    return Preset(file, numbers, tuple(names), open=False)


def _role(value: object) -> Role | None:
    words = value.lower().replace("tumour", "lesion").split() if isinstance(value, str) else []
    if len(words) == 2 and words[0] in ("segment", "lesion"):
        try:
            number = segment_number(words[1]) if words[0] == "segment" else int(words[1])
        except ValueError:
            return None
        return Role(words[0], number)
    if len(words) == 1 and words[0] != "segment" and words[0] in (*KINDS, "ignore"):
        return Role(words[0])
    return None
