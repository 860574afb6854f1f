"""The flow of a review as one page: the diagram, and below it the records of every box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.literature.flow.counted import OTHERS
from hilum.literature.review.origins import origin_of
from hilum.records import found
from hilum.rendering.flow import (
    COLUMNS,
    GAPS,
    VIAS,
    count_of,
    name_of,
    notes_said,
    part_label,
    reason_said,
    remark_line,
    verdict_line,
)
from hilum.rendering.flow_plot import anchor, flow_picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.analyses.flow import FlowAnswered
    from hilum.language import Words
    from hilum.literature.flow.counted import Box
    from hilum.literature.review.state import Review


def flow_page(answer: FlowAnswered, titles: Mapping[str, str], words: Words) -> str:
    """The page, self-contained; ``titles`` by record."""
    from hilum._version import __version__
    from hilum.rendering.pages import page_template

    heading = words("PRISMA 2020 flow diagram: {title}", title=answer.title)
    page = page_template("hilum.rendering", "", ("flow.html.j2",)).render(
        _=words,
        language=words.language,
        heading=heading,
        informs=words("informs a tumour board; it does not prescribe"),
        told=[verdict_line(answer, words), *(remark_line(one, words) for one in answer.remarks)],
        picture=flow_picture(answer, words),
        boxes=[*(_box(one, answer, words) for one in answer.boxes), *_gaps(answer, words)],
        excluded=[
            {
                "id": one.record_id,
                "name": " · ".join(x for x in (one.title, one.authors, one.year, one.doi) if x),
                "reason": reason_said(one, words),
                "reviewers": ", ".join(one.reviewers),
                "notes": "; ".join(notes_said(one, words)),
            }
            for one in answer.reports
            if one.fate in ("excluded_reports", "not_retrieved")
        ],
        titles=titles,
        version=__version__,
    )
    return words.page(page)


def sources_view(review: Review, words: Words) -> list[dict[str, Any]]:
    """Each import with the source that the diagram counts it under."""
    return [
        {
            "code": one.code,
            "file": one.file,
            "records": one.records,
            "name": "" if source.guessed else source.name,
            "via": source.via,
            "kind": words(found(VIAS, source.via, "kind of source")),
        }
        for one in review.imports
        for source in (origin_of(one),)
    ]


def kinds_of_source(words: Words) -> list[tuple[str, str]]:
    """Kinds of source by code."""
    return [(code, words(label)) for code, label in VIAS.items()]


def _box(box: Box, answer: FlowAnswered, words: Words) -> dict[str, Any]:
    parts = [
        {
            "id": anchor(box.column, box.code, at),
            "name": _part_name(box, at, answer, words),
            "records": part.records,
        }
        for at, part in enumerate(box.parts)
    ]
    whole = [{"id": "", "name": "", "records": box.records}]
    name = count_of(name_of(box.code, answer, words), box.n, words)
    return {
        "id": anchor(box.column, box.code),
        "name": _placed(name, box.column, answer, words),
        "parts": parts or whole,
    }


def _part_name(box: Box, at: int, answer: FlowAnswered, words: Words) -> str:
    part = box.parts[at]
    label = part_label(box, part, answer, words)
    if box.code.endswith("_studies"):
        label = part.code
    return count_of(label, len(part.records), words) if label else ""


def _gaps(answer: FlowAnswered, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "id": anchor(one.column, one.code),
            "name": _placed(
                count_of(words(found(GAPS, one.code, "gap")), len(one.records), words),
                one.column, answer, words,
            ),
            "parts": [{"id": "", "name": "", "records": one.records}],
        }
        for one in answer.gaps
    ]  # fmt: skip


def _placed(name: str, column: str, answer: FlowAnswered, words: Words) -> str:
    """The name with its column, where there are two."""
    if column not in COLUMNS or not any(one.column == OTHERS for one in answer.boxes):
        return name
    return words("{name}, through {method}", name=name, method=words(COLUMNS[column]))


def messages() -> set[str]:
    """Ids of the template."""
    return {
        "Full texts excluded or not retrieved", "Report", "Reason", "Reviewers", "Notes", "none",
    }  # fmt: skip
