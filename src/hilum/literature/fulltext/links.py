"""Words that say nothing of what a figure is of: between an outcome and its figure only these.

What stands there and is not known here may make it another outcome, another time or another's.
The words are rows of links.csv: ``between`` an outcome and its figure, ``before`` the outcome.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).with_name("links.csv")
with _TABLE.open(encoding="utf-8", newline="") as _file:
    _ROWS: Final = list(csv.DictReader(_file))
LINKS: Final = frozenset(row["word"] for row in _ROWS if row["between"])
"""Between an outcome and its figure, in lower case."""
BEFORE: Final = frozenset(row["word"] for row in _ROWS if row["before"])
"""In front of the name of an outcome, where they leave it the same outcome."""
# Words of which another one in front may still change the outcome.
_DESCRIBES: Final = frozenset(row["word"] for row in _ROWS if row["before"] == "describes")
_PHRASE: Final = re.compile(
    r"\b(?:in|for|with|without|after|among|under|on|following|receiving|versus|vs\.?|v\.?|against"
    r"|from|since)"
    r"\s+(?:the\s+|those\s+|patients\s+|all\s+)*"
    r"(?P<words>[\w/+.≥≤<>-]+(?:\s+[\w/+.≥≤<>-]+){0,3}?(?:\s+(?:and|or)\s+[\w/+-]+)?)"
    r"(?=\s*(?:[,:;(#)]|$|\b(?:was|were|it|had|reached|than|and|versus|vs|at)\b))",
    re.IGNORECASE,
)


ARM_FIRST: Final = re.compile(
    r"(?:^|[:;,(])\s*(?!(?:S[ED]M?|CI|IQR|HR|OR|RR|NR|NE|MR|AUC|BED\w*|NET|VS|P)\b)"
    r"(?P<arm>[A-Z][A-Za-z/+-]*[A-Z][A-Za-z/+-]*(?: (?:group|arm))?)\)?(?=[\s,:(]*$)"
)
"""The letters of an arm right before its figure: ": TACE 14 months, TAE 12 months"."""
SUSPECT: Final = re.compile(
    r"\b(?:differen(?:ce|ces|t)|gain(?:ed|s)?|increas\w+|decreas\w+|improv(?:ed|ement"
    r"|ements) (?:by|of)"
    r"|reduction|reduc\w+ (?:by|in|of)|change[sd]?|delta|excess|threshold|cut-?offs?|target\w*"
    r"|baseline|pre-?treatment|expected|predicted|planned|projected|minimum|maximum|absolute"
    r"|relative"
    r"|no|not|none|never|neither|nor|absence|free|before|prior|previous|previously|former|until"
    r"|despite|confirmed by|unless|except|excluding|beyond|every|candidates?|eligible|score|index"
    r"|made up|mak(?:es|ing) up|account\w* for|constitut\w+|represent\w+"
    r"|for an? (?:total |overall )?rate of|extrapolated|simulated|model\w*|per (?:cm|mm|unit"
    r"|point|doubling|standard)|duration"
    r"|interval from|lasting|lasted|died of)\b",
    re.IGNORECASE,
)
"""Words that make a figure something else than the outcome's, wherever they stand between."""
# Said of two groups, of which each has its figure.
_SAME: Final = re.compile(
    r"\b(?:did not|not|nor) (?:differ|improve|reached|significant\w*)\b|\bno \w* ?difference\b",
    re.I,
)
_MEASURED: Final = re.compile(
    r"\b(?:events?|disease|toxicit\w+|deaths?|size|volume|levels?|quality|pain|score|dose\w*"
    r"|lesions"
    r"|progression|symptoms?|diarrh\w+|flushing|\w+emia|\w+penia|\w+itis|failure|cm|mm|unit"
    r"|diameter)\b",
    re.IGNORECASE,
)
_ADVERB: Final = re.compile(
    r"\b(?!(?:bio)?chemical|symptomatic|clinical|hepatic|pathologic|locally|histolog|metabolic"
    r"|partial|complete"
    r"|early|daily|monthly|weekly|yearly|elderly|initial)[a-z]{3,}ly\b",
    re.I,
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'s)?")


def unknown(gap: str) -> str:
    """The first word between an outcome and its figure that is not known to leave it the same.

    Figures of the gap are ``#``. Names of groups behind a preposition are passed over.
    """
    gap = ARM_FIRST.sub(" ", _SAME.sub(" ", gap))
    wrong = SUSPECT.search(gap)
    if wrong:
        return wrong[0]
    gap = _ADVERB.sub(" ", re.sub(r"(?<![\w.])[A-D](?![\w.])", " ", gap))
    bare = _PHRASE.sub(_passed, gap)
    bare = re.sub(
        r"(?:\b(?:and|than|or)|,)\s+(?=[\w/+-]*[A-Z\d][\w/+-]*[A-Z\d])[\w/+-]+", " ", bare
    )
    return next((w for w in _WORD.findall(bare) if w.lower() not in LINKS), "")


def _passed(phrase: re.Match[str]) -> str:
    """Nothing for a group's name; what it says where it names something measured."""
    return phrase[0] if _MEASURED.search(phrase["words"]) else " "


def modified(before: str) -> str:
    """The word in front of an outcome's name that may make it another outcome."""
    joined = re.search(r"([^\W\d_]+)-$", before)
    if joined and joined[1].lower() not in BEFORE:
        return joined[1]
    words = re.search(r"(?:(?<![\w-])[^\W_][\w-]*\s+){1,3}$", before)
    for word in reversed(words[0].split() if words else []):
        parts = [one for one in re.split(r"[-\d]+", word.lower()) if one]
        if any(one not in BEFORE for one in parts):
            return word
        if all(one not in _DESCRIBES for one in parts):
            break
    return ""
