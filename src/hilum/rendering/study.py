"""A study of the evidence: what it is, its arms with their codes, and every figure read from it.

Titles, descriptions and notes stand in the words of their source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.evidence import labels
from hilum.records import found
from hilum.rendering.joint import listed
from hilum.sheet.present import DESIGN_LABELS, POPULATION_LABELS

if TYPE_CHECKING:
    from hilum.evidence import Arm, Evidence, Result, Study
    from hilum.evidence.appraisal import Facts
    from hilum.language import Words

MEASURES: Final = {
    "proportion": "proportion",
    "median_months": "median (months)",
    "rate_at": "rate at a time",
    "hazard_ratio": "hazard ratio",
    "odds_ratio": "odds ratio",
    "mean": "mean",
}
READ_FROM: Final = {
    "full_text": "full text",
    "abstract": "abstract",
    "secondary": "another text that cites it",
}
CODES = (
    "line", "background", "nuclide", "scope", "site", "grade_scope", "reference_arm", "selection",
    "part_of", "codes_known",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownStudy:
    """A study with its arms and figures, to be shown."""

    study: Study
    arms: tuple[Arm, ...]
    results: tuple[Result, ...]
    facts: Facts | None


def shown_study(record: Evidence, study: str, facts: Facts | None) -> ShownStudy:
    """A study of the record."""
    return ShownStudy(
        record.study[study],
        tuple(arm for arm in record.arms if arm.study_id == study),
        tuple(row for row in record.results if row.study_id == study),
        facts,
    )


def study_lines(shown: ShownStudy, words: Words) -> list[str]:
    """What the study is, what it states of its conduct, and its arms."""
    one = shown.study
    read = words(found(READ_FROM, str(one.read_from), "text"))
    lines = [
        " · ".join(
            (
                words(DESIGN_LABELS[str(one.design)]),
                words(POPULATION_LABELS[str(one.population)]),
                words("read from: {text}", text=read),
            )
        ),
        one.link or one.source,
    ]
    if one.verify:
        lines.append(words("to be checked against the original"))
    if one.notes:
        lines.append(one.notes)
    if shown.facts is not None:
        lines += _facts(shown.facts, words)
    for arm in shown.arms:
        lines += _arm(arm, words)
    return lines


def _facts(facts: Facts, words: Words) -> list[str]:
    stated = [f"{fact} {said}" for fact, said in facts.stated.items()]
    told = listed(stated, words) or words("nothing")
    lines = [words("stated of its conduct: {facts}", facts=told)]
    if facts.published_judgement:
        judged = f"{facts.published_judgement} ({facts.judgement_source})"
        lines.append(words("judged by others: {judgement}", judgement=judged))
    return lines


def _arm(arm: Arm, words: Words) -> list[str]:
    modality = " + ".join(
        words(labels().get(("modality", part), part)) for part in arm.modality.split("+")
    )
    named = {"arm": arm.arm_id, "modality": modality, "description": arm.description or ""}
    first = (
        words("arm {arm}: {modality}, n = {n} {description}", n=arm.n, **named)
        if arm.n
        else words("arm {arm}: {modality} {description}", **named)
    )
    values = {name: getattr(arm, name) for name in CODES}
    codes = [f"{name} {value}" for name, value in values.items() if value not in (None, "")]
    return [first.rstrip(), "  " + ", ".join(codes)]


def figures_table(shown: ShownStudy, words: Words) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the figures."""
    head = (
        words("id"), words("Arm"), words("subgroup"), words("Outcome"), words("measure"),
        words("Figure"), words("Where read"), words("derived"),
    )  # fmt: skip
    return head, [_row(row, words) for row in shown.results]


def _row(row: Result, words: Words) -> tuple[str, ...]:
    parts = [f"{row.value:g}" if row.value is not None else ""]
    if row.events is not None and row.n is not None:
        parts.append(f"{row.events}/{row.n}")
    if row.ci_low is not None and row.ci_high is not None:
        parts.append(f"({row.ci_low:g}–{row.ci_high:g})")
    outcome = words(labels().get(("outcome", str(row.outcome)), str(row.outcome)))
    if row.time_months:
        outcome = words("{outcome} at {time} months", outcome=outcome, time=f"{row.time_months:g}")
    return (
        row.result_id,
        row.arm_id,
        row.subgroup or "",
        outcome,
        words(found(MEASURES, str(row.measure), "measure")),
        " ".join(part for part in parts if part),
        row.locator or "",
        row.derived or "",
    )


def messages() -> set[str]:
    """Ids that stand in tables."""
    kinds = ("outcome", "modality")
    said = {text for (kind, _), text in labels().items() if kind in kinds}
    return {
        *said,
        *MEASURES.values(),
        *READ_FROM.values(),
        *DESIGN_LABELS.values(),
        *POPULATION_LABELS.values(),
    }
