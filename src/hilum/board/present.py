"""Sheet data as words and numbers for a reader; shared by every renderer of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers import reason_label, sentence
from hilum.answers.printed import as_printed
from hilum.answers.words import labels as answer_labels
from hilum.board.rating import risk_dot
from hilum.board.sheet import Answer, Comparison, StudyFigure, Unit
from hilum.plots import ForestRow, forest_svg

if TYPE_CHECKING:
    from hilum.board.sheet import Sheet
    from hilum.board.sheet_cells import BesideFigures
    from hilum.language import Words

OUTCOME_LABELS = {
    "symptom_response": "Symptom response",
    "objective_response": "Objective response",
    "complete_response": "Complete response",
    "biochemical_response": "Biochemical response",
    "disease_control": "Disease control",
    "overall_survival": "Median overall survival",
    "overall_survival_rate_12m": "Alive at 1 year",
    "overall_survival_rate_36m": "Alive at 3 years",
    "overall_survival_rate_60m": "Alive at 5 years",
    "overall_survival_rate_120m": "Alive at 10 years",
    "progression_free_survival": "Median progression-free survival",
    "progression_free_survival_rate_12m": "Progression-free at 1 year",
    "progression_free_survival_rate_36m": "Progression-free at 3 years",
    "progression_free_survival_rate_60m": "Progression-free at 5 years",
    "progression_free_survival_rate_120m": "Progression-free at 10 years",
    "time_to_progression": "Median time to progression",
    "disease_free_survival_rate_60m": "Free of disease at 5 years",
    "recurrence": "Recurrence",
    "local_recurrence": "Local recurrence",
    "mortality_30d": "Death within 30 days",
    "major_complication": "Major complications",
    "liver_failure": "Liver failure",
}
# The columns of the table of treatments; the rest opens below.
KEY_OUTCOMES = (
    "symptom_response",
    "objective_response",
    "progression_free_survival",
    "mortality_30d",
)
LEFT_OUT = {
    "not_estimate": "a review's range or another analysis of the same patients",
    "subgroup": "a subgroup, not the whole arm",
    "combination": "given in combination",
    "not_separable": "techniques not reported apart",
    "pooled_analysis": "pools patients of other studies",
    "no_denominator": "number of patients or events not reported",
    "denominator_assumed": "number of patients assumed, not reported",
    "derived": "events computed from a printed percentage",
    "no_interval": "no usable confidence interval reported",
    "no_value": "no value reported",
    "contradicts": "the arm's own rates contradict it",
    "same_time": "a rate at the same time is used",
    "no_n": "number of patients or events not reported",
    "no_information": "adds nothing to the arm's other figures",
    "same_arm": "another figure of the same patients is used",
    "same_cohort": "same patients as {kept}",
}
FAMILY_LABELS = {
    "exponential": "exponential",
    "weibull": "Weibull",
    "loglogistic": "log-logistic",
    "lognormal": "log-normal",
    "gompertz": "Gompertz",
}
REFUSED = "These few, nearly separated studies determine no pooled figure: each is listed."
JOINT_REASONS = {
    "no_study": "no study of this treatment and outcome",
    "not_estimable": "too few studies",
    "not_converged": "the fit failed its checks",
    "extrapolation": "the patient lies outside the studies",
    "prior": "the prior carries most of the information",
}
POPULATION_LABELS = {
    "netlm": "NET liver metastases",
    "mixed_net": "mixed metastatic NET",
    "mixed_liver_metastases": "mixed liver metastases",
}
DESIGN_LABELS = {
    "rct": "arm of a randomised trial",
    "nonrandomised_comparative": "comparative, not randomised",
    "case_series_prospective": "prospective series",
    "case_series_retrospective": "retrospective series",
    "registry": "registry",
    "pooled_analysis": "pooled analysis",
}
READ_FROM = {"full_text": "full text", "abstract": "abstract", "secondary": "secondary table"}


def number(value: float | None, unit: Unit) -> str:
    """A number as the page prints it: whole percent (one decimal below 10), months, or a ratio."""
    if value is None:
        return "–"
    if unit == "proportion":
        percent = 100 * value
        return f"{percent:.1f}" if 0 < percent < 9.95 else f"{percent:.0f}"
    if unit == "ratio":
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def interval(ends: tuple[float | None, float | None] | None, unit: Unit) -> str:
    """Both ends of an interval, or nothing."""
    if ends is None:
        return ""
    low, high = number(ends[0], unit), number(ends[1], unit)
    return low if low == high else f"{low}–{high}"


def headline(answer: Answer, words: Words) -> str:
    """The figure of a cell with its unit: one number, a range, or that there is no study."""
    if answer.form == "none":
        return words("no study")
    if answer.value is None:
        return cell_interval(answer, answer.range) + sign(answer.unit, words)
    return cell_number(answer, answer.value) + sign(answer.unit, words)


def form_line(answer: Answer, words: Words) -> str:
    """What kind of figure it is where it is not pooled; a range names its largest study."""
    if answer.form == "total":
        return words("all patients together")
    if answer.form == "single":
        return words("one study")
    if answer.form != "range":
        return ""
    if answer.largest is None:
        return words("{k} reported", k=answer.k)
    return words("{k} reported; largest: {study}", k=answer.k, study=largest(answer, words))


def largest(answer: Answer, words: Words) -> str:
    """The study with most patients, its figure as printed."""
    one = answer.largest
    if one is None:
        return ""
    patients = f" (n = {one.n}{'*' if one.n_assumed else ''})" if one.n is not None else ""
    return f"{one.name} {one.printed}{sign(answer.unit, words)}{patients}"


def cell_number(answer: Answer, value: float) -> str:
    """A number of a cell: a single study's as its paper prints it, else as n carries."""
    if answer.form == "single" and answer.largest is not None and value == answer.value:
        return answer.largest.printed
    months = answer.unit == "months"
    return as_printed(value if months else 100 * value, months=months, n=answer.n or 0)


