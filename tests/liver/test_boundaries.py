"""Limits of headers, grids, stored numbers and contours: on each, just below and just above.

``docs/liver.md`` has those that a user meets; ``test_thresholds.py`` and ``test_plausible.py``
have the others.
"""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.patient.liver import layers
from hilum.patient.liver.anatomy import Grid
from hilum.patient.liver.contours import _same
from hilum.patient.liver.geometry import nifti_trouble, settle
from hilum.patient.liver.grids import axes_like, grid_of, start_in
from hilum.patient.liver.headers import _turns
from hilum.patient.liver.layers import as_labels, check_layers, check_size
from hilum.patient.liver.plausible import check_liver, gaps
from hilum.patient.liver.rtstruct import _check_slices, _own_grid, _plane
from tests.liver.test_thresholds import FIRST, Header, fits, moved


@pytest.mark.parametrize(
    ("length", "good"),
    [(0.9994, False), (0.99951, True), (1.0, True), (1.00049, True), (1.0006, False),
     (3.0, False)],
)  # fmt: skip
def test_axes_are_of_unit_length(length, good):
    # Length squared is within a thousandth of 1.
    turn = np.eye(3)
    turn[1, 1] = length
    assert _turns(list(turn.ravel()), 3) is good


@pytest.mark.parametrize(("cosine", "good"), [(0.00099, True), (0.00101, False)])
def test_axes_of_a_header_stand_at_right_angles(cosine, good):
    turn = np.eye(3)
    turn[1] = cosine, np.sqrt(1 - cosine**2), 0
    assert _turns(list(turn.ravel()), 3) is good


def test_a_grid_a_quarter_voxel_off_is_another_and_one_of_rounded_spacing_is_not():
    for axis in range(3):
        assert not fits(start_in, "f", (11, 11, 11), moved(axis, 0.25), FIRST)
        assert fits(start_in, "f", (11, 11, 11), moved(axis, 0.0, 1 + 1e-4), FIRST)
    # Rounded to four decimals over 512 voxels of 0.8 mm.
    wide = (np.zeros((512, 2, 2), np.uint8), np.diag([0.80004999, 1, 1, 1]))
    assert fits(start_in, "f", (512, 2, 2), np.diag([0.8, 1, 1, 1]), wide)


def test_the_nearest_axes_of_a_turned_grid():
    like = np.eye(3)
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        for signs in ((1, 1, 1), (-1, 1, 1), (1, -1, -1)):
            affine = np.eye(4)
            affine[:3, :3] = 0
            for direction, (axis, sign) in enumerate(zip(order, signs, strict=True)):
                affine[direction, axis] = 2.0 * sign
            wanted = [(axis, sign < 0) for axis, sign in zip(order, signs, strict=True)]
            assert axes_like(affine, like) == wanted


@pytest.mark.parametrize(
    ("pixdim", "unit", "qform", "good"),
    [
        (1.0, 0, 0, False), (1.0, 2, 0, True), (1.0, 1, 0, True), (1.0, 8, 0, False),
        (1.0, 0, 1, True), (1.01, 0, 0, True),
    ],
)  # fmt: skip
def test_a_header_that_states_nothing(pixdim, unit, qform, good):
    """Voxels of 1 mm without a unit or an orientation are what a header is born with."""
    header = Header(0.0)
    header.update(pixdim=[1.0, pixdim, 1.0, 1.0], sform_code=0, qform_code=qform, xyzt_units=unit)
    header["quatern_b"] = 0.0
    assert (not nifti_trouble(header, "f").geometry) is good


@pytest.mark.parametrize(
    ("slope", "inter", "good"),
    [(1.0, 0.0, True), (1.0, 1e-6, False), (1.000001, 0.0, False), (0.5, 0.0, False)],
)
def test_labels_are_stored_unscaled(slope, inter, good):
    header = Header(0.0)
    header.slope, header.inter = slope, inter
    assert (nifti_trouble(header, "f").broken == ()) is good


def test_a_stated_spacing_keeps_where_the_header_is_sound():
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = 5, 6, 7
    found, notices = settle("f", affine, nifti_trouble(Header(0.0), "f"), (1.0, 1.0, 1.0))
    assert np.array_equal(found, [[1, 0, 0, 5], [0, 1, 0, 6], [0, 0, 1, 7], [0, 0, 0, 1]])
    assert [one.code for one in notices] == ["spacing_overruled"]
    affine[:3, 1] = 0
    found, notices = settle("f", affine, nifti_trouble(Header(0.0), "f"), (1.0, 2.0, 3.0))
    assert np.array_equal(np.diag(found), [1, 2, 3, 1])
    assert [one.code for one in notices] == ["orientation_unset", "spacing_given"]


@pytest.mark.parametrize(
    ("value", "good"),
    [(3.0, True), (3.00002, True), (3.00004, False), (2.99998, True), (2.99996, False),
     (1e-13, False), (0.0, True), (-1.0, False), (65535.0, True), (65536.0, False)],
)  # fmt: skip
def test_numbers_stored_as_fractions_are_whole(value, good):
    array = np.zeros((2, 2, 2))
    array[1, 1, 1] = value
    assert fits(as_labels, "f", array) is good


