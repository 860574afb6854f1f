"""Every route with the role that it demands, what it may be sent, and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.web.asking import FULL_TEXT, LABEL_MAPS, MANY_FILES, REFERENCES, SMALL, UPLOAD, Ask
from hilum.web.pages import (
    account,
    accounts,
    boards,
    case,
    cases,
    doing,
    entry,
    evidence,
    extraction,
    extraction_appraise,
    extraction_form,
    keys,
    liver,
    liver_ct,
    machine,
    own_table,
    review_changes,
    review_flow,
    review_pairs,
    reviews,
    screening,
    sheets,
    start,
    states,
    synthesis,
    trials,
    trials_long,
)
from hilum.web.pages.trials_long import RANK, SIMULATE
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
OWN: Final = "/synthesis/{own:own}"
POOLED: Final = "/synthesis/{answer}"
JOB: Final = "/api/jobs/{key}"
CASE: Final = "/cases/{case}"
BOARD: Final = "/boards/{board}"
DOING: Final = "/doing/{key}"
LIVER: Final = f"{CASE}/liver/{{liver}}"
REVIEW: Final = "/review/{review}"
EXTRACT: Final = f"{REVIEW}/extract"
ACCOUNT: Final = "/accounts/{account}"
MEMBER, READER, REVIEWER = Role.MEMBER, Role.READER, Role.REVIEWER
CLINICIAN, ADMIN = Role.CLINICIAN, Role.ADMIN
PAGES: Final = (
    Page("GET", "/enter", Role.ANYBODY, entry.enter),
    Page("GET", "/static/{name}", Role.ANYBODY, entry.static),
    Page("GET", "/sign-in", Role.ANYBODY, account.sign_in_page),
    Page("POST", "/sign-in", Role.ANYBODY, account.sign_in),
    Page("POST", "/look", Role.ANYBODY, entry.look),
    Page("GET", "/", MEMBER, entry.home),
    Page("POST", "/sign-out", MEMBER, account.sign_out),
    Page("GET", "/account", MEMBER, account.own),
    Page("POST", "/account/password", MEMBER, account.change_password),
    Page("POST", "/account/sign-out-everywhere", MEMBER, account.sign_out_everywhere),
    Page("POST", "/account/second", MEMBER, keys.begin_second),
    Page("POST", "/account/second/confirm", MEMBER, keys.confirm_second),
    Page("POST", "/account/second/remove", MEMBER, keys.remove_second),
    Page("POST", "/account/tokens", READER, keys.add_token),
    Page("POST", "/account/tokens/{token}/revoke", READER, keys.revoke_token),
    Page("GET", "/accounts", ADMIN, accounts.listing),
    Page("POST", "/accounts", ADMIN, accounts.add),
    Page("POST", "/accounts/second", ADMIN, keys.demand_second),
    Page("POST", f"{ACCOUNT}/role", ADMIN, accounts.give_role),
    Page("POST", f"{ACCOUNT}/password", ADMIN, accounts.give_password),
    Page("POST", f"{ACCOUNT}/second/remove", ADMIN, keys.take_second),
    Page("POST", f"{ACCOUNT}/remove", ADMIN, accounts.remove),
    Page("GET", "/audit", ADMIN, entry.audit),
    Page("GET", "/audit.csv", ADMIN, entry.audit_csv),
    Page("GET", "/cases", CLINICIAN, cases.listing),
    Page("POST", "/cases", CLINICIAN, cases.new),
    Page("POST", "/start", CLINICIAN, start.start),
    Page("POST", "/examples", CLINICIAN, cases.example),
    Page("POST", "/files", CLINICIAN, cases.bring, UPLOAD),
    Page("GET", "/boards", CLINICIAN, boards.listing),
    Page("POST", "/boards", CLINICIAN, boards.new),
    Page("POST", "/boards/typed", CLINICIAN, boards.typed),
    Page("GET", BOARD, CLINICIAN, boards.board),
    Page("POST", BOARD, CLINICIAN, boards.rename),
    Page("POST", f"{BOARD}/cases", CLINICIAN, boards.put),
    Page("POST", f"{BOARD}/place", CLINICIAN, boards.place),
    Page("POST", f"{BOARD}/off", CLINICIAN, boards.take_off),
    Page("POST", f"{BOARD}/undo", CLINICIAN, boards.undo),
    Page("POST", f"{BOARD}/remove", CLINICIAN, boards.remove),
    Page("POST", f"{BOARD}/back", CLINICIAN, boards.bring_back),
    Page("POST", f"{BOARD}/delete", CLINICIAN, boards.delete),
    Page("GET", f"{BOARD}/cover.pdf", CLINICIAN, boards.cover),
    Page("POST", f"{BOARD}/all", CLINICIAN, boards.print_all),
    Page("GET", f"{BOARD}/all/{{key}}.pdf", CLINICIAN, boards.printed),
    Page("GET", DOING, REVIEWER, doing.progress),
    Page("GET", f"{DOING}/told", REVIEWER, doing.progress_told),
    Page("POST", f"{DOING}/stop", REVIEWER, doing.stop),
    Page("POST", f"{DOING}/again", REVIEWER, doing.again),
    Page("GET", CASE, CLINICIAN, case.form),
    Page("POST", f"{CASE}/typed", CLINICIAN, case.typed),
    Page("POST", f"{CASE}/kept", CLINICIAN, case.keep),
    Page("POST", f"{CASE}/put-back", CLINICIAN, case.put_back),
    Page("POST", f"{CASE}/typed-again", CLINICIAN, case.type_again),
    Page("POST", f"{CASE}/undo", CLINICIAN, case.undo),
    Page("GET", f"{CASE}/remove", CLINICIAN, cases.remove_asked),
    Page("POST", f"{CASE}/remove", CLINICIAN, cases.remove),
    Page("GET", f"{CASE}/brought", CLINICIAN, cases.brought),
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
    Page("GET", f"{LIVER}/reading/told", CLINICIAN, liver.reading_told),
    Page("GET", f"{LIVER}/plans", CLINICIAN, liver.plans),
    Page("GET", f"{LIVER}/plans/told", CLINICIAN, liver.plans_told),
    Page("GET", f"{LIVER}/view.nii.gz", CLINICIAN, liver.view),
    Page("GET", f"{LIVER}/half.nii.gz", CLINICIAN, liver.half),
    Page("GET", f"{LIVER}/ct.nii.gz", CLINICIAN, liver_ct.ct),
    Page("POST", f"{LIVER}/ct", CLINICIAN, liver_ct.bring_ct, LABEL_MAPS),
    Page("GET", f"{LIVER}/ct/remove", CLINICIAN, liver_ct.remove_asked),
    Page("POST", f"{LIVER}/ct/remove", CLINICIAN, liver_ct.remove_ct),
    Page("GET", f"{LIVER}/picture.png", CLINICIAN, liver.picture),
    Page("POST", f"{LIVER}/tried", CLINICIAN, liver.tried),
    Page("POST", f"{LIVER}/undo", CLINICIAN, liver.undo),
    Page("POST", f"{LIVER}/search", CLINICIAN, liver.search),
    Page("POST", f"{LIVER}/stop", CLINICIAN, liver.stop),
    Page("POST", f"{LIVER}/plans/{{number:count}}", CLINICIAN, liver.try_plan),
    Page("POST", f"{LIVER}/taken", CLINICIAN, liver.take),
    Page("GET", f"{LIVER}/remove", CLINICIAN, liver.remove_asked),
    Page("POST", f"{LIVER}/remove", CLINICIAN, liver.remove),
    Page("POST", f"{LIVER}/back", CLINICIAN, liver.bring_back),
    Page("POST", f"{LIVER}/delete", CLINICIAN, liver.delete),
    Page("GET", "/evidence", READER, evidence.evidence_map),
    Page("GET", "/evidence/map.svg", READER, evidence.picture),
    Page("GET", "/evidence/map.csv", READER, evidence.table),
    Page("GET", "/evidence/cell/{treatment}/{outcome}", READER, evidence.cell),
    Page("GET", "/evidence/study/{study}", READER, evidence.study),
    Page("GET", "/evidence/study/{study}/{outcome}.svg", READER, evidence.study_curve),
    Page("GET", "/synthesis", READER, synthesis.room),
    Page("GET", "/synthesis/example", READER, synthesis.example),
    Page("GET", "/synthesis/evidence", READER, synthesis.from_evidence),
    Page("POST", "/synthesis", REVIEWER, synthesis.pool, UPLOAD),
    Page("POST", "/synthesis/typed", REVIEWER, synthesis.typed, UPLOAD),
    Page("POST", "/synthesis/clear", REVIEWER, synthesis.clear),
    Page("GET", OWN, READER, own_table.form),
    Page("POST", OWN, REVIEWER, own_table.analyse, UPLOAD),
    Page("POST", f"{OWN}/typed", REVIEWER, own_table.typed, UPLOAD),
    Page("POST", f"{OWN}/clear", REVIEWER, own_table.clear),
    Page("GET", f"{OWN}/{{answer}}", READER, own_table.answered),
    Page("GET", f"{OWN}/{{answer}}/{{kind:ownplot}}.svg", READER, own_table.drawing),
    Page("GET", f"{OWN}/{{answer}}/all.zip", READER, own_table.take),
    Page("GET", POOLED, READER, synthesis.answer),
    Page("GET", f"{POOLED}/{{kind:drawing}}.svg", READER, synthesis.drawing),
    Page("GET", f"{POOLED}/all.zip", READER, synthesis.take),
    Page("GET", "/review", READER, reviews.listing),
    Page("POST", "/review", REVIEWER, reviews.new, REFERENCES, MANY_FILES),
    Page("POST", "/review/typed", REVIEWER, reviews.typed),
    Page("POST", "/review/example", REVIEWER, reviews.example),
    Page("GET", REVIEW, READER, reviews.review),
    Page("POST", f"{REVIEW}/import", REVIEWER, reviews.bring, REFERENCES, MANY_FILES),
    Page("POST", f"{REVIEW}/undo", REVIEWER, reviews.undo),
    Page("POST", f"{REVIEW}/copies", REVIEWER, reviews.copies),
    Page("POST", f"{REVIEW}/apart", REVIEWER, review_pairs.apart),
    Page("POST", f"{REVIEW}/settings", REVIEWER, reviews.settle),
    Page("GET", f"{REVIEW}/screen", REVIEWER, screening.screen),
    Page("POST", f"{REVIEW}/screen", REVIEWER, screening.decide),
    Page("POST", f"{REVIEW}/keys", REVIEWER, screening.choose_keys),
    Page("GET", f"{REVIEW}/state", READER, screening.standing),
    Page("POST", f"{REVIEW}/state", REVIEWER, screening.resolve),
    Page("GET", f"{REVIEW}/flow", READER, review_flow.flow),
    Page("POST", f"{REVIEW}/flow/origin", REVIEWER, review_flow.origin),
    Page("GET", f"{REVIEW}/flow/records", READER, review_flow.records),
    Page("GET", f"{REVIEW}/flow.svg", READER, review_flow.picture),
    Page("GET", f"{REVIEW}/excluded.csv", READER, review_flow.excluded),
    Page("GET", EXTRACT, READER, extraction.reports),
    Page("GET", f"{EXTRACT}/evidence.zip", READER, extraction.evidence),
    Page("GET", f"{EXTRACT}/differences", READER, extraction.differences),
    Page("POST", f"{EXTRACT}/differences", REVIEWER, extraction.resolve),
    Page("GET", f"{EXTRACT}/report", REVIEWER, extraction_form.report),
    Page("POST", f"{EXTRACT}/report", REVIEWER, extraction_form.keep_row),
    Page("POST", f"{EXTRACT}/typed", REVIEWER, extraction_form.typed),
    Page("POST", f"{EXTRACT}/remove", REVIEWER, extraction_form.remove_row),
    Page("GET", f"{EXTRACT}/text", REVIEWER, extraction_form.text),
    Page("POST", f"{EXTRACT}/text", REVIEWER, extraction_form.bring_text, FULL_TEXT),
    Page("GET", f"{EXTRACT}/appraise", REVIEWER, extraction_appraise.appraise),
    Page("POST", f"{EXTRACT}/appraise", REVIEWER, extraction_appraise.keep),
    Page("GET", f"{REVIEW}/changes", READER, review_changes.changes),
    Page("POST", f"{REVIEW}/changes/typed", REVIEWER, review_changes.typed),
    Page("POST", f"{REVIEW}/changes/save", REVIEWER, review_changes.save),
    Page("POST", f"{REVIEW}/changes/run", REVIEWER, review_changes.run),
    Page("POST", f"{REVIEW}/changes/report", REVIEWER, review_changes.report),
    Page("GET", f"{REVIEW}/reports/{{number:count}}", READER, review_changes.kept_report),
    Page("GET", "/trials", READER, trials.room),
    Page("GET", SIMULATE, READER, trials_long.simulation),
    Page("POST", SIMULATE, REVIEWER, trials_long.simulate),
    Page("POST", f"{SIMULATE}/typed", REVIEWER, trials_long.simulation_typed),
    Page("GET", f"{SIMULATE}/{{answer}}.{{form:simulated}}", READER, trials_long.simulated_file),
    Page("GET", f"{SIMULATE}/{{answer}}", READER, trials_long.simulated),
    Page("GET", RANK, READER, trials_long.ranking),
    Page("POST", RANK, REVIEWER, trials_long.rank),
    Page("POST", f"{RANK}/typed", REVIEWER, trials_long.ranking_typed),
    Page("POST", f"{RANK}/clear", REVIEWER, trials_long.ranking_cleared),
    Page("GET", f"{RANK}/{{answer}}.svg", READER, trials_long.ranked_picture),
    Page("GET", f"{RANK}/{{answer}}.json", READER, trials_long.ranked_file),
    Page("GET", f"{RANK}/{{answer}}", READER, trials_long.ranked),
    Page("GET", DESIGN, READER, trials.form),
    Page("POST", DESIGN, REVIEWER, trials.size),
    Page("POST", f"{DESIGN}/typed", REVIEWER, trials.typed),
    Page("POST", f"{DESIGN}/clear", REVIEWER, trials.clear),
    Page("GET", f"{DESIGN}/{{answer}}", READER, trials.answer),
    Page("GET", f"{DESIGN}/{{answer}}/synopsis", READER, trials.synopsis),
    Page("GET", f"{DESIGN}/{{answer}}/synopsis.{{form:document}}", READER, trials.document),
    # Each analysis names its own role (hilum.web.offered): this is the least of them.
    Page("GET", "/openapi.json", READER, machine.described, machine=True),
    Page("GET", "/api/session", READER, machine.session, machine=True),
    Page("GET", "/api/analyses", READER, machine.analyses, machine=True),
    Page("GET", JOB, READER, machine.work, machine=True),
    Page("POST", f"{JOB}/stop", REVIEWER, machine.stop, machine=True),
    Page("GET", "/api/answers/{key}", READER, machine.kept, machine=True),
    Page("POST", "/api/{analysis}", READER, machine.answer, UPLOAD, machine=True),
)
"""The whole of the workbench: what is not here is not answered."""
