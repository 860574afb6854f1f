"""The words the evidence tables may use, as enumerations with English labels.

Chinese labels are the catalogue's translations of the English ones.
"""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Design(StrEnum):
    """How a study was made."""

    RCT = "rct"
    NONRANDOMISED_COMPARATIVE = "nonrandomised_comparative"
    CASE_SERIES_PROSPECTIVE = "case_series_prospective"
    CASE_SERIES_RETROSPECTIVE = "case_series_retrospective"
    REGISTRY = "registry"
    POOLED_ANALYSIS = "pooled_analysis"


class Population(StrEnum):
    """Who was studied; never pooled across without saying so."""

    NETLM = "netlm"
    MIXED_NET = "mixed_net"
    MIXED_LIVER_METASTASES = "mixed_liver_metastases"


class ReadFrom(StrEnum):
    """The text a figure was read in."""

    FULL_TEXT = "full_text"
    ABSTRACT = "abstract"
    SECONDARY = "secondary"


class Measure(StrEnum):
    """What kind of number a figure is."""

    PROPORTION = "proportion"
    MEDIAN_MONTHS = "median_months"
    RATE_AT = "rate_at"
    HAZARD_RATIO = "hazard_ratio"
    ODDS_RATIO = "odds_ratio"
    MEAN = "mean"


class FigureKind(StrEnum):
    """Whose figure it is; only ``ESTIMATE`` is ever pooled."""

    ESTIMATE = "estimate"
    POOLED = "pooled"
    RANGE_MIN = "range_min"
    RANGE_MAX = "range_max"
    ALTERNATIVE = "alternative"


class Outcome(StrEnum):
    """What was measured."""

    SYMPTOM_RESPONSE = "symptom_response"
    BIOCHEMICAL_RESPONSE = "biochemical_response"
    OBJECTIVE_RESPONSE = "objective_response"
    COMPLETE_RESPONSE = "complete_response"
    PARTIAL_RESPONSE = "partial_response"
    STABLE_DISEASE = "stable_disease"
    PROGRESSIVE_DISEASE = "progressive_disease"
    DISEASE_CONTROL = "disease_control"
    PROGRESSION_FREE_SURVIVAL = "progression_free_survival"
    OVERALL_SURVIVAL = "overall_survival"
    TIME_TO_PROGRESSION = "time_to_progression"
    DISEASE_FREE_SURVIVAL = "disease_free_survival"
    RECURRENCE = "recurrence"
    LOCAL_RECURRENCE = "local_recurrence"
    MORTALITY_30D = "mortality_30d"
    MORTALITY_90D = "mortality_90d"
    MAJOR_COMPLICATION = "major_complication"
    ANY_COMPLICATION = "any_complication"
    LIVER_FAILURE = "liver_failure"
    RESECTABLE = "resectable"
    LIVER_METASTASES = "liver_metastases"
    QUALITY_OF_LIFE = "quality_of_life"


RESPONSES = frozenset(
    [
        Outcome.OBJECTIVE_RESPONSE,
        Outcome.COMPLETE_RESPONSE,
        Outcome.PARTIAL_RESPONSE,
        Outcome.STABLE_DISEASE,
        Outcome.PROGRESSIVE_DISEASE,
        Outcome.DISEASE_CONTROL,
    ]
)
"""Outcomes that are judged by criteria of tumour size."""
SURVIVALS = frozenset(
    [
        Outcome.OVERALL_SURVIVAL,
        Outcome.PROGRESSION_FREE_SURVIVAL,
        Outcome.TIME_TO_PROGRESSION,
        Outcome.DISEASE_FREE_SURVIVAL,
    ]
)
"""Times to an event, counted from an origin."""
COMPLICATIONS = frozenset(
    [Outcome.MAJOR_COMPLICATION, Outcome.ANY_COMPLICATION, Outcome.LIVER_FAILURE]
)
"""Outcomes of which a figure says how severe an event it counts."""
MODALITIES = frozenset(
    [
        "resection",
        "debulking",
        "transplantation",
        "tae",
        "tace",
        "deb_tace",
        "tare_resin",
        "tare_glass",
        "tare_holmium",
        "hai_chemo",
        "tare_y90",
        "rfa",
        "mwa",
        "cryoablation",
        "ethanol_injection",
        "phenol_injection",
        "ire",
        "prrt_lu177",
        "prrt_y90",
        "prrt_other",
        "octreotide",
        "lanreotide",
        "somatostatin_analogue",
        "interferon",
        "everolimus",
        "sunitinib",
        "cabozantinib",
        "chemo_streptozocin",
        "chemo_temozolomide",
        "chemo_platinum",
        "chemo_other",
        "placebo",
        "best_supportive_care",
        "observation",
        "tae_or_tace",
        "intra_arterial_unspecified",
        "ablation_mixed",
        "resection_plus_ablation",
        "mixed_locoregional",
        "mixed_nonsurgical",
        "none",
        # Version 2.
        "prrt_mixed",
        "mibg_i131",
        "isolated_perfusion",
        "laser",
        "dearterialisation",
        "sbrt",
        "surufatinib",
        "primary_resection",
        "targeted_other",
        "telotristat",
    ]
)
"""Single modalities; an arm's modality is one of them or several joined by ``+``, sorted."""


@cache
def labels() -> dict[tuple[str, str], str]:
    """English label of each vocabulary word, keyed by (kind, word)."""
    return {(row["kind"], row["key"]): row["label"] for row in _rows()}


@cache
def not_separable() -> dict[str, tuple[str, ...]]:
    """Modalities that name several techniques at once, which belong to none, with those."""
    return {
        row["key"]: tuple(row["not_separable"].split())
        for row in _rows()
        if row["kind"] == "modality" and row["not_separable"]
    }


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = files("hilum.evidence").joinpath("netlm/labels.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
