"""Analyses of one's own table that a page offers: what each takes, shows and draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.joint_table import OWN as JOINT_COLUMNS
from hilum.analyses.network_rows import COLUMNS as NETWORK_COLUMNS
from hilum.analyses.survival_table import COLUMNS as SURVIVAL_COLUMNS
from hilum.evidence.vocabulary import OUTCOMES, POPULATION_LABELS
from hilum.rendering.joint import joint_lines
from hilum.rendering.joint_plots import dial_picture, outcome_picture
from hilum.rendering.network import network_lines
from hilum.rendering.network_plots import PLOT_KINDS
from hilum.rendering.survival import survival_lines
from hilum.rendering.survival_plot import survival_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.language import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTable:
    """One analysis of a table that was pasted or sent.

    Parameters
    ----------
    analysis : str
        Its code; ``command`` are the words of its command.
    first : tuple of str
        Options that a form shows at once; the others are folded.
    columns : tuple of str
        Names of columns that are looked for.
    plots : dict
        Name and drawing of each plot, the first shown at once; one may refuse an answer.
    usual : dict
        What stands in a form at first, where it is another than the command's.
    shipped : tuple of str
        Options that say what of the shipped evidence is asked, where no table is sent; without
        them a table is needed.
    """

    analysis: str
    command: tuple[str, ...]
    title: str
    columns: tuple[str, ...]
    columns_help: str
    example: str
    first: tuple[str, ...]
    lines: Callable[[Any, Words], Sequence[str]]
    plots: dict[str, tuple[str, Callable[[Any, Words], str]]]
    without: frozenset[str] = frozenset()
    usual: dict[str, str] = field(default_factory=dict[str, str])
    shipped: tuple[str, ...] = ()


def _network_plot(code: str) -> Callable[[Any, Words], str]:
    return lambda answer, words: PLOT_KINDS[code].draw(answer, words)


OWN: Final = {
    "network": OwnTable(
        analysis="network",
        command=("network",),
        title="Compare treatments in a network",
        columns=NETWORK_COLUMNS,
        columns_help="A row an arm: studlab, treat, event, n (or mean, sd, n; or event, time). Or "
        "a row a comparison: studlab, treat1, treat2, TE, seTE.",
        example="network.csv",
        first=("measure", "method", "reference", "small_values", "level"),
        lines=network_lines,
        plots={
            "graph": ("Network", _network_plot("graph")),
            "forest": ("Against the reference", _network_plot("forest")),
            "league": ("League table", _network_plot("league")),
            "rankogram": ("Ranks", _network_plot("rankogram")),
            "comparisons": ("Direct and indirect", _network_plot("comparisons")),
            "heat": ("Inconsistency", _network_plot("heat")),
        },
        # What names further columns or an order of a funnel that is not drawn here.
        without=frozenset({"contributions", "certainty", "bias", "indirectness", "important",
                           "order"}),
    ),
    "survival": OwnTable(
        analysis="survival",
        command=("survival", "pool"),
        title="Pool survival",
        columns=SURVIVAL_COLUMNS,
        columns_help="A row a report: study, arm, kind (rate, median, not_reached or at_risk), "
        "time, value, lower, upper, n, and unit (months). A column file is not opened.",
        example="survival.csv",
        first=("method", "family", "random", "unit", "times", "level"),
        lines=survival_lines,
        plots={"curve": ("Pooled survival", survival_picture)},
    ),
    "joint": OwnTable(
        analysis="joint",
        command=("joint",),
        title="Turn the weight of single-arm evidence",
        columns=JOINT_COLUMNS,
        columns_help="A row an arm: study, treatment, design (randomised, comparative or "
        "single_arm), event, n; or yi and sei, with comparator, for log hazards; favoured, 1 for "
        "arms of a comparison without randomisation that confounding would favour.",
        example="joint.csv",
        first=("dial", "on", "treatment", "versus", "margin"),
        lines=joint_lines,
        plots={
            "dial": ("The dial", dial_picture),
            "absolute": ("Absolute outcome", outcome_picture),
        },
        usual={"dial": "yes", "on": "single"},
        shipped=("outcome", "population", "without_derived"),
    ),
}  # fmt: skip
"""By the code in the address."""


def shipped_choices(words: Words) -> dict[str, list[tuple[str, str]]]:
    """What of the shipped evidence can be asked, by option: codes and their words."""
    outcomes = [(code, words(one.label)) for code, one in OUTCOMES.items()]
    populations = [(code, words(said)) for code, said in POPULATION_LABELS.items()]
    return {"outcome": outcomes, "population": populations}


def own_kinds() -> tuple[str, ...]:
    """Kinds of plot of all of them, for addresses."""
    return tuple(sorted({code for one in OWN.values() for code in one.plots}))


def messages() -> set[str]:
    """Ids that stand in the table."""
    found = {text for one in OWN.values() for text in (one.title, one.columns_help)}
    return found | {name for one in OWN.values() for name, _ in one.plots.values()}
