"""What an open fact would have to be for an undecided option to be open."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hilum.patient.records import Attribute
    from hilum.patient.values import Value
    from hilum.patient.worlds import Worlds

# The liver's answer, and the word for the patients whom an operation comes first for.
LIVER, RESECTABLE = "resectability", "resectable"
# A share of an attribute's span so small that no published cut-off lies within it.
NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Opening:
    """The values of one fact that leave an option open, everything else being at its best.

    A number has bounds (``None`` where there is none, with whether the bound itself will do); a
    word or a truth has ``words``. Neither is there where the fact decides only together with
    others, or where its values are not one stretch.

    Where the fact opens the option only by making the liver not resectable, ``through`` names that
    answer and ``words`` hold its values: nobody is told that a high bilirubin opens a treatment.
    """

    fact: str
    low: float | None = None
    low_will_do: bool = True
    high: float | None = None
    high_will_do: bool = True
    words: tuple[Value, ...] = ()
    through: str = ""

    @property
    def said(self) -> bool:
        """Whether there is more to say than the name of the fact."""
        return bool(self.words) or self.low is not None or self.high is not None


def opening(worlds: Worlds, treatment: str, fact: str) -> Opening:
    """Try every value of a fact that would matter."""
    attribute = worlds.tables.attributes[fact]
    tried = [(change[1], worlds.is_open(treatment, (change,))) for change in worlds.choices(fact)]
    opens = [place for place, (_, is_open) in enumerate(tried) if is_open]
    if len(opens) in (0, len(tried)):
        return Opening(fact)
    answers = worlds.values_of(LIVER, fact)
    opening_answers = {answers[place] for place in opens}
    closing_answers = {answers[place] for place in range(len(tried)) if place not in opens}
    if not opening_answers & closing_answers and not opening_answers & {RESECTABLE, None}:
        return Opening(fact, words=tuple(sorted(opening_answers)), through=LIVER)
    if not attribute.numeric:
        return Opening(fact, words=tuple(tried[place][0] for place in opens))
    if opens != list(range(opens[0], opens[-1] + 1)):
        return Opening(fact)
    values = [float(value) for value, _ in tried]  # pyright: ignore[reportArgumentType]
    low, low_will_do = _bound(values, opens[0], -1)
    high, high_will_do = _bound(values, opens[-1], 1)
    found = _whole(attribute, Opening(fact, low, low_will_do, high, high_will_do))
    return found if _sharp(worlds, treatment, attribute, found) else Opening(fact)


def _bound(values: list[float], place: int, step: int) -> tuple[float | None, bool]:
    """The cut-off at one end of a stretch: cut-offs stand at even places, middles between them."""
    beyond = place + step
    if not 0 <= beyond < len(values):
        return None, True
    return (values[place], True) if place % 2 == 0 else (values[beyond], False)


def _sharp(worlds: Worlds, treatment: str, attribute: Attribute, found: Opening) -> bool:
    """Whether the answer turns at the bounds themselves.

    A fact that also goes into a formula (the size of the largest lesion into the burden) may turn
    the answer between two cut-offs; then no bound is said.
    """
    step = 1.0 if attribute.type != "number" else (attribute.high - attribute.low) * NEAR
    for bound, will_do, outward in (
        (found.low, found.low_will_do, -step),
        (found.high, found.high_will_do, step),
    ):
        if bound is None:
            continue
        inside, outside = (bound, bound + outward) if will_do else (bound - outward, bound)
        if not worlds.is_open(treatment, ((found.fact, inside),)):
            return False
        if attribute.low <= outside <= attribute.high and worlds.is_open(
            treatment, ((found.fact, outside),)
        ):
            return False
    return True


def _whole(attribute: Attribute, found: Opening) -> Opening:
    """Bounds of a count as counts: below 3 is 2 or less."""
    if attribute.type == "number":
        return found
    low, high = found.low, found.high
    if low is not None:
        low = float(math.ceil(low) if found.low_will_do else math.floor(low) + 1)
    if high is not None:
        high = float(math.floor(high) if found.high_will_do else math.ceil(high) - 1)
    return Opening(found.fact, low, True, high, True)