def cell_interval(answer: Answer, ends: tuple[float, float] | None) -> str:
    """Both ends of an interval or range of a cell, or nothing."""
    if ends is None:
        return ""
    months = answer.unit == "months"
    scale = 1.0 if months else 100.0
    low, high = (as_printed(end * scale, months=months, n=answer.n or 0) for end in ends)
    return low if low == high else f"{low}–{high}"


def beside_line(group: BesideFigures, answer: Answer, words: Words, names: dict[str, str]) -> str:
    """Figures kept apart for one reason: their range, how many, whose."""
    coded = group.reason if group.detail is None else f"{group.reason}:{group.detail}"
    figures = cell_interval(answer, group.range) + sign(answer.unit, words)
    who = ", ".join(names.get(study, study) for study in group.studies[:3])
    more = " …" if len(group.studies) > 3 else ""
    return f"{reason_label(coded, words)}: {figures} (k = {group.k}; {who}{more})"


def asked_line(sheet: Sheet, words: Words) -> str:
    """Whom the figures are asked for, and what of it the case does not say."""
    one, labels = sheet.asked, answer_labels()
    whom = words(", ").join(
        words(labels[kind, code])
        for kind, code in (("site", one.site), ("grade", one.grade), ("asked", one.line))
    )
    unknown = words(", ").join(words(labels["unknown", part]) for part in one.not_known)
    text = words("The figures are those of patients like this one: {whom}.", whom=whom)
    return f"{text} ({unknown})" if unknown else text


def told_lines(answer: Answer, words: Words) -> list[str]:
    """The sentence of a cell, and what is said of its interval."""
    if answer.told is None:
        return []
    return [
        sentence(answer.told, answer.k, words),
        *(words(answer_labels()["flag", flag.code]) for flag in answer.flags),
    ]


