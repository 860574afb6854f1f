"""How certain a figure is: drafts by GRADE and CINeMA, by stated rules, editable with a reason."""

from hilum.synthesis.certainty.body import Body
from hilum.synthesis.certainty.certainty import (
    LEVELS,
    Certainty,
    Edit,
    Judgement,
    circles,
)
from hilum.synthesis.certainty.cinema import NetworkBody, cinema
from hilum.synthesis.certainty.grade import grade, silent
from hilum.synthesis.certainty.network import rate_network
from hilum.synthesis.certainty.overrides import Override, apply_overrides
from hilum.synthesis.certainty.reasons import DOMAINS, JUDGEMENTS, REASONS
from hilum.synthesis.certainty.thresholds import SOURCES, Thresholds

__all__ = [
    "DOMAINS",
    "JUDGEMENTS",
    "LEVELS",
    "REASONS",
    "SOURCES",
    "Body",
    "Certainty",
    "Edit",
    "Judgement",
    "NetworkBody",
    "Override",
    "Thresholds",
    "apply_overrides",
    "cinema",
    "circles",
    "grade",
    "rate_network",
    "silent",
]
