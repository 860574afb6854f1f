"""A study of the evidence: what it is, its arms, every figure read from it, and what it feeds.

Titles, descriptions and notes stand in the words of their source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.answers import reason_label, treatments
from hilum.answers.words import curve_label
from hilum.answers.words import labels as answer_labels
from hilum.evidence import labels
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.records import found
from hilum.rendering.appraise import judged
from hilum.rendering.joint_figures import listed
from hilum.rendering.recorded import odd_line, spelled
from hilum.rendering.sheet.comparisons import LEFT_OUT as RATIO_LEFT_OUT
from hilum.sheet.present import DESIGN_LABELS, LEFT_OUT, OUTCOME_LABELS

if TYPE_CHECKING:
    from hilum.analyses.evidence_study import StudyAnswered, StudyFigures, Use
    from hilum.evidence import Arm, Result
    from hilum.language import Words

MEASURES: Final = {
    "proportion": "proportion",
    "median_months": "median (months)",
    "rate_at": "rate at a time",
    "hazard_ratio": "hazard ratio",
    "odds_ratio": "odds ratio",
    "mean": "mean",
}
PRINTED: Final = {
    "proportion": "{value} %",
    "rate_at": "{value} %",
    "median_months": "{value} months",
    "hazard_ratio": "{value}",
    "odds_ratio": "{value}",
    "mean": "{value}",
}
"""A figure with its unit, by its measure."""
READ_FROM: Final = {
    "full_text": "full text",
    "abstract": "abstract",
    "secondary": "another text that cites it",
}
UNUSED: Final = {
    "no_treatment": "its treatment has no cells",
    "no_cell": "no cell asks for it by itself",
    "part_of_sum": "counted inside the sum of response or disease control of its arm",
    "same_treatment": "both arms had the same treatment",
    "not_compared": "ratios of this outcome are not compared",
}
"""Why a figure stands nowhere."""
STATES: Final = {"in": "in it", "beside": "beside it", "left_out": "left out"}
FACT_LABELS: Final = {
    "consecutive": "consecutive patients",
    "prospective": "prospective",
    "inclusion_criteria_clear": "clear criteria of inclusion",
    "follow_up_complete": "complete follow-up",
    "randomised": "randomised",
    "blinded": "blinded",
    "allocation_concealed": "allocation concealed",
    "outcome_assessor_blinded": "assessor of outcomes blinded",
    "adjusted_analysis": "analysis adjusted",
}
SAID: Final = {"yes": "yes", "no": "no"}
NOT_STATED = "not_stated"
FIELDS: Final = {
    "line": "line",
    "scope": "scope",
    "site": "site",
    "grade": "grade_scope",
    "selection": "selection",
}
"""Where an arm says what is told of its patients."""
WHOM: Final = {
    "line": "line of treatment: {what}",
    "scope": "extent: {what}",
    "site": "primary site: {what}",
    "grade": "tumour grade: {what}",
    "selection": "chosen: {what}",
}
SAYS: Final = {
    "line": "line of treatment",
    "scope": "extent",
    "site": "primary site",
    "grade": "tumour grade",
    "selection": "how its patients were chosen",
}
KNOWN: Final = {"line": SAYS["line"], "grade_scope": SAYS["grade"], "site": SAYS["site"]}
SITES: Final = {
    "pancreas": "pancreas",
    "small_bowel": "small bowel",
    "git": "digestive tract outside pancreas and small bowel, or not told apart",
    "lung": "lung",
    "mixed": "mixed primary sites",
    "other": "another site",
    "not_stated": "not stated",
}
GRADES: Final = {
    "G1-2": "well differentiated grade 1-2",
    "G3_NET": "well differentiated grade 3",
    "NEC": "neuroendocrine carcinoma",
    "mixed": "several grades together",
    "not_stated": "not stated",
}
NUCLIDES: Final = {
    "lu177": "lutetium-177",
    "y90": "yttrium-90",
    "i131": "iodine-131",
    "in111": "indium-111",
    "ho166": "holmium-166",
}
REFERENCE: Final = {
    "yes": "control arm whose drug had failed before",
    "control": "control arm",
}


def study_lines(answer: StudyAnswered, words: Words) -> list[str]:
    """What the study is, where it was read, its conduct, its appraisal and its arms."""
    what, *more = study_facts(answer, words)
    odd = odd_line(answer.link, words)
    lines = [what, answer.link or answer.study.source, *([odd] if odd else []), *more]
    lines += conduct_lines(answer, words)
    lines += appraisal_lines(answer, words)
    for arm in answer.arms:
        lines += arm_lines(arm, words)
    return lines


def study_facts(answer: StudyAnswered, words: Words) -> list[str]:
    """Design, patients and text read; what is doubtful; whose patients it shares; notes."""
    one = answer.study
    read = words(found(READ_FROM, str(one.read_from), "text"))
    lines = [
        " · ".join(
            (
                words(DESIGN_LABELS[str(one.design)]),
                words(POPULATION_LABELS[str(one.population)]),
                words("read from: {text}", text=read),
            )
        )
    ]
    if one.first_author is None:
        lines.append(words("first author not recorded: called by the id of the record"))
    if one.verify:
        lines.append(words("to be checked against the original"))
    if answer.cohort:
        same = listed([answer.names[name] for name in answer.cohort], words)
        lines.append(words("shares patients with: {studies}", studies=same))
    return [*lines, one.notes] if one.notes else lines


def conduct_lines(answer: StudyAnswered, words: Words) -> list[str]:
    """What its texts state of its conduct, and what others judged."""
    facts = answer.conduct
    if facts is None:
        return []
    stated = [
        words("{fact}: {said}", fact=words(FACT_LABELS[fact]), said=words(SAID[said]))
        for fact, said in facts.stated.items()
    ]
    told = listed(stated, words) or words("nothing")
    lines = [words("stated of its conduct: {facts}", facts=told)]
    if facts.published_judgement:
        judgement = f"{facts.published_judgement} ({facts.judgement_source})"
        lines.append(words("judged by others: {judgement}", judgement=judgement))
    return lines


def appraisal_lines(answer: StudyAnswered, words: Words) -> list[str]:
    """Each appraisal, or that nobody appraised it."""
    if not answer.appraisals:
        return [words("risk of bias: nobody has appraised it")]
    return [
        words(
            "risk of bias: {judgement} ({tool}; {raters})",
            judgement=judged(one, words),
            tool=one.tool,
            raters=", ".join(one.raters),
        )
        for one in answer.appraisals
    ]


def arm_lines(arm: Arm, words: Words) -> list[str]:
    """An arm: treatment, patients, description; then its codes."""
    modality = " + ".join(
        words(labels().get(("modality", part), part)) for part in arm.modality.split("+")
    )
    named = {"arm": spelled(arm.arm_id), "modality": modality, "description": arm.description or ""}
    first = (
        words("arm {arm}: {modality}, n = {n} {description}", n=arm.n, **named)
        if arm.n
        else words("arm {arm}: {modality} {description}", **named)
    )
    return [first.rstrip(), "  " + whom_of(arm, words)]


def whom_of(arm: Arm, words: Words) -> str:
    """Whose the arm is, in words; what it does not state is said once."""
    known = answer_labels()
    named = {
        "line": known["line", str(arm.line)],
        "scope": known["scope", str(arm.scope or NOT_STATED)],
        "site": found(SITES, str(arm.site), "site"),
        "grade": found(GRADES, str(arm.grade_scope), "grade"),
        "selection": arm.chosen.label,
    }
    silent = [name for name in named if (getattr(arm, FIELDS[name]) or NOT_STATED) == NOT_STATED]
    parts = [
        words(WHOM[name], what=words(said)) for name, said in named.items() if name not in silent
    ]
    if arm.nuclide and str(arm.nuclide) != NOT_STATED:
        parts.append(words("nuclide: {what}", what=words(NUCLIDES[str(arm.nuclide)])))
    if arm.background:
        parts.append(words("an analogue in every arm is not counted as its treatment"))
    if arm.reference_arm:
        parts.append(words(found(REFERENCE, str(arm.reference_arm), "reference")))
    if arm.part_of:
        parts.append(words("its patients are also counted in {arm}", arm=spelled(arm.part_of)))
    if arm.codes_known:
        parts.append(
            words(
                "partly from general knowledge of the trial: {codes}",
                codes=listed([words(KNOWN[code]) for code in arm.codes_known.split()], words),
            )
        )
    if silent:
        parts.append(
            words("not stated: {what}", what=listed([words(SAYS[name]) for name in silent], words))
        )
    return words("; ").join(parts)


def figures_table(
    answer: StudyAnswered, words: Words
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the figures."""
    head = (
        words("id"), words("Arm"), words("subgroup"), words("Outcome"), words("measure"),
        words("Figure"), words("Where read"), words("derived"),
    )  # fmt: skip
    return head, [figure_row(one.result, words) for one in answer.figures]


