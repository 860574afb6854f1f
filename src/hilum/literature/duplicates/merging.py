"""Copies made one record: no field and no source is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.record import Field
from hilum.literature.bibliography.withdrawn import kind_of, retracted
from hilum.literature.duplicates.folding import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.bibliography.record import Record

PARTS: Final = (
    "kind",
    "title",
    "year",
    "abstract",
    "journal",
    "volume",
    "issue",
    "pages",
    "language",
)
SOURCE: Final = "merged from"
# Tags of RIS that may stand several times and mean so.
SEVERAL: Final = listed("KW UR L1 L2 L3 L4 LK DO SN AD DB DP AN N1")


def merged(records: Sequence[Record], names: Sequence[str]) -> Record:
    """One record of several copies; ``names`` say where each came from.

    The fullest one leads; what it lacks comes from the others in their order, every identifier and
    keyword is kept, and every field that any of them printed stands in ``fields`` with the names
    of the sources last.
    """
    if len(records) == 1:
        return records[0]
    order = sorted(range(len(records)), key=lambda n: (-_fullness(records[n]), n))
    lead = records[order[0]]
    filled = {
        part: next((v for n in order if (v := getattr(records[n], part))), getattr(lead, part))
        for part in PARTS
    }
    # That a paper is retracted is never lost behind a copy that was fetched before.
    filled["kind"] = kind_of(filled["kind"], (records[n].kind for n in order))
    told = next((records[n].title for n in order if retracted(records[n].title)), "")
    filled["title"] = told or filled["title"]
    fields = list(lead.fields)
    seen = {(one.tag, one.value) for one in fields}
    for n in order[1:]:
        for one in records[n].fields:
            if (one.tag, one.value) in seen or not one.value.strip() or one.tag in ("TY", "raw"):
                continue
            seen.add((one.tag, one.value))
            # A second title or author under the same tag would be read as one more.
            if one.tag in SEVERAL and _is_ris(lead) and _is_ris(records[n]):
                fields.append(one)
            else:
                fields.append(Field(f"{SOURCE} {names[n]}", f"{one.tag}: {one.value}"))
    return replace(
        lead,
        **filled,
        authors=max((records[n].authors for n in order), key=len),
        identifiers=tuple(dict.fromkeys(pair for n in order for pair in records[n].identifiers)),
        keywords=tuple(dict.fromkeys(word for n in order for word in records[n].keywords)),
        fields=(*fields, *(Field(SOURCE, names[n]) for n in range(len(records)))),
    )


def _is_ris(one: Record) -> bool:
    """Whether a record's fields are tags of RIS: the same letters mean others elsewhere."""
    return any(field.tag == "TY" for field in one.fields)


def _fullness(one: Record) -> int:
    told = sum(bool(getattr(one, part)) for part in PARTS)
    return 100 * told + 10 * len(one.identifiers) + min(len(one.authors), 9) + bool(one.fields)
