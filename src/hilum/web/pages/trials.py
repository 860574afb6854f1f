"""Trials: every design as a form, its synopsis beside it and as a document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import HTMLResponse

from hilum.analyses.designs import DESIGNS, design_of
from hilum.analyses.forms import to_json
from hilum.analyses.typed import from_texts, typed_fields
from hilum.errors import HilumError, Stopped, UnknownCode
from hilum.language import told
from hilum.rendering.design_page import WITHOUT, as_fields, design_answer, design_form, design_list
from hilum.rendering.sheet.synopsis import render_synopsis
from hilum.web.answers import download, shown, to
from hilum.web.pages.sheets import KINDS
from hilum.web.work import Patience

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from hilum.web.asking import Ask

# A document brings its own style and runs nothing.
DOCUMENT: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'none'; sandbox",
}
# Seconds that a reader waits for a page; longer sizing belongs to the command.
PATIENCE: Final = 20.0
TOO_LONG: Final = (
    "This takes longer than {seconds} seconds: hilum trials design {code} does it in the terminal."
)


@dataclass(frozen=True, slots=True)
class Designed:
    """A synopsis, and the texts of the form that it came from."""

    answer: Any
    texts: Mapping[str, str]


def room(ask: Ask) -> Response:
    """Every design."""
    return shown(ask, "trials.html.j2", designs=design_list(ask.words))


def form(ask: Ask) -> Response:
    """A design's form, empty."""
    return _shown(ask, _code(ask), None)


def size(ask: Ask) -> Response:
    """Size the trial that the form says; a fault leaves everything as it was typed."""
    code = _code(ask)
    record = design_of(code)
    texts = {one.name: ask.form.get(one.name) for one in typed_fields(record.Asked, WITHOUT)}
    try:
        answer = record.run(from_texts(record.Asked, texts, WITHOUT), Patience(PATIENCE))
    except Stopped:
        line = ask.words(TOO_LONG, seconds=f"{PATIENCE:g}", code=code)
        return _shown(ask, code, texts, [line], status=422)
    except HilumError as error:
        return _shown(ask, code, texts, as_fields(told(error, ask.words)).splitlines(), status=422)
    key = hashlib.sha256((code + to_json(answer.asked)).encode()).hexdigest()[:32]
    ask.desk.pooled.get((code, key), lambda: Designed(answer, texts))
    return to(f"/trials/{code}/{key}")


def answer(ask: Ask) -> Response:
    """The synopsis in short beside the form that it came from."""
    code, kept = _code(ask), _kept(ask)
    more = design_answer(kept.answer, ask.words)
    return _shown(ask, code, kept.texts, key=ask.params["answer"], answer=more)


def synopsis(ask: Ask) -> Response:
    """The whole synopsis as a page of its own."""
    page = render_synopsis(_kept(ask).answer, "html", ask.words)
    return HTMLResponse(page, headers=DOCUMENT)


def document(ask: Ask) -> Response:
    """The synopsis as a file."""
    ending = str(ask.params["form"])
    content = render_synopsis(_kept(ask).answer, ending, ask.words)
    return download(content, f"synopsis-{_code(ask)}.{ending}", KINDS[ending])


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {TOO_LONG}


def _code(ask: Ask) -> str:
    code = str(ask.params["design"])
    if code not in DESIGNS:
        raise UnknownCode("design", code, tuple(DESIGNS))
    return code


def _kept(ask: Ask) -> Designed:
    return ask.desk.pooled.find((_code(ask), ask.params["answer"]))


def _shown(
    ask: Ask,
    code: str,
    texts: Mapping[str, str] | None,
    faults: list[str] | None = None,
    *,
    status: int = 200,
    key: str = "",
    answer: dict[str, Any] | None = None,
) -> Response:
    return shown(
        ask,
        "design.html.j2",
        status,
        faults=faults or [],
        key=key,
        answer=answer,
        **design_form(code, texts, ask.words),
    )
