"""The census of an input: every label, segment and file, used or named as not used."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.patient.liver.anatomy import Labelled, Notice
from hilum.patient.liver.presets import ROLES, Preset, by_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.liver.names import Role

# One "Segment 1" may be anything a program numbered; three of them are Couinaud's.
ENOUGH_SEGMENTS = 3
UNKNOWN = "?"


@dataclass(slots=True)
class Census:
    """What was found, in the order of the files; the roles given are kept for every label.

    Parameters
    ----------
    found : list of Labelled
        Labels with role ``"?"`` were not understood.
    """

    found: list[Labelled] = field(default_factory=list[Labelled])
    unused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    blank: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def named(self, file: str, names: Iterable[tuple[int, str, str]], known: Preset) -> None:
        """Judge labels with names and codes."""
        for label, name, code in names:
            role = by_name(name, known, code)
            self._add(file, label, name, role, asked=known.open)

    def numbered(
        self, file: str, present: Iterable[int], roles: dict[int, Role], known: Preset
    ) -> None:
        """Note plain labels and their roles."""
        for label in present:
            role = roles.get(label)
            self._add(file, label, "", role, asked=known.open and not known.others)

    def _add(self, file: str, label: int, name: str, role: Role | None, *, asked: bool) -> None:
        if role is None:
            one = Labelled(file, label, name, UNKNOWN if asked else "ignore")
        else:
            kind = role.kind if role.sure else f"{role.kind}{UNKNOWN}"
            one = Labelled(file, label, name, kind, role.number)
        if one not in self.found:
            self.found.append(one)

    def leaves(self, file: str, what: str) -> None:
        """Note a file or link that is not read."""
        self.unused.append((file, what))

    def empty(self, file: str, names: Iterable[str]) -> None:
        """Note labels that no voxel has."""
        self.blank += [(file, name) for name in names]

    def settle(self) -> None:
        """Ask about what was not understood.

        Raises
        ------
        InputError
            A name that could be a lesion, or, where there is no lesion at all, such a number.
        """
        segments = {one.number for one in self.found if one.role.startswith("segment")}
        if len(segments) >= ENOUGH_SEGMENTS:
            self.found = [
                Labelled(one.file, one.label, one.name, one.role.rstrip(UNKNOWN), one.number)
                if one.role == f"segment{UNKNOWN}"
                else one
                for one in self.found
            ]
        lesions = any(one.role == "lesion" for one in self.found)
        asked = [
            one for one in self.found if one.role.endswith(UNKNOWN) and (one.name or not lesions)
        ]
        if not asked:
            return
        files = ", ".join(dict.fromkeys(one.file for one in asked))
        shown = ", ".join(one.name or str(one.label) for one in asked)
        expected = phrased(
            "labels that are known: {number} label(s) not understood, and each "
            "could be a lesion; {mapping} FILE.toml says what they are. To "
            "start from, all that was found:\n{template_}",
            mapping=Parameter("mapping"),
            number=len(asked),
            template_=self.template(),
        )
        raise InputError(Fault(files, None, "labels", shown, expected))

    def template(self) -> str:
        """A mapping file with everything found; what is not understood is left to be filled in."""
        lines: list[str] = []
        for table, named in (("labels", False), ("names", True)):
            rows = dict.fromkeys(
                (json.dumps(one.name, ensure_ascii=True) if named else str(one.label), one.words)
                for one in self.found
                if bool(one.name) == named
            )
            if rows:
                lines += [f"[{table}]", *(f'{key} = "{role}"' for key, role in rows)]
        return "\n".join([*lines, f'# for "?": {ROLES}'])

    def notices(self) -> list[Notice]:
        """What is not used, file by file."""
        by_file: dict[str, list[str]] = {}
        numbers: dict[str, list[int]] = {}
        for one in self.found:
            if one.used:
                continue
            if one.name:
                by_file.setdefault(one.file, []).append(one.name)
            else:
                numbers.setdefault(one.file, []).append(one.label)
        for file, what in self.unused:
            by_file.setdefault(file, []).append(what)
        for file, labels in numbers.items():
            by_file.setdefault(file, []).append(ranges(labels))
        blank: dict[str, list[str]] = {}
        for file, what in self.blank:
            blank.setdefault(file, []).append(what)
        return [
            Notice(code, (("file", file), ("names", ", ".join(dict.fromkeys(names)))))
            for code, files in (("labels_unused", by_file), ("labels_empty", blank))
            for file, names in files.items()
        ]


def ranges(numbers: Iterable[int]) -> str:
    """``1, 3-5``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def distinct(found: Iterable[Labelled]) -> dict[tuple[str, int, str], int]:
    """Numbers for lesions that different labels call alike: the first keeps it, others follow.

    Two lesions called 1, in two files or as 1a and 1b, are two lesions.
    """
    taken: dict[int, tuple[str, int, str]] = {}
    changed: dict[tuple[str, int, str], int] = {}
    lesions = [one for one in found if one.role == "lesion" and one.number]
    top = max((one.number for one in lesions), default=0)
    for one in lesions:
        key = (one.file, one.label, one.name)
        if taken.setdefault(one.number, key) != key:
            top += 1
            changed[key] = top
    return changed
