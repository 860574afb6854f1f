"""What a dial turns, and at which weights. Loads nothing: a command's help names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

DIAL: Final = tuple(round(0.1 * i, 1) for i in range(11))
DIALS: Final[dict[str, Callable[[float], tuple[float, float]]]] = {
    "both": lambda w: (w, w),
    "single": lambda w: (w, 1.0),
    "comparative": lambda w: (1.0, w),
}
"""Weights of single-arm and of comparative evidence by what the dial turns."""
