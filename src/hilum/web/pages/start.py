"""The guided start: to a step, or out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import UnknownCode
from hilum.web.answers import to
from hilum.web.guide import COOKIE, address, at
from hilum.web.pages.cases import invented

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.web.asking import Ask

EXAMPLE = "midgut-multifocal"


def start(ask: Ask) -> Response:
    """Go to a step; 0 leaves the guide. The invented patient is made where there is none."""
    said = ask.form.get("step")
    step, _ = at(said)
    case_id = at(ask.guide)[1]
    if not step:
        answer = to("/cases")
        _kept(ask, answer, f"0.{case_id}")
        return answer
    if not _there(ask, case_id):
        case_id = invented(ask, EXAMPLE)
    answer = to(address(step, case_id))
    _kept(ask, answer, f"{step}.{case_id}")
    return answer


def _there(ask: Ask, case_id: str) -> bool:
    try:
        ask.desk.cases.last(case_id)
    except UnknownCode:
        return False
    return True


def _kept(ask: Ask, answer: Response, value: str) -> None:
    door = ask.desk.door
    answer.set_cookie(
        door.own(COOKIE), value, httponly=True, samesite="strict", path="/", secure=door.secure
    )
