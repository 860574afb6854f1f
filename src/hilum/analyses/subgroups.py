"""Subgroups of a pool: each by itself or with one tau2; the test between them, or why none.

Each subgroup is pooled by itself and compared by Cochran's Q of their estimates, or all are
moderators of one model. An exact likelihood is tested by its ratio, which an estimate at an end
does not spoil.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.analyses.clusters import clusters_of
from hilum.analyses.pool_rows import complete_rows
from hilum.analyses.pooled import Pooled, alone, limits_of, natural, new_study_of
from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.models import OneMean
    from hilum.watch import Watch

    Fitting = Callable[[PoolAsked, Rows], OneMean]
    Group = Callable[[PoolAsked, Rows], Pooled]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A subgroup that could not be pooled, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The test that subgroups are alike.

    Chi-squared on ``df`` degrees of freedom; where ``dfs`` is there, F on ``df`` and ``dfs``, with
    ``QM`` divided by ``df`` (Knapp & Hartung 2003): one model of all subgroups, tested by t.
    ``ratio``: twice the difference of log-likelihoods, of one exact likelihood for all subgroups.
    Subgroups with a tau2 each have no degrees of freedom in common, whatever test they are by;
    those that have no estimate with an error (of one likelihood: no study that says something)
    stand in ``without``.
    """

    QM: float
    df: int
    QMp: float
    dfs: int | None = None
    ratio: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """Why subgroups are not tested against each other.

    ``reason`` is a code: ``dependent`` (``names`` are the clusters that stand in several
    subgroups), ``intercepts`` (moderators beside: the first coefficients are means at 0), ``ends``
    (``names`` have no estimate with an error, and an exact likelihood) or ``few`` (the same of
    other models: fewer than two are left).
    """

    reason: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """What is found of the subgroups of a table."""

    found: dict[str, Pooled | Refused] = field(default_factory=dict)
    between: Between | None = None
    untested: Untested | None = None
    ungrouped: tuple[int, ...] = ()


def subgroups(
    asked: PoolAsked, rows: Rows, watch: Watch, fitting: Fitting, group: Group
) -> Grouped:
    """Each subgroup and the test between them."""
    names = dict(zip(asked.table.lines, asked.table.text(asked.by or ""), strict=True))
    order = list(dict.fromkeys(name for name in names.values() if name))
    ungrouped = tuple(line for line in rows.lines if not names[line])
    watch.stage("subgroups", len(order))
    if asked.same_tau2:
        return replace(_one_tau2(asked, rows, names, order, fitting), ungrouped=ungrouped)
    from hilum.synthesis.models import pooler

    way = pooler(asked.way)
    found: dict[str, Pooled | Refused] = {}
    for name in order:
        lines = {line for line, own in names.items() if own == name}
        try:
            found[name] = group(asked, complete_rows(asked, weighted=way.weighted, only=lines))
        except NotEstimable as error:
            found[name] = Refused(reason=error.sentence)
        watch.done()
    usable = {
        n: one for n, one in found.items() if isinstance(one, Pooled) and one.se and one.se[0]
    }
    without = tuple(name for name in found if name not in usable)
    untested = _untested(asked, rows, names, way.exact, usable, without)
    between = None if untested is not None else _apart(list(usable.values()), without)
    return Grouped(found=found, between=between, untested=untested, ungrouped=ungrouped)


def _untested(
    asked: PoolAsked, rows: Rows, names: dict[int, str], exact: bool,
    usable: dict[str, Pooled], without: tuple[str, ...],
) -> Untested | None:  # fmt: skip
    if len(usable) + len(without) < 2:
        return None
    shared = _shared(asked, rows, names)
    if shared:
        return Untested(reason="dependent", names=shared)
    if asked.mods:
        return Untested(reason="intercepts")
    if exact:
        mute = _mute(asked, rows, names)
        ended = tuple(name for name in without if name not in mute)
        if ended:
            return Untested(reason="ends", names=ended)
    return Untested(reason="few", names=without) if len(usable) < 2 else None


def _mute(asked: PoolAsked, rows: Rows, names: dict[int, str]) -> set[str]:
    """Subgroups without a study that says something of the effect, to an exact likelihood."""
    from hilum.synthesis.exact import exact_model

    heard = exact_model(asked.measure, asked.model).informative(tuple(rows.values.values()))
    telling = {names[line] for line, one in zip(rows.lines, heard, strict=True) if one}
    return set(names.values()) - telling


def _shared(asked: PoolAsked, rows: Rows, names: dict[int, str]) -> tuple[str, ...]:
    """Clusters whose effects stand in more than one subgroup."""
    if not (asked.multilevel or asked.robust):
        return ()
    seen: dict[str, set[str]] = {}
    for line, cluster in zip(rows.lines, clusters_of(asked, rows), strict=True):
        if names[line]:
            seen.setdefault(cluster, set()).add(names[line])
    return tuple(cluster for cluster, groups in seen.items() if len(groups) > 1)


