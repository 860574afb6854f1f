"""Filling an English sentence: a count of one has the singular after it, "1 study"."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# What is counted, and the singular where another letter goes than the last.
NOUNS: Final = dict.fromkeys((
    "appraisals", "arms", "arrangements", "attributes", "bounds", "bytes", "cells", "chains",
    "characters", "clusters", "codes", "coefficients", "columns", "comparisons", "components",
    "contours", "contrasts", "controls", "cut-offs", "days", "deaths", "decisions",
    "derivations", "designs", "distributions", "divergences", "domains", "draws", "effects",
    "errors", "events", "facts", "faults", "figures", "files", "findings", "groups", "hits",
    "ids", "keys", "labels", "lesions", "letters", "levels", "limits", "lines", "medians",
    "months", "numbers", "options", "outcomes", "pages", "parameters", "parts", "patients",
    "plans", "points", "processes", "rates", "records", "reports", "resamples", "responders",
    "results", "rows", "rules", "seconds", "slices", "spots", "states", "steps", "studies",
    "texts", "ticks", "tokens", "treatments", "trials", "values", "verdicts", "voxels",
    "weeks", "weights", "years", "analyses",
), "") | {"studies": "study", "analyses": "analysis", "processes": "process"}  # fmt: skip
# A verb that follows at once agrees.
VERBS: Final = {
    "are": "is", "were": "was", "have": "has", "need": "needs", "share": "shares",
    "carry": "carries", "rest": "rests", "report": "reports", "stay": "stays", "allow": "allows",
    "leave": "leaves", "come": "comes", "decide": "decides", "change": "changes",
}  # fmt: skip
# And what points at the count before it.
BEFORE: Final = {"All": "The", "all": "the", "these": "this", "those": "that"}
# Words that may stand between a count and what is counted; none of them begins another clause.
BETWEEN: Final = (
    "simulated", "standard", "beta", "unlinked", "other", "more", "different", "whole",
    "finite", "recovery", "censoring", "control", "single-arm", "historical", "effective",
    "further", "new", "squared", "falling", "informative", "percentage",
)  # fmt: skip

# The upper end of a range keeps the plural: "from 0 to 1 months".
_RANGE: Final = re.compile(r"(?:(?:\d|\}) ?%? to|between \{\w+(?::[^{}]*)?\} and) $")


class _Counted(NamedTuple):
    """A place that counts, and the words around it where it is one."""

    place: str
    start: int
    end: int
    single: str


@cache
def _count() -> re.Pattern[str]:
    """Made with the first sentence that has a place to fill: most commands fill none."""
    return re.compile(
        r"(?:\b(?P<before>" + "|".join(BEFORE) + r") )?"
        r"(?P<place>\{\w+(?:![rs])?(?::[^{}]*)?\})"
        r"(?P<between>(?: (?:" + "|".join(BETWEEN) + r"))*) "
        r"(?P<noun>" + "|".join(sorted(NOUNS, key=len, reverse=True)) + r")(?![\w’'-])"
        r"(?:(?P<of>(?: of it)? )(?P<verb>" + "|".join(VERBS) + r")\b)?"
    )


@cache
def _counts(message: str) -> tuple[_Counted, ...]:
    found: list[_Counted] = []
    for one in _count().finditer(message):
        if _RANGE.search(message[: one.start("place")]):
            continue
        before, noun = one["before"], one["noun"]
        single = NOUNS[noun] or noun[:-1]
        words = f"{BEFORE[before]} " if before else ""
        words += f"{one['place']}{one['between']} {single}"
        if one["verb"]:
            words += f"{one['of']}{VERBS[one['verb']]}"
        found.append(_Counted(one["place"], one.start(), one.end(), words))
    return tuple(found)


def filled(message: str, values: Mapping[str, object]) -> str:
    """An English sentence with its ``{named}`` places filled; a count of one has the singular."""
    for one in reversed(_counts(message)):
        if one.place.format(**values) == "1":
            message = message[: one.start] + one.single + message[one.end :]
    return message.format(**values)
