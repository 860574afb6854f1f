"""What every draft of certainty returns: a level, and a judgement with its reason each domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hilum.counted import filled
from hilum.synthesis.certainty.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS: Final = ("very_low", "low", "moderate", "high")
"""The four levels of GRADE and CINeMA, lowest first."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person changed: who, when (ISO date), from what, to what, and why."""

    who: str
    when: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One domain's judgement.

    Parameters
    ----------
    judgement : str
        GRADE: a level for ``start``; ``not_serious``, ``serious``, ``very_serious``,
        ``extremely_serious`` or ``not_assessed`` going down; ``none``, ``upgrade`` or
        ``strong_upgrade`` going up. CINeMA: ``no_concerns``, ``some_concerns``,
        ``major_concerns`` or ``not_assessed``.
    steps : int
        Levels it moves the certainty by: negative down, positive up.
    code, facts : str, mapping
        Why, as a code of :data:`REASONS` and the figures behind it.
    source : str
        A key of :data:`SOURCES`: where the rule comes from.
    edit : Edit or None
        What a person changed.
    """

    judgement: str
    steps: int
    code: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict[str, str | int | float])
    source: str = ""
    edit: Edit | None = None

    @property
    def reason(self) -> str:
        """The reason in English; a person's own words where a person judged."""
        if self.edit is not None:
            return self.edit.reason
        return filled(REASONS[self.code], self.facts)


@dataclass(frozen=True, slots=True)
class Certainty:
    """Certainty of one figure, with every judgement behind it.

    Parameters
    ----------
    level : str
        One of :data:`LEVELS`, after any edit by a person.
    domains : mapping of str to Judgement
        ``start`` first, then the domains in the framework's order.
    framework : str
        ``grade`` or ``cinema``.
    edit : Edit or None
        Where a person set the level itself, against the sum of the domains.
    """

    level: str
    domains: Mapping[str, Judgement]
    framework: str
    edit: Edit | None = None


def level_from(start: str, steps: int) -> str:
    """The level so many steps from a start, kept between very low and high."""
    place = LEVELS.index(start) + steps
    return LEVELS[min(max(place, 0), len(LEVELS) - 1)]


def circles(level: str) -> str:
    """GRADE's four signs: one filled circle a level (Guyatt 2008)."""
    filled = LEVELS.index(level) + 1
    return "⊕" * filled + "◯" * (4 - filled)
