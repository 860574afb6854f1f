"""Simulated scenarios of a design as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.trials.synopsis.record import Synopsis


def simulated_table(synopsis: Synopsis, words: Words) -> dict[str, Any] | None:
    """None where nothing was simulated."""
    del synopsis, words
    return None
