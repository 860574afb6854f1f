"""Which treatments a network connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.network.contrasts import Contrasts


def components(evidence: Contrasts) -> list[list[int]]:
    """Treatments of each connected component, the largest component first."""
    root = list(range(evidence.n))
    left = evidence.n
    for a, b in zip(evidence.treat1.tolist(), evidence.treat2.tolist(), strict=True):
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a != b:
            root[b] = a
            left -= 1
            if left == 1:
                return [list(range(evidence.n))]
    groups: dict[int, list[int]] = {}
    for treatment in range(evidence.n):
        at = treatment
        while root[at] != at:
            at = root[at]
        groups.setdefault(at, []).append(treatment)
    return sorted(groups.values(), key=lambda part: (-len(part), part))


def separate(evidence: Contrasts) -> list[Contrasts]:
    """One set of contrasts a component, the largest first; one alone where all is connected."""
    parts = components(evidence)
    if len(parts) == 1:
        return [evidence]
    owner = np.empty(evidence.n, np.intp)
    for i, part in enumerate(parts):
        owner[part] = i
    of_study = np.empty(evidence.k, np.intp)
    of_study[evidence.study] = owner[evidence.treat1]
    return [evidence.part(of_study == i) for i in range(len(parts))]