@pytest.mark.parametrize(
    ("value", "kind"),
    [(-1, None), (0, np.uint8), (255, np.uint8), (256, np.uint16), (65535, np.uint16),
     (65536, None)],
)  # fmt: skip
def test_labels_from_0_to_65535_in_the_smallest_type(value, kind):
    for stored in (np.int32, np.float64):
        array = np.zeros((2, 2, 2), stored)
        array[0, 0, 0] = value
        if kind is None:
            with pytest.raises(InputError):
                as_labels("f", array)
        else:
            found = as_labels("f", array)
            assert found.dtype == kind
            assert found[0, 0, 0] == value


@pytest.mark.parametrize(("size", "good"), [(2, True), (3, True), (4, False)])
def test_voxels_and_bytes_of_a_map(monkeypatch, size, good):
    monkeypatch.setattr(layers, "MAX_VOXELS", 30)
    assert fits(check_size, "f", (size, 2, 5), 1) is good
    assert fits(check_layers, "f", "c", size, (2, 5)) is good
    monkeypatch.setattr(layers, "MAX_VOXELS", 1000)
    monkeypatch.setattr(layers, "MAX_BYTES", 60)
    assert fits(check_size, "f", (size, 2, 5), 2) is good


@pytest.mark.parametrize(
    ("shape", "good"),
    [((2, 2, 2), True), ((2, 2, 2, 1), True), ((2, 2, 2, 2), False), ((2, 2), False),
     ((2, 2, 1), True), ((2, 0, 2), False), ((2, 2, 2, 1, 1), True)],
)  # fmt: skip
def test_a_map_has_three_dimensions(shape, good):
    assert fits(check_size, "f", shape, 1) is good


def square(z=0.0, depth=0.0, low=(2.0, 2.0), side=4.0):
    x, y = low
    flat = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    points = np.array([(*one, z) for one in flat])
    points[0, 2] += depth
    return points


@pytest.mark.parametrize(
    ("z", "good"), [(3.0, True), (3.19, True), (3.21, False), (2.81, True), (2.79, False)]
)
def test_contours_lie_on_a_slice_to_a_fifth_of_it(z, good):
    assert fits(_plane, square(z), (10, 10, 10), "f", "liver") is good


@pytest.mark.parametrize(("depth", "good"), [(0.19, True), (0.21, False)])
def test_contours_are_flat_to_a_fifth_of_a_slice(depth, good):
    assert fits(_plane, square(3.0, depth), (10, 10, 10), "f", "liver") is good


@pytest.mark.parametrize(
    ("z", "low", "good"),
    [(0.0, 2.0, True), (-1.0, 2.0, False), (9.0, 2.0, True), (10.0, 2.0, False),
     (3.0, -0.5, True), (3.0, -0.51, False), (3.0, 5.5, True), (3.0, 5.51, False)],
)  # fmt: skip
def test_contours_lie_inside_the_series(z, low, good):
    for corner in ((low, 2.0), (2.0, low)):
        assert fits(_plane, square(z, low=corner), (10, 10, 10), "f", "liver") is good


@pytest.mark.parametrize(
    ("area", "shared", "same"),
    [(100.0, 100, True), (98.0, 100, True), (97.9, 100, False), (100.0, 98, True),
     (100.0, 97, False), (0.0, 100, False)],
)  # fmt: skip
def test_two_contours_are_one_where_they_share_98_of_100(area, shared, same):
    whole = np.zeros(100, bool)
    whole[:] = True
    other = np.zeros(100, bool)
    other[:shared] = True
    assert _same(whole, 100, 100.0, (other, shared, area)) is same
    assert _same(other, shared, area, (whole, 100, 100.0)) is same


@pytest.mark.parametrize(
    ("planes", "good"),
    [
        # One of ten slices may be missing, one of nine may not.
        ([*range(5), *range(6, 10)], True), ([*range(5), *range(6, 9)], False),
        # Every other slice; a body further up is another one.
        (range(0, 20, 2), False), ([*range(5), *range(9, 12)], True), (range(10), True),
        ([3], True),
    ],
)  # fmt: skip
def test_a_tenth_of_a_structure_s_slices_may_be_missing(planes, good):
    array = np.zeros((20, 3, 3), bool)
    array[list(planes)] = True
    assert fits(_check_slices, "f", "liver", array, list(planes), None) is good


def test_four_slices_apart_is_the_same_body_and_five_are_not():
    for gap, good in ((2, True), (3, False), (4, False), (5, True)):
        planes = [*range(10), *range(9 + gap, 15 + gap)]
        array = np.zeros((30, 3, 3), bool)
        array[planes] = True
        # Two missing of 18 are over a tenth, one of 17 is not.
        assert fits(_check_slices, "f", "liver", array, planes, None) is good, gap


def stairs(step, lines):
    """Contours whose points lie on so many lines of a grid, on two planes."""
    edge = step * np.arange(lines)
    flat = np.array([(x, y) for x in edge for y in edge])
    return [np.column_stack([flat, np.full(len(flat), z)]) for z in (0.0, 2.0, 4.0)]


