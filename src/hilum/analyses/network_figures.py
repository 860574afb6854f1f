"""A network's fit as its answer: every record of :mod:`hilum.analyses.network_answer` filled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.forms import number, numbers
from hilum.analyses.network_answer import (
    Additive,
    Contributed,
    Decomposed,
    Edge,
    Funnel,
    HeatFigures,
    NaturalScale,
    NodeRow,
    QRow,
    RankFigures,
    Reml,
    Sides,
    SplitFigures,
    SplitRow,
)
from hilum.analyses.network_rows import check_treatment
from hilum.analyses.pool import Refused
from hilum.errors import Fault, InputError, NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.network import NetworkAsked
    from hilum.analyses.network_answer import Figures, Matrix
    from hilum.synthesis.network import (
        Contrasts,
        Decomposition,
        NetworkFit,
        Part,
        QTest,
        Split,
    )
    from hilum.watch import Watch


INACTIVE: Final = re.compile(
    r"placebo|sham|no (treatment|contact|intervention)|untreated|observation|watch|usual care|"
    r"standard care|supportive care|\bbsc\b|control|安慰剂|对照|空白|未治疗|观察|支持治疗"
)
"""How people call what has no effect of its own, in small letters."""


def figures(
    evidence: Contrasts, fit: NetworkFit, asked: NetworkAsked, measure: str, watch: Watch
) -> dict[str, Any]:
    """Everything about one connected network: the fields of :class:`NetworkFigures`."""
    from hilum.synthesis.network import decompose, direct_indirect, fit_network

    names = fit.treatments
    reference = asked.reference if asked.reference in names else None
    out: dict[str, Any] = {
        "measure": measure,
        "method": asked.method,
        "small_values": asked.small_values,
        "reference": reference,
        "suggested_reference": suggested_reference(names, drawn(evidence)["studies_of"]),
        "level": asked.level,
        "trts": tuple(names),
        "k": fit.k,
        "m": fit.m,
        "n": fit.n,
        "df": fit.df,
    }
    out |= {name: number(getattr(fit, name)) for name in ("Q", "pval_Q", "tau", "tau2", "I2")}
    for which, found in (("common", fit.common), ("random", fit.random)):
        for name in ("TE", "seTE", "lower", "upper", "pval"):
            out[f"{name}_{which}"] = matrix(getattr(found, name))
    low, high = fit.prediction
    out |= {"lower_predict": matrix(low), "upper_predict": matrix(high)}
    reml = fit if asked.method == "REML" else fit_network(evidence, method="REML")
    out["REML"] = Reml(
        tau=number(reml.tau),
        TE_random=matrix(reml.random.TE),
        seTE_random=matrix(reml.random.seTE),
        loglik=number(reml.loglik_reml),
    )
    out |= _ranked(fit, asked)
    split = direct_indirect(fit, reference=reference)
    out["decomp"] = _decomposition(decompose(fit), names)
    out["split"] = _split(split, names)
    out["node_split"] = _node_splits(fit, split, watch)
    out["net_heat"] = _heat(fit, names)
    if asked.contributions:
        out["contribution"] = _contribution(fit, names)
    out["transformed"] = _transformed(fit, measure)
    return out | drawn(evidence)


def suggested_reference(names: Sequence[str], studies: Sequence[int]) -> str:
    """What others may be read against: a treatment without effect of its own, else the best known.

    The first of ``names`` that is called as :data:`INACTIVE` says, else the one in most studies.
    """
    inactive = [name for name in names if INACTIVE.search(name.casefold())]
    if inactive:
        return inactive[0]
    return names[max(range(len(names)), key=lambda i: studies[i])]


def matrix(values: Any) -> Matrix:
    """Rows of figures."""
    return tuple(numbers(row) for row in values)


def _ranked(fit: NetworkFit, asked: NetworkAsked) -> dict[str, Any]:
    from hilum.synthesis.network import p_scores, rank_probabilities

    names, small = fit.treatments, asked.small_values
    if small is None:
        # Whether a ratio above 1 is good, a table does not say.
        return {}
    out: dict[str, Any] = {}
    for which, found in (("common", fit.common), ("random", fit.random)):
        scores = p_scores(found, small).tolist()  # pyright: ignore[reportArgumentType]
        out[f"pscore_{which}"] = dict(zip(names, scores, strict=True))
    ranks = rank_probabilities(
        fit,
        small,  # pyright: ignore[reportArgumentType]
        seed=asked.seed,
        draws=asked.draws,
    )
    ends = zip(names, ranks.lower.tolist(), ranks.upper.tolist(), strict=True)
    out["ranks"] = RankFigures(
        seed=asked.seed,
        draws=asked.draws,
        probability=matrix(ranks.probability),
        sucra=dict(zip(names, ranks.sucra.tolist(), strict=True)),
        mean_rank=dict(zip(names, ranks.mean.tolist(), strict=True)),
        rank_interval={name: (low, high) for name, low, high in ends},
    )
    return out


def drawn(evidence: Contrasts) -> dict[str, Any]:
    """What the picture of the network shows."""
    edges: dict[tuple[int, int], int] = {}
    for a, b in zip(evidence.treat1.tolist(), evidence.treat2.tolist(), strict=True):
        pair = (min(a, b), max(a, b))
        edges[pair] = edges.get(pair, 0) + 1
    return {
        "trts": tuple(evidence.treatments),
        "k": evidence.k,
        "n": evidence.n,
        "edges": tuple(Edge(one=a, two=b, studies=n) for (a, b), n in edges.items()),
        "studies_of": tuple(
            sum(t in design for design in evidence.designs) for t in range(evidence.n)
        ),
        "multi_arm": tuple(
            tuple(int(t) for t in design) for design in evidence.designs if len(design) > 2
        ),
    }


def _test(test: QTest, row: str, **more: float) -> QRow:
    return QRow(row=row, Q=number(test.Q), df=test.df, pval=number(test.pval), **more)


def _decomposition(found: Decomposition, names: tuple[str, ...]) -> Decomposed:
    labels = [_design(design, names) for design in found.designs]
    return Decomposed(
        Q_decomp=(
            _test(found.total, "Total"),
            _test(found.within, "Within designs"),
            _test(found.between, "Between designs"),
        ),
        Q_het_design=tuple(
            _test(test, label) for test, label in zip(found.within_design, labels, strict=True)
        ),
        Q_inc_detach=tuple(
            _test(test, label) for test, label in zip(found.detached, labels, strict=True)
        ),
        Q_inc_random=(
            _test(found.between_random, "Between designs", tau_within=found.tau2_within**0.5),
        ),
        interaction_wald=_test(found.wald, "Design by treatment", tau=found.tau2_interaction**0.5),
    )


def _design(design: tuple[int, ...], names: tuple[str, ...]) -> str:
    return ":".join(names[t] for t in design)


def _split(found: Split, names: tuple[str, ...]) -> SplitFigures:
    pairs = list(zip(found.treat1.tolist(), found.treat2.tolist(), strict=True))
    comparison = [f"{names[a]}:{names[b]}" for a, b in pairs]

    def rows(part: Part, **more: Any) -> tuple[SplitRow, ...]:
        fields = {
            name: getattr(part, name) for name in ("TE", "seTE", "lower", "upper", "statistic", "p")
        } | more
        return tuple(
            SplitRow(comparison=label, **{key: number(values[i]) for key, values in fields.items()})
            for i, label in enumerate(comparison)
        )

    return SplitFigures(
        comparison=tuple(comparison),
        pairs=tuple(pairs),
        k=tuple(found.k.tolist()),
        prop_random=numbers(found.proportion),
        network=rows(found.network),
        direct=rows(found.direct, Q=found.Q, tau2=found.tau2, tau=found.tau2**0.5, I2=found.I2),
        indirect=rows(found.indirect),
        compare=rows(found.compare, z=found.compare.statistic),
    )


def _node_splits(fit: NetworkFit, split: Split, watch: Watch) -> tuple[NodeRow, ...]:
    """Node splitting and SIDDE of each comparison with direct and indirect evidence."""
    import numpy as np

    from hilum.synthesis.network import node_split, without_direct

    mixed = np.flatnonzero((split.proportion > 0) & (split.proportion < 1 - 1e-9)).tolist()
    watch.stage("splitting", len(mixed))
    out: list[NodeRow] = []
    for c in mixed:
        one, two = fit.treatments[split.treat1[c]], fit.treatments[split.treat2[c]]
        out.append(
            NodeRow(
                comparison=f"{one}:{two}",
                model=_sides(node_split(fit, one, two)),
                SIDDE=_sides(without_direct(fit, one, two)),
            )
        )
        watch.done()
    return tuple(out)


def _sides(found: Any) -> Sides:
    return Sides(
        direct=_pair(found.direct),
        indirect=_pair(found.indirect),
        difference=_pair(found.difference),
        p=number(found.pval),
        tau=number(found.tau2**0.5),
    )


def _pair(found: tuple[float, float] | None) -> Figures:
    return () if found is None else numbers(found)


def _heat(fit: NetworkFit, names: tuple[str, ...]) -> HeatFigures:
    from hilum.synthesis.network import net_heat

    found = net_heat(fit)
    return HeatFigures(
        designs=tuple(_design(design, names) for design in found.designs),
        heat=matrix(found.heat),
        hat=matrix(found.hat),
        Q=numbers(found.Q),
    )


def _contribution(fit: NetworkFit, names: tuple[str, ...]) -> Contributed | Refused:
    from hilum.synthesis.network import contributions, hat_matrix, study_contributions

    try:
        hat = hat_matrix(fit)
    except NotEstimable as error:
        return Refused(reason=error.sentence)
    shares = contributions(hat)
    return Contributed(
        comparison=tuple(f"{names[a]}:{names[b]}" for a, b in hat.pairs.tolist()),
        direct=tuple(f"{names[a]}:{names[b]}" for a, b in hat.comparisons.tolist()),
        hat=matrix(hat.matrix),
        share=matrix(shares),
        studies=tuple(fit.contrasts.studies),
        study_share=matrix(study_contributions(hat, shares)),
    )


def _transformed(fit: NetworkFit, measure: str) -> NaturalScale | None:
    from hilum.synthesis.effects import back_transform
    from hilum.synthesis.effects import measure as measure_of

    if measure_of(measure).scale == "none":
        return None
    low, high = fit.prediction

    def back(values: Any) -> Matrix:
        return matrix(back_transform(values, measure))

    return NaturalScale(
        TE=back(fit.random.TE),
        lower=back(fit.random.lower),
        upper=back(fit.random.upper),
        lower_predict=back(low),
        upper_predict=back(high),
    )


def additive(evidence: Contrasts, asked: NetworkAsked) -> Additive:
    """The additive component model."""
    from hilum.synthesis.network import fit_components

    found = fit_components(
        evidence,
        separator=asked.separator,
        inactive=asked.inactive,
        interactions=asked.interaction,
        method=asked.method,
        level=asked.level,
    )
    return Additive(
        comps=tuple(found.components),
        estimable=tuple(found.estimable.tolist()),
        Comp_random=numbers(found.comp),
        seComp_random=numbers(found.se),
        pval_random=numbers(found.pval),
        Comp_common=numbers(found.comp_common),
        seComp_common=numbers(found.se_common),
        Q_additive=number(found.Q_additive.Q),
        df=found.Q_additive.df,
        pval_Q=number(found.Q_additive.pval),
        Q_diff=number(found.Q_diff.Q),
        df_diff=found.Q_diff.df,
        pval_diff=number(found.Q_diff.pval),
        tau=number(found.tau),
        trts=tuple(evidence.treatments),
        matrix=matrix(found.matrix),
        TE_random=matrix(found.random.TE),
        seTE_random=matrix(found.random.seTE),
    )


def funnel(fit: NetworkFit, order: str) -> Funnel:
    """The comparison-adjusted funnel in an order of treatments.

    Raises
    ------
    InputError
        An order that is not each treatment once.
    """
    from hilum.synthesis.network import adjusted_funnel

    names = [name.strip() for name in order.split(",")]
    for name in names:
        check_treatment("order", name, fit.treatments)
    absent = [name for name in fit.treatments if name not in names]
    if absent or len(names) > fit.n:
        wanted = phrased("each treatment once; missing: {value}", value=", ".join(absent) or "none")
        raise InputError(Fault("", None, "order", order, wanted))
    found = adjusted_funnel(fit, names)
    return Funnel(
        effect=numbers(found.effect),
        se=numbers(found.se),
        comparison=tuple(
            f"{fit.treatments[a]} - {fit.treatments[b]}" for a, b in found.comparison.tolist()
        ),
        study=tuple(fit.contrasts.studies[s] for s in found.study),
        pval=number(found.pval),
    )
