"""A picture of a plan: three orthogonal slices and a view from the front, without a display.

Slices follow the radiological convention: the patient's right is on the left. The view is cast
along parallel rays through a rotated copy of the labels; nearer shells are translucent.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import MissingExtra
from hilum.patient.liver.anatomy import Anatomy, box, wider
from hilum.patient.liver.plan import Plan, removed_parts
from hilum.patient.liver.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.float64]

PANEL = 360
GAP = 12
KEPT, GONE, TUMOUR, VEIN = 1, 2, 3, 4
# Colour-blind safe (Okabe and Ito): remnant, resected part, lesions, veins.
COLOURS = {KEPT: (86, 180, 167), GONE: (230, 159, 0), TUMOUR: (178, 24, 43), VEIN: (33, 102, 172)}
INK = (60, 70, 80)
# Rows: towards the patient's left, up and the viewer, seen from the front, a little from the right
# and from above.
TURN, TILT = 20.0, 15.0
CAST_STEPS = 150


def classes(
    anatomy: Anatomy, parts: Tally | None = None, plan: Plan | None = None
) -> NDArray[np.uint8]:
    """Remnant, resected part, lesions and veins as one label map of the grid's shape."""
    out = np.zeros(anatomy.grid.shape, np.uint8)
    if anatomy.vessels is not None:
        out[anatomy.vessels > 0] = VEIN
    out[anatomy.liver & (out == 0)] = KEPT
    if parts is not None and plan is not None:
        gone = parts.index[removed_parts(parts, plan)[parts.part]]
        flat = out.ravel()
        flat[gone[flat[gone] != VEIN]] = GONE
    out[anatomy.lesions > 0] = TUMOUR
    return out


