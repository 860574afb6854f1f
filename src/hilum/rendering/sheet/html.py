"""The sheet as one self-contained HTML page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.evidence import labels as evidence_labels
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.rendering.pages import page_template
from hilum.rendering.sheet.changes import changes_context
from hilum.rendering.sheet.comparisons import comparison_groups
from hilum.rendering.sheet.liver import LiverPage
from hilum.rendering.sheet.paper import ranked
from hilum.rendering.sheet.small_plots import (
    WIDE,
    WIDTH,
    axes_said,
    axis_head,
    axis_of,
    dots,
    small_plot,
)
from hilum.rendering.sheet.survival import survival_cell, survival_row
from hilum.rendering.sheet.verdict_page import OPEN_ROWS, VerdictPage
from hilum.sheet.present import (
    DESIGN_LABELS,
    OUTCOME_HEADS,
    OUTCOME_LABELS,
    READ_FROM,
    REFUSED,
    asked_line,
    beside_line,
    cell_interval,
    counts,
    figure_unit,
    figure_when,
    forest_of,
    form_line,
    headline,
    interval,
    joint_line,
    largest,
    number,
    patients_known,
    reason,
    sign,
    told_lines,
)
from hilum.sheet.rating import (
    NOTE,
    CertaintyPart,
    appraised_line,
    certainty_line,
    certainty_mark,
    certainty_reasons,
    certainty_sentence,
    risk_text,
    sureness,
)

if TYPE_CHECKING:
    from jinja2 import Template

    from hilum.language import Words
    from hilum.sheet.sheet import Answer, Option, Sheet, StudyFigure, Unit

Cell = dict[str, object]
SHORT_HASH = 8
STYLES = ("sheet.css", "verdict.css", "certainty.css", "screen.css", "dark.css")
SCRIPT = "sheet.js"
STYLE_INSIDE = re.compile("<style>([^<]*)</style>")
TEMPLATES = (
    "sheet.html.j2",
    "verdict.html.j2",
    "options.html.j2",
    "second.html.j2",
    "appendix.html.j2",
    "opened.html.j2",
    "answer.html.j2",
    "certainty.html.j2",
    "liver.html.j2",
    "changes.html.j2",
)


@dataclass(frozen=True, slots=True)
class Linked:
    """Where a served sheet finds its style and script: a strict policy allows none inside a page.

    ``ways`` are the addresses and names of where a reader goes from it.
    """

    styles: tuple[str, ...]
    script: str
    ways: tuple[tuple[str, str], ...] = ()


def html(sheet: Sheet, words: Words, *, linked: Linked | None = None) -> str:
    """Render the page for a screen: verdicts first, everything else opens below.

    With ``linked`` style and script are named, not held.
    """
    page = Page(sheet, words)
    made = sheet_template().render(
        **surroundings(page),
        css=sheet_style(),
        script=sheet_script(),
        linked=linked,
        open_all=False,
        full=True,
        second=False,
        moved=0,
        **page.context(),
    )
    # Pictures bring their style; a served page has it in its style sheet.
    page_of = words.page(made)
    return STYLE_INSIDE.sub("", page_of) if linked else page_of


def surroundings(page: Page) -> dict[str, object]:
    """What every template of the sheet needs beside the page's own parts."""
    return {"sheet": page.sheet, "language": page.words.language, "_": page.words}


def sheet_template() -> Template:
    """The whole page, for screen and paper."""
    return page_template("hilum.rendering.sheet", "templates", TEMPLATES)


def sheet_style(names: tuple[str, ...] = STYLES) -> str:
    """The style of the page."""
    folder = files("hilum.rendering.sheet") / "templates"
    return "".join((folder / name).read_text("utf-8") for name in names)


def served_style() -> str:
    """The style of a served page: its own, and what its pictures bring where they stand alone."""
    from hilum.plots.canvas import STYLE as PLOTS
    from hilum.plots.survival import STYLE as SURVIVAL

    return sheet_style() + STYLE_INSIDE.sub(r"\1", PLOTS + SURVIVAL)


def sheet_script() -> str:
    """The script of the page: it opens what a link leads to."""
    folder = files("hilum.rendering.sheet") / "templates"
    return (folder / SCRIPT).read_text("utf-8")


def whose(sheet: Sheet, words: Words) -> str:
    """Whose sheet it is: the name or number that the case gives, or that it gives none."""
    named = [one for one in (sheet.case.name, sheet.case.id) if one]
    return " · ".join(named) or words("no name given")


def made_line(sheet: Sheet, words: Words) -> str:
    """The day, what made the sheet, and the first signs of its evidence's hash."""
    return " · ".join(
        (
            sheet.made.date,
            f"hilum {sheet.hilum_version}",
            words("evidence {hash}", hash=sheet.made.evidence_hash[:SHORT_HASH]),
        )
    )


