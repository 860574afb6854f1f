"""Sentences for the codes of notices, derivations and remarks; where they are shown, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.counted import filled
from hilum.tabular import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.patient.liver.anatomy import Notice

NOTICES = {
    "preset_guessed": "{file}: no preset was given; labels were read as '{preset}'",
    "unit_unset": "{file}: the header names no unit of length; millimetres were assumed",
    "orientation_unset": "{file}: the header does not say where left and right are",
    "forms_differ": "{file}: the header holds two positions that differ (sform, qform); sform used",
    "spacing_given": "{file}: voxels of {mm} mm as stated by hand: the header does not say",
    "spacing_overruled": "{file}: voxels of {mm} mm as stated by hand; the header says {header} mm",
    "labels_unused": "{file}: not used: {names}",
    "labels_empty": "{file}: without a voxel: {names}",
    "contours_twice": "{file}: {count} contours of '{name}' are stored twice and were counted once",
    "contours_open": "{file}: {count} contours of '{name}' are not closed and were left out",
    "ends_unseen": "slices without a voxel may have been left out of the file, so whether the "
    "liver is cut off at its ends cannot be seen",
    "liver_gap": "{slices} slices between the liver's ends hold no liver: a slice may be missing, "
    "and volumes too small",
    "lesion_gap": "lesion {number} is interrupted by {slices} slices without it: a slice may be "
    "missing",
    "grid_assumed": "contours were filled on a grid of {mm} mm: no image series was given",
    "lesions_outside_drop": "{ml} mL of lesions lie outside the liver and were left out",
    "lesions_outside_keep": "{ml} mL of lesions lie outside the liver and were added to it",
    "lesion_holes": "{ml} mL of lesions were drawn as holes in the liver and were added to it",
    "lesions_gone": "lesions wholly outside the liver, not in the table: {numbers}",
    "lesion_large": "lesion {number} takes {percent} % of the liver",
    "lesion_specks": "{count} lesions have at most {voxels} voxels each: noise of a segmentation?",
    "lesion_segments_filled": "{ml} mL of lesions had no segment and were given the nearest",
    "liver_without_segment": "{ml} mL of liver have no segment; no plan by segments removes them",
    "segments_absent": "segments without a voxel: {segments}",
    "segments_overlap": "{ml} mL were claimed by two segments; the first kept them",
    "lesions_overlap": "{ml} mL were claimed by two lesions; the first kept them",
    "liver_at_border": "the liver reaches the border of the image; some of it may be cut off",
    "liver_fills_image": "the image ends at the liver on every side: it was cut to the liver, so "
    "whether some of the liver is cut off cannot be seen",
    "before_same_lesions": "the earlier label maps name no lesions: those of {file} were taken for "
    "both times",
    "before_no_lesions": "the earlier label maps hold no lesion; those of now do",
    "before_numbers": "each set of label maps numbers its lesions by itself: check that a number "
    "means the same lesion at both times",
    "no_body_size": "no height and weight: no standardised remnant, no ratio to body weight",
}
BASES = {
    "no_lesion": "no lesion",
    "single": "a single metastasis",
    "one_side": "several metastases, all on one side (outside Frilling's types as first described; "
    "read as type I)",
    "bulk": "both sides; one lesion holds more than half of the tumour",
    "disseminated": "both sides; no lesion holds more than half of the tumour",
    "no_segments": "several lesions, and no segments to tell the sides",
}
GEOMETRY = (
    "Geometry, not operability: vessels, bile ducts, liver function and the patient's fitness are "
    "not part of it."
)


def sentence(notice: Notice, words: Callable[..., str] | None = None) -> str:
    """A notice in words."""
    text = NOTICES[notice.code]
    facts = {
        name: f"{value:.1f}" if isinstance(value, float) else visible(str(value))
        for name, value in notice.facts
    }
    return filled(text, facts) if words is None else words(text, **facts)


def liver_messages() -> set[str]:
    """Every message id of this module, for the catalogue."""
    return set(NOTICES.values()) | set(BASES.values()) | {GEOMETRY}
