"""Kinds of rules: each says one of six things to the verdict, and how it reads.

The six roles are those of the semantics; a kind is a record, so that a hospital's tables may tell
apart what plays the same role (a caution from a local custom, say) without another formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from hilum.records import found

Role = Literal["indicates", "requires", "forbids", "cautions", "before", "note"]


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One kind.

    Parameters
    ----------
    code : str
        As the column ``kind`` writes it.
    role : str
        ``indicates`` opens; ``requires`` closes where what it tests is not so, ``forbids`` where
        it is; ``cautions`` sets a condition; ``before`` is to be done first; ``note`` moves
        nothing.
    word : str
        What such a rule does, the id of its translations.
    """

    code: str
    role: Role
    word: str


KINDS: Final[dict[str, RuleKind]] = {
    one.code: one
    for one in (
        RuleKind("indicates", "indicates", "supports"),
        RuleKind("requires", "requires", "asks for"),
        RuleKind("forbids", "forbids", "forbids"),
        RuleKind("cautions", "cautions", "cautions"),
        RuleKind("before", "before", "to be done first"),
        RuleKind("note", "note", "notes"),
    )
}
AGAINST: Final = frozenset({"requires", "forbids", "cautions"})
"""Roles that speak against a treatment."""
STRICT: Final = frozenset({"requires", "forbids"})
"""Roles that close it where their source is strong."""


def kind_of(code: str) -> RuleKind:
    """A kind by its code; an unknown code lists the known ones."""
    return found(KINDS, code, "kind of rule")


def messages() -> set[str]:
    """Ids that stand in the table."""
    return {one.word for one in KINDS.values()}
