"""Claims: what the documents promise, as records with a figure, a bound and whether it held.

A program keeps its own words on the screen, and says each claim once more as a record. Where the
environment names a file (``HILUM_CLAIMS``) the records are appended to it, one JSON line each;
``python -m validation`` collects them on ``docs/validation.md``.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise: ``figure`` was found and must lie from ``low`` to ``high`` (None: open)."""

    program: str
    name: str
    figure: float
    low: float | None
    high: float | None

    @property
    def passed(self) -> bool:
        """Whether the figure lies inside; a figure that is no number does not."""
        if math.isnan(self.figure):
            return False
        above = self.low is None or self.figure >= self.low
        return above and (self.high is None or self.figure <= self.high)


@dataclass(slots=True)
class Claims:
    """The claims of one program, in the order in which they were tried."""

    program: str
    made: list[Claim] = field(default_factory=list)

    def say(
        self, name: str, figure: float, low: float | None = None, high: float | None = None
    ) -> bool:
        """Keep a claim; whether it held."""
        claim = Claim(self.program, name, float(figure), low, high)
        self.made.append(claim)
        return claim.passed

    def near(self, name: str, figure: float, expected: float, allowed: float) -> bool:
        """A figure that must lie within ``allowed`` of another."""
        return self.say(name, figure, expected - allowed, expected + allowed)

    def finish(self) -> int:
        """Hand the records over; exit status 1 where a claim did not hold, or none was made."""
        target = os.environ.get("HILUM_CLAIMS")
        if target:
            lines = [json.dumps(asdict(claim)) + "\n" for claim in self.made]
            with Path(target).open("a", encoding="utf-8") as file:
                file.writelines(lines)
        return int(not self.made or not all(claim.passed for claim in self.made))


def read_claims(path: Path) -> list[Claim]:
    """The records that programs appended to a file."""
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines()
    return [Claim(**json.loads(line)) for line in lines if line.strip()]
