"""One survival curve a treatment: its rates and its median are read from it, nowhere pooled again.

Pooling survival time by time let a rate at ten years rest on other studies than the rate at five,
and come out no lower. Here every chosen figure of every time enters one model of the curve.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from hilum.answers.candidates import Index, Item, LeftOut, index
from hilum.answers.cell import Cell, beside_of, cell, told_of
from hilum.answers.printed import as_printed
from hilum.answers.question import Question, Switches
from hilum.answers.select import Selection
from hilum.answers.study import Reported, one_per_study
from hilum.answers.survival_figures import Why, unread
from hilum.answers.survival_fit import (
    CurveRead,
    CurveReport,
    FittedCurve,
    content_hash,
    fit_curve,
)
from hilum.answers.survival_kept import kept_curves, read_curve
from hilum.answers.survival_rows import MAIN, MEDIAN, RATES, CurveRows, curve_rows, time_of
from hilum.answers.thresholds import PREDICTION_STUDIES

if TYPE_CHECKING:
    from hilum.answers.select import Width
    from hilum.evidence import Evidence

Outside = Literal["few_here", "other_times"]
FEW_HERE = 3
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class TreatmentCurve:
    """Overall survival with one treatment, of one kind of patient.

    Attributes
    ----------
    treatment, selection : str
        ``main``, or whom a curve beside speaks of: a code of the arms (``milan``),
        ``retreatment``, ``later_line``, ``counted_from_diagnosis``.
    curve : FittedCurve or None
        ``None`` where no figure can be weighted. Its line ends where fewer than three cohorts
        (of all, if there are fewer) report.
    reports : tuple of Item
        Every figure chosen, the points of the picture; ``reports_used`` of them are in the fit.
    width, later_line, left_out
        As in a :class:`hilum.answers.Selection`.
    """

    treatment: str
    selection: str
    curve: FittedCurve | None
    reports: tuple[Item, ...]
    cohorts: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    width: Width
    later_line: bool

    @property
    def drawn(self) -> bool:
        """Whether the line may be drawn: from three cohorts on, or one arm's own course."""
        if self.curve is None:
            return False
        return self.curve.k >= FEW_HERE or (self.curve.k == 1 and not self.curve.shape_assumed)

    @property
    def reports_used(self) -> int:
        """How many figures are in the fit."""
        return 0 if self.curve is None else len(self.curve.used)


def survival_curves(
    evidence: Evidence | Index,
    treatment: str,
    site: str = "any",
    grade: str = "G1-2",
    line: str = "any",
    switches: Switches | None = None,
) -> tuple[TreatmentCurve, ...]:
    """The main curve of a treatment, then the curves of patients that stand beside it.

    Parameters
    ----------
    evidence : Evidence or Index
    treatment, site, grade, line, switches
        As in :class:`hilum.answers.Question`.
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    rows = curve_rows(found, treatment, site, grade, line, switches)
    return tuple(
        TreatmentCurve(
            treatment,
            one.selection,
            fitted(one.reports),
            one.items,
            one.cohorts,
            one.left_out,
            one.width,
            one.later_line,
        )
        for one in rows
    )


def survival_cells(
    evidence: Evidence | Index,
    treatment: str,
    site: str = "any",
    grade: str = "G1-2",
    line: str = "any",
    switches: Switches | None = None,
) -> dict[str, Cell]:
    """The median and the rates at 1, 3, 5 and 10 years of a treatment, from its main curve.

    A figure that the curve does not carry is never pooled by itself: it is the one study's, or
    the range of those that print it, with the code of what kept it from being read
    (``not_read``).
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    use = switches or Switches()
    rows = curve_rows(found, treatment, site, grade, line, use)[0]
    curve = fitted(rows.reports)
    out: dict[str, Cell] = {}
    for key, time in ((MEDIAN, None), *((key, time) for time, key in RATES.items())):
        plain = cell(Question(treatment, key, site, grade, line, use), found)
        points = tuple(one_per_study(rows.at(time)))
        read = _reading(curve, time)
        why = unread(curve, read, points, median=time is None)
        if why is None and curve is not None and read is not None:
            out[key] = _from_curve(plain, rows, curve, read, points)
        else:
            out[key] = _not_from_curve(plain, why)
    return out


