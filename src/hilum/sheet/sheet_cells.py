"""The figures of the sheet as data: what the evidence says to one question each.

Numbers are on the scale ``unit`` names: proportions from 0 to 1, months, or ratios.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from hilum.answers import Told
from hilum.sheet.rating import CertaintyPart, FigureAppraisal

Unit = Literal["proportion", "months", "ratio"]
Interval = tuple[float, float]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StudyFigure(_Part):
    """One study's figure, with where it was read.

    ``arms`` counts the study's arms put together, of which ``arm``, ``row`` and ``result_id``
    name the first. ``n_assumed``: the denominator is the arm's, no text prints the figure's own.
    """

    study_id: str
    name: str
    outcome: str
    measure: str
    time_months: float | None
    arm: str
    modality: str
    design: str
    population: str
    year: int | None
    subgroup: str | None
    criteria: str | None
    events: int | None
    n: int | None
    value: float | None
    ci: tuple[float | None, float | None] | None
    locator: str | None
    source: str
    link: str | None
    read_from: str
    derived: str | None
    verify: bool
    row: int
    result_id: str
    arms: int = 1
    n_assumed: bool = False
    left_out: str | None = None
    kept: str | None = None
    appraisal: FigureAppraisal | None = None


class JointApart(_Part):
    """Two kinds of evidence on one treatment, each fitted alone.

    ``first`` and ``second`` are designs, their values a share from 0 to 1 or months; ``z`` is how
    many standard errors they are apart, ``p`` two-sided, ``gross`` from two standard errors.
    """

    first: str
    second: str
    first_value: float
    second_value: float
    z: float
    p: float
    gross: bool


class JointFigure(_Part):
    """What the joint model says for patients like this one, beside the plain figure.

    ``moved`` names what of the patient it took into account. ``touches``: its interval and the
    plain figure's (or range) touch; where they do not, the two speak of different patients, which
    the page says. ``reason`` is None where it holds; else ``not_fitted``, ``not_this_patient``,
    ``no_study``, ``prior`` or ``not_moved``, and the plain figure stands alone. ``detail`` is the
    share of information behind ``prior``. ``apart`` is what each kind of evidence says alone.
    """

    value: float | None
    ci: Interval | None
    prediction: Interval | None
    k: int
    moved: list[str]
    touches: bool | None
    reason: str | None
    detail: str | None
    apart: list[JointApart] = []


class BesideFigures(_Part):
    """Figures of other patients or other measures: their range and studies, never pooled in.

    ``reason`` is a code, ``detail`` the selection or class of criteria it stands for.
    """

    reason: str
    detail: str | None
    range: Interval
    k: int
    studies: list[str]


class LargestStudy(_Part):
    """The study with most patients; ``printed`` is its figure as its paper prints it."""

    study_id: str
    name: str
    value: float
    printed: str
    n: int | None
    n_assumed: bool


class Flag(_Part):
    """Something said beside a figure: a code, and the outcome it speaks of."""

    code: str
    outcome: str | None


class Answer(_Part):
    """What the evidence says to one question, with every figure in it and beside it.

    ``form`` says how far the studies carry: ``pooled``, ``total`` (events of all patients),
    ``single`` (the one study's own figure), ``range`` or ``none``; only the first three have a
    ``value``. ``k`` counts ``studies``; ``k_with_n`` of them could be weighted, with ``n``
    patients. ``sentence`` says in English whom it speaks of, ``told`` the same as codes and
    counts. ``beside`` and ``wider`` stand apart, ``wider`` for primary sites that a narrower
    choice left aside. ``randomised`` holds each randomised arm as printed. ``range`` spans the
    studies' figures, ``reported_range`` also those shown and not in the answer where there is no
    other. ``joint`` is there only where a posterior of this record is kept or was asked for.
    """

    outcome: str
    measure: str
    time_months: float | None
    unit: Unit
    form: Literal["pooled", "total", "single", "range", "none"]
    value: float | None
    ci: Interval | None
    prediction: Interval | None
    tau2: float | None
    i2: float | None
    k: int
    k_with_n: int
    n: int | None
    range: Interval | None
    reported_range: Interval | None
    method: str | None
    population: str
    designs: list[str]
    criteria: list[str]
    studies: list[StudyFigure]
    left_out: list[StudyFigure]
    other_populations: list[Answer]
    sentence: str = ""
    told: Told | None = None
    beside: list[BesideFigures] = []
    wider: BesideFigures | None = None
    largest: LargestStudy | None = None
    randomised: list[StudyFigure] = []
    flags: list[Flag] = []
    certainty: CertaintyPart | None = None
    joint: JointFigure | None = None


class AskedPart(_Part):
    """The patient as the figures were asked: primary site, grade and line, as codes.

    ``not_known`` names those of the three that the case does not say: a site or a line is then
    ``any``; a grade is read as grade 1-2, which nearly all series are of.
    """

    site: str
    grade: str
    line: str
    not_known: list[str]
