"""The sheet as one self-contained HTML page."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined

from hilum.board.present import (
    BASES,
    DESIGN_LABELS,
    MAIN_OUTCOMES,
    OUTCOME_LABELS,
    POPULATION_LABELS,
    READ_FROM,
    REFUSED,
    RESECTABILITY,
    RULE_KINDS,
    STATUS,
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
    patient_line,
    reason,
    resection_aside,
    sign,
    told_lines,
    value_text,
)
from hilum.board.rating import (
    NOTE,
    CertaintyPart,
    appraised_line,
    certainty_line,
    certainty_mark,
    certainty_reasons,
    certainty_sentence,
    risk_text,
)
from hilum.board.render.comparisons import comparison_groups
from hilum.board.render.liver import LiverPage
from hilum.board.render.survival import survival_cell, survival_row
from hilum.board.treatments import treatments
from hilum.evidence import labels as evidence_labels
from hilum.patient import labels as patient_labels

if TYPE_CHECKING:
    from hilum.board.sheet import Answer, Fired, Option, Sheet, StudyFigure, Unit
    from hilum.language import Words

Cell = dict[str, object]
STYLES = ("sheet.css", "certainty.css")


def html(sheet: Sheet, words: Words, *, open_all: bool = False) -> str:
    """Render the page; ``open_all`` shows every part at once, for paper."""
    folder = files("hilum.board.render") / "templates"
    sources = {
        name: (folder / name).read_text("utf-8")
        for name in ("sheet.html.j2", "answer.html.j2", "certainty.html.j2", "liver.html.j2")
    }
    environment = Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = Page(sheet, words, paper=open_all)
    return environment.get_template("sheet.html.j2").render(
        sheet=sheet,
        language=words.language,
        _=words,
        css="".join((folder / name).read_text("utf-8") for name in STYLES),
        open_all=open_all,
        **page.context(),
    )


class Page:
    """Everything the template prints, as strings in one language.

    On ``paper`` pictures bring their own style: there a page's style sheet does not reach them.
    """

    def __init__(self, sheet: Sheet, words: Words, *, paper: bool = False) -> None:
        self.sheet = sheet
        self.paper = paper
        self.words = words
        self.names = {source.study_id: source.name for source in sheet.sources}
        self.treatment = {one.treatment: words(one.label) for one in treatments()}

    def context(self) -> dict[str, object]:
        """Variables of ``sheet.html.j2``."""
        sheet, words = self.sheet, self.words
        mark, word = RESECTABILITY[sheet.resectability.verdict]
        return {
            "patient_line": patient_line(sheet, self.attribute, self.value, self.unit),
            "resect_sign": mark,
            "resect_word": word,
            "obstacles": [
                {
                    "text": f"{self.attribute(item.attribute)}: {self.value(item.patient_value)}",
                    "threshold": self.threshold(item.threshold, item.unit),
                    "statement": words(item.statement),
                    "rule_id": item.rule_id or "",
                    "source": item.source,
                }
                for item in sheet.resectability.in_the_way
            ],
            "resect_missing": [self.attribute(name) for name in sheet.resectability.missing],
            "liver": None
            if sheet.liver is None
            else LiverPage(sheet.liver, words, self.attribute, self.value).context(),
            "frame": [
                self.cell(one, f"e-{one.outcome}", self.word("outcome", one.outcome))
                for one in sheet.epidemiology
            ],
            "survival": [
                row for option in sheet.options if (row := survival_row(self, option)) is not None
            ],
            "asked": asked_line(sheet, words),
            "columns": [words(OUTCOME_LABELS[key]) for key in MAIN_OUTCOMES],
            "options": [self.option(option) for option in sheet.options],
            "comparisons": comparison_groups(self),
            "uncompared": [self.treatment[name] for name in sheet.uncompared],
            "missing": [self.attribute(name) for name in sheet.case.missing],
            "unknowns": [self.treatment[name] for name in sheet.unknowns],
            "attributes": [
                {
                    "label": self.attribute(one.name),
                    "value": " ".join(
                        part for part in (self.value(one.value), self.unit(one.unit)) if part
                    ),
                    "derived": ", ".join(self.attribute(name) for name in one.derived_from),
                }
                for one in sheet.case.attributes
            ],
            "notes": sheet.case.notes,
            "sources": sheet.sources,
            "certainty_note": words(NOTE),
            "appraised": appraised_line(sheet.appraisals, words),
        }

    def attribute(self, name: str) -> str:
        """Label of a patient attribute."""
        return self.words(patient_labels().get(("attribute", name), name))

    def unit(self, unit: str | None) -> str:
        """A unit as printed after a number."""
        return UNITS[unit] if unit in UNITS else self.words(unit)

    def threshold(self, text: str | None, unit: str | None) -> str:
        """A rule's threshold, for example ``≥ 25 % of CT non-tumour liver``."""
        operator, _, words = (text or "").rpartition(" ")
        shown = " / ".join(self.value(word) for word in words.split("|"))
        return " ".join(
            part for part in (OPERATORS.get(operator, operator), shown, self.unit(unit)) if part
        )

    def value(self, value: object) -> str:
        """A patient's value in words."""
        return value_text(value, self.words, patient_labels())

    def word(self, kind: str, key: str) -> str:
        """Label of a word of the evidence vocabulary."""
        return self.words(evidence_labels().get((kind, key), key))

    def modality(self, modality: str) -> str:
        """Label of a modality or of a combination."""
        return " + ".join(self.word("modality", part) for part in modality.split("+"))

    def option(self, option: Option) -> Cell:
        """One treatment: its row of the table and its opened part."""
        words = self.words
        mark, word = STATUS[option.status]
        cells = {
            key: self.cell(one, f"c-{option.treatment}-{key}", words(OUTCOME_LABELS[key]))
            for key, one in option.outcomes.items()
        }
        before = [hit for hit in option.fired if hit.effect == "before"]
        against = [hit for hit in option.fired if hit.effect in ("excludes", "condition")]
        rest = [hit for hit in option.fired if hit not in before and hit not in against]
        groups = zip(RULE_GROUPS, (against, before, rest, option.met), strict=True)
        return {
            "treatment": option.treatment,
            "label": words(option.label),
            "status": option.status,
            "sign": mark,
            "word": words(word),
            "aside": resection_aside(self.sheet, option.treatment, words),
            "note": words(NOTES.get(option.note or "", "")),
            "missing": [self.attribute(name) for name in option.missing],
            "would_help": [self.attribute(name) for name in option.would_help],
            "cells": [cells[key] for key in MAIN_OUTCOMES],
            "survival": survival_cell(self, option),
            "details": [cell for cell in cells.values() if cell["k"] or cell["left"]],
            "rules": [
                {"title": words(title), "rows": [self.rule(hit, option) for hit in hits]}
                for title, hits in groups
            ],
            "combinations": [self.combination(figure) for figure in option.combinations],
        }

    def rule(self, hit: Fired, option: Option) -> Cell:
        """One rule with its threshold, the patient's value and the source."""
        words = self.words
        disputed = hit.conflict_group in option.conflicts
        threshold = " | ".join(self.value(part) for part in hit.threshold.split("|"))
        return {
            "rule_id": hit.rule_id,
            "kind": words(RULE_KINDS[hit.kind]),
            "statement": words(hit.statement),
            "notes": hit.notes or "",
            "conflict": words("sources disagree; all are shown") if disputed else "",
            "threshold": (
                words("every patient")
                if hit.attribute == "all_patients"
                else " ".join(
                    part
                    for part in (
                        self.attribute(hit.attribute),
                        OPERATORS[hit.operator],
                        threshold,
                        self.unit(hit.unit),
                    )
                    if part
                )
            ),
            "value": "" if hit.attribute == "all_patients" else self.value(hit.patient_value),
            "source": hit.source,
            "basis": " · ".join((words(BASES[hit.basis]), words(READ_FROM[hit.seen]))),
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
            "interval": cell_interval(one, one.ci),
            "reported": self.reported(one),
            "k": one.k,
            "n": one.n if one.n is not None else "–",
            "left": left,
            "other": one.k > 0 and one.population != "netlm",
            "population": words(POPULATION_LABELS[one.population]),
            "kind": self.kind(one),
            "certainty": certainty_mark(one.certainty, words),
            "parts": [self.part(part, title) for part in (one, *one.other_populations)],
        }

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
            "criteria": "; ".join(criterion or words("not stated") for criterion in one.criteria),
            "caveat": caveat,
            "rated": self.rated(one.certainty),
            "joint": joint_line(one, words),
            "forest": forest_of(one, f"{title} · {population}", words, standalone=self.paper)
            if one.k
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


RULE_GROUPS = (
    "Stands against it, or sets a condition",
    "Needed before",
    "Speaks for it, or to be noted",
    "Requirements met",
)
NOTES = {"no_published_rule": "No published rule was found for this treatment."}
UNITS = {"percent": "%", "score": "", "ratio": ""}
OPERATORS = {"==": "=", "!=": "≠", ">=": "≥", "<=": "≤", ">": ">", "<": "<", "in": "∈"}
