"""What can be asked of pooling: a table, a measure and a way, with everything refused at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from hilum.analyses import structures_asked
from hilum.analyses.absolute import faults
from hilum.analyses.asked import Columns, Option, check
from hilum.analyses.predictions import assigned
from hilum.analyses.tables import Table
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    from hilum.analyses.pool_rows import REST
    from hilum.analyses.reported import EFFECTS
    from hilum.synthesis.effects import MEASURES
    from hilum.synthesis.effects.measures import GIVEN

    if code not in MEASURES:
        return ()
    one = MEASURES[code]
    more = REST.get(one.columns, ())
    if one.columns == GIVEN:
        more = (*EFFECTS, *([one.printed] if one.printed else []))
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
    drop00: Annotated[
        bool,
        Option(
            "Leave out studies that say nothing of a ratio: no event in either group, or nothing "
            "else (metafor's drop00)."
        ),
    ] = False
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
            structures_asked.kinds,
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
        str | None,
        Option("Prior of tau, with bayes (default: half-normal).", structures_asked.priors),
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
    out += [*structures_asked.faults(asked), *_at_faults(asked)]
    if asked.model is not None and asked.model in likelihoods():
        own = own_likelihoods(asked)
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


def own_likelihoods(asked: PoolAsked) -> tuple[str, ...]:
    """Codes of the exact likelihoods that the measure asked for has; none with another method."""
    from hilum.synthesis.exact import exact_models
    from hilum.synthesis.models import POOLERS

    exact = asked.way in POOLERS and POOLERS[asked.way].exact
    return tuple(exact_models(asked.measure)) if exact else ()
