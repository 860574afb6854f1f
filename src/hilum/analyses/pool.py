"""Pooling: one table, one outcome, one answer, of all rows and of each subgroup."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses import structures
from hilum.analyses.absolute import Absolute, absolute, faults
from hilum.analyses.asked import Columns, Option, check
from hilum.analyses.beside import Beside
from hilum.analyses.pool_rows import LeftOut, Rows, complete_rows
from hilum.analyses.pooled import Limits, Pooled, alone, limits_of, natural, new_study_of, pooled
from hilum.analyses.predictions import PredictionAt, assigned, predictions
from hilum.analyses.studies import StudyRow, study_rows
from hilum.analyses.tables import Table
from hilum.errors import Fault, InputError, NotEstimable, phrased
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.synthesis.models import AnyFit, OneMean
    from hilum.watch import Watch


def measures() -> tuple[str, ...]:
    """Codes of the effect measures."""
    from hilum.synthesis.effects import MEASURES

    return tuple(MEASURES)


def measure_columns() -> tuple[str, ...]:
    """Every column that some measure takes."""
    from hilum.synthesis.effects import MEASURES

    return tuple(dict.fromkeys(name for one in MEASURES.values() for name in one.columns))


def wanted_columns(code: str, given: Iterable[str] = ()) -> tuple[str, ...]:
    """Columns that a measure takes, without those that the user has named; none if unknown."""
    from hilum.analyses.reported import EFFECTS
    from hilum.synthesis.effects import MEASURES
    from hilum.synthesis.effects.measures import GIVEN

    if code not in MEASURES:
        return ()
    one = MEASURES[code]
    more = (*EFFECTS, *([one.printed] if one.printed else [])) if one.columns == GIVEN else ()
    return tuple(name for name in (*one.columns, *more) if name not in set(given))


def methods() -> tuple[str, ...]:
    """Codes of what pools."""
    from hilum.synthesis.models import methods as known

    return known()


def tests() -> tuple[str, ...]:
    """Codes of tests and intervals."""
    from hilum.synthesis.wald import INFERENCES

    return tuple(INFERENCES)


def likelihoods() -> tuple[str, ...]:
    """Codes of exact likelihoods."""
    from hilum.synthesis.exact import EXACT_MODELS

    return tuple(dict.fromkeys(one.model for one in EXACT_MODELS))


def corrections() -> tuple[str, ...]:
    """Which tables are corrected for empty cells."""
    from hilum.synthesis.effects.counts import CORRECTIONS

    return tuple(CORRECTIONS)


def diagnostics() -> tuple[str, ...]:
    """What can be computed beside the answer."""
    from hilum.analyses.beside import DIAGNOSTICS

    return tuple(DIAGNOSTICS)


@dataclass(frozen=True, kw_only=True)
class PoolAsked:
    """A table and how to pool it."""

    table: Table
    measure: Annotated[
        str,
        Option(
            "Effect measure: of one group, of two groups, a hazard ratio, or any effect with its "
            "variance (GEN).",
            measures,
        ),
    ] = "GEN"
    method: Annotated[
        str | None,
        Option(
            "What pools: equal effects (EE), an estimator of tau2, an exact likelihood (GLMM), "
            "Mantel-Haenszel (MH) or Peto; by default GLMM for PLO and IRLN and REML for the rest.",
            methods,
        ),
    ] = None
    test: Annotated[
        str | None,
        Option(
            "Tests and intervals: z (metafor's default), t, knha (Hartung-Knapp) or adhoc (the "
            "same, never narrower than the model's own errors); by default what is shown holds "
            "with few studies: for two to four ratios a prior of their spread, else the wider of "
            "Hartung-Knapp's and the normal interval.",
            tests,
        ),
    ] = None
    by: Annotated[str | None, Option("Column of subgroups.")] = None
    same_tau2: Annotated[bool, Option("One tau2 for all subgroups, not one each.")] = False
    mods: Annotated[str | None, Option('Moderators, such as "~ year".')] = None
    model: Annotated[
        str | None,
        Option(
            "Which exact likelihood, with GLMM: for OR and IRR conditional (CM.EL, the default), "
            "CM.AL (OR alone) or UM.FS.",
            likelihoods,
        ),
    ] = None
    add: Annotated[float, Option("Correction of empty cells.", at_least=0)] = 0.5
    to: Annotated[str, Option("Which tables are corrected.", corrections)] = "only0"
    level: Annotated[float, Option("Coverage of intervals.", above=0, below=1)] = 0.95
    label: Annotated[str | None, Option("Column of study names (default: study, if there).")] = None
    bias: Annotated[
        str | None, Option("Column of risk of bias (low, some, high) for the forest.")
    ] = None
    source: Annotated[
        str | None, Option("Column that says where figures were read, for the forest.")
    ] = None
    baseline: Annotated[
        float | None,
        Option(
            "Risk without the treatment, such as 0.2: events of 1,000 with it, from a risk, odds "
            "or hazard ratio.",
            above=0,
            below=1,
        ),
    ] = None
    at: Annotated[
        tuple[str, ...],
        Option(
            "Predict at values of the moderators, such as age=60,age=70; every combination of "
            "several moderators' values is predicted."
        ),
    ] = ()
    multilevel: Annotated[
        str | None,
        Option(
            "Columns of nested groups, outermost first, with commas between: effects in studies "
            "(study), or schools in districts (district,school)."
        ),
    ] = None
    multivariate: Annotated[
        str | None,
        Option(
            "Column of outcomes, several a study: one mean each, with rho or covariances, and the "
            "column of studies as cluster."
        ),
    ] = None
    rho: Annotated[
        float | None,
        Option("Correlation of a study's outcomes within it, for all.", above=-1, below=1),
    ] = None
    covariances: Annotated[
        str | None,
        Option(
            "Columns of each study's covariance matrix, a row an outcome, with commas between "
            "(v1i,v2i)."
        ),
    ] = None
    robust: Annotated[
        str | None,
        Option(
            "Errors by cluster: CR2, with Satterthwaite's degrees of freedom, holds with few "
            "clusters; CR1.",
            structures.kinds,
        ),
    ] = None
    cluster: Annotated[
        str | None,
        Option(
            "Column of what effects share, for robust and multivariate (default: the outermost "
            "groups, or the studies' names)."
        ),
    ] = None
    bayes: Annotated[
        bool, Option("Posterior under a prior of tau, with a flat prior of the mean.")
    ] = False
    prior: Annotated[
        str | None, Option("Prior of tau, with bayes (default: half-normal).", structures.priors)
    ] = None
    scale: Annotated[
        float | None,
        Option(
            "Scale of tau's prior, in units of the effect (default of ratios: 0.5, of the log).",
            above=0,
        ),
    ] = None
    columns: Annotated[dict[str, str], Columns(measure_columns)] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    seed: int = 20240101

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        check(self, *_together(self))

    @property
    def way(self) -> str:
        """The method asked for, or the measure's own."""
        from hilum.synthesis.effects import measure

        return self.method or measure(self.measure).default_model

    @property
    def tested(self) -> str:
        """The test asked for; without one the fields that mirror metafor's are by z."""
        return self.test or "z"


