"""A fitted network as the object that ``--json`` prints: the reference's keys, and more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.analyses.forms import plain
from hilum.errors import Fault, InputError, NotEstimable

if TYPE_CHECKING:
    from hilum.cli.network_data import NetworkOptions
    from hilum.synthesis.network import (
        Contrasts,
        Decomposition,
        NetworkFit,
        Part,
        QTest,
        Split,
    )

# Comparisons to split that take more than a second or two.
LONG = 100
LEFT_OUT = {
    "no_information": "no effect, no standard error or no counts",
    "no_events": "no event in any arm",
    "only_events": "nothing but events in every arm",
}


def answer(evidence: Contrasts, options: NetworkOptions, file: str) -> dict[str, Any]:
    """The object of one network, or of each part of one that is not connected.

    Raises
    ------
    InputError
        A network in several parts without ``--separate`` or ``--additive``.
    """
    from hilum.synthesis.network import components, separate

    parts = [[evidence.treatments[t] for t in part] for part in components(evidence)]
    out: dict[str, Any]
    if len(parts) == 1:
        out = {"connected": True} | network_object(evidence, options)
    elif options.separate or options.additive:
        out = {"connected": False, "measure": options.measure, "parts": parts}
        if options.separate:
            out["networks"] = [network_object(part, options) for part in separate(evidence)]
    else:
        named = "; ".join(f"{i}: {', '.join(part)}" for i, part in enumerate(parts, start=1))
        wanted = (
            f"a connected network; it has {len(parts)} parts ({named}). --separate analyses each, "
            "--additive joins those that share components"
        )
        raise InputError(Fault(file, None, "treat", f"{len(parts)} parts", wanted))
    if options.additive:
        out["additive"] = component_object(evidence, options)
    if evidence.left_out:
        out["left_out"] = [
            {"studlab": study, "reason": LEFT_OUT[code]} for study, code in evidence.left_out
        ]
    return out


def fitted(evidence: Contrasts, options: NetworkOptions) -> NetworkFit:
    """The model that the options name."""
    from hilum.synthesis.network import fit_network

    return fit_network(
        evidence,
        method=options.method,  # pyright: ignore[reportArgumentType]
        level=options.level,
    )


def network_object(evidence: Contrasts, options: NetworkOptions) -> dict[str, Any]:
    """Everything about one connected network."""
    from hilum.synthesis.network import (
        decompose,
        direct_indirect,
        fit_network,
        p_scores,
        rank_probabilities,
    )

    fit = fitted(evidence, options)
    names = list(fit.treatments)
    reference = options.reference if options.reference in names else None
    out: dict[str, Any] = {
        "measure": options.measure,
        "method": options.method,
        "small_values": options.small_values,
        "reference": reference,
        "level": options.level,
        "trts": names,
        "k": fit.k,
        "m": fit.m,
        "n": fit.n,
        "Q": fit.Q,
        "df": fit.df,
        "pval_Q": fit.pval_Q,
        "tau": fit.tau,
        "tau2": fit.tau2,
        "I2": fit.I2,
    }
    for which, found in (("common", fit.common), ("random", fit.random)):
        out |= {
            f"TE_{which}": found.TE,
            f"seTE_{which}": found.seTE,
            f"lower_{which}": found.lower,
            f"upper_{which}": found.upper,
            f"pval_{which}": found.pval,
        }
    out["lower_predict"], out["upper_predict"] = fit.prediction
    reml = fit if options.method == "REML" else fit_network(evidence, method="REML")
    out["REML"] = {
        "tau": reml.tau,
        "TE_random": reml.random.TE,
        "seTE_random": reml.random.seTE,
        "loglik": reml.loglik_reml,
    }
    small: Any = options.small_values
    for which, found in (("common", fit.common), ("random", fit.random)):
        scores = p_scores(found, small).tolist()
        out[f"pscore_{which}"] = dict(zip(names, scores, strict=True))
    ranks = rank_probabilities(fit, small, seed=options.seed, draws=options.draws)
    out["ranks"] = {
        "seed": options.seed,
        "draws": options.draws,
        "probability": ranks.probability,
        "sucra": dict(zip(names, ranks.sucra.tolist(), strict=True)),
        "mean_rank": dict(zip(names, ranks.mean.tolist(), strict=True)),
        "rank_interval": {
            name: [low, high]
            for name, low, high in zip(
                names, ranks.lower.tolist(), ranks.upper.tolist(), strict=True
            )
        },
    }
    out["decomp"] = _decomposition(decompose(fit), names)
    out["split"] = _split(direct_indirect(fit, reference=reference), names)
    out["node_split"] = _node_splits(fit, reference)
    out["net_heat"] = _heat(fit, names)
    if options.contributions:
        out["contribution"] = _contribution(fit, names)
    out["transformed"] = _transformed(fit, options)
    return plain_keeping_rows(out)


def plain_keeping_rows(out: dict[str, Any]) -> dict[str, Any]:
    """As :func:`plain`, but arrays stay lists however short."""
    import numpy as np

    def one(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return [one(row) for row in value] if value.ndim else plain(value)
        if isinstance(value, list | tuple):
            return [one(item) for item in value]
        if isinstance(value, dict):
            return {key: one(item) for key, item in value.items()}
        return plain(value)

    return one(out)


def _test(test: QTest, row: str, **more: Any) -> dict[str, Any]:
    return {"Q": test.Q, "df": test.df, "pval": test.pval, **more, "_row": row}


def _decomposition(found: Decomposition, names: list[str]) -> dict[str, Any]:
    labels = [_design(design, names) for design in found.designs]
    return {
        "Q_decomp": [
            _test(found.total, "Total"),
            _test(found.within, "Within designs"),
            _test(found.between, "Between designs"),
        ],
        "Q_het_design": [
            _test(test, label) for test, label in zip(found.within_design, labels, strict=True)
        ],
        "Q_inc_detach": [
            _test(test, label) for test, label in zip(found.detached, labels, strict=True)
        ],
        "Q_inc_random": [
            {
                "Q": found.between_random.Q,
                "df": found.between_random.df,
                "pval": found.between_random.pval,
                "tau.within": found.tau2_within**0.5,
                "_row": "Between designs",
            }
        ],
        "interaction_wald": _test(
            found.wald, "Design by treatment", tau=found.tau2_interaction**0.5
        ),
    }


def _design(design: tuple[int, ...], names: list[str]) -> str:
    return ":".join(names[t] for t in design)


def _split(found: Split, names: list[str]) -> dict[str, Any]:
    comparison = [f"{names[a]}:{names[b]}" for a, b in zip(found.treat1, found.treat2, strict=True)]

    def rows(part: Part, **more: Any) -> list[dict[str, Any]]:
        fields = {
            "TE": part.TE,
            "seTE": part.seTE,
            "lower": part.lower,
            "upper": part.upper,
            "statistic": part.statistic,
            "p": part.p,
            **more,
        }
        return [
            {"comparison": label} | {key: values[i] for key, values in fields.items()}
            for i, label in enumerate(comparison)
        ]

    return {
        "comparison": comparison,
        "k": found.k,
        "prop_random": found.proportion,
        "network": rows(found.network),
        "direct": rows(found.direct, Q=found.Q, tau2=found.tau2, tau=found.tau2**0.5, I2=found.I2),
        "indirect": rows(found.indirect),
        "compare": rows(found.compare, z=found.compare.statistic),
    }


def _node_splits(fit: NetworkFit, reference: str | None) -> list[dict[str, Any]]:
    """Node splitting and SIDDE of each comparison with direct and indirect evidence."""
    import numpy as np
    from rich.console import Console
    from rich.progress import track

    from hilum.synthesis.network import direct_indirect, node_split, without_direct

    split = direct_indirect(fit, reference=reference)
    out: list[dict[str, Any]] = []
    mixed = np.flatnonzero((split.proportion > 0) & (split.proportion < 1 - 1e-9)).tolist()
    shown = Console(stderr=True)
    for c in track(mixed, "splitting", console=shown, transient=True, disable=len(mixed) < LONG):
        a, b = split.treat1[c], split.treat2[c]
        one, two = fit.treatments[a], fit.treatments[b]
        row: dict[str, Any] = {"comparison": f"{one}:{two}"}
        for name, found in (
            ("model", node_split(fit, one, two)),
            ("SIDDE", without_direct(fit, one, two)),
        ):
            row[name] = {
                "direct": found.direct,
                "indirect": found.indirect,
                "difference": found.difference,
                "p": found.pval,
                "tau": found.tau2**0.5,
            }
        out.append(row)
    return out


def _heat(fit: NetworkFit, names: list[str]) -> dict[str, Any]:
    from hilum.synthesis.network import net_heat

    found = net_heat(fit)
    return {
        "designs": [_design(design, names) for design in found.designs],
        "heat": found.heat,
        "hat": found.hat,
        "Q": found.Q,
    }


def _contribution(fit: NetworkFit, names: list[str]) -> dict[str, Any]:
    from hilum.synthesis.network import contributions, hat_matrix, study_contributions

    try:
        hat = hat_matrix(fit)
    except NotEstimable as error:
        return {"error": str(error)}
    shares = contributions(hat)
    return {
        "comparison": [f"{names[a]}:{names[b]}" for a, b in hat.pairs.tolist()],
        "direct": [f"{names[a]}:{names[b]}" for a, b in hat.comparisons.tolist()],
        "hat": hat.matrix,
        "share": shares,
        "studies": list(fit.contrasts.studies),
        "study_share": study_contributions(hat, shares),
    }


def _transformed(fit: NetworkFit, options: NetworkOptions) -> dict[str, Any]:
    """Random effects on the scale people read, where that is another."""
    from hilum.synthesis.effects import back_transform
    from hilum.synthesis.effects import measure as measure_of

    measure = options.measure or "GEN"
    if measure_of(measure).scale == "none":
        return {}
    low, high = fit.prediction
    figures = {"TE": fit.random.TE, "lower": fit.random.lower, "upper": fit.random.upper}
    figures |= {"lower_predict": low, "upper_predict": high}
    return {name: back_transform(values, measure) for name, values in figures.items()}


def component_object(evidence: Contrasts, options: NetworkOptions) -> dict[str, Any]:
    """The additive component model under the reference's keys."""
    from hilum.synthesis.network import fit_components

    found = fit_components(
        evidence,
        separator=options.separator,
        inactive=options.inactive,
        interactions=options.interactions,
        method=options.method,  # pyright: ignore[reportArgumentType]
        level=options.level,
    )
    return plain_keeping_rows(
        {
            "comps": list(found.components),
            "estimable": found.estimable.tolist(),
            "Comp_random": found.comp,
            "seComp_random": found.se,
            "pval_random": found.pval,
            "Comp_common": found.comp_common,
            "seComp_common": found.se_common,
            "Q_additive": found.Q_additive.Q,
            "df": found.Q_additive.df,
            "pval_Q": found.Q_additive.pval,
            "Q_diff": found.Q_diff.Q,
            "df_diff": found.Q_diff.df,
            "pval_diff": found.Q_diff.pval,
            "tau": found.tau,
            "trts": list(evidence.treatments),
            "matrix": found.matrix,
            "TE_random": found.random.TE,
            "seTE_random": found.random.seTE,
        }
    )
