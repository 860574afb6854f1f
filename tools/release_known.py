"""Known vulnerabilities of the packages, from a database that is at hand; nothing is fetched.

The database is OSV's for PyPI: ``all.zip`` (https://osv-vulnerabilities.storage.googleapis.com/
PyPI/all.zip) or a folder of its JSON files.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version

from tools.release_packages import plain

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tools.release_packages import Package


def records(database: Path) -> Generator[dict[str, Any]]:
    """Every record of the database."""
    if database.is_dir():
        for one in sorted(database.glob("*.json")):
            yield json.loads(one.read_text("utf-8"))
        return
    with zipfile.ZipFile(database) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def known(database: Path, packages: tuple[Package, ...]) -> tuple[int, list[str]]:
    """How many records were looked at, and a line for each that affects a package's version."""
    versions = {one.name: one.version for one in packages}
    count, found = 0, []
    for record in records(database):
        count += 1
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", ()):
            about = affected.get("package", {})
            name = plain(str(about.get("name", "")))
            here = about.get("ecosystem") == "PyPI" and name in versions
            if here and is_affected(affected, versions[name]):
                found.append(f"{record['id']}: {name} {versions[name]}")
    return count, found


def is_affected(affected: dict[str, Any], version: str) -> bool:
    """Whether a version is listed, or lies in a range, as the OSV schema defines them."""
    if version in affected.get("versions", ()):
        return True
    try:
        here = Version(version)
    except InvalidVersion:
        return False
    return any(
        one.get("type") == "ECOSYSTEM" and _inside(one.get("events", ()), here)
        for one in affected.get("ranges", ())
    )


def _inside(events: Any, here: Version) -> bool:
    inside = False
    for event in events:
        for kind, text in event.items():
            try:
                place = Version("0") if text == "0" else Version(text)
            except InvalidVersion:
                continue
            if kind == "introduced" and here >= place:
                inside = True
            elif (kind == "fixed" and here >= place) or (kind == "last_affected" and here > place):
                inside = False
    return inside
