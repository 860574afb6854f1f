"""Drafts for every comparison of a network at once, from the arrays that a network fit returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hilum.errors import Fault, InputError, phrased
from hilum.synthesis.certainty.cinema import NetworkBody, Rule, Suspicion, cinema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.certainty.certainty import Certainty
    from hilum.synthesis.certainty.grade import Interval
    from hilum.synthesis.certainty.thresholds import Thresholds


def rate_network(
    comparisons: Sequence[str],
    studies: Sequence[str],
    *,
    scale: Literal["ratio", "difference"],
    ci: ArrayLike,
    contributions: ArrayLike,
    prediction: ArrayLike | None = None,
    direct: ArrayLike | None = None,
    indirect: ArrayLike | None = None,
    side_p: ArrayLike | None = None,
    interaction_p: float | None = None,
    bias: Mapping[str, str | None] | None = None,
    indirectness: Mapping[str, str] | None = None,
    designs: Mapping[str, str] | None = None,
    reporting: Mapping[str, Suspicion] | None = None,
    thresholds: Thresholds | None = None,
    rule: Rule = "majority",
) -> dict[str, Certainty]:
    """Draft CINeMA for m comparisons of a network of k studies.

    Parameters
    ----------
    comparisons, studies : sequence of str, length m and k
        Ids; each once.
    scale : str
        ``ratio`` or ``difference``: the scale of the intervals, which are natural (ratios, not
        their logarithms).
    ci, prediction, direct, indirect : array, shape (m, 2)
        Ends of the intervals; NaN where there is none (a comparison without direct evidence, say).
        ``ci`` has no NaN.
    contributions : array, shape (m, k)
        Contribution of each study to each comparison, any unit, 0 where it has none.
    side_p : array, shape (m,), optional
        p of the difference between direct and indirect; NaN where there is none.
    interaction_p : float, optional
        p of the design-by-treatment interaction of the whole network.
    bias, indirectness, designs : mapping of study, optional
        As for :class:`NetworkBody`.
    reporting : mapping of comparison, optional
        A person's judgement of reporting bias.
    thresholds, rule
        As for :func:`cinema`.

    Returns
    -------
    dict of str to Certainty
        By comparison, in the order given.

    Raises
    ------
    InputError
        A shape that does not fit, an id twice, a name that is not one of the network's.
    """
    import numpy as np

    m, k = len(comparisons), len(studies)
    faults: list[Fault] = []

    def shaped(name: str, given: ArrayLike | None, shape: tuple[int, ...]) -> Array:
        if given is None:
            return np.full(shape, np.nan)
        array = np.asarray(given, dtype=float)
        if array.shape != shape:
            faults.append(
                Fault(
                    "network",
                    None,
                    name,
                    str(array.shape),
                    phrased("the shape {shape}", shape=shape),
                )
            )
            return np.full(shape, np.nan)
        return array

    ends = {
        name: shaped(name, given, (m, 2))
        for name, given in (
            ("ci", ci),
            ("prediction", prediction),
            ("direct", direct),
            ("indirect", indirect),
        )
    }
    shares = shaped("contributions", contributions, (m, k))
    p = shaped("side_p", side_p, (m,))
    for name, ids in (("comparisons", comparisons), ("studies", studies)):
        faults += [
            Fault("network", None, name, one, "each id once")
            for one in set(ids)
            if ids.count(one) > 1
        ]
    named = (
        ("bias", bias, studies),
        ("indirectness", indirectness, studies),
        ("designs", designs, studies),
        ("reporting", reporting, comparisons),
    )
    for name, given, known in named:
        faults += [
            Fault(
                "network",
                None,
                name,
                one,
                phrased("one of the network's {number}", number=len(known)),
            )
            for one in given or {}
            if one not in known
        ]
    if not faults and np.isnan(ends["ci"]).any():
        faults.append(Fault("network", None, "ci", "nan", "an interval for every comparison"))
    if faults:
        raise InputError(*faults)

    def interval(name: str, i: int) -> Interval | None:
        low, high = ends[name][i]
        return None if np.isnan(low) or np.isnan(high) else (float(low), float(high))

    out: dict[str, Certainty] = {}
    for i, comparison in enumerate(comparisons):
        low, high = ends["ci"][i]
        body = NetworkBody(
            scale,
            (float(low), float(high)),
            {study: float(one) for study, one in zip(studies, shares[i], strict=True)},
            prediction=interval("prediction", i),
            direct=interval("direct", i),
            indirect=interval("indirect", i),
            bias=bias,
            indirectness=indirectness,
            designs=designs,
            side_p=None if np.isnan(p[i]) else float(p[i]),
            interaction_p=interaction_p,
            reporting=(reporting or {}).get(comparison),
        )
        out[comparison] = cinema(body, thresholds, rule=rule)
    return out
