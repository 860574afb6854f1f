"""Confidence in the synthesis: whether further studies would change a review's pooled answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np

from hilum.analyses.asked import Columns, Option, check
from hilum.analyses.pool_asked import corrections, measure_columns, measures
from hilum.analyses.screening_options import Confidence, Recall
from hilum.analyses.tables import Table
from hilum.errors import Fault
from hilum.literature.screening.session import StopState
from hilum.watch import SILENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.literature.screening.confidence import Answer
    from hilum.watch import Watch

STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
MOST: Final = 1000
"""Further studies that are pooled at most; more change an answer at least as surely."""


@dataclass(frozen=True, kw_only=True)
class ConfidenceAsked:
    """A review, who screens it, and the table of what was extracted.

    ``folder`` may be None where ``left`` says how many relevant records there still may be.
    """

    table: Table
    folder: str | None = None
    reviewer: Annotated[str, Option("Who screened: initials or a name.")] = ""
    reviewers: Annotated[
        int, Option("Reviewers who have to agree on a record.", at_least=1, at_most=9)
    ] = 2
    left: Annotated[
        int | None,
        Option("Relevant records that may be left; else as the screening bounds them.", at_least=0),
    ] = None
    measure: Annotated[
        str, Option("Effect measure of the table, or any effect with its variance.", measures)
    ] = "GEN"
    line: Annotated[
        float | None,
        Option("Line that decides: what lies all below, all above or across it is another answer."),
    ] = None
    margin: Annotated[
        float | None,
        Option(
            "By how much a figure may move; else it may not leave its present interval.", above=0
        ),
    ] = None
    recall: Recall = 0.95
    confidence: Confidence = 0.95
    draws: Annotated[int, Option("Draws of further studies.", at_least=100, at_most=20000)] = 2000
    seed: Annotated[int, Option("Seed of the draws.", at_least=0)] = 1
    add: Annotated[float, Option("Correction of empty cells.", at_least=0)] = 0.5
    to: Annotated[str, Option("Which tables are corrected.", corrections)] = "only0"
    label: Annotated[str | None, Option("Column of study names (default: study, if there).")] = None
    columns: Annotated[dict[str, str], Columns(measure_columns)] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        more: list[Fault] = []
        if self.left is None and (self.folder is None or not self.reviewer.strip()):
            more.append(Fault("", None, "reviewer", self.reviewer, "initials or a name"))
        check(self, *more)

    @property
    def mods(self) -> None:
        """No moderators."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """With so many further studies: chances of another verdict, a moved figure, either."""

    studies: int
    verdict: float
    figure: float
    either: float


@dataclass(frozen=True, kw_only=True)
class ConfidenceAnswered:
    """What further studies would do.

    Parameters
    ----------
    k : int
        Studies pooled.
    value, low, high : float
        The answer on its natural scale: REML, modified Hartung-Knapp interval.
    side : str
        ``below``, ``above`` or ``across`` the line; empty without one.
    left : int
        Relevant records that may still be there, at the confidence asked for.
    bounded : bool
        Whether a random order bounds them; else they are all that is unread.
    chances : tuple of Chance
        For one further study up to ``left`` (or a thousand).
    one_changes : bool
        Whether one study within the predictive interval changes the answer.
    one_effect, one_error : float
        Such a study, the nearest: its effect on the natural scale, standard error on the model's.
    unlikely : bool
        The hunch: nothing is left, or no plausible study changes the answer and all together do so
        less often than the confidence leaves.
    stop : StopState | None
        The promise that stands beside it.
    """

    k: int
    value: float
    low: float
    high: float
    side: str
    left: int
    bounded: bool
    chances: tuple[Chance, ...]
    one_changes: bool
    one_effect: float | None
    one_error: float | None
    unlikely: bool
    stop: StopState | None
    asked: ConfidenceAsked


def run(asked: ConfidenceAsked, watch: Watch = SILENT) -> ConfidenceAnswered:
    """Say whether further studies would change the answer.

    Raises
    ------
    InputError
        A table or a review that cannot be read.
    NotEstimable
        Fewer than three studies.
    Stopped
        When the watch says so.
    """
    from hilum.literature.screening.confidence import chance_of_change, one_plausible

    left, bounded, stop = _left(asked, watch)
    answer = _answer(asked)
    steps = [one for one in STEPS if one < left] + ([min(left, MOST)] if left else [])
    steps = list(dict.fromkeys(steps))
    watch.stage("further", max(len(steps) * asked.draws, 1))
    chances = tuple(
        Chance(studies=one.studies, verdict=one.verdict, figure=one.figure, either=one.either)
        for one in (
            chance_of_change(answer, number, asked.draws, asked.seed, watch) for number in steps
        )
    )
    worst = one_plausible(answer, asked.confidence, asked.draws, asked.seed)
    changes = bool(left) and worst.changes

    def back(value: float) -> float:
        return float(answer.back(np.asarray(value)))

    low, high = back(answer.low), back(answer.high)
    return ConfidenceAnswered(
        k=len(answer.yi),
        value=back(answer.beta),
        low=low,
        high=high,
        side=_side(low, high, asked.line),
        left=left,
        bounded=bounded,
        chances=chances,
        one_changes=changes,
        one_effect=back(worst.effect) if changes else None,
        one_error=float(np.sqrt(worst.variance)) if changes else None,
        unlikely=not changes and all(one.either <= 1 - asked.confidence for one in chances),
        stop=stop,
        asked=asked,
    )


def _side(low: float, high: float, line: float | None) -> str:
    if line is None:
        return ""
    return "below" if high < line else "above" if low > line else "across"


def _left(asked: ConfidenceAsked, watch: Watch) -> tuple[int, bool, StopState | None]:
    """Relevant records that may be left, whether that is a bound, and the promise beside it."""
    from hilum.literature.screening.confidence import most_left
    from hilum.literature.screening.session import Session

    if asked.folder is None or not asked.reviewer.strip():
        return asked.left or 0, True, None
    watch.stage("texts", 1)
    session = Session(Path(asked.folder), "title", asked.reviewer.strip(), asked.reviewers)
    stop = session.stop(asked.recall, asked.confidence)
    watch.done()
    if asked.left is not None:
        return asked.left, True, stop
    if not stop.checking:
        return stop.rest, stop.rest == 0, stop
    return most_left(stop.found, stop.rest, stop.drawn, asked.confidence), True, stop


def _answer(asked: ConfidenceAsked) -> Answer:
    from hilum.analyses.pool_rows import complete_rows
    from hilum.literature.screening.confidence import answer_now
    from hilum.synthesis.effects import SCALES, back_transform, harmonic_mean
    from hilum.synthesis.effects import measure as measure_of

    rows = complete_rows(asked, weighted=True)
    sized = SCALES[measure_of(asked.measure).scale].sized
    sizes = harmonic_mean(rows.values["ni"]) if sized else None

    def back(values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(back_transform(values, asked.measure, sizes))

    return answer_now(rows.yi, rows.vi, asked.line, asked.margin, back)
