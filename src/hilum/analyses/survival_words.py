"""What people call kinds of survival reports and units of time (``survival_words.csv``)."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum.tabular import bare

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("rate", "median", "not_reached", "at_risk", "curve")
MONTHS: Final = {"days": 12 / 365.25, "weeks": 84 / 365.25, "months": 1.0, "years": 12.0}
# A kind that names the time of its rate: 5-year survival, 三年生存率.
_AT_A_TIME: Final = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九十])\s*-?\s*(.+)")
_CHINESE: Final = {sign: value for value, sign in enumerate("一二三四五六七八九十", 1)}


def kind_of(cell: str) -> tuple[str, str]:
    """The code of a kind, and the time that its name holds ("5-year survival": "5 years").

    A name that is no kind is given back as it is, for the error that lists those there are.
    """
    found = _known("kind").get(bare(cell))
    if found is not None:
        return found, ""
    timed = _AT_A_TIME.fullmatch(cell.strip())
    if timed is not None:
        number, rest = timed.groups()
        for length in range(len(rest), 0, -1):
            unit, name = unit_of(rest[:length].strip(" -")), bare(rest[length:])
            kinds = {**_known("kind"), **_known("at a time")}
            if unit is not None and kinds.get(name) == "rate":
                return "rate", f"{_CHINESE.get(number, number)} {unit}"
    return cell, ""


def unit_of(word: str) -> str | None:
    """The key of MONTHS that a word stands for."""
    return _known("unit").get(bare(word))


def not_reached(cell: str) -> bool:
    """Whether a cell says that a median, or a limit of it, was not reached."""
    return cell.strip() == "∞" or bare(cell) in _known("not reached")


def unit_in_head(head: str) -> str | None:
    """The only unit that a column's name holds: "Months", "Time (years)", "随访时间（月）"."""
    found = {unit_of(one) for one in units().findall(head)}
    return found.pop() if len(found) == 1 else None


@cache
def units() -> re.Pattern[str]:
    """A unit behind a number or on its own; signs of one letter only behind a number."""
    words = [row["name"] for row in _rows() if row["what"] == "unit"]
    longest = sorted(words, key=len, reverse=True)
    chinese = [one for one in longest if not re.search("[a-z]", one)]
    short = "".join(one for one in longest if len(one) == 1 and one.isascii())
    long = [one for one in longest if one not in chinese and len(one) > 1]
    letter = r"[^\W\d_]"
    return re.compile(
        rf"(?:{'|'.join(chinese)}|(?<!{letter})(?:{'|'.join(long)})(?!{letter})\.?"
        rf"|(?:(?<=\d)|(?<=\d ))[{short}](?!{letter}))",
        re.IGNORECASE,
    )


@cache
def _known(what: str) -> Mapping[str, str]:
    return {bare(row["name"]): row["code"] for row in _rows() if row["what"] == what}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = files("hilum.analyses").joinpath("survival_words.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
