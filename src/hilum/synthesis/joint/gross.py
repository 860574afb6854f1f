"""When two kinds of evidence are in gross conflict; apart from the model, for pages without it."""

from typing import Final

GROSS: Final = 2.0
"""Standard errors of their difference from which two kinds of evidence are in gross conflict."""


def is_gross(z: float) -> bool:
    """Whether a gap in standard errors is a gross conflict."""
    return abs(z) >= GROSS
