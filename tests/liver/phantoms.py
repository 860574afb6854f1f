"""Livers of known geometry: an ellipsoid, planes between segments, spheres as lesions."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np

DATA = Path(__file__).parent / "data"
EXAMPLE = Path(__file__).parents[2] / "examples" / "liver"
AXES = (110.0, 80.0, 70.0)  # semi-axes in mm: right-left, anterior-posterior, superior-inferior
ELLIPSOID_ML = 4 / 3 * np.pi * np.prod(AXES) / 1000
ORIENTATIONS = [
    (order, signs)
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]


@dataclass(frozen=True)
class Sphere:
    centre: tuple[float, float, float]
    radius: float

    @property
    def ml(self):
        return 4 / 3 * np.pi * self.radius**3 / 1000


SPHERES = (Sphere((60, 10, 5), 22), Sphere((-50, -10, 10), 14), Sphere((15, 25, -20), 10))


def points(shape, affine):
    """RAS millimetres of every voxel centre, shape (*shape, 3)."""
    index = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1)
    return index @ affine[:3, :3].T + affine[:3, 3]


def segment_at(where):
    """Eight segments by planes through the centre: four columns, two storeys."""
    column = np.searchsorted([-40.0, 0.0, 40.0], where[..., 0])
    # Left to right: II III | IV I below and above, V VIII, VI VII on the patient's right.
    low, high = np.array([3, 4, 5, 6]), np.array([2, 1, 8, 7])
    return np.where(where[..., 2] < 0, low[column], high[column])


def phantom(spacing=(4.0, 4.0, 5.0), spheres=SPHERES, rotation=None):
    """Segments and lesions (numbered) on a grid, and its affine."""
    turn = np.eye(3) if rotation is None else rotation
    # A turned grid needs room for the corners of the ellipsoid's box.
    half = np.array([120, 92, 82.0]) if rotation is None else np.array([125, 125, 125.0])
    shape = tuple(int(2 * h / s) for h, s in zip(half, spacing, strict=True))
    affine = np.eye(4)
    affine[:3, :3] = turn * np.array(spacing)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    where = points(shape, affine)
    inside = ((where / np.array(AXES)) ** 2).sum(axis=-1) <= 1
    segments = np.where(inside, segment_at(where), 0).astype(np.uint8)
    lesions = np.zeros(shape, np.uint8)
    back = np.linalg.inv(affine)
    for number, one in enumerate(spheres, start=1):
        # Only where the sphere can lie: a fine grid with many spheres takes long otherwise.
        middle = back[:3, :3] @ np.array(one.centre) + back[:3, 3]
        reach = one.radius / np.array(spacing) + 1
        box = tuple(
            slice(max(0, int(low)), max(0, int(high) + 1))
            for low, high in zip(middle - reach, middle + reach, strict=True)
        )
        near = ((where[box] - np.array(one.centre)) ** 2).sum(axis=-1) <= one.radius**2
        lesions[box][near & inside[box]] = number
    return segments, lesions, affine


def turned(array, affine, order, signs):
    """The same voxels stored along other axes."""
    start = nib.orientations.axcodes2ornt("RAS")
    codes = [("L", "R")[signs[0] > 0], ("P", "A")[signs[1] > 0], ("I", "S")[signs[2] > 0]]
    target = nib.orientations.axcodes2ornt(tuple(codes[axis] for axis in order))
    change = nib.orientations.ornt_transform(start, target)
    moved = nib.orientations.apply_orientation(array, change)
    return np.ascontiguousarray(moved), affine @ nib.orientations.inv_ornt_aff(change, array.shape)


def save(path, array, affine, unit="mm", factor=1.0):
    """Write NIfTI with a header unit; lengths are divided by ``factor``."""
    scaled = affine.copy()
    scaled[:3] /= factor
    image = nib.Nifti1Image(array, scaled)
    image.header.set_xyzt_units(unit)
    nib.save(image, path)
    return path
