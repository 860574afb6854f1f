"""The words the evidence tables may use, as enumerations with English labels.

Chinese labels are the catalogue's translations of the English ones.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, cast


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


POPULATION_LABELS: Final[dict[str, str]] = {
    Population.NETLM: "NET liver metastases",
    Population.MIXED_NET: "mixed metastatic NET",
    Population.MIXED_LIVER_METASTASES: "mixed liver metastases",
}


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


Better = Literal["below", "above", "not_stated"]


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What was measured, and all that follows from it: a row of ``outcomes.csv``.

    Parameters
    ----------
    outcome, label : str
        Code and English name.
    family : str
        ``response`` is judged by criteria of tumour size, ``survival`` is a time to an event from
        an origin, a figure of a ``complication`` says how severe it is; else ``other``.
    held_by : str
        The share that holds this one, where it does.
    response_part : str
        Its place among complete, partial, stable, response and control.
    curve : bool
        Whether its rates cannot rise with time.
    counts_any_severity : bool
        Whether the widest definition of an arm speaks for it.
    hazard_ratio, odds_ratio : str
        The side of 1 that is better for the treatment named first; ``not_stated`` where authors
        print either.
    compared : bool
        Whether comparisons of it stand on the sheet.
    all_patients : int
        Its place among the figures of all patients with a NET; 0 where it is of the treated.
    """

    outcome: str
    label: str
    family: str
    held_by: str
    response_part: str
    curve: bool
    counts_any_severity: bool
    hazard_ratio: Better
    odds_ratio: Better
    compared: bool
    all_patients: int


@dataclass(frozen=True, slots=True)
class ModalityRecord:
    """A single modality of an arm: a row of ``modalities.csv``.

    Parameters
    ----------
    modality, label : str
    one_of : tuple of str
        Modalities that the arm names at once, so that it belongs to none of them.
    nuclides : frozenset of str
        Nuclides that it can hold; an arm of several modalities may carry that of either.
    analogue : bool
        Whether it is a somatostatin analogue, which may stand in the background of both arms.
    names_nuclide : bool
        Whether code and label say the nuclide, so that an arm need not say it again.
    """

    modality: str
    label: str
    one_of: tuple[str, ...]
    nuclides: frozenset[str]
    analogue: bool
    names_nuclide: bool


def _rows(name: str) -> list[dict[str, str]]:
    text = files("hilum.evidence").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


OUTCOMES: Final = {
    row["outcome"]: OutcomeRecord(
        row["outcome"],
        row["label"],
        row["family"],
        row["held_by"],
        row["response_part"],
        row["curve"] == "yes",
        row["counts_any_severity"] == "yes",
        cast("Better", row["hazard_ratio"]),
        cast("Better", row["odds_ratio"]),
        row["compared"] == "yes",
        int(row["all_patients"] or 0),
    )
    for row in _rows("outcomes.csv")
}
"""Outcomes by code; a new one is one row."""
MODALITIES: Final = {
    row["modality"]: ModalityRecord(
        row["modality"],
        row["label"],
        tuple(row["one_of"].split()),
        frozenset(row["nuclides"].split()),
        row["analogue"] == "yes",
        row["names_nuclide"] == "yes",
    )
    for row in _rows("modalities.csv")
}
"""Single modalities; an arm's modality is one of them or several joined by ``+``, sorted."""

if TYPE_CHECKING:

    class Outcome(StrEnum):
        """What was measured: a code of ``outcomes.csv``."""

else:
    Outcome = StrEnum("Outcome", {code.upper(): code for code in OUTCOMES}, module=__name__)


def named_at_once(modality: str) -> tuple[str, ...]:
    """Techniques that an arm names at once, so that it belongs to none ("cannot be separated")."""
    known = MODALITIES.get(modality)
    return known.one_of if known else ()


def of_family(family: str) -> frozenset[Outcome]:
    """The outcomes of a family: ``response``, ``survival``, ``complication`` or ``other``."""
    return frozenset(Outcome(one.outcome) for one in OUTCOMES.values() if one.family == family)


def response_part(part: str) -> Outcome:
    """The outcome that is a part of tumour response, such as ``complete`` or ``control``."""
    return next(Outcome(one.outcome) for one in OUTCOMES.values() if one.response_part == part)


OVERALL_SURVIVAL: Final = Outcome("overall_survival")
"""The outcome of the pooled curves."""
RESPONSES: Final = of_family("response")
SURVIVALS: Final = of_family("survival")
COMPLICATIONS: Final = of_family("complication")
ANALOGUES: Final = frozenset(one.modality for one in MODALITIES.values() if one.analogue)


@cache
def labels() -> dict[tuple[str, str], str]:
    """English label of each vocabulary word, keyed by (kind, word)."""
    found = {(row["kind"], row["key"]): row["label"] for row in _rows("netlm/labels.csv")}
    found |= {("outcome", one.outcome): one.label for one in OUTCOMES.values()}
    return found | {("modality", one.modality): one.label for one in MODALITIES.values()}
