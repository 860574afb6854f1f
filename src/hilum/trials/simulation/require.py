"""Refusing impossible parameters: every fault of a scenario at once, each with its value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACE = "<scenario>"


def shown(value: object) -> str:
    """A value as a user would write it."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return ", ".join(shown(one) for one in value)
    return str(value)


@dataclass
class Faults:
    """Collects faults; :meth:`stop` raises them together."""

    found: list[Fault] = field(default_factory=list[Fault])

    def add(self, name: str, value: object, expected: str) -> None:
        """Note one fault."""
        self.found.append(Fault(PLACE, None, name, shown(value), expected))

    def unless(self, fine: bool, name: str, value: object, expected: str) -> None:
        """Note a fault where ``fine`` does not hold."""
        if not fine:
            self.add(name, value, expected)

    def each(
        self,
        name: str,
        values: Sequence[float],
        *,
        low: float = 0.0,
        high: float = math.inf,
        open_low: bool = False,
        expected: str,
    ) -> None:
        """Every value a finite number from ``low`` to ``high``; the first outside is named."""
        for value in values:
            inside = low < value if open_low else low <= value
            if not (math.isfinite(value) and inside and value <= high):
                self.add(name, value, expected)
                return

    def rising(self, name: str, values: Sequence[float], *, above: float = 0.0) -> None:
        """Strictly rising finite values above ``above``."""
        ends = (above, *values)
        fine = all(math.isfinite(v) for v in values) and all(a < b for a, b in pairwise(ends))
        self.unless(
            fine, name, tuple(values), phrased("rising numbers above {above:g}", above=above)
        )

    def stop(self) -> None:
        """Raise what was found.

        Raises
        ------
        InputError
            With every fault.
        """
        if self.found:
            raise InputError(*self.found)
