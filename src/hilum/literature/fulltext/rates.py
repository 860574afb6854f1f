"""The time that each survival rate of a sentence is of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.tokens import times_of

if TYPE_CHECKING:
    from hilum.literature.fulltext.tokens import Token

# Between a rate and its time behind it: "48 % [were alive] at 5 years".
_TO_TIME: Final = re.compile(
    r"[\s,(\[]*(?:of (?:the )?patients )?(?:\(?95 ?% ?CI[^)]*\)?)?\s*(?:were |was )?"
    r"(?:still )?(?:alive |progression-free |free of [\w-]+ )?(?:overall survival |survival )?",
    re.IGNORECASE,
)
# Between two rates of one time.
_JOINED: Final = re.compile(
    r"\s*(?:\(?95 ?% ?CI[^)]*\)|\([\d., to–-]+\))?\s*(?:,\s*and|,|and|vs\.?|versus|or"
    r"|against|/)\s*",
    re.IGNORECASE,
)


def times_of_rates(text: str, rates: list[Token], times: list[Token]) -> dict[int, float]:
    """The time of each rate: lists one by one, else the time before it unless that is used."""
    out: dict[int, float] = {}
    if len(times) > 1 and len(times) == len(rates) and times[-1].end <= rates[0].start:
        return {rate.start: times_of(one)[0] for rate, one in zip(rates, times, strict=True)}
    for listed in times:
        months = times_of(listed)
        if len(months) < 2:
            continue
        behind = [t for t in rates if t.start > listed.end]
        if behind and len(behind) % len(months) == 0:
            for i, token in enumerate(behind):
                out[token.start] = months[i % len(months)]
        return out
    used: set[int] = set()
    behind_it = False
    for i, token in enumerate(rates):
        before = next((t for t in reversed(times) if t.end <= token.start), None)
        following = rates[i + 1].start if i + 1 < len(rates) else len(text)
        after = next((t for t in times if t.start >= token.end and t.end <= following), None)
        between = any(before.end <= r.start < token.start for r in rates) if before else False
        behind = after is not None and _TO_TIME.fullmatch(text[token.end : after.start])
        parted = before is not None and re.search(r"[,;]|\band\b", text[before.end : token.start])
        if after is not None and behind and parted and not between:
            chosen = after
        elif before and before.start not in used and not between:
            chosen = before
        elif after and _TO_TIME.fullmatch(text[token.end : after.start]):
            chosen = after
        elif re.match(r" at \w", text[token.end :]):
            # A time in words that was not understood.
            chosen = None
        elif before is None or behind_it:
            chosen = _shared(text, rates[i:], times)
        else:
            chosen = before
        if chosen is not None:
            behind_it = chosen.start > token.start
            used.add(chosen.start)
            out[token.start] = times_of(chosen)[0]
    return out


def _shared(text: str, rates: list[Token], times: list[Token]) -> Token | None:
    """The time behind the last of a list of rates: "81 % [and 61 %] at five years"."""
    for i, token in enumerate(rates):
        following = rates[i + 1].start if i + 1 < len(rates) else len(text)
        after = next((t for t in times if token.end <= t.start < following), None)
        if after is not None:
            return after if _TO_TIME.fullmatch(text[token.end : after.start]) else None
        if not _JOINED.fullmatch(text[token.end : following]):
            return None
    return None
