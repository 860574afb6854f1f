"""What moves when a fact is otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hilum.patient.resectability import Resectability
    from hilum.patient.verdict import Verdict, Verdicts


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A treatment whose verdict is not the same."""

    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What a change moves: treatments in the order of the new sheet, and the liver's answer."""

    treatments: tuple[Move, ...]
    liver: tuple[Resectability, Resectability] | None


def moves(before: Verdicts, after: Verdicts) -> Moves:
    """Compare the verdicts of one patient with those of the same patient otherwise described."""
    found = [Move(before.option(one.treatment), one) for one in after.options]
    one, other = before.resectability, after.resectability
    return Moves(
        tuple(
            move
            for move in found
            if (move.before.status, move.before.best) != (move.after.status, move.after.best)
        ),
        None if one.verdict is other.verdict else (one, other),
    )
