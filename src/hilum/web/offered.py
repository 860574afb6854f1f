"""What programs may ask for, and what of it: nothing that names a file, an address or a process.

A question from elsewhere must not make hilum open a file of this machine, call another one, or
start processes; such fields are taken out of the schema, and refused where they are sent anyway.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses import ANALYSES
from hilum.analyses.forms import from_json, schema
from hilum.errors import Fault, InputError, phrased
from hilum.records import found
from hilum.web.roles import Role

if TYPE_CHECKING:
    from pydantic import ValidationError

RECORD: Final = frozenset({"evidence", "appraisals"})
# By analysis: the fields that are not taken.
LEFT_OUT: Final[dict[str, frozenset[str]]] = {
    "board": RECORD | {"certainty", "rules", "compare", "settings", "joint"},
    "published": RECORD | {"table"},
    "simulate": frozenset({"scheduler", "workers", "engine"}),
}
# Analyses of files, by what they are for: the rooms take files by upload.
CLOSED: Final[dict[str, str]] = {
    "appraise": "a table by its path",
    "read": "a figure by its path",
    "liver_measure": "label maps by their paths",
    "liver_plan": "label maps by their paths",
    "liver_search": "label maps by their paths",
    "liver_dose": "label maps by their paths",
    "board_list": "a folder by its path",
    "screening_replay": "a table by its path",
    "screening_next": "a folder by its path",
    "screening_state": "a folder by its path",
    "flow": "a folder by its path",
    "confidence": "a folder by its path",
    "extraction": "a folder by its path",
    "search": "a folder by its path",
    "living": "folders by their paths",
    "references": "files by their paths",
    "proposals": "files by their paths",
    "review": "a folder by its path",
    "dedupe": "files by their paths",
    "living_report": "a folder by its path",
}
# What is in neither list is not answered: a new analysis says here whether it reads files.
OPEN: Final = frozenset(
    (
        "board", "pool", "sensitivity", "survival", "hazard_ratios", "network", "joint", "summary",
        "findings", "cell", "evidence_map", "evidence_study", "published", "reconstruct",
        "simulate", "rank", "protocol", "from_fhir", "to_fhir",
    )
) | {name for name in ANALYSES if name.startswith("design-")}  # fmt: skip
OFFERED: Final = tuple(name for name in ANALYSES if name in OPEN)
CASES: Final = ("board", "to_fhir", "from_fhir")
"""Analyses of one patient: answered, and not kept."""

LOOKED_UP: Final = frozenset(
    ("summary", "findings", "cell", "evidence_map", "evidence_study", "published")
)
"""Analyses that say what has been published, as the pages of every reader do."""


def role_of(kind: str) -> Role:
    """The least role that may ask an analysis and read its answer.

    What is about a patient, and every kind of work that programs cannot ask for, is a clinician's.
    """
    if kind in LOOKED_UP:
        return Role.READER
    return Role.REVIEWER if kind in OPEN and kind not in CASES else Role.CLINICIAN


def left_out(name: str) -> frozenset[str]:
    """Fields of a question that are not taken from elsewhere."""
    return LEFT_OUT.get(name, RECORD)


@cache
def asked_schema(name: str) -> dict[str, Any]:
    """The schema of a question as it may be sent."""
    made = schema(found(ANALYSES, name, "analysis").Asked)
    gone = left_out(name)
    made["properties"] = {one: of for one, of in made["properties"].items() if one not in gone}
    made["required"] = [one for one in made.get("required", ()) if one not in gone]
    made["additionalProperties"] = False
    if name == "board":
        made["properties"]["case"] = {"type": "object", "title": "Case"}
    return made


def asked_from(name: str, body: bytes) -> Any:
    """The question that a body holds.

    Raises
    ------
    UnknownCode
        There is no such analysis for programs.
    InputError
        It is no such question: with every fault.
    """
    from pydantic import ValidationError

    found({one: one for one in OFFERED}, name, "analysis")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise InputError(Fault("", None, "body", "", "one JSON object"))
    known = asked_schema(name)["properties"]
    more = sorted(str(one)[:40] for one in given if one not in known)
    if more:
        wanted = phrased("one of {known}", known=", ".join(known))
        raise InputError(*(Fault("", None, one, "", wanted) for one in more))
    if name in CASES and "imaging" in (given.get("case") or ()):
        wanted = "a case without label maps: the workbench opens no file that a case names"
        raise InputError(Fault("", None, "imaging", "", wanted))
    try:
        asked = from_json(ANALYSES[name].Asked, json.dumps(given))
    except ValidationError as error:
        raise InputError(*_faults(error)) from error
    if any(isinstance(one, PurePath) for one in vars(asked).values()):
        raise InputError(Fault("", None, "case", "", "a case as a JSON object"))
    return asked


def _faults(error: ValidationError) -> list[Fault]:
    return [
        Fault("", None, ".".join(str(part) for part in one["loc"])[:80], "", one["msg"])
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
