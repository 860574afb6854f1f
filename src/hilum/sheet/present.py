"""Sheet data as words and numbers for a reader; shared by every renderer of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers import outcomes, reason_label, sentence
from hilum.answers.kept_pools import exact
from hilum.answers.printed import as_printed
from hilum.answers.words import flag_line
from hilum.answers.words import labels as answer_labels
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.patient.labels import CHINESE
from hilum.plots import ForestRow, forest_svg
from hilum.sheet.asked import UNKNOWN
from hilum.sheet.rating import risk_dot
from hilum.sheet.sheet import Answer, Sheet, StudyFigure, Unit

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Sheet
    from hilum.sheet.sheet_cells import BesideFigures, Flag, JointApart, JointFigure

OUTCOME_LABELS = {key: one.label for key, one in outcomes().items()}
OUTCOME_HEADS = {key: one.head or one.label for key, one in outcomes().items()}
# Patients of one study up to whom a share is given as a count.
FEW = 30
NARROW = "\u202f"
# The columns of the table of treatments; the rest opens below.
KEY_OUTCOMES = tuple(
    one.key for one in sorted(outcomes().values(), key=lambda one: one.column) if one.column
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
    "average": "families averaged",
    "exponential": "exponential",
    "weibull": "Weibull",
    "loglogistic": "log-logistic",
    "lognormal": "log-normal",
    "gompertz": "Gompertz",
}
REFUSED = "These few, nearly separated studies determine no pooled figure: each is listed."
JOINT_MOVED = {
    "pct_pancreatic": "primary site",
    "pct_grade3": "grade",
    "pct_later_line": "line of treatment",
    "pct_liver": "extent of disease",
}
JOINT_KINDS = {
    "randomised": "randomised",
    "comparative": "not randomised",
    "single_arm": "single-arm",
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
# Parts of the question that stand for some patients, not for any, where the case is silent.
NARROWED = frozenset(part for part, code in UNKNOWN.items() if code != "any")


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
    """The figure of a cell with its unit: one number, a range, or that there is no study.

    One study of few patients, or without an event, is counted: twelve are "12 of 12", never 100 %.
    """
    if answer.form == "none":
        return words("no study")
    if (counted := few(answer)) is not None:
        return words("{events} of {n}", events=counted[0], n=counted[1])
    if answer.value is None:
        return cell_interval(answer, answer.range) + sign(answer.unit, words)
    return cell_number(answer, answer.value) + sign(answer.unit, words)


def few(answer: Answer) -> tuple[int, int] | None:
    """Events and patients where a percentage would say more than is known, or ``None``.

    One study that is small or without an event; several, added up, in which nobody had an event,
    or that are small together and all found the same share.
    """
    if answer.unit != "proportion" or not answer.studies or answer.form in ("pooled", "none"):
        return None
    counted = [
        (one.events, one.n)
        for one in answer.studies
        if one.events is not None and one.n is not None and one.measure == answer.measure
    ]
    if len(counted) != len(answer.studies):
        return None
    events, n = (sum(one) for one in zip(*counted, strict=True))
    ends = answer.range or (0.0, 1.0)
    alike = answer.form == "range" and ends[0] == ends[1]
    small = n <= FEW and (answer.form == "single" or alike)
    return (events, n) if events == 0 or small else None


def patients_known(answer: Answer) -> int:
    """Patients of its studies as far as they print them, weighed or not."""
    return answer.n or sum(one.n for one in answer.studies if one.n is not None)


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
    if set(one.not_known) & NARROWED:
        return words(
            "The figures are those of other patients: {whom}. Whether this patient is like them is "
            "not known ({unknown}).",
            whom=whom,
            unknown=unknown,
        )
    text = words("The figures are those of patients like this one: {whom}.", whom=whom)
    return f"{text} ({unknown})" if unknown else text


def told_lines(answer: Answer, words: Words) -> list[str]:
    """The sentence of a cell, and what is said of its interval."""
    if answer.told is None:
        return []
    return [sentence(answer.told, answer.k, words), *flag_lines(answer, words)]


def flag_lines(answer: Answer, words: Words) -> list[str]:
    """What is said of a cell's figure, a sentence a flag."""
    return [flag_line(flag.code, flag.outcome, words, _other(flag, words)) for flag in answer.flags]


def at_odds(answer: Answer, words: Words) -> str:
    """The outcomes of other studies that this figure cannot stand with, or nothing."""
    others = [_other(flag, words) for flag in answer.flags if flag.code == "apart"]
    return words("at odds with: {other}", other=words(", ").join(others)) if others else ""


def _other(flag: Flag, words: Words) -> str:
    """The outcome that a flag names, where it names one."""
    label = OUTCOME_LABELS.get(flag.outcome or "")
    return words(label) if label else ""


