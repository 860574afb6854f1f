"""A measured liver in lines and tables; what the other answers of a liver begin and end with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.patient.liver.notices import BASES, NOTICES
from hilum.records import found
from hilum.rendering.sheet.liver import VEINS
from hilum.tabular import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.analyses.liver_measure import LiverMeasureAnswered
    from hilum.analyses.liver_rows import Measured, NoticeRow
    from hilum.language import Words

DISTRIBUTIONS: Final = {"type_I": "type I", "type_II": "type II", "type_III": "type III"}


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts, for a terminal or a page."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Part = str | TextTable


def liver_measure_parts(answer: LiverMeasureAnswered, words: Words) -> list[Part]:
    """What was measured, the figures that decide first."""
    return [*measured_parts(answer, words), *notice_lines(answer.notices, words)]


def measured_parts(answer: Measured, words: Words) -> list[Part]:
    """Volumes, burden, spread, segments and lesions."""
    low, high = answer.liver_ml_range
    head = words(
        "Liver {liver} mL ({low} to {high}), functional {functional} mL, tumour {tumour} mL: "
        "burden {burden} %",
        liver=f"{answer.liver_ml:.0f}",
        low=f"{low:.0f}",
        high=f"{high:.0f}",
        functional=f"{answer.functional_liver_ml:.0f}",
        tumour=f"{answer.tumour_ml:.1f}",
        burden=f"{answer.burden_percent:.1f}",
    )
    return [head, _spread(answer, words), *_segments(answer, words), *_lesions(answer, words)]


def _spread(answer: Measured, words: Words) -> str:
    basis = words(found(BASES, answer.distribution_basis, "basis"))
    one, count = answer.lesion_count == 1, answer.lesion_count
    if answer.distribution is None:
        if one:
            return words("1 lesion, distribution not told ({basis})", basis=basis)
        return words("{count} lesions, distribution not told ({basis})", count=count, basis=basis)
    spread = words(found(DISTRIBUTIONS, answer.distribution, "distribution"))
    if one:
        return words("1 lesion, distribution {type} ({basis})", type=spread, basis=basis)
    return words(
        "{count} lesions, distribution {type} ({basis})", count=count, type=spread, basis=basis
    )


def _segments(answer: Measured, words: Words) -> list[Part]:
    header = tuple(
        words(one) for one in ("segment", "mL", "range", "tumour mL", "burden %", "lesions")
    )
    rows = tuple(
        (
            name,
            f"{one.ml:.1f}",
            words("{low} to {high}", low=f"{one.ml_range[0]:.0f}", high=f"{one.ml_range[1]:.0f}"),
            f"{one.tumour_ml:.1f}",
            f"{one.burden_percent:.1f}",
            listed(one.lesions),
        )
        for name, one in answer.segments.items()
    )
    return [TextTable(header, rows)] if rows else []


def _lesions(answer: Measured, words: Words) -> list[Part]:
    names = ("lesion", "mL", "axial mm", "longest mm", "segments", "to veins mm", "outside mL")
    rows = tuple(
        (
            str(one.id),
            f"{one.ml:.2f}",
            f"{one.longest_axial_mm:.1f}",
            f"{one.feret_mm:.1f}",
            ", ".join(one.segments),
            ", ".join(f"{words(VEINS[name])} {mm:.1f}" for name, mm in one.vein_mm.items()),
            f"{one.outside_ml:.2f}" if one.outside_ml else "",
        )
        for one in answer.lesions
    )
    return [TextTable(tuple(words(one) for one in names), rows)] if rows else []


def listed(numbers: Iterable[int]) -> str:
    """Numbers of lesions."""
    return ", ".join(str(one) for one in numbers)


def notice_lines(notices: Iterable[NoticeRow], words: Words) -> list[str]:
    """Notices in words, each marked."""
    return [words("! {text}", text=notice_text(one, words)) for one in notices]


def notice_text(one: NoticeRow, words: Words) -> str:
    """A notice in words."""
    facts = {
        name: f"{value:.1f}" if isinstance(value, float) else visible(str(value))
        for name, value in one.facts.items()
    }
    return words(found(NOTICES, one.code, "notice"), **facts)


def messages() -> set[str]:
    """Ids that stand in tables."""
    headers = {"segment", "mL", "range", "tumour mL", "burden %", "lesions", "lesion", "axial mm"}
    headers |= {"longest mm", "segments", "to veins mm", "outside mL"}
    return {*DISTRIBUTIONS.values(), *headers}
