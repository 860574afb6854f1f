"""What the columns of a measure hold, beside the codes that a table was read by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.errors import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words

HELD: Final = {
    "xi": "number of events",
    "ni": "number of patients",
    "ti": "time at risk",
    "mi": "mean",
    "sdi": "standard deviation",
    "ai": "events, first group",
    "n1i": "patients, first group",
    "ci": "events, second group",
    "n2i": "patients, second group",
    "x1i": "events, first group",
    "t1i": "time at risk, first group",
    "x2i": "events, second group",
    "t2i": "time at risk, second group",
    "m1i": "mean, first group",
    "sd1i": "standard deviation, first group",
    "m2i": "mean, second group",
    "sd2i": "standard deviation, second group",
    "yi": "effect",
    "vi": "its variance",
    "sei": "its standard error",
    "bi": "without an event, first group",
    "di": "without an event, second group",
    "oe": "observed minus expected",
    "oev": "variance of observed minus expected",
    "interval": "both limits",
}
"""By the code of a column."""
READ: Final = re.compile(r"(?:^|, )(\w+) = ")


def held_lines(said: Iterable[str], words: Words) -> list[str]:
    """The codes of the columns that a table was read by, each in words."""
    codes = [
        code
        for one in said
        if isinstance(one, Phrase) and "columns" in one.facts
        for code in READ.findall(str(one.facts["columns"]))
    ]
    told = [
        words("{code}: {what}", code=code, what=words(HELD[code])) for code in codes if code in HELD
    ]
    return [words("; ").join(told)] if told else []


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(HELD.values())
