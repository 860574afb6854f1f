"""What can be left to a worker, by kind: every analysis, and the plans of a liver on a case."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses import ANALYSES
from hilum.records import found

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


def _plans(bench: Bench, asked: PlansAsked, watch: Watch) -> Any:
    from hilum.patient.tables import read_tables
    from hilum.sheet.liver_tried import searched

    kept = bench.livers.livers.one(asked.case_id, asked.liver_id)
    liver = bench.livers.read(kept, watch)
    return searched(asked.case, liver, asked.margin_mm, read_tables(), watch)


def _simulated(bench: Bench, asked: Any, watch: Watch) -> Any:
    """A grid goes to the scheduler where there is one; that it did is no part of the answer."""
    elsewhere = bench.dask is not None and asked.scheduler is None and asked.engine == "numpy"
    if not elsewhere or asked.workers is not None:
        return ANALYSES["simulate"].run(asked, watch)
    answer = ANALYSES["simulate"].run(replace(asked, scheduler=bench.dask), watch)
    return replace(answer, asked=asked)


def _analysis(name: str) -> Callable[[Bench, Any, Watch], Any]:
    return lambda bench, asked, watch: ANALYSES[name].run(asked, watch)


PLANS: Final = "liver_plans"
KINDS: Final[dict[str, Callable[[Bench, Any, Watch], Any]]] = {
    **{name: _analysis(name) for name in ANALYSES},
    "simulate": _simulated,
    PLANS: _plans,
}
"""A new kind is one function here; what is asked and answered are frozen values of hilum's own."""


def run_kind(kind: str, bench: Bench, asked: Any, watch: Watch) -> Any:
    """Do one piece of work."""
    return found(KINDS, kind, "kind")(bench, asked, watch)
