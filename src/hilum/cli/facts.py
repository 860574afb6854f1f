"""The case that a command speaks of, with what its label maps measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.patient.case import Case
    from hilum.patient.tables import Tables


def measured_case(path: Path, tables: Tables, *, strict: bool = False) -> Case:
    """The case with what its label maps measure; their readers are imported where it has some."""
    from hilum.patient.case import read_case

    found = read_case(path, strict=strict, tables=tables)
    if found.imaging is not None:
        from hilum.patient.liver.from_case import with_imaging

        found, _ = with_imaging(found, picture=False)
    return found
