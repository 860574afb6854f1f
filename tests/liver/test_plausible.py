"""Every limit of plausibility on it, just below and just above it."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.patient.liver.anatomy import Grid
from hilum.patient.liver.holes import fill_holes
from hilum.patient.liver.plausible import (
    border,
    check_lesions,
    check_liver,
    check_segments,
    gaps,
)

GRID = Grid((10, 10, 10), np.diag([10.0, 10.0, 10.0, 1.0]))  # voxels of 1 mL


def codes(notices):
    return [one.code for one in notices]


@pytest.mark.parametrize(
    ("voxels", "fits"), [(0, False), (299, False), (300, True), (5000, True), (5001, False)]
)
def test_the_volume_of_a_liver(voxels, fits):
    if fits:
        check_liver(voxels, (300.0, 5000.0), ("f",), GRID)
    else:
        with pytest.raises(InputError, match="liver"):
            check_liver(voxels, (300.0, 5000.0), ("f",), GRID)


def livers(*counts):
    """A liver of 1000 voxels, and lesions of so many voxels each."""
    lesions = np.repeat(np.arange(len(counts) + 1), [1000 - sum(counts), *counts])
    return lesions.astype(np.uint16).reshape(10, 10, 10), np.ones((10, 10, 10), bool)


@pytest.mark.parametrize(
    ("voxels", "fits", "large"),
    [(500, True, False), (501, True, True), (900, True, True), (901, False, True)],
)
def test_the_share_of_lesions(voxels, fits, large):
    lesions, liver = livers(voxels)
    if fits:
        assert codes(check_lesions(lesions, liver, ("f",), 0)) == ["lesion_large"] * large
    else:
        with pytest.raises(InputError, match=r"90\.1 %"):
            check_lesions(lesions, liver, ("f",), 0)


@pytest.mark.parametrize(
    ("sizes", "said"), [([3] * 19, False), ([3] * 20, True), ([4] * 20, False), ([1] * 21, True)]
)
def test_specks(sizes, said):
    lesions, liver = livers(*sizes)
    assert codes(check_lesions(lesions, liver, ("f",), 0)) == ["lesion_specks"] * said


@pytest.mark.parametrize(("inside", "outside", "fits"), [(0, 1, False), (1, 9, True), (0, 0, True)])
def test_lesions_outside(inside, outside, fits):
    lesions, liver = livers(inside) if inside else livers()
    if fits:
        assert check_lesions(lesions, liver, ("f",), outside) == []
    else:
        with pytest.raises(InputError, match="outside"):
            check_lesions(lesions, liver, ("f",), outside)


@pytest.mark.parametrize(("voxels", "fits"), [(800, True), (801, False)])
def test_the_share_of_a_segment(voxels, fits):
    segments = np.repeat([1, 2], [voxels, 1000 - voxels]).astype(np.uint8).reshape(10, 10, 10)
    if fits:
        check_segments(segments, ("f",))
    else:
        with pytest.raises(InputError, match=r"I: 80\.1 %"):
            check_segments(segments, ("f",))


def stack(filled, size=40):
    """Planes of 10 x 10 voxels; how many voxels each holds."""
    mask = np.zeros((size, 10, 10), bool)
    for plane, voxels in filled.items():
        mask[plane].ravel()[:voxels] = True
    return mask


NONE = np.zeros((40, 10, 10), np.uint16)


@pytest.mark.parametrize(
    ("missing", "code"), [(0, []), (1, ["liver_gap"]), (4, ["liver_gap"]), (5, None)]
)
def test_slices_missing_in_the_liver(missing, code):
    gone = [3 + 3 * n for n in range(missing)]
    liver = stack({n: 100 for n in range(40) if n not in gone})
    if code is None:
        with pytest.raises(InputError, match="none on 5 of 40"):
            gaps(liver, NONE, ("f",))
    else:
        assert codes(gaps(liver, NONE, ("f",))) == code


@pytest.mark.parametrize(("beyond", "said"), [(10, True), (9, False)])
def test_a_small_plane_ends_the_liver(beyond, said):
    liver = stack(dict.fromkeys(range(20), 100) | {21: beyond})
    assert codes(gaps(liver, NONE, ("f",))) == ["liver_gap"] * said


def test_one_slice_of_few_is_said():
    assert codes(gaps(stack({0: 50, 2: 50}), NONE, ("f",))) == ["liver_gap"]


@pytest.mark.parametrize(("missing", "said"), [(1, True), (2, True), (3, False)])
def test_slices_missing_in_a_lesion(missing, said):
    liver = np.ones((40, 10, 10), bool)
    lesion = stack(dict.fromkeys((*range(5, 10), *range(10 + missing, 20)), 100))
    notices = gaps(liver, lesion.astype(np.uint16) * 7, ("f",))
    assert codes(notices) == ["lesion_gap"] * said
    assert all(dict(one.facts)["number"] == 7 for one in notices)


def placed(low, high):
    """A liver between two voxels of each axis of a grid with an empty rim."""
    liver = np.zeros((12, 12, 12), bool)
    liver[tuple(slice(a + 1, b + 1) for a, b in zip(low, high, strict=True))] = True
    return liver


FULL, OPEN, SHUT = (slice(0, 10),) * 3, ((True, True),) * 3, ((False, False),) * 3


@pytest.mark.parametrize(
    ("low", "high", "unseen", "code"),
    [
        ((1, 1, 1), (9, 9, 9), SHUT, []),
        ((0, 1, 1), (9, 9, 9), SHUT, ["liver_at_border"]),
        ((1, 1, 1), (9, 9, 10), SHUT, ["liver_at_border"]),
        ((0, 1, 1), (9, 9, 9), OPEN, ["ends_unseen"]),
        ((0, 1, 1), (9, 10, 9), ((True, True), *SHUT[1:]), ["liver_at_border"]),
        ((0, 0, 0), (10, 10, 10), SHUT, ["liver_fills_image"]),
        ((0, 0, 0), (10, 10, 9), SHUT, ["liver_at_border"]),
    ],
)
def test_the_border_of_the_image(low, high, unseen, code):
    assert codes(border(placed(low, high), FULL, FULL, unseen)) == code


@pytest.mark.parametrize(("inside", "filled"), [(0, True), (6, True), (7, False), (64, False)])
def test_a_lesion_is_a_hole_where_the_liver_has_a_tenth_of_it_at_most(inside, filled):
    liver = np.ones((10, 10, 10), bool)
    lesions = np.zeros((10, 10, 10), np.uint16)
    lesions[3:7, 3:7, 3:7] = 1
    where = np.argwhere(lesions)
    liver[tuple(where[inside:].T)] = False
    before = int(np.count_nonzero(liver))
    assert fill_holes(liver, lesions) == (64 - inside if filled else 0)
    assert np.count_nonzero(liver) == before + (64 - inside if filled else 0)


@pytest.mark.parametrize(("planes", "filled"), [(3, False), (4, True), (6, True)])
def test_a_lesion_that_the_liver_surrounds_by_half_at_most_is_no_hole(planes, filled):
    """A cube: liver on so many of the six sides of its rim."""
    lesions = np.zeros((10, 10, 10), np.uint16)
    lesions[3:7, 3:7, 3:7] = 1
    liver = np.zeros((10, 10, 10), bool)
    for axis, at in [(a, at) for a in range(3) for at in (2, 7)][:planes]:
        index = [slice(3, 7)] * 3
        index[axis] = at
        liver[tuple(index)] = True
    assert fill_holes(liver, lesions) == (64 if filled else 0)