class Page:
    """Everything the template prints, as strings in one language.

    On ``paper`` pictures bring their own style: there a page's style sheet does not reach them;
    without ``forests`` each treatment's figures stand in words alone.
    """

    def __init__(
        self, sheet: Sheet, words: Words, *, paper: bool = False, forests: bool = True
    ) -> None:
        self.sheet = sheet
        self.paper = paper
        self.forests = forests
        self.words = words
        self.names = {source.study_id: source.name for source in sheet.sources}
        self.verdict = VerdictPage(sheet, words)
        self.tongue = self.verdict.tongue
        self.treatment = self.verdict.names
        shown = [one for one in sheet.options if one.status in OPEN_ROWS]
        self.columns = sheet.columns
        width = WIDTH if paper else WIDE
        self.axes = {key: axis_of(key, shown, width) for key in self.columns}

    def context(self) -> dict[str, object]:
        """Variables of ``sheet.html.j2``."""
        sheet, words = self.sheet, self.words
        return words.parts(
            {
                **(verdict := self.verdict.context()),
                "obstacles": verdict["answer"]["reasons"],
                "colon": "：" if self.tongue.chinese else ": ",
                "ranked_all": ranked(self),
                "key": self.key(),
                "made": made_line(sheet, words),
                "changes": changes_context(sheet, words),
                "liver": None
                if sheet.liver is None
                else LiverPage(
                    sheet.liver, words, self.tongue.attribute, self.tongue.value
                ).context(),
                "frame": [
                    self.cell(one, f"e-{one.outcome}", self.word("outcome", one.outcome))
                    for one in sheet.epidemiology
                ],
                "survival": [
                    row
                    for option in sheet.options
                    if (row := survival_row(self, option)) is not None
                ],
                "asked": asked_line(sheet, words),
                "columns": [words(OUTCOME_LABELS[key]) for key in self.columns],
                "heads": [words(OUTCOME_HEADS[key]) for key in self.columns],
                "axes_said": axes_said(self.axes.values(), words),
                "axes": [axis_head(self.axes[key]) for key in self.columns],
                "options": (opened := [self.option(option) for option in sheet.options]),
                "cells": {one["treatment"]: one["cells"] for one in opened},
                "sure": {one["treatment"]: one["sure"] for one in opened},
                "comparisons": comparison_groups(self),
                "uncompared": [self.treatment[name] for name in sheet.uncompared],
                "unknowns": [self.treatment[name] for name in sheet.unknowns],
                "sources": sheet.sources,
                "certainty_note": words(NOTE),
                "appraised": appraised_line(sheet.appraisals, words),
            }
        )

    def word(self, kind: str, key: str) -> str:
        """Label of a word of the evidence vocabulary."""
        return self.words(evidence_labels().get((kind, key), key))

    def modality(self, modality: str) -> str:
        """Label of a modality or of a combination."""
        return " + ".join(self.word("modality", part) for part in modality.split("+"))

    def option(self, option: Option) -> Cell:
        """One treatment: its row of the table and its opened part."""
        words = self.words
        cells = {
            key: self.cell(one, f"c-{option.treatment}-{key}", words(OUTCOME_LABELS[key]))
            for key, one in option.outcomes.items()
        }
        key_answers = [option.outcomes[key] for key in self.columns]
        sure = sureness(
            {words(OUTCOME_LABELS[key]): option.outcomes[key].certainty for key in self.columns},
            any(one.k for one in key_answers),
            words,
        )
        return {
            **self.verdict.opened(option),
            "cells": [
                cells[key] | {"plot": small_plot(option.outcomes[key], self.axes[key], words)}
                for key in self.columns
            ],
            "sure": {
                "dots": dots(sure),
                "word": sure.word,
                "short": sure.short,
                "whole": sure.whole,
            },
            "survival": survival_cell(self, option),
            "details": [cell for cell in cells.values() if cell["k"] or cell["left"]],
            "combinations": [self.combination(figure) for figure in option.combinations],
        }

    def cell(self, one: Answer, identity: str, title: str) -> Cell:
        """One answer: what its cell shows, and its parts when opened."""
        words = self.words
        left = len(one.left_out) + sum(
            other.k + len(other.left_out) for other in one.other_populations
        )
        return {
            "id": identity,
            "title": title,
            "label": title,
            "figure": headline(one, words),
            "form": form_line(one, words),
            "pooled": one.form in ("pooled", "total"),
            "interval": cell_interval(one, one.ci),
            "reported": self.reported(one),
            "k": one.k,
            "n": patients_known(one) or "–",
            "left": left,
            "other": one.k > 0 and one.population != "netlm",
            "population": words(POPULATION_LABELS[one.population]),
            "kind": self.kind(one),
            "certainty": certainty_mark(one.certainty, words),
            "parts": [self.part(part, title) for part in (one, *one.other_populations)],
        }

    def key(self) -> str:
        """What the marks of the table mean, in words."""
        words = self.words
        marks = words(
            "Bold and diamond: all studies together, 95 % confidence interval; ring: one study; "
            "band: the range of the studies, a dot each. k studies, n patients."
        )
        other = words(
            "no study of NET liver metastases alone: the figure is of the population named where "
            "it opens."
        )
        return f"{marks} † {other}"

    def level(self, found: CertaintyPart | None) -> str:
        """The level of a certainty in a word; empty where nothing was rated."""
        from hilum.synthesis.certainty import JUDGEMENTS

        return self.words(JUDGEMENTS[found.level]) if found else ""

    def rated(self, found: CertaintyPart | None) -> Cell:
        """Certainty in words: one line, and the reasons by domain."""
        return {
            "line": certainty_line(found, self.words),
            "sentence": certainty_sentence(found, self.words),
            "reasons": certainty_reasons(found, self.words),
        }

    def reported(self, one: Answer) -> str:
        """Range of the studies' own figures where none could be pooled, with its unit."""
        if one.k or one.reported_range is None:
            return ""
        return interval(one.reported_range, one.unit) + sign(one.unit, self.words)

    def kind(self, one: Answer) -> str:
        """What kind of evidence stands behind a cell, in a few words."""
        words = self.words
        kinds = {
            "rct": words("randomised arms"),
            "nonrandomised_comparative": words("comparative"),
            "registry": words("registry"),
        }
        short = sorted({kinds.get(design, words("series")) for design in one.designs})
        text = ", ".join(short)
        if one.k and one.population != "netlm":
            text += " · " + words(POPULATION_LABELS[one.population])
        return text

    def part(self, one: Answer, title: str) -> Cell:
        """One population's answer: statistics, forest and every figure with its source."""
        words = self.words
        caveat = ""
        if one.k and one.measure == "rate_at":
            caveat = words(
                "A rate printed without an interval counts as 80 % of its patients, since how "
                "many were censored is not known."
            )
        population = words(POPULATION_LABELS[one.population])
        return {
            "population": population,
            "designs": ", ".join(words(DESIGN_LABELS[design]) for design in one.designs),
            "k": one.k,
            "n": one.n,
            "prediction": cell_interval(one, one.prediction),
            "tau2": f"{one.tau2:.3f}" if one.tau2 is not None and one.k > 1 else "",
            "i2": f"{one.i2:.0f}" if one.i2 is not None else "",
            "range": cell_interval(one, one.range) if one.k > 1 else "",
            "criteria": words("; ").join(
                criterion or words("not stated") for criterion in one.criteria
            ),
            "caveat": caveat,
            "rated": self.rated(one.certainty),
            "joint": joint_line(one, words),
            "forest": forest_of(one, f"{title} · {population}", words, standalone=self.paper)
            if one.k and self.forests
            else "",
            "told": told_lines(one, words),
            "largest": largest(one, words) if one.k > 1 else "",
            "beside": [
                beside_line(group, one, words, self.names)
                for group in (*one.beside, *([one.wider] if one.wider else []))
            ],
            "randomised": [
                f"{figure.name}: {self.figure(figure, one.unit)['figure']}"
                for figure in one.randomised
            ],
            "refused": words(REFUSED) if one.form == "range" and one.told is None else "",
            "rows": [self.of_answer(figure, one) for figure in (*one.studies, *one.left_out)],
            "left": [self.of_answer(figure, one) for figure in one.left_out],
        }

    def of_answer(self, figure: StudyFigure, one: Answer) -> Cell:
        """One study's figure as a row of an answer, in its own unit."""
        unit = figure_unit(figure, one.unit)
        row = self.figure(figure, unit)
        if unit != one.unit and figure.value is not None:
            row["figure"] = f"{row['figure']} {sign(unit, self.words)}".replace("  ", " ")
        when = figure_when(figure, one, self.words)
        return row | {"figure": f"{when} {row['figure']}".strip()}

    def figure(self, figure: StudyFigure, unit: Unit) -> Cell:
        """One study's figure as a row."""
        words = self.words
        value = number(figure.value, unit) if figure.value is not None else ""
        ends = interval(figure.ci, unit)
        text = " ".join(
            part for part in (counts(figure), value and f"{value}", ends and f"({ends})") if part
        )
        return {
            "name": figure.name,
            "link": figure.link or f"#s-{figure.study_id}",
            "verify": figure.verify,
            "arm": f"{figure.arm} [{self.modality(figure.modality)}]",
            "subgroup": figure.subgroup or "",
            "design": words(DESIGN_LABELS[figure.design]),
            "figure": text,
            "criteria": figure.criteria or "",
            "derived": figure.derived,
            "locator": figure.locator or "",
            "read_from": words(READ_FROM[figure.read_from]),
            "row": figure.row,
            "risk": risk_text(figure.appraisal, words),
            "reason": reason(figure, words, self.names),
        }

    def combination(self, figure: StudyFigure) -> str:
        """A combination's figure in one line."""
        unit: Unit = "months" if figure.measure == "median_months" else "proportion"
        time = f" {figure.time_months:g} {self.words('mo')}" if figure.time_months else ""
        return (
            f"{self.modality(figure.modality)} · {figure.name} · "
            f"{self.word('outcome', figure.outcome)}{time}: "
            f"{number(figure.value, unit)}{sign(unit, self.words)} {counts(figure)}"
        ).rstrip()
