"""The liver part in words and numbers; HTML, PDF and DOCX show the same strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.patient.labels import CHINESE, unit_label
from hilum.patient.liver.notices import BASES, GEOMETRY, NOTICES
from hilum.rendering.sheet.liver_amounts import amount, amount_messages, of_some
from hilum.sheet.liver_sheet import PlanPart

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.language import Words
    from hilum.sheet.liver_sheet import (
        DosesPart,
        LiverPart,
        NoticePart,
        RemnantPart,
        SearchPart,
        ThresholdPart,
    )

OPERATION_LABELS = {
    "right": "right hepatectomy",
    "extended_right": "extended right hepatectomy",
    "left": "left hepatectomy",
    "extended_left": "extended left hepatectomy",
    "left_lateral": "left lateral sectionectomy",
    "central": "central hepatectomy",
    "right_posterior": "right posterior sectionectomy",
    "right_anterior": "right anterior sectionectomy",
    "caudate": "caudate resection",
}
METHODS = {
    "single_compartment": "single compartment",
    "bsa": "body surface area",
    "given": "activity as given",
}
PRODUCTS = {"glass": "glass microspheres", "resin": "resin microspheres"}
ONE_STAGE = {
    True: "One stage: a plan treats every lesion and leaves enough by a published cut-off.",
    False: "One stage: no plan treats every lesion and leaves enough.",
    None: "One stage: cannot be judged without height and weight.",
}
LEGEND = (("kept", "remnant"), ("gone", "taken out"), ("tumour", "lesions"), ("vein", "veins"))


class LiverPage:
    """Strings of the liver part in one language; ``label`` and ``value`` name attributes."""

    def __init__(
        self,
        part: LiverPart,
        words: Words,
        label: Callable[[str], str],
        value: Callable[[str, Any], str],
    ) -> None:
        self.part, self.words, self.label, self.value = part, words, label, value

    def context(self) -> dict[str, Any]:
        """Everything that a template prints."""
        part, words = self.part, self.words
        source = (
            words("measured from label maps: {files}", files=", ".join(part.files))
            if part.source == "label_maps"
            else words("typed in the case file; no label map was measured")
        )
        return {
            "source": source,
            "picture": part.picture_png,
            "legend": [
                (name, words(text))
                for name, text in LEGEND
                if (name != "gone" or part.remnant is not None)
                and (name != "vein" or part.has_veins)
            ],
            "facts": self.facts(),
            "remnant": None if part.remnant is None else self.remnant(part.remnant),
            "segments": self.segments(),
            "lesions": self.lesions(),
            "search": None if part.search is None else self.search(part.search),
            "growth": self.growth(),
            "doses": None if part.doses is None else self.doses(part.doses),
            "disagreements": [
                words(
                    "{what}: given {given}, measured {measured}; the given value is used",
                    what=self.label(one.attribute),
                    given=self.value(one.attribute, one.given),
                    measured=self.value(one.attribute, one.measured),
                )
                for one in part.disagreements
            ],
            "notices": self.notices(),
        }

    def segments(self) -> list[list[str]]:
        """A row a segment."""
        return [
            [
                one.name,
                _span(one.ml, one.ml_range),
                f"{one.tumour_ml:.1f}",
                f"{one.burden_percent:.1f}",
                _numbers(one.lesions),
            ]
            for one in self.part.segments
        ]

    def lesions(self) -> list[list[str]]:
        """A row a lesion."""
        words = self.words
        rows: list[list[str]] = []
        for one in self.part.lesions:
            where = list(one.segments)
            if one.outside_ml:
                where.append(words("{ml} mL outside the liver", ml=f"{one.outside_ml:.1f}"))
            veins = [f"{words(VEINS[name])} {mm:.0f}" for name, mm in one.vein_mm.items()]
            rows.append(
                [
                    str(one.id),
                    _span(one.ml, one.ml_range, 1),
                    f"{one.longest_axial_mm:.0f}",
                    f"{one.feret_mm:.0f}",
                    ", ".join(where),
                    ", ".join(veins),
                ]
            )
        return rows

    def notices(self) -> list[str]:
        """What the reader must know, of the label maps and of the earlier ones."""
        growth = self.part.growth
        earlier = [] if growth is None else growth.notices
        return [self.notice(one) for one in self.part.notices] + [
            self.words("earlier label maps: {text}", text=self.notice(one)) for one in earlier
        ]

    def notice(self, one: NoticePart) -> str:
        """A notice in words."""
        return self.words(
            NOTICES[one.code],
            **{
                name: f"{fact:.1f}" if isinstance(fact, float) else fact
                for name, fact in one.facts.items()
            },
        )

    def facts(self) -> list[tuple[str, str]]:
        """Volumes, burden and spread, as label and figure."""
        part, words = self.part, self.words
        rows: list[tuple[str, str]] = []
        if part.liver_ml is not None:
            rows.append((words("Liver"), f"{_span(part.liver_ml, part.liver_ml_range)} mL"))
        if part.functional_liver_ml is not None:
            rows.append((words("Liver without lesions"), f"{part.functional_liver_ml:.0f} mL"))
        if part.tumour_ml is not None:
            text = f"{_span(part.tumour_ml, part.tumour_ml_range)} mL"
            if part.burden_percent is not None:
                text += f" = {part.burden_percent:.1f} %"
            rows.append((words("Tumour"), text))
        if part.lesion_count is not None:
            rows.append((words("Lesions"), str(part.lesion_count)))
        if part.distribution is not None:
            text = self.value("distribution", part.distribution)
            if part.distribution_basis is not None:
                text += f" ({words(BASES[part.distribution_basis])})"
            rows.append((words("Distribution"), text))
        if part.spacing_mm:
            edges = " × ".join(f"{edge:.3g}" for edge in part.spacing_mm)
            rows.append((words("Voxels"), f"{edges} mm"))
        return rows

    def remnant(self, one: RemnantPart) -> dict[str, Any]:
        """The plan and what it leaves, with range and probabilities."""
        words = self.words
        figures: list[tuple[str, str]] = [
            (words("Future liver remnant"), f"{_span(one.flr_ml, one.flr_ml_range)} mL")
        ]
        if one.flr_percent_ct is not None:
            text = f"{one.flr_percent_ct:.1f} %"
            if one.flr_percent_ct_range is not None:
                low, high = one.flr_percent_ct_range
                text += f" ({low:.1f}–{high:.1f})"
            figures.append((words("of the functional liver"), text))
        if one.sflr_percent is not None:
            others = words("; ").join(
                words("{formula} {percent} %", formula=name.capitalize(), percent=f"{percent:.1f}")
                for name, percent in one.sflr_by_formula.items()
                if name != one.sflr_formula
            )
            figures.append(
                (
                    words("of the standard liver volume"),
                    words(
                        "{percent} % ({formula}; {others})",
                        percent=f"{one.sflr_percent:.1f}",
                        formula=one.sflr_formula.capitalize(),
                        others=others,
                    ),
                )
            )
        if one.flr_body_weight_ratio is not None:
            figures.append((words("of body weight"), f"{one.flr_body_weight_ratio:.2f} %"))
        return {
            "plan": self.plan_text(one),
            "figures": figures,
            "lesions": [
                of_some(text, numbers, words)
                for text, numbers in (
                    ("Lesions resected: {numbers}", one.lesions_resected),
                    ("Lesions ablated: {numbers}", one.lesions_ablated),
                    ("Lesions left: {numbers}", one.lesions_left),
                    (
                        "Cleared, but liver within the margin stays: {numbers}",
                        one.lesions_margin_short if one.margin_mm else [],
                    ),
                )
                if numbers
            ],
            "error": words(
                "Range: every outline one voxel in or out. Probability: normal error of the "
                "remnant with a standard deviation of {sd} % of it.",
                sd=f"{one.volume_sd_percent:.1f}",
            ),
            "thresholds": [self.threshold(row) for row in one.thresholds if row.value is not None],
        }

    def threshold(self, row: ThresholdPart) -> dict[str, Any]:
        """One published cut-off beside the remnant."""
        words = self.words
        assert row.value is not None
        below = row.p_below or 0.0
        return {
            "applies": row.applies,
            "cutoff": amount(row.threshold, row.units, words),
            "value": f"{row.value:.1f}",
            "p_below": "< 0.1 %"
            if below < 0.001
            else "> 99.9 %"
            if below > 0.999
            else f"{100 * below:.1f} %",
            "population": words(row.population),
            "source": row.source,
        }

    def plan_text(self, one: RemnantPart | PlanPart) -> str:
        """A plan in words: the operation, wedges and ablation."""
        words = self.words
        if isinstance(one, PlanPart):
            wedge, ablate = one.lesions_wedged, one.lesions_ablated
        else:
            wedge, ablate = one.wedge, one.ablate
        parts: list[str] = []
        if one.segments:
            if one.plan in OPERATION_LABELS:
                numerals = ", ".join(one.segments)
                parts.append(f"{words(OPERATION_LABELS[one.plan])} ({numerals})")
            else:
                parts.append(of_some("segments {numbers}", one.segments, words))
        if wedge:
            parts.append(of_some("wedge of lesions {numbers}", wedge, words))
        if ablate:
            parts.append(of_some("ablation of lesions {numbers}", ablate, words))
        margin = getattr(one, "margin_mm", None)
        if margin and (wedge or ablate):
            parts.append(words("margin {mm} mm", mm=f"{margin:g}"))
        return words("; ").join(parts) or words("as stated in the case")

    def search(self, found: SearchPart) -> dict[str, Any]:
        """The plans that none beats, and what growth one stage lacks."""
        words = self.words
        rule = found.ablation_limit_rule or "–"
        return {
            "geometry": words(GEOMETRY),
            "answer": words(ONE_STAGE[found.one_stage]),
            "assumed": words(
                "{tried} plans tried; margin {margin} mm; a lesion is wedged where the margin "
                "reaches the surface, ablated up to {limit} mm ({rule}) where it does not.",
                tried=found.tried,
                margin=f"{found.margin_mm:g}",
                limit=f"{found.ablation_limit_mm:g}",
                rule=rule,
            ),
            "plans": [
                [
                    self.plan_text(one),
                    f"{one.flr_ml:.0f}",
                    f"{one.flr_percent_ct:.1f}",
                    "–" if one.sflr_percent is None else f"{one.sflr_percent:.1f}",
                    str(len(one.lesions_ablated)),
                    _numbers(one.lesions_left) or "–",
                ]
                for one in found.plans
            ],
            "growth": [
                words(
                    "To {cutoff}: {missing} mL more, {percent} % growth; {weeks} weeks at 2 % a "
                    "week. Mean growth after embolisation {pve} %, after ALPPS {alpps} %.",
                    cutoff=amount(one.percent_needed, one.units, words),
                    missing=f"{one.missing_ml:.0f}",
                    percent=f"{one.growth_percent:.0f}",
                    weeks=f"{one.weeks:.1f}",
                    pve=f"{one.mean_growth_percent_pve:g}",
                    alpps=f"{one.mean_growth_percent_alpps:g}",
                )
                for one in found.growth_needed
            ],
        }

    def growth(self) -> str:
        """Growth between two measurements in one line."""
        one = self.part.growth
        if one is None:
            return ""
        return self.words(
            "Growth in {weeks} weeks: standardised remnant {before} to {after} %, degree of "
            "hypertrophy {degree} points, kinetic growth rate {rate} points a week.",
            weeks=f"{one.weeks:g}",
            before=f"{one.sflr_before:.1f}",
            after=f"{one.sflr_after:.1f}",
            degree=f"{one.degree_of_hypertrophy:.1f}",
            rate=f"{one.kinetic_growth_rate:.2f}",
        )

    def doses(self, one: DosesPart) -> dict[str, Any]:
        """A planned radioembolisation and the limits on the lungs."""
        words = self.words
        rows = [
            (
                words("Activity"),
                f"{one.activity_gbq:.2f} GBq ({words(PRODUCTS[one.product])}, "
                f"{words(METHODS[one.method])})",
            ),
            (words("Mean dose to the treated liver"), f"{one.target_gy:.0f} Gy"),
            (words("Lung dose"), f"{one.lung_gy:.1f} Gy ({one.shunt_percent:g} %)"),
        ]
        if one.tumour_gy is not None and one.normal_gy is not None:
            rows.append(
                (
                    words("Tumour and normal liver (partition model)"),
                    f"{one.tumour_gy:.0f} / {one.normal_gy:.0f} Gy",
                )
            )
        return {
            "rows": rows,
            "limits": [
                {
                    "text": words(
                        "{what} {value}; limit {limit}",
                        what=self.label(limit.attribute),
                        value=f"{limit.value:.3g}",
                        limit=f"{limit.threshold} {unit_label(limit.unit, words.language)}",
                    ),
                    "exceeded": limit.exceeded,
                    "word": words("exceeded") if limit.exceeded else words("not exceeded"),
                    "statement": limit.statement_zh
                    if words.language == CHINESE
                    else limit.statement,
                    "source": f"{limit.rule_id} · {limit.source}",
                }
                for limit in one.limits
            ],
        }


VEINS = {"hepatic": "hepatic veins", "portal": "portal veins", "vessel": "vessels"}


def liver_page_messages() -> set[str]:
    """Ids of the tables above, for the catalogue."""
    from hilum.patient.liver.notices import liver_messages
    from hilum.patient.volumetry import thresholds

    tables = (OPERATION_LABELS, METHODS, PRODUCTS, VEINS)
    found = amount_messages() | {text for table in tables for text in table.values()}
    found |= {text for _, text in LEGEND} | {row.population for row in thresholds()}
    found |= {
        *ONE_STAGE.values(),
        "Lesions resected",
        "Lesions ablated",
        "Lesions left",
        "Cleared, but liver within the margin stays",
    }
    return found | liver_messages()


def _span(value: float, ends: tuple[float, float] | None, digits: int = 0) -> str:
    text = f"{value:.{digits}f}"
    if ends is None:
        return text
    return f"{text} ({ends[0]:.{digits}f}–{ends[1]:.{digits}f})"


def _numbers(numbers: list[int]) -> str:
    return ", ".join(str(one) for one in numbers)
