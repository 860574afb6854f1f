"""What changed in a living review: its searches, saved and run, its report and those before."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import HilumError, UnknownCode
from hilum.language import told
from hilum.literature.review.folder import held, now
from hilum.literature.review.state import read_review
from hilum.store.audit import log
from hilum.web.answers import as_document, shown, to
from hilum.web.asking import whole_number
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.reviews import address, key_of
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from hilum.watch import Watch
    from hilum.web.asking import Ask

# Folders of a review that is kept current.
LIVING: Final = ("searches", "living", "reports")
SEARCHING: Final = "The services are being asked"
RAN: Final = "review-searched"


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {SEARCHING}


def changes(ask: Ask) -> Response:
    """What is new since the last report, the searches, and the reports before."""
    return _shown(ask)


def typed(ask: Ask) -> Response:
    """Keep what is typed of a search."""
    from hilum.rendering.living_page import ASKS

    key = key_of(ask)
    return drafted.typed(ask, _draft(key), ASKS, f"{address(key)}/changes")


def save(ask: Ask) -> Response:
    """Save a search of one's own, or the shipped ones; no service is asked."""
    from hilum.analyses import search_saving
    from hilum.rendering.living_page import ASKS

    key = key_of(ask)
    place = ask.desk.reviews.place(key)
    shipped = ask.form.get("set")
    said = {name: ask.form.get(name) for name in ASKS}
    try:
        searches = (
            search_saving.shipped_searches(shipped, (), {})
            if shipped
            else [search_saving.own_search(
                said["name"].strip(), said["title"].strip(), search_saving.queries_of(said), {}
            )]
        )  # fmt: skip
        with held(place):
            search_saving.save(place, searches, whole=bool(shipped))
    except HilumError as error:
        if not shipped:
            ask.desk.drafts.keep(ask.who, _draft(key), said)
        return _shown(ask, told(error, ask.words).splitlines(), 422)
    if not shipped:
        ask.desk.drafts.drop(ask.who, _draft(key))
    log(ask.desk.cases.engine, ask.who, "review_search_saved", about=key)
    return to(f"{address(key)}/changes#searches")


def run(ask: Ask) -> Response:
    """Ask the services of the saved searches: all hits, or what is new since the last run."""
    from hilum.analyses.forms import to_json
    from hilum.analyses.search import SearchAsked
    from hilum.rendering.search_kept import searched

    key, mode = key_of(ask), ask.form.get("mode")
    back = f"{address(key)}/changes"
    engine, who, words, kept = ask.desk.cases.engine, ask.who, ask.words, ask.desk.pooled
    mark = hashlib.sha256("\n".join((key, mode, now())).encode()).hexdigest()[:32]
    try:
        asked = SearchAsked(folder=ask.desk.reviews.place(key), mode=mode)
    except HilumError as error:
        return _shown(ask, told(error, words).splitlines(), 422)

    def work(watch: Watch) -> str:
        answer = searched(asked, words, watch)
        kept.get((RAN, mark), lambda: to_json(answer))
        log(engine, who, "review_searched", about=key)
        return f"{back}?ran={mark}#searches"

    done, answer = begun(ask, mark, SEARCHING, back, work)
    if done.state == FAILED and done.error is not None:
        return _shown(ask, told(done.error, words).splitlines(), 422)
    return answer


def report(ask: Ask) -> Response:
    """Make the report of what is new and keep it in the review."""
    from hilum.analyses.living_report import ReportAsked, kept_reports
    from hilum.analyses.living_report import run as reported
    from hilum.rendering.living_kept import keep_report

    key = key_of(ask)
    place = ask.desk.reviews.place(key)
    try:
        with held(place):
            keep_report(place, reported(ReportAsked(folder=place)), ask.words)
    except HilumError as error:
        return _shown(ask, told(error, ask.words).splitlines(), 422)
    log(ask.desk.cases.engine, ask.who, "review_reported", about=key)
    return to(f"{address(key)}/reports/{len(kept_reports(place))}")


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


def _shown(ask: Ask, faults: Sequence[str] = (), status: int = 200) -> Response:
    from hilum.analyses.living_report import ReportAsked, kept_reports
    from hilum.analyses.living_report import run as reported
    from hilum.literature.searches.netlm import SET
    from hilum.rendering.living import report_lines
    from hilum.rendering.living_page import ASKS, searches_view, services_said

    key = key_of(ask)
    place = ask.desk.reviews.place(key)
    kept = kept_reports(place)
    context: dict[str, Any] = {"lines": [], "living": False}
    if any((place / one).is_dir() for one in LIVING):
        lines = report_lines(reported(ReportAsked(folder=place)), ask.words)
        context = {"lines": lines, "living": True}
    searches, wrong = searches_view(place, ask.words)
    texts = drafted.of(ask, _draft(key)) or {}
    return shown(
        ask, "review_changes.html.j2", status, home=address(key),
        title=read_review(place).title or key, faults=[*faults, *wrong],
        searches=searches, services=services_said(searches), ran=_ran(ask), shipped=SET,
        asks=[(name, ask.words(said), texts.get(name, "")) for name, said in ASKS.items()],
        reports=[
            {"number": number, "date": one.date[:16].replace("T", " "),
             "new": len(one.new), "changes": len(one.changes)}
            for number, one in [*enumerate(kept, 1)][::-1]
        ], **context,
    )  # fmt: skip


def _ran(ask: Ask) -> list[str]:
    """What the run that the address names brought."""
    from hilum.analyses.forms import from_json
    from hilum.analyses.search import SearchAnswered
    from hilum.rendering.search import search_lines

    mark = ask.query.get("ran", "")
    if not mark:
        return []
    try:
        answer = from_json(SearchAnswered, ask.desk.pooled.find((RAN, mark)))
    except UnknownCode:
        return []
    return [one for one in search_lines(answer, ask.words) if one]


def _draft(key: str) -> str:
    return f"review/{key}/search"
