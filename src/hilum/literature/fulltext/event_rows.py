"""Rows of a table of adverse events or complications that no row of outcomes.csv names.

Whatever such a row counts is an event: ``other``, and *any* row, by the grade of its head, all of
them. A row that may count something else (patients, sessions, deaths) is nobody's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.mentions import Mention, mentions

if TYPE_CHECKING:
    from hilum.literature.fulltext.tables import Line

_EVENTS: Final = re.compile(
    r"\badverse (?:events?|reactions?)|\btoxicit(?:y|ies)\b|\bcomplications?\b"
    r"|\bside[- ]effects?\b|\bT?[ER]?AEs?\b|\bmorbidity\b",
    re.I,
)
_HEAD: Final = re.compile(r"(?:adverse )?(?:events?|reactions?)|toxicit\w+|complications?", re.I)
_NOT: Final = re.compile(
    r"\b(?:baseline|characteristics|predict\w+|regression|risk factors?|odds|hazard|published"
    r"|studies|series|literature|efficacy|survival|outcomes?)\b",
    re.I,
)
# Rows that count no event, or one that has an outcome of its own.
_OTHER_ROW: Final = re.compile(
    r"\b(?:no|not|none|without|total|patients?|n|no\.|number|evaluable|missing|unknown|sessions?"
    r"|procedures?|cycles?|treated|exposed|males?|females?|sex|age|grades?|G\d|response|survival"
    r"|alive|median|mean|deaths?|died|dead|fatal|mortality|liver failure|hepatic failure"
    r"|hepatic|decompensation|insufficiency|major|minor|severe|serious|overall|any|all|clavien"
    r"|of which|other|others)\b",
    re.I,
)
_ANY: Final = re.compile(
    r"(?:any|all|overall|total)(?: (?:adverse )?(?:events?|AEs?|TRAEs?|TEAEs?|complications?"
    r"|toxicit\w+|grades?))?(?:,? ?n ?\(%\))?",
    re.I,
)
_HIGH: Final = re.compile(
    r"(?:CTCAE )?(?:grades?|Gr\.?|G) ?(?:(?:[≥>]=? ?|at least )?3(?: or (?:higher|more|worse|above"
    r"|greater))?|3 ?(?:-|/|or|and|to) ?[45]|4|III[-/]IV)\+?(?!\d)",
    re.I,
)
_GRADED: Final = re.compile(r"\bgrades?\b|\bGr\b|\bG ?\d", re.I)
_EVERY: Final = re.compile(r"\b(?:any|all)[- ]grades?\b|\ball\b|\bany\b", re.I)
_PROPORTION: Final = frozenset({"proportion"})


def event_of(line: Line) -> Mention | None:
    """What a row of a table of events counts; None where it is no such table or not certain."""
    label = line.cells[0].strip()
    if not _of_events(line) or _OTHER_ROW.search(label) or len(label) > 60:
        return None
    known = {one.outcome for one in mentions(label)}
    if known - {"other"} or not re.search(r"[a-z]{3}|[A-Z]{2}", label):
        return None
    return Mention("other", _PROPORTION, 0, len(label), label)


def any_event(line: Line, head: str) -> str:
    """The outcome of a row of any events under a head; empty where it is neither."""
    label = line.cells[0].strip()
    if not _of_events(line) or not _ANY.fullmatch(label):
        return ""
    if _GRADED.search(head):
        if _EVERY.search(head) and not re.search(r"\d", head):
            return "any_complication"
        return "major_complication" if _HIGH.search(head) else ""
    if re.search(r"\d", head) and not re.search(r"\bn ?=", head, re.I):
        return ""
    if _GRADED.search(line.title) or _GRADED.search(line.above):
        over = f"{line.title} {line.above}"
        return (
            "major_complication"
            if _HIGH.search(over)
            else (
                "any_complication"
                if re.search(r"worst|by (?:CTCAE )?grade|all grades", over)
                else ""
            )
        )
    return "any_complication"


def _of_events(line: Line) -> bool:
    own = line.columns[0].text if line.columns else ""
    over = f"{line.title} {line.above}"
    if _NOT.search(over):
        return _EVENTS.search(line.above) is not None and not _NOT.search(line.above)
    return _EVENTS.search(over) is not None or _HEAD.fullmatch(own) is not None