def _together(asked: PoolAsked) -> list[Fault]:
    from hilum.synthesis.models import pooler
    from hilum.synthesis.wald import INFERENCES

    out = [
        Fault("", None, "beside", one, phrased("one of {known}", known=", ".join(diagnostics())))
        for one in asked.beside
        if one not in diagnostics()
    ]
    if asked.measure not in measures() or asked.way not in methods():
        return out
    out += faults(asked.baseline, asked.measure, asked.mods)
    way, code = pooler(asked.way), asked.way
    known = None if way.measures is None else way.measures()
    if known is not None and asked.measure not in known:
        out.append(
            Fault("", None, "method", code, phrased("{known} as measure", known=", ".join(known)))
        )
    if asked.mods and not way.moderators:
        out.append(Fault("", None, "method", code, "a model that takes moderators"))
    if asked.same_tau2 and not way.moderators:
        out.append(Fault("", None, "method", code, "a model with one tau2 (same_tau2)"))
    if asked.same_tau2 and (asked.by is None or asked.mods):
        wanted = "by, and no mods, beside it"
        out.append(Fault("", None, "same_tau2", "True", wanted))
    test = asked.tested
    if test in INFERENCES and INFERENCES[test].scale and not way.weighted:
        wanted = phrased("z or t with {code} (or REML as method)", code=code)
        out.append(Fault("", None, "test", test, wanted))
    if asked.test is not None and not way.tests:
        wanted = phrased("none with {code}, whose interval is its own", code=code)
        out.append(Fault("", None, "test", asked.test, wanted))
    out += [*structures.faults(asked), *_at_faults(asked)]
    if asked.model is not None and asked.model in likelihoods():
        own = _likelihoods(asked)
        if asked.model not in own:
            wanted = phrased("one of {known}", known=", ".join(own)) if own else "GLMM as method"
            out.append(Fault("", None, "model", asked.model, wanted))
    return out


