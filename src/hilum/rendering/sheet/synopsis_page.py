"""Everything a synopsis prints, as strings in one language; shared by page and document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.analyses.designs import design_of
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.rendering.sheet.synopsis_numbers import (
    count,
    decimal,
    effect_text,
    good_event,
    p_value,
    plain,
    plain_size,
    share,
    stops,
    unusual_side,
)
from hilum.rendering.sheet.synopsis_pictures import pictures
from hilum.rendering.sheet.synopsis_tables import extra_tables
from hilum.rendering.sheet.synopsis_why import unknown_names, why_cell
from hilum.rendering.sheet.synopsis_words import (
    ALTERNATIVES,
    ARMS,
    BETTER,
    EXPECTED,
    EXPECTED_SIZES,
    HYPOTHESES,
    METHODS,
    PARAMETERS,
    PARTS,
    SOURCES,
    SPIRIT,
    STATUS,
    sentence,
    truth_of,
)
from hilum.sheet.present import OUTCOME_LABELS, interval, number
from hilum.sheet.treatments import treatments

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Unit
    from hilum.trials.synopsis.record import Assumption, Look, Step, StudyBehind, Synopsis

Cell = dict[str, Any]


class SynopsisPage:
    """Everything the template and the document print, as strings in one language."""

    def __init__(self, synopsis: Synopsis, words: Words) -> None:
        self.synopsis = synopsis
        self.words = words
        self.treatment = {one.treatment: one.label for one in treatments()}

    def context(self) -> Cell:
        """Variables of ``synopsis.html.j2``."""
        s, words = self.synopsis, self.words
        kind = words(design_of(s.kind).title)
        return {
            "kind": kind,
            "title": s.question.title or kind,
            "pico": self.pico(),
            "why": why_cell(self, s.why),
            "unknown": unknown_names(self),
            "design": self.design(),
            "steps": [self.step(one) for one in s.steps],
            "alternatives": self.alternatives(),
            "looks": self.looks(),
            "operating": self.operating(),
            "expected": words(EXPECTED_SIZES[s.expected_of]),
            "pictures": pictures(s, words),
            "tables": extra_tables(s, words),
            "analysis": [self.step(one) for one in s.analysis],
            "assumptions": [self.assumption(one) for one in s.assumptions],
            "sensitivity": self.sensitivity(),
            "spirit": [
                {
                    "numbers": f"{one.item_2013} / {one.item_2025}",
                    "topic": words(SPIRIT[one.topic]),
                    "status": words(STATUS[one.status]),
                }
                for one in s.spirit
            ],
        }

    def name(self, code: str) -> str:
        """Label of a treatment, outcome or population; free words stay as they are."""
        for table in (self.treatment, OUTCOME_LABELS, POPULATION_LABELS, PARTS):
            if code in table:
                return self.words(table[code])
        return code

    def step(self, step: Step) -> str:
        """A sentence of the derivation or of the analysis plan."""
        facts = {
            name: self.words(ALTERNATIVES[value])
            if isinstance(value, str) and value in ALTERNATIVES
            else plain(value)
            for name, value in step.facts.items()
        }
        return self.words(sentence(self.synopsis.kind, step.code), **facts)

    def effect(self, value: float) -> str:
        """An effect on the design's scale."""
        return effect_text(value, self.synopsis.scale)

    def pico(self) -> list[tuple[str, str]]:
        """Label and text of each part of the question."""
        q, words = self.synopsis.question, self.words
        comparator = self.name(q.comparator)
        if q.historical:
            comparator += f" · {words('published results')}: {self.name(q.historical)}"
        return [
            (words("Patients"), self.name(q.population)),
            (words("Intervention"), self.name(q.intervention)),
            (words("Comparator"), comparator),
            (words("Primary outcome"), self.name(q.outcome)),
        ]

    def _assurance(self, value: float) -> str:
        """The assurance, and that the effect is no part of it where nothing is believed of it."""
        s = self.synopsis
        believed = s.kind == "borrowed" or any(x.parameter == "effect_sd" for x in s.assumptions)
        if believed:
            return plain(value)
        return self.words("{value} (the effect hoped for held as certain)", value=plain(value))

    def power(self) -> str:
        """The power reached, with what was asked for where that is another."""
        s = self.synopsis
        asked = plain(s.power)
        if s.reached is None or plain(s.reached) == asked:
            return asked
        return self.words("{reached} (asked for: {asked})", reached=plain(s.reached), asked=asked)

    def design(self) -> list[tuple[str, str]]:
        """The design in a few lines."""
        s, words = self.synopsis, self.words
        rows = [
            (words("Design"), words(design_of(s.kind).title)),
            (words("Hypothesis"), words(HYPOTHESES[s.hypothesis])),
        ]
        unusual = unusual_side(s)
        if unusual:
            rows.insert(0, (words("What is better"), words(BETTER[unusual])))
        sided = words("one-sided") if s.sided == 1 else words("two-sided")
        if s.alpha is not None:
            rows.append((words("Type I error"), f"{plain(s.alpha)} ({sided})"))
        if s.power is not None:
            rows.append((words("Power"), self.power()))
        if s.assurance is not None:
            rows.append((words("Assurance"), self._assurance(s.assurance)))
        most = words("Patients")
        if s.looks or s.kind == "platform":
            most = words("Patients, at most")
        arms = ", ".join(f"{words(ARMS[name])} {n}" for name, n in s.per_arm)
        rows.append((most, f"{s.patients}" + (f" ({arms})" if len(s.per_arm) > 1 else "")))
        if s.events is not None:
            rows.append((words("Events, at most") if s.looks else words("Events"), str(s.events)))
        if s.months is not None:
            rows.append(
                (words("Duration"), f"{s.months:.1f} {words('months from the first patient')}")
            )
        if s.expected_n0 is not None and s.expected_n1 is not None:
            unit = words(EXPECTED[s.expected_of])
            text = words("{null} under no effect, {other} under the effect hoped for")
            if s.hypothesis == "noninferiority":
                text = words("{null} at the margin, {other} under the effect hoped for")
            rows.append(
                (unit, text.format(null=f"{s.expected_n0:.1f}", other=f"{s.expected_n1:.1f}"))
            )
        return rows

    def alternatives(self) -> list[Cell]:
        """Other designs or formulas for the same question."""
        return [
            {
                "name": self.words(ALTERNATIVES[one.code]),
                "label": one.label if one.label != one.code else "",
                "n": plain(one.n),
                "expected": "" if one.expected_n0 is None else f"{one.expected_n0:.1f}",
                "chosen": one.chosen,
            }
            for one in self.synopsis.alternatives
        ]

    def looks(self) -> Cell | None:
        """The table of analyses; only columns that have something in them."""
        looks, words = self.synopsis.looks, self.words
        if not looks:
            return None
        two = self.synopsis.sided == 2
        efficacy = words("Efficacy: |z| at least") if two else words("Efficacy: z at least")
        futility = words("Futility: |z| below") if two else words("Futility: z below")
        most, least = words("Efficacy: responders at least"), words("Futility: responders at most")
        kept = self.synopsis.hypothesis == "noninferiority"
        if self.synopsis.better == "lower":
            most, least = words("Efficacy: events at most"), words("Futility: events at least")
        passes = words("passes: hazard ratio at most")
        if good_event(self.synopsis):
            passes = words("passes: hazard ratio at least")
        columns = [
            (title, [text(look) for look in looks])
            for title, text in (
                (words("Analysis"), lambda one: str(one.stage)),
                (words("Outcome"), self._outcome_of),
                (words("Information"), lambda one: share(one.information)),
                (words("Patients"), lambda one: plain_size(one.n)),
                (words("Events"), lambda one: plain_size(one.events)),
                (words("Events, control"), lambda one: plain_size(one.control_events)),
                (words("Events, a treatment"), lambda one: decimal(one.arm_events, 0)),
                (words("Month"), lambda one: decimal(one.months, 1)),
                (words("one-sided level"), lambda one: p_value(one.level)),
                (words("power of the stage"), lambda one: decimal(one.stage_power, 3)),
                (passes, lambda one: decimal(one.critical_ratio, 3)),
                (efficacy, lambda one: decimal(one.efficacy_z, 3)),
                (words("one-sided p"), lambda one: p_value(one.efficacy_p)),
                (words("effect there"), self._effect_of),
                (futility, lambda one: decimal(one.futility_z, 3)),
                (most, lambda one: count(one.efficacy_count)),
                (least, lambda one: count(one.futility_count)),
                (
                    words("stops, at the margin") if kept else words("stops, no effect"),
                    lambda one: stops(one, 0),
                ),
                (words("stops, effect hoped for"), lambda one: stops(one, 1)),
                (words("has passed, no effect"), lambda one: share(one.passing0)),
                (words("has passed, effect hoped for"), lambda one: share(one.passing1)),
            )
        ]
        filled = [(title, cells) for title, cells in columns if any(cells)]
        return {
            "columns": [title for title, _ in filled],
            "rows": list(zip(*(cells for _, cells in filled), strict=True)),
            "arrows": any(one.stop_efficacy0 is not None for one in looks),
        }

    def _effect_of(self, look: Look) -> str:
        return "" if look.efficacy_effect is None else self.effect(look.efficacy_effect)

    def _outcome_of(self, look: Look) -> str:
        return "" if look.outcome is None else self.name(look.outcome)

    def operating(self) -> list[Cell]:
        """Behaviour at each truth."""
        return [
            {
                "name": self.words(truth_of(one.code, self.synopsis.hypothesis)),
                "effect": self.effect(one.effect),
                "success": f"{100 * one.success:.1f} %"
                + ("" if one.mcse is None else f" (± {100 * one.mcse:.1f})"),
                "expected": "" if one.expected_n is None else f"{one.expected_n:.1f}",
                "early": "" if one.stop_early is None else f"{100 * one.stop_early:.1f} %",
            }
            for one in self.synopsis.operating
        ]

    def assumption(self, one: Assumption) -> Cell:
        """An assumption with its source and studies."""
        words = self.words
        unit: Unit = {"proportion": "proportion", "months": "months"}.get(one.unit, "ratio")  # pyright: ignore[reportAssignmentType]
        value = plain(one.value)
        if one.unit == "proportion":
            value = f"{100 * one.value:.3g} %"
        elif one.unit == "months":
            value = f"{one.value:.3g} {words('mo')}"
        return {
            "name": words(PARAMETERS[one.parameter]).replace("{months}", self._lost_by()),
            "value": value,
            "interval": interval(one.interval, unit),
            "prediction": interval(one.prediction, unit),
            "worth": "" if one.effective_n is None else f"{one.effective_n:.1f}",
            "worth_unit": words("events") if one.unit == "months" else words("patients"),
            "source": words("published studies of {name}", name=self.name(one.treatment))
            if one.treatment
            else words(SOURCES[one.source]),
            "population": words(POPULATION_LABELS.get(one.population or "", one.population or "")),
            "method": words(METHODS[one.method]) if one.method in METHODS else one.method or "",
            "studies": [
                {
                    "name": study.name,
                    "figure": self._figure(study.value, study.events, study.n, unit)
                    + self._whose(study),
                    "interval": interval(study.interval, unit),
                    "source": study.source,
                    "link": study.link,
                    "locator": study.locator or "",
                }
                for study in one.studies
            ],
        }

    def _whose(self, study: StudyBehind) -> str:
        """Whose figure it is where it is not the arm's, and how it was calculated."""
        words = self.words
        said = [
            words("of the subgroup “{name}”", name=study.subgroup) if study.subgroup else "",
            f"{words('derived:')} {study.derived}" if study.derived else "",
        ]
        found = [one for one in said if one]
        return f" ({words('; ').join(found)})" if found else ""

    def sensitivity(self) -> list[Cell]:
        """Sizes at the ends of the interval of an assumption from the evidence."""
        found: list[Cell] = []
        for one in self.synopsis.sensitivity:
            months = one.parameter == "control_median"
            value, hoped = (
                ""
                if part is None
                else f"{part:.3g} {self.words('mo')}"
                if months
                else f"{100 * part:.3g} %"
                for part in (one.value, one.hoped)
            )
            found.append(
                {
                    "name": self.words(PARAMETERS[one.parameter]),
                    "value": value,
                    "hoped": hoped,
                    "patients": self.words("no design")
                    if one.patients is None
                    else str(one.patients),
                }
            )
        return found

    def _lost_by(self) -> str:
        for step in self.synopsis.steps:
            if "drop_out_time" in step.facts:
                return plain(step.facts["drop_out_time"])
        return "12"

    def _figure(self, value: float | None, events: int | None, n: int | None, unit: Unit) -> str:
        sign = " %" if unit == "proportion" else f" {self.words('mo')}"
        text = f"{number(value, unit)}{sign}"
        if events is not None and n is not None:
            return f"{events}/{n} ({text})"
        return f"{text}, n = {n}" if n is not None else text
