"""Pooling: one table, one outcome, one answer, of all rows and of each subgroup."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hilum.analyses import clusters, structures
from hilum.analyses.absolute import Absolute, absolute
from hilum.analyses.beside import Beside
from hilum.analyses.columns_read import following, left_unread
from hilum.analyses.pool_asked import PoolAsked, own_likelihoods
from hilum.analyses.pool_rows import LeftOut, Rows, complete_rows, silent
from hilum.analyses.pooled import Limits, Pooled, alone, pooled
from hilum.analyses.predictions import PredictionAt, predictions
from hilum.analyses.row_remarks import remarks
from hilum.analyses.studies import StudyRow, study_rows
from hilum.analyses.subgroups import Between, Grouped, Refused, Untested, subgroups
from hilum.errors import NotConverged, NotEstimable
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.synthesis.models import AnyFit, OneMean
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the studies with an event say alone, where others say nothing of a ratio.

    ``silent`` names those that stand in the answer by their correction alone; ``figure`` is what is
    shown of the other ``k``, None where they cannot be pooled.
    """

    silent: tuple[str, ...]
    k: int
    figure: Limits | None


@dataclass(frozen=True, kw_only=True)
class PoolAnswered(Pooled):
    """The answer of all rows (its fields stand first), and everything that is shown beside it.

    ``remarks`` are sentences on the rows that a reader must know: corrected counts, figures that do
    not fit one another, studies that may stand there twice. ``unread`` are columns of the table
    that nothing read, and that are no label of a study. ``untested`` says why there is no test
    between subgroups; ``ungrouped`` are the rows used that are in none, their cell of ``by`` empty.
    """

    asked: PoolAsked
    studies: tuple[StudyRow, ...]
    left_out: tuple[LeftOut, ...]
    by: str | None = None
    same_tau2: bool = False
    subgroups: dict[str, Pooled | Refused] = field(default_factory=dict)
    between: Between | None = None
    untested: Untested | None = None
    ungrouped: tuple[int, ...] = ()
    beside: Beside | None = None
    absolute: Absolute | None = None
    predictions: tuple[PredictionAt, ...] = ()
    remarks: tuple[str, ...] = ()
    heard: Heard | None = None
    unread: tuple[str, ...] = ()


def run(asked: PoolAsked, watch: Watch = SILENT) -> PoolAnswered:
    """Pool a table.

    Raises
    ------
    InputError
        A column that is absent or not numeric, or a value out of range.
    NotEstimable, NotConverged
        From the model.
    Stopped
        When the watch says so.
    """
    with following() as seen:
        answer = _answered(asked, watch)
    return replace(answer, unread=left_unread(asked.table, seen))


def _answered(asked: PoolAsked, watch: Watch) -> PoolAnswered:
    from hilum.analyses.beside import beside
    from hilum.synthesis.models import pooler

    watch.stage("pool", 1)
    rows = complete_rows(asked, weighted=pooler(asked.way).weighted)
    fit, answer = answer_of(asked, rows)
    answer |= seen_of(asked, rows, fit, answer)
    told = remarks(asked, rows)
    if answer["shown"] is not None and answer["shown"].way == "exact":
        # Counts as they are, and an interval that stays inside.
        told, answer["notes"] = (), tuple(one for one in answer["notes"] if one != "cut")
    watch.done()
    made = subgroups(asked, rows, watch, _fit, _group) if asked.by else Grouped()
    return PoolAnswered(
        **answer,
        asked=asked,
        studies=study_rows(asked, rows, fit),
        left_out=_left_out(rows, fit),
        by=asked.by,
        same_tau2=asked.same_tau2,
        subgroups=made.found,
        between=made.between,
        untested=made.untested,
        ungrouped=made.ungrouped,
        beside=beside(asked, rows, fit, watch) if asked.beside else None,
        absolute=absolute(asked.baseline, asked.measure, answer["shown"]),
        predictions=predictions(asked, rows, fit),
        remarks=told,
        heard=_heard(asked, rows),
    )