def _at_faults(asked: PoolAsked) -> list[Fault]:
    if not asked.at:
        return []
    if asked.mods is None:
        return [Fault("", None, "at", ",".join(asked.at), "mods beside it, the moderators")]
    try:
        assigned(asked.at)
    except InputError as error:
        return list(error.faults)
    return []


def _likelihoods(asked: PoolAsked) -> tuple[str, ...]:
    from hilum.synthesis.exact import exact_models
    from hilum.synthesis.models import POOLERS

    exact = asked.way in POOLERS and POOLERS[asked.way].exact
    return tuple(exact_models(asked.measure)) if exact else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A subgroup that could not be pooled, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The test that subgroups are alike.

    Chi-squared on ``df`` degrees of freedom; where ``dfs`` is there, F on ``df`` and ``dfs``, with
    ``QM`` divided by ``df`` (Knapp & Hartung 2003): one model of all subgroups, tested by t.
    Subgroups with a tau2 each have no degrees of freedom in common, whatever test they are by.
    """

    QM: float
    df: int
    QMp: float
    dfs: int | None = None


@dataclass(frozen=True, kw_only=True)
class PoolAnswered(Pooled):
    """The answer of all rows (its fields stand first), and everything that is shown beside it."""

    asked: PoolAsked
    studies: tuple[StudyRow, ...]
    left_out: tuple[LeftOut, ...]
    by: str | None = None
    same_tau2: bool = False
    subgroups: dict[str, Pooled | Refused] = field(default_factory=dict)
    between: Between | None = None
    beside: Beside | None = None
    absolute: Absolute | None = None
    predictions: tuple[PredictionAt, ...] = ()


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
    from hilum.analyses.beside import beside
    from hilum.synthesis.models import pooler

    watch.stage("pool", 1)
    rows = complete_rows(asked, weighted=pooler(asked.way).weighted)
    fit, answer = answer_of(asked, rows)
    answer |= seen_of(asked, rows, fit, answer)
    watch.done()
    groups, between = _subgroups(asked, rows, watch) if asked.by else ({}, None)
    return PoolAnswered(
        **answer,
        asked=asked,
        studies=study_rows(asked, rows, fit),
        left_out=_left_out(rows, fit),
        by=asked.by,
        same_tau2=asked.same_tau2,
        subgroups=groups,
        between=between,
        beside=beside(asked, rows, fit, watch) if asked.beside else None,
        absolute=absolute(asked.baseline, asked.measure, answer["shown"]),
        predictions=predictions(asked, rows, fit),
    )


def seen_of(
    asked: PoolAsked, rows: Rows, fit: AnyFit | None, answer: dict[str, Any]
) -> dict[str, Any]:
    """The fields of a :class:`Pooled` that readers are shown, beside those that are metafor's."""
    from hilum.analyses.shown import posterior_of, shown_of

    coefficients = None
    if (answer.get("p") or 1) > 1:
        from hilum.analyses.shown_at import coefficients_of

        coefficients = coefficients_of(asked, rows, fit)
    return {
        "shown": shown_of(asked, rows, fit, answer.get("transformed")),
        "coefficients": coefficients,
        "posterior": posterior_of(asked, fit),
    }


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
        if _likelihoods(asked) and not asked.mods:
            found = alone(rows, asked.measure, asked.level)
        if found is None:
            raise
        return None, found
    out = pooled(fit, rows, asked.measure, asked.way)
    if asked.robust:
        out |= structures.robust_fields(asked, rows, fit)
    return fit, out


