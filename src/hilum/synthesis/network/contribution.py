"""How much each direct comparison, and each study, contributes to each network estimate.

A row of the hat matrix is a flow of evidence from one treatment to the other through the network's
direct comparisons (Koenig 2013). It is cut into streams along paths, and a stream's weight is
shared equally by the comparisons of its path.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import sums

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Numbers
    from hilum.synthesis.network.fit import NetworkFit

# A flow of less than this share of the evidence is rounding.
NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Hat:
    """Hat matrix on aggregated direct comparisons.

    Attributes
    ----------
    comparisons : ndarray of int, shape (c, 2)
        Pairs of treatments (row, column; row < column) with direct evidence.
    pairs : ndarray of int, shape (n (n - 1) / 2, 2)
        All pairs, whose network estimates are the rows.
    matrix : ndarray, shape (n (n - 1) / 2, c)
        Network estimates = matrix @ direct estimates.
    weight : ndarray, shape (c,)
        Weight of each direct comparison, added up over studies; that of multi-arm studies reduced
        (Ruecker & Schwarzer 2014).
    study_weight : ndarray, shape (k, c)
        The same study by study.
    """

    comparisons: Numbers
    pairs: Numbers
    matrix: Array
    weight: Array
    study_weight: Array


def hat_matrix(fit: NetworkFit, *, random: bool = True) -> Hat:
    """Aggregated hat matrix H = B L^+ B' W at the common or random effects' weights.

    Raises
    ------
    NotEstimable
        A multi-arm study whose variances give a comparison a weight below 0.
    """
    evidence, n = fit.contrasts, fit.n
    solution = fit.solved_random if random else fit.solved
    rows = fit.geometry.rows
    low = np.minimum(evidence.treat1, evidence.treat2)
    high = np.maximum(evidence.treat1, evidence.treat2)
    present = np.zeros((n, n), np.bool_)
    present[low, high] = True
    first, second = np.triu_indices(n, 1)
    direct = np.flatnonzero(present[first, second])
    column = np.full((n, n), -1)
    column[first[direct], second[direct]] = np.arange(len(direct))
    # Off the diagonal of a study's Laplacian stand its edge weights, with a minus.
    place = column.ravel()[fit.geometry.flat]
    there = place >= 0
    study = np.broadcast_to(rows.study[:, None], place.shape)[there]
    values = -(solution.w[:, None] * fit.geometry.products)[there]
    edges = sums(study * len(direct) + place[there], values, evidence.k * len(direct))
    edges = edges.reshape(evidence.k, len(direct))
    bad = np.argwhere(edges < -1e-9 * edges.max())
    if len(bad):
        study, at = bad[0]
        a, b = first[direct[at]], second[direct[at]]
        message = phrased(
            "study {studies!r}: its variances give {treatments} - "
            "{treatments_2} a weight below 0; contributions have no meaning",
            studies=evidence.studies[study],
            treatments=evidence.treatments[a],
            treatments_2=evidence.treatments[b],
        )
        raise NotEstimable(message)
    weight = edges.sum(0)
    pairs = np.stack([first, second], 1)
    comparisons = pairs[direct]
    inverse = solution.inverse
    across = inverse[first] - inverse[second]
    matrix = (across[:, comparisons[:, 0]] - across[:, comparisons[:, 1]]) * weight
    return Hat(comparisons, pairs, matrix, weight, edges)


def contributions(
    hat: Hat, *, method: Literal["randomwalk", "shortestpath"] = "randomwalk"
) -> Array:
    """Share of every direct comparison in every network estimate; rows add up to 1.

    Parameters
    ----------
    hat : Hat
    method : {"randomwalk", "shortestpath"}
        Random walk along the flow (Davies 2022), which has one answer and is computed here without
        listing paths; or streams by repeated shortest paths (Papakonstantinou 2018), where ties
        between paths are broken by the order of treatments.

    Returns
    -------
    ndarray, shape (n (n - 1) / 2, c)
    """
    if method not in ("randomwalk", "shortestpath"):
        message = phrased("method {method!r}: expected randomwalk or shortestpath", method=method)
        raise NotEstimable(message)
    out = np.zeros_like(hat.matrix)
    n = int(hat.pairs.max()) + 1
    share = _walk if method == "randomwalk" else _shortest
    for row, (source, sink) in enumerate(hat.pairs.tolist()):
        flow = np.zeros((n, n))
        a, b = hat.comparisons.T
        flow[a, b] = np.maximum(hat.matrix[row], 0.0)
        flow[b, a] = np.maximum(-hat.matrix[row], 0.0)
        flow[flow < NOTHING] = 0.0
        used = share(flow, source, sink)
        out[row] = used[a, b] + used[b, a]
    return out


def study_contributions(hat: Hat, shares: Array) -> Array:
    """Share of every study in every network estimate, shape (n (n - 1) / 2, k).

    A comparison's contribution is divided among its studies by their weights.
    """
    return shares @ (hat.study_weight / hat.weight).T


def _walk(flow: Array, source: int, sink: int) -> Array:
    """Sum over paths of probability / length, edge by edge.

    The flow has no cycle, so the probability of reaching a treatment after l steps, and of
    reaching the sink from it in m more, are two recursions of at most n - 1 steps; an edge then
    gets sum over l, m of forward_l p backward_m / (l + 1 + m).
    """
    n = len(flow)
    out = flow.sum(1)
    step = flow / np.where(out > 0, out, 1.0)[:, None]
    step[sink] = 0.0
    forward, backward = [np.eye(n)[source]], [np.eye(n)[sink]]
    for _ in range(n - 1):
        forward.append(forward[-1] @ step)
        backward.append(step @ backward[-1])
        if not forward[-1].any() and not backward[-1].any():
            break
    f, b = np.array(forward), np.array(backward)
    length = np.arange(len(f))[:, None] + 1.0 + np.arange(len(b))
    return step * (f.T @ (1 / length) @ b)


def _shortest(flow: Array, source: int, sink: int) -> Array:
    """Take the shortest path, and the flow that fits through it, until nothing is left."""
    left = flow.copy()
    used = np.zeros_like(flow)
    while True:
        path = _path(left, source, sink)
        if path is None:
            return used
        start, end = path[:-1], path[1:]
        stream = left[start, end].min()
        left[start, end] -= stream
        left[left < NOTHING] = 0.0
        used[start, end] += stream / len(start)


def _path(flow: Array, source: int, sink: int) -> list[int] | None:
    came: dict[int, int] = {source: source}
    queue = deque([source])
    while queue:
        here = queue.popleft()
        for there in np.flatnonzero(flow[here]).tolist():
            if there not in came:
                came[there] = here
                if there == sink:
                    path = [sink]
                    while path[-1] != source:
                        path.append(came[path[-1]])
                    return path[::-1]
                queue.append(there)
    return None
