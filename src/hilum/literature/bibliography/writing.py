"""Records written: RIS, BibTeX, NBIB, CSV. What came from RIS goes back field by field."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import completed
from hilum.literature.bibliography.bibtex import VERBATIM
from hilum.literature.bibliography.columns import field_of
from hilum.literature.bibliography.latex import latex_of
from hilum.literature.bibliography.nbib import OWN
from hilum.literature.bibliography.withdrawn import (
    CONCERN_KIND,
    CONCERN_NAMED,
    in_concern,
    tells_concern,
)
from hilum.records import found
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hilum.literature.bibliography.record import Field, Record

Pairs = list[tuple[str, str]]
CHANCE: Final = 12
"""Letters below which a value may stand in another by chance: a decision "1", a mark "IM"."""
LETTERS: Final = 4
"""Letters of a tag; what is longer is the name of a column."""
# Paths of XML: their short values are flags of its own.
_PATH: Final = re.compile("[/@]")
_TAG: Final = re.compile(r"[A-Z][A-Z0-9]")
OWN_ID: Final = "LB"
"""Tag of RIS (label) for the id that a record had in its source."""
COLUMNS: Final = (
    "record_id", "source", "kind", "title", "authors", "year", "journal", "volume", "issue",
    "pages", "doi", "pmid", "pmcid", "nct", "issn", "isbn", "language", "keywords", "abstract",
)  # fmt: skip
KINDS: Final = {"journal article": "JOUR", "article": "JOUR", "book": "BOOK", "letter": "JOUR",
                "inproceedings": "CONF", "conference": "CONF", "incollection": "CHAP",
                "book section": "CHAP", "phdthesis": "THES", "review": "JOUR"}  # fmt: skip


def ris(records: Iterable[Record]) -> str:
    """RIS: the fields of a record that came from RIS, else its parts and then the rest as notes.

    What a record has from elsewhere (a copy that was merged with it) stands beside its own fields.
    """
    out: list[str] = []
    for one in records:
        fields = [(field.tag, field.value) for field in one.fields]
        if not any(tag == "TY" for tag, _ in fields):
            fields = _as_ris(one)
        else:
            fields = completed.ris_fields(one, fields, _as_ris(replace(one, fields=())))
            if one.own_id:
                fields = _under_its_id(one, fields)
        fields = [*fields, *_concern(one, fields, "N1")]
        for tag, value in fields:
            if _TAG.fullmatch(tag):
                out.append(f"{tag}  - {_kept(value)}")
            else:
                out.append(f"N1  - {tag}: {_kept(value)}")
        out += ["ER  - ", ""]
    return "\n".join(out) + "\n" if out else ""


def _concern(one: Record, fields: Pairs, note: str) -> Pairs:
    """That a paper is in concern, as a note, where what is written does not say so."""
    if not in_concern(one) or any(tells_concern(f"{tag}: {value}") for tag, value in fields):
        return []
    return [(note, CONCERN_NAMED)]


def _under_its_id(one: Record, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Fields of RIS with the id that stands once; the own one as label, what it told as a note."""
    left = [pair for pair in fields if pair[0] != "ID"]
    told = [value.strip() for tag, value in fields if tag == "ID"] or [one.own_id]
    at = next(n for n, (tag, _) in enumerate(left) if tag == "TY") + 1
    beside = "\n".join(value for _, value in left)
    lost = [("N1", f"{scheme.upper()}: {value}") for scheme, value in one.identifiers
            if scheme in ("pmid", "nct") and value in told and value not in beside]  # fmt: skip
    return [*left[:at], ("ID", one.record_id), *((OWN_ID, value) for value in told), *left[at:],
            *lost]  # fmt: skip


def _kept(value: str) -> str:
    """A value whose own lines cannot be taken for tags."""
    lines = value.replace("\r", "\n").split("\n")
    return "\n".join(
        [lines[0], *(f"{AWAY}{one}" if _LIKE.match(one) else one for one in lines[1:])]
    )


AWAY: Final = "\u00a0   "
"""Before a line of a text that begins as a record or a field does: no reader takes it for one."""
_LIKE: Final = re.compile(
    r"\s{0,3}(?:[A-Z][A-Z0-9]{1,3} {0,2}-|Record #\d|%|@|PT [A-Z]\s*$|<|\{|\[|\")"
)


