"""Forms that are no patient's and half filled: kept as they are typed, in every room the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from hilum.web.answers import to
from hilum.web.pages.entry import chosen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from hilum.web.asking import Ask

NOTHING = 204


def keep(ask: Ask, form: str, names: Collection[str]) -> dict[str, str]:
    """Keep what the form says; what it said."""
    texts = {name: ask.form.get(name) for name in names if name in ask.form.values}
    ask.desk.drafts.keep(ask.who, form, texts)
    return texts


def typed(ask: Ask, form: str, names: Collection[str], back: str) -> Response:
    """Keep what is typed; where a language or a look was chosen, come back in it."""
    keep(ask, form, names)
    return gone_on(ask, back)


def gone_on(ask: Ask, back: str) -> Response:
    """Nothing, where a page asked beside; else back, in the language or look that was chosen."""
    if ask.partial:
        return Response(status_code=NOTHING)
    answer = to(back)
    chosen(ask, answer)
    return answer


def clear(ask: Ask, form: str, back: str) -> Response:
    """Forget what was typed."""
    ask.desk.drafts.drop(ask.who, form)
    return to(back)


def of(ask: Ask, form: str) -> Mapping[str, str] | None:
    """What was typed."""
    return ask.desk.drafts.of(ask.who, form)
