"""Which treatments the studies link by comparing them, and which studies lie on the way."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.synthesis.joint.data import COMPARATIVE, RANDOMISED

if TYPE_CHECKING:
    from hilum.synthesis.joint.data import Studies

Edges = dict[int, set[int]]
NO_CURRENT: Final = 1e-9


def held_by(studies: Studies, study: int) -> set[int]:
    """Treatments that a study compares, in arms or in a contrast."""
    out = {int(t) for t in studies.treatment[studies.study == study]}
    return out | {int(t) for row in studies.contrast if row[0] == study for t in row[1:]}


def edges(studies: Studies, designs: tuple[int, ...]) -> Edges:
    """Treatments compared with each, by studies of some designs."""
    out: Edges = {}
    for s in range(studies.count):
        if studies.design[s] not in designs:
            continue
        held = held_by(studies, s)
        for one in held:
            out.setdefault(one, set()).update(held - {one})
    return out


def path(known: Edges, a: int, b: int) -> list[int]:
    """Treatments on the shortest way from one to another; empty without one."""
    before: dict[int, int] = {a: a}
    queue = [a]
    for one in queue:
        for other in sorted(known.get(one, ())):
            if other not in before:
                before[other] = one
                queue.append(other)
    if b not in before:
        return []
    out = [b]
    while out[-1] != a:
        out.append(before[out[-1]])
    return out[::-1]


def on_the_way(studies: Studies, designs: tuple[int, ...], a: int, b: int) -> set[int]:
    """Studies with a comparison on some path of comparisons between two treatments.

    A unit current is sent from one to the other through the network with a conductance of each
    comparison; it flows exactly through the comparisons that lie on a path (Ruecker 2012). The
    conductances are uneven, so that no bridge is balanced by chance.
    """
    known = edges(studies, designs)
    if not path(known, a, b):
        return set()
    count = len(studies.treatments)
    laplace = np.zeros((count, count))
    weight = np.random.default_rng(1).uniform(1, 2, (count, count))
    for i, others in known.items():
        for j in others:
            conductance = weight[min(i, j), max(i, j)]
            laplace[i, i] += conductance
            laplace[i, j] -= conductance
    current = np.zeros(count)
    current[a], current[b] = 1.0, -1.0
    voltage = np.linalg.pinv(laplace) @ current
    return {
        s
        for s in range(studies.count)
        if studies.design[s] in designs
        and any(
            abs(voltage[i] - voltage[j]) > NO_CURRENT
            for i, j in combinations(sorted(held_by(studies, s)), 2)
        )
    }


def components(studies: Studies, *, randomised_only: bool = False) -> tuple[tuple[str, ...], ...]:
    """Treatments linked by comparisons, a group each; a lone treatment is a group of its own."""
    known = edges(studies, (RANDOMISED,) if randomised_only else (RANDOMISED, COMPARATIVE))
    left, out = list(range(len(studies.treatments))), []
    while left:
        group = [left[0]]
        for one in group:
            group += sorted(known.get(one, set()) - set(group))
        out.append(tuple(studies.treatments[t] for t in sorted(group)))
        left = [t for t in left if t not in group]
    return tuple(out)