def _as_ris(one: Record) -> list[tuple[str, str]]:
    first, _, last = one.pages.partition("-")
    pairs = [
        ("TY", KINDS.get(one.kind.lower(), one.kind if _TAG.match(one.kind) and one.kind.isupper()
                         else "JOUR")),
        ("ID", one.record_id), (OWN_ID, one.own_id), ("TI", one.title),
        *(("AU", name) for name in one.authors),
        ("PY", str(one.year or "")), ("JF", one.journal), ("VL", one.volume), ("IS", one.issue),
        ("SP", first), ("EP", last), ("LA", one.language), ("AB", one.abstract),
        *(("KW", word) for word in one.keywords),
        # The kind in the source's words, among them that the paper is withdrawn.
        ("M3", "" if _TAG.match(one.kind) and one.kind.isupper() else one.kind),
    ]  # fmt: skip
    for scheme, value in one.identifiers:
        tag = {"doi": "DO", "issn": "SN", "isbn": "SN", "pmcid": "C2"}.get(scheme, "N1")
        pairs.append((tag, f"{scheme.upper()}: {value}" if tag == "N1" else value))
    pairs = [(tag, value) for tag, value in pairs if value]
    values = {value.strip().lower() for _, value in pairs}
    told = "\n".join(values)

    def left(field: Field) -> bool:
        value = field.value.strip().lower()
        if len(value) >= CHANCE or _PATH.search(field.tag) or field_of(field.tag):
            return value not in told
        return value != "" and (len(field.tag) > LETTERS or value not in values)

    pairs += [
        (field.tag if len(field.tag) > 2 else f"field {field.tag}", field.value)
        for field in one.fields
        if field.tag != "raw" and left(field)
    ]
    return pairs


_OWN_FIELD: Final = re.compile(r"(?!raw$|key$)[a-z][a-z0-9_-]+")
ENTRIES: Final = ("article", "jour")
"""Kinds that an entry of BibTeX says by its name."""


def bibtex(records: Iterable[Record]) -> str:
    """BibTeX in UTF-8; an entry that came from BibTeX and no copy was merged with as it stands."""
    out: list[str] = []
    taken: set[str] = set()
    for one in records:
        key = _key(one.record_id, taken)
        ids = [("hilum_id", one.record_id if key != one.record_id else ""),
               ("source_id", one.own_id)]  # fmt: skip
        raw = next((field.value for field in one.fields if field.tag == "raw"), "")
        merges = any(field.tag == completed.SOURCE for field in one.fields)
        if raw and not merges:
            out += [_rekeyed(raw, key, ids), ""]
            continue
        pairs = [
            ("title", one.title), ("author", " and ".join(map(_protected, one.authors))),
            ("year", str(one.year or "")), ("journal", one.journal), ("volume", one.volume),
            ("number", one.issue), ("pages", one.pages.replace("-", "--", 1)),
            *ids, ("doi", one.identifier("doi")), ("pmid", one.identifier("pmid")),
            ("pmcid", one.identifier("pmcid")), ("nct", one.identifier("nct")),
            ("issn", one.identifier("issn")), ("isbn", one.identifier("isbn")),
            ("language", one.language), ("keywords", "; ".join(one.keywords)),
            ("type", "" if one.kind.lower() in ENTRIES else one.kind),
            ("abstract", one.abstract),
        ]  # fmt: skip
        pairs += _concern(one, pairs, "note")
        if raw:
            known = {name for name, _ in pairs}
            pairs += [(field.tag, field.value) for field in one.fields
                      if _OWN_FIELD.fullmatch(field.tag) and field.tag not in known]  # fmt: skip
        body = ",\n".join(f"  {name} = {{{_latex(name, value)}}}" for name, value in pairs if value)
        out += [f"@article{{{key},\n{body}\n}}", ""]
    return "\n".join(out)


def _key(record_id: str, taken: set[str]) -> str:
    """A key that BibTeX takes, once in the file whatever the case of its letters."""
    plain = re.sub(r"[^A-Za-z0-9:.+/-]", "_", record_id)
    plain = plain if re.search("[A-Za-z0-9]", plain) else f"record{plain}"
    key, number = plain, 1
    while key.lower() in taken:
        number += 1
        key = f"{plain}-{number}"
    taken.add(key.lower())
    return key


_HEAD: Final = re.compile(r"(@\s*[A-Za-z]+\s*[{(])\s*([^,={}\"]*?)\s*,")


def _rekeyed(raw: str, key: str, ids: list[tuple[str, str]]) -> str:
    """An entry as it stands under its key; another one that it had stays in a field."""
    found = _HEAD.match(raw)
    if found is not None and found[2] == key:
        return raw
    if found is None:
        # An entry without a key begins with its first field.
        found = re.match(r"(@\s*[A-Za-z]+\s*[{(])()", raw)
    if found is None:
        return raw
    ids = [*ids, ("source_id", found[2])] if not ids[1][1] else ids
    more = "".join(f"\n  {name} = {{{_latex(name, value)}}}," for name, value in ids if value)
    return f"{found[1]}{key},{more}{raw[found.end() :]}"


