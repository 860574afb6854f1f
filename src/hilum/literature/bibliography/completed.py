"""Fields of an export with what else its record has: parts of copies merged with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import nbib, ris, withdrawn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hilum.literature.bibliography.record import Field, Place, Record

Pairs = list[tuple[str, str]]
SOURCE: Final = "merged from"
"""Name of the field that tells where the copies of a record came from."""
RIS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("TI", "T1", "CT"), "authors": ("AU", "A1"), "year": ("PY", "Y1", "DA", "YR"),
    "journal": ("JF", "JO", "T2", "BT", "JA", "J2", "JI", "J1", "J9", "T3"),
    "volume": ("VL",), "issue": ("IS", "CP"), "pages": ("SP", "EP", "PG", "C7", "AR"),
    "language": ("LA",), "abstract": ("AB", "N2"), "keywords": ("KW",),
}  # fmt: skip
NBIB: Final[dict[str, tuple[str, ...]]] = {
    "title": ("TI", "TT", "BTI", "CTI"), "authors": ("FAU", "AU", "CN"),
    "year": ("DP", "DEP", "CDAT"), "journal": ("JT", "TA"), "volume": ("VI",), "issue": ("IP",),
    "pages": ("PG",), "language": ("LA",), "abstract": ("AB",), "keywords": ("OT",),
}  # fmt: skip
"""Tags of each part; what another copy says in place of it stands under them."""
HEADING: Final = "MH"
"""Tag of NBIB for a keyword of MeSH, which stays as it is."""


def ris_fields(one: Record, fields: Pairs, plain: Pairs) -> Pairs:
    """Fields of RIS; ``plain`` are the record's parts in tags."""
    return _completed(one, fields, plain, RIS, ris.record_of, kind="M3", note="N1")


def nbib_fields(one: Record, fields: Pairs, plain: Pairs) -> Pairs:
    """Fields of NBIB; ``plain`` are the record's parts in tags."""
    return _completed(one, fields, plain, NBIB, nbib.record_of, kind="PT", note="GN")


def _completed(
    one: Record,
    fields: Pairs,
    plain: Pairs,
    tags: Mapping[str, Sequence[str]],
    read: Callable[[dict[str, list[str]], Place, tuple[Field, ...]], Record],
    *,
    kind: str,
    note: str,
) -> Pairs:
    if not any(tag == SOURCE for tag, _ in fields) and not withdrawn.withdrawals([one.kind]):
        return fields
    values: dict[str, list[str]] = {}
    for tag, value in fields:
        values.setdefault(tag, []).append(value)
    again = replace(read(values, one.place, ()), fields=())
    for part, own in tags.items():
        wanted = getattr(one, part)
        if not wanted or wanted == getattr(again, part):
            continue
        headings = {value for tag, value in fields if part == "keywords" and tag == HEADING}
        told = [pair for pair in plain if pair[0] in own and pair[1] not in headings]
        values_told = {value for _, value in told}
        fields = [
            (tag, value) if tag not in own else (note, f"{tag}: {value}")
            for tag, value in fields
            if tag not in own or (part not in ("authors", "keywords") and value not in values_told)
        ]
        fields += told
    if set(withdrawn.withdrawals([one.kind])) - set(withdrawn.withdrawals([again.kind])):
        fields += [(kind, said) for said in withdrawn.withdrawals([one.kind])]
    known = {value for _, value in again.identifiers}
    missing = [value for _, value in one.identifiers if value not in known]
    return [*fields, *(pair for pair in plain if any(value in pair[1] for value in missing)
                       and pair not in fields)]  # fmt: skip
