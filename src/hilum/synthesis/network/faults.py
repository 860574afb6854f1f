"""What can be wrong with the rows of a network: every fault, each with its row and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, Phrase, phrased

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.synthesis.arrays import Array

# Three contrasts of one study close to a triangle up to rounding in print (netmeta's default).
TOLERANCE = 1e-3
# An arm whose variance is a smaller part of the largest contrast's than this would hold a thousand
# times the others' patients: comparisons entered as if each had a control group of its own.
SHARED = 1e-3


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault: row (from 0), column, value, what was expected, the row it clashes with."""

    row: int
    column: str
    value: str
    expected: str
    other: int | None = None

    @property
    def phrase(self) -> Phrase:
        """Its place, what was seen and what was expected, to be said in a language."""
        return phrased(
            "row {row}: {column} {value!r}: expected {expected}",
            row=self.row + 1,
            column=self.column,
            value=self.value,
            expected=self.wanted(None if self.other is None else self.other + 1),
        )

    def wanted(self, other: int | None) -> str:
        """What was expected, with the number of the row it clashes with."""
        if other is None:
            return self.expected
        return phrased("{expected} (row {row})", expected=self.expected, row=other)


def refuse_all(faults: Iterable[RowFault]) -> None:
    """Raise one error that lists every fault, if there is one.

    Raises
    ------
    NotEstimable
    """
    found = list(faults)
    if found:
        raise NotEstimable(*(fault.phrase for fault in found))


def of_contrasts(
    studlab: Sequence[str],
    treat1: Sequence[str],
    treat2: Sequence[str],
    te: Array,
    se: Array,
    tolerance: float = TOLERANCE,
    rounding: Array | None = None,
) -> list[RowFault]:
    """Faults of contrast-level rows; rows without TE or seTE (NaN) are no fault by themselves.

    A study of a arms needs all a (a - 1) / 2 contrasts: the standard errors of fewer do not
    determine their covariances. The effects must add up round every triangle to ``tolerance``, or
    to what each of them may be off by its ``rounding`` (shape (m,)) where that is more; the
    variances must be those of independent arms.
    """
    out = of_names(
        [
            (row, column, name)
            for row, pair in enumerate(zip(treat1, treat2, strict=True))
            for column, name in zip(("treat1", "treat2"), pair, strict=True)
        ]
    )
    for row, (study, a, b) in enumerate(zip(studlab, treat1, treat2, strict=True)):
        for column, name in (("studlab", study), ("treat1", a), ("treat2", b)):
            if not name:
                out.append(RowFault(row, column, "", "a name"))
        if a and a == b:
            out.append(RowFault(row, "treat2", b, "another treatment than treat1"))
    for row in np.flatnonzero(np.isinf(te)):
        out.append(RowFault(int(row), "TE", f"{te[row]:g}", "a finite effect"))
    for row in np.flatnonzero((se <= 0) | np.isinf(se)):
        out.append(RowFault(int(row), "seTE", f"{se[row]:g}", "a finite standard error above 0"))
    if out:
        return out
    rows: dict[str, list[int]] = {}
    for row, study in enumerate(studlab):
        rows.setdefault(study, []).append(row)
    for study, own in rows.items():
        if len(own) > 1:
            out += _of_study(study, own, treat1, treat2, te, se, tolerance, rounding)
    return out


def _of_study(
    study: str,
    rows: list[int],
    treat1: Sequence[str],
    treat2: Sequence[str],
    te: Array,
    se: Array,
    tolerance: float,
    rounding: Array | None,
) -> list[RowFault]:
    seen: dict[frozenset[str], int] = {}
    for row in rows:
        pair = frozenset((treat1[row], treat2[row]))
        if pair in seen:
            wanted = phrased("each comparison of study {study!r} once", study=study)
            return [RowFault(row, "treat2", treat2[row], wanted, seen[pair])]
        seen[pair] = row
    names = sorted({name for pair in seen for name in pair})
    absent = [
        f"{a} - {b}"
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if frozenset((a, b)) not in seen
    ]
    if absent:
        wanted = phrased(
            "all {number} comparisons of the {number_2} treatments of study "
            "{study!r} (or another studlab); missing: {absent}",
            number=len(names) * (len(names) - 1) // 2,
            number_2=len(names),
            study=study,
            absent=", ".join(absent),
        )
        return [RowFault(rows[-1], "studlab", study, wanted)]
    unknown = [row for row in rows if np.isnan(te[row]) or np.isnan(se[row])]
    if unknown:
        if len(unknown) == len(rows):
            return []
        column = "TE" if np.isnan(te[unknown[0]]) else "seTE"
        wanted = phrased(
            "a number: a study of {number} arms needs all its comparisons", number=len(names)
        )
        return [RowFault(unknown[0], column, "", wanted)]
    return _contradictions(study, names, seen, treat1, te, se, tolerance, rounding)


def rounded_up(value: float) -> float:
    """To two digits, never below."""
    unit = 10.0 ** (np.floor(np.log10(value)) - 1)
    return float(np.ceil(value / unit - 1e-9) * unit)


