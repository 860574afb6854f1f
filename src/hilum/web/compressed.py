"""Answers that are kept compressed, and sent so to whoever takes them.

A page that carries the token of a form is never compressed: beside something that somebody else
chose, the length of what is sent would tell the token (BREACH: Gluck, Harris and Prado 2013).
"""

from __future__ import annotations

import gzip
from functools import cache
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVEL: Final = 6
VARY: Final = {"vary": "accept-encoding"}
# Letters of a header that are looked at: a browser's has some twenty.
LOOKED_AT: Final = 200


def squeezed(content: bytes) -> bytes:
    """The same as gzip, without the time: equal content gives equal bytes."""
    return gzip.compress(content, LEVEL, mtime=0)


def takes_gzip(said: str) -> bool:
    """Whether an ``Accept-Encoding`` takes gzip (RFC 9110, 12.5.3)."""
    for one in said[:LOOKED_AT].lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def sent(
    whole: bytes, takes: bool, kind: str, headers: Mapping[str, str] | None = None
) -> Response:
    """What is kept as gzip, as it is or unpacked for whoever does not take it."""
    more = {**VARY, **(headers or {})}
    if takes:
        return Response(whole, media_type=kind, headers={**more, "content-encoding": "gzip"})
    return Response(gzip.decompress(whole), media_type=kind, headers=more)


@cache
def static_squeezed(name: str) -> bytes:
    """A file that pages are drawn with, compressed once."""
    from hilum.web.desk import static_files

    return squeezed(static_files()[name][0])
