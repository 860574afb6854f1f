"""Ways in which a trial may fail, as records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import InputError
from hilum.records import found
from hilum.trials.failing.changes import PLANNED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.trials.failing.changes import Changes

OWN: Final = "own"
"""The code of a user's own scenario, which has a name."""


@dataclass(frozen=True, slots=True)
class Way:
    """A scenario: its code, what it changes; its name, file and line where it is a user's own."""

    code: str
    changes: Changes
    name: str = ""
    file: str = ""
    row: int | None = None

    def placed(self, error: InputError) -> InputError:
        """The same faults, where a user's own scenario stands."""
        if not self.file:
            return error
        faults = (replace(one, file=self.file, row=self.row) for one in error.faults)
        return InputError(*faults)


KNOBS: Final[dict[str, tuple[str, ...]]] = {
    "followed": (
        "delay", "slower", "closed", "crossover", "drop_out", "effect", "control_times",
    ),
    "one-rate": ("slower", "drop_out", "effect", "control_points", "missed", "overread"),
    "two-rates": (
        "slower", "closed", "crossover", "drop_out", "effect", "control_points", "missed",
        "overread",
    ),
    "staged-rates": (
        "slower", "crossover", "drop_out", "effect", "control_points", "missed", "overread",
    ),
    "one-mean": ("slower", "closed", "drop_out", "effect", "sd"),
    "two-means": ("slower", "closed", "crossover", "drop_out", "effect", "sd"),
    "staged-means": ("slower", "drop_out", "effect", "sd"),
    "counts": (
        "slower", "closed", "crossover", "drop_out", "effect", "control_events", "dispersion",
    ),
    "landmark": ("slower", "closed", "drop_out", "effect", "control_points"),
    "one-curve": ("delay", "slower", "closed", "drop_out", "effect", "control_times"),
    "arms-followed": ("slower", "closed", "drop_out", "effect", "control_times"),
    "stages-followed": ("slower", "drop_out", "effect", "control_times"),
}  # fmt: skip
"""What may be otherwise than planned, by the kind of trial: names of :class:`Changes`."""

AMOUNTS: Final[dict[str, float]] = {
    "delay": 4.0,
    "slower": 1.5,
    "crossover": 0.3,
    "drop_out": 0.2,
    "effect": 0.7,
    "control_points": 0.1,
    "control_times": 1.25,
    "control_events": 1.25,
    "sd": 1.25,
    "dispersion": 0.5,
    "misread": 0.1,
}
"""How much of each failure where nothing else is said: months, times, shares."""

_More = tuple[tuple[str, Callable[[float], float | bool]], ...]


def _same(amount: float) -> float:
    return amount


def _less(amount: float) -> float:
    return -amount


def _inverse(amount: float) -> float:
    return 1 / amount


def _yes(amount: float) -> bool:
    del amount
    return True


WAYS: Final[dict[str, tuple[str, _More]]] = {
    "delayed-effect": ("delay", (("delay", _same),)),
    "slow-accrual": ("slower", (("slower", _same),)),
    "slow-accrual-closed": ("slower", (("slower", _same), ("closed", _yes))),
    "crossover": ("crossover", (("crossover", _same),)),
    "drop-out": ("drop_out", (("drop_out", _same),)),
    "smaller-effect": ("effect", (("effect", _same),)),
    "higher-control": ("control_points", (("control_points", _same),)),
    "lower-control": ("control_points", (("control_points", _less),)),
    "longer-control": ("control_times", (("control_times", _same),)),
    "shorter-control": ("control_times", (("control_times", _inverse),)),
    "more-control-events": ("control_events", (("control_events", _same),)),
    "fewer-control-events": ("control_events", (("control_events", _inverse),)),
    "larger-sd": ("sd", (("sd", _same),)),
    "more-dispersion": ("dispersion", (("dispersion", _same),)),
    "misread": ("misread", (("missed", _same), ("overread", _same))),
}
"""Scenarios by their code: the amount they take, and what they change by it.

A new one is a line here, its sentence and its word for a choice.
"""


def ways_for(*kinds: str) -> tuple[str, ...]:
    """Scenarios that a kind of trial (one of several) can be played in."""
    known = [set(found(KNOBS, kind, "kind of trial")) for kind in kinds]
    return tuple(
        code
        for code, (_, parts) in WAYS.items()
        if any(one.issuperset(name for name, _ in parts) for one in known)
    )


def way(code: str, amounts: Mapping[str, float]) -> Way:
    """A scenario with these amounts; the usual one where none is given.

    Raises
    ------
    UnknownCode
        Another code; lists those there are.
    """
    amount, parts = found(WAYS, code, "scenario")
    much = amounts.get(amount, AMOUNTS[amount])
    values: dict[str, Any] = {name: make(much) for name, make in parts}
    return Way(code, replace(PLANNED, **values))
