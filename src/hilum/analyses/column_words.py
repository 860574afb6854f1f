"""What the columns of an effect measure hold, and its rules, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.errors import phrased

if TYPE_CHECKING:
    from collections.abc import Mapping

HOLDS: Final = {
    "xi": phrased("events of a group"),
    "ni": phrased("patients of a group"),
    "ti": phrased("time of a group's patients together"),
    "mi": phrased("mean of a group"),
    "sdi": phrased("standard deviation of a group"),
    "ai": phrased("events of the first group"),
    "n1i": phrased("patients of the first group"),
    "ci": phrased("events of the second group"),
    "n2i": phrased("patients of the second group"),
    "x1i": phrased("events of the first group"),
    "t1i": phrased("time of the first group's patients together"),
    "x2i": phrased("events of the second group"),
    "t2i": phrased("time of the second group's patients together"),
    "m1i": phrased("mean of the first group"),
    "sd1i": phrased("standard deviation of the first group"),
    "m2i": phrased("mean of the second group"),
    "sd2i": phrased("standard deviation of the second group"),
    "yi": phrased("effect of a study"),
    "vi": phrased("variance of a study's effect"),
}
"""What a column holds, by the name that an analysis knows it under."""
USUAL: Final = {
    "xi": "events", "ni": "n", "ti": "time", "mi": "mean", "sdi": "sd",
    "ai": "event.e", "n1i": "n.e", "ci": "event.c", "n2i": "n.c",
    "x1i": "event.e", "t1i": "time.e", "x2i": "event.c", "t2i": "time.c",
    "m1i": "mean.e", "sd1i": "sd.e", "m2i": "mean.c", "sd2i": "sd.c",
    "yi": "TE", "vi": "variance",
}  # fmt: skip
"""A name that tables usually have for it, which is understood (:mod:`hilum.tabular.columns`)."""
RULES: Final = {
    "0 <= xi <= ni and ni > 0": phrased(
        "events from 0 up to the patients, of whom there is one or more"
    ),
    "whole numbers, 0 <= xi <= ni": phrased("whole numbers of events, from 0 up to the patients"),
    "0 <= ai <= n1i and 0 <= ci <= n2i": phrased("in each group events from 0 up to its patients"),
    "xi >= 0 and ti > 0": phrased("events of 0 or more, and a time above 0"),
    "x >= 0 and t > 0": phrased("in each group events of 0 or more, and a time above 0"),
    "sdi > 0 and ni > 0": phrased("a standard deviation and patients above 0"),
    "finite means, sd > 0, n > 1": phrased(
        "in each group a mean, a standard deviation above 0 and more than one patient"
    ),
    "finite yi and vi > 0": phrased("an effect, and a variance above 0"),
}
"""Rules of a row, and what they mean."""
NAME: Final = re.compile(r"[a-z][a-z0-9]*")


def rule_said(rule: str, names: Mapping[str, str]) -> str:
    """A rule of a row with the file's own names (``names``, by the known ones), and its meaning."""
    own = NAME.sub(lambda found: names.get(found[0], found[0]), rule)
    meaning = RULES.get(rule)
    if meaning is None:
        return own if own != rule else rule
    return phrased("{rule} ({what})", rule=own, what=meaning)
