"""Tagged exports whose tags some program wrote in small letters: read as if in capitals.

Only within a record that begins so: elsewhere "in - situ" is a line of a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Tags(NamedTuple):
    """How a record begins in small letters, how in capitals, and how its tags stand."""

    small: re.Pattern[str]
    capital: re.Pattern[str]
    tag: re.Pattern[str]


TAGS: Final = {
    "ris": _Tags(
        re.compile(r"\s{0,3}ty {1,2}-(?:\s|$)"), re.compile(r"\s{0,3}TY {1,2}-(?:\s|$)"),
        re.compile(r"\s{0,3}([a-z][a-z0-9]) {1,2}-(?:\s|$)"),
    ),
    "nbib": _Tags(
        re.compile(r"pmid- ?\d"), re.compile(r"PMID- ?\d"), re.compile(r"(?=.{4}-)([a-z]{2,4}) *-"),
    ),
    "wos": _Tags(
        re.compile(r"pt [JBCSPjbcsp]\s*$"), re.compile(r"PT [JBCSP]\s*$"),
        re.compile(r"([a-z][a-z0-9])(?: |$)"),
    ),
}  # fmt: skip


def raised(lines: Iterable[tuple[int, str]], code: str) -> Iterator[tuple[int, str]]:
    """The lines of a tagged format, tags of records that are written small in capitals."""
    tags = TAGS.get(code)
    if tags is None:
        yield from lines
        return
    small = False
    for number, line in lines:
        if small or line[:1] in "tp ":
            small = tags.small.match(line) is not None or (
                small and tags.capital.match(line) is None
            )
        found = tags.tag.match(line) if small else None
        if found is None:
            yield number, line
        else:
            head = line[: found.end(1)].upper()
            rest = line[found.end(1) :]
            yield number, head + (rest.upper() if tags.small.match(line) else rest)
