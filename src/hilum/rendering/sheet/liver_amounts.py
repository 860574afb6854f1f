"""Amounts of a remnant with their unit, and things by their numbers: one, or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.language import Words

# An amount of each unit of a cut-off: where the unit stands is the language's.
AMOUNTS = {
    "percent of formula SLV": "{amount} % of the standard liver volume",
    "percent of CT non-tumour liver": "{amount} % of the functional liver",
    "mL per m2 BSA": "{amount} mL per m² body surface",
}
BARE_AMOUNTS = {
    "percent of formula SLV": "{amount} %",
    "percent of CT non-tumour liver": "{amount} %",
    "mL per m2 BSA": "{amount} mL per m²",
}
ONE_OR_MORE = {
    "segments {numbers}": "segment {numbers}",
    "wedge of lesions {numbers}": "wedge of lesion {numbers}",
    "ablation of lesions {numbers}": "ablation of lesion {numbers}",
    "lesions resected: {numbers}": "lesion resected: {numbers}",
    "lesions ablated: {numbers}": "lesion ablated: {numbers}",
    "lesions left: {numbers}": "lesion left: {numbers}",
    "lesions cleared, but within the margin of what stays: {numbers}": "lesion cleared, but within "
    "the margin of what stays: {numbers}",
    "Plan: segments {numbers}": "Plan: segment {numbers}",
    "Lesions resected: {numbers}": "Lesion resected: {numbers}",
    "Lesions ablated: {numbers}": "Lesion ablated: {numbers}",
    "Lesions left: {numbers}": "Lesion left: {numbers}",
    "Cleared, but liver within the margin stays: {numbers}": "Cleared, but liver within the "
    "margin stays: {numbers}",
}


def amount(value: float, unit: str, words: Words) -> str:
    """An amount of the unit of a cut-off."""
    return words(AMOUNTS[unit], amount=f"{value:g}")


def of_some(message: str, numbers: Sequence[object], words: Words) -> str:
    """A sentence of several things by their numbers, or of one."""
    said = ", ".join(map(str, numbers))
    return words(message if len(numbers) != 1 else ONE_OR_MORE[message], numbers=said)


def amount_messages() -> set[str]:
    """Message ids of the tables above."""
    return {*AMOUNTS.values(), *BARE_AMOUNTS.values(), *ONE_OR_MORE, *ONE_OR_MORE.values()}