def _apart(usable: list[Pooled], without: tuple[str, ...]) -> Between | None:
    """Cochran's Q of the subgroups' own estimates."""
    from scipy import special

    if len(usable) < 2:
        return None
    beta = np.array([one.beta[0] for one in usable])
    w = np.array([one.se[0] or np.nan for one in usable]) ** -2
    q = float((w * (beta - (w @ beta) / w.sum()) ** 2).sum())
    df = len(usable) - 1
    return Between(QM=q, df=df, QMp=float(special.chdtrc(df, q)), without=without)


def _one_tau2(
    asked: PoolAsked, rows: Rows, names: dict[int, str], order: list[str], fitting: Fitting
) -> Grouped:
    """Subgroups as moderators of one model."""
    from scipy import special

    from hilum.synthesis.models import pooler

    way = pooler(asked.way)
    known = [name for name in order if name in {names[line] for line in rows.lines}]
    keep = {line for line in rows.lines if names[line]}
    part = complete_rows(asked, weighted=way.weighted, only=keep)
    if way.exact:
        return _ratio(asked, part, names, known)
    design = np.array([[names[line] == name for name in known] for line in part.lines], float)
    fit: Any = fitting(asked, replace(part, design=design, names=tuple(known)))
    found = _means(asked, replace(part, design=design), fit, known)
    if len(known) < 2:
        return Grouped(found=found)
    contrast = np.eye(len(known))[1:] - np.eye(len(known))[0]
    shift = contrast @ np.asarray(fit.beta)
    q = float(shift @ np.linalg.solve(contrast @ fit.vb @ contrast.T, shift))
    df, dfs = len(known) - 1, fit.dfs
    if dfs is not None:
        p = float(special.fdtrc(df, dfs, q / df))
        return Grouped(found=found, between=Between(QM=q / df, df=df, QMp=p, dfs=dfs))
    return Grouped(found=found, between=Between(QM=q, df=df, QMp=float(special.chdtrc(df, q))))


def _means(asked: PoolAsked, part: Rows, fit: Any, known: list[str]) -> dict[str, Pooled | Refused]:
    """One mean a subgroup, of a fit whose columns they are."""
    from hilum.analyses.shown_at import shown_at

    assert part.design is not None
    about = fit.predict(np.eye(len(known)))
    limits = [limits_of(about, i) for i in range(len(known))]
    seen = shown_at(asked, part, fit, np.eye(len(known)), limits)
    return {
        name: Pooled(
            measure=asked.measure,
            method=asked.way,
            k=int(part.design[:, i].sum()),
            test=asked.tested,
            beta=(float(fit.beta[i]),),
            se=(float(np.sqrt(fit.vb[i, i])),),
            tau2=float(fit.tau2),
            predict=limits[i],
            transformed=natural(limits[i], part, asked.measure),
            new_study=new_study_of(about, i, part, asked.measure),
            shown=seen[i],
        )
        for i, name in enumerate(known)
    }


def _ratio(asked: PoolAsked, part: Rows, names: dict[int, str], known: list[str]) -> Grouped:
    """One exact likelihood for all subgroups; those at an end by what their totals say."""
    from hilum.synthesis.exact.ratio_tests import fit_groups

    member = np.array([known.index(names[line]) for line in part.lines])
    made = fit_groups(
        asked.measure, part.values, member, tuple(known), model=asked.model, test=asked.tested,
        level=asked.level,
    )  # fmt: skip
    found: dict[str, Pooled | Refused] = {}
    if made.fit is not None:
        own = [known[g] for g in made.settled]
        settled = _of(part, made.kept)
        design = np.array([[names[line] == name for name in own] for line in settled.lines], float)
        found = _means(asked, replace(settled, design=design), made.fit, own)
    for g, name in enumerate(known):
        if name not in found:
            found[name] = _ended(asked, _of(part, member == g))
    test = made.test
    between = None
    if test is not None:
        mute = _mute(asked, part, names)
        between = Between(
            QM=test.statistic,
            df=test.df,
            QMp=test.pval,
            ratio=True,
            without=tuple(name for name in known if name in mute),
        )
    return Grouped(found={name: found[name] for name in known}, between=between)


def _ended(asked: PoolAsked, own: Rows) -> Pooled | Refused:
    """A subgroup without a mean: at an end, or with too few studies to be fitted."""
    from hilum.synthesis.exact import exact_model

    totals = alone(own, asked.measure, asked.level)
    if totals is not None:
        return Pooled(**totals)
    record = exact_model(asked.measure, asked.model)
    values = tuple(own.values.values())
    heard = record.informative(values)
    if heard.any() and record.extreme(tuple(value[heard] for value in values)):
        message = phrased(
            "{measure}: every study lies at an end of its range: no finite maximum",
            measure=asked.measure,
        )
    else:
        message = phrased(
            "{k} informative studies: a random-effects likelihood needs at least two",
            k=int(heard.sum()),
        )
    return Refused(reason=NotEstimable(message).sentence)


def _of(rows: Rows, which: Any) -> Rows:
    """Some of the rows."""
    places = np.flatnonzero(which)
    return replace(
        rows,
        values={name: column[places] for name, column in rows.values.items()},
        yi=rows.yi[places],
        vi=rows.vi[places],
        labels=tuple(rows.labels[i] for i in places),
        lines=tuple(rows.lines[i] for i in places),
        design=None,
    )
