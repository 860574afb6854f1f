"""Arm-level data into contrasts, by the pooling engine's effect measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.arrays import Array, Mask, Numbers, columns, sums
from hilum.synthesis.effects import MEASURES, Measure, effect_sizes
from hilum.synthesis.effects.counts import corrected
from hilum.synthesis.effects.means import exact_correction
from hilum.synthesis.effects.measures import EVENTS, MEANS, RATES
from hilum.synthesis.network.contrasts import Contrasts, assembled
from hilum.synthesis.network.faults import RowFault, of_arms, refuse_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.effects.counts import Correct

    Contrast = Callable[
        [Measure, Mapping[str, Array], Numbers, Numbers, Numbers, float, Correct],
        tuple[Array, Array],
    ]


def arm_columns() -> dict[str, tuple[str, ...]]:
    """Columns of one arm for each measure that arms can be compared on."""
    return {one.code: one.arm_columns for one in MEASURES.values() if one.arm_columns}


def arm_measure(measure: str) -> Measure:
    """The record of such a measure; another code lists the known ones."""
    known = {one.code: one for one in MEASURES.values() if one.arm_columns}
    return found(known, measure, "measure of arms")


def arm_faults(
    measure: str, studlab: Sequence[str], treat: Sequence[str], data: Mapping[str, Array]
) -> list[RowFault]:
    """Every fault of arm-level rows: names, doubled arms, single arms, numbers out of range."""
    out = of_arms(studlab, treat)
    record = arm_measure(measure)
    values = {name: data[name] for name in record.arm_columns}

    def check(column: str, wrong: Mask, expected: str) -> None:
        for row in np.flatnonzero(wrong):
            out.append(RowFault(int(row), column, f"{values[column][row]:g}", expected))

    silent = _unreported(studlab, values)
    for name, column in values.items():
        wanted = "a number: every arm of a study needs it"
        check(name, ~np.isfinite(column) & ~silent, wanted)
    if "event" in values:
        event = values["event"]
        check("event", event < 0, "0 or more events")
    if "n" in values:
        least = 1 if "sd" in values else 0
        check("n", values["n"] <= least, phrased("more than {least} patients", least=least))
        if "event" in values:
            over = (values["event"] > values["n"]) & (values["n"] > 0)
            for row in np.flatnonzero(over):
                seen = f"{values['event'][row]:g}"
                out.append(
                    RowFault(
                        int(row),
                        "event",
                        seen,
                        phrased("at most n = {values:g}", values=values["n"][row]),
                    )
                )
    if "time" in values:
        check("time", values["time"] <= 0, "a person-time above 0")
    if "sd" in values:
        check("sd", values["sd"] <= 0, "a standard deviation above 0")
    if record.positive_means:
        check(
            "mean",
            values["mean"] <= 0,
            phrased("a mean above 0 ({measure} is a ratio of means)", measure=measure),
        )
    if record.most_arms is not None:
        arms = {study: list(studlab).count(study) for study in dict.fromkeys(studlab)}
        for row, study in enumerate(studlab):
            if arms[study] > record.most_arms and list(studlab).index(study) == row:
                most = record.most_arms
                wanted = phrased(
                    "{most} arms: {measure} of more arms does not add up (use OR)",
                    most=most,
                    measure=measure,
                )
                out.append(RowFault(row, "studlab", study, wanted))
    return sorted(out, key=lambda fault: fault.row)


def _unreported(studlab: Sequence[str], values: Mapping[str, Array]) -> Mask:
    """Rows of studies that have no complete arm: they are left out, not at fault."""
    complete = np.all([np.isfinite(column) for column in values.values()], axis=0)
    reported = {study for study, own in zip(studlab, complete.tolist(), strict=True) if own}
    return np.array([study not in reported for study in studlab])


def contrasts_from_arms(
    measure: str,
    studlab: Sequence[object],
    treat: Sequence[object],
    data: Mapping[str, ArrayLike],
    *,
    add: float = 0.5,
    to: Correct = "only0",
) -> Contrasts:
    """Contrasts of every pair of arms within each study.

    Parameters
    ----------
    measure : str
        A code of :func:`arm_columns`.
    studlab, treat : sequence of length A
        Study and treatment of each arm.
    data : mapping of str to array_like, shape (A,)
        ``event`` and ``n``; ``event`` and ``time``; or ``mean``, ``sd`` and ``n``.
    add, to : float, {"only0", "all", "if0all", "none"}
        Correction of empty cells, as in :func:`effect_sizes`; it is given to all arms of a study
        that has an empty cell in any, so that the contrasts of a multi-arm study still add up.

    Raises
    ------
    NotEstimable
        Every fault of every row (:func:`arm_faults`), an unknown measure, or a missing column.

    Notes
    -----
    Studies with no event in any arm (OR, RR, IRR, PETO), or with nothing but events (OR, RR, PETO),
    say nothing of a ratio and are left out. SMDs of a study of three arms and more share one
    standard deviation, pooled over all arms, with the covariances of Gleser & Olkin 2009.
    """
    record = arm_measure(measure)
    labels, names = list(map(str, studlab)), list(map(str, treat))
    absent = [name for name in record.arm_columns if name not in data]
    if absent:
        needs = ", ".join(record.arm_columns)
        message = phrased(
            "measure {measure} needs the columns {needs}; missing: {absent}",
            measure=measure,
            needs=needs,
            absent=", ".join(absent),
        )
        raise NotEstimable(message)
    arrays = columns(**{name: data[name] for name in record.arm_columns})
    values = dict(zip(record.arm_columns, arrays, strict=True))
    if {len(labels), len(names)} != {len(arrays[0])}:
        message = phrased(
            "studlab, treat and the numbers differ in length: {number}, {number_2}",
            number=len(labels),
            number_2=len(names),
        )
        raise NotEstimable(message)
    refuse_all(arm_faults(measure, labels, names, values))
    place: dict[str, list[int]] = {}
    for row, study in enumerate(labels):
        place.setdefault(study, []).append(row)
    studies = np.empty(len(labels), np.intp)
    for i, rows in enumerate(place.values()):
        studies[rows] = i
    silent, why = _silent(record, values, studies)
    for i in np.unique(studies[_unreported(labels, values)]).tolist():
        silent[i], why[i] = True, "no_information"
    left = tuple((study, why[i]) for i, study in enumerate(place) if silent[i])
    first: list[int] = []
    second: list[int] = []
    for i, rows in enumerate(place.values()):
        if not silent[i]:
            for j, one in enumerate(rows):
                first += [one] * (len(rows) - j - 1)
                second += rows[j + 1 :]
    if not first:
        message = "no study with information on a contrast"
        raise NotEstimable(message)
    one, two = np.array(first), np.array(second)
    yi, vi = CONTRAST[record.arm_columns](record, values, one, two, studies, add, to)
    return assembled(
        [labels[i] for i in first],
        [names[i] for i in first],
        [names[i] for i in second],
        yi,
        np.sqrt(vi),
        left,
    )


def _silent(
    measure: Measure, values: Mapping[str, Array], studies: Numbers
) -> tuple[list[bool], list[str]]:
    """Studies that carry nothing on a ratio, and the code of why."""
    count = int(studies.max()) + 1
    if not measure.needs_events:
        return [False] * count, [""] * count
    events = sums(studies, values["event"], count)
    why = ["no_events" if total == 0 else "" for total in events]
    if "n" in values:
        rest = sums(studies, values["n"] - values["event"], count)
        why = [code or ("only_events" if r == 0 else "") for code, r in zip(why, rest, strict=True)]
    return [bool(code) for code in why], why


def _counts(
    measure: Measure,
    values: Mapping[str, Array],
    one: Numbers,
    two: Numbers,
    studies: Numbers,
    add: float,
    to: Correct,
) -> tuple[Array, Array]:
    event = values["event"]
    more = np.zeros(len(event))
    if measure.corrects:
        empty = event == 0
        if "n" in values:
            empty = empty | (event == values["n"])
        any_empty = sums(studies, empty, int(studies.max()) + 1) > 0
        more = corrected(any_empty, add, to)[studies]
    x = event + more
    size = values["n"] + 2 * more if "n" in values else values["time"]
    groups = (x[one], size[one], x[two], size[two])
    sizes = effect_sizes(measure.code, dict(zip(measure.columns, groups, strict=True)), to="none")
    return sizes.yi, sizes.vi


def _means(
    measure: Measure,
    values: Mapping[str, Array],
    one: Numbers,
    two: Numbers,
    studies: Numbers,
    add: float,
    to: Correct,
) -> tuple[Array, Array]:
    m, s, n = values["mean"], values["sd"], values["n"]
    groups = (m[one], s[one], n[one], m[two], s[two], n[two])
    data = dict(zip(measure.columns, groups, strict=True))
    sizes = effect_sizes(measure.code, data, add=add, to=to)
    if not measure.pooled_spread:
        return sizes.yi, sizes.vi
    count = np.bincount(studies)
    arms, total = count[studies[one]], sums(studies, n, len(count))
    df = total - count
    pooled = np.sqrt(sums(studies, (n - 1) * s**2, len(count)) / df)
    own = studies[one]
    g = exact_correction(df)[own] * (m[one] - m[two]) / pooled[own]
    variance = 1 / n[one] + 1 / n[two] + g**2 / (2 * total[own])
    return np.where(arms > 2, g, sizes.yi), np.where(arms > 2, variance, sizes.vi)


# How arms become contrasts, by what an arm's row holds.
CONTRAST: Final[dict[tuple[str, ...], Contrast]] = {EVENTS: _counts, RATES: _counts, MEANS: _means}