def figure_row(row: Result, words: Words) -> tuple[str, ...]:
    """A figure as printed."""
    said = found(PRINTED, str(row.measure), "measure")
    parts = [words(said, value=f"{row.value:g}") if row.value is not None else ""]
    if row.events is not None and row.n is not None:
        counted = words("{events} of {n}", events=row.events, n=row.n)
        parts.append(f"({counted})" if parts[0] else counted)
    elif row.n is not None:
        parts.append(words("n = {n}", n=row.n))
    if row.ci_low is not None and row.ci_high is not None:
        parts.append(f"({row.ci_low:g}–{row.ci_high:g})")
    outcome = words(labels().get(("outcome", str(row.outcome)), str(row.outcome)))
    if row.time_months:
        outcome = words("{outcome} at {time} months", outcome=outcome, time=f"{row.time_months:g}")
    return (
        row.result_id,
        spelled(row.arm_id),
        spelled(row.subgroup or ""),
        outcome,
        words(found(MEASURES, str(row.measure), "measure")),
        " ".join(part for part in parts if part),
        row.locator or "",
        row.derived or "",
    )


def feeds_lines(answer: StudyAnswered, words: Words) -> list[str]:
    """By figure, every cell, curve and comparison that it stands in, or why in none."""
    lines = [words("What it feeds:")]
    for one in answer.figures:
        for told in feeds_of(one, answer, words):
            lines.append(f"  {one.result.result_id}  {told}")
    return lines