def seen_of(
    asked: PoolAsked, rows: Rows, fit: AnyFit | None, answer: dict[str, Any]
) -> dict[str, Any]:
    """The fields of a :class:`Pooled` that readers are shown, beside those that are metafor's."""
    from hilum.analyses.shown import posterior_of, shown_of

    coefficients = omnibus = None
    if not rows.mean:
        from hilum.analyses.omnibus import omnibus_of
        from hilum.analyses.shown_at import coefficients_of

        coefficients = coefficients_of(asked, rows, fit)
        omnibus = omnibus_of(asked, rows, fit)
    notes: tuple[str, ...] = answer.get("notes", ())
    if asked.bayes:
        # One study's is no interval of its own there, but the posterior's.
        notes = tuple(one for one in notes if one != "one_study")
    if not rows.mean and rows.design is not None and "intrcpt" not in rows.names:
        alone = bool(((rows.design == 0) | (rows.design == 1)).all())
        groups = alone and bool((rows.design.sum(1) == 1).all())
        notes += ("group_means" if groups else "no_intercept",)
    return {
        "notes": notes,
        "shown": shown_of(asked, rows, fit, answer.get("transformed")),
        "coefficients": coefficients,
        "moderators": omnibus,
        "posterior": posterior_of(asked, fit),
    }


def _group(asked: PoolAsked, rows: Rows) -> Pooled:
    """One subgroup's answer."""
    fit, own = answer_of(asked, rows)
    return Pooled(**own | seen_of(asked, rows, fit, own))


def _heard(asked: PoolAsked, rows: Rows) -> Heard | None:
    """The pool without the studies that say nothing of a ratio, where the model keeps them."""
    from hilum.analyses.shown import shown_of
    from hilum.synthesis.effects import measure
    from hilum.synthesis.models import pooler

    mute = silent(measure(asked.measure), rows.values)
    if not mute.any() or not pooler(asked.way).weighted or asked.mods:
        return None
    names = tuple(name for name, one in zip(rows.labels, mute, strict=True) if one)
    figure = None
    other = replace(asked, drop00=True)
    try:
        part = complete_rows(other, weighted=True)
        fit, answer = answer_of(other, part)
        seen = shown_of(other, part, fit, answer.get("transformed"))
    except (NotEstimable, NotConverged):
        seen = None
    if seen is not None:
        figure = Limits(pred=seen.pred, ci_lb=seen.ci_lb, ci_ub=seen.ci_ub)
    return Heard(silent=names, k=len(rows.lines) - len(names), figure=figure)


def _left_out(rows: Rows, fit: AnyFit | None) -> tuple[LeftOut, ...]:
    """Rows left out before the model, and those that the model has no use for."""
    used: tuple[bool, ...] = getattr(fit, "used", ())
    silent = [line for line, own in zip(rows.lines, used, strict=False) if not own]
    more = [LeftOut(line, "says_nothing") for line in silent]
    return tuple(sorted((*rows.left_out, *more), key=lambda one: one.row))


def _fit(asked: PoolAsked, rows: Rows) -> OneMean:
    from hilum.synthesis.models import Request, pooler

    return pooler(asked.way).run(
        Request(
            asked.measure,
            rows.values,
            rows.yi,
            rows.vi,
            asked.way,
            asked.tested,
            asked.level,
            asked.model,
            rows.design,
            rows.names,
        )
    )


def answer_of(asked: PoolAsked, rows: Rows) -> tuple[AnyFit | None, dict[str, Any]]:
    """The fit of some rows and the fields of its :class:`Pooled`; no fit where totals say it all.

    Raises
    ------
    NotEstimable, NotConverged
        From the model.
    """
    dependent = structures.structured(asked, rows)
    if dependent is not None:
        return dependent, structures.fields(asked, rows, dependent)
    try:
        fit = _fit(asked, rows)
    except NotEstimable:
        found = None
        if own_likelihoods(asked) and rows.mean:
            found = alone(rows, asked.measure, asked.level)
        if found is None:
            raise
        return None, found
    out = pooled(fit, rows, asked.measure, asked.way)
    if asked.robust:
        out |= clusters.robust_fields(asked, rows, fit)
    return fit, out


__all__ = [
    "Absolute",
    "Beside",
    "Between",
    "Limits",
    "PoolAnswered",
    "PoolAsked",
    "Pooled",
    "Refused",
    "StudyRow",
    "Untested",
    "run",
]