def joint_line(answer: Answer, words: Words) -> str:
    """Which figure is that of patients like this one: the joint model's, or the pooled one."""
    one = answer.joint
    if one is None or (one.reason == "no_study" and not answer.k):
        return ""
    figure = ""
    if one.value is not None:
        figure = (
            f"{number(one.value, answer.unit)}{sign(answer.unit, words)} "
            f"({interval(one.ci, answer.unit)}; {words('prediction interval')} "
            f"{interval(one.prediction, answer.unit)})"
        )
    if one.reason is None:
        return f"{words('For patients like this one, from the joint model:')} {figure}"
    why = words(JOINT_REASONS[one.reason])
    text = f"{words('The joint model does not hold here and the pooled figure stands:')} {why}"
    return f"{text}; {figure}" if figure else text


def sign(unit: Unit, words: Words) -> str:
    """What follows a number of a unit."""
    return {"proportion": " %", "months": " " + words("mo"), "ratio": ""}[unit]


def reason(figure: StudyFigure, words: Words, names: dict[str, str]) -> str:
    """Why a figure is shown and not pooled."""
    if figure.left_out is None:
        return ""
    if figure.left_out not in LEFT_OUT:
        detailed = figure.left_out in ("special", "criteria") and figure.kept
        return reason_label(
            f"{figure.left_out}:{figure.kept}" if detailed else figure.left_out, words
        )
    kept = names.get(figure.kept or "", figure.kept or "")
    text = words(LEFT_OUT[figure.left_out])
    return text.replace("{kept}", kept)


def counts(figure: StudyFigure) -> str:
    """Events over patients, or the patients alone."""
    star = "*" if figure.n_assumed else ""
    if figure.events is not None and figure.n is not None:
        return f"{figure.events}/{figure.n}{star}"
    return f"n = {figure.n}{star}" if figure.n is not None else ""


def forest_of(
    answer: Answer | Comparison, title: str, words: Words, *, standalone: bool = False
) -> str:
    """The forest plot of an answer, drawn from the numbers in it; ``standalone`` with its style."""
    rows: list[ForestRow] = []
    unit = answer.unit
    for figure in answer.studies:
        ci = _study_interval(figure, unit)
        text = f"{number(figure.value, unit)} ({interval(ci, unit)})" if ci else ""
        rows.append(
            ForestRow(
                f"{figure.name}  {counts(figure)}",
                figure.value,
                ci,
                text or number(figure.value, unit),
                weight=float(figure.n or 1),
                href=figure.link,
                bias=risk_dot(figure.appraisal),
            )
        )
    if answer.k > 1 and answer.value is not None:
        pooled = f"{number(answer.value, unit)} ({interval(answer.ci, unit)})"
        total = isinstance(answer, Answer) and answer.form == "total"
        name = words("all patients together") if total else words("pooled")
        rows.append(ForestRow(name, answer.value, answer.ci, pooled, role="pooled"))
        if answer.prediction:
            text = interval(answer.prediction, unit)
            rows.append(
                ForestRow(
                    words("prediction interval"), None, answer.prediction, text, role="prediction"
                )
            )
    axis = {
        "proportion": words("percent of patients"),
        "months": words("months"),
        "ratio": words("hazard ratio (below 1 favours the treatment)"),
    }[unit]
    return forest_svg(tuple(rows), title=title, axis=axis, scale=unit, standalone=standalone)


def _study_interval(figure: StudyFigure, unit: Unit) -> tuple[float, float] | None:
    """The reported interval; for events over n without one, the exact binomial interval."""
    if figure.ci is not None and figure.ci[0] is not None and figure.ci[1] is not None:
        return figure.ci[0], figure.ci[1]
    if unit == "proportion" and figure.n and figure.value is not None:
        from hilum.synthesis import exact_interval

        return exact_interval(round(figure.value * figure.n), figure.n)
    return None


def messages() -> set[str]:
    """Every message id this module may show, for the catalogue's extraction."""
    tables = (
        FAMILY_LABELS,
        JOINT_REASONS,
        LEFT_OUT,
        POPULATION_LABELS,
        DESIGN_LABELS,
        READ_FROM,
    )
    found = {text for table in (*tables, OUTCOME_LABELS) for text in table.values()}
    return found | {REFUSED}
