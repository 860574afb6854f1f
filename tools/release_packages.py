"""What hilum needs at run time, extras and all: versions, licences, and the lock's checksums."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCK, EXCEPTIONS = ROOT / "requirements.lock", Path(__file__).with_name("release.csv")
# Classifiers, and words of a free text, by what they mean.
LICENCES = {
    "MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC", "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
}  # fmt: skip
_COPYLEFT = re.compile(r"(?<![A-Za-z])A?GPL|Affero|GNU General Public", re.I)
_LESSER = re.compile(r"LGPL|Lesser General Public", re.I)


@dataclass(frozen=True, slots=True)
class Package:
    """One package; ``licence`` is empty where its metadata has none."""

    name: str
    version: str
    licence: str
    hashes: tuple[str, ...]
    needs: tuple[str, ...]


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: Path = LOCK) -> dict[tuple[str, str], tuple[str, ...]]:
    """SHA-256 of every file of a package and version in the lock."""
    text = lock.read_text("utf-8").replace("\\\n", " ")
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in text.splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line)
        if match:
            found[plain(match[1]), match[2]] = tuple(re.findall(r"sha256:([0-9a-f]{64})", line))
    return found


def needed(top: str = "hilum") -> tuple[Package, ...]:
    """Every package that ``top`` with all its extras needs here, by name; itself left out.

    Raises
    ------
    SystemExit
        One is not installed, so that its licence cannot be read.
    """
    hashes = locked()
    extras = tuple(metadata.metadata(top).get_all("Provides-Extra") or ())
    waiting, seen = [(top, extras)], set[tuple[str, tuple[str, ...]]]()
    found: dict[str, Package] = {}
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        name, wanted = one
        try:
            held = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise SystemExit(f"{name} is not installed: its licence cannot be read") from None
        needs: set[str] = set()
        for text in held.requires or ():
            asked = Requirement(text)
            here = asked.marker is None or any(
                asked.marker.evaluate({"extra": extra}) for extra in (*wanted, "")
            )
            if here:
                needs.add(plain(asked.name))
                waiting.append((plain(asked.name), tuple(sorted(asked.extras))))
        before = found[name].needs if name in found else ()
        found[name] = Package(
            name, held.version, licence(held.metadata), hashes.get((name, held.version), ()),
            tuple(sorted({*before, *needs})),
        )  # fmt: skip
    found.pop(top)
    return tuple(found[name] for name in sorted(found))


def licence(about: metadata.PackageMetadata) -> str:
    """The licence a package states: its expression, else its classifiers, else its text."""
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    kinds = [one.split("::")[-1].strip() for one in about.get_all("Classifier") or ()
             if one.startswith("License ::")]  # fmt: skip
    named = [LICENCES.get(one, one) for one in kinds if one != "OSI Approved"]
    if named:
        return " OR ".join(named)
    text = str(about.get("License") or "").strip()
    return text.splitlines()[0][:60] if text else ""


def exceptions(path: Path = EXCEPTIONS) -> dict[str, tuple[str, str]]:
    """Packages of several licences: which one is taken, and why."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["package"]: (row["taken_as"], row["reason"]) for row in csv.DictReader(file)}


def licence_faults(
    packages: tuple[Package, ...], taken: dict[str, tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Packages that must not be needed, and notes: exceptions used and packages under the LGPL."""
    faults: list[str] = []
    notes: list[str] = []
    for one in packages:
        if not one.licence:
            faults.append(f"{one.name} {one.version}: states no licence")
        elif one.name in taken:
            notes.append(f"{one.name}: {one.licence}; taken as {taken[one.name][0]}")
        elif _COPYLEFT.search(_LESSER.sub("", one.licence)):
            faults.append(f"{one.name} {one.version}: {one.licence}")
        elif _LESSER.search(one.licence):
            notes.append(f"{one.name}: {one.licence} (a library of its own, replaceable)")
    unused = sorted(set(taken) - {one.name for one in packages})
    faults += [f"{name}: an exception for a package that is not needed" for name in unused]
    return faults, notes
