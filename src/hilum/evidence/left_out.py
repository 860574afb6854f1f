"""A figure that is not in an answer, and why."""

from __future__ import annotations

from dataclasses import dataclass

from hilum.evidence.records import Result


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure that touches the question but does not enter the answer, and why.

    ``reason`` is a code; ``kept`` names the study or figure that stands for it.
    """

    result: Result
    reason: str
    kept: str | None = None
