"""Tables whose columns are named by the tags of a tagged export: "PT AU TI SO ... UT PM".

Web of Science writes one ("tab delimited file"), programs that read tagged exports write others.
A tag means there what it means in the export, not what a column of that name means elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import nbib, ris, tagged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.literature.bibliography.record import Field, Place, Record

_TAG: Final = re.compile(r"[A-Z][A-Z0-9]{1,3}")
SEVERAL: Final = 2
"""Own tags that show a vocabulary where other columns have names in words."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tags of an export.

    Parameters
    ----------
    needs : frozenset of str
        Tags of which one has to be there.
    own : frozenset of str
        Tags that show it, since other vocabularies have none of them.
    many : frozenset of str
        Tags whose cell holds several values, between semicolons.
    record : Callable
        The record of tags and their values, its place, its fields.
    """

    needs: frozenset[str]
    own: frozenset[str]
    many: frozenset[str]
    record: Callable[[dict[str, list[str]], Place, tuple[Field, ...]], Record]

    def shown(self, heads: set[str]) -> bool:
        """Whether the columns of a table are named by it."""
        enough = 1 if all(_TAG.fullmatch(one) for one in heads) else SEVERAL
        return bool(self.needs & heads) and len(self.own & heads) >= enough

    def values(self, heads: Sequence[str], cells: Sequence[str]) -> dict[str, list[str]]:
        """Values of a row by their tags."""
        found: dict[str, list[str]] = {}
        for tag, cell in zip(heads, cells, strict=True):
            parts = cell.split(";") if tag in self.many else [cell]
            kept = [one.strip() for one in parts if one.strip()]
            if kept:
                found.setdefault(tag, []).extend(kept)
        return found


VOCABULARIES: Final = (
    Vocabulary(
        needs=frozenset({"TI", "T1"}), own=frozenset({"TY"}),
        many=frozenset({"AU", "A1", "KW", "SN"}), record=ris.record_of,
    ),
    Vocabulary(
        needs=frozenset({"TI"}),
        own=frozenset({"FAU", "DP", "JT", "LID", "AID", "MH"}),
        many=frozenset({"AU", "FAU", "CN", "MH", "OT", "LID", "AID", "SI", "PT", "IS"}),
        record=nbib.record_of,
    ),
    Vocabulary(
        needs=frozenset({"TI"}),
        own=frozenset({"PT", "AF", "SO", "DT", "DI", "D2", "UT", "PM", "BP", "J9", "WC", "Z9"}),
        many=frozenset({"AU", "AF", "BA", "BF", "CA", "ED"}), record=tagged.of_wos,
    ),
)  # fmt: skip
"""RIS, PubMed, Web of Science; the first that shows itself counts."""


def vocabulary(names: Sequence[str]) -> Vocabulary | None:
    """That of a table's columns; None where they are named in words."""
    heads = {one.strip() for one in names if one.strip()}
    return next((one for one in VOCABULARIES if one.shown(heads)), None)
