"""Words that say nothing of what a figure is of: between an outcome and its figure only these.

What stands there and is not known here may make it another outcome, another time or another's.
"""

from __future__ import annotations

import re
from typing import Final

LINKS: Final = frozenset(
    """
    a an the of in at by to and or with was were is are be been has have had did as on for from than
    that which who it its this these those both each either respectively only just also even again
    still thus hence therefore likewise similarly overall however finally further additional another
    all whole entire total our we there
    seen observed noted recorded found documented reported reached attained achieved obtained
    occurred arose developed experienced amounted equalled equaled came stood ran averaged measured
    estimated calculated computed detected diagnosed confirmed counted affected followed complicated
    encountered registered shown showed demonstrated exhibited present visible judged evident
    yielded gave given achieving occurring classified rated graded scored
    vs v versus against compared comparing while whereas but higher lower longer shorter better
    worse more less fewer greater similar same significantly numerically frequent common commoner
    commonest rare few rarely often differ differed alike comparable equal
    patient patients case cases pts subjects subject participants participant individuals persons
    men women group groups arm arms cohort cohorts population populations procedure procedures
    session sessions lesion lesions treated evaluable assessable
    median mean medians average month months mo mos mth mths year years yr yrs y m week weeks wk wks
    day days d time times first second third annum
    rate rates probability probabilities estimate estimates actuarial cumulative crude figure
    figures value values proportion percentage percent cent per ci iqr range confidence interval
    limits itt intention intent treat analysis kaplan meier
    any respect recist mrecist who easl choi swog percist ctcae nci criteria criterion version modified
    according using assessed assessment assessor evaluated evaluation central local independent
    reading readings reader readers blinded blind investigator investigators site review reviewer reviewed radiologist radiologists
    best grade grades g iii iv clavien dindo isgls ct mri imaging
    """.split()
)
"""Between an outcome and its figure, in lower case."""
BEFORE: Final = LINKS | frozenset(
    """
    confirmed hepatic liver intrahepatic radiographic radiological radiologic imaging tumour tumor
    severe patient outcome outcomes result results endpoint endpoints disease post posthepatectomy
    procedure hepatectomy transplant carcinoid febrile summary pooled one two
    three four five six seven eight nine ten fifteen twenty thirty ninety perioperative postoperative
    peri operative actuarial observed estimated showed mostly mainly chiefly hormonal
    urinary including included comprised namely efficacy safety secondary primary
    """.split()
)
"""In front of the name of an outcome, where they leave it the same outcome."""
_PHRASE: Final = re.compile(
    r"\b(?:in|for|with|without|after|among|under|on|following|receiving|versus|vs\.?|v\.?|against"
    r"|from|since)"
    r"\s+(?:the\s+|those\s+|patients\s+|all\s+)*"
    r"(?P<words>[\w/+.≥≤<>-]+(?:\s+[\w/+.≥≤<>-]+){0,3}?)"
    r"(?=\s*(?:[,:;(#)]|$|\b(?:was|were|it|had|reached|than|and|versus|vs|at)\b))",
    re.IGNORECASE,
)


SUSPECT: Final = re.compile(
    r"\b(?:differen(?:ce|ces|t)|gain(?:ed|s)?|increas\w+|decreas\w+|improv(?:ed|ement|ements) (?:by|of)"
    r"|reduction|reduc\w+ (?:by|in|of)|change[sd]?|delta|excess|threshold|cut-?offs?|target\w*"
    r"|baseline|pre-?treatment|expected|predicted|planned|projected|minimum|maximum|absolute|relative"
    r"|no|not|none|never|neither|nor|absence|free|before|prior|previous|previously|former|until"
    r"|despite|despite|unless|except|excluding|beyond|every|candidates?|eligible|score|index"
    r"|extrapolated|simulated|model\w*|per (?:cm|mm|unit|point|doubling|standard)|maintained|duration|interval from|lasting|lasted|died of)\b",
    re.IGNORECASE,
)
"""Words that make a figure something else than the outcome's, wherever they stand between."""
# Said of two groups, of which each has its figure.
_SAME: Final = re.compile(
    r"\b(?:did not|not|nor) (?:differ|improve|reached|significant\w*)\b|\bno \w* ?difference\b",
    re.I,
)
_MEASURED: Final = re.compile(
    r"\b(?:events?|disease|toxicit\w+|deaths?|size|volume|levels?|quality|pain|score|dose\w*|lesions"
    r"|progression|symptoms?|diarrh\w+|flushing|\w+emia|\w+penia|\w+itis|failure|cm|mm|unit|diameter)\b",
    re.IGNORECASE,
)
_ADVERB: Final = re.compile(
    r"\b(?!(?:bio)?chemical|symptomatic|clinical|hepatic|pathologic|locally|histolog|metabolic|partial|complete"
    r"|early|daily|monthly|weekly|yearly|elderly|initial)[a-z]{3,}ly\b",
    re.I,
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'s)?")


def unknown(gap: str) -> str:
    """The first word between an outcome and its figure that is not known to leave it the same.

    Figures of the gap are ``#``. Names of groups behind a preposition are passed over.
    """
    gap = _SAME.sub(" ", gap)
    wrong = SUSPECT.search(gap)
    if wrong:
        return wrong[0]
    gap = _ADVERB.sub(" ", re.sub(r"(?<![\w.])[A-D](?![\w.])", " ", gap))
    bare = _PHRASE.sub(_passed, gap)
    bare = re.sub(r"\b(?:and|than|or)\s+(?=[A-Z\d])[\w/+-]*[A-Z\d][\w/+-]*", " ", bare)
    return next((w for w in _WORD.findall(bare) if w.lower() not in LINKS), "")


def _passed(phrase: re.Match[str]) -> str:
    """Nothing for a group's name; what it says where it names something measured."""
    return phrase[0] if _MEASURED.search(phrase["words"]) else " "


def modified(before: str) -> str:
    """The word in front of an outcome's name that may make it another outcome."""
    last = re.search(r"([^\W\d_][\w-]*)\s+$", before) if before else None
    if last is None:
        return ""
    parts = [one for one in re.split(r"[-\d]+", last[1].lower()) if one]
    return "" if all(one in BEFORE for one in parts) else last[1]
