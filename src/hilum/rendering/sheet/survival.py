"""Pooled survival on the page: its table, its picture and its figures, as strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hilum.answers.words import curve_label
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.patient.labels import CHINESE
from hilum.plots import CurvePoint, CurveWords, ReportMark, survival_svg, time_ticks
from hilum.records import found as entry
from hilum.sheet.present import (
    DESIGN_LABELS,
    FAMILY_LABELS,
    REFUSED,
    at_odds,
    cell_interval,
    form_line,
    headline,
    interval,
    number,
    sign,
)

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.rating import CertaintyPart
    from hilum.sheet.sheet import Answer, Option, StudyFigure, SurvivalAnswer, Unit

Cell = dict[str, object]


class Page(Protocol):
    """What the page lends to this part: its words and how it prints figures and certainty."""

    words: Words
    forests: bool

    def figure(self, figure: StudyFigure, unit: Unit) -> Cell:
        """One study's figure as a row."""
        ...

    def rated(self, found: CertaintyPart | None) -> Cell:
        """Certainty in words."""
        ...


# The columns of the table, by the key of the sheet's outcome.
COLUMNS = (
    "overall_survival_rate_12m", "overall_survival_rate_36m", "overall_survival_rate_60m",
    "overall_survival_rate_120m", "overall_survival",
)  # fmt: skip
MAIN = "main"
FIVE, MEDIAN = COLUMNS[2], COLUMNS[4]


def survival_cell(page: Page, option: Option) -> Cell | None:
    """The opened part of one treatment, or ``None`` where nothing is reported."""
    one, words = option.survival, page.words
    if one is None:
        return None
    title = words("Overall survival, all reports together")
    five, median = option.outcomes[FIVE], option.outcomes[MEDIAN]
    figure = ""
    if five.form == "pooled":
        figure = f"{words('5 years')} {headline(five, words)} ({cell_interval(five, five.ci)})"
    elif median.form == "pooled":
        ends = cell_interval(median, median.ci)
        figure = f"{words('median')} {headline(median, words)} ({ends})"
    elif one.k:
        figure = reports_in_words(one, words)
    return {
        "id": f"c-{option.treatment}-survival",
        "title": title,
        "figure": figure or words("no figure that can be pooled"),
        "k": one.k,
        "n": one.n if one.n is not None else "–",
        "population": words(POPULATION_LABELS[one.population]),
        "parts": [survival_part(page, part, title) for part in (one, *one.beside)],
    }


def survival_row(page: Page, option: Option) -> Cell | None:
    """One line of the table of survival: the sheet's own cells; ``None`` where all are empty."""
    one, words = option.survival, page.words
    answers = [option.outcomes[key] for key in COLUMNS]
    if one is None or not any(answer.k for answer in answers):
        return None
    cells = [_cell(answer, words) for answer in answers]
    return {
        "label": option.label_zh if words.language == CHINESE else option.label,
        "href": f"#c-{option.treatment}-survival",
        "status": option.status,
        "other": one.population != "netlm",
        "population": words(POPULATION_LABELS[one.population]),
        "cells": cells,
        "k": one.k,
        "n": one.n if one.n is not None else "–",
        "reports": reports_in_words(one, words),
    }


def survival_part(page: Page, one: SurvivalAnswer, title: str) -> Cell:
    """One curve, with the keys of ``answer.html.j2``."""
    words = page.words
    population = (
        words(POPULATION_LABELS[one.population])
        if one.selection == MAIN
        else curve_label(one.selection, words)
    )
    designs = sorted({figure.design for figure in one.studies})
    return {
        "population": population,
        "designs": ", ".join(words(DESIGN_LABELS[design]) for design in designs),
        "k": one.k,
        "n": one.n,
        "prediction": "",
        "tau2": f"{one.tau2:.3f}" if one.tau2 is not None else "",
        "i2": "",
        "range": "",
        "criteria": "",
        "told": [],
        "largest": "",
        "randomised": [],
        "beside": [],
        # On paper the studies' rows stand once, with the outcome that each figure is of.
        "compact": True,
        "rated": page.rated(None),
        "joint": "",
        "caveat": _caveat(one, words),
        "forest": survival_picture(one, f"{title} · {population}", words)
        if one.curve and page.forests
        else "",
        "refused": words(REFUSED) if one.kind == "not_estimable" else "",
        "rows": [_figure(page, figure) for figure in (*one.studies, *one.left_out)],
        "left": [_figure(page, figure) for figure in one.left_out],
    }