def feeds_of(one: StudyFigures, answer: StudyAnswered, words: Words) -> list[str]:
    """Every place of one figure in words."""
    if one.unused is not None:
        return [words("nothing: {why}", why=words(found(UNUSED, one.unused, "reason")))]
    return [_use(use, answer, words) for use in one.uses]


def _use(use: Use, answer: StudyAnswered, words: Words) -> str:
    place = place_of(use, words)
    state = words(found(STATES, use.state, "state"))
    if use.reason is not None:
        return words(
            "{place}: {state}, {why}", place=place, state=state, why=why_not(use, answer, words)
        )
    if use.derived is not None:
        return words("{place}: {state}, derived ({how})", place=place, state=state, how=use.derived)
    return words("{place}: {state}", place=place, state=state)


def place_of(use: Use, words: Words) -> str:
    """The cell, curve or comparison in words."""
    return PLACES[use.kind](use, words)


def _cell(use: Use, words: Words) -> str:
    return words(
        "cell {treatment} · {outcome}",
        treatment=_treatment(use.treatment, words),
        outcome=words(OUTCOME_LABELS[use.outcome]),
    )


def _curve(use: Use, words: Words) -> str:
    treatment = _treatment(use.treatment, words)
    if use.selection == "main" or use.selection is None:
        return words("survival curve of {treatment}", treatment=treatment)
    return words(
        "survival curve of {treatment}, {whom}",
        treatment=treatment,
        whom=curve_label(use.selection, words),
    )


def _comparison(use: Use, words: Words) -> str:
    return words(
        "comparison {treatment} against {comparator} · {outcome}",
        treatment=_treatment(use.treatment, words),
        comparator=_treatment(use.comparator or "", words),
        outcome=words(labels()["outcome", use.outcome]),
    )


PLACES: Final = {"cell": _cell, "curve": _curve, "comparison": _comparison}


def _treatment(name: str, words: Words) -> str:
    """A treatment, or treatments given together."""
    known = treatments()
    return " + ".join(
        words(known[part].label)
        if part in known
        else words(OTHERS.get(part) or labels().get(("modality", part), part))
        for part in name.split("+")
    )


OTHERS: Final = {"ssa_alone": "a somatostatin analogue alone"}


def why_not(use: Use, answer: StudyAnswered, words: Words) -> str:
    """Why a figure is not in a cell, curve or comparison."""
    coded = use.reason or ""
    if use.kind == "comparison" and coded in RATIO_LEFT_OUT:
        return words(RATIO_LEFT_OUT[coded])
    if coded == "same_cohort" and use.kept:
        return words("same patients as {study}", study=answer.names.get(use.kept, use.kept))
    if coded in ONLY_HERE:
        return words(LEFT_OUT[coded])
    return reason_label(coded, words)


ONLY_HERE: Final = frozenset(LEFT_OUT) - {
    *("subgroup", "combination", "derived", "no_value", "same_arm", "same_cohort")
}
"""Reasons of curves that the cells do not have."""


def messages() -> set[str]:
    """Ids that stand in tables."""
    kinds = ("outcome", "modality")
    said = {text for (kind, _), text in labels().items() if kind in kinds}
    tables = (
        PRINTED, MEASURES, READ_FROM, DESIGN_LABELS, POPULATION_LABELS, UNUSED, STATES, FACT_LABELS,
        SAID, OTHERS, RATIO_LEFT_OUT, WHOM, SAYS, SITES, GRADES, REFERENCE, NUCLIDES,
    )  # fmt: skip
    kinds = ("line", "scope", "selection", "reason", "curve")
    said |= {text for (kind, _), text in answer_labels().items() if kind in kinds}
    return said | {text for table in tables for text in table.values()}
