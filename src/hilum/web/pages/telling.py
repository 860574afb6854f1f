"""How far work of a room is, as a part of its page and as a stream of that part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from hilum.rendering.stages import stage_words
from hilum.web.streams import Stream, Told
from hilum.web.work import RUNNING

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.web.asking import Ask
    from hilum.web.work import Work

PART: Final = "told.html.j2"
GONE: Final = 404


def progress_of(ask: Ask, work: Work) -> dict[str, Any]:
    """How far work is, in words and as a share."""
    known = work.total > 0
    return {
        "stage": stage_words(work.code, ask.words) if work.code else "",
        "done": min(work.done_parts, work.total) if known else work.done_parts,
        "total": work.total,
        "share": min(100, round(100 * work.done_parts / work.total)) if known else None,
    }


def told(
    ask: Ask, work: Callable[[], Work | None], label: str, part: Callable[[], Response], within: str
) -> Response:
    """How far work is, as it moves; where there is no place for a stream, its part of the page.

    ``label`` names the progress, ``part`` is that part, which takes the place of ``within``.
    """

    def look() -> str | None:
        one = work()
        if one is None or one.state != RUNNING:
            return None
        return ask.page(PART, label=label, **progress_of(ask, one))

    def allowed() -> bool:
        return ask.desk.still(ask.key, ask.session)

    instead = part()
    instead.headers["hx-retarget"], instead.headers["hx-reswap"] = within, "outerHTML"
    return Stream(Told(look, allowed), ask.desk.places, ask.key or "", instead)


def anew() -> Response:
    """The work is not known any more: the page is asked for anew, and says so."""
    return Response(status_code=GONE, headers={"hx-refresh": "true"})
