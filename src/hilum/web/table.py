"""Every route with the role that it demands, what it may be sent, and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.web.asking import LABEL_MAPS, SMALL, UPLOAD, Ask
from hilum.web.pages import (
    boards,
    case,
    cases,
    doing,
    entry,
    evidence,
    liver,
    sheets,
    start,
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
    """One route; ``most`` bytes may be sent to it, in as many ``files``."""

    method: str
    path: str
    role: Role
    answer: Answering
    most: int = SMALL
    files: int = 1


DESIGN: Final = "/trials/{design}"
POOLED: Final = "/synthesis/{answer}"
CASE: Final = "/cases/{case}"
BOARD: Final = "/boards/{board}"
DOING: Final = "/doing/{key}"
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
    Page("POST", "/start", CLINICIAN, start.start),
    Page("POST", "/examples", CLINICIAN, cases.example),
    Page("POST", "/files", CLINICIAN, cases.bring, UPLOAD),
    Page("GET", "/boards", CLINICIAN, boards.listing),
    Page("POST", "/boards", CLINICIAN, boards.new),
    Page("GET", BOARD, CLINICIAN, boards.board),
    Page("POST", BOARD, CLINICIAN, boards.rename),
    Page("POST", f"{BOARD}/cases", CLINICIAN, boards.put),
    Page("POST", f"{BOARD}/place", CLINICIAN, boards.place),
    Page("POST", f"{BOARD}/off", CLINICIAN, boards.take_off),
    Page("POST", f"{BOARD}/undo", CLINICIAN, boards.undo),
    Page("POST", f"{BOARD}/remove", CLINICIAN, boards.remove),
    Page("GET", f"{BOARD}/cover.pdf", CLINICIAN, boards.cover),
    Page("POST", f"{BOARD}/all", CLINICIAN, boards.print_all),
    Page("GET", f"{BOARD}/all/{{key}}.pdf", CLINICIAN, boards.printed),
    Page("GET", DOING, CLINICIAN, doing.progress),
    Page("POST", f"{DOING}/stop", CLINICIAN, doing.stop),
    Page("POST", f"{DOING}/again", CLINICIAN, doing.again),
    Page("GET", CASE, CLINICIAN, case.form),
    Page("POST", f"{CASE}/typed", CLINICIAN, case.typed),
    Page("POST", f"{CASE}/kept", CLINICIAN, case.keep),
    Page("POST", f"{CASE}/put-back", CLINICIAN, case.put_back),
    Page("POST", f"{CASE}/undo", CLINICIAN, case.undo),
    Page("GET", f"{CASE}/remove", CLINICIAN, cases.remove_asked),
    Page("POST", f"{CASE}/remove", CLINICIAN, cases.remove),
    Page("GET", f"{CASE}/states", CLINICIAN, states.states),
    Page("GET", f"{CASE}/compare", CLINICIAN, states.compare),
    Page("POST", f"{CASE}/states/{{number:int}}", CLINICIAN, states.restore),
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
    Page("POST", f"{LIVER}/plans/{{number:int}}", CLINICIAN, liver.try_plan),
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
)
"""The whole of the workbench: what is not here is not answered."""
