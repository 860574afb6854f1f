"""Drafts for every comparison of a network at once, from the arrays that a network fit returns."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Literal

from hilum.errors import Fault, InputError, phrased
from hilum.synthesis.certainty.cinema import NetworkBody, Rule, Suspicion, cinema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.certainty.body import Interval
    from hilum.synthesis.certainty.certainty import Certainty
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
    interaction_common: bool = False,
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
    interaction_common : bool
        As for :class:`NetworkBody`.
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
    ends = {
        name: _shaped(name, given, (m, 2), faults)
        for name, given in (
            ("ci", ci),
            ("prediction", prediction),
            ("direct", direct),
            ("indirect", indirect),
        )
    }
    shares = _shaped("contributions", contributions, (m, k), faults)
    p = _shaped("side_p", side_p, (m,), faults)
    faults += _twice("comparisons", comparisons)
    faults += _twice("studies", studies)
    faults += _strangers("bias", bias, studies)
    faults += _strangers("indirectness", indirectness, studies)
    faults += _strangers("designs", designs, studies)
    faults += _strangers("reporting", reporting, comparisons)
    if not faults and np.isnan(ends["ci"]).any():
        faults.append(Fault("network", None, "ci", "nan", "an interval for every comparison"))
    if faults:
        raise InputError(*faults)
    out: dict[str, Certainty] = {}
    for i, comparison in enumerate(comparisons):
        low, high = ends["ci"][i]
        body = NetworkBody(
            scale,
            (float(low), float(high)),
            {study: float(one) for study, one in zip(studies, shares[i], strict=True)},
            prediction=_interval(ends["prediction"][i]),
            direct=_interval(ends["direct"][i]),
            indirect=_interval(ends["indirect"][i]),
            bias=bias,
            indirectness=indirectness,
            designs=designs,
            side_p=None if np.isnan(p[i]) else float(p[i]),
            interaction_p=interaction_p,
            interaction_common=interaction_common,
            reporting=(reporting or {}).get(comparison),
        )
        out[comparison] = cinema(body, thresholds, rule=rule)
    return out


def _shaped(
    name: str, given: ArrayLike | None, shape: tuple[int, ...], faults: list[Fault]
) -> Array:
    """As floats, NaN where nothing is given; a wrong shape joins the faults, told all at once."""
    import numpy as np

    if given is None:
        return np.full(shape, np.nan)
    array = np.asarray(given, dtype=float)
    if array.shape != shape:
        expected = phrased("the shape {shape}", shape=shape)
        faults.append(Fault("network", None, name, str(array.shape), expected))
        return np.full(shape, np.nan)
    return array


def _twice(name: str, ids: Sequence[str]) -> list[Fault]:
    """Ids given twice: what is said of one of them would be said of both."""
    return [
        Fault("network", None, name, one, "each id once") for one in set(ids) if ids.count(one) > 1
    ]


def _strangers(name: str, given: Iterable[str] | None, known: Sequence[str]) -> list[Fault]:
    """Ids that the network does not have: a misspelt one would leave its judgement unused."""
    expected = phrased("one of the network's {number}", number=len(known))
    return [Fault("network", None, name, one, expected) for one in given or () if one not in known]


def _interval(ends: Array) -> Interval | None:
    """``None`` where an end is missing, as the body of evidence says it."""
    low, high = map(float, ends)
    return None if isnan(low) or isnan(high) else (low, high)
