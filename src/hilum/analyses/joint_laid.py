"""The studies of an outcome of the evidence, kept as they were laid out for the joint model.

To read, check and choose from the whole record takes longer than to answer from draws that are
there. What is kept is found by the hash of the record's tables, of the code and tables that choose
from them, and of what was asked: a record that changed by one character is read and checked anew.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum._version import __version__
from hilum.analyses.joint_answer import LeftRow
from hilum.derived import derived
from hilum.errors import HilumError
from hilum.store.whole import write
from hilum.synthesis.joint.data import Studies

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

    from hilum.analyses.joint_asked import JointAsked

MOST: Final = 100
"""Layouts that are kept; those used longest ago go first."""
CHOOSING: Final = ("evidence", "answers", "synthesis/effects", "synthesis/joint")
"""Rooms whose code and tables decide which figures are laid out."""
TABLES: Final = "evidence/netlm"


@dataclass(frozen=True, eq=False)
class Laid:
    """The studies of an outcome in one population, and which figures they are.

    ``rows`` are the labels of figures used, ``merged`` the study and treatment where arms were
    added up, ``left_out`` every other figure with its reason. ``better`` is the side of the
    outcome that is the good one, where it has one.
    """

    studies: Studies
    outcome: str
    population: str
    rows: tuple[str, ...]
    merged: tuple[tuple[str, str], ...]
    left_out: tuple[LeftRow, ...]
    better: str | None = None


def laid_out(asked: JointAsked) -> Laid:
    """The studies of the evidence that a question asks for.

    Raises
    ------
    InputError
        A fault of the record.
    NotEstimable
        Fewer than two studies, or a covariate that is unknown or does not vary.
    """
    place = derived("joint")
    path = None if place is None else place / "studies" / f"{_key(asked)}.json"
    held = None if path is None else _find(path)
    if held is not None:
        return held
    made = _made(asked)
    if path is not None:
        with suppress(OSError, HilumError):
            _keep(path, made)
    return made


def every_covariate(asked: JointAsked) -> bool:
    """Whether the covariates are all that vary."""
    from hilum.analyses.joint_asked import ALL

    return asked.covariates == ALL or (asked.patient is not None and not asked.covariates)


def _made(asked: JointAsked) -> Laid:
    from hilum.analyses.designs.direction import known_side
    from hilum.answers.joint_evidence import joint_evidence
    from hilum.evidence import Outcome, Population, read_evidence

    data = joint_evidence(
        read_evidence(asked.evidence),
        Outcome(asked.outcome),
        Population(asked.population),
        covariates=None if every_covariate(asked) else asked.covariates,
        include_derived=not asked.without_derived,
    )
    return Laid(
        data.studies,
        str(data.outcome),
        str(data.population),
        tuple(row.label for row in data.rows),
        data.merged,
        tuple(
            LeftRow(row=one.result.label, reason=one.reason, kept=one.kept) for one in data.left_out
        ),
        known_side(str(data.outcome), hazard=False),
    )


def _key(asked: JointAsked) -> str:
    told = hashlib.sha256(f"{__version__} {_code()} ".encode())
    room = files("hilum") / TABLES if asked.evidence is None else Path(asked.evidence)
    told.update(_content(room, (".csv",)))
    covariates = None if every_covariate(asked) else asked.covariates
    said = [asked.outcome, asked.population, covariates, asked.without_derived]
    told.update(json.dumps(said).encode())
    return told.hexdigest()[:32]


@cache
def _code() -> str:
    told = hashlib.sha256()
    for room in (*CHOOSING, TABLES):
        told.update(_content(files("hilum") / room, (".py", ".csv")))
    return told.hexdigest()


def _content(room: Traversable | Path, endings: tuple[str, ...]) -> bytes:
    """Hash of a folder's files by name; of one that cannot be read, what stands for none."""
    told = hashlib.sha256()
    with suppress(OSError):
        named: Iterable[Any] = room.iterdir()
        for one in sorted(named, key=lambda file: file.name):
            if one.name.endswith(endings):
                content = one.read_bytes()
                told.update(f"{one.name} {len(content)} ".encode() + content)
    return told.digest()


def _find(path: Path) -> Laid | None:
    """What is kept there; what cannot be read whole is not there."""
    try:
        plain = json.loads(path.read_text("utf-8"))
        given = {field.name: _read(plain["studies"][field.name]) for field in fields(Studies)}
        left = tuple(LeftRow(**one) for one in plain["left_out"])
        merged = tuple((study, treatment) for study, treatment in plain["merged"])
        found = Laid(
            Studies(**given), plain["outcome"], plain["population"], tuple(plain["rows"]), merged,
            left, plain["better"],
        )  # fmt: skip
        # The one used last goes last.
        with suppress(OSError):
            path.touch()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def _keep(path: Path, made: Laid) -> None:
    studies = {field.name: _plain(getattr(made.studies, field.name)) for field in fields(Studies)}
    plain = {
        "studies": studies, "outcome": made.outcome, "population": made.population,
        "rows": made.rows, "merged": made.merged, "better": made.better,
        "left_out": [asdict(one) for one in made.left_out],
    }  # fmt: skip
    # Folder by folder: each is the user's alone.
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(json.dumps(plain).encode(), path, mode=0o600)
    held = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for one in held[MOST:]:
        one.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    """Text as it is; an array by kind, shape and numbers, to the last digit."""
    if isinstance(value, np.ndarray):
        return {"kind": value.dtype.str, "shape": value.shape, "values": value.ravel().tolist()}
    return value


def _read(plain: Any) -> Any:
    if isinstance(plain, dict):
        return np.array(plain["values"], dtype=plain["kind"]).reshape(plain["shape"])
    return tuple(plain) if isinstance(plain, list) else plain