def _subgroups(
    asked: PoolAsked, rows: Rows, watch: Watch
) -> tuple[dict[str, Pooled | Refused], Between | None]:
    names = dict(zip(asked.table.lines, asked.table.text(asked.by or ""), strict=True))
    order = list(dict.fromkeys(name for name in names.values() if name))
    watch.stage("subgroups", len(order))
    if asked.same_tau2:
        return _one_tau2(asked, rows, names, order)
    from hilum.synthesis.models import pooler

    weighted = pooler(asked.way).weighted
    found: dict[str, Pooled | Refused] = {}
    for name in order:
        lines = {line for line, own in names.items() if own == name}
        try:
            part = complete_rows(asked, weighted=weighted, only=lines)
            fit, own = answer_of(asked, part)
            own |= seen_of(asked, part, fit, own)
            found[name] = Pooled(**own)
        except NotEstimable as error:
            found[name] = Refused(reason=error.sentence)
        watch.done()
    usable = [one for one in found.values() if isinstance(one, Pooled) and one.se and one.se[0]]
    return found, _apart(usable)


def _one_tau2(
    asked: PoolAsked, rows: Rows, names: dict[int, str], order: list[str]
) -> tuple[dict[str, Pooled | Refused], Between | None]:
    """Subgroups as moderators of one model."""
    import numpy as np
    from scipy import special

    from hilum.analyses.shown_at import shown_at
    from hilum.synthesis.models import pooler

    known = [name for name in order if name in {names[line] for line in rows.lines}]
    member = [names[line] for line in rows.lines]
    keep = {line for line, name in zip(rows.lines, member, strict=True) if name}
    part = complete_rows(asked, weighted=pooler(asked.way).weighted, only=keep)
    design = np.array([[names[line] == name for name in known] for line in part.lines], float)
    fit: Any = _fit(asked, replace(part, design=design, names=tuple(known)))
    about = fit.predict(np.eye(len(known)))
    limits = [limits_of(about, i) for i in range(len(known))]
    seen = shown_at(asked, replace(part, design=design), fit, np.eye(len(known)), limits)
    found: dict[str, Pooled | Refused] = {}
    for i, name in enumerate(known):
        found[name] = Pooled(
            measure=asked.measure,
            method=asked.way,
            k=int(design[:, i].sum()),
            test=asked.tested,
            beta=(float(fit.beta[i]),),
            se=(float(np.sqrt(fit.vb[i, i])),),
            tau2=float(fit.tau2),
            predict=limits[i],
            transformed=natural(limits[i], part, asked.measure),
            new_study=new_study_of(about, i, part, asked.measure),
            shown=seen[i],
        )
    if len(known) < 2:
        return found, None
    contrast = np.eye(len(known))[1:] - np.eye(len(known))[0]
    shift = contrast @ np.asarray(fit.beta)
    q = float(shift @ np.linalg.solve(contrast @ fit.vb @ contrast.T, shift))
    df, dfs = len(known) - 1, fit.dfs
    if dfs is not None:
        return found, Between(QM=q / df, df=df, QMp=float(special.fdtrc(df, dfs, q / df)), dfs=dfs)
    return found, Between(QM=q, df=df, QMp=float(special.chdtrc(df, q)))


def _apart(usable: list[Pooled]) -> Between | None:
    """Cochran's Q of the subgroups' own estimates."""
    import numpy as np
    from scipy import special

    if len(usable) < 2:
        return None
    beta = np.array([one.beta[0] for one in usable])
    w = np.array([one.se[0] or np.nan for one in usable]) ** -2
    q = float((w * (beta - (w @ beta) / w.sum()) ** 2).sum())
    df = len(usable) - 1
    return Between(QM=q, df=df, QMp=float(special.chdtrc(df, q)))


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
    "run",
]
