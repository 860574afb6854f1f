"""What changed in a living review since its last report, and the reports that it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.errors import UnknownCode
from hilum.literature.review.state import read_review
from hilum.rendering.design_page import as_fields
from hilum.web.answers import as_document, shown
from hilum.web.asking import whole_number
from hilum.web.pages.reviews import address, key_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.web.asking import Ask

# Folders of a review that is kept current.
LIVING: Final = ("searches", "living", "reports")


def changes(ask: Ask) -> Response:
    """What is new since the last report, and the reports before."""
    from hilum.analyses.living_report import ReportAsked, kept_reports
    from hilum.analyses.living_report import run as report
    from hilum.rendering.living import report_lines

    key = key_of(ask)
    place = ask.desk.reviews.place(key)
    kept = kept_reports(place)
    context: dict[str, Any] = {"lines": [], "living": False}
    if any((place / one).is_dir() for one in LIVING):
        answer = report(ReportAsked(folder=place))
        lines = [as_fields(one) for one in report_lines(answer, ask.words)]
        context = {"lines": lines, "living": True}
    return shown(
        ask, "review_changes.html.j2", home=address(key),
        title=read_review(place).title or key,
        reports=[
            {"number": number, "date": one.date[:16].replace("T", " "),
             "new": len(one.new), "changes": len(one.changes)}
            for number, one in [*enumerate(kept, 1)][::-1]
        ], **context,
    )  # fmt: skip


def kept_report(ask: Ask) -> Response:
    """A report that is kept, as a page of its own."""
    from hilum.analyses.living_report import kept_reports
    from hilum.rendering.living import report_html

    kept = kept_reports(ask.desk.reviews.place(key_of(ask)))
    number = whole_number(str(ask.params["number"])) or 0
    if not 1 <= number <= len(kept):
        raise UnknownCode("report", str(number), ())
    back = (f"{address(key_of(ask))}/changes", ask.words("Back to what changed"))
    return as_document(report_html(kept[number - 1], ask.words), (back,))
