"""Synthesis: a table of one's own pooled, its plots, every study, all of it to take along."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from hilum.analyses import analysis
from hilum.analyses.evidence_rows import SHARES, rows_of
from hilum.analyses.forms import to_json
from hilum.analyses.pool_asked import wanted_columns
from hilum.analyses.tables import table_of, unread_said
from hilum.analyses.without_one import Without
from hilum.errors import Fault, HilumError, InputError, UnknownCode
from hilum.language import told
from hilum.language.telling import sentence
from hilum.rendering.columns_told import held_lines
from hilum.rendering.evidence_map import empty_text
from hilum.rendering.own_taken import table_text
from hilum.rendering.pool_forest import forest_without
from hilum.rendering.pool_page import DRAWN, look_from, pool_choices, pool_page
from hilum.rendering.pool_plots import plot_kind
from hilum.rendering.pool_taken import taken
from hilum.web.answers import download, shown, to
from hilum.web.kinds import ROOM, RoomAsked, pooled_room
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.evidence import cell_of, cells_known
from hilum.web.pages.pasted import DRAWING, pasted, text_of
from hilum.web.pages.whence import FROM, source_of, whence
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAnswered
    from hilum.analyses.tables import Table
    from hilum.errors import Phrase
    from hilum.rendering.pool_look import Look
    from hilum.rendering.whence import Whence
    from hilum.watch import Watch
    from hilum.web.asking import Ask

FIELDS: Final = ("measure", "method", "test", "by", "same_tau2", "level")
USUAL: Final = {
    "measure": "PLO", "method": "", "test": "", "by": "", "same_tau2": "", "level": "0.95",
}  # fmt: skip
TICKED: Final = "yes"
NO_COLUMN: Final = (
    "Subgroups by column: the table has no column {column}, so that the form no longer asks for "
    "it; there are: {header}"
)
EXAMPLE: Final = "response.csv"
WITHOUT_EACH: Final = "The table is being pooled without each study in turn"
# More than these are not left out one by one while a reader waits.
MOST: Final = 300
# Rows that are pooled at once, and without each of them in turn, in a second by any model; more are
# a worker's, where they can be stopped.
HERE: Final = 40
DRAFT: Final = "/synthesis"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given: ``said`` is how the table was read, ``source`` of which cell."""

    answer: PoolAnswered
    without: tuple[Without, ...]
    said: tuple[Phrase, ...]
    source: str = ""


def room(ask: Ask) -> Response:
    """The form, as it was left."""
    draft = dict(drafted.of(ask, DRAFT) or {})
    return _form(ask, {**USUAL, **draft}, draft.get("table", ""), source=draft.get(FROM, ""))


def example(ask: Ask) -> Response:
    """An invented review to play with."""
    path = files("hilum.web") / "examples" / EXAMPLE
    return _form(ask, dict(USUAL), path.read_text("utf-8"))


def typed(ask: Ask) -> Response:
    """Keep what is typed."""
    return drafted.typed(ask, DRAFT, ("table", FROM, *FIELDS), DRAFT)


def clear(ask: Ask) -> Response:
    """Forget what was typed."""
    return drafted.clear(ask, DRAFT, DRAFT)


def from_evidence(ask: Ask) -> Response:
    """The studies of a cell of the evidence as a table, to be pooled again with another model."""
    cell, _ = cell_of(ask)
    rows = rows_of(cell.answer)
    if not rows.studies:
        told = empty_text(cell, ask.words)
        return _form(ask, dict(USUAL), "", [told], 422)
    if rows.analysis != SHARES:
        return to(f"/synthesis/{rows.analysis}?{urlencode(ask.query)}")
    return _form(ask, dict(USUAL), rows.text, source=source_of(ask))


def pool(ask: Ask) -> Response:
    """Pool what was sent, and go to the answer; a fault leaves everything as it was typed."""
    chosen = {name: ask.form.get(name, USUAL[name]).strip() for name in FIELDS}
    if not ask.form.get("of"):
        kept_too = {"table": text_of(ask.form), FROM: ask.form.get(FROM)}
        ask.desk.drafts.keep(ask.who, DRAFT, {**chosen, **kept_too})
    try:
        table, said, source = _table(ask, chosen)
        if chosen["by"] and not ask.form.get("of") and not _has(table, chosen["by"]):
            return _without_column(ask, chosen, table)
        asked = analysis("pool").Asked(table=table, **_question(chosen))
        here = len(table.rows) <= HERE
        # A small table is pooled before one could look away: its faults come at once.
        small = pooled_room(RoomAsked(asked=asked, most=MOST)) if here else None
    except UnknownCode:
        raise
    except HilumError as error:
        return _faulty(ask, chosen, error)
    key = hashlib.sha256((source + to_json(asked)).encode()).hexdigest()[:32]
    kept, queue, who = ask.desk.pooled, ask.desk.queue, ask.who

    def work(watch: Watch) -> str:
        question = RoomAsked(asked=asked, most=MOST)
        made = small or queue.answered(ROOM, question, watch, who=who)
        kept.get(key, lambda: Kept(made.answer, made.without, said, source))
        return f"/synthesis/{key}"

    done, answer = begun(ask, key, WITHOUT_EACH, "/synthesis", work)
    if done.state == FAILED and done.error is not None:
        return _faulty(ask, chosen, done.error)
    return answer


