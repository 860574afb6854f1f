"""Shares that are not those of their counts, or of another number of patients."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding, finding
from hilum.literature.fulltext.numerals import is_share, number
from hilum.literature.fulltext.rows import shares_in_tables
from hilum.literature.fulltext.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tokens import Token

# "M/F 48/41" is a ratio.
_SEXES: Final = re.compile(
    r"\b(?:M ?[/:] ?F|F ?[/:] ?M|(?:fe)?males? ?[/:] ?(?:fe)?males?|ratio|sex)\W*$", re.I
)
# "19 of 30 and [15 of 29 patients (63.3 % v. 51.7 %)]": the percentage is of the first.
_SECOND: Final = re.compile(
    r"\d+ ?(?:of|/) ?\d+[^.;]{0,12}(?:and|,|vs\.?|versus|against|compared (?:with|to)|than)\s*$"
)
# "28.6 % and [36.1 % (6/21] and 35/97)": the counts are in the order of the percentages.
_LISTED: Final = re.compile(r"\s*(?:,|;|and|vs\.?|versus|against)+\s*(?:and )?\d+ ?(?:of|/) ?\d+")
# Of other things than patients.
_THINGS: Final = re.compile(
    r"\b(?:lesions|nodules|tumou?rs|metastases|procedures|sessions|scans)\b"
)


def shares(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Percentages above 100, events above patients, percentages of other counts."""
    for one in told:
        shares = [
            t for t in tokens(one.plain)
            if t.kind == "share" and "percent" in t.texts
            and not re.search(r"\t|\|| {2}", one.plain[t.start : t.end])
        ]  # fmt: skip
        for t in shares:
            percent = number(t.texts["percent"])
            words = (one.text[t.start : t.end].strip(),)
            change = re.search(r"(?:increas|decreas|reduc|chang|rose|fell)\w*", one.plain)
            if percent > 100 and not change:
                yield Finding("percent", one.page, one.text, words)
            if "n" not in t.texts:
                continue
            events, n = number(t.texts["events"]), number(t.texts["n"])
            if events > n:
                yield Finding("events", one.page, one.text, words)
            elif not is_share(events, n, t.texts["percent"]) and not (
                _SECOND.search(one.plain[: t.start]) or _LISTED.match(one.plain, t.end)
            ):
                yield Finding("share", one.page, one.text, words)
        yield from _odd_share(one, shares)
    for one in told:
        for t in tokens(one.plain):
            bare = t.kind == "share" and "percent" not in t.texts
            pair = one.row and "/" in one.plain[: t.start]
            if not bare or pair or _SEXES.search(one.plain[: t.start]):
                continue
            if number(t.texts["events"]) > number(t.texts["n"]):
                yield Finding("events", one.page, one.text, (one.text[t.start : t.end],))


def _odd_share(one: Sentence, shares: list[Token]) -> Iterator[Finding]:
    """Of shares in one sentence without their n: one that fits no n of which all others are."""
    if one.row:
        return
    bare = [t for t in shares if "events" in t.texts and "n" not in t.texts]
    if (
        len(bare) < 3
        or len(bare) < len([t for t in shares if "events" in t.texts])
        or re.search(r"\b(?:vs?|versus|respectively|against|compared)\b", one.plain)
        or _THINGS.search(one.plain)
    ):
        return
    if not all(re.search(r"[A-Za-z]{2}", one.plain[a.end : b.start]) for a, b in pairwise(bare)):
        # Of one outcome in several arms.
        return
    fits = {
        n: [t for t in bare if is_share(number(t.texts["events"]), n, t.texts["percent"])]
        for n in range(1, 2001)
    }
    best = max(fits.values(), key=len)
    if len(best) == len(bare) - 1:
        odd = next(t for t in bare if t not in best)
        yield Finding("share_of_none", one.page, one.text, (one.text[odd.start : odd.end].strip(),))


def cells(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Every cell of a table that is a share of its column's patients, whatever its row is."""
    for line, cell, head in shares_in_tables(told):
        events, n = number(cell["events"]), cell["n"] or None
        whole = number(n) if n else head
        if whole is None:
            continue
        words = (cell[0], f"n = {whole:g}")
        if events > whole:
            yield Finding("events", line.page, line.text, words)
        elif not is_share(events, whole, cell["percent"]):
            yield Finding("share", line.page, line.text, words)


def shares_of_arms(found: Sequence[Proposal]) -> Iterator[Finding]:
    """Shares of a column of a table that are not of its patients."""
    for one in found:
        if one.events is None or one.n is not None or not one.arm_n or not one.value:
            continue
        if one.events > one.arm_n:
            yield finding("events", one, f"n = {one.arm_n}")
        elif not is_share(one.events, one.arm_n, one.value):
            yield finding("share", one, f"n = {one.arm_n}")
