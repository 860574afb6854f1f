"""Network meta-analysis: a table of studies, every pair of treatments compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from hilum.analyses.asked import Columns, Option, check
from hilum.analyses.columns_read import following, left_unread
from hilum.analyses.network_answer import (
    Additive,
    Funnel,
    LeftStudy,
    NetworkFigures,
)
from hilum.analyses.network_certainty import Confidence, confidence
from hilum.analyses.network_figures import additive, drawn, figures, funnel
from hilum.analyses.network_rows import COLUMNS, joining, network_remarks, read_network
from hilum.analyses.pool_asked import corrections
from hilum.analyses.tables import Table
from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.records import found
from hilum.synthesis.certainty import Override
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.errors import Phrase
    from hilum.synthesis.network import Contrasts
    from hilum.watch import Watch

SMALL = ("desirable", "undesirable")
NO_INFORMATION: Final = "no_information"
WANTED: Final = {
    NO_INFORMATION: "an effect with its standard error, or counts: without them the study, which "
    "would join the parts, is left out",
    "no_events": "an event in some arm: without one {measure} leaves the study out, which would "
    "join the parts",
    "only_events": "a patient without event in some arm: without one {measure} leaves the study "
    "out, which would join the parts",
}
"""What a study that is left out would have needed, by the reason."""
KEEPS: Final = {"OR": "RD", "RR": "RD", "PETO": "RD", "IRR": "IRD"}
"""Differences that are defined where a ratio is not, for the same columns."""


def network_methods() -> tuple[str, ...]:
    """Codes of estimators of tau2."""
    from hilum.synthesis.network import NETWORK_ESTIMATORS

    return tuple(NETWORK_ESTIMATORS)


def contrast_measures() -> tuple[str, ...]:
    """Codes of measures of two groups."""
    from hilum.synthesis.effects import MEASURES

    return tuple(one.code for one in MEASURES.values() if one.groups == 2)


def what_small_means() -> tuple[str, ...]:
    """What a small effect is."""
    return SMALL


def network_columns() -> tuple[str, ...]:
    """Columns of contrasts and of arms."""
    return COLUMNS


@dataclass(frozen=True, kw_only=True)
class NetworkAsked:
    """A table of contrasts or arms, and how to compare its treatments."""

    table: Table
    measure: Annotated[
        str | None,
        Option(
            "Effect measure; by default OR (event n), IRR (event time) or MD (mean sd n) of arms, "
            "GEN of contrasts.",
            contrast_measures,
        ),
    ] = None
    method: Annotated[str, Option("Estimator of tau2.", network_methods)] = "DL"
    reference: Annotated[str | None, Option("Treatment that others are shown against.")] = None
    small_values: Annotated[
        str | None,
        Option("What a small effect is; nothing is ranked before it is said.", what_small_means),
    ] = None
    level: Annotated[float, Option("Coverage of intervals.", above=0, below=1)] = 0.95
    add: Annotated[
        float,
        Option("Correction of empty cells, in all arms.", at_least=0, below=float("inf")),
    ] = 0.5
    to: Annotated[str, Option("Which tables are corrected.", corrections)] = "only0"
    tolerance: Annotated[
        float,
        Option("How far contrasts of a multi-arm study may fail to add up.", at_least=0),
    ] = 1e-3
    separate: Annotated[bool, Option("Analyse each part of a network in several parts.")] = False
    additive: Annotated[bool, Option("Also the additive model of components.")] = False
    separator: Annotated[str, Option("Between components in a name.")] = "+"
    inactive: Annotated[str | None, Option("Component without effect.")] = None
    interaction: Annotated[
        tuple[str, ...], Option("A*B: their effects together are not their sum.")
    ] = ()
    contributions: Annotated[bool, Option("Also the share of each study (large).")] = False
    certainty: Annotated[bool, Option("Also CINeMA's draft of confidence in each comparison.")] = (
        False
    )
    bias: Annotated[
        str | None,
        Option("Column of risk of bias (low, some, high), for the draft of confidence."),
    ] = None
    indirectness: Annotated[
        str | None,
        Option("Column of indirectness (low, some, high), for the draft of confidence."),
    ] = None
    important: Annotated[
        float | None,
        Option(
            "Smallest ratio or difference that matters, for the draft of confidence (1.25 for "
            "ratios)."
        ),
    ] = None
    seed: Annotated[int, Option("Seed of the simulated ranks.", at_least=0)] = 1
    draws: Annotated[int, Option("Draws of the simulated ranks.", at_least=1)] = 100_000
    order: Annotated[
        str | None,
        Option("All treatments, comma between, newest first, say: the funnel plot needs them."),
    ] = None
    columns: Annotated[dict[str, str], Columns(network_columns)] = field(default_factory=dict)
    changes: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        alone = {"inactive": self.inactive or "", "interaction": ", ".join(self.interaction)}
        faults = [
            Fault("", None, name, value, "additive beside it")
            for name, value in alone.items()
            if value and not self.additive
        ]
        if not self.separator:
            faults.append(Fault("", None, "separator", "", "at least one character"))
        check(self, *faults)


@dataclass(frozen=True, kw_only=True)
class NetworkAnswered(NetworkFigures):
    """The network's figures (they stand first), or those of its parts in ``networks``.

    ``joined_by`` are studies left out that would compare treatments of different parts.
    ``remarks`` are sentences on rows whose printed figures do not fit one another, ``unread``
    columns of the table that nothing read, and that are no label of a study.
    """

    asked: NetworkAsked
    connected: bool
    parts: tuple[tuple[str, ...], ...] = ()
    networks: tuple[NetworkFigures, ...] = ()
    additive: Additive | None = None
    certainty: dict[str, Confidence] | None = None
    funnel: Funnel | None = None
    left_out: tuple[LeftStudy, ...] = ()
    joined_by: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def answered(self) -> tuple[NetworkFigures, ...]:
        """The networks that were analysed."""
        return (self,) if self.connected else self.networks


def run(asked: NetworkAsked, watch: Watch = SILENT) -> NetworkAnswered:
    """Compare every pair of treatments.

    Raises
    ------
    InputError
        Every fault of every row, or a network in several parts without ``separate`` or
        ``additive``.
    NotEstimable, NotConverged
        From the models.
    Stopped
        When the watch says so.
    """
    with following() as seen:
        answer = _answered(asked, watch)
    return replace(answer, unread=left_unread(asked.table, seen))


def _answered(asked: NetworkAsked, watch: Watch) -> NetworkAnswered:
    from hilum.synthesis.network import components, fit_network, separate

    watch.stage("network", 1)
    evidence, measure = read_network(asked)
    parts = tuple(tuple(evidence.treatments[t] for t in part) for part in components(evidence))
    joined = joining(asked, parts, evidence.left_out) if len(parts) > 1 else ()
    _allowed(asked, parts, measure, joined)
    out: dict[str, Any] = {"measure": measure, **drawn(evidence)}
    if len(parts) == 1:
        fit = fit_network(evidence, method=asked.method, level=asked.level)
        watch.done()
        out |= figures(evidence, fit, asked, measure, watch)
        if asked.certainty:
            out["certainty"] = confidence(fit, asked, measure)
        if asked.order is not None:
            out["funnel"] = funnel(fit, asked.order)
    elif asked.separate:
        out["networks"] = tuple(
            NetworkFigures(**_part(part, asked, measure, watch)) for part in separate(evidence)
        )
    return NetworkAnswered(
        **out,
        asked=asked,
        connected=len(parts) == 1,
        parts=parts,
        additive=additive(evidence, asked) if asked.additive else None,
        left_out=tuple(LeftStudy(studlab=one, reason=why) for one, why in evidence.left_out),
        joined_by=tuple(study for study, _ in joined),
        remarks=network_remarks(asked),
    )


def _part(evidence: Contrasts, asked: NetworkAsked, measure: str, watch: Watch) -> dict[str, Any]:
    from hilum.synthesis.network import fit_network

    fit = fit_network(evidence, method=asked.method, level=asked.level)
    return figures(evidence, fit, asked, measure, watch)


def _allowed(
    asked: NetworkAsked,
    parts: tuple[tuple[str, ...], ...],
    measure: str,
    joined: tuple[tuple[str, str], ...],
) -> None:
    if len(parts) == 1:
        return
    if not (asked.separate or asked.additive):
        named = "; ".join(f"{i}: {', '.join(part)}" for i, part in enumerate(parts, start=1))
        wanted = phrased(
            "a connected network; it has {number} parts ({named}). {separate} "
            "analyses each, {additive} joins those that share components",
            number=len(parts),
            named=named,
            separate=Parameter("separate"),
            additive=Parameter("additive"),
        )
        told = [_dropped(study, why, measure) for study, why in joined]
        file = asked.table.file
        raise InputError(
            Fault(file, None, "treat", f"{len(parts)} parts", wanted),
            *(
                Fault(file, None, "studlab", study, one)
                for (study, _), one in zip(joined, told, strict=True)
            ),
        )
    if asked.certainty:
        wanted = "a connected network"
        raise InputError(Fault("", None, "certainty", asked.table.file, wanted))


def _dropped(study: str, why: str, measure: str) -> Phrase:
    """Why a study that would join parts was left out, and what keeps it."""
    said = found(WANTED, why, "reason")
    keeps = KEEPS.get(measure, "") if why != NO_INFORMATION else ""
    if not keeps:
        return phrased(said, measure=measure)
    return phrased(
        "{what} ({parameter} {keeps} keeps it)",
        what=phrased(said, measure=measure),
        parameter=Parameter("measure"),
        keeps=keeps,
    )
