"""The room of one liver in words: its segments, what a plan leaves, the plans that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.errors import InputError
from hilum.language import told
from hilum.patient.liver.anatomy import SEGMENTS
from hilum.patient.liver.labels import ranges
from hilum.patient.liver.notices import BASES, GEOMETRY
from hilum.patient.liver.view import LIVER_COLOUR, SEGMENT_COLOURS
from hilum.records import found
from hilum.rendering.case_answer import answer_context, drawn
from hilum.rendering.liver_measure import DISTRIBUTIONS, notice_text
from hilum.rendering.liver_plan import FATES
from hilum.rendering.sheet.liver import ONE_STAGE, OPERATION_LABELS
from hilum.rendering.sheet.liver_amounts import AMOUNTS, BARE_AMOUNTS, of_some
from hilum.sheet.verdict_words import RESECTABILITY, SIGN_OF, VerdictWords
from hilum.tabular import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.analyses.liver_rows import NoticeRow
    from hilum.errors import HilumError
    from hilum.language import Words
    from hilum.patient.liver.anatomy import Labelled
    from hilum.patient.liver.held import HeldLiver
    from hilum.patient.liver.plan import Plan, Remnant
    from hilum.patient.liver.search import Candidate
    from hilum.patient.volumetry_shares import AtThreshold
    from hilum.sheet.liver_tried import Tried, TriedPlans
    from hilum.sheet.sheet import Sheet
    from hilum.sheet.sheet_verdict import ResectabilityPart

Cell = dict[str, Any]

CHANCE: Final = "{value}, needed {threshold} ({population}); chance of reaching it: {chance}"
NOT_REMOVED: Final = (
    "What is ablated counts as not removed: the answer asks what share of the metastases a "
    "resection takes out. Ablation counts for debulking."
)
IN_HUNDRED: Final = "{count} in 100"
HARDLY: Final = "less than 1 in 100"
SURELY: Final = "more than 99 in 100"
# Reasons that a row of the plans gives.
REASONS: Final = 2
LABELS: Final = "labels"
"""The column of the fault of labels that are not understood."""
CHOOSE: Final = (
    "Choose below what the labels mean, as the program that drew them numbers them; or bring a map "
    "whose labels have names, or hold segments, liver and lesions alone."
)
FATE_OF: Final = {
    "": "stays",
    "wedge": "wedge resection",
    "ablate": "ablation",
}


def liver_context(liver: HeldLiver, words: Words) -> Cell:
    """The measured liver: figures, segments, lesions, notices, what was not understood."""
    one = liver.measurement
    low, high = one.liver_ml_range
    spread = one.distribution
    return {
        "liver_ml": f"{one.liver_ml:.0f}",
        "liver_range": f"{low:.0f}–{high:.0f}",
        "functional_ml": f"{one.functional_liver_ml:.0f}",
        "tumour_ml": f"{one.tumour_ml:.1f}",
        "burden": f"{one.burden_percent:.1f}",
        "lesion_count": len(one.lesions),
        "spread": words(found(DISTRIBUTIONS, spread.type, "distribution")) if spread.type else "",
        "basis": words(found(BASES, spread.basis, "basis")),
        "segments": [_segment(number, row) for number, row in _present(liver)],
        "rest_colour": LIVER_COLOUR,
        "lesions": [
            {
                "number": row.id,
                "ml": f"{row.ml:.1f}",
                "mm": f"{row.longest_axial_mm:.0f}",
                "segments": ", ".join(row.segments),
            }
            for row in one.lesions
        ],
        "has_remnant": liver.has_remnant,
        "not_used": not_used(one.labels, words),
        "fates": [(code, words(text)) for code, text in FATE_OF.items()],
    }


def not_used(labels: Iterable[Labelled], words: Words) -> list[str]:
    """Labels that were not understood, each once: a line for the numbers, one for the names."""
    rows = [row for row in labels if not row.used]
    numbers = sorted({row.label for row in rows if not row.name})
    names = list(dict.fromkeys(row.name for row in rows if row.name))
    said: list[str] = []
    if numbers:
        listed_ = ranges(numbers)
        said.append(
            words("labels without a name ({count}): {numbers}", count=len(numbers), numbers=listed_)
        )
    if names:
        listed_ = words(", ").join(visible(name) for name in names)
        said.append(
            words("labels by their names ({count}): {names}", count=len(names), names=listed_)
        )
    return said


def not_taken(error: HilumError, words: Words) -> list[str]:
    """Why label maps were not taken over, as a page says it: no option, no mapping file."""
    if not isinstance(error, InputError):
        return told(error, words).splitlines()
    lines: list[str] = []
    for one in error.faults:
        if one.column != LABELS:
            lines += told(InputError(one), words).splitlines()
            continue
        asked = [name for name in one.value.split(", ") if name]
        numbers = [int(name) for name in asked if name.isdecimal()]
        names = [visible(name) for name in asked if not name.isdecimal()]
        said = [*([ranges(numbers)] if numbers else []), *names]
        lines.append(
            words(
                "Labels that are not understood; each could be a lesion ({count}): {labels}",
                count=len(asked), labels=words(", ").join(said),
            )
        )  # fmt: skip
        lines.append(words(CHOOSE))
    return lines


def _present(liver: HeldLiver) -> list[tuple[int, Any]]:
    return [
        (number, row)
        for number, row in ((SEGMENTS.index(one.name) + 1, one)
                            for one in liver.measurement.segments)
        if row.ml > 0
    ]  # fmt: skip


def _segment(number: int, row: Any) -> Cell:
    return {
        "number": number,
        "name": row.name,
        "colour": SEGMENT_COLOURS[number - 1],
        "ml": f"{row.functional_ml:.0f}",
        "lesions": len(row.lesions),
    }


def notices_of(rows: tuple[NoticeRow, ...], words: Words) -> list[str]:
    """Notices in words."""
    return [notice_text(one, words) for one in rows]


def outcome_context(one: Tried, before: Sheet, liver: HeldLiver, words: Words) -> Cell:
    """What a plan leaves, and what the rules then say beside what the kept case says."""
    answer = answer_context(one.sheet, before, words)
    return {
        "remnant": None if one.remnant is None else _remnant(one.remnant, one.condition, words),
        "answer": answer["answer"],
        "moved": answer["moved"],
        "said": answer["said"],
        "total_ml": f"{liver.measurement.functional_liver_ml:.0f}",
        "lesion_count": len(liver.measurement.lesions),
    }


def _remnant(one: Remnant, condition: str, words: Words) -> Cell:
    low, high = one.flr_percent_ct_range
    rows = [row for row in one.thresholds if condition in row.threshold.conditions]
    return {
        "ml": f"{one.flr_ml:.0f}",
        "ml_range": "–".join(f"{end:.0f}" for end in one.flr_ml_range),
        "resected_ml": f"{one.resected_ml:.0f}",
        "percent": f"{one.flr_percent_ct:.0f}",
        "range": f"{low:.0f}–{high:.0f}",
        "standard": None if one.sflr_percent is None else f"{one.sflr_percent:.0f}",
        "formula": one.formula.capitalize(),
        "weight": None if one.flr_body_weight_ratio is None else f"{one.flr_body_weight_ratio:.2f}",
        "ablates": words(NOT_REMOVED) if one.lesions_ablated else "",
        "left": len(one.lesions_left),
        "cleared": len(one.lesions_resected) + len(one.lesions_ablated),
        "fates": [
            of_some(text, getattr(one, field), words)
            for field, text in FATES.items()
            if getattr(one, field)
        ],
        "chances": [_chance(row, words) for row in rows if row.value is not None],
    }


def _chance(row: AtThreshold, words: Words) -> str:
    below = row.p_below or 0.0
    return words(
        CHANCE,
        value=words(AMOUNTS[row.threshold.units], amount=f"{row.value:.1f}"),
        threshold=words(BARE_AMOUNTS[row.threshold.units], amount=f"{row.threshold.value:g}"),
        population=words(row.threshold.population),
        chance=chance(1 - below, words),
    )


def chance(share: float, words: Words) -> str:
    """A probability as a count of a hundred."""
    count = round(100 * share)
    if count < 1:
        return words(HARDLY)
    return words(SURELY) if count > 99 else words(IN_HUNDRED, count=count)


def plan_name(plan: Plan, words: Words) -> str:
    """What a plan takes out, in words."""
    numerals = [SEGMENTS[number - 1] for number in plan.segments]
    parts: list[str] = []
    if plan.name in OPERATION_LABELS:
        parts.append(f"{words(OPERATION_LABELS[plan.name])} ({', '.join(numerals)})")
    elif plan.segments:
        parts.append(of_some("segments {numbers}", numerals, words))
    if plan.wedge:
        parts.append(of_some("wedge of lesions {numbers}", plan.wedge, words))
    if plan.ablate:
        parts.append(of_some("ablation of lesions {numbers}", plan.ablate, words))
    return words("; ").join(parts) or words("nothing")


def plans_context(one: TriedPlans, words: Words) -> Cell:
    """The plans that none beats, each with its answer."""
    search = one.search
    return {
        "rows": [
            _plan(number, row, answer, words)
            for number, (row, answer) in enumerate(zip(search.candidates, one.answers, strict=True))
        ],
        "ablates": words(NOT_REMOVED) if any(x.plan.ablate for x in search.candidates) else "",
        "tried": search.tried,
        "margin": f"{search.margin_mm:g}",
        "limit": f"{search.limit.mm:g}",
        "rule": search.limit.rule_id,
        "one_stage": words(ONE_STAGE[search.one_stage]),
        "geometry": words(GEOMETRY),
    }


def _plan(number: int, row: Candidate, answer: ResectabilityPart, words: Words) -> Cell:
    verdict, tongue = answer.verdict, VerdictWords(words)
    why = [tongue.in_the_way(one) for one in answer.in_the_way[:REASONS]]
    more = len(answer.in_the_way) - REASONS
    if more > 0:
        why.append(words("and {count} more", count=more))
    if answer.decided_by:
        facts = tongue.facts(answer.decided_by[:REASONS])
        why.append(words("Decided by: {facts}", facts=facts))
    return {
        "why": words("; ").join(why),
        "number": number,
        "name": plan_name(row.plan, words),
        "ml": f"{row.flr_ml:.0f}",
        "percent": f"{row.flr_percent_ct:.0f}",
        "left": len(row.lesions_left),
        "word": words(RESECTABILITY[verdict]),
        "sign": drawn(SIGN_OF[verdict]),
        "kind": SIGN_OF[verdict],
    }


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {CHOOSE, CHANCE, NOT_REMOVED, IN_HUNDRED, HARDLY, SURELY, *FATE_OF.values()}
