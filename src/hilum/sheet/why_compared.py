"""Published comparisons of the two arms of a new trial, and what each says of its question."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from hilum.answers.contrasts import kind_of, sides
from hilum.answers.direction import direction
from hilum.evidence import FigureKind, Measure, Outcome
from hilum.evidence.vocabulary import COMPLICATIONS, MODALITIES
from hilum.patient.spoken import key
from hilum.sheet.answer import OUTCOMES, share
from hilum.sheet.certainty import appraisals_of, rate
from hilum.sheet.comparisons_part import compared_by_ratio
from hilum.sheet.named import LEAST, Named, table
from hilum.sheet.treatments import treatment_of
from hilum.trials.synopsis.why_record import (
    Alike,
    BothHeld,
    ComparedNow,
    Hoped,
    OwnFigure,
    Registered,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from hilum.evidence import Evidence
    from hilum.evidence.records import Arm
    from hilum.sheet.sheet import Comparison, PrintedRatio

# Other figures of patients who stand in the list already.
OF_THE_SAME = frozenset({"subgroup", "alternative", "same_arm"})
KINDS = ("randomised", "nonrandomised", "review")
LEVEL = 0.05
"""A two-sided p value below this is a difference, where no interval is printed."""
PRINTED_P = re.compile(r"\s*([<≤=>≥]?)\s*((?:\d+)?[.·]?\d+(?:[eE]-?\d+)?)\s*$")
STOPPING = ("answered", "against", "beyond", "inactive")
"""Verdicts of a comparison that stop a designer who gives no reason."""


def matching(evidence: Evidence, first: Named, second: Named) -> list[Comparison]:
    """Comparisons by a ratio between two arms, whichever way round, each rated."""
    found = [
        row
        for row in compared_by_ratio(evidence)
        if _is_pair(row.treatment, row.comparator, first, second)
    ]
    return rate({}, found, evidence, appraisals_of(evidence))[1]


def _is_pair(one: str, other: str, first: Named, second: Named) -> bool:
    return (one in first.sides and other in second.sides) or (
        one in second.sides and other in first.sides
    )


def published_comparisons(
    evidence: Evidence,
    rows: Iterable[Comparison],
    first: Named,
    second: Named,
    outcome: str,
    hoped: Hoped | None,
) -> tuple[ComparedNow, ...]:
    """Every published ratio between two treatments, those on the outcome first, as printed.

    An adjusted figure of the same patients stands beside the plain one and is what counts.
    """
    subgroups = {row.result_id: row.subgroup or "" for row in evidence.results}
    found: list[tuple[tuple[object, ...], ComparedNow]] = []
    for row in rows:
        plain = [one for one in row.trials if one.left_out not in OF_THE_SAME]
        adjusted = [one for one in row.trials if _is_adjusted(subgroups[one.result_id])]
        arms = {_arms(one) for one in adjusted}
        for trial in dict.fromkeys((*map(_hashed, plain), *map(_hashed, adjusted))):
            one = next(x for x in row.trials if x.result_id == trial)
            if not _described(one, row, first, second):
                continue
            made = _compared(evidence, row, one, (first, second), outcome, hoped,
                             adjusted=one in adjusted,
                             beside=one not in adjusted and _arms(one) in arms)  # fmt: skip
            order = (made.outcome != _asked(outcome), KINDS.index(made.kind), made.outcome)
            found.append((order, made))
    found.sort(key=lambda pair: pair[0])
    return tuple(made for _, made in found)


def _hashed(one: PrintedRatio) -> str:
    return one.result_id


def _is_adjusted(subgroup: str) -> bool:
    return "adjusted" in subgroup and "unadjusted" not in subgroup


def _arms(one: PrintedRatio) -> tuple[str, ...]:
    return (one.study_id, *sorted((one.arm, one.comparator_arm)))


def _described(trial: PrintedRatio, row: Comparison, first: Named, second: Named) -> bool:
    """Whether the arms are those that words of a description stand for, where they do."""
    for side in (first, second):
        if side.described:
            arm = trial.arm if trial.treatment in side.sides else trial.comparator_arm
            if side.described not in key(arm):
                return False
    del row
    return True


def _asked(outcome: str) -> str:
    """The outcome behind a key such as the rate at a month."""
    return str(OUTCOMES[outcome][0])


def is_clear(p_value: str | None) -> bool | None:
    """Whether a printed p value says that there is a difference; None where it is not readable."""
    found = PRINTED_P.match((p_value or "").replace("·", "."))
    if found is None:
        return None
    sign, value = found[1], float(found[2])
    if sign in (">", "≥"):
        return False if value >= LEVEL else None
    if sign in ("<", "≤"):
        return True if value <= LEVEL else None
    return value < LEVEL


def _compared(
    evidence: Evidence,
    row: Comparison,
    trial: PrintedRatio,
    pair: tuple[Named, Named],
    outcome: str,
    hope: Hoped | None,
    *,
    adjusted: bool,
    beside: bool,
) -> ComparedNow:
    first, second = pair
    asked = row.outcome == _asked(outcome)
    hoped = hope.ratio if hope is not None and asked and row.measure == hope.measure else None
    turned = trial.treatment not in first.sides or trial.comparator not in second.sides
    other = trial.treatment if turned else trial.comparator
    # Sides are those of the whole comparison, whichever way round this study printed it.
    named = {"treatment": row.treatment, "comparator": row.comparator}
    favours = named[trial.better] if trial.better else None
    ends = trial.ci
    excludes = beyond = False
    if hoped is not None and ends is not None and None not in ends:
        low, high = sorted(1 / end if turned else end for end in ends if end)
        excludes = not low <= hoped <= high
        side = direction(Measure(row.measure), Outcome(row.outcome))
        beyond = hoped < low if side == "below" else side == "above" and hoped > high
    clear = is_clear(trial.p_value) if trial.clear is None else trial.clear
    against = favours == other and bool(clear or excludes) and asked and not beside
    verdict = ""
    if beside:
        pass
    elif against:
        verdict = "against"
    elif asked and clear and favours and row.kind == "randomised":
        verdict = "answered"
    elif beyond:
        verdict = "beyond"
    elif not asked and clear and row.kind == "randomised":
        verdict = _inactive(row, favours, pair)
    elif asked and favours == other:
        verdict = "unclear"
    return ComparedNow(
        study=trial.name,
        year=trial.year,
        kind=row.kind,
        outcome=str(row.outcome),
        measure=str(row.measure),
        treatment=trial.treatment,
        comparator=trial.comparator,
        value=trial.value,
        interval=ends,
        n=_patients(evidence, trial),
        favours=favours,
        clear=clear,
        against=against,
        excludes=excludes and not beside,
        time_months=row.time_months,
        p_value=trial.p_value,
        adjusted=adjusted,
        beside=beside,
        verdict=verdict,
        certainty=row.certainty.level if row.certainty else None,
    )


def _inactive(row: Comparison, favours: str | None, pair: tuple[Named, Named]) -> str:
    """Whether an inactive arm would be held against a treatment that is better in another way."""
    idle = [one for one in pair if one.inactive]
    if len(idle) != 1 or favours is None or row.outcome in COMPLICATIONS:
        return ""
    return "" if favours in idle[0].sides else "inactive"


def _patients(evidence: Evidence, trial: PrintedRatio) -> int | None:
    """Patients of both arms; of a study of these two arms alone those of the study."""
    sizes = [size for size in trial.n if size is not None]
    if len(sizes) == 2:
        return sum(sizes)
    arms = [arm for arm in evidence.arms if arm.study_id == trial.study_id]
    return evidence.study[trial.study_id].n_patients if len(arms) == 2 else None


def both_held(
    evidence: Evidence, first: Named, second: Named, outcome: str, compared: Collection[str]
) -> tuple[BothHeld, ...]:
    """Studies with an arm of either treatment and no printed comparison of them."""
    by_study: dict[str, list[Arm]] = {}
    for arm in evidence.arms:
        by_study.setdefault(arm.study_id, []).append(arm)
    found: list[BothHeld] = []
    for study_id, arms in by_study.items():
        study = evidence.study[study_id]
        pair = _pair_of(arms, first, second)
        if pair is None or study.name in compared:
            continue
        figures = [(side.code, value) for arm, side in zip(pair, (first, second), strict=True)
                   if (value := _figure(evidence, arm, outcome)) is not None]  # fmt: skip
        found.append(
            BothHeld(
                study.name, study.year, kind_of(study.design),
                tuple((code, value, n) for code, (value, n) in figures),
                "months" if OUTCOMES[outcome][1] is Measure.MEDIAN_MONTHS else "proportion",
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), -(one.year or 0))))


def _pair_of(arms: list[Arm], first: Named, second: Named) -> tuple[Arm, Arm] | None:
    """The first two arms that are the two treatments, in the order asked."""
    for one, other in combinations(arms, 2):
        for a, b in ((one, other), (other, one)):
            name, against, _ = sides(a, b, treatment_of)
            fits = all(not side.described or side.described in key(arm.description or "")
                       for side, arm in ((first, a), (second, b)))  # fmt: skip
            if fits and name != against and name in first.sides and against in second.sides:
                return a, b
    return None


def _figure(evidence: Evidence, arm: Arm, outcome: str) -> tuple[float, int | None] | None:
    """What an arm printed on an outcome of all its patients, and of how many."""
    what, measure, time = OUTCOMES[outcome]
    for row in evidence.results:
        if (row.study_id, row.arm_id) != (arm.study_id, arm.arm_id) or row.subgroup:
            continue
        if (row.outcome, row.measure) != (what, measure) or row.comparator_arm_id:
            continue
        if row.figure_kind is not FigureKind.ESTIMATE or row.time_months != time:
            continue
        value = share(row)
        if value is not None:
            return value, row.n if row.n is not None else arm.n
    return None


def alike(evidence: Evidence, names: tuple[str, str], read: Named, outcome: str) -> Alike:
    """Two names that are read as one treatment, and what arms of either name alone printed.

    An arm is of a name where its modality or its description holds a word of the name that the
    other lacks; one of both names, or of another modality too, is of neither. The treatment is
    given alone.
    """
    said = [_telling(name) for name in names]
    own = [said[0] - said[1], said[1] - said[0]]
    kinds = [_telling(one) for one in MODALITIES if treatment_of(one) in read.ids]
    found: list[OwnFigure] = []
    for arm in evidence.arms:
        if {treatment_of(arm.modality) or arm.modality} != set(read.ids):
            continue
        text = _telling(f"{arm.modality} {arm.description or ''}")
        fits = [
            bool(each & text) and all(kind <= whole for kind in kinds if kind and kind <= text)
            for each, whole in zip(own, said, strict=True)
        ]
        figure = _figure(evidence, arm, outcome) if fits.count(True) == 1 else None
        if figure is None:
            continue
        study = evidence.study[arm.study_id]
        unit = "months" if OUTCOMES[outcome][1] is Measure.MEDIAN_MONTHS else "proportion"
        found.append(OwnFigure(names[fits.index(True)], study.name, study.year, *figure, unit))
    found.sort(key=lambda one: (names.index(one.name), -(one.n or 0), one.study))
    return Alike(names, read.code, tuple(found))


def _telling(text: str) -> frozenset[str]:
    """Words that are long enough to tell one drug or device from another."""
    tokens = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(one for one in tokens if len(one) >= LEAST)


def registered(first: Named, second: Named) -> tuple[Registered, ...]:
    """Registered trials that hold both treatments."""
    return tuple(
        Registered(row["trial"], tuple(row["treatments"].split()), row["source"], row["link"])
        for row in table("registered")
        if {first.code, second.code} <= set(row["treatments"].split())
    )
