"""Synthesis: a table of one's own pooled, its plots, every study, all of it to take along."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from hilum.analyses import analysis
from hilum.analyses.forms import to_json
from hilum.analyses.pool import wanted_columns
from hilum.analyses.tables import table_of
from hilum.analyses.without_one import Without, without_one
from hilum.errors import Fault, HilumError, InputError, UnknownCode
from hilum.language import told
from hilum.language.telling import sentence
from hilum.rendering.pool_page import DRAWN, pool_choices, pool_page
from hilum.rendering.pool_plots import plot_kind
from hilum.rendering.pool_taken import taken
from hilum.tabular import decode, sheet_of
from hilum.web.answers import download, shown, to

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAnswered
    from hilum.analyses.tables import Table
    from hilum.errors import Phrase
    from hilum.web.asking import Ask, Form

FIELDS: Final = ("measure", "method", "test", "by", "level")
USUAL: Final = {"measure": "PLO", "method": "", "test": "z", "by": "", "level": "0.95"}
EXAMPLE: Final = "response.csv"
# More than these are not left out one by one while a reader waits.
MOST: Final = 300
# A drawing brings its own style and runs nothing; it is shown as a picture, never as a page.
DRAWING: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given: ``said`` is how the table was read."""

    answer: PoolAnswered
    without: tuple[Without, ...]
    said: tuple[Phrase, ...]


def room(ask: Ask) -> Response:
    """The form, empty."""
    return _form(ask, dict(USUAL), "")


def example(ask: Ask) -> Response:
    """An invented review to play with."""
    path = files("hilum.web") / "examples" / EXAMPLE
    return _form(ask, dict(USUAL), path.read_text("utf-8"))


def pool(ask: Ask) -> Response:
    """Pool what was sent, and go to the answer; a fault leaves everything as it was typed."""
    chosen = {name: ask.form.get(name, USUAL[name]).strip() for name in FIELDS}
    try:
        table, said = _table(ask, chosen)
        record = analysis("pool")
        answer = record.run(record.Asked(table=table, **_question(chosen)))
    except UnknownCode:
        raise
    except HilumError as error:
        return _form(ask, chosen, _text(ask.form), told(error, ask.words).splitlines(), 422)
    left = without_one(answer) if answer.k <= MOST else ()
    key = hashlib.sha256(to_json(answer.asked).encode()).hexdigest()[:32]
    ask.desk.pooled.get(key, lambda: Kept(answer, left, said))
    return to(f"/synthesis/{key}")


def answer(ask: Ask) -> Response:
    """An answer: the figure first, the plot, every study, and the form to ask again."""
    kept = _kept(ask)
    asked = kept.answer.asked
    chosen = {
        "measure": asked.measure,
        "method": asked.method or "",
        "test": asked.test,
        "by": asked.by or "",
        "level": f"{asked.level:g}",
    }
    return shown(
        ask,
        "synthesis_answer.html.j2",
        key=ask.params["answer"],
        chosen=chosen,
        choices=pool_choices(ask.words),
        said=[sentence(one, ask.words) for one in kept.said],
        columns=_columns(asked.table),
        table=len(asked.table.rows),
        **pool_page(kept.answer, kept.without, ask.words),
    )


def drawing(ask: Ask) -> Response:
    """One plot of an answer."""
    code = str(ask.params["kind"])
    if code not in DRAWN:
        raise UnknownCode("kind", code, tuple(DRAWN))
    kind, kept = plot_kind(code), _kept(ask)
    picture = kind.draw(_again(kept, kind.needs), ask.words)
    return Response(picture, media_type="image/svg+xml", headers=DRAWING)


def take(ask: Ask) -> Response:
    """All of an answer in one file."""
    kept = _kept(ask)
    whole = taken(kept.answer, kept.without, lambda needs: _again(kept, needs), ask.words)
    return download(whole, f"synthesis-{ask.params['answer'][:8]}.zip", "application/zip")


def _again(kept: Kept, needs: tuple[str, ...]) -> PoolAnswered:
    if not needs:
        return kept.answer
    return analysis("pool").run(replace(kept.answer.asked, beside=needs))


def _kept(ask: Ask) -> Kept:
    return ask.desk.pooled.find(ask.params["answer"])


def _question(chosen: dict[str, str]) -> dict[str, Any]:
    try:
        level = float(chosen["level"])
    except ValueError:
        raise InputError(Fault("", None, "level", chosen["level"], "a number")) from None
    return {
        "measure": chosen["measure"],
        "method": chosen["method"] or None,
        "test": chosen["test"],
        "by": chosen["by"] or None,
        "level": level,
    }


def _table(ask: Ask, chosen: dict[str, str]) -> tuple[Table, tuple[Phrase, ...]]:
    """The table of an earlier answer, a file, or what was pasted, with how it was read."""
    wanted = wanted_columns(chosen["measure"])
    said: list[Phrase] = []
    sent = ask.form.uploads.get("file")
    if sent is not None and sent.content:
        name = f"table{PurePath(sent.name).suffix.lower()}"
        return table_of(sheet_of(sent.content, name), wanted, said.append), tuple(said)
    text = ask.form.get("table")
    if text.strip():
        return table_of(sheet_of(text.encode(), "table.csv"), wanted, said.append), tuple(said)
    of = ask.form.get("of")
    if not of:
        expected = "a table: a file, or lines pasted"
        raise InputError(Fault("", None, "table", "", expected))
    kept = ask.desk.pooled.find(of)
    return _named_again(kept.answer.asked.table, wanted), kept.said


def _named_again(table: Table, wanted: tuple[str, ...]) -> Table:
    """The same rows under their own names, looked at for another measure."""
    from hilum.tabular import Sheet

    own = dict(table.renamed)
    head = (table.lines[0] - 1, tuple(own.get(name, name) for name in table.header))
    rows = (head, *zip(table.lines, table.rows, strict=True))
    return table_of(Sheet(table.file, rows, "utf-8"), wanted, lambda _: None)


def _columns(table: Table) -> list[str]:
    own = dict(table.renamed)
    return [own.get(name, name) for name in table.header if name]


def _text(form: Form) -> str:
    """What was pasted, or the text of the file, so that nothing typed is lost."""
    sent = form.uploads.get("file")
    if sent is None or not sent.content:
        return form.get("table")
    try:
        return decode(sent.content, "table.csv")[0]
    except InputError:
        return ""


def _form(
    ask: Ask, chosen: dict[str, str], table: str, faults: list[str] | None = None, status: int = 200
) -> Response:
    return shown(
        ask,
        "synthesis.html.j2",
        status,
        chosen=chosen,
        choices=pool_choices(ask.words),
        typed=table,
        faults=faults or [],
    )
