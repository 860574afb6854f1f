"""Which outcome of a sentence each of its figures belongs to; none where that is not certain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.tokens import Token

# Between a figure and the outcome behind it: "12 of 34 patients (35%) [had a] partial response".
LEADS: Final = re.compile(
    r"[\s)\],]*(?:of (?:the )?\d+ )?(?:(?:of )?(?:the |all |our )?"
    r"(?:evaluable |treated |assessable )?(?:patients?"
    r"|cases?|pts|subjects?|lesions?|procedures?|sessions?|individuals|men|women)?\s*)?"
    r"(?:who |that )?"
    r"(?:had|have|has|with|achiev\w+|show\w+|experienc\w+|attain\w+|obtain\w+|develop\w+"
    r"|demonstrat\w+|exhibit\w+|reach\w+|suffer\w+ from|suffer\w+|report\w+|underwent|met criteria "
    r"for|were|was|for|in|as)?\s*(?:an?|the|at least one|one or more|confirmed|radiographic"
    r"|radiological|classified as|rated as|a best response of)?\s*",
    re.IGNORECASE,
)
# "78 % were alive": what follows owns the figure whatever stood before.
VERB: Final = re.compile(
    r"\b(?:had|have|achiev\w+|show\w+|experienc\w+|attain\w+|obtain\w+|develop\w+|were|was)\b", re.I
)
LIST: Final = re.compile(r"\s*(?:,\s*and|,|;|and|or|&|/|plus)\s*(?:the |a |in |rates? )?\s*", re.I)
# Words that carry an outcome on to a second figure.
ON: Final = re.compile(
    r"\b(?:vs|versus|and|compared (?:with|to)|whereas|while|but|against|than|or|respectively)\b"
    r"|[,/]"
)
# Between that word and the figure: nothing, or whose figure it is.
_TAIL: Final = re.compile(
    r"\s*(?:only |just )?(?:(?:(?:in|for|with|among|after|at) (?:the )?[\w/+.-]+(?: [\w/+.-]+)?"
    r"|(?:the )?[\w/+.-]+)(?: (?:group|arm|cohort|patients|tumou?rs))?)?\s*(?:\(\s*\))?,?\s*"
    r"(?:it )?(?:was |were |to |had )?",
    re.IGNORECASE,
)
# ... but no second noun that something happened in: "and extrahepatic disease in 21 %".
_FAR: Final = 90
_VERSUS: Final = re.compile(
    r"[\s)\]]*(?:vs?\.?|versus|against|compared (?:with|to))\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Owned:
    """A figure and the outcome it belongs to."""

    token: Token
    mention: Mention


def owned(text: str, figures: list[Token], named: list[Mention]) -> list[Owned]:
    """Every figure (left to right) with its outcome.

    Outcomes named in a row and as many figures behind them belong together one by one; of others a
    figure belongs to the outcome before it unless that one has its figure and another follows.
    """
    out, rest, named = _in_rows(text, figures, named)
    used: set[Mention] = {one.mention for one in out}
    carried: Mention | None = None
    for i, token in enumerate(rest):
        before = next((m for m in reversed(named) if m.end <= token.start), None)
        after = next((m for m in named if m.start >= token.end), None)
        following = rest[i + 1].start if i + 1 < len(rest) else len(text)
        strong = (
            after is not None
            and after.start <= following
            and LEADS.fullmatch(text[token.end : after.start]) is not None
        )
        fresh = (
            before is not None
            and before not in used
            and token.start - before.end <= _FAR
            and not any(before.end <= t.start < token.start for t in rest)
        )
        inside = next((m for m in named if token.start <= m.start and m.end <= token.end), None)
        chosen: Mention | None = None
        if inside is not None:
            chosen = inside
        elif strong and after is not None and VERB.search(text[token.end : after.start]):
            chosen = after
        elif fresh or (before is not None and before is carried and _against(text, figures, token)):
            chosen = before
        elif strong:
            chosen = after
        elif before is not None and before is carried:
            last = max(t.end for t in figures if t.end <= token.start)
            parts = ON.split(text[last : token.start])
            if len(parts) > 1 and _TAIL.fullmatch(parts[-1]):
                chosen = before
        if chosen is not None:
            used.add(chosen)
            carried = chosen
            out.append(Owned(token, chosen))
    return sorted(out, key=lambda one: one.token.start)


def _against(text: str, figures: list[Token], token: Token) -> bool:
    """Whether a figure is told against the one right before it: "44 % vs 21 %"."""
    last = max((t.end for t in figures if t.end <= token.start), default=token.start)
    return _VERSUS.fullmatch(text, last, token.start) is not None


def _in_rows(
    text: str, figures: list[Token], named: list[Mention]
) -> tuple[list[Owned], list[Token], list[Mention]]:
    """Rows of outcomes with a row of figures behind; figures of a row that does not fit go out."""
    out: list[Owned] = []
    left = list(figures)
    kept = list(named)
    for row in _rows(text, named):
        end = next((m.start for m in named if m.start >= row[-1].end and m not in row), len(text))
        stop = text.find(";", row[-1].end, end)
        end = stop if stop >= 0 else end
        behind = [t for t in left if row[-1].end <= t.start < end]
        if not behind or any(row[0].start <= t.start < row[-1].start for t in left):
            continue
        if len(behind) == len(row):
            out += [Owned(t, m) for t, m in zip(behind, row, strict=True)]
        for t in behind:
            left.remove(t)
        kept = [m for m in kept if m not in row]
    return out, left, kept


def _rows(text: str, named: list[Mention]) -> list[list[Mention]]:
    rows: list[list[Mention]] = []
    for one in named:
        if rows and LIST.fullmatch(text[rows[-1][-1].end : one.start]):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [row for row in rows if len(row) > 1]
