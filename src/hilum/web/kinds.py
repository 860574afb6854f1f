"""What can be left to a worker, by kind: every analysis, and the plans of a liver on a case."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses import ANALYSES
from hilum.records import found
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.watch import Watch
    from hilum.web.liver_desk import LiverDesk


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker has at hand.

    Parameters
    ----------
    livers : LiverDesk
        The label maps of the store's folder.
    dask : str, optional
        Address of a Dask scheduler, to which grids of simulations are given.
    """

    livers: LiverDesk
    dask: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansAsked:
    """Plans of one liver on a case as it was when they were asked for."""

    case_id: str
    liver_id: str
    margin_mm: float
    case: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAsked:
    """The sheet of one state of a case, of one day, as a document."""

    case_id: str
    number: int
    day: str
    language: str
    form: str
    case: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomAsked:
    """A table to be pooled, and without each study in turn where there are not too many."""

    asked: Any
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomAnswered:
    """The answer, and what it is without each study."""

    answer: Any
    without: tuple[Any, ...]


def pooled_room(asked: RoomAsked, watch: Watch = SILENT) -> RoomAnswered:
    """Pool a table as its page shows it."""
    from hilum.analyses.without_one import without_one

    answer = ANALYSES["pool"].run(asked.asked, watch)
    left = without_one(answer, watch) if answer.k <= asked.most else ()
    return RoomAnswered(answer=answer, without=left)


def _sheet(bench: Bench, asked: SheetAsked, watch: Watch) -> str:
    """A document in letters, as it is kept."""
    from hilum.language import words
    from hilum.rendering.sheet import render
    from hilum.sheet import board
    from hilum.web.desk import evidence

    del bench
    watch.stage("document", 1)
    made = render(board(asked.case, evidence()), asked.form, words(asked.language))
    watch.done()
    return b64encode(made).decode()


def _plans(bench: Bench, asked: PlansAsked, watch: Watch) -> Any:
    from hilum.patient.tables import read_tables
    from hilum.sheet.liver_tried import searched

    kept = bench.livers.livers.one(asked.case_id, asked.liver_id)
    liver = bench.livers.read(kept, watch)
    return searched(asked.case, liver, asked.margin_mm, read_tables(), watch)


def _simulated(bench: Bench, asked: Any, watch: Watch) -> Any:
    """A grid goes to the scheduler where there is one; that it did is no part of the answer."""
    here = bench.dask is None or asked.scheduler is not None or asked.engine != "numpy"
    if here or asked.workers not in (None, 1):
        return ANALYSES["simulate"].run(asked, watch)
    spread = replace(asked, scheduler=bench.dask, workers=None)
    answer = ANALYSES["simulate"].run(spread, watch)
    return replace(answer, asked=asked)


def _analysis(name: str) -> Callable[[Bench, Any, Watch], Any]:
    return lambda bench, asked, watch: ANALYSES[name].run(asked, watch)


PLANS, SHEET, ROOM = "liver_plans", "sheet_document", "pooled_room"
KINDS: Final[dict[str, Callable[[Bench, Any, Watch], Any]]] = {
    **{name: _analysis(name) for name in ANALYSES},
    "simulate": _simulated,
    PLANS: _plans,
    SHEET: _sheet,
    ROOM: lambda bench, asked, watch: pooled_room(asked, watch),
}
"""A new kind is one function here; what is asked and answered are frozen values of hilum's own."""


def run_kind(kind: str, bench: Bench, asked: Any, watch: Watch) -> Any:
    """Do one piece of work."""
    return found(KINDS, kind, "kind")(bench, asked, watch)
