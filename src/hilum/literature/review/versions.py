"""Which review another one updates: written in its folder, so that updates of updates know it.

``screening.csv`` of a review's folder (setting, value) has it as ``earlier``: the folder of the
version before, as seen from where the review's own folder lies.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.review.changes import table
from hilum.literature.review.folder import held
from hilum.literature.review.state import rows_of, title_of
from hilum.store.whole import write

SETTINGS: Final = "screening.csv"
SETTING: Final = "earlier"
EARLIER: Final = "earlier/"
"""Before the id of a record of the last round."""
DECIDED: Final = ("decisions.csv", "retrieval.csv")


def recorded(folder: Path) -> Path | None:
    """The folder of the version before, as a review's folder says; None where it says none."""
    said = {row.get("setting"): row.get("value", "") for row in rows_of(folder / SETTINGS)}
    value = said.get(SETTING, "").strip()
    return folder.resolve().parent / value if value else None


def version_before(folder: Path) -> Path | None:
    """The folder of the version that an earlier version updates; None where it is the first.

    Raises
    ------
    InputError
        It is not where the folder says; the folder holds decisions on records of a version before
        and does not say which that is.
    """
    found = recorded(folder)
    if found is not None and not found.is_dir():
        expected = phrased(
            "the folder of the version that {folder} updates, which is not there; name it once: "
            "hilum literature flow {folder} --earlier OLD",
            folder=folder,
        )
        raise InputError(Fault(str(folder / SETTINGS), None, SETTING, str(found), expected))
    if found is None:
        for name in DECIDED:
            for at, row in enumerate(rows_of(folder / name), 2):
                one = row.get("record_id", "")
                if one.startswith(EARLIER):
                    expected = phrased(
                        "the version that {folder} updates, which its folder does not say and "
                        "whose studies count; name it once: hilum literature flow {folder} "
                        "--earlier OLD",
                        folder=folder,
                    )
                    raise InputError(Fault(str(folder / name), at, "record_id", one, expected))
    return found


def must_end(folder: Path, earlier: Path) -> None:
    """Refuse versions that go round in a circle.

    Raises
    ------
    InputError
    """
    seen, at = {folder.resolve()}, earlier
    while True:
        if at.resolve() in seen:
            expected = phrased(
                "a version before {folder}, not one that is itself an update of it", folder=folder
            )
            raise InputError(Fault("--earlier", None, SETTING, str(at), expected))
        seen.add(at.resolve())
        before = version_before(at)
        if before is None:
            return
        at = before


def called(folder: Path) -> str:
    """A version as a person is told of it: its folder's name, its title where that is another."""
    name, title = folder.resolve().name, title_of(folder)
    return f"{name} ({title})" if title not in ("", name) else name


def remember(folder: Path, earlier: Path) -> Path | None:
    """Write down which version a review updates; the one that was named instead until now.

    The last one named counts. A folder that cannot be written stays as it is.
    """
    new, old = earlier.resolve(), recorded(folder)
    if old is not None and old.resolve() == new:
        return None
    try:
        value = Path(os.path.relpath(new, folder.resolve().parent)).as_posix()
    except ValueError:
        # Another drive has no relative path.
        value = str(new)
    with suppress(InputError, OSError), held(folder):
        kept = [
            (row.get("setting", ""), row.get("value", ""))
            for row in rows_of(folder / SETTINGS)
            if row.get("setting") != SETTING
        ]
        write(table(("setting", "value"), [*kept, (SETTING, value)]), folder / SETTINGS)
        return old
    return None
