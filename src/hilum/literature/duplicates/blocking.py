"""Pairs worth comparing: records that share a key, in blocks of bounded size.

Work grows with the number of records, not with its square: a block that many share (a title such
as "Editorial") is looked through in a window of neighbours only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Final

from hilum.literature.duplicates.folding import GENERIC, PLAIN
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.duplicates.side import Side
    from hilum.watch import Watch

LARGE: Final = 24
"""Records in a block up to which every pair is compared."""
WINDOW: Final = 4
"""Neighbours compared in a larger block, in the order of title and of place."""
TITLED: Final = "tw"
"""Keys made of a title: in a large block of theirs the order of titles is enough."""
RARE: Final = 4
"""Rarest words of a title that are paired into keys."""


def pairs(sides: Sequence[Side], watch: Watch = SILENT) -> Iterator[tuple[int, int]]:
    """Places of two records each, the smaller first, once each.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    often: Counter[str] = Counter()
    for one in sides:
        often.update(set(one.title.split()))
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(sides):
        for key in keys(one, often):
            blocks[key].append(place)
    seen: set[int] = set()
    count = len(sides)
    watch.stage("pairing", len(blocks))
    for step, (key, block) in enumerate(blocks.items()):
        if step % 1000 == 0:
            watch.done(1000 if step else 0)
        if len(block) < 2:
            continue
        for x, y in _within(block, sides, titled=key[0] in TITLED):
            code = x * count + y if x < y else y * count + x
            if code not in seen:
                seen.add(code)
                yield divmod(code, count)


def _within(block: list[int], sides: Sequence[Side], *, titled: bool) -> Iterator[tuple[int, int]]:
    if len(block) <= LARGE:
        yield from combinations(block, 2)
        return
    orders = [lambda n: (sides[n].squeezed, sides[n].year, sides[n].first)]
    if not titled:
        orders.append(lambda n: (sides[n].volume, sides[n].first, sides[n].year))
    for order in orders:
        listed = sorted(block, key=order)
        for at, x in enumerate(listed):
            for y in listed[at + 1 : at + 1 + WINDOW]:
                yield x, y


def keys(one: Side, often: Counter[str]) -> Iterator[str]:
    """The blocks of a record."""
    if one.squeezed:
        yield f"t{one.squeezed[:24]}"
    if one.other:
        yield f"t{one.other[:24]}"
    telling = [w for w in dict.fromkeys(one.title.split()) if len(w) > 2 and w not in PLAIN]
    told = [w for w in telling if w not in GENERIC] or telling
    rare = sorted(told, key=lambda word: (often[word], word))[:RARE]
    for at, x in enumerate(rare):
        for y in rare[at + 1 :]:
            yield f"w{x} {y}" if x < y else f"w{y} {x}"
    if one.first and one.volume:
        yield f"p{one.volume} {one.first}"
    if one.first and one.year:
        yield f"y{one.year} {one.first}"
    if one.families and one.first:
        yield f"a{one.families[0]} {one.first}"
    if one.families and one.year:
        yield f"f{one.families[0]} {one.year} {one.volume}"
    if one.doi:
        yield f"d{one.doi}"
    if one.pmid:
        yield f"m{one.pmid}"
    if one.cochrane:
        yield f"c{one.cochrane}"
    if one.number:
        yield f"n{one.number}"
