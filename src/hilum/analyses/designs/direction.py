"""Which side of an outcome is the good one: asked for, known of it, or seen in the hope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import fault
from hilum.errors import InputError, Parameter, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.designs.asked import DesignAsked

Side = Literal["higher", "lower"]
SIDES: tuple[Side, ...] = ("higher", "lower")
# What a hope on the other side should have been.
ODDS: Final[Mapping[Side, str]] = {
    "higher": phrased("a ratio above 1, since higher is better"),
    "lower": phrased("a ratio below 1, since lower is better"),
}
DIFFERENCES: Final[Mapping[Side, str]] = {
    "higher": phrased("a difference above 0, since higher is better"),
    "lower": phrased("a difference below 0, since lower is better"),
}


def sides() -> tuple[str, ...]:
    """Sides of an outcome."""
    return SIDES


Better = Annotated[
    str | None,
    Option(
        "Which is better, a higher or a lower rate, mean or hazard: known of the board's outcomes, "
        "else seen from what is hoped for; of a hazard lower, unless the event is a good one.",
        sides,
    ),
]


def known_side(outcome: str | None, *, hazard: bool) -> Side | None:
    """The better side of an outcome of the record; None of words and of what has no side."""
    from hilum.answers import outcomes
    from hilum.evidence import Measure
    from hilum.evidence.vocabulary import OUTCOMES

    asked = outcomes().get(outcome or "")
    if asked is not None and asked.measure is Measure.RATE_AT and not hazard:
        return "higher"  # the share without the event
    facts = OUTCOMES.get(str(asked.outcome) if asked is not None else outcome or "")
    if facts is None:
        return None
    found = facts.odds_ratio
    if hazard and facts.hazard_ratio != "not_stated":
        found = facts.hazard_ratio
    # The other ways to print a ratio leave the side open.
    sides: dict[str, Side] = {"above": "higher", "below": "lower"}
    return sides.get(found)


def rates_side(asked: DesignAsked, hoped: str, other: float | None) -> Side:
    """The better side of a rate, and that the rate in the field ``hoped`` lies on it.

    ``other`` is the control's (or uninteresting) rate; None where the two may be alike. A trial
    that names no outcome counts responders: a lower rate is then asked about, not assumed.

    Raises
    ------
    InputError
        A side that the outcome does not have, or a hope on the other side.
    """
    value: float = getattr(asked, hoped)
    side = _asked_side(asked, hazard=False)
    if other is None:
        return side or "higher"
    if side is None:
        if value >= other:
            return "higher"
        if asked.outcome is None:
            raise InputError(fault(hoped, f"{value:g}", _above(other)))
        return "lower"
    if value != other and (value < other) != (side == "lower"):
        wanted = (
            phrased("a rate above {value:g}, since higher is better", value=other)
            if side == "higher"
            else phrased("a rate below {value:g}, since lower is better", value=other)
        )
        raise InputError(fault(hoped, f"{value:g}", wanted))
    return side


def odds_side(asked: DesignAsked, ratio: float) -> Side:
    """The better side of a rate, and that the odds ratio hoped for lies on it.

    Raises
    ------
    InputError
        A side that the outcome does not have, or a ratio on the other side.
    """
    seen: Side = "higher" if ratio > 1 else "lower"
    side = _asked_side(asked, hazard=False)
    if side is None and seen == "lower" and ratio != 1 and asked.outcome is None:
        raise InputError(fault("odds_ratio", f"{ratio:g}", _above(1.0)))
    return _on_it(side or seen, seen, "odds_ratio", ratio, ODDS)


def hazard_side(asked: DesignAsked, ratio: float, name: str = "hazard_ratio") -> Side:
    """The better side of a hazard, and that the ratio hoped for lies on it.

    Raises
    ------
    InputError
        A side that the outcome does not have, or a ratio on the other side or at 1.
    """
    side = _asked_side(asked, hazard=True) or "lower"
    if side == "lower" and not 0 < ratio < 1:
        wanted = phrased(
            "a ratio of treatment to control above 0 and below 1; above 1 with {better} "
            "higher, where the event is a good one",
            better=Parameter("better"),
        )
        raise InputError(fault(name, f"{ratio:g}", wanted))
    if side == "higher" and not ratio > 1:
        wanted = "a ratio above 1, since the event is a good one"
        raise InputError(fault(name, f"{ratio:g}", wanted))
    return side


def mean_side(asked: DesignAsked, difference: float) -> Side:
    """The better side of a mean, and that the difference hoped for lies on it.

    Raises
    ------
    InputError
        A side that the outcome does not have, or a difference on the other side.
    """
    seen: Side = "higher" if difference > 0 else "lower"
    side = _asked_side(asked, hazard=False) or seen
    return _on_it(side, seen, "difference", difference, DIFFERENCES)


def _on_it(side: Side, seen: Side, name: str, value: float, wanted: Mapping[Side, str]) -> Side:
    """The side, on which the hope lies too."""
    if side != seen:
        raise InputError(fault(name, f"{value:g}", wanted[side]))
    return side


def _above(value: float) -> str:
    """What is expected of a hope that lies below, where nothing says that lower is better."""
    return phrased(
        "a figure above {value}, as of responders; where fewer are better (complications, deaths) "
        "say {better} lower, or name the outcome",
        value=f"{value:g}",
        better=Parameter("better"),
    )


def _asked_side(asked: DesignAsked, *, hazard: bool) -> Side | None:
    """The side asked for or known; they must agree."""
    given = getattr(asked, "better", None)
    known = known_side(asked.outcome, hazard=hazard)
    if given is not None and known is not None and given != known:
        wanted = phrased("{side}, as the outcome is", side=known)
        raise InputError(fault("better", given, wanted))
    return next((side for side in SIDES if side == (given or known)), None)
