"""A pair of a review's records: said to be one report, two of one study, different; taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import UnknownCode
from hilum.literature.review.folder import held, now, written_all
from hilum.literature.review.state import read_review
from hilum.store.audit import log
from hilum.web.answers import to
from hilum.web.asking import whole_number
from hilum.web.pages.reviews import address, key_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.web.asking import Ask

JUDGED: Final = {"part": "review_parted", "join": "review_joined", "same": "review_same",
                 "study": "review_linked"}  # fmt: skip
"""What a form says of a pair, and what the log calls it."""


def apart(ask: Ask) -> Response:
    """Take a pair apart, say that it is one report, or take back what was said of it."""
    from hilum.literature.review import judging

    key, a, b = key_of(ask), ask.form.get("a"), ask.form.get("b")
    desk = ask.desk.reviews
    place, who, to_do = desk.place(key), ask.who or "reader", ask.form.get("to")
    if to_do not in JUDGED:
        raise UnknownCode("answer", to_do, tuple(JUDGED))
    with held(place):
        found = read_review(place)
        if to_do == "join":
            changed = judging.taken_back(found, a, b, who, now())
        else:
            say = {"same": judging.same, "study": judging.one_study, "part": judging.different}
            changed = say[to_do](found, a, b, who, now(), desk.described(key))
        written_all(changed, place)
    log(ask.desk.cases.engine, ask.who, JUDGED[to_do], about=key)
    page = whole_number(ask.form.get("page")) or 1
    return to(f"{address(key)}?page={page}#pairs")
