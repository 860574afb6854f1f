"""Ratios in the columns of a table: of two arms in a row of an outcome, or of a model's covariates.

What a ratio is of is said by its own head ("HR for PFS"), by the title of a model ("Cox regression
for overall survival"), or, in a column of effects, by the outcome that the row is named after.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.doubts import held
from hilum.literature.fulltext.links import modified
from hilum.literature.fulltext.mentions import mentions, plainly
from hilum.literature.fulltext.numerals import NUMBER, printed_p
from hilum.literature.fulltext.proposal import Proposal
from hilum.literature.fulltext.tables import P_HEAD, heads_of

if TYPE_CHECKING:
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.tables import Column, Line

_NAME: Final = r"(?:a?HR|a?OR|a?RR|[Hh]azard ratio|[Oo]dds ratio|[Rr]isk ratio|[Rr]elative risk)"
RATIO_HEAD: Final = re.compile(rf"(?P<name>\b{_NAME}s?\b)")
EFFECT_HEAD: Final = re.compile(r"\b(?:effect|ratios?)\b", re.I)
_CODES: Final = {"h": "hazard_ratio", "o": "odds_ratio", "r": "risk_ratio"}
_TO: Final = r"\s*(?:-|to|,|;)\s*"
_CELL: Final = re.compile(
    rf"(?:(?P<name>{_NAME}):?\s*)?(?P<value>{NUMBER})"
    rf"(?:\s*[(\[]\s*(?:95\s*%\s*CI:?\s*)?(?P<low>{NUMBER}){_TO}(?P<high>{NUMBER})\s*[)\]])?"
)
_LIMITS: Final = re.compile(rf"[(\[]?\s*(?P<low>{NUMBER}){_TO}(?P<high>{NUMBER})\s*[)\]]?")
_CI_HEAD: Final = re.compile(r"\bC\.?I\b|confidence", re.I)
_P: Final = re.compile(rf"(?:p\s*)?(?P<p>[=<>≤≥]?\s*{NUMBER})", re.I)
# What a table of a model, or of analyses of one comparison, says of itself.
_MODEL: Final = re.compile(
    r"\b(?:cox|regression|(?:multi|uni)vari\w+|hazard ratios?|odds ratios?|predict\w+|prognostic"
    r"|risk factors?|sensitivity analys[ei]s|subgroups?)\b",
    re.I,
)
_FOR: Final = re.compile(r"\bfor\b")
_LONGEST: Final = 140
"""Characters of a title; a longer sentence before a table is none."""


def ratios_of(line: Line) -> list[Proposal]:
    """The ratios of a row, each with its limits."""
    figures = line.cells[1:]
    heads = heads_of(line.columns, figures)
    if len(figures) > 1 and None in heads:
        return []
    out: list[Proposal] = []
    for at, (cell, head) in enumerate(zip(figures, heads, strict=True)):
        found = _CELL.fullmatch(cell)
        if head is None or found is None:
            continue
        code = _code(found["name"], head.text)
        if not code:
            continue
        low, high, used = found["low"], found["high"], at
        if not low and at + 1 < len(figures):
            beside = heads[at + 1]
            apart = _LIMITS.fullmatch(figures[at + 1])
            if beside is None or not _CI_HEAD.search(beside.text) or apart is None:
                continue
            low, high, used = apart["low"], apart["high"], at + 1
        if not low:
            continue
        outcome, doubt, covariate = _outcome(line, head, code)
        if outcome:
            start = max(line.sentence.plain.find(cell), 0)
            out.append(
                Proposal(
                    measure=code, outcome=outcome, value=found["value"], low=low, high=high,
                    interval="ci", p=_p(figures, heads, used), page=line.sentence.page,
                    sentence=line.sentence.text, span=(start, start + len(cell)), row=True,
                    group=line.cells[0] if covariate else "",
                    doubt=doubt or ("" if held(found["value"], low, high) else "limits"),
                )
            )  # fmt: skip
    return out


def _code(said: str | None, head: str) -> str:
    """The ratio's code: as its cell names it, else its head, where that names one kind alone."""
    named = {one["name"].lstrip("a").lower()[0] for one in RATIO_HEAD.finditer(head)}
    if said:
        known = bool(named) or EFFECT_HEAD.search(head) is not None
        return _CODES[said.lstrip("a").lower()[0]] if known else ""
    return _CODES[named.pop()] if len(named) == 1 else ""


def _outcome(line: Line, head: Column, code: str) -> tuple[str, str, bool]:
    """What a ratio is of, the doubt about it, and whether the row is a covariate."""
    own = _only(head.text, code)
    if own is not None:
        return own.outcome, _plain(own, head.text), True
    over = f"{line.title} {line.above}" if _only(line.above, code) else line.title
    of_model = _MODEL.search(over) is not None and len(over) <= _LONGEST
    titled = _only(over, code) if of_model else None
    if titled is not None:
        return titled.outcome, _plain(titled, over), True
    label = line.cells[0]
    named = _only(label, code)
    if named is None or _MODEL.search(line.title):
        return "", "", False
    return named.outcome, _plain(named, label), False


def _only(text: str, code: str) -> Mention | None:
    """The mention of the one outcome that a text names and that has such ratios."""
    kinds = {"ratio"} if code == "hazard_ratio" else {"ratio", "proportion"}
    if code == "hazard_ratio":
        # "OS at 36 months": its ratio is of the curve.
        kinds |= {"rate_at"}
    # In a title "for" names what is analysed; in a sentence it chooses patients.
    found = [one for one in mentions(_FOR.sub("of ", text)) if kinds & one.measures]
    if len({one.outcome for one in found}) != 1 or not found[0].outcome:
        return None
    return found[0]


def _plain(mention: Mention, text: str) -> str:
    return "" if plainly(mention) and not modified(text[: mention.start]) else "named"


def _p(figures: list[str], heads: list[Column | None], used: int) -> str:
    """The p value in the column behind."""
    if used + 1 >= len(figures):
        return ""
    head, cell = heads[used + 1], _P.fullmatch(figures[used + 1])
    return printed_p(cell["p"]) if head and P_HEAD.match(head.text) and cell else ""