def draw(anatomy: Anatomy, parts: Tally | None = None, plan: Plan | None = None) -> bytes:
    """The picture as PNG: axial, coronal and sagittal slice, and the view from the front.

    Raises
    ------
    MissingExtra
        When Pillow is not installed.
    """
    try:
        from PIL import Image as Pillow
        from PIL import ImageDraw, ImageFont
    except ImportError as error:
        raise MissingExtra(
            "a picture needs the 'liver' extra: pip install 'hilum[liver]'"
        ) from error
    labels = classes(anatomy, parts, plan)
    whole = box(labels > 0)
    assert whole is not None
    labels = labels[wider(whole, (1, 1, 1), labels.shape)]
    segments = None
    if anatomy.segments is not None:
        segments = anatomy.segments[wider(whole, (1, 1, 1), anatomy.segments.shape)]
    spacing = anatomy.grid.spacing
    centre = _centre(labels)
    size = max(n * edge for n, edge in zip(labels.shape, spacing, strict=True)) * 1.08
    panels = [_slice(labels, segments, axis, centre[axis], spacing, size) for axis in range(3)]
    panels.append(_cast(labels, spacing, size))
    side = 2 * PANEL + GAP
    page = Pillow.new("RGB", (side, side), (255, 255, 255))
    pen: Any = ImageDraw.Draw(page)
    font: Any = ImageFont.load_default(15)
    marks = (("R", "L", "A", "P"), ("R", "L", "S", "I"), ("A", "P", "S", "I"), ("R", "L", "S", "I"))
    for number, (panel, letters) in enumerate(zip(panels, marks, strict=True)):
        x, y = (number % 2) * (PANEL + GAP), (number // 2) * (PANEL + GAP)
        page.paste(Pillow.fromarray(panel), (x, y))
        pen.rectangle((x, y, x + PANEL - 1, y + PANEL - 1), outline=(213, 219, 227))
        middle = PANEL // 2
        places = ((8, middle), (PANEL - 8, middle), (middle, 10), (middle, PANEL - 10))
        for letter, (dx, dy) in zip(letters, places, strict=True):
            pen.text((x + dx, y + dy), letter, fill=INK, font=font, anchor="mm")
        long = 50 * PANEL / size
        right, low = x + PANEL - 14, y + PANEL - 14
        pen.line((right - long, low, right, low), fill=INK, width=2)
        pen.text((right - long / 2, low - 4), "5 cm", fill=INK, font=font, anchor="mb")
    out = BytesIO()
    page.save(out, "PNG", optimize=True)
    return out.getvalue()


def _centre(labels: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Where to cut: the slice of each axis with most tumour, else with most liver."""
    wanted = labels == TUMOUR if (labels == TUMOUR).any() else labels > 0
    a, b, c = (
        int(wanted.sum(axis=tuple(o for o in range(3) if o != axis)).argmax()) for axis in range(3)
    )
    return a, b, c


def _slice(
    labels: NDArray[np.uint8],
    segments: NDArray[np.uint8] | None,
    axis: int,
    where: int,
    spacing: tuple[float, float, float],
    size: float,
) -> NDArray[np.uint8]:
    """One slice on a square panel, axes S A R turned so that up is anterior or superior."""
    plane: NDArray[np.uint8] = np.moveaxis(labels, axis, 0)[where]
    lines = None if segments is None else np.moveaxis(segments, axis, 0)[where]
    edges = [edge for other, edge in enumerate(spacing) if other != axis]
    # Up is the far end of the first axis; left is right for R, anterior for A.
    rows = _pixels(plane.shape[0], edges[0], size)
    columns = _pixels(plane.shape[1], edges[1], size)
    shown = _at(plane, rows, columns)
    image = np.full((PANEL, PANEL, 3), 255.0)
    for label, colour in COLOURS.items():
        image[shown == label] = colour
    if lines is not None:
        numbers = _at(lines, rows, columns)
        border = np.zeros(numbers.shape, bool)
        border[:, 1:] |= numbers[:, 1:] != numbers[:, :-1]
        border[1:] |= numbers[1:] != numbers[:-1]
        image[border & (shown != 0)] *= 0.72
    return image.astype(np.uint8)


def _pixels(count: int, edge: float, size: float) -> NDArray[np.intp]:
    """Voxel under each pixel, from the far end to the near one; -1 beyond the image."""
    middle = (count - 1) * edge / 2
    place = middle - ((np.arange(PANEL) + 0.5) / PANEL - 0.5) * size
    index = np.rint(place / edge).astype(np.intp)
    return np.where((index >= 0) & (index < count), index, -1)


def _at(
    plane: NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.uint8]:
    found = plane[np.ix_(rows.clip(0), columns.clip(0))]
    return np.where((rows[:, None] < 0) | (columns[None] < 0), np.uint8(0), found)


def _cast(
    labels: NDArray[np.uint8], spacing: tuple[float, float, float], size: float
) -> NDArray[np.uint8]:
    """The view from the front: lesions and veins solid, parts of the liver as glass."""
    from scipy import ndimage

    turn, tilt = np.radians(TURN), np.radians(TILT)
    about_s = np.array(
        [[1, 0, 0], [0, np.cos(turn), -np.sin(turn)], [0, np.sin(turn), np.cos(turn)]]
    )
    about_r = np.array(
        [[np.cos(tilt), -np.sin(tilt), 0], [np.sin(tilt), np.cos(tilt), 0], [0, 0, 1]]
    )
    size *= 1.08
    step = size / CAST_STEPS
    # Voxels finer than a pixel of the view add time, not detail.
    every = [max(1, int(step / edge)) for edge in spacing]
    labels = labels[:: every[0], :: every[1], :: every[2]]
    a, b, c = (n * edge for n, edge in zip(every, spacing, strict=True))
    spacing = (a, b, c)
    # Output axes: down the page, towards the back, to the right of the page (the patient's left).
    page = np.diag([-step, -step, -step])
    matrix = np.diag(1 / np.array(spacing)) @ about_s @ about_r @ page
    middle = (np.array(labels.shape) - 1) / 2
    offset = middle - matrix @ np.full(3, (CAST_STEPS - 1) / 2)
    # Smoothing over a pixel of the view removes the steps of thick slices.
    blur = [max(step / edge, 0.6) for edge in spacing]

    def field(*wanted: int) -> Image:
        soft = ndimage.gaussian_filter(np.isin(labels, wanted).astype(np.float32), blur)
        return ndimage.affine_transform(  # pyright: ignore[reportReturnType]
            soft, matrix, offset, output_shape=(CAST_STEPS,) * 3, order=1
        )

    image = np.full((CAST_STEPS, CAST_STEPS, 3), 255.0)
    for label in (VEIN, TUMOUR):
        _shell(image, field(label), COLOURS[label], 1.0, 0.35)
    for label in (GONE, KEPT):
        _shell(
            image, field(label, TUMOUR) if label == KEPT else field(label), COLOURS[label], 0.4, 0.5
        )
    from PIL import Image as Pillow

    small: Any = Pillow.fromarray(image.clip(0, 255).astype(np.uint8))
    return np.asarray(small.resize((PANEL, PANEL), Pillow.Resampling.BICUBIC))


def _shell(
    image: Image, field: Image, colour: tuple[int, int, int], opacity: float, level: float
) -> None:
    """Lay the first surface of a field over the image, lit from the viewer."""
    hit = field > level
    seen = hit.any(axis=1)
    if not seen.any():
        return
    depth = hit.argmax(axis=1)
    a, c = np.nonzero(seen)
    b = depth[a, c]
    slopes = [
        field[
            tuple(
                np.clip(p + d, 0, n - 1) for p, d, n in zip((a, b, c), up, field.shape, strict=True)
            )
        ]
        - field[
            tuple(
                np.clip(p - d, 0, n - 1) for p, d, n in zip((a, b, c), up, field.shape, strict=True)
            )
        ]
        for up in ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    ]
    normal = np.stack(slopes, axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    # The field rises inwards, so a face towards the viewer rises along the ray.
    light = normal @ (np.array([0.45, 0.85, 0.25]) / np.linalg.norm([0.45, 0.85, 0.25]))
    shade = 0.45 + 0.6 * np.clip(light, 0, 1)
    lit = np.array(colour) * shade[:, None]
    # Glass is clearer where it is seen face on.
    cover = opacity if opacity == 1 else opacity * (1.25 - 0.6 * np.clip(normal[:, 1], 0, 1))
    cover = np.broadcast_to(np.asarray(cover), light.shape)[:, None]
    image[a, c] = (1 - cover) * image[a, c] + cover * lit