def _without_column(ask: Ask, chosen: dict[str, str], table: Table) -> Response:
    """The form without a column that another table had, or that is misspelt."""
    header = ask.words(", ").join(_columns(table))
    line = ask.words(NO_COLUMN, column=chosen["by"], header=header)
    chosen, text, source = {**chosen, "by": ""}, text_of(ask.form), ask.form.get(FROM)
    ask.desk.drafts.keep(ask.who, DRAFT, {**chosen, "table": text, FROM: source})
    return _form(ask, chosen, text, [line], 422, source)


def _has(table: Table, column: str) -> bool:
    return column in table.header or column in dict(table.renamed).values()


def _faulty(ask: Ask, chosen: dict[str, str], error: HilumError) -> Response:
    lines = told(error, ask.words).splitlines()
    return _form(ask, chosen, text_of(ask.form), lines, 422, ask.form.get(FROM))


def answer(ask: Ask) -> Response:
    """An answer: the figure first, the plot, every study, and the form to ask again."""
    kept = _kept(ask)
    asked = kept.answer.asked
    chosen = {
        "measure": asked.measure,
        "method": asked.method or "",
        "test": asked.test or "",
        "by": asked.by or "",
        "same_tau2": TICKED if asked.same_tau2 else "",
        "level": f"{asked.level:g}",
    }
    return shown(
        ask,
        "synthesis_answer.html.j2",
        key=ask.params["answer"],
        chosen=chosen,
        choices=pool_choices(ask.words),
        said=[
            *(sentence(one, ask.words) for one in kept.said),
            *held_lines(kept.said, ask.words),
            *(sentence(one, ask.words) for one in unread_said(asked.table, kept.answer.unread)),
        ],
        columns=_columns(asked.table),
        table=len(asked.table.rows),
        focus=ask.query.get("without", "0") if kept.without else None,
        **pool_page(kept.answer, kept.without, ask.words, _whence(ask, kept)),
    )


def drawing(ask: Ask) -> Response:
    """One plot of an answer."""
    code = str(ask.params["kind"])
    if code not in DRAWN:
        raise UnknownCode("kind", code, tuple(DRAWN))
    kind, kept = plot_kind(code), _kept(ask)
    row, look = ask.query.get("without"), _look(ask, kept, code)
    if code == "forest" and row is not None:
        left = next((one for one in kept.without if str(one.row) == row), None)
        drawn = forest_without(kept.answer, left, ask.words, look)
        return Response(drawn, media_type="image/svg+xml", headers=DRAWING)
    picture = kind.draw(_again(kept, kind.needs), ask.words, look)
    return Response(picture, media_type="image/svg+xml", headers=DRAWING)


def take(ask: Ask) -> Response:
    """All of an answer in one file."""
    kept = _kept(ask)
    whole = taken(
        kept.answer, kept.without, lambda needs: _again(kept, needs), ask.words, _whence(ask, kept)
    )
    return download(whole, f"synthesis-{ask.params['answer'][:8]}.zip", "application/zip")


def _again(kept: Kept, needs: tuple[str, ...]) -> PoolAnswered:
    if not needs:
        return kept.answer
    return analysis("pool").run(replace(kept.answer.asked, beside=needs))


def _whence(ask: Ask, kept: Kept) -> Whence | None:
    return whence(ask, kept.source, table_text(kept.answer.asked.table)) if kept.source else None


def _look(ask: Ask, kept: Kept, code: str) -> Look:
    """Of what the table is stands over its plots."""
    return look_from(kept.answer, _whence(ask, kept), code, ask.words)


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
        "test": chosen["test"] or None,
        "by": chosen["by"] or None,
        "same_tau2": chosen["same_tau2"] == TICKED,
        "level": level,
    }


def _table(ask: Ask, chosen: dict[str, str]) -> tuple[Table, tuple[Phrase, ...], str]:
    """The table of an earlier answer, a file, or what was pasted; how it was read, of which cell.

    A table without a row of the cell is not of it.
    """
    wanted = wanted_columns(chosen["measure"])
    of = ask.form.get("of")
    if of:
        kept = ask.desk.pooled.find(of)
        return _named_again(kept.answer.asked.table, wanted), kept.said, kept.source
    table, said = pasted(ask, wanted)
    source = ask.form.get(FROM)
    return table, said, source if whence(ask, source, table_text(table)) else ""


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


def _form(
    ask: Ask,
    chosen: dict[str, str],
    table: str,
    faults: list[str] | None = None,
    status: int = 200,
    source: str = "",
) -> Response:
    return shown(
        ask,
        "synthesis.html.j2",
        status,
        chosen=chosen,
        choices=pool_choices(ask.words),
        typed=table,
        faults=faults or [],
        source=source,
        whence=whence(ask, source),
        evidence=cells_known(ask),
        cell=ask.query,
    )


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {WITHOUT_EACH, NO_COLUMN}