@pytest.mark.parametrize(
    ("step", "lines", "own"),
    [(1.0, 7, False), (1.0, 8, True), (1.0, 9, True), (5.0, 8, True), (5.01, 8, False),
     (0.101, 8, True), (0.099, 8, False)],
)  # fmt: skip
def test_the_grid_of_contours_shows_in_eight_lines_of_it(step, lines, own):
    assert _own_grid("f", stairs(step, lines))[2] is own


def test_a_grid_that_is_refused_is_told_with_both_spacings():
    """Edges of an oblique grid are the lengths of its columns, told slice, row, column."""
    c, s = np.cos(0.5), np.sin(0.5)
    affine = np.eye(4)
    affine[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) * [1.0, 2.0, 3.0]
    with pytest.raises(InputError) as raised:
        start_in("f", (5, 6, 7), affine, FIRST)
    (fault,) = raised.value.faults
    assert fault.value.startswith("(7, 6, 5), ")
    assert "voxels of 3 x 2 x 1 mm" in fault.value
    assert "voxels of 1 x 1 x 1 mm" in fault.expected
    other = (np.zeros((5, 6, 7), np.uint8), affine)
    with pytest.raises(InputError) as raised:
        start_in("f", (11, 11, 11), np.eye(4), other)
    assert "voxels of 3 x 2 x 1 mm" in raised.value.faults[0].expected
    assert "first label map (7, 6, 5), " in raised.value.faults[0].expected


@pytest.mark.parametrize(("voxels", "said"), [(0, "0 mL"), (1, None), (2, None)])
def test_a_liver_without_a_voxel_is_no_liver(voxels, said):
    grid = Grid((3, 3, 3), np.diag([10.0, 10.0, 10.0, 1.0]))
    if said is None:
        assert fits(check_liver, voxels, (0.0, 5000.0), ("f",), grid)
    else:
        with pytest.raises(InputError) as raised:
            check_liver(voxels, (0.0, 5000.0), ("f",), grid)
        assert [one.value for one in raised.value.faults] == [said]


def test_the_nearest_axes_of_a_grid_that_runs_the_other_way():
    """Directions of any length and sign: a negative one is the same axis, flipped."""
    for length in (1.0, 2.5):
        for signs in ((-1, -1, -1), (1, -1, 1)):
            wanted = [(axis, sign < 0) for axis, sign in enumerate(signs)]
            assert axes_like(np.eye(4), length * np.diag(signs).astype(float)) == wanted


def test_a_cut_has_one_empty_voxel_around_it():
    place = slice(5, 8), slice(1, 3), slice(0, 4)
    found = grid_of(np.diag([2.0, 3.0, 4.0, 1.0]), place)
    assert found.shape == (5, 4, 6)
    assert found.affine[:3, 3].tolist() == [8.0, 0.0, -4.0]


@pytest.mark.parametrize(("sform", "good"), [(0, False), (1, True), (2, True)])
def test_a_turn_is_judged_where_it_is_used(sform, good):
    """An sform overrules the qform: its quaternion is then not looked at."""
    header = Header(0.0)
    header.update(pixdim=[1.0, 1.0, 1.0, 1.0], sform_code=sform, qform_code=1, xyzt_units=2)
    header.update(srow_x=[1, 0, 0, 0], srow_y=[0, 1, 0, 0], srow_z=[0, 0, 1, 0])
    header["quatern_b"] = 3.0
    assert (not nifti_trouble(header, "f").geometry) is good


@pytest.mark.parametrize(("code", "expected"), [(0, None), (1, "finite"), (2, "finite")])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_header_s_axes_are_finite_numbers_wherever_they_count(code, expected, bad):
    """Code 0 says that the rows are not used; any code above it, from 1 on, that they are."""
    header = Header(0.0)
    header.update(sform_code=code, srow_y=[0, bad, 0, 0])
    said = [(one.column, str(one.expected)) for one in nifti_trouble(header, "f").geometry]
    if expected is None:
        assert said == []
    else:
        ((column, text),) = said
        assert column == "srow_x, srow_y, srow_z"
        assert expected in text


def test_a_liver_of_an_impossible_volume_is_told_with_all_its_spacing():
    """Right, anterior and superior, as the user states it: 2 x 3 x 5 mm are 0.03 mL a voxel."""
    grid = Grid((9, 9, 9), np.diag([5.0, 3.0, 2.0, 1.0]))
    with pytest.raises(InputError) as caught:
        check_liver(100, (300.0, 5000.0), ("f",), grid)
    (fault,) = caught.value.faults
    assert fault.value == "3.0 mL"
    assert "voxels of 2 x 3 x 5 mm" in str(fault.expected)


@pytest.mark.parametrize(
    ("filled", "said"), [((), []), ((4,), []), ((4, 5), []), ((4, 6), ["liver_gap"])]
)
def test_where_nothing_is_drawn_nothing_is_missing(filled, said):
    liver = np.zeros((12, 12, 12), bool)
    liver[list(filled), 2:10, 2:10] = True
    notices = gaps(liver, np.zeros(liver.shape, np.uint16), ("f",))
    assert [one.code for one in notices] == said
