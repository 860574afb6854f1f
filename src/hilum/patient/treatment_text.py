"""A text about earlier treatments cut into its parts, each of them understood whole or named.

Names, words beside them (cycles, doses, routes), words for how a course ended and words that join
two of them stand in ``treatment_words.csv`` and ``words.csv``. A part with a word that is in none
of these is not used: *PRRT refused* is no PRRT, *octreotide scan* no octreotide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from hilum.patient.dates import MONTH, Period, day_of
from hilum.patient.spoken import TreatmentWord, clean, key, spoken, treatment_words
from hilum.patient.vocabulary import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hilum.patient.tables import Tables

ONGOING: Final = frozenset(
    {"", "now", "today", "ongoing", "present", "current", "至今", "现在", "heute"}
)
RESPONSES: Final = frozenset({"CR", "PR", "SD", "PD"})
SEPARATORS: Final = ",;|、。\n"
DATE: Final = (
    r"(?:(?:19|20)\d\d ?年(?: ?\d{1,2} ?月(?: ?\d{1,2} ?[日号])?)?"
    r"|(?:\d{1,2}[./-]){0,2}(?:19|20)\d\d(?:[-/.]\d{1,2}(?!\d)){0,2}"
    rf"|(?:{MONTH})\.? (?:19|20)\d\d)"
)
BEGUN: Final = re.compile(rf"(?<![0-9A-Za-z_]){DATE}(?![0-9A-Za-z])", re.IGNORECASE)
TILL: Final = r"(?:-|~|to\b|until\b|till\b|bis\b|至|到|through\b|→|->)"
UNTIL: Final = re.compile(
    rf"\s*{TILL}\s*(?P<last>{DATE}(?![0-9A-Za-z])|now\b|today\b|ongoing\b|present\b|current\b|现在|今|heute\b)",
    re.IGNORECASE,
)
ENDED: Final = re.compile(
    rf"(?:until|till|bis|至|到)\s*(?P<last>{DATE})(?![0-9A-Za-z])", re.IGNORECASE
)
# A dose, a count, an interval: "x2", "30", "7.4", "q4w", "2-3", "三" before 次; none of them is 0.
FIGURE: Final = re.compile(
    r"(?:for\s+)?(?:[x×*]\s*)?(?!0+(?![\d.,]))\d+(?:[.,]\d+)?(?:\s*(?:-|~|/)\s*\d+(?:[.,]\d+)?)?(?:\s*[x×*](?![A-Za-z]))?"
    r"|q\s?\d+\s?[dwmh](?![a-z])"
    r"|[一二两三四五六七八九十]+(?=\s*个?\s*(?:次|周期|疗程|程|线|月|年|周|天))",
    re.IGNORECASE,
)
LETTERS: Final = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)*|.", re.DOTALL)
# "TACEx2"
TIMES: Final = re.compile(r"[x×*]\d", re.IGNORECASE)
BETWEEN: Final = ".:()[]-_=\"'#"
TIDY: Final = " ,;:.、。|[]=-"
# Words before a day that do not say that a course goes on since.
CLOSED: Final = ("last", "from", "born")


@dataclass(frozen=True, slots=True)
class Said:
    """A treatment that a text names: its word, the text of it, when, and how it ended."""

    word: TreatmentWord
    text: str
    start: Period | None = None
    end: Period | None = None
    ongoing: bool = False
    response: str = ""


@dataclass(frozen=True, slots=True)
class NotSaid:
    """A part that names no treatment for certain.

    ``candidates`` are treatments that its word may mean; ``beside`` is the word beside a known
    name that is not understood. Where both are empty no name in it is known.
    """

    text: str
    candidates: tuple[str, ...] = ()
    beside: str = ""


@dataclass(slots=True)
class _When:
    start: Period | None = None
    end: Period | None = None
    ongoing: bool = False


@dataclass(slots=True)
class _Name:
    """A treatment within a part: its word, where its text begins, when, and how it ended."""

    word: TreatmentWord
    at: int
    when: list[_When]
    response: str = ""


@dataclass(slots=True)
class _Part:
    """What stands between two separators while it is read."""

    at: int = 0
    text: str = ""
    names: list[_Name] = field(default_factory=list[_Name])
    waiting: list[_When] = field(default_factory=list[_When])
    figures: bool = False
    outcome: bool = False
    unread: list[str] = field(default_factory=list[str])
    candidates: tuple[str, ...] = ()


@cache
def _dictionary(tables: Tables) -> tuple[Mapping[str, tuple[str, object]], int]:
    """Every word that a part may hold by its key, with its kind; and the length of the longest."""
    said = spoken()
    found: dict[str, tuple[str, object]] = {}
    for kind, words in (
        ("detail", {*said.details, *map(key, said.since), *said.since_after}),
        ("outcome", said.outcomes),
        ("joint", said.joint_words),
    ):
        found |= dict.fromkeys(words, (kind, None))
    for word, candidates in said.either_treatment.items():
        found[word] = ("either", tuple(one for one in candidates if one in tables.treatments))
    found |= {word: ("name", meant) for word, meant in treatment_words(tables).items()}
    found.pop("", None)
    return found, max(map(len, found))


def said_in(raw: str, tables: Tables) -> tuple[tuple[Said, ...], tuple[NotSaid, ...]]:
    """The treatments that a text names, in its order, and its parts that are not understood."""
    found: list[Said] = []
    unread: list[NotSaid] = []
    for part in _parts(clean(raw.replace("\n", " ; ")), tables):
        if not part.text or says_none(part.text):
            continue
        if part.candidates:
            unread.append(NotSaid(part.text, part.candidates))
        elif part.unread:
            unread.append(NotSaid(part.text, beside=" ".join(part.unread) if part.names else ""))
        elif not part.names and part.figures and not part.outcome and found:
            # "..., 4 cycles, 2021-2022": of the treatment before it.
            found[-1:] = _with(found[-1], part)
        elif not part.names:
            unread.append(NotSaid(part.text))
        if not part.unread:
            found += _named(part)
    return tuple(found), tuple(unread)


def says_none(text: str) -> bool:
    """Whether an item of a list says that there is none."""
    return key(text) == NONE or spoken().truths.get(key(text)) is False


def _named(part: _Part) -> Iterator[Said]:
    """The treatments of a part; a name and its own explanation are one: *SSA (octreotide LAR)*."""
    for place, one in enumerate(part.names):
        last = part.names[place - 1] if place else None
        if last and last.word.treatment == one.word.treatment and not one.when:
            continue
        end = part.names[place + 1].at if place + 1 < len(part.names) else None
        text = _tidy(part.text[one.at if place else 0 : end])
        for when in one.when or [_When()]:
            yield Said(one.word, text, when.start, when.end, when.ongoing, one.response)


def _with(one: Said, part: _Part) -> list[Said]:
    """A treatment with the dates of a part that names none: its own, or of the same once more."""
    text = f"{one.text}, {part.text}"
    found = [replace(one, text=text)]
    for when in part.waiting:
        last = found[-1]
        if last.start is None and last.end is None:
            found[-1] = replace(last, start=when.start, end=when.end, ongoing=when.ongoing)
        elif when.start is None and last.ongoing:
            found[-1] = replace(last, end=when.end, ongoing=False)
        else:
            found.append(Said(one.word, text, when.start, when.end, when.ongoing))
    return found


def _parts(text: str, tables: Tables) -> Iterator[_Part]:
    """The text between separators and joining words, each read word by word."""
    known, longest = _dictionary(tables)
    part, at = _Part(), 0
    while at < len(text):
        kind, meant, end = _word(text, at, known, longest)
        if kind == "joint":
            yield _closed(part, text[part.at : at])
            part = _Part(at=end)
        elif kind == "name" and isinstance(meant, TreatmentWord):
            # A day before the first name is that name's.
            part.names.append(_Name(meant, at - part.at, part.waiting))
            part.waiting = []
        elif kind == "either" and isinstance(meant, tuple):
            part.candidates = tuple(dict.fromkeys((*part.candidates, *meant)))
        elif kind == "date" and isinstance(meant, _When):
            _dated(part, meant)
        elif kind == "figure":
            part.figures = True
        elif kind == "outcome":
            part.outcome = True
            if part.names and text[at:end].upper() in RESPONSES:
                part.names[-1].response = text[at:end].upper()
        elif kind == "unread":
            _unread(part, text[at:end])
        at = end
    yield _closed(part, text[part.at :])


def _word(
    text: str, at: int, known: Mapping[str, tuple[str, object]], longest: int
) -> tuple[str, object, int]:
    """What begins at a place of a text: its kind, what it means, and where it ends."""
    letter = text[at]
    if letter in SEPARATORS or (letter == "." and text[at + 1 : at + 2] in ("", " ")):
        return "joint", None, at + 1
    if letter == " ":
        return "between", None, at + 1
    dated = _date(text, at)
    if dated is not None:
        return "date", *dated
    word, end = _longest(text, at, known, longest)
    if word:
        return *known[word], end
    figure = FIGURE.match(text, at)
    if figure is not None:
        return "figure", None, figure.end()
    if letter in BETWEEN:
        return "between", None, at + 1
    run = LETTERS.match(text, at)
    return "unread", None, run.end() if run else at + 1


def _closed(part: _Part, text: str) -> _Part:
    """A part at its end; a word with several meanings beside a name of one of them is settled."""
    inside = text.lstrip(TIDY)
    for one in part.names:
        one.at = max(0, one.at - (len(text) - len(inside)))
    part.text = _tidy(text)
    if part.names and part.waiting:
        part.names[-1].when += part.waiting
        part.waiting = []
    if any(one.word.treatment in part.candidates for one in part.names):
        part.candidates = ()
    return part


def _unread(part: _Part, word: str) -> None:
    """Chinese that is not understood stays one word."""
    if part.unread and not word.isascii() and not part.unread[-1].isascii():
        part.unread[-1] += word
    else:
        part.unread.append(word)


def _tidy(text: str) -> str:
    paired = text.count("(") == text.count(")")
    return text.strip(TIDY if paired else f"{TIDY}()")


def _parted(one: str, other: str) -> bool:
    """Whether a word may end between two letters: not within Latin letters or a number."""
    latin = one.isascii() and other.isascii()
    return not (latin and ((one.isalpha() and other.isalpha()) or (one + other).isdigit()))


def _longest(
    text: str, at: int, known: Mapping[str, tuple[str, object]], longest: int
) -> tuple[str, int]:
    """The longest known word that begins here, and where it ends; empty where none does."""
    if at and not _parted(text[at - 1], text[at]) and not TIMES.match(text, at):
        return "", at
    found, ends, made = "", at, ""
    for place in range(at, len(text)):
        letter = text[place]
        if letter in " _-":
            if not made:
                break
            continue
        made += letter.casefold()
        if len(made) > longest:
            break
        after = text[place + 1 : place + 2]
        ended = not after or _parted(letter, after) or TIMES.match(text, place + 1)
        if ended and made in known:
            found, ends = made, place + 1
    return found, ends


def _date(text: str, at: int) -> tuple[_When, int] | None:
    """When a course was, where that begins here: from, to or in; and where it ends."""
    ended = ENDED.match(text, at) if not at or _parted(text[at - 1], text[at]) else None
    if ended is not None and (day := day_of(ended["last"])) is not None:
        return _When(end=day), ended.end()
    begun = BEGUN.match(text, at)
    start = day_of(begun[0]) if begun else None
    if begun is None or start is None:
        return None
    end = begun.end()
    until = UNTIL.match(text, end)
    if until is not None:
        last = day_of(until["last"])
        return _When(start, last, last is None), until.end()
    for word in sorted(spoken().since_after, key=len, reverse=True):
        rest = text[end:].lstrip()
        if rest.startswith(word):
            return _When(start, None, ongoing=True), len(text) - len(rest) + len(word)
    before = text[:at].rstrip(" (,:").casefold()
    if any(before.endswith(word) for word in spoken().since if word not in CLOSED):
        return _When(start, None, ongoing=True), end
    return _When(start, start), end


def _dated(part: _Part, when: _When) -> None:
    """A date belongs to the name before it; to the next one where that has its date."""
    part.figures = True
    last = part.names[-1] if part.names else None
    if last is not None and not last.when:
        last.when = [when]
    elif last is not None and when.start is None and last.when[-1].ongoing:
        last.when[-1] = _When(last.when[-1].start, when.end)
    else:
        part.waiting.append(when)
