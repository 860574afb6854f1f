"""hilum: from the published evidence to one patient's tumour-board sheet.

``import hilum; sheet = hilum.board(case, evidence)`` does what ``hilum board`` does. Names load
their room on first use, so that importing hilum stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hilum._version import __version__
from hilum.errors import HilumError, InputError, MissingExtra, NotConverged, NotEstimable, phrased

if TYPE_CHECKING:
    from hilum.evidence import Evidence, check_tables, read_evidence
    from hilum.language import words
    from hilum.patient.case import Case, read_case
    from hilum.patient.tables import Tables, read_tables
    from hilum.patient.verdict import Verdicts, verdicts
    from hilum.rendering.sheet import render
    from hilum.sheet import Sheet, board, json_schema
    from hilum.synthesis import Estimate, binomial_normal, random_effects

_ROOMS = {
    "Case": "hilum.patient.case",
    "Estimate": "hilum.synthesis",
    "Evidence": "hilum.evidence",
    "Sheet": "hilum.sheet",
    "Tables": "hilum.patient.tables",
    "Verdicts": "hilum.patient.verdict",
    "binomial_normal": "hilum.synthesis",
    "board": "hilum.sheet",
    "check_tables": "hilum.evidence",
    "json_schema": "hilum.sheet",
    "random_effects": "hilum.synthesis",
    "read_case": "hilum.patient.case",
    "read_evidence": "hilum.evidence",
    "read_tables": "hilum.patient.tables",
    "render": "hilum.rendering.sheet",
    "verdicts": "hilum.patient.verdict",
    "words": "hilum.language",
}

__all__ = [
    "Case",
    "Estimate",
    "Evidence",
    "HilumError",
    "InputError",
    "MissingExtra",
    "NotConverged",
    "NotEstimable",
    "Sheet",
    "Tables",
    "Verdicts",
    "__version__",
    "binomial_normal",
    "board",
    "check_tables",
    "json_schema",
    "random_effects",
    "read_case",
    "read_evidence",
    "read_tables",
    "render",
    "verdicts",
    "words",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    message = phrased("module 'hilum' has no attribute {name!r}", name=name)
    raise AttributeError(message)