def _protected(name: str) -> str:
    """A name as BibTeX has it ("Family, Jr., Given"), in braces where it would be taken apart.

    That is without a comma and of several words, or with more commas than a name has.
    """
    parts = name.split(", ")
    apart = " and " in name or (len(parts) == 1 and " " in name) or name == "others"
    if apart or name.count(",") > 2:
        return f"{{{latex_of(name)}}}"
    return latex_of(", ".join((parts[0], parts[2], parts[1])) if len(parts) == 3 else name)


def _latex(name: str, value: str) -> str:
    return value if name == "author" or name in VERBATIM else latex_of(value)


def nbib(records: Iterable[Record]) -> str:
    """NBIB: the fields of a record that came from it, else its parts.

    A PMID stands where a record has one; its id stands as other id (OID). What has no tag of NBIB
    stands as a general note (GN).
    """
    out: list[str] = []
    for one in records:
        fields = [(field.tag, field.value) for field in one.fields]
        own = [("OID", f"{OWN}{one.record_id}"),
               ("OID", f"source: {one.own_id}" if one.own_id else "")]  # fmt: skip
        if fields and fields[0][0] == "PMID":
            fields = completed.nbib_fields(one, fields, _as_nbib(one, own))
            fields += own if one.own_id else []
        else:
            merges = [pair for pair in fields if pair[0] == completed.SOURCE]
            fields = [*_as_nbib(one, own), *merges]
        fields = [*fields, *_concern(one, fields, "GN")]
        for tag, value in fields:
            plain = " ".join(value.split())
            if plain and NBIB_TAG.fullmatch(tag):
                out.append(f"{tag:<4}- {plain}")
            elif plain:
                out.append(f"GN  - {tag}: {plain}")
        out.append("")
    return "\n".join(out)


NBIB_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{1,3}")


def _as_nbib(one: Record, own: list[tuple[str, str]]) -> list[tuple[str, str]]:
    pmid = one.identifier("pmid")
    kinds = ["Journal Article"] if one.kind.lower() in ENTRIES else one.kind.split(";")
    return [
        ("PMID", pmid if pmid.isdigit() else ""), *own, ("TI", one.title),
        *(("FAU", name) for name in one.authors), ("DP", str(one.year or "")),
        ("JT", one.journal), ("VI", one.volume), ("IP", one.issue), ("PG", one.pages),
        ("LID", f"{one.identifier('doi')} [doi]" if one.identifier("doi") else ""),
        ("PMC", one.identifier("pmcid")),
        *(("IS", value) for scheme, value in one.identifiers if scheme in ("issn", "isbn")),
        *(("SI", f"ClinicalTrials.gov/{value}") for scheme, value in one.identifiers
          if scheme == "nct"),
        ("LA", one.language), *(("PT", kind.strip()) for kind in kinds),
        *(("OT", word) for word in one.keywords), ("AB", one.abstract),
    ]  # fmt: skip


def cells(one: Record, source: str = "") -> list[str]:
    """A record as one row of :data:`COLUMNS`."""
    names = ("doi", "pmid", "pmcid", "nct", "issn", "isbn")
    listed = ["; ".join(v for s, v in one.identifiers if s == name) for name in names]
    return [
        one.record_id, source or one.place.source, one.kind, one.title, "; ".join(one.authors),
        "" if one.year is None else str(one.year), one.journal, one.volume, one.issue, one.pages,
        *listed, one.language, "; ".join(one.keywords), one.abstract,
    ]  # fmt: skip


def table(records: Iterable[Record]) -> str:
    """CSV of :func:`sheet`; what a spreadsheet would compute stands behind an apostrophe."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerows([safe_cell(cell) for cell in row] for row in sheet(records))
    return out.getvalue()


def sheet(records: Iterable[Record]) -> Iterator[list[str]]:
    """A head and one row a record: :data:`COLUMNS` and the id that it had in its source."""
    yield [*COLUMNS, "source_id"]
    for one in records:
        told = one
        if in_concern(one) and CONCERN_KIND.lower() not in one.kind.lower():
            told = replace(one, kind="; ".join(filter(None, (one.kind, CONCERN_KIND))))
        yield [*cells(told), one.own_id or one.record_id]


WRITERS: Final[dict[str, Callable[[Iterable[Record]], str]]] = {
    "ris": ris,
    "bib": bibtex,
    "nbib": nbib,
    "csv": table,
}
"""Writers by the end of a file's name."""


def written(records: Iterable[Record], form: str) -> str:
    """The records in a form; an unknown one lists the known ones."""
    return found(WRITERS, form, "form of references")(records)
