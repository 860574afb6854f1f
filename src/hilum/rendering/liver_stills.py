"""Stills of a liver as SVG: solid what stays, hatched and dimmed what is resected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from hilum.patient.liver.anatomy import SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import NDArray

    from hilum.language import Words
    from hilum.patient.liver.stills import Region, Still
    from hilum.patient.liver.view import LiverView, ViewLabel

EDGE: Final = 8.0
# A name is written where its region is at least so large, in mm2.
NAMED: Final = 250.0
SLICE: Final = "Axial slice {index} of {count}, seen from below: {regions}"
FRONT: Final = "The liver from the front: {regions}"
COUNT: Final = "slice {index} of {count}"


def still_svg(
    still: Still,
    view: LiverView,
    words: Words,
    gone: Collection[int] = (),
    lesions_gone: Collection[int] = (),
) -> Markup:
    """A picture with its sentence; each region names its segment, so that a page may change it.

    Parameters
    ----------
    gone : collection of int
        Segments that are resected.
    lesions_gone : collection of int
        Lesions that are resected or destroyed.
    """
    labels = {one.number: one for one in view.labels}
    solid = [one for one in still.regions if labels[one.number].kind != "lesion"]
    lesions = [one for one in still.regions if labels[one.number].kind == "lesion"]
    parts = [_region(one, labels[one.number], gone) for one in solid]
    parts += [_lesion(one, labels[one.number], lesions_gone) for one in lesions]
    parts += [
        _text(one.middle, SEGMENTS[labels[one.number].of - 1])
        for one in solid
        if labels[one.number].kind == "segment" and one.area >= NAMED
    ]
    width, height = still.width + 2 * EDGE, still.height + 2 * EDGE
    sides = "".join(
        f'<text class="side" x="{x:.1f}" y="{-EDGE + 12:.1f}" text-anchor="{anchor}">{said}</text>'
        for x, anchor, said in (
            (-EDGE + 3, "start", "R"),
            (still.width + EDGE - 3, "end", "L"),
        )
    )
    foot = ""
    if still.count:
        said = words(COUNT, index=still.index, count=still.count)
        foot = (
            f'<text class="side" x="{-EDGE + 3}" y="{still.height + EDGE - 4:.1f}">'
            f"{escape(said)}</text>"
        )
    return Markup(
        f'<svg class="still" role="img" viewBox="{-EDGE} {-EDGE} {width:.1f} {height:.1f}">'
        f"<title>{escape(_title(still, solid, labels, words))}</title>"
        f'<rect class="dark" x="{-EDGE}" y="{-EDGE}" width="{width:.1f}" height="{height:.1f}"/>'
        f"{''.join(parts)}{sides}{foot}</svg>"
    )


def hatching() -> Markup:
    """The pattern of what is resected, once a page."""
    return Markup(
        '<svg class="hidden" aria-hidden="true" width="0" height="0"><defs>'
        '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line x1="0" x2="0" y1="0" y2="5" stroke="#0b0d10" '
        'stroke-width="3"/></pattern></defs></svg>'
    )


def _title(still: Still, solid: list[Region], labels: dict[int, ViewLabel], words: Words) -> str:
    names = [SEGMENTS[labels[one.number].of - 1] for one in solid if labels[one.number].of]
    regions = ", ".join(names) or words("the liver")
    if still.count:
        return words(SLICE, index=still.index, count=still.count, regions=regions)
    return words(FRONT, regions=regions)


def _region(one: Region, label: ViewLabel, gone: Collection[int]) -> str:
    path = _path(one.rings)
    away = " gone" if label.kind == "segment" and label.of in gone else ""
    mine = f' data-segment="{label.of}"' if label.kind == "segment" else ""
    return (
        f'<g class="region{away}"{mine}><path class="fill" fill="{label.colour}" d="{path}"/>'
        f'<path class="lines" fill="url(#hatch)" d="{path}"/></g>'
    )


def _lesion(one: Region, label: ViewLabel, gone: Collection[int]) -> str:
    away = " gone" if label.of in gone else ""
    return f'<g class="lesion{away}"><path d="{_path(one.rings)}"/></g>'


def _text(at: tuple[float, float], said: str) -> str:
    x, y = at[0], at[1] + 3.5
    return f'<text class="name" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{said}</text>'


def _path(rings: tuple[NDArray[np.float64], ...]) -> str:
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring[:-1]) + "Z" for ring in rings)


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {SLICE, FRONT, COUNT}
