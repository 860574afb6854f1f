"""Plots of a network: each kind is one record that draws it; nothing is fitted here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError
from hilum.rendering.printed_figures import probable
from hilum.synthesis.effects import back_transform
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.analyses.network import NetworkAnswered
    from hilum.language import Words
    from hilum.plots import ForestRow

# SVG drops ordinary spaces at the start of a text.
INDENT: Final = "\N{NO-BREAK SPACE}" * 3


@dataclass(frozen=True, slots=True)
class NetworkPlot:
    """One kind of plot: draws the answer; ``parts`` where it can show a network in parts."""

    make: Callable[[NetworkAnswered, Words], str]
    parts: bool = False

    def draw(self, answer: NetworkAnswered, words: Words) -> str:
        """The SVG.

        Raises
        ------
        InputError
            A network in several parts, for most kinds; or one without what the plot shows.
        """
        if not (answer.connected or self.parts):
            wanted = "a connected network"
            raise InputError(Fault("", None, "kind", f"{len(answer.parts)} parts", wanted))
        return self.make(answer, words)


def _ratio(answer: NetworkAnswered) -> bool:
    return measure_of(answer.measure).unit == "ratio"


def _back(answer: NetworkAnswered) -> Callable[[float], float]:
    return lambda value: float(back_transform(value, answer.measure))


def _value(figure: float | None) -> float:
    return math.nan if figure is None else figure


def _ranked(answer: NetworkAnswered) -> list[int]:
    """Places of the treatments, the best P-score first; as in the answer where none is ranked."""
    scores = [answer.pscore_random.get(name, 0.0) for name in answer.trts]
    return sorted(range(len(scores)), key=lambda i: -scores[i])


def _graph(answer: NetworkAnswered, words: Words) -> str:
    from hilum.plots import network_svg

    return network_svg(
        answer.trts,
        list(answer.studies_of),
        {(one.one, one.two): one.studies for one in answer.edges},
        multi_arm=[tuple(design) for design in answer.multi_arm],
        title=words("{k} studies, {n} treatments", k=answer.k, n=answer.n),
        note=words(
            "disc: studies of a treatment; line: studies of a comparison; shaded: multi-arm studies"
        ),
    )


def _league(answer: NetworkAnswered, words: Words) -> str:
    from hilum.plots import league_svg

    assert answer.split is not None, "a connected network"
    back, order, n = _back(answer), _ranked(answer), len(answer.trts)

    def said(value: float, low: float, high: float) -> str:
        ends = words("{low:.2f} to {high:.2f}", low=back(low), high=back(high))
        return f"{back(value):.2f}\n{ends}"

    network, direct = [[""] * n for _ in range(n)], [[""] * n for _ in range(n)]
    strength: list[list[float | None]] = [[None] * n for _ in range(n)]
    for a in range(n):
        for b in range(n):
            if a != b:
                i, j = order.index(a), order.index(b)
                te, se = _value(answer.TE_random[a][b]), _value(answer.seTE_random[a][b])
                ends = answer.lower_random[a][b], answer.upper_random[a][b]
                network[i][j] = said(te, _value(ends[0]), _value(ends[1]))
                strength[i][j] = te / se
    split = answer.split
    for (a, b), k, part in zip(split.pairs, split.k, split.direct, strict=True):
        i, j = order.index(a), order.index(b)
        # Above the diagonal the row comes first; the split is of a minus b.
        sign = 1.0 if i < j else -1.0
        i, j = min(i, j), max(i, j)
        strength[i][j] = None
        if k:
            te = sign * _value(part.TE)
            half = _value(part.upper) - _value(part.TE)
            direct[i][j] = said(te, te - half, te + half)
            strength[i][j] = te / _value(part.seTE)
    title = "League table: {measure}, row minus column, best P-score first"
    if _ratio(answer):
        title = "League table: {measure}, row versus column, best P-score first"
    return league_svg(
        [answer.trts[i] for i in order],
        network,
        direct,
        strength,
        title=words(title, measure=answer.measure),
        note=words(
            "Below the diagonal the network (random effects), above it direct studies alone.\n"
            "Colour: estimate over standard error; cool below no difference, warm above."
        ),
    )


def _rankogram(answer: NetworkAnswered, words: Words) -> str:
    from hilum.plots import rankogram_svg

    if answer.ranks is None:
        wanted = "desirable or undesirable: nothing is ranked before it is said"
        raise InputError(Fault("", None, "small_values", "", wanted))
    ranks, order = answer.ranks, _ranked(answer)
    return rankogram_svg(
        [answer.trts[i] for i in order],
        [[_value(one) for one in ranks.probability[i]] for i in order],
        [ranks.sucra[answer.trts[i]] for i in order],
        title=words("Rank probabilities"),
        note=words("line: this rank or better; in brackets SUCRA"),
        axes=(words("rank"), words("probability")),
    )


def _row(
    label: str, te: float, half: float, answer: NetworkAnswered, words: Words, **more: Any
) -> ForestRow:
    from hilum.plots import ForestRow

    back = _back(answer)
    value, low, high = back(te), back(te - half), back(te + half)
    text = words("{value:.2f} ({low:.2f} to {high:.2f})", value=value, low=low, high=high)
    return ForestRow(label, value, (low, high), text, **more)


def _scale(answer: NetworkAnswered) -> Any:
    return measure_of(answer.measure).unit


def _forest(answer: NetworkAnswered, words: Words) -> str:
    from hilum.plots import ForestRow, forest_svg

    reference = answer.reference or answer.suggested_reference or answer.trts[0]
    at, back = answer.trts.index(reference), _back(answer)
    title = words("against {reference}", reference=reference)
    rows: list[ForestRow] = [ForestRow(title, None, None, "", role="heading")]
    for i in _ranked(answer):
        if i == at:
            continue
        te, se = _value(answer.TE_random[i][at]), _value(answer.seTE_random[i][at])
        half = _value(answer.upper_random[i][at]) - te
        rows.append(_row(answer.trts[i], te, half, answer, words, weight=se**-2))
        low, high = answer.lower_predict[i][at], answer.upper_predict[i][at]
        if low is not None and high is not None:
            ends = back(low), back(high)
            text = words("{low:.2f} to {high:.2f}", low=ends[0], high=ends[1])
            label = f"{INDENT}{words('a new study')}"
            rows.append(ForestRow(label, None, ends, text, role="prediction"))
    return forest_svg(
        tuple(rows),
        title=words(
            "{measure}, random effects by {method}", measure=answer.measure, method=answer.method
        ),
        axis=words("{measure} against {reference}", measure=answer.measure, reference=reference),
        scale=_scale(answer),
        standalone=True,
    )


def _comparisons(answer: NetworkAnswered, words: Words) -> str:
    """Direct, indirect and network estimate of every comparison with direct evidence."""
    from hilum.plots import ForestRow, forest_svg

    assert answer.split is not None, "a connected network"
    split = answer.split
    rows: list[ForestRow] = []
    for c, (a, b) in enumerate(split.pairs):
        if not split.k[c]:
            continue
        p = split.compare[c].p
        text = "" if p is None else words("p {p} (direct against indirect)", p=probable(p))
        title = f"{answer.trts[a]} - {answer.trts[b]}"
        rows.append(ForestRow(title, None, None, text, role="heading"))
        for label, part, role in (
            (words("direct ({k})", k=split.k[c]), split.direct[c], "study"),
            (words("indirect"), split.indirect[c], "study"),
            (words("network"), split.network[c], "pooled"),
        ):
            if part.TE is not None and part.upper is not None and part.seTE is not None:
                weight = part.seTE**-2
                half = part.upper - part.TE
                name = f"{INDENT}{label}"
                rows.append(_row(name, part.TE, half, answer, words, role=role, weight=weight))
    return forest_svg(
        tuple(rows),
        title=words("{measure}: direct and indirect evidence", measure=answer.measure),
        axis=answer.measure,
        scale=_scale(answer),
        standalone=True,
    )


def _heat(answer: NetworkAnswered, words: Words) -> str:
    from hilum.plots import net_heat_svg
    from hilum.plots.league import HEAT_WORDS

    found = answer.net_heat
    if found is None or not found.designs:
        wanted = "a network with a closed loop of designs: here nothing can disagree"
        raise InputError(Fault("", None, "kind", "heat", wanted))
    return net_heat_svg(
        [design.replace(":", " : ") for design in found.designs],
        [[_value(one) for one in row] for row in found.heat],
        [[_value(one) for one in row] for row in found.hat],
        title=words("Net heat plot"),
        words=[words(one) for one in HEAT_WORDS],
    )


def _funnel(answer: NetworkAnswered, words: Words) -> str:
    from hilum.plots import adjusted_funnel_svg

    found = answer.funnel
    if found is None:
        wanted = "all treatments ('A,B,...') in an order with a meaning (newest first, say)"
        raise InputError(Fault("", None, "order", "", wanted))
    return adjusted_funnel_svg(
        [_value(one) for one in found.effect],
        [_value(one) for one in found.se],
        list(found.comparison),
        labels=list(found.study),
        note="" if found.pval is None else words("Egger p {p}", p=probable(found.pval)),
        axis=words("effect minus the mean of its comparison"),
        y_axis=words("standard error"),
        title=words("Comparison-adjusted funnel plot"),
    )


PLOT_KINDS: Final[dict[str, NetworkPlot]] = {
    "graph": NetworkPlot(_graph, parts=True),
    "league": NetworkPlot(_league),
    "rankogram": NetworkPlot(_rankogram),
    "forest": NetworkPlot(_forest),
    "comparisons": NetworkPlot(_comparisons),
    "heat": NetworkPlot(_heat),
    "funnel": NetworkPlot(_funnel),
}
"""Kinds of plot by their code; a new one is one record here."""


def messages() -> set[str]:
    """Ids that stand in tables."""
    from hilum.plots.league import HEAT_WORDS

    return {
        *HEAT_WORDS,
        "League table: {measure}, row minus column, best P-score first",
        "League table: {measure}, row versus column, best P-score first",
        "Below the diagonal the network (random effects), above it direct studies alone.\n"
        "Colour: estimate over standard error; cool below no difference, warm above.",
    }
