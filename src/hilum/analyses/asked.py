"""What a field of an ``Asked`` says of itself: help, choices, range, unit; and its check.

Options of the command line, forms, JSON schemas and the reference page are read from here.
"""

from __future__ import annotations

import math
import re
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

# Whole numbers beyond this are none that an array can hold.
LARGEST = 2**63 - 1
# The sign may be that of Chinese (U+FF05) or a small one (U+FE6A).
PERCENT = re.compile(
    r"(?<![\w.%\uff05\ufe6a])([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))"
    r"\s*[%\uff05\ufe6a](?![\w.%\uff05\ufe6a])"
)


# By the lower end and the upper one: None where there is none, True where it is refused itself.
WANTED: Final[dict[tuple[bool | None, bool | None], str]] = {
    (False, None): "a number, {low:g} or more",
    (True, None): "a number above {low:g}",
    (None, False): "a number of at most {high:g}",
    (None, True): "a number below {high:g}",
    (False, False): "a number from {low:g} to {high:g}",
    (True, False): "a number above {low:g}, at most {high:g}",
    (False, True): "a number from {low:g} to below {high:g}",
    (True, True): "a number above {low:g} and below {high:g}",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be asked for.

    Parameters
    ----------
    help : str
        A sentence, the id of its translations.
    choices : callable () -> tuple of str, or None
        Codes of the records to choose from, read when asked.
    at_least, at_most : float or None
        Ends of the range, which belong to it.
    above, below : float or None
        Ends that do not.
    unit : str
    flag : str
        What the option is called where that is not the field's own name.
    share : bool
        Whether it is a share of a whole, which may be typed as a percentage; a number whose range
        ends at 1 is one without saying so.
    """

    help: str
    choices: Callable[[], tuple[str, ...]] | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    unit: str = ""
    flag: str = ""
    share: bool = False

    @property
    def is_share(self) -> bool:
        """Whether a percentage may be typed: "20 %" for 0.2."""
        return self.share or 1 in (self.at_most, self.below)

    def expected(self) -> str:
        """The range in words: an end that is refused itself is named as above or below."""
        low = self.at_least if self.above is None else self.above
        high = self.at_most if self.below is None else self.below
        if high is not None and math.isinf(high):
            high = None
        if low is None and high is None:
            return "a number"
        refused = (
            None if low is None else self.above is not None,
            None if high is None else self.below is not None,
        )
        return phrased(WANTED[refused], low=low, high=high)

    def holds(self, value: float) -> bool:
        """Whether a number lies in the range."""
        return (
            (abs(value) <= LARGEST if isinstance(value, int) else math.isfinite(value))
            and (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """The field's description, choices and range for a JSON Schema."""
        out: dict[str, Any] = {**handler(core), "description": self.help}
        if self.choices is not None:
            empty = any(one.get("type") == "null" for one in out.get("anyOf", ()))
            several = out.get("type") == "array"
            of = out["items"] if several else out
            of["enum"] = [*self.choices(), *([None] if empty else [])]
        bounds = {
            "minimum": self.at_least,
            "maximum": self.at_most,
            "exclusiveMinimum": self.above,
            "exclusiveMaximum": self.below,
        }
        # JSON has no number without an end: such a bound only refuses what JSON cannot hold.
        finite = {
            name: one for name, one in bounds.items() if one is not None and math.isfinite(one)
        }
        return out | finite | ({"unit": self.unit} if self.unit else {})


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping from the names an analysis knows to the table's own; ``names`` are those."""

    names: Callable[[], tuple[str, ...]]


def options_of(asked: type) -> dict[str, tuple[Option, Any, Any]]:
    """Each option of an ``Asked`` by its name: what it says, its type, its default."""
    hints = get_type_hints(asked, include_extras=True)
    out: dict[str, tuple[Option, Any, Any]] = {}
    for one in fields(asked):
        hint = hints[one.name]
        said = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Option)), None)
        if said is not None:
            default = None if one.default is MISSING else one.default
            out[one.name] = (said, hint.__origin__, default)
    return out


def no_share(text: str) -> str | None:
    """What is expected where a percentage stands for a number that is no share; None of others."""
    if not PERCENT.fullmatch(text.strip()):
        return None
    return phrased(
        "a plain number, here {share}: a percentage is read of what is always a share of a whole",
        share=without_percent(text).strip(),
    )


def without_percent(text: str) -> str:
    """A text in which every percentage stands as the share that it is: "20 %" as "0.2"."""
    return PERCENT.sub(lambda found: str(Decimal(found[1]) / 100), text)


def column_names(asked: type) -> tuple[str, ...]:
    """Columns that an ``Asked`` lets be renamed; none where it has no such field."""
    for hint in get_type_hints(asked, include_extras=True).values():
        for said in getattr(hint, "__metadata__", ()):
            if isinstance(said, Columns):
                return said.names()
    return ()


def check(asked: Any, *more: Fault) -> None:
    """Refuse values outside their choices or range, all at once; faults name the field.

    Raises
    ------
    InputError
        Every fault, ``more`` included; ``file`` is empty, since no file is to blame.
    """
    faults: list[Fault] = []
    for name, (said, _, _) in options_of(type(asked)).items():
        value = getattr(asked, name)
        if value is None:
            continue
        values = value if isinstance(value, tuple) else (value,)
        if said.choices is not None:
            known = said.choices()
            wanted = phrased("one of {known}", known=", ".join(known))
            faults += [
                Fault("", None, name, str(one), wanted) for one in values if one not in known
            ]
            continue
        wrong = [one for one in values if isinstance(one, int | float) and not said.holds(one)]
        faults += [_beyond(name, one, said) for one in wrong]
    faults += more
    if faults:
        raise InputError(*faults)


def _beyond(name: str, value: float, said: Option) -> Fault:
    """A number outside its range; a whole one may have more digits than a float can hold."""
    if said.is_share and isinstance(value, float) and 1 < value <= 100:
        wanted = phrased(
            "{range}; a percentage is typed with its sign: {value:g} %",
            range=said.expected(),
            value=value,
        )
        return Fault("", None, name, f"{value:g}", wanted)
    if isinstance(value, float) or abs(value) <= LARGEST:
        return Fault("", None, name, f"{value:g}", said.expected())
    expected = phrased("a number of at most {high:g}", high=LARGEST) if value > 0 else "a number"
    return Fault("", None, name, f"{Decimal(value):.3g}", expected)
