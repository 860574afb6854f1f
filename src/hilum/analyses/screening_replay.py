"""A labelled set replayed: how early the model finds what is relevant, where the rule stops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option, check
from hilum.analyses.screening_options import Confidence, Model, Recall
from hilum.watch import SILENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.literature.screening.labelled import LabelledSet
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class ScreeningReplayAsked:
    """A labelled set, and how it is replayed."""

    file: str
    label: Annotated[
        str | None, Option("Column of the decisions; by default the first that is known.")
    ] = None
    seeds: Annotated[
        int, Option("Replays, each begun with other records.", at_least=1, at_most=1000)
    ] = 5
    model: Model = "svm"
    recall: Recall = 0.95
    confidence: Confidence = 0.95
    check_after: Annotated[
        float,
        Option(
            "Irrelevant records in a row, as a share of all, after which the rest is read in "
            "random order.",
            above=0,
            at_most=1,
        ),
    ] = 0.1

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """A row that was not kept whole: its line, what was seen."""

    line: int
    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStop:
    """Where the rule stopped; the two records begun with are not counted.

    Parameters
    ----------
    read : int
        Records read in all: what the promise costs.
    by_model : int
        Of these, those read in the model's order.
    recall : float
        Share of all relevant records that was found.
    """

    read: int
    by_model: int
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunch:
    """Where a sign that promises nothing would have stopped, counted as the stop; else None."""

    name: str
    read: int | None
    recall: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One replay.

    Parameters
    ----------
    began : tuple of str
        The relevant and the irrelevant record it began with.
    n95, wss95, rrf10, atd, loss
        See :class:`hilum.literature.screening.measures.Measured`.
    stop : RuleStop
    hunches : tuple of Hunch
    found_at : tuple of int
        Records read when each relevant record was found, those begun with not counted.
    """

    seed: int
    began: tuple[str, str]
    n95: int
    wss95: float
    rrf10: float
    atd: float
    loss: float
    stop: RuleStop
    hunches: tuple[Hunch, ...]
    found_at: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanReplay:
    """Means over the replays; ``reached`` is the share of stops at the recall asked for."""

    wss95: float
    rrf10: float
    atd: float
    loss: float
    stop_read: float
    stop_recall: float
    reached: float


@dataclass(frozen=True, kw_only=True)
class ScreeningReplayAnswered:
    """What the replays found.

    Parameters
    ----------
    file, label : str
    other_labels : tuple of str
        Further columns of decisions that the file has.
    records, relevant : int
        Of those with a decision.
    undecided, without_abstract, duplicates, not_utf8 : int
        Records without a decision (not replayed), without an abstract, read together with the
        record they double; lines that are no UTF-8.
    encoding : str
        What those lines were read as.
    faults : tuple of RowFault
    model : str
    seeds : tuple of Replayed
    mean : MeanReplay
    asked : ScreeningReplayAsked
    """

    file: str
    label: str
    other_labels: tuple[str, ...]
    records: int
    relevant: int
    undecided: int
    without_abstract: int
    duplicates: int
    not_utf8: int
    encoding: str
    faults: tuple[RowFault, ...]
    model: str
    seeds: tuple[Replayed, ...]
    mean: MeanReplay
    asked: ScreeningReplayAsked


def run(asked: ScreeningReplayAsked, watch: Watch = SILENT) -> ScreeningReplayAnswered:
    """Replay a labelled set.

    Raises
    ------
    InputError
        A file that cannot be read, without titles or decisions, or with unknown decisions.
    NotEstimable
        Fewer than two relevant or irrelevant records.
    Stopped
        When the watch says so.
    """
    import numpy as np

    from hilum.literature.screening.labelled import read_labelled
    from hilum.literature.screening.models import learner
    from hilum.literature.screening.replay import begun_with

    given = read_labelled(Path(asked.file), asked.label)
    relevant = np.asarray(given.relevant, dtype=bool)
    begun_with(relevant, 0)
    watch.stage("texts", 1)
    model = learner(asked.model, given.titles, given.abstracts, watch)
    watch.done()
    watch.stage("replays", asked.seeds)
    seeds: list[Replayed] = []
    for seed in range(asked.seeds):
        seeds.append(_replayed(asked, given, model, relevant, seed, watch))
        watch.done()
    return ScreeningReplayAnswered(
        file=given.file,
        label=given.label,
        other_labels=given.others,
        records=len(relevant),
        relevant=int(relevant.sum()),
        undecided=given.undecided,
        without_abstract=sum(not one for one in given.abstracts),
        duplicates=len(given.duplicates),
        not_utf8=given.not_utf8,
        encoding=given.encoding,
        faults=tuple(
            RowFault(line=one.row or 0, column=one.column, value=one.value) for one in given.faults
        ),
        model=asked.model,
        seeds=tuple(seeds),
        mean=_mean(seeds, asked.recall),
        asked=asked,
    )


def _replayed(
    asked: ScreeningReplayAsked,
    given: LabelledSet,
    model: Any,
    relevant: NDArray[Any],
    seed: int,
    watch: Watch,
) -> Replayed:
    from hilum.literature.screening.measures import measured
    from hilum.literature.screening.replay import BEGUN, replay

    done = replay(model, relevant, seed, given.doubles, watch)
    whole = relevant[done.order]
    order = whole[BEGUN:]
    figures = measured(order)
    first, second = (given.ids[place] for place in done.order[:BEGUN])
    return Replayed(
        seed=seed,
        began=(first, second),
        n95=figures.n95,
        wss95=figures.wss95,
        rrf10=figures.rrf10,
        atd=figures.atd,
        loss=figures.loss,
        stop=_stop(asked, order, seed),
        hunches=_hunches(asked, order),
        found_at=tuple(at + 1 for at, one in enumerate(order.tolist()) if one),
    )


def _stop(asked: ScreeningReplayAsked, order: NDArray[Any], seed: int) -> RuleStop:
    """The rule's stop on the records that are looked for: those begun with are not among them."""
    from hilum.literature.screening.hunches import irrelevant_in_a_row
    from hilum.literature.screening.replay import stop_of

    run_of = max(math.ceil(asked.check_after * len(order)), 1)
    begun = irrelevant_in_a_row(order, run_of)
    begun = len(order) if begun is None else begun
    stop = stop_of(order, begun, asked.recall, asked.confidence, seed)
    return RuleStop(
        read=stop.begun + stop.drawn,
        by_model=stop.begun,
        recall=stop.found / int(order.sum()),
    )


def _hunches(asked: ScreeningReplayAsked, order: NDArray[Any]) -> tuple[Hunch, ...]:
    from hilum.literature.screening.hunches import HUNCHES

    out: list[Hunch] = []
    for name, rule in HUNCHES.items():
        read = rule(order, asked.recall, asked.confidence)
        recall = None if read is None else float(order[:read].sum() / order.sum())
        out.append(Hunch(name=name, read=read, recall=recall))
    return tuple(out)


def _mean(seeds: list[Replayed], recall: float) -> MeanReplay:
    return MeanReplay(
        wss95=fmean(one.wss95 for one in seeds),
        rrf10=fmean(one.rrf10 for one in seeds),
        atd=fmean(one.atd for one in seeds),
        loss=fmean(one.loss for one in seeds),
        stop_read=fmean(one.stop.read for one in seeds),
        stop_recall=fmean(one.stop.recall for one in seeds),
        reached=fmean(float(one.stop.recall >= recall) for one in seeds),
    )