def _reading(curve: FittedCurve | None, time: float | None) -> CurveRead | None:
    if curve is None:
        return None
    if time is None:
        return curve.median
    return next(one for one in curve.rates if one.time_months == time)


@lru_cache(maxsize=_KEPT)
def fitted(reports: tuple[CurveReport, ...]) -> FittedCurve | None:
    """The curve of these reports: as kept beside the record, else fitted once."""
    if not reports:
        return None
    kept, name = kept_curves(), content_hash(reports)
    return read_curve(kept[name]) if name in kept else fit_curve(reports)


def _from_curve(
    plain: Cell,
    rows: CurveRows,
    curve: FittedCurve,
    read: CurveRead,
    points: tuple[Reported, ...],
) -> Cell:
    """The cell read from the curve; its studies are those of the curve."""
    months, time = plain.months, plain.question.asked.time_months
    scale = 1.0 if months else 100.0

    def ends(interval: tuple[float, float]) -> tuple[float, float]:
        return scale * interval[0], scale * interval[1]

    ci = ends(read.ci)
    prediction = None
    if read.prediction is not None and curve.k >= PREDICTION_STUDIES:
        prediction = ends(read.prediction)

        def text(end: float) -> str:
            return as_printed(end, months=months, n=curve.n)

        if tuple(map(text, prediction)) == tuple(map(text, ci)):
            prediction = None
    value = read.time_months if months else scale * read.survival
    values = [one.value for one in points]
    flags: tuple[tuple[str, str | None], ...] = (("from_curve", None),)
    if values and not min(values) - 0.5 <= value <= max(values) + 0.5:
        # Studies that report other times speak against those that report this one.
        flags += (("outside_reports", "few_here" if len(values) < FEW_HERE else "other_times"),)
    used = set(curve.used)
    chosen = [
        (item, cohort)
        for item, cohort in zip(rows.items, rows.cohorts, strict=True)
        if item.row.result_id in used
    ]
    studies = _cohorts(chosen, points)
    # What was left out of just this time; figures of other times are other questions.
    left_out = tuple(one for one in rows.left_out if time_of(one.item) == time)
    selection = Selection(
        plain.question, studies, rows.items, left_out, rows.width, rows.later_line
    )
    groups = beside_of(selection)
    not_used = {item.row.result_id for item in rows.items} - used
    return replace(
        plain,
        form="pooled",
        value=value,
        ci=ci,
        prediction=prediction,
        k=curve.k,
        k_with_n=curve.k,
        n=curve.n,
        range=(min(values), max(values)) if values else None,
        largest=max(points, key=lambda one: (one.n or 0, one.study_id), default=None),
        studies=studies,
        here=points,
        beside=tuple(one for one in groups if one.reason != "wider_site"),
        wider=next((one for one in groups if one.reason == "wider_site"), None),
        left_out=left_out,
        told=told_of(selection, len(not_used), sum(one.assumed for one in studies)),
        flags=flags,
        estimate=None,
    )


def _cohorts(chosen: list[tuple[Item, str]], points: tuple[Reported, ...]) -> tuple[Reported, ...]:
    """One entry a cohort, with all its figures, those of this time first and giving its value."""
    groups: dict[str, list[Item]] = {}
    for item, cohort in chosen:
        groups.setdefault(cohort, []).append(item)
    now = {item.row.result_id: one.value for one in points for item in one.items}
    out: list[Reported] = []
    for group in groups.values():
        items = sorted(group, key=lambda item: item.row.result_id not in now)
        value = now.get(items[0].row.result_id, items[0].value or 0.0)
        sizes = [item.n for item in items if item.n]
        out.append(Reported(tuple(items), value, max(sizes) if sizes else None))
    return tuple(out)


def _not_from_curve(plain: Cell, why: Why | None) -> Cell:
    """The cell of those that print it; its own pooled line is taken away."""
    flags = (*plain.flags, ("not_read", why))
    if plain.form == "pooled":
        return replace(
            plain,
            form="range",
            value=None,
            ci=None,
            prediction=None,
            flags=flags,
            here=plain.studies,
        )
    return replace(plain, flags=flags, here=plain.studies)


__all__ = ["MAIN", "TreatmentCurve", "fitted", "survival_cells", "survival_curves"]
