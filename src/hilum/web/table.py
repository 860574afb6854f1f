"""Every route with the role that it demands, what it may be sent, and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.web.asking import LABEL_MAPS, SMALL, UPLOAD, Ask
from hilum.web.pages import (
    case,
    cases,
    entry,
    evidence,
    liver,
    machine,
    sheets,
    states,
    synthesis,
    trials,
)
from hilum.web.roles import Role

if TYPE_CHECKING:
    from starlette.responses import Response

Answering = Callable[[Ask], "Response"]


@dataclass(frozen=True, slots=True)
class Page:
    """One route; ``most`` bytes may be sent to it, in as many ``files``.

    A ``machine`` is answered in JSON, also where it is refused.
    """

    method: str
    path: str
    role: Role
    answer: Answering
    most: int = SMALL
    files: int = 1
    machine: bool = False


DESIGN: Final = "/trials/{design}"
POOLED: Final = "/synthesis/{answer}"
JOB: Final = "/api/jobs/{key}"
CASE: Final = "/cases/{case}"
LIVER: Final = f"{CASE}/liver/{{liver}}"
CLINICIAN, ADMIN = Role.CLINICIAN, Role.ADMIN
PAGES: Final = (
    Page("GET", "/enter", Role.ANYBODY, entry.enter),
    Page("GET", "/static/{name}", Role.ANYBODY, entry.static),
    Page("GET", "/", CLINICIAN, entry.home),
    Page("POST", "/look", CLINICIAN, entry.look),
    Page("GET", "/audit", ADMIN, entry.audit),
    Page("GET", "/audit.csv", ADMIN, entry.audit_csv),
    Page("GET", "/cases", CLINICIAN, cases.listing),
    Page("POST", "/cases", CLINICIAN, cases.new),
    Page("POST", "/examples", CLINICIAN, cases.example),
    Page("POST", "/files", CLINICIAN, cases.bring, UPLOAD),
    Page("GET", CASE, CLINICIAN, case.form),
    Page("POST", f"{CASE}/typed", CLINICIAN, case.typed),
    Page("POST", f"{CASE}/kept", CLINICIAN, case.keep),
    Page("POST", f"{CASE}/put-back", CLINICIAN, case.put_back),
    Page("POST", f"{CASE}/undo", CLINICIAN, case.undo),
    Page("POST", f"{CASE}/place", CLINICIAN, cases.move),
    Page("GET", f"{CASE}/remove", CLINICIAN, cases.remove_asked),
    Page("POST", f"{CASE}/remove", CLINICIAN, cases.remove),
    Page("GET", f"{CASE}/states", CLINICIAN, states.states),
    Page("GET", f"{CASE}/compare", CLINICIAN, states.compare),
    Page("POST", f"{CASE}/states/{{number:count}}", CLINICIAN, states.restore),
    Page("GET", f"{CASE}/sheet", CLINICIAN, sheets.page),
    Page("GET", f"{CASE}/sheet.{{form:document}}", CLINICIAN, sheets.document),
    Page("GET", f"{CASE}/case.json", CLINICIAN, sheets.case_file),
    Page("GET", f"{CASE}/liver", CLINICIAN, liver.room),
    Page("POST", f"{CASE}/liver", CLINICIAN, liver.bring, LABEL_MAPS, 2),
    Page("GET", LIVER, CLINICIAN, liver.liver),
    Page("GET", f"{LIVER}/reading", CLINICIAN, liver.reading),
    Page("GET", f"{LIVER}/plans", CLINICIAN, liver.plans),
    Page("GET", f"{LIVER}/view.nii.gz", CLINICIAN, liver.view),
    Page("GET", f"{LIVER}/half.nii.gz", CLINICIAN, liver.half),
    Page("GET", f"{LIVER}/picture.png", CLINICIAN, liver.picture),
    Page("POST", f"{LIVER}/tried", CLINICIAN, liver.tried),
    Page("POST", f"{LIVER}/undo", CLINICIAN, liver.undo),
    Page("POST", f"{LIVER}/search", CLINICIAN, liver.search),
    Page("POST", f"{LIVER}/stop", CLINICIAN, liver.stop),
    Page("POST", f"{LIVER}/plans/{{number:count}}", CLINICIAN, liver.try_plan),
    Page("POST", f"{LIVER}/taken", CLINICIAN, liver.take),
    Page("POST", f"{LIVER}/remove", CLINICIAN, liver.remove),
    Page("GET", "/evidence", CLINICIAN, evidence.evidence_map),
    Page("GET", "/evidence/map.svg", CLINICIAN, evidence.picture),
    Page("GET", "/evidence/map.csv", CLINICIAN, evidence.table),
    Page("GET", "/evidence/cell/{treatment}/{outcome}", CLINICIAN, evidence.cell),
    Page("GET", "/evidence/study/{study}", CLINICIAN, evidence.study),
    Page("GET", "/synthesis", CLINICIAN, synthesis.room),
    Page("GET", "/synthesis/example", CLINICIAN, synthesis.example),
    Page("POST", "/synthesis", CLINICIAN, synthesis.pool, UPLOAD),
    Page("GET", POOLED, CLINICIAN, synthesis.answer),
    Page("GET", f"{POOLED}/{{kind:drawing}}.svg", CLINICIAN, synthesis.drawing),
    Page("GET", f"{POOLED}/all.zip", CLINICIAN, synthesis.take),
    Page("GET", "/trials", CLINICIAN, trials.room),
    Page("GET", DESIGN, CLINICIAN, trials.form),
    Page("POST", DESIGN, CLINICIAN, trials.size),
    Page("GET", f"{DESIGN}/{{answer}}", CLINICIAN, trials.answer),
    Page("GET", f"{DESIGN}/{{answer}}/synopsis", CLINICIAN, trials.synopsis),
    Page("GET", f"{DESIGN}/{{answer}}/synopsis.{{form:document}}", CLINICIAN, trials.document),
    Page("GET", "/openapi.json", CLINICIAN, machine.described, machine=True),
    Page("GET", "/api/session", CLINICIAN, machine.session, machine=True),
    Page("GET", "/api/analyses", CLINICIAN, machine.analyses, machine=True),
    Page("GET", JOB, CLINICIAN, machine.work, machine=True),
    Page("POST", f"{JOB}/stop", CLINICIAN, machine.stop, machine=True),
    Page("GET", "/api/answers/{key}", CLINICIAN, machine.kept, machine=True),
    Page("POST", "/api/{analysis}", CLINICIAN, machine.answer, UPLOAD, machine=True),
)
"""The whole of the workbench: what is not here is not answered."""
