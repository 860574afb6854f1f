"""The PRISMA 2020 flow of a review: its picture, what is open, the records behind each box."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from hilum.errors import HilumError
from hilum.language import told
from hilum.literature.review.folder import held, now, written_all
from hilum.literature.review.state import read_review
from hilum.store.audit import log
from hilum.tabular.safe import safe_cell
from hilum.web.answers import as_document, download, shown, to
from hilum.web.pages.pasted import DRAWING
from hilum.web.pages.review_updated import before_of
from hilum.web.pages.reviews import address, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.flow import FlowAnswered
    from hilum.web.asking import Ask


SOURCE_LENGTH: Final = 200


def flow(ask: Ask) -> Response:
    """The diagram, whether its counts add up, what nobody has decided yet, and the sources."""
    return _shown(ask)


def _shown(ask: Ask, faults: Sequence[str] = (), status: int = 200) -> Response:
    from hilum.rendering.flow import flow_lines, gap_line, remark_line, verdict_line
    from hilum.rendering.flow_page import kinds_of_source, sources_view

    key = key_of(ask)
    found = read_review(ask.desk.reviews.place(key))
    frame: dict[str, Any] = {}
    frame |= {"home": address(key), "title": found.title or key, "answer": None}
    frame |= {"faults": faults, "named": ask.query.get("named", "")[:8]}
    if not any(one.records for one in found.imports):
        return shown(ask, "review_flow.html.j2", **frame)
    answer = _flow(ask, key)
    frame["answer"] = {
        "verdict": verdict_line(answer, ask.words),
        "gaps": [gap_line(one, ask.words) for one in answer.gaps],
        "remarks": [remark_line(one, ask.words, page=True) for one in answer.remarks],
        "lines": flow_lines(answer, ask.words, page=True),
    }
    frame |= {"sources": sources_view(found, ask.words), "kinds": kinds_of_source(ask.words)}
    return shown(ask, "review_flow.html.j2", status, **frame)


def origin(ask: Ask) -> Response:
    """Say where an import came from."""
    from hilum.literature.review.changes import originated

    key, code = key_of(ask), ask.form.get("import")
    name, via = ask.form.get("from").strip()[:SOURCE_LENGTH], ask.form.get("via")
    place = ask.desk.reviews.place(key)
    try:
        with held(place):
            written_all(originated(read_review(place), code, name, via, now()), place)
    except HilumError as error:
        return _shown(ask, told(error, ask.words).splitlines(), 422)
    log(ask.desk.cases.engine, ask.who, "review_source_named", about=f"{key} {code}")
    return to(f"{address(key)}/flow?named={code}#sources")


def picture(ask: Ask) -> Response:
    """The diagram alone."""
    from hilum.rendering.flow_plot import flow_picture

    drawn = flow_picture(_flow(ask, key_of(ask)), ask.words)
    return Response(drawn, media_type="image/svg+xml", headers=DRAWING)


def records(ask: Ask) -> Response:
    """Each box with its records, as a page of its own."""
    from hilum.analyses.flow import titles_of
    from hilum.literature.bibliography.withdrawn import PARTLY, RETRACTED
    from hilum.rendering.flow_page import flow_page

    key = key_of(ask)
    place = str(ask.desk.reviews.place(key))
    titles = titles_of(place, ask.words(RETRACTED), before_of(ask, key),
                       ask.words(PARTLY))  # fmt: skip
    back = (f"{address(key)}/flow", ask.words("Back to the flow"))
    return as_document(flow_page(_flow(ask, key), titles, ask.words), (back,))


def excluded(ask: Ask) -> Response:
    """Full texts that were excluded or not retrieved, with their reasons."""
    from hilum.rendering.flow import excluded_rows

    out = io.StringIO()
    rows = excluded_rows(_flow(ask, key_of(ask)), ask.words)
    csv.writer(out, lineterminator="\n").writerows([map(safe_cell, row) for row in rows])
    return download(out.getvalue().encode(), "excluded.csv", "text/csv")


def _flow(ask: Ask, key: str) -> FlowAnswered:
    from hilum.analyses.flow import FlowAsked, run

    desk = ask.desk.reviews
    reviewers = desk.said(key).get("reviewers", FlowAsked.reviewers)
    return run(
        FlowAsked(folder=str(desk.place(key)), reviewers=reviewers, earlier=before_of(ask, key))
    )
