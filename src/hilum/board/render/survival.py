"""Pooled survival on the page: its table, its picture and its figures, as strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hilum.board.present import (
    DESIGN_LABELS,
    FAMILY_LABELS,
    POPULATION_LABELS,
    REFUSED,
    interval,
    number,
    sign,
)
from hilum.patient.labels import CHINESE
from hilum.plots import CurvePoint, CurveWords, ReportMark, survival_svg, time_ticks

if TYPE_CHECKING:
    from hilum.board.rating import CertaintyPart
    from hilum.board.sheet import Option, StudyFigure, SurvivalAnswer, SurvivalPoint, Unit
    from hilum.language import Words

Cell = dict[str, object]


class Page(Protocol):
    """What the page lends to this part: its words and how it prints figures and certainty."""

    words: Words

    def figure(self, figure: StudyFigure, unit: Unit) -> Cell:
        """One study's figure as a row."""
        ...

    def rated(self, found: CertaintyPart | None) -> Cell:
        """Certainty in words."""
        ...


YEARS = (12.0, 36.0, 60.0, 120.0)


def survival_cell(page: Page, option: Option) -> Cell | None:
    """The opened part of one treatment, or ``None`` where nothing is reported."""
    one, words = option.survival, page.words
    if one is None:
        return None
    title = words("Overall survival, all reports together")
    parts = [one, *one.other_populations]
    five = next((point for point in one.rates if point.time_months == 60 and point.supported), None)
    figure = ""
    if five is not None:
        figure = f"{words('5 years')} {_rate(five)}"
    elif _reached_median(one):
        figure = f"{words('median')} {_median(one, words)}"
    elif one.k:
        figure = reports_in_words(one, words)
    return {
        "id": f"c-{option.treatment}-survival",
        "title": title,
        "figure": figure or words("no figure that can be pooled"),
        "k": one.k,
        "n": one.n if one.n is not None else "–",
        "population": words(POPULATION_LABELS[one.population]),
        "parts": [survival_part(page, part, title) for part in parts],
    }


def survival_row(page: Page, option: Option) -> Cell | None:
    """One line of the table of pooled survival; ``None`` where no study could be used."""
    one, words = option.survival, page.words
    if one is None or not one.k:
        return None
    cells = [_cell(next((p for p in one.rates if p.time_months == time), None)) for time in YEARS]
    median = _reached_median(one)
    return {
        "label": option.label_zh if words.language == CHINESE else option.label,
        "href": f"#c-{option.treatment}-survival",
        "status": option.status,
        "other": one.population != "netlm",
        "population": words(POPULATION_LABELS[one.population]),
        "cells": cells,
        "median": median,
        "median_ci": interval(one.median.ci, "months") if one.median and median else "",
        "k": one.k,
        "n": one.n if one.n is not None else "–",
        "reports": reports_in_words(one, words),
    }


def survival_part(page: Page, one: SurvivalAnswer, title: str) -> Cell:
    """One population's curve, with the keys of ``answer.html.j2``."""
    words = page.words
    population = words(POPULATION_LABELS[one.population])
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
        "forest": survival_picture(one, f"{title} · {population}", words) if one.k else "",
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
    family = words(FAMILY_LABELS[one.family or "exponential"])
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
            under=(words("studies"), words("patients")),
        ),
        standalone=False,
    )


def _caveat(one: SurvivalAnswer, words: Words) -> str:
    if not one.k:
        return ""
    lines = [
        words(
            "All printed rates and medians of an arm are read together as a life table; where a "
            "study prints no interval its patients are taken as followed, so that the bands are "
            "too narrow. Each study counts time from its own start."
        )
    ]
    if one.kind == "single":
        lines.append(words("One study: its own curve, which says nothing of other studies."))
    if one.shape_assumed:
        lines.append(
            words(
                "No arm reports two times: the curve is exponential by assumption and can be "
                "relied on near the reported times only."
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


def _rate(point: SurvivalPoint) -> str:
    return f"{number(point.survival, 'proportion')} % ({interval(point.ci, 'proportion')})"


def _cell(point: SurvivalPoint | None) -> Cell:
    """A rate of the table; nothing where the reports do not carry it."""
    if point is None or not point.supported:
        return {"figure": "", "interval": "", "prediction": "", "k": 0}
    return {
        "figure": f"{number(point.survival, 'proportion')} %",
        "interval": interval(point.ci, "proportion"),
        "prediction": interval(point.prediction, "proportion"),
        "k": point.k,
    }


def _reached_median(one: SurvivalAnswer) -> str:
    """The median in months where a study reports so late, else nothing."""
    if one.median is None or not one.median.supported:
        return ""
    return number(one.median.value, "months")


def _median(one: SurvivalAnswer, words: Words) -> str:
    ends = interval(one.median.ci, "months") if one.median else ""
    return f"{_reached_median(one)} {words('mo')} ({ends})"