def joint_line(answer: Answer, words: Words) -> str:
    """What the joint model says for patients like this one, and how it stands to the figure.

    Kinds of evidence that disagree are said also where the model's figure is not.
    """
    one = answer.joint
    if one is None:
        return ""
    # The prior's own figure, or one that the patient did not move, is no news beside the plain.
    shown = one.value is not None and one.touches is not None and one.reason is None
    parts = [_like_this(one, answer.unit, words)] if shown else []
    parts += [_apart(two, answer.unit, words) for two in one.apart if shown or two.gross]
    if not parts:
        return ""
    line = parts[0][0].upper() + parts[0][1:]
    for part in parts[1:]:
        line = words("{first}; {second}", first=line, second=part)
    return line


def _like_this(one: JointFigure, unit: Unit, words: Words) -> str:
    figure = (
        f"{number(one.value, unit)}{sign(unit, words)} "
        f"({interval(one.ci, unit)}; {words('prediction interval')} "
        f"{interval(one.prediction, unit)})"
    )
    by = words(", ").join(words(JOINT_MOVED[name]) for name in one.moved)
    if one.touches:
        return words(
            "For patients like this one, from the joint model ({by}): {figure}",
            by=by,
            figure=figure,
        )
    return words(
        "The joint model says otherwise for patients like this one ({by}): {figure}. The "
        "intervals do not touch: the studies' patients differ from this one.",
        by=by,
        figure=figure,
    )


def _apart(one: JointApart, unit: Unit, words: Words) -> str:
    """What two kinds of evidence say alone, whoever their patients were; a gross one warns."""
    named = {
        "first": words(JOINT_KINDS[one.first]),
        "second": words(JOINT_KINDS[one.second]),
        "first_value": f"{number(one.first_value, unit)}{sign(unit, words)}",
        "second_value": f"{number(one.second_value, unit)}{sign(unit, words)}",
        "z": f"{abs(one.z):.1f}",
    }
    if one.gross:
        return words(
            "warning, the kinds of evidence disagree (all patients): {first} alone {first_value}, "
            "{second} alone {second_value}, {z} standard errors apart",
            **named,
        )
    return words(
        "by kind of evidence, all patients: {first} alone {first_value}, {second} alone "
        "{second_value}, {z} standard errors apart",
        **named,
    )


def sign(unit: Unit, words: Words) -> str:
    """What follows a number of a unit; a percent sign stands apart in English alone."""
    percent = "%" if words.language == CHINESE else f"{NARROW}%"
    return {"proportion": percent, "months": " " + words("mo"), "ratio": ""}[unit]


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


def figure_unit(figure: StudyFigure, unit: Unit) -> Unit:
    """The unit of one study's figure: a survival curve rests on rates and medians alike."""
    if figure.measure == "median_months":
        return "months"
    return "proportion" if figure.measure == "rate_at" else unit


def figure_when(figure: StudyFigure, answer: Answer, words: Words) -> str:
    """What a figure is of where the answer is of another time: a median, or its months."""
    if (figure.measure, figure.time_months) == (answer.measure, answer.time_months):
        return ""
    if figure.measure == "median_months":
        return words("median") + ":" if answer.measure != figure.measure else ""
    months = figure.time_months
    return f"{months:g} {words('mo')}:" if figure.measure == "rate_at" and months else ""


def counts(figure: StudyFigure) -> str:
    """Events over patients, or the patients alone."""
    star = "*" if figure.n_assumed else ""
    if figure.events is not None and figure.n is not None:
        return f"{figure.events}/{figure.n}{star}"
    return f"n = {figure.n}{star}" if figure.n is not None else ""


def forest_of(answer: Answer, title: str, words: Words, *, standalone: bool = False) -> str:
    """The forest plot of an answer, drawn from the numbers in it; ``standalone`` with its style."""
    rows: list[ForestRow] = []
    unit = answer.unit
    # Of a survival curve: the figures printed for just this time.
    for figure in answer.studies:
        if (figure.measure, figure.time_months if figure.measure == "rate_at" else None) != (
            answer.measure,
            answer.time_months,
        ):
            continue
        ci = study_interval(figure, unit)
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
        total = answer.form == "total"
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


def study_interval(figure: StudyFigure, unit: Unit) -> tuple[float, float] | None:
    """The reported interval; for events over n without one, the exact binomial interval."""
    if figure.ci is not None and figure.ci[0] is not None and figure.ci[1] is not None:
        return figure.ci[0], figure.ci[1]
    if unit == "proportion" and figure.n and figure.value is not None:
        return exact(round(figure.value * figure.n), figure.n)
    return None


def messages() -> set[str]:
    """Every message id this module may show, for the catalogue's extraction."""
    tables = (
        FAMILY_LABELS,
        JOINT_MOVED,
        JOINT_KINDS,
        LEFT_OUT,
        POPULATION_LABELS,
        DESIGN_LABELS,
        READ_FROM,
    )
    found = {text for table in (*tables, OUTCOME_LABELS, OUTCOME_HEADS) for text in table.values()}
    return found | {REFUSED}
