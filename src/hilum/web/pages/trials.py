"""Trials: every design as a form, its synopsis beside it and as a document."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.designs import DESIGNS, design_of
from hilum.analyses.forms import to_json
from hilum.analyses.typed import from_texts, typed_fields
from hilum.errors import HilumError, UnknownCode
from hilum.rendering.design_page import (
    WITHOUT,
    as_ids,
    design_answer,
    design_form,
    design_list,
    fault_lines,
)
from hilum.rendering.sheet.synopsis import render_synopsis
from hilum.web.answers import as_document, download, shown
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.sheets import KINDS
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from hilum.watch import Watch
    from hilum.web.asking import Ask

SIZING: Final = "The trial is being sized"
EXAMPLES: Final = "designs.csv"


@dataclass(frozen=True, slots=True)
class Designed:
    """A synopsis, and the texts of the form that it came from."""

    answer: Any
    texts: Mapping[str, str]


def room(ask: Ask) -> Response:
    """Every design."""
    return shown(ask, "trials.html.j2", designs=design_list(ask.words))


def form(ask: Ask) -> Response:
    """A design's form: as it was left, or with an invented example."""
    code = _code(ask)
    if ask.query.get("example") == "yes":
        return _shown(ask, code, examples().get(code, {}))
    return _shown(ask, code, drafted.of(ask, _draft(code)))


def typed(ask: Ask) -> Response:
    """Keep what is typed."""
    code = _code(ask)
    return drafted.typed(ask, _draft(code), _names(code), f"/trials/{code}")


def clear(ask: Ask) -> Response:
    """Forget what was typed."""
    code = _code(ask)
    return drafted.clear(ask, _draft(code), f"/trials/{code}")


def size(ask: Ask) -> Response:
    """Size the trial that the form says; a fault leaves everything as it was typed."""
    code = _code(ask)
    record = design_of(code)
    texts = {name: ask.form.get(name) for name in _names(code)}
    drafted.keep(ask, _draft(code), texts)
    try:
        asked = from_texts(record.Asked, as_ids(record.Asked, texts, ask.words), WITHOUT)
    except HilumError as error:
        return _faulty(ask, code, texts, error)
    key = hashlib.sha256((code + to_json(asked)).encode()).hexdigest()[:32]
    kept = ask.desk.pooled

    def work(watch: Watch) -> str:
        answer = record.run(asked, watch)
        kept.get((code, key), lambda: Designed(answer, texts))
        return f"/trials/{code}/{key}"

    done, answer = begun(ask, key, SIZING, f"/trials/{code}", work)
    if done.state == FAILED and done.error is not None:
        return _faulty(ask, code, texts, done.error)
    return answer


def _faulty(ask: Ask, code: str, texts: Mapping[str, str], error: HilumError) -> Response:
    lines = fault_lines(error, design_of(code).Asked, ask.words)
    return _shown(ask, code, texts, lines, status=422)


def answer(ask: Ask) -> Response:
    """The synopsis in short beside the form that it came from."""
    code, kept = _code(ask), _kept(ask)
    more = design_answer(kept.answer, ask.words)
    return _shown(ask, code, kept.texts, key=ask.params["answer"], answer=more)


def synopsis(ask: Ask) -> Response:
    """The whole synopsis as a page of its own."""
    page = render_synopsis(_kept(ask).answer, "html", ask.words).decode()
    here = f"/trials/{_code(ask)}/{ask.params['answer']}"
    ways = ((here, ask.words("Back to the design")), ("/trials", ask.words("Other designs")))
    return as_document(page, ways)


def document(ask: Ask) -> Response:
    """The synopsis as a file."""
    ending = str(ask.params["form"])
    content = render_synopsis(_kept(ask).answer, ending, ask.words)
    return download(content, f"synopsis-{_code(ask)}.{ending}", KINDS[ending])


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {SIZING}


@cache
def examples() -> dict[str, dict[str, str]]:
    """An invented trial of each design, as it would be typed."""
    found: dict[str, dict[str, str]] = {}
    text = (files("hilum.web") / "examples" / EXAMPLES).read_text("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        found.setdefault(row["design"], {})[row["field"]] = row["value"]
    return found


def _draft(code: str) -> str:
    return f"trials/{code}"


def _names(code: str) -> list[str]:
    return [one.name for one in typed_fields(design_of(code).Asked, WITHOUT)]


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
        here=f"/trials/{code}",
        key=key,
        answer=answer,
        **design_form(code, texts, ask.words),
    )
