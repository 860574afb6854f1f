"""How far long work is: looked at, stopped, begun again, and what it led to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import UnknownCode
from hilum.language import told
from hilum.web.answers import shown, to, trouble
from hilum.web.doing import Doing
from hilum.web.pages import telling
from hilum.web.work import DONE, FAILED, RUNNING, STOPPED

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from hilum.watch import Watch
    from hilum.web.asking import Ask
    from hilum.web.work import Work

ASKED: Final = "asked"
WHY_ENDED: Final = (
    "The program was started anew since. What was asked is kept as it was typed: ask it again "
    "where it was asked; an answer that was there already comes at once."
)


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {WHY_ENDED}


def begun(
    ask: Ask, key: str, title: str, back: str, what: Callable[[Watch], str]
) -> tuple[Work, Response]:
    """Begin long work; the page of what it led to where it was quick, else of how far it is."""
    # Where it was asked, for whoever looks again after the program was started anew.
    ask.desk.pooled.get((ASKED, key, ask.who), lambda: back)
    work = ask.desk.doings.begin(key, Doing(title, back, ask.who, what))
    return work, to(str(work.result) if work.state == DONE else f"/doing/{key}")


def progress(ask: Ask) -> Response:
    """How far it is; on to what it led to."""
    try:
        doing, work = ask.desk.doings.of(ask.params["key"], ask.who)
    except UnknownCode:
        if ask.partial:
            return telling.anew()
        back = ask.desk.pooled.find((ASKED, ask.params["key"], ask.who))
        title = ask.words("This does not go on any more")
        return trouble(ask, 410, title, ask.words(WHY_ENDED), back=back)
    if work.state == DONE and not ask.partial:
        return to(str(work.result))
    context = _context(ask, doing, work)
    return shown(ask, "doing_part.html.j2" if ask.partial else "doing.html.j2", **context)


def progress_told(ask: Ask) -> Response:
    """How far it is, as it moves."""
    works, key = ask.desk.doings, ask.params["key"]
    try:
        doing, work = works.of(key, ask.who)
    except UnknownCode:
        return telling.anew()
    part = partial(shown, ask, "doing_part.html.j2", **_context(ask, doing, work, asks=True))
    return telling.told(ask, lambda: work, ask.words(doing.title), part, "#doing")


def stop(ask: Ask) -> Response:
    """Ask it to end."""
    doing, work = ask.desk.doings.of(ask.params["key"], ask.who)
    work.stop()
    if not ask.partial:
        return to(f"/doing/{ask.params['key']}")
    return shown(ask, "doing_part.html.j2", **_context(ask, doing, work))


def again(ask: Ask) -> Response:
    """Begin it anew."""
    doing, work = ask.desk.doings.of(ask.params["key"], ask.who)
    if work.state != RUNNING:
        ask.desk.doings.begin(ask.params["key"], doing)
    return to(f"/doing/{ask.params['key']}")


def _context(ask: Ask, doing: Doing, work: Work, *, asks: bool = False) -> dict[str, Any]:
    lines: list[str] = []
    if work.state == FAILED and work.error is not None:
        lines = told(work.error, ask.words).splitlines()
    return {
        "key": ask.params["key"],
        "asks": asks,
        "title": ask.words(doing.title),
        "leads": doing.back,
        "running": work.state == RUNNING,
        "stopped": work.state == STOPPED,
        "ready": str(work.result) if work.state == DONE else "",
        "lines": lines,
        **telling.progress_of(ask, work),
    }
