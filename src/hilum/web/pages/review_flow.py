"""The PRISMA 2020 flow of a review: its picture, what is open, the records behind each box."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from hilum.literature.review.state import read_review
from hilum.rendering.design_page import as_fields
from hilum.tabular.safe import safe_cell
from hilum.web.answers import as_document, download, shown
from hilum.web.pages.pasted import DRAWING
from hilum.web.pages.reviews import address, key_of

if TYPE_CHECKING:
    from hilum.analyses.flow import FlowAnswered
    from hilum.web.asking import Ask


def flow(ask: Ask) -> Response:
    """The diagram, whether its counts add up, and what nobody has decided yet."""
    from hilum.rendering.flow import flow_lines, gap_line, remark_line, verdict_line

    key = key_of(ask)
    found = read_review(ask.desk.reviews.place(key))
    frame: dict[str, Any] = {}
    frame |= {"home": address(key), "title": found.title or key, "answer": None}
    if not any(one.records for one in found.imports):
        return shown(ask, "review_flow.html.j2", **frame)
    answer = _flow(ask, key)
    frame["answer"] = {
        "verdict": verdict_line(answer, ask.words),
        "gaps": [gap_line(one, ask.words) for one in answer.gaps],
        "remarks": [as_fields(remark_line(one, ask.words)) for one in answer.remarks],
        "lines": [as_fields(one) for one in flow_lines(answer, ask.words)],
    }
    return shown(ask, "review_flow.html.j2", **frame)


def picture(ask: Ask) -> Response:
    """The diagram alone."""
    from hilum.rendering.flow_plot import flow_picture

    drawn = flow_picture(_flow(ask, key_of(ask)), ask.words)
    return Response(drawn, media_type="image/svg+xml", headers=DRAWING)


def records(ask: Ask) -> Response:
    """Each box with its records, as a page of its own."""
    from hilum.analyses.flow import titles_of
    from hilum.rendering.flow_page import flow_page

    key = key_of(ask)
    titles = titles_of(str(ask.desk.reviews.place(key)))
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
    return run(FlowAsked(folder=str(desk.place(key)), reviewers=reviewers))
