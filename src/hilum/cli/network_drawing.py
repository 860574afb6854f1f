"""Plots of ``hilum network``: from a fitted network to an SVG file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hilum.cli.drawing import must_be_svg, write_svg
from hilum.cli.network_data import check_treatment
from hilum.cli.network_results import fitted
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hilum.cli.network_data import NetworkOptions
    from hilum.plots import ForestRow
    from hilum.synthesis.network import Contrasts, NetworkFit

KINDS = ("graph", "league", "rankogram", "forest", "comparisons", "heat", "funnel")
# SVG drops ordinary spaces at the start of a text.
INDENT = "\N{NO-BREAK SPACE}" * 3


def _ratio(options: NetworkOptions) -> bool:
    from hilum.synthesis.effects import measure

    return measure(options.measure or "GEN").unit == "ratio"


def draw_network(path: Path, kind: str, evidence: Contrasts, options: NetworkOptions) -> None:
    """Write the plot, or leave an existing file as it was.

    Raises
    ------
    InputError
        Another kind of plot or file, or a plot that this network does not have.
    NotEstimable
        A network in several parts, for all plots but the graph.
    """
    if kind not in KINDS:
        raise InputError(Fault("--kind", None, "kind", kind, f"one of {', '.join(KINDS)}"))
    must_be_svg(path)
    if kind == "graph":
        picture = _graph(evidence)
    else:
        fit = fitted(evidence, options)
        makers: dict[str, Callable[[NetworkFit, NetworkOptions], str]] = {
            "league": _league,
            "rankogram": _rankogram,
            "forest": _forest,
            "comparisons": _comparisons,
            "heat": _heat,
            "funnel": _funnel,
        }
        picture = makers[kind](fit, options)
    write_svg(path, picture)


def _graph(evidence: Contrasts) -> str:
    from hilum.plots import network_svg

    edges: dict[tuple[int, int], int] = {}
    for a, b in zip(evidence.treat1.tolist(), evidence.treat2.tolist(), strict=True):
        pair = (min(a, b), max(a, b))
        edges[pair] = edges.get(pair, 0) + 1
    studies = [sum(t in design for design in evidence.designs) for t in range(evidence.n)]
    multi = [design for design in evidence.designs if len(design) > 2]
    return network_svg(
        evidence.treatments,
        studies,
        edges,
        multi_arm=multi,
        title=f"{evidence.k} studies, {evidence.n} treatments",
    )


def _back(options: NetworkOptions) -> Callable[[float], float]:
    return math.exp if _ratio(options) else lambda value: value


def _ranked(fit: NetworkFit, options: NetworkOptions) -> list[int]:
    from hilum.synthesis.network import p_scores

    small: Any = options.small_values
    scores = p_scores(fit.random, small)
    return sorted(range(fit.n), key=lambda i: -scores[i])


def _league(fit: NetworkFit, options: NetworkOptions) -> str:
    from hilum.plots import league_svg
    from hilum.synthesis.network import direct_indirect

    back, order, n = _back(options), _ranked(fit, options), fit.n

    def said(value: float, low: float, high: float) -> str:
        return f"{back(value):.2f}\n{back(low):.2f} to {back(high):.2f}"

    network, direct = [[""] * n for _ in range(n)], [[""] * n for _ in range(n)]
    strength: list[list[float | None]] = [[None] * n for _ in range(n)]
    found, split = fit.random, direct_indirect(fit)
    for a in range(n):
        for b in range(n):
            if a != b:
                i, j = order.index(a), order.index(b)
                network[i][j] = said(found.TE[a, b], found.lower[a, b], found.upper[a, b])
                strength[i][j] = float(found.statistic[a, b])
    part = split.direct
    for c, (a, b) in enumerate(zip(split.treat1.tolist(), split.treat2.tolist(), strict=True)):
        i, j = order.index(a), order.index(b)
        # Above the diagonal the row comes first; the split is of a minus b.
        sign = 1.0 if i < j else -1.0
        i, j = min(i, j), max(i, j)
        if split.k[c]:
            te, half = sign * float(part.TE[c]), float(part.upper[c] - part.TE[c])
            direct[i][j] = said(te, te - half, te + half)
            strength[i][j] = te / float(part.seTE[c])
        else:
            strength[i][j] = None
    names = [fit.treatments[i] for i in order]
    measure = options.measure or "effect"
    versus = "row versus column" if _ratio(options) else "row minus column"
    return league_svg(
        names,
        network,
        direct,
        strength,
        title=f"League table: {measure}, {versus}, best P-score first",
        note="Below the diagonal the network (random effects), above it direct studies alone.\n"
        "Colour: estimate over standard error; cool below no difference, warm above.",
    )


def _rankogram(fit: NetworkFit, options: NetworkOptions) -> str:
    from hilum.plots import rankogram_svg
    from hilum.synthesis.network import rank_probabilities

    small: Any = options.small_values
    ranks = rank_probabilities(fit, small, seed=options.seed, draws=options.draws)
    order = _ranked(fit, options)
    return rankogram_svg(
        [fit.treatments[i] for i in order],
        [ranks.probability[i].tolist() for i in order],
        [float(ranks.sucra[i]) for i in order],
    )


def _row(label: str, te: float, half: float, back: Callable[[float], float], **more: Any) -> Any:
    from hilum.plots import ForestRow

    value, low, high = back(te), back(te - half), back(te + half)
    return ForestRow(label, value, (low, high), f"{value:.2f} ({low:.2f} to {high:.2f})", **more)


def _scale(options: NetworkOptions) -> Any:
    return "ratio" if _ratio(options) else "linear"


def _forest(fit: NetworkFit, options: NetworkOptions) -> str:
    from hilum.plots import ForestRow, forest_svg

    reference = options.reference or fit.treatments[0]
    check_treatment("--reference", reference, fit.treatments)
    at, back = fit.index(reference), _back(options)
    low, high = fit.prediction
    rows: list[ForestRow] = [ForestRow(f"against {reference}", None, None, "", role="heading")]
    for i in _ranked(fit, options):
        if i == at:
            continue
        te, half = float(fit.random.TE[i, at]), float(fit.random.half[i, at])
        weight = float(fit.random.seTE[i, at]) ** -2
        rows.append(_row(fit.treatments[i], te, half, back, weight=weight))
        if math.isfinite(low[i, at]):
            ends = back(float(low[i, at])), back(float(high[i, at]))
            words = f"{ends[0]:.2f} to {ends[1]:.2f}"
            rows.append(
                ForestRow(
                    f"{INDENT}a new study",
                    None,
                    ends,
                    words,
                    role="prediction",
                )
            )
    return forest_svg(
        tuple(rows),
        title=f"{options.measure}, random effects by {options.method}",
        axis=f"{options.measure} against {reference}",
        scale=_scale(options),
        standalone=True,
    )


def _comparisons(fit: NetworkFit, options: NetworkOptions) -> str:
    """Direct, indirect and network estimate of every comparison with direct evidence."""
    from hilum.plots import ForestRow, forest_svg
    from hilum.synthesis.network import direct_indirect

    split, back = direct_indirect(fit, reference=options.reference), _back(options)
    rows: list[ForestRow] = []
    for c in range(len(split.k)):
        if not split.k[c]:
            continue
        one, two = fit.treatments[split.treat1[c]], fit.treatments[split.treat2[c]]
        p = float(split.compare.p[c])
        words = f"p {p:.3g} (direct against indirect)" if math.isfinite(p) else ""
        rows.append(ForestRow(f"{one} - {two}", None, None, words, role="heading"))
        for label, part, role in (
            (f"{INDENT}direct ({split.k[c]})", split.direct, "study"),
            (f"{INDENT}indirect", split.indirect, "study"),
            (f"{INDENT}network", split.network, "pooled"),
        ):
            te, se = float(part.TE[c]), float(part.seTE[c])
            if math.isfinite(te):
                half = float(part.upper[c]) - te
                rows.append(_row(label, te, half, back, role=role, weight=se**-2))
    return forest_svg(
        tuple(rows),
        title=f"{options.measure}: direct and indirect evidence",
        axis=options.measure or "effect",
        scale=_scale(options),
        standalone=True,
    )


def _heat(fit: NetworkFit, options: NetworkOptions) -> str:
    from hilum.plots import net_heat_svg
    from hilum.synthesis.network import net_heat

    del options
    found = net_heat(fit)
    if not found.designs:
        wanted = "a network with a closed loop of designs: here nothing can disagree"
        raise InputError(Fault("--kind", None, "kind", "heat", wanted))
    labels = [" : ".join(fit.treatments[t] for t in design) for design in found.designs]
    return net_heat_svg(labels, found.heat.tolist(), found.hat.tolist())


def _funnel(fit: NetworkFit, options: NetworkOptions) -> str:
    from hilum.plots import adjusted_funnel_svg
    from hilum.synthesis.network import adjusted_funnel

    if options.order is None:
        wanted = "--order 'A,B,...': all treatments, in an order with a meaning (newest first, say)"
        raise InputError(Fault("--order", None, "order", "", wanted))
    order = [name.strip() for name in options.order.split(",")]
    for name in order:
        check_treatment("--order", name, fit.treatments)
    absent = [name for name in fit.treatments if name not in order]
    if absent or len(order) > fit.n:
        wanted = f"each treatment once; missing: {', '.join(absent) or 'none'}"
        raise InputError(Fault("--order", None, "order", options.order, wanted))
    found = adjusted_funnel(fit, order)
    labels = [f"{fit.treatments[a]} - {fit.treatments[b]}" for a, b in found.comparison.tolist()]
    note = f"Egger p {found.pval:.3g}" if math.isfinite(found.pval) else ""
    return adjusted_funnel_svg(
        found.effect.tolist(),
        found.se.tolist(),
        labels,
        labels=[fit.contrasts.studies[s] for s in found.study],
        note=note,
    )