def _contradictions(
    study: str,
    names: list[str],
    seen: dict[frozenset[str], int],
    treat1: Sequence[str],
    te: Array,
    se: Array,
    tolerance: float,
    rounding: Array | None,
) -> list[RowFault]:
    a = len(names)
    effects, variances, rooms = (np.zeros((a, a)) for _ in range(3))
    for i in range(a):
        for j in range(i + 1, a):
            row = seen[frozenset((names[i], names[j]))]
            sign = 1.0 if treat1[row] == names[i] else -1.0
            effects[i, j], effects[j, i] = sign * te[row], -sign * te[row]
            variances[i, j] = variances[j, i] = se[row] ** 2
            rooms[i, j] = rooms[j, i] = 0.0 if rounding is None else rounding[row]
    level = effects.mean(1)
    # The mean gap of the triangles of a pair is a share of what they fail to close by in sum.
    gap = a * np.abs(effects - (level[:, None] - level))
    own = rooms.sum(1)
    allowed = (a - 4) * rooms + own[:, None] + own
    over = np.where(gap > allowed + 1e-9, gap, 0.0)
    i, j = (int(place) for place in np.unravel_index(over.argmax(), over.shape))
    if over[i, j] > tolerance:
        row = seen[frozenset((names[i], names[j]))]
        wanted = phrased(
            "about {sign:.4g}: the effects of study {study!r} must add up ({names}); where they "
            "were rounded, ask with a tolerance of {enough:.2g}",
            sign=np.sign(effects[i, j] * te[row]) * (level[i] - level[j]),
            study=study,
            names=", ".join(names),
            enough=rounded_up(over[i, j]),
        )
        return [RowFault(row, "TE", f"{te[row]:g}", wanted)]
    # s_i + s_j = V_ij in least squares (Ruecker 2012); an arm's variance cannot be negative.
    arms = (variances.sum(1) - variances.sum() / (2 * (a - 1))) / (a - 2)
    low = int(arms.argmin())
    if arms[low] < -1e-6 * variances.max():
        others = [seen[frozenset((names[low], name))] for name in names if name != names[low]]
        row = min(others, key=lambda r: se[r])
        wanted = phrased(
            "standard errors that independent arms of study {study!r} can "
            "have; these give {names!r} the variance {arms:.3g}",
            study=study,
            names=names[low],
            arms=arms[low],
        )
        return [RowFault(row, "seTE", f"{se[row]:g}", wanted)]
    if arms[low] < SHARED * variances.max():
        apart = [own for pair, own in seen.items() if names[low] not in pair]
        row = max(apart, key=lambda r: se[r])
        wanted = phrased(
            "a standard error of arms that share {names!r}: that of study {study!r} is as if its "
            "comparisons were independent (take it from the same arms)",
            study=study,
            names=names[low],
        )
        return [RowFault(row, "seTE", f"{se[row]:.4g}", wanted)]
    centre = np.eye(a) - 1 / a
    roots = np.linalg.eigvalsh(-centre @ variances @ centre)
    if roots[1] <= 1e-10 * roots[-1]:
        row = min(seen.values(), key=lambda r: se[r])
        wanted = phrased(
            "standard errors that arms of study {study!r} can have together", study=study
        )
        return [RowFault(row, "seTE", f"{se[row]:g}", wanted)]
    return []


def of_names(names: Sequence[tuple[int, str, str]]) -> list[RowFault]:
    """Treatments whose names differ only in case or spaces; ``names`` holds (row, column, name)."""
    out: list[RowFault] = []
    spelling: dict[str, tuple[str, int]] = {}
    told: set[str] = set()
    for row, column, name in names:
        known, first = spelling.setdefault("".join(name.casefold().split()), (name, row))
        if name != known and name not in told:
            told.add(name)
            out.append(
                RowFault(
                    row, column, name, phrased("one spelling of {known!r}", known=known), first
                )
            )
    return out


def of_arms(studlab: Sequence[str], treat: Sequence[str]) -> list[RowFault]:
    """Faults of arm-level rows that have nothing to do with their numbers."""
    out = of_names([(row, "treat", name) for row, name in enumerate(treat)])
    seen: dict[tuple[str, str], int] = {}
    count: dict[str, list[int]] = {}
    for row, (study, name) in enumerate(zip(studlab, treat, strict=True)):
        for column, text in (("studlab", study), ("treat", name)):
            if not text:
                out.append(RowFault(row, column, "", "a name"))
        if not study or not name:
            continue
        if (study, name) in seen:
            wanted = phrased(
                "each treatment of study {study!r} once; add up the arms, or name them apart",
                study=study,
            )
            out.append(RowFault(row, "treat", name, wanted, seen[study, name]))
        seen.setdefault((study, name), row)
        count.setdefault(study, []).append(row)
    for study, rows in count.items():
        if len(rows) == 1:
            wanted = phrased(
                "a second arm of study {study!r}: a network compares arms", study=study
            )
            out.append(RowFault(rows[0], "studlab", study, wanted))
    return sorted(out, key=lambda fault: fault.row)
