"""Appraisal of an extracted study: a tool's questions, answered by one extractor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.analyses.extraction_appraisals import (
    appraisal_rows,
    changed_appraisal,
    own_appraisals,
)
from hilum.analyses.extraction_own import own_report, tool_for
from hilum.errors import HilumError, UnknownCode
from hilum.evidence.appraisal import tools
from hilum.evidence.appraisal.tools import OVERALL
from hilum.literature.review.folder import held, keep_files
from hilum.rendering.appraisal_form import appraisal_view
from hilum.store.audit import log
from hilum.web.answers import shown, to
from hilum.web.pages.extraction import frame_of, here, known_title, lines_of, name_of, quoted
from hilum.web.pages.reviews import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from hilum.literature.extraction.columns import Row
    from hilum.web.asking import Ask

REASON: Final = 1000


def appraise(ask: Ask) -> Response:
    """The form of a tool for a study, as its reader filled it."""
    return _shown(ask, ask.query.get("record", ""), ask.query)


def keep(ask: Ask) -> Response:
    """Keep the answers; a fault leaves everything as it was typed."""
    record = ask.form.get("record")
    study, _, tool, _ = _of(ask, record, {name: ask.form.get(name) for name in ("study", "tool")})
    place = ask.desk.reviews.place(key_of(ask))
    typed = _typed(ask, tool)
    try:
        with held(place):
            keep_files(place, changed_appraisal(place, name_of(ask), study, tool, typed))
    except HilumError as error:
        return _shown(ask, record, {"study": study, "tool": tool}, lines_of(ask, error), typed)
    log(ask.desk.cases.engine, ask.who, "extract_appraised", about=key_of(ask))
    address = f"record={quoted(record)}&study={quoted(study)}&tool={tool}"
    return to(f"{here(ask)}/appraise?{address}&kept=yes")


def _of(ask: Ask, record: str, given: Mapping[str, str]) -> tuple[str, str, str, list[str]]:
    """The study, its design, the tool, else the first of each; the tools that are made for it."""
    known_title(ask, record)
    own = own_report(ask.desk.reviews.place(key_of(ask)), name_of(ask), record)
    designs = {one["study_id"]: one["design"] for one in own.tables["studies"]}
    study = given.get("study", "") or next(iter(designs), "")
    if study not in designs:
        raise UnknownCode("study", study[:40], tuple(designs))
    arms = sum(one["study_id"] == study for one in own.tables["arms"])
    fitting = [key for key, one in tools().items() if one.suits(designs[study], arms)]
    tool = given.get("tool", "") or (fitting[0] if fitting else "")
    tool_for(designs[study], tool, arms)
    return study, designs[study], tool, fitting


def _typed(ask: Ask, tool: str) -> list[Row]:
    """A line a question; a question is answered, a domain or the whole judged."""
    form = tools()[tool]
    wholes = [*(form.domain if form.judged_by_domain else ()), OVERALL]
    return [
        {
            "question": name,
            "answer": "" if name in wholes else ask.form.get(f"a-{name}"),
            "judgement": ask.form.get(f"a-{name}") if name in wholes else "",
            "reason": ask.form.get(f"r-{name}").strip()[:REASON],
        }
        for name in (*form.items, *wholes)
        if f"a-{name}" in ask.form.values
    ]


def _shown(
    ask: Ask,
    record: str,
    given: Mapping[str, str],
    faults: Sequence[str] = (),
    typed: list[Row] | None = None,
) -> Response:
    study, design, tool, known = _of(ask, record, given)
    place, who = ask.desk.reviews.place(key_of(ask)), name_of(ask)
    rows = appraisal_rows(place, who, study, tool) if typed is None else typed
    one = next(
        (each for each in own_appraisals(place, who).all
         if (each.study, each.tool, each.outcome) == (study, tool, None)),
        None,
    )  # fmt: skip
    fitting = [(key, ask.words(tools()[key].name)) for key in known]
    return shown(
        ask, "review_extract_appraise.html.j2", 422 if faults else 200, **frame_of(ask),
        record=record, study=study, tool=tool, tools=fitting, faults=faults,
        report=known_title(ask, record), kept=given.get("kept", "") == "yes",
        view=appraisal_view(tool, design, rows, one, ask.words),
    )  # fmt: skip
