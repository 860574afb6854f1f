"""BibTeX and BibLaTeX: strings, months, names, and entries that are never closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, glued, withdrawn
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose
from hilum.literature.bibliography.latex import text_of
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NCT, NO_DOI, NO_TITLE, NO_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.literature.bibliography.lines import Text

# What stands right behind an entry in its line: a name, a key and a comma.
_ALIKE: Final = re.compile(
    r"(?<=[})])[ \t]*@[ \t]*((?!(?:comment|string|preamble)\b)[A-Za-z]+)[ \t]*"
    r"([{(])(?=[^\s,{}()=]*,)",
    re.IGNORECASE,
)
ENTRY: Final = re.compile(
    rf"^[ \t]*@[^\S\n]*([A-Za-z]+)\s*([{{(])|{_ALIKE.pattern}", re.MULTILINE | re.IGNORECASE
)
OPEN: Final = "an entry whose braces close"
SHAPE: Final = "an entry such as @article{key, title = {...}}"
ASIDE: Final = frozenset({"comment", "preamble", "string"})
MONTHS: Final = {
    name[:3].lower(): name
    for name in (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    )
}  # fmt: skip
# Addresses are no LaTeX: "%20" and "_" in them are meant.
VERBATIM: Final = frozenset({"url", "doi", "file", "eprint"})
_NAME: Final = re.compile(r"\s*([A-Za-z][\w:.+/-]*)\s*=\s*")
_BARE: Final = re.compile(r"[^\s,#{}\"]+")


def read(text: Text, source: str, digest: str) -> Iterator[Item]:
    """Entries in the order of the file, those that never close as faults."""
    whole = re.sub(r"\r\n?", "\n", "".join(text.blocks()))
    whole = text.decoded(whole)
    strings: dict[str, str] = dict(MONTHS)
    at, line, counted, position = 0, 1, 0, 0
    while (found := ENTRY.search(whole, at)) is not None:
        yield from _between(whole[at : found.start()], line + whole.count("\n", counted, at))
        line += whole.count("\n", counted, found.start())
        counted = found.start()
        end = _end(whole, found.end() - 1)
        named = found[1] or found[3]
        kind = named.lower()
        if kind == "comment":
            at = end if end > 0 else found.end()
            continue
        if kind in ASIDE:
            if end > 0 and kind == "string":
                strings.update((key.lower(), said) for key, said, _ in
                               _fields(whole[found.end() : end - 1], strings))  # fmt: skip
            at = end if end > 0 else found.end()
            continue
        position += 1
        following = ENTRY.search(whole, found.end())
        if end < 0 or (following is not None and following.start() < end):
            cut = following.start() if following is not None else len(whole)
            yield Bad(source, position, line, whole[found.start() : cut].rstrip(), OPEN)
            at = cut
            continue
        yield _made(whole[found.start() : end], named, strings,
                    Place(source, position, line, digest))  # fmt: skip
        at = end
    yield from _between(whole[at:], line + whole.count("\n", counted, at))


def _between(text: str, line: int) -> Iterator[Loose]:
    """Lines between entries: of none of them, unless they are comments."""
    for number, one in enumerate(text.split("\n"), line):
        if one.strip(" \t,}") and not one.lstrip().startswith("%"):
            yield Loose(number, one)


def _end(whole: str, start: int) -> int:
    """Behind the bracket that closes the one at ``start``; -1 where none does."""
    opens = whole[start]
    closes = "}" if opens == "{" else ")"
    depth = 0
    for found in re.compile(r"\\.|[{}()]", re.DOTALL).finditer(whole, start):
        one = found[0]
        if one == "{" or (one == opens and depth == 0):
            depth += 1
        elif one == "}" or (one == closes and depth == 1):
            depth -= 1
            if depth == 0:
                return found.end()
    return -1


def _fields(body: str, strings: dict[str, str]) -> list[tuple[str, str, str]]:
    """Name, value with its strings told, and the value as it stands."""
    found: list[tuple[str, str, str]] = []
    at = 0
    while (name := _NAME.match(body, at)) is not None:
        value, at = _value(body, name.end(), strings)
        found.append((name[1].lower(), value, body[name.end() : at].strip()))
        at = _comma(body, at)
    return found


def _comma(body: str, at: int) -> int:
    """Behind the next comma; what stands before it belongs to nothing."""
    comma = body.find(",", at)
    return len(body) if comma < 0 else comma + 1


def _value(body: str, at: int, strings: dict[str, str]) -> tuple[str, int]:
    parts: list[str] = []
    while at < len(body):
        if body[at].isspace() or body[at] == "#":
            at += 1
        elif body[at] == "{":
            end = _end(body, at)
            end = len(body) + 1 if end < 0 else end
            parts.append(body[at + 1 : end - 1])
            at = end
        elif body[at] == '"':
            end = _quoted(body, at)
            parts.append(body[at + 1 : end - 1])
            at = end
        elif (bare := _BARE.match(body, at)) is not None:
            parts.append(strings.get(bare[0].lower(), bare[0]))
            at = bare.end()
        else:
            break
    return "".join(parts), min(at, len(body))


def _quoted(body: str, at: int) -> int:
    depth = 0
    for found in re.compile(r'\\.|[{}"]', re.DOTALL).finditer(body, at + 1):
        depth += (found[0] == "{") - (found[0] == "}")
        if found[0] == '"' and depth == 0:
            return found.end()
    return len(body) + 1


def _made(entry: str, kind: str, strings: dict[str, str], place: Place) -> Item:
    body = entry[ENTRY.match(entry).end() : -1]  # type: ignore[union-attr]
    key, comma, rest = body.partition(",")
    if not comma or "=" in key:
        if not comma and "=" not in key:
            return Bad(place.source, place.position, place.line, entry, SHAPE)
        key, rest = "", body
    listed = _fields(rest, strings)
    values: dict[str, str] = {}
    for name, value, _ in listed:
        values.setdefault(name, value)
    if not values:
        return Bad(place.source, place.position, place.line, entry, SHAPE)

    def said(*names: str) -> str:
        for name in names:
            value = values.get(name, "")
            found = cleaning.said(value if name in VERBATIM else text_of(value))
            if found:
                return found
        return ""

    title = ": ".join(one for one in (said("title"), said("subtitle")) if one)
    identifiers = [("doi", cleaning.doi(said("doi")))]
    if not identifiers[0][1]:
        identifiers += [("doi", cleaning.doi(said("url"), loose=True))]
    identifiers += [("pmid", one) for one in (said("pmid"),) if one.isdigit()]
    identifiers += [("pmcid", said("pmcid", "pmc"))]
    identifiers += [("nct", one) for one in NCT.findall(said("nct"))]
    identifiers += [pair for name in ("issn", "isbn") for pair in cleaning.issns(said(name))]
    named = people(values.get("author", ""))
    # What BibTeX itself prints as "et al."; a group of that name stands in braces.
    cut = named[-1:] == ["others"]
    named = named[:-1] if cut else named
    authors, doubt = _authors(named)
    record = Record(
        record_id=key.strip() or str(place.position),
        place=place,
        kind=withdrawn.kind_of(kind.lower(), [said("type")]),
        title=title,
        authors=cleaning.authors(authors),
        year=cleaning.year(said("year")) or cleaning.year(said("date")),
        abstract=said("abstract"),
        journal=said("journal", "journaltitle", "booktitle"),
        volume=said("volume"),
        issue=said("number", "issue"),
        pages=re.sub(r"\s*–\s*", "-", said("pages")),
        language=said("language", "langid"),
        identifiers=cleaning.unique(identifiers),
        keywords=tuple(word for one in re.split("[;,]", said("keywords")) if (word := one.strip())),
        fields=(
            Field("@", kind),
            Field("key", key.strip()),
            *(
                Field(name, value if name in VERBATIM else text_of(value))
                for name, value, _ in listed
            ),
            Field("raw", _told(entry, listed, strings)),
        ),
    )
    notes = [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    notes += [NO_DOI] if said("doi") and not record.identifier("doi") else []
    notes += [cleaning.CUT] if cut or cleaning.cut(named) else []
    notes += [glued.IN_DOUBT] if doubt else []
    return Good(record, tuple(notes))


def _told(entry: str, listed: list[tuple[str, str, str]], strings: dict[str, str]) -> str:
    """An entry as it stands, abbreviations of its file told: what it goes to does not have them."""
    for name, value, raw in listed:
        bare = re.split(r"[\s#]+", re.sub(r'\{[^{}]*\}|"[^"]*"', " ", raw))
        keys = {one.lower() for one in bare} & set(strings)
        if any(strings[one] != MONTHS.get(one) for one in keys):
            begins = re.compile(rf"\b{re.escape(name)}\s*=\s*(?={re.escape(raw)})", re.IGNORECASE)
            found = begins.search(entry)
            if found is not None:
                rest = entry[found.end() + len(raw) :]
                entry = f"{entry[: found.end()]}{{{value}}}{rest}"
    return entry


def people(text: str) -> list[str]:
    """Names between "and", braces looked at: a group in braces is one name."""
    parts: list[str] = []
    depth = start = 0
    for found in re.compile(r"\\.|[{}]|\s+and\s+", re.DOTALL).finditer(text):
        depth += (found[0] == "{") - (found[0] == "}")
        if depth == 0 and found[0].strip() == "and":
            parts.append(text[start : found.start()])
            start = found.end()
    return [one.strip() for one in (*parts, text[start:]) if one.strip()]


def _authors(names: list[str]) -> tuple[list[str], bool]:
    """Names as authors, those that were glued by semicolons or commas apart; whether in doubt."""
    found: list[str] = []
    doubt = False
    for one in names:
        if one.startswith("{") and _end(one, 0) == len(one):
            found.append(name_of(one))
            continue
        glued_on = ";" in text_of(one) or text_of(one).count(",") > 2 or "，" in one
        initials = glued.one_each([text_of(one)])
        if glued_on or len(initials[0]) > 1:
            found += initials[0]
            doubt = doubt or initials[1]
        else:
            found.append(name_of(one))
    return found, doubt


def name_of(name: str) -> str:
    """A name as "Family, Given" (and "Family, Given, Jr." ); a group as it stands."""
    if name.startswith("{") and _end(name, 0) == len(name):
        return text_of(name)
    parts = [text_of(one) for one in name.split(",")]
    if len(parts) == 3:
        return ", ".join(part for part in (parts[0], parts[2], parts[1]) if part)
    if len(parts) == 2:
        return ", ".join(part for part in parts if part)
    whole = re.findall(r"(?:\{[^{}]*\}|[^\s{}]|\{[^\s]*\})+", name)
    words = [text_of(one) for one in whole]
    if len(words) < 2:
        return text_of(name)
    small = next((n for n, one in enumerate(words[:-1]) if n and one[:1].islower()), len(words) - 1)
    return f"{' '.join(words[small:])}, {' '.join(words[:small])}"


def count(text: Text) -> int:
    """Lines that open an entry."""
    whole = re.sub(r"\r\n?", "\n", "".join(text.blocks()))
    found = 0
    waiting = False
    for line in whole.split("\n"):
        head = line.lstrip(" \t")
        name, bracket, _ = head[1:].replace("(", "{").partition("{")
        name = name.strip().lower()
        named = head.startswith("@") and name.isalpha() and name.isascii() and name not in ASIDE
        found += len(_ALIKE.findall(line))
        # The bracket may stand in the next line that holds something.
        found += (named and bracket != "") or (waiting and line.strip()[:1] in ("{", "("))
        waiting = (named and not bracket) or (waiting and not line.strip())
    return found