def reports_in_words(one: SurvivalAnswer, words: Words) -> str:
    """What kinds of report went in, for example ``rates 8, medians 5``."""
    names = {"rate": words("rates"), "median": words("medians")}
    return ", ".join(f"{names[kind]} {count}" for kind, count in one.reports.items())


def survival_picture(one: SurvivalAnswer, title: str, words: Words) -> str:
    """The curve with its bands, the studies' figures and the counts under the axis."""
    points = [
        CurvePoint(
            point.time_months,
            point.survival,
            *point.ci,
            *(point.prediction or (None, None)),
        )
        for point in one.curve
    ]
    last = one.supported_months or points[-1].time
    ticks = time_ticks(last)
    reach = [next(p for p in one.curve if p.time_months >= tick - 1e-9) for tick in ticks]
    marks = [
        ReportMark(
            (figure.value if figure.measure == "median_months" else figure.time_months) or 0.0,
            0.5 if figure.measure == "median_months" else figure.value or 0.0,
            figure.n,
            figure.name,
            median=figure.measure == "median_months",
        )
        for figure in one.studies
    ]
    bands = words("Inner band: 95 % confidence interval.")
    if points[-1].new_low is not None:
        bands = words("Inner band: 95 % confidence interval; outer band: a new study.")
    family = words(entry(FAMILY_LABELS, one.family or "average", "family"))
    return survival_svg(
        points,
        marks=marks,
        supported=last,
        ticks=ticks,
        counts=([str(point.k) for point in reach], [str(point.n) for point in reach]),
        title=title,
        caption=(
            f"{words('Went in:')} {reports_in_words(one, words)}. {words('Curve:')} {family}.",
            bands,
            words("Filled dots: rates; open dots: medians."),
        ),
        words=CurveWords(
            x=words("months"),
            y=words("alive, %"),
            under=(words("studies this far"), words("their patients")),
        ),
        standalone=False,
    )


def _caveat(one: SurvivalAnswer, words: Words) -> str:
    if not one.k:
        return ""
    lines = [
        words(
            "All printed rates and medians of an arm are read together as a life table; where a "
            "study prints no interval, 80 % of its patients are taken as followed. Each study "
            "counts time from its own start. The curve ends where fewer than three studies "
            "report, and a figure that it does not carry is that of those who print it."
        )
    ]
    if one.kind == "single":
        lines.append(words("One study: its own curve, which says nothing of other studies."))
    if one.kind == "range":
        lines.append(words("Two studies make no line: their figures stand as printed."))
    if one.shape_assumed:
        lines.append(
            words(
                "No arm reports two times well apart: how the curve bends is what other arms of "
                "the evidence teach and how wide the printed intervals of medians are, and the "
                "band holds what both leave open."
            )
        )
    if not one.n_complete:
        lines.append(words("Patients are counted where a study gives their number."))
    return " ".join(lines)


def _figure(page: Page, figure: StudyFigure) -> Cell:
    unit: Unit = "months" if figure.measure == "median_months" else "proportion"
    out = page.figure(figure, unit)
    words = page.words
    if unit == "months":
        when = words("median")
        text = f"{number(figure.value, unit)}{sign(unit, words)}" if figure.value else ""
    else:
        when = f"{figure.time_months:g} {words('mo')}" if figure.time_months else ""
        text = f"{number(figure.value, unit)}{sign(unit, words)}"
    ends = interval(figure.ci, unit)
    size = f"n = {figure.n}" if figure.n is not None else ""
    parts = (f"{when}:" if when else "", text, f"({ends})" if ends else "", size)
    out["figure"] = " ".join(part for part in parts if part)
    return out


def _cell(one: Answer, words: Words) -> Cell:
    """A cell of the table; nothing where no study carries a figure."""
    if not one.k:
        return {"figure": "", "interval": "", "prediction": "", "form": "", "k": 0}
    return {
        "figure": headline(one, words),
        "interval": cell_interval(one, one.ci),
        "prediction": cell_interval(one, one.prediction),
        "form": words("; ").join(x for x in (form_line(one, words), at_odds(one, words)) if x),
        "k": one.k,
    }
