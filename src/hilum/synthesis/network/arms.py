"""Arm-level data into contrasts, by the pooling engine's effect measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import NotEstimable
from hilum.synthesis.arrays import Array, Mask, Numbers, columns, sums
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.effects.counts import corrected
from hilum.synthesis.effects.means import exact_correction
from hilum.synthesis.network.contrasts import Contrasts, assembled
from hilum.synthesis.network.faults import RowFault, of_arms, refuse_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.effects.counts import Correct

EVENTS: Final = ("event", "n")
RATES: Final = ("event", "time")
MEANS: Final = ("mean", "sd", "n")

ARM_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("OR", "RR", "RD", "AS", "PETO"), EVENTS),
    **dict.fromkeys(("IRR", "IRD", "IRSD"), RATES),
    **dict.fromkeys(("MD", "SMD", "ROM"), MEANS),
}
"""Columns of one arm for each measure of a contrast."""


def arm_faults(
    measure: str, studlab: Sequence[str], treat: Sequence[str], data: Mapping[str, Array]
) -> list[RowFault]:
    """Every fault of arm-level rows: names, doubled arms, single arms, numbers out of range."""
    out = of_arms(studlab, treat)
    values = {name: data[name] for name in ARM_COLUMNS[measure]}

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
        check("n", values["n"] <= least, f"more than {least} patients")
        if "event" in values:
            over = (values["event"] > values["n"]) & (values["n"] > 0)
            for row in np.flatnonzero(over):
                seen = f"{values['event'][row]:g}"
                out.append(RowFault(int(row), "event", seen, f"at most n = {values['n'][row]:g}"))
    if "time" in values:
        check("time", values["time"] <= 0, "a person-time above 0")
    if "sd" in values:
        check("sd", values["sd"] <= 0, "a standard deviation above 0")
    if measure == "ROM":
        check("mean", values["mean"] <= 0, "a mean above 0 (ROM is a ratio of means)")
    if measure == "PETO":
        arms = {study: list(studlab).count(study) for study in dict.fromkeys(studlab)}
        for row, study in enumerate(studlab):
            if arms[study] > 2 and list(studlab).index(study) == row:
                wanted = "two arms: Peto's odds ratios of more arms do not add up (use OR)"
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
        A key of :data:`ARM_COLUMNS`.
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
    if measure not in ARM_COLUMNS:
        message = f"measure {measure!r}: expected one of {', '.join(ARM_COLUMNS)} for arms"
        raise NotEstimable(message)
    labels, names = list(map(str, studlab)), list(map(str, treat))
    absent = [name for name in ARM_COLUMNS[measure] if name not in data]
    if absent:
        needs = ", ".join(ARM_COLUMNS[measure])
        message = f"measure {measure} needs the columns {needs}; missing: {', '.join(absent)}"
        raise NotEstimable(message)
    found = columns(**{name: data[name] for name in ARM_COLUMNS[measure]})
    values = dict(zip(ARM_COLUMNS[measure], found, strict=True))
    if {len(labels), len(names)} != {len(found[0])}:
        message = f"studlab, treat and the numbers differ in length: {len(labels)}, {len(names)}"
        raise NotEstimable(message)
    refuse_all(arm_faults(measure, labels, names, values))
    place: dict[str, list[int]] = {}
    for row, study in enumerate(labels):
        place.setdefault(study, []).append(row)
    studies = np.empty(len(labels), np.intp)
    for i, rows in enumerate(place.values()):
        studies[rows] = i
    silent, why = _silent(measure, values, studies)
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
    if "mean" in values:
        yi, vi = _means(measure, values, one, two, studies)
    else:
        yi, vi = _counts(measure, values, one, two, studies, add, to)
    return assembled(
        [labels[i] for i in first],
        [names[i] for i in first],
        [names[i] for i in second],
        yi,
        np.sqrt(vi),
        left,
    )


def _silent(
    measure: str, values: Mapping[str, Array], studies: Numbers
) -> tuple[list[bool], list[str]]:
    """Studies that carry nothing on a ratio, and the code of why."""
    count = int(studies.max()) + 1
    if measure not in ("OR", "RR", "PETO", "IRR"):
        return [False] * count, [""] * count
    events = sums(studies, values["event"], count)
    why = ["no_events" if total == 0 else "" for total in events]
    if "n" in values:
        rest = sums(studies, values["n"] - values["event"], count)
        why = [code or ("only_events" if r == 0 else "") for code, r in zip(why, rest, strict=True)]
    return [bool(code) for code in why], why


def _counts(
    measure: str,
    values: Mapping[str, Array],
    one: Numbers,
    two: Numbers,
    studies: Numbers,
    add: float,
    to: Correct,
) -> tuple[Array, Array]:
    event = values["event"]
    if measure in ("AS", "IRSD"):
        more = np.zeros(len(event))
    else:
        empty = event == 0
        if "n" in values:
            empty = empty | (event == values["n"])
        any_empty = sums(studies, empty, int(studies.max()) + 1) > 0
        more = corrected(any_empty, add, to)[studies]
    x = event + more
    if "n" in values:
        n = values["n"] + 2 * more
        data = {"ai": x[one], "n1i": n[one], "ci": x[two], "n2i": n[two]}
    else:
        t = values["time"]
        data = {"x1i": x[one], "t1i": t[one], "x2i": x[two], "t2i": t[two]}
    sizes = effect_sizes(measure, data, to="none")
    return sizes.yi, sizes.vi


def _means(
    measure: str, values: Mapping[str, Array], one: Numbers, two: Numbers, studies: Numbers
) -> tuple[Array, Array]:
    m, s, n = values["mean"], values["sd"], values["n"]
    data = {"m1i": m[one], "sd1i": s[one], "n1i": n[one]}
    data |= {"m2i": m[two], "sd2i": s[two], "n2i": n[two]}
    sizes = effect_sizes(measure, data)
    if measure != "SMD":
        return sizes.yi, sizes.vi
    count = np.bincount(studies)
    arms, total = count[studies[one]], sums(studies, n, len(count))
    df = total - count
    pooled = np.sqrt(sums(studies, (n - 1) * s**2, len(count)) / df)
    own = studies[one]
    g = exact_correction(df)[own] * (m[one] - m[two]) / pooled[own]
    variance = 1 / n[one] + 1 / n[two] + g**2 / (2 * total[own])
    return np.where(arms > 2, g, sizes.yi), np.where(arms > 2, variance, sizes.vi)
