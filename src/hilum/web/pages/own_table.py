"""Synthesis of one's own table beyond pooling: a network of treatments, survival."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from hilum.analyses import analysis
from hilum.analyses.asked import options_of
from hilum.analyses.columns_read import left_unread
from hilum.analyses.evidence_rows import rows_of
from hilum.analyses.forms import to_json
from hilum.analyses.tables import unread_said
from hilum.analyses.typed import from_texts, typed_fields
from hilum.errors import HilumError, UnknownCode
from hilum.language import told
from hilum.language.telling import sentence
from hilum.plots.headed import headed
from hilum.records import found
from hilum.rendering.design_page import WITHOUT, as_fields, asked_form, in_words
from hilum.rendering.own_code import python_of, r_of
from hilum.rendering.own_table import OWN, OwnTable, shipped_choices
from hilum.rendering.own_taken import (
    TABLE,
    command,
    noted,
    pictures,
    script,
    table_text,
    versions,
    zipped,
)
from hilum.rendering.workbooks import numbered, workbook
from hilum.web.answers import download, shown
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.evidence import cell_of
from hilum.web.pages.pasted import DRAWING, pasted, text_of
from hilum.web.pages.whence import FROM, source_of, whence
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.errors import Phrase
    from hilum.rendering.whence import Whence
    from hilum.watch import Watch
    from hilum.web.asking import Ask

WORKING: Final = "The table is being analysed"


@dataclass(frozen=True, slots=True)
class Owned:
    """An answer, what was typed for it, and how its table was read."""

    answer: Any
    texts: Mapping[str, str]
    said: tuple[Phrase, ...]


def _unread(record: OwnTable, kept: Owned) -> tuple[Phrase, ...]:
    """What is told of columns that nothing read; of the shipped evidence there is no table."""
    table = kept.answer.asked.table
    if table is None:
        return ()
    unread = getattr(kept.answer, "unread", None)
    return unread_said(table, left_unread(table, record.columns) if unread is None else unread)


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {WORKING}


def form(ask: Ask) -> Response:
    """The form: as it was left, with an invented table, or with the studies of a cell."""
    record = _record(ask)
    draft = dict(drafted.of(ask, _here(ask)) or record.usual)
    if ask.query.get("example") == "yes":
        draft = {**record.usual, "table": _example(record)}
    elif "treatment" in ask.query:
        rows = rows_of(cell_of(ask)[0].answer)
        draft = {**record.usual, "table": rows.text}
        if rows.analysis == record.analysis:
            draft[FROM] = source_of(ask)
    return _shown(ask, draft)


def typed(ask: Ask) -> Response:
    """Keep what is typed."""
    return drafted.typed(ask, _here(ask), [*_names(_record(ask)), FROM], _here(ask))


def clear(ask: Ask) -> Response:
    """Forget what was typed."""
    return drafted.clear(ask, _here(ask), _here(ask))


def analyse(ask: Ask) -> Response:
    """Analyse what was sent; a fault leaves everything as it was typed."""
    record, here = _record(ask), _here(ask)
    one = analysis(record.analysis)
    texts = {name: ask.form.get(name) for name in _names(record)}
    texts["table"] = text_of(ask.form) or texts["table"]
    texts[FROM] = ask.form.get(FROM)
    ask.desk.drafts.keep(ask.who, here, texts)
    try:
        shipped = bool(record.shipped) and _no_table(ask)
        table, said = (None, ()) if shipped else pasted(ask, record.columns)
        asked = from_texts(one.Asked, texts, _left_out(record), {"table": table})
    except HilumError as error:
        return _faulty(ask, texts, error)
    if table is None or whence(ask, texts[FROM], table_text(table)) is None:
        texts[FROM] = ""
    key = hashlib.sha256((here + texts[FROM] + to_json(asked)).encode()).hexdigest()[:32]
    kept, queue, who = ask.desk.pooled, ask.desk.queue, ask.who

    def work(watch: Watch) -> str:
        answer = queue.answered(record.analysis, asked, watch, who=who)
        kept.get((here, key), lambda: Owned(answer, texts, said))
        return f"{here}/{key}"

    done, answer = begun(ask, key, WORKING, here, work)
    if done.state == FAILED and done.error is not None:
        return _faulty(ask, texts, done.error)
    return answer


def _no_table(ask: Ask) -> bool:
    """Whether nothing was sent and nothing pasted; a file that is none is no such case."""
    sent = ask.form.uploads.get("file")
    return not (sent and sent.content) and not ask.form.get("table").strip()


def answered(ask: Ask) -> Response:
    """The answer beside the form that it came from."""
    kept = _kept(ask)
    return _shown(ask, dict(kept.texts), kept=kept)


def drawing(ask: Ask) -> Response:
    """One plot of an answer."""
    _, draw = found(_record(ask).plots, str(ask.params["kind"]), "kind")
    kept = _kept(ask)
    picture = _titled(draw(kept.answer, ask.words), _whence(ask, kept))
    return Response(picture, media_type="image/svg+xml", headers=DRAWING)


def take(ask: Ask) -> Response:
    """All of an answer in one file."""
    record, kept = _record(ask), _kept(ask)
    one = analysis(record.analysis)
    usual = {each.name: each.usual for each in typed_fields(one.Asked, _left_out(record))}
    said = {
        name: text for name, text in kept.texts.items()
        if name in usual and text.strip() and text != usual[name]
    }  # fmt: skip
    flags = {name: option.flag or name for name, (option, _, _) in options_of(one.Asked).items()}
    table, from_cell = kept.answer.asked.table, _whence(ask, kept)
    of = [] if from_cell is None else [from_cell.name, *from_cell.lines]
    if from_cell is not None and from_cell.warning:
        of.append(from_cell.warning)
    held: dict[str, str | bytes] = {
        "answer.txt": "\n".join([*of, *record.lines(kept.answer, ask.words)]) + "\n",
        "answer.json": to_json(kept.answer) + "\n",
        "again.sh": script(of, command(record.command, said, flags, table is not None)),
        "again.py": noted(of) + python_of(record.analysis, kept.answer.asked, record.columns),
        "again.R": noted(of) + r_of(record.analysis, kept.answer),
        "versions.txt": versions(),
    }
    if table is not None:
        text = table_text(table)
        held |= {TABLE: text, "tables.xlsx": workbook({"table": numbered(text)})}
    drawn: dict[str, str] = {}
    for code, (_, draw) in record.plots.items():
        try:
            drawn[code] = _titled(draw(kept.answer, ask.words), from_cell)
        except HilumError:
            continue  # a plot that this answer has not, as its page says
    return download(
        zipped({**held, **pictures(drawn)}), f"{record.analysis}.zip", "application/zip"
    )


def _whence(ask: Ask, kept: Owned) -> Whence | None:
    table, source = kept.answer.asked.table, kept.texts.get(FROM, "")
    return whence(ask, source, table_text(table)) if table is not None and source else None


def _titled(picture: str, of: Whence | None) -> str:
    """A picture with the name of the cell that its table is of above its own title."""
    return picture if of is None else headed(picture, f"{of.name}. {of.whom}")


def _plots(ask: Ask, record: OwnTable, kept: Owned) -> list[dict[str, str]]:
    """Each plot with its name; why it is not there where it is not."""
    plots: list[dict[str, str]] = []
    for code, (name, draw) in record.plots.items():
        why = ""
        try:
            draw(kept.answer, ask.words)
        except HilumError as error:
            why = as_fields(told(error, ask.words))
        plots.append({"code": code, "name": ask.words(name), "why": why})
    return plots


def _record(ask: Ask) -> OwnTable:
    code = str(ask.params["own"])
    if code not in OWN:
        raise UnknownCode("analysis", code, tuple(OWN))
    return OWN[code]


def _here(ask: Ask) -> str:
    return f"/synthesis/{ask.params['own']}"


def _kept(ask: Ask) -> Owned:
    return ask.desk.pooled.find((_here(ask), ask.params["answer"]))


def _left_out(record: OwnTable) -> frozenset[str]:
    return WITHOUT | record.without


def _names(record: OwnTable) -> list[str]:
    every = typed_fields(analysis(record.analysis).Asked, _left_out(record))
    return ["table", *(one.name for one in every)]


def _example(record: OwnTable) -> str:
    return (files("hilum.web") / "examples" / record.example).read_text("utf-8")


def _faulty(ask: Ask, texts: dict[str, str], error: HilumError) -> Response:
    lines = as_fields(told(error, ask.words)).splitlines()
    return _shown(ask, texts, lines, 422)


def _shown(
    ask: Ask,
    texts: dict[str, str],
    faults: list[str] | None = None,
    status: int = 200,
    kept: Owned | None = None,
) -> Response:
    record, words = _record(ask), ask.words
    form = analysis(record.analysis).Asked
    left = _left_out(record)
    every = [one for one in asked_form(form, texts or None, words) if one.name not in left]
    lines = [in_words(one, words) for one in record.lines(kept.answer, words)] if kept else []
    offered = shipped_choices(words) if record.shipped else {}
    return shown(
        ask, "own_table.html.j2", status, here=_here(ask), title=words(record.title),
        columns_help=words(record.columns_help), typed=texts.get("table", ""),
        first=[one for one in every if one.name in record.first],
        more=[one for one in every if one.name not in (*record.first, *record.shipped)],
        shipped=[replace(one, choices=tuple(code for code, _ in offered.get(one.name, ())))
                 for one in every if one.name in record.shipped],
        offered={name: dict(some) for name, some in offered.items()},
        faults=faults or [], key=ask.params.get("answer", ""), lines=lines,
        said=[sentence(one, words) for one in (*kept.said, *_unread(record, kept))] if kept else [],
        source=texts.get(FROM, ""),
        whence=_whence(ask, kept) if kept else whence(ask, texts.get(FROM, "")),
        plots=_plots(ask, record, kept) if kept else [],
    )  # fmt: skip
