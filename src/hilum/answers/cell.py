"""A cell: what the evidence says to one question, in the form that its studies carry."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.answers.pool import Form, Interval, patients_of, pool, usable
from hilum.answers.printed import as_printed
from hilum.answers.select import Selection, select
from hilum.answers.thresholds import PRINTED_MONTHS, PRINTED_SHARE
from hilum.evidence.vocabulary import Design

if TYPE_CHECKING:
    from hilum.answers.candidates import Index, Item, LeftOut
    from hilum.answers.question import Question
    from hilum.answers.study import Reported
    from hilum.evidence import Evidence
    from hilum.synthesis import Estimate


@dataclass(frozen=True, slots=True)
class Beside:
    """Figures kept apart for one reason, with their own range (percent or months)."""

    reason: str
    detail: str | None
    range: Interval
    figures: tuple[LeftOut, ...]

    @property
    def k(self) -> int:
        """How many figures."""
        return len(self.figures)


@dataclass(frozen=True, slots=True)
class Told:
    """The parts of a cell's sentence: codes and how often each occurs, the commonest first."""

    width: str
    scope: tuple[tuple[str, int], ...]
    selection: tuple[tuple[str, int], ...]
    line: tuple[tuple[str, int], ...]
    criteria: tuple[tuple[str, int], ...]
    n_of_arm: int
    range_only: int
    left_out: tuple[tuple[str, int], ...]
    later_line: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One outcome of one treatment for one kind of patient.

    Attributes
    ----------
    form : {"pooled", "total", "single", "range", "none"}
        How far the studies carry: a pooled line, events of all patients, one study's own
        figure, the range with the largest study, or nothing.
    value, ci, prediction : percent or months
        Only where the form prints them. ``prediction`` is the interval for a new study.
    k, k_with_n, n : int
        Studies; those that could be weighted; their patients.
    range : (low, high) or None
        Of all studies' figures.
    largest : Reported or None
        The study with most patients.
    randomised : tuple of Item
        Arms of randomised trials, each as printed.
    studies : tuple of Reported
        What the count ``k`` counts.
    beside, wider : tuple of Beside, Beside or None
        Figures of other patients or other measures; of primary sites that a narrower choice
        left aside.
    flags : tuple of (code, outcome)
        ``wide_interval``: an interval so wide that it is not printed; ``contradicts`` with the
        key of the other outcome: the pooled line was taken away; ``apart`` with that key: the
        two figures are of different studies and cannot hold for the same patients. Of survival:
        ``from_curve``, ``not_read`` with the code of what kept it from being read from the
        curve, and ``outside_reports`` (:mod:`hilum.answers.survival`).
    here : tuple of Reported
        Of survival: the studies that print just this time; ``studies`` are the curve's.
    """

    question: Question
    form: Form
    value: float | None
    ci: Interval | None
    prediction: Interval | None
    k: int
    k_with_n: int
    n: int
    range: Interval | None
    largest: Reported | None
    randomised: tuple[Item, ...]
    studies: tuple[Reported, ...]
    beside: tuple[Beside, ...]
    wider: Beside | None
    left_out: tuple[LeftOut, ...]
    told: Told
    flags: tuple[tuple[str, str | None], ...] = ()
    estimate: Estimate | None = None
    here: tuple[Reported, ...] = ()

    @property
    def months(self) -> bool:
        """Whether its figures are months rather than percent."""
        return self.question.asked.months

    def text(self, number: float) -> str:
        """A number of the cell with as many digits as its patients carry."""
        return as_printed(number, months=self.months, n=self.n)


def cell(question: Question, evidence: Evidence | Index) -> Cell:
    """Answer a question from the record, with everything behind the answer."""
    return cell_of(select(question, evidence))


def cell_of(chosen: Selection) -> Cell:
    """The cell of a selection."""
    question, studies = chosen.question, chosen.studies
    asked = question.asked
    found = pool(studies, asked)
    used = usable(studies, asked)
    n = patients_of(used)
    shown = found.form in ("pooled", "total", "single")
    flags: tuple[tuple[str, str | None], ...] = ()
    ci, prediction = (found.ci, found.prediction) if shown else (None, None)
    if ci is not None and _useless(ci, asked.months):
        ci, flags = None, (("wide_interval", None),)
    if prediction is not None and ci is not None:

        def text(end: float) -> str:
            return as_printed(end, months=asked.months, n=n)

        # No spread seen between the studies: nothing to predict with.
        if tuple(map(text, prediction)) == tuple(map(text, ci)):
            prediction = None
    values = [one.value for one in studies]
    value = found.value if shown else None
    if found.form == "single":
        value = studies[0].value
    groups = beside_of(chosen)
    return Cell(
        question=question,
        form=found.form,
        value=value,
        ci=ci,
        prediction=prediction,
        k=len(studies),
        k_with_n=len(used),
        n=n,
        range=(min(values), max(values)) if values else None,
        largest=max(studies, key=lambda one: (one.n or 0, one.study_id), default=None),
        randomised=tuple(item for item in chosen.items if item.study.design is Design.RCT),
        studies=studies,
        beside=tuple(one for one in groups if one.reason != "wider_site"),
        wider=next((one for one in groups if one.reason == "wider_site"), None),
        left_out=chosen.left_out,
        told=told_of(chosen, len(studies) - len(used), sum(one.assumed for one in used)),
        flags=flags,
        estimate=found.estimate,
    )


def _useless(ci: Interval, months: bool) -> bool:
    """Whether an interval is so wide that printing it says nothing."""
    low, high = ci
    return low <= 0 or high / low > PRINTED_MONTHS if months else high - low > PRINTED_SHARE


def without_line(one: Cell, other: str) -> Cell:
    """The cell as a range, its pooled line taken away: it contradicts another outcome."""
    return replace(
        one,
        form="range",
        value=None,
        ci=None,
        prediction=None,
        flags=(*one.flags, ("contradicts", other)),
    )


def beside_of(chosen: Selection) -> list[Beside]:
    """What stands beside a selection, by reason."""
    groups: dict[tuple[str, str | None], list[LeftOut]] = defaultdict(list)
    for one in chosen.beside:
        groups[one.reason, _detail(one)].append(one)
    made: list[Beside] = []
    for (reason, detail), figures in sorted(groups.items(), key=lambda pair: str(pair[0])):
        values = [one.item.value for one in figures if one.item.value is not None]
        made.append(Beside(reason, detail, (min(values), max(values)), tuple(figures)))
    return made


def _detail(one: LeftOut) -> str | None:
    """What tells the groups of one reason apart; the words of a unit or of an origin do not."""
    return one.detail if one.reason in ("special", "criteria") else None


def _coded(one: LeftOut) -> str:
    detail = _detail(one)
    return one.reason if detail is None else f"{one.reason}:{detail}"


def told_of(chosen: Selection, range_only: int, n_of_arm: int) -> Told:
    """The parts of the sentence of a selection."""
    firsts = [one.first for one in chosen.studies]

    def count(words: list[str]) -> tuple[tuple[str, int], ...]:
        tally = Counter(words)
        return tuple(sorted(tally.items(), key=lambda pair: (-pair[1], pair[0])))

    return Told(
        width=chosen.width,
        scope=count([str(one.arm.scope or "not_stated") for one in firsts]),
        selection=count([one.arm.selection for one in firsts]),
        line=count([str(one.arm.line) for one in firsts]),
        criteria=count([str(one.row.criteria_class or "not_stated") for one in firsts])
        if chosen.question.asked.by_criteria
        else (),
        n_of_arm=n_of_arm,
        range_only=range_only,
        left_out=count([_coded(one) for one in chosen.left_out]),
        later_line=chosen.later_line,
    )
