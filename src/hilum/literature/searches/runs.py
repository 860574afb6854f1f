"""Runs of a saved search as they are kept: one folder each, its state after every answer."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from hilum.errors import Fault, InputError, Phrase
from hilum.literature.searches.keeping import keep
from hilum.literature.searches.saved import FOLDER, Saved
from hilum.literature.services.service import Remark
from hilum.tabular.small import small_text

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "run.json"
STAMP: Final = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
MAX_STATE: Final = 100_000_000
State = Literal["waiting", "complete", "failed"]
Mode = Literal["run", "watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A sentence of an error: its id and its facts, to be said in a language."""

    message: str
    facts: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, sentence: str) -> Quoted:
        """The parts of a sentence."""
        if not isinstance(sentence, Phrase):
            return cls(message=sentence)
        facts = {name: str(fact) for name, fact in sentence.facts.items()}
        return cls(message=sentence.message, facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer as it lies in the run's folder.

    ``before`` items came before it, and it brought ``items``, of which ``faulty`` are no records;
    ``url`` is what was asked, without keys.
    """

    file: str
    date: str
    sha256: str
    url: str
    before: int
    items: int
    faulty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far one service has been read.

    ``place`` is where the next answer begins, nothing at the beginning and at the end; ``since``
    the day from which on it was asked.
    """

    service: str
    address: str
    state: State = "waiting"
    since: dt.date | None = None
    place: dict[str, Any] | None = None
    total: int | None = None
    pages: tuple[Page, ...] = ()
    remarks: tuple[Remark, ...] = ()
    failed: Quoted | None = None

    @property
    def items(self) -> int:
        """How many hits came."""
        return sum(one.items for one in self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: the search as it was asked, when, and how far each service has been read."""

    format: int = 1
    hilum_version: str
    stamp: str
    mode: Mode
    begun: str
    finished: str | None = None
    search: Saved
    services: tuple[Reading, ...]

    @property
    def complete(self) -> bool:
        """Whether every service has been read to its end."""
        return all(one.state == "complete" for one in self.services)


def place_of(folder: Path, name: str) -> Path:
    """Where the runs of a search lie."""
    return folder / FOLDER / name


def run_folder(folder: Path, run: Run) -> Path:
    """Where the answers of a run lie."""
    return place_of(folder, run.search.name) / "runs" / run.stamp


def keep_run(folder: Path, run: Run) -> None:
    """Write the state of a run."""
    text = json.dumps(asdict(run), ensure_ascii=False, indent=1, default=str)
    keep(run_folder(folder, run) / FILE, f"{text}\n".encode())


def runs_of(folder: Path, name: str) -> list[Run]:
    """The runs of a search, the oldest first.

    Raises
    ------
    InputError
        A state that cannot be read.
    """
    place = place_of(folder, name) / "runs"
    if not place.is_dir():
        return []
    stamps = sorted(one.name for one in place.iterdir() if STAMP.fullmatch(one.name))
    found = [read_run(place / stamp / FILE) for stamp in stamps if (place / stamp / FILE).exists()]
    return sorted(found, key=lambda one: (one.begun, one.stamp))


def read_run(path: Path) -> Run:
    """The state of a run.

    Raises
    ------
    InputError
        A file that is none.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Run).validate_json(small_text(path, MAX_STATE))
    except (OSError, ValueError, ValidationError):
        wanted = "the state of a run as hilum wrote it (take the folder of this run away)"
        place = f"{path.parent.name}/{path.name}"
        raise InputError(Fault(place, None, "file", path.name, wanted)) from None


def new_stamp(folder: Path, name: str, now: dt.datetime) -> str:
    """The name of a new run's folder: when it began, and a number where there is one already."""
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    place = place_of(folder, name) / "runs"
    if not (place / stamp).exists():
        return stamp
    number = 2
    while (place / f"{stamp}-{number}").exists():
        number += 1
    return f"{stamp}-{number}"
