"""Records to reports to studies: pairs become groups that no pair within them contradicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.duplicates.blocking import pairs
from hilum.literature.duplicates.linking import OF_ONE_STUDY, link_of
from hilum.literature.duplicates.weights import (
    POSSIBLE,
    SAME,
    Weighed,
    likeness,
    other_script,
    weighed,
)
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.duplicates.side import Side
    from hilum.watch import Watch

# Below it titles have so little in common that place, people or identifiers alone could join them.
APART: Final = 0.75
TRANSLATED: Final = "another journal"
"""What contradicts no group: names of journals are translated."""
CONTRADICTED: Final = -7.0
"""A group is not joined where a pair in it that is no copy by itself speaks so much against it."""


BY_A_PERSON: Final = "said by a person"
"""Why a pair is one that a person said is one, whatever the weights say."""


Places = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of pairs of places, the smaller one first.

    They are never copies (``apart``), always (``together``), or two reports of one ``study``.
    """

    apart: Places = frozenset()
    together: Places = frozenset()
    study: Places = frozenset()


NOTHING: Final = Said()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places with what was weighed."""

    a: int
    b: int
    weighed: Weighed
    link: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Reports as groups of places, the pairs that joined them, links and doubtful pairs."""

    reports: tuple[tuple[int, ...], ...]
    merges: tuple[Pair, ...]
    links: tuple[Pair, ...]
    possible: tuple[Pair, ...]
    compared: int


def grouped(sides: Sequence[Side], watch: Watch = SILENT, said: Said = NOTHING) -> Found:
    """Find the copies among records; what a person ``said`` of a pair holds.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    same = _by_a_person(said.together, sides)
    links = _by_a_person(said.study, sides, OF_ONE_STUDY)
    told = said.apart | said.together | said.study
    doubtful: list[Pair] = []
    compared = 0
    for a, b in pairs(sides, watch):
        compared += 1
        if (a, b) in told:
            continue
        x, y = sides[a], sides[b]
        alike = likeness(x, y)
        if not _worth(x, y, alike):
            continue
        found = weighed(x, y, alike)
        if found.same:
            same.append(Pair(a, b, found))
        elif link := link_of(x, y, found):
            links.append(Pair(a, b, found, link))
        elif found.score >= POSSIBLE and not found.apart:
            doubtful.append(Pair(a, b, found))
    groups, merges, refused = _joined(same, sides, said)
    home = {place: number for number, group in enumerate(groups) for place in group}

    def between(found: list[Pair]) -> tuple[Pair, ...]:
        return tuple(one for one in found if home.get(one.a, -1) != home.get(one.b, -2))

    return Found(groups, merges, between(links), between([*doubtful, *refused]), compared)


def _by_a_person(pairs: Places, sides: Sequence[Side], link: str = "") -> list[Pair]:
    reasons = ((BY_A_PERSON, 0.0),)
    return [
        Pair(a, b, Weighed(weighed(sides[a], sides[b]).score, reasons), link)
        for a, b in sorted(pairs)
    ]


def _worth(x: Side, y: Side, alike: float) -> bool:
    """Whether a pair can be copies or belong together at all: what is cheap is asked first."""
    if alike >= APART:
        return True
    if x.first and x.first == y.first and x.volume == y.volume:
        return other_script(x, y) or not set(x.families).isdisjoint(y.names)
    if (x.pmid and x.pmid == y.pmid) or (x.doi and x.doi == y.doi):
        return True
    if (x.cochrane and x.cochrane == y.cochrane) or (x.number and x.number == y.number):
        return True
    short, long = (x, y) if len(x.squeezed) < len(y.squeezed) else (y, x)
    if len(short.squeezed) < 22:
        return False
    return short.squeezed in long.squeezed or (
        len(long.head) >= 22
        and long.head[:9] == short.squeezed[:9]
        and abs(len(long.head) - len(short.squeezed)) < 6
    )


def _joined(
    same: list[Pair], sides: Sequence[Side], said: Said
) -> tuple[tuple[tuple[int, ...], ...], tuple[Pair, ...], list[Pair]]:
    """Groups from the surest pair down; one that brings a contradiction into a group is refused."""
    group: dict[int, list[int]] = {}
    merges: list[Pair] = []
    refused: list[Pair] = []
    placed = {place for pair in said.together for place in pair}

    def order(pair: Pair) -> tuple[bool, float, int, int]:
        return ((pair.a, pair.b) not in said.together, -pair.weighed.score, pair.a, pair.b)

    for one in sorted(same, key=order):
        left = group.get(one.a) or [one.a]
        right = group.get(one.b) or [one.b]
        if left is right:
            continue
        forbidden = said.apart and any(
            (min(a, b), max(a, b)) in said.apart for a in left for b in right
        )
        sure = (one.a, one.b) in said.together
        if forbidden or (not sure and _against(left, right, sides, one, placed)):
            refused.append(one)
            continue
        whole = left + right
        for place in whole:
            group[place] = whole
        merges.append(one)
    groups = {id(one): tuple(sorted(one)) for one in group.values()}
    return tuple(sorted(groups.values())), tuple(merges), refused


def _against(
    left: list[int], right: list[int], sides: Sequence[Side], pair: Pair, said: set[int]
) -> bool:
    """Whether a pair within the joined groups speaks against it; not of what a person joined."""
    for a in left[:12]:
        for b in right[:12]:
            if a in said or b in said or (a, b) == (pair.a, pair.b) or (b, a) == (pair.a, pair.b):
                continue
            found = weighed(sides[a], sides[b])
            against = sum(
                weight for name, weight in found.reasons if weight < 0 and name != TRANSLATED
            )
            if found.apart or (found.score < SAME and against <= CONTRADICTED):
                return True
    return False
