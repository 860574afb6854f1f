"""Each lesion: volume, diameters, centre, where it lies and how near it is to veins."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.patient.liver.anatomy import HEPATIC, PORTAL, SEGMENTS, VESSEL, Anatomy, places
from hilum.patient.liver.shells import shells
from hilum.watch import SILENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.watch import Watch

VEIN_NAMES = {HEPATIC: "hepatic", PORTAL: "portal", VESSEL: "vessel"}


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion, as far as it lies in the liver.

    ``longest_axial_mm`` is the longest diameter in one axial plane, as RECIST 1.1 measures it,
    ``feret_mm`` the longest in space, both between centres of voxels. ``segment_ml`` holds the
    volume in each segment touched, largest first. ``vein_mm`` is the smallest distance between
    centres of voxels of the lesion and of each kind of vein that was given. ``outside_ml`` is what
    was labelled as this lesion outside the liver.
    """

    id: int
    ml: float
    ml_range: tuple[float, float]
    longest_axial_mm: float
    feret_mm: float
    centroid_mm_ras: tuple[float, float, float]
    segment_ml: tuple[tuple[str, float], ...]
    components: int
    reaches_surface: bool
    surface_mm: float
    vein_mm: tuple[tuple[str, float], ...]
    outside_ml: float = 0.0

    @property
    def segments(self) -> tuple[str, ...]:
        """Segments touched, the one that holds most first."""
        return tuple(name for name, _ in self.segment_ml)


def measure_lesions(anatomy: Anatomy, *, watch: Watch = SILENT) -> tuple[Lesion, ...]:
    """Measure every lesion, in the order of its number."""
    import cc3d

    grid = anatomy.grid
    veins = _veins(anatomy)
    surface = _surface(anatomy)
    outside = dict(anatomy.lesion_outside_ml)
    found: list[Lesion] = []
    boxes = places(anatomy.lesions)
    watch.stage("measuring", len(boxes))
    for number, place in boxes.items():
        watch.done()
        mask = np.ascontiguousarray(anatomy.lesions[place] == number)
        start = np.array([side.start for side in place], float)
        points = rim(mask)
        where = grid.to_ras(points + start)
        voxels = int(np.count_nonzero(mask))
        middle = np.argwhere(mask).mean(axis=0) + start
        lost, gained = shells(mask)
        parts = cc3d.connected_components(mask, connectivity=26, return_N=True)[1]  # pyright: ignore[reportUnknownMemberType]
        tally: list[tuple[str, float]] = []
        if anatomy.segments is not None:
            counts = np.bincount(anatomy.segments[place][mask], minlength=9)[1:9]
            tally = [(SEGMENTS[i], int(n) * grid.voxel_ml) for i, n in enumerate(counts) if n]
            tally.sort(key=lambda one: -one[1])
        depth = smallest(surface, where)
        a, b, c = (float(v) for v in grid.to_ras(middle[None])[0])
        found.append(
            Lesion(
                id=number,
                ml=voxels * grid.voxel_ml,
                ml_range=((voxels - lost) * grid.voxel_ml, (voxels + gained) * grid.voxel_ml),
                longest_axial_mm=longest_axial(points, grid.affine),
                feret_mm=feret(where),
                centroid_mm_ras=(a, b, c),
                segment_ml=tuple(tally),
                components=int(parts),
                reaches_surface=depth <= max(grid.spacing),
                surface_mm=depth,
                vein_mm=tuple((name, smallest(tree, where)) for name, tree in veins.items()),
                outside_ml=outside.get(number, 0.0),
            )
        )
    return tuple(found)


def rim(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Indices, shape (n, 3), of the first and last voxel of every row along the last axis.

    The two voxels of a mask that lie furthest apart are among them.
    """
    any_row = mask.any(axis=2)
    a, b = np.nonzero(any_row)
    rows = mask[a, b]
    first = rows.argmax(axis=1)
    last = rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)
    ends = [np.stack([a, b, first], axis=1), np.stack([a, b, last], axis=1)]
    return np.concatenate(ends).astype(float)


def feret(points: NDArray[np.float64]) -> float:
    """The largest distance between points, shape (n, 3); by their convex hull when many."""
    from scipy.spatial import ConvexHull, QhullError

    if len(points) > 200:
        with suppress(QhullError):  # all in one plane: compare them all
            points = points[ConvexHull(points).vertices]
    return _widest(points)


def longest_axial(points: NDArray[np.float64], affine: NDArray[np.float64]) -> float:
    """The longest distance inside one plane of the axis nearest to superior, shape (n, 3)."""
    axes = affine[:3, 1:3]
    best = 0.0
    order = np.argsort(points[:, 0], kind="stable")
    plane, starts = np.unique(points[order, 0], return_index=True)
    del plane
    for one in np.split(order, starts[1:]):
        flat = points[one, 1:] @ axes.T
        best = max(best, _widest(flat))
    return best


def smallest(tree: _Tree, points: NDArray[np.float64]) -> float:
    """The smallest distance between points, shape (n, 3), and those of a tree.

    The neighbour of the middle bounds the answer; by the triangle inequality only what lies within
    that bound and the points' radius of the middle can be nearer.
    """
    from scipy.spatial import cKDTree

    middle = points.mean(axis=0)
    near = tree.data[int(tree.query(middle)[1])]
    bound = float(np.sqrt(((points - near) ** 2).sum(axis=1)).min())
    radius = float(np.sqrt(((points - middle) ** 2).sum(axis=1)).max())
    others = tree.data[tree.query_ball_point(middle, bound + radius + 1e-9)]
    own: _Tree = cKDTree(points)  # pyright: ignore[reportAssignmentType]
    found = own.query(others, distance_upper_bound=bound * (1 + 1e-9) + 1e-9)[0]
    return float(min(bound, found.min()))


def _widest(points: NDArray[np.float64]) -> float:
    """The largest distance, compared in blocks so that memory stays small."""
    squares = (points**2).sum(axis=1)
    best = 0.0
    for start in range(0, len(points), 1024):
        part = points[start : start + 1024]
        apart = squares[start : start + 1024, None] + squares - 2 * part @ points.T
        best = max(best, float(apart.max()))
    return float(np.sqrt(max(best, 0.0)))


def _surface(anatomy: Anatomy) -> _Tree:
    """The nearest voxels outside the liver, as a tree."""
    from scipy.spatial import cKDTree

    liver = anatomy.liver
    near = np.zeros_like(liver)
    for axis in range(3):
        ahead = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        behind = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        near[ahead] |= liver[behind]
        near[behind] |= liver[ahead]
    return cKDTree(anatomy.grid.to_ras(np.argwhere(near & ~liver).astype(float)))  # pyright: ignore[reportReturnType]


def _veins(anatomy: Anatomy) -> dict[str, _Tree]:
    from scipy.spatial import cKDTree

    trees: dict[str, _Tree] = {}
    if anatomy.vessels is None:
        return trees
    for kind, name in VEIN_NAMES.items():
        where = np.argwhere(anatomy.vessels == kind)
        if len(where):
            trees[name] = cKDTree(anatomy.grid.to_ras(where.astype(float)))  # pyright: ignore[reportArgumentType]
    return trees


if TYPE_CHECKING:
    from typing import Protocol

    class _Tree(Protocol):
        data: NDArray[np.float64]

        def query(
            self, x: NDArray[np.float64], *, distance_upper_bound: float = ...
        ) -> tuple[NDArray[np.float64], NDArray[np.intp]]: ...

        def query_ball_point(self, x: NDArray[np.float64], r: float) -> list[int]: ...
