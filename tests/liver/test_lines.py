"""Headers, grids and plausibility line by line: each fault and each notice whole.

The field, the value as seen, what was expected, and every number of a notice; limits stand in
``test_boundaries.py``, ``test_thresholds.py`` and ``test_plausible.py``.
"""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from hilum.errors import Fault, InputError
from hilum.patient.liver import geometry, grids, plausible
from hilum.patient.liver.anatomy import Grid, Notice
from hilum.patient.liver.geometry import Trouble, nifti_trouble, parse_spacing, settle
from hilum.patient.liver.grids import axes_like, grid_of, moved, start_in, turned, union
from hilum.patient.liver.headers import or_stated
from hilum.patient.liver.layers import Layer
from hilum.patient.liver.plausible import (
    border,
    check_lesions,
    check_liver,
    check_segments,
    gaps,
)
from tests.faults import told

# A header


def header(slope=1.0, inter=0.0, without=(), **given):
    """A NIfTI header of voxels of 2 x 3 x 4 mm in both its statements."""
    fields = {
        "pixdim": [1.0, 2.0, 3.0, 4.0, 9.0], "sform_code": 1, "qform_code": 0, "xyzt_units": 2,
        "srow_x": [2.0, 0, 0, 7], "srow_y": [0, 3.0, 0, 7], "srow_z": [0, 0, 4.0, 7],
        "quatern_b": 0.0, "quatern_c": 0.0, "quatern_d": 0.0,
    } | given  # fmt: skip
    for name in without:
        del fields[name]
    return SimpleNamespace(header=fields, dataobj=SimpleNamespace(slope=slope, inter=inter))


def seen(image):
    """What is broken and what of the geometry, each without the part on how to state it."""
    found = nifti_trouble(image, "f.nii")
    plain = {str(or_stated(one)): one for one in EXPECTED}
    return (
        [(f.file, f.row, f.column, f.value, f.expected) for f in found.broken],
        [
            (f.file, f.row, f.column, f.value, plain.get(str(f.expected), str(f.expected)))
            for f in found.geometry
        ],
    )


FINITE, ABOVE, THREE = "finite numbers", "three axes with a spacing above 0", (
    "three finite numbers above 0"
)  # fmt: skip
STATES = "a header that states its spacing (this one states nothing)"
AGREES = "the spacing of the sform, 2 x 3 x 4 mm, or a header that agrees"
UNIT, LEFT = "a unit quaternion", (
    "a NIfTI header: Analyze files do not say where left is"
)  # fmt: skip
EXPECTED = (FINITE, ABOVE, THREE, STATES, AGREES, UNIT, LEFT)
ROWS, TURN = "srow_x, srow_y, srow_z", "quatern_b, quatern_c, quatern_d"
NAN, INF = float("nan"), float("inf")


def one(column, value, expected):
    return [("f.nii", None, column, value, expected)]


@pytest.mark.parametrize(
    ("given", "geometry_"),
    [
        ({}, []),
        # The sform: finite, three axes, as the pixdim says, whatever its sign.
        ({"srow_x": [NAN, 0, 0, 0]}, one(ROWS, "", FINITE)),
        ({"srow_z": [0, 0, 4.0, INF]}, one(ROWS, "", FINITE)),
        ({"srow_y": [0, 0, 0, 0]}, one(ROWS, "", ABOVE)),
        ({"pixdim": [1, -2.0, -3.0, -4.0]}, []),
        ({"srow_x": [-2.0, 0, 0, 0]}, []),
        ({"pixdim": [1, 2.0, 3.0, 4.1]}, one("pixdim", "2 x 3 x 4.1", AGREES)),
        ({"pixdim": [1, 2.0, 3.1, 4.0]}, one("pixdim", "2 x 3.1 x 4", AGREES)),
        ({"pixdim": [1, 2.1, 3.0, 4.0]}, one("pixdim", "2.1 x 3 x 4", AGREES)),
        ({"pixdim": [1, 2.0, 3.0, NAN]}, one("pixdim", "2 x 3 x nan", AGREES)),
        ({"pixdim": [9.5, 2.0, 3.0, 4.0, 99.0]}, []),
        # An axis that lies aslant is as long as it is.
        ({"srow_x": [1.2, 0, 0, 0], "srow_y": [1.6, 3.0, 0, 0]}, []),
        # Without an sform the pixdim alone, and whether anything was stated.
        ({"sform_code": 0, "srow_x": [NAN] * 4}, []),
        ({"sform_code": 0, "pixdim": [1, 2.0, 0.0, 4.0]}, one("pixdim", "2 x 0 x 4", THREE)),
        ({"sform_code": 0, "pixdim": [1, 2.0, 3.0, INF]}, one("pixdim", "2 x 3 x inf", THREE)),
        ({"sform_code": 0, "pixdim": [1, -2.0, 3.0, 4.0]}, one("pixdim", "-2 x 3 x 4", THREE)),
        ({"sform_code": 0, "pixdim": [0, 1.0, 1.0, 1.0], "xyzt_units": 0},
         one("pixdim", "1 x 1 x 1", STATES)),
        ({"sform_code": 0, "pixdim": [0, 1.0, 1.0, 1.0], "xyzt_units": 24},
         one("pixdim", "1 x 1 x 1", STATES)),
        *(
            ({"sform_code": 0, "pixdim": [0, 1.0, 1.0, 1.0], "xyzt_units": unit}, [])
            for unit in (1, 2, 3, 4, 10)
        ),
        ({"sform_code": 0, "pixdim": [0, 1.0, 1.0, 1.0], "xyzt_units": 0, "qform_code": 1}, []),
        ({"sform_code": 1, "pixdim": [0, 1.0, 1.0, 1.0], "xyzt_units": 0,
          "srow_x": [1, 0, 0, 0], "srow_y": [0, 1, 0, 0], "srow_z": [0, 0, 1, 0]}, []),
        *(
            ({"sform_code": 0, "pixdim": [0, *edges], "xyzt_units": 0}, [])
            for edges in ((1.0, 1.0, 1.01), (1.01, 1.0, 1.0), (1.0, 0.99, 1.0))
        ),
        # The turn counts where the qform does and no sform overrules it.
        ({"sform_code": 0, "qform_code": 1, "quatern_b": 0.6, "quatern_d": 0.8}, []),
        ({"sform_code": 0, "qform_code": 1, "quatern_b": 1.0, "quatern_c": 0.5},
         one(TURN, "1.25", UNIT)),
        ({"sform_code": 0, "qform_code": 1, "quatern_d": 1.5}, one(TURN, "2.25", UNIT)),
        ({"sform_code": 0, "qform_code": 1, "quatern_c": NAN}, one(TURN, "nan", UNIT)),
        ({"sform_code": 0, "qform_code": 0, "quatern_c": 2.0}, []),
        ({"sform_code": 1, "qform_code": 1, "quatern_c": 2.0}, []),
        ({"sform_code": -1, "qform_code": 1, "quatern_c": 2.0}, one(TURN, "4", UNIT)),
        ({"sform_code": -1, "srow_x": [NAN] * 4}, []),
        ({"sform_code": 0, "qform_code": 1, "pixdim": [1, 0.0, 3.0, 4.0], "quatern_c": 2.0},
         [*one("pixdim", "0 x 3 x 4", THREE), *one(TURN, "4", UNIT)]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_geometry_of_a_header(given, geometry_):
    assert seen(header(**given)) == ([], geometry_)


@pytest.mark.parametrize(
    ("slope", "inter", "value"),
    [(2.0, 0.0, "2, 0"), (1.0, -1024.0, "1, -1024"), (NAN, 0.0, "nan, 0")],
)
def test_scaled_labels_are_broken_whatever_else(slope, inter, value):
    said = "labels stored as they are (scl_slope 1, scl_inter 0)"
    broken = [("f.nii", None, "scl_slope, scl_inter", value, said)]
    assert seen(header(slope, inter)) == (broken, [])
    assert seen(header(slope, inter, without=["sform_code"])) == (broken, one("magic", "", LEFT))


def test_a_quaternion_may_be_longer_than_1_by_a_thousandth():
    for square, good in ((1.0009, True), (1.0011, False)):
        given = {"sform_code": 0, "qform_code": 1, "quatern_b": square**0.5}
        assert (seen(header(**given))[1] == []) is good


def test_a_quaternion_a_thousandth_too_long_is_taken():
    """1 and the root of a thousandth: the sum of squares is the limit to the last digit."""
    given = {"sform_code": 0, "qform_code": 1, "quatern_b": 1.0, "quatern_c": 0.001**0.5}
    assert given["quatern_c"] ** 2 + 1.0 == 1 + 1e-3
    assert seen(header(**given)) == ([], [])


def test_what_of_a_header_is_tolerated_is_written_down():
    assert geometry.SAME_SPACING == 1e-3
    assert (grids.SAME, grids.DRIFT) == (0.05, 0.2)
    assert (plausible.PLAUSIBLE_ML, plausible.MAX_BURDEN) == ((300.0, 5000.0), 0.90)
    assert (plausible.LARGE_LESION, plausible.MAX_SEGMENT) == (0.50, 0.80)
    assert (plausible.SPECK_VOXELS, plausible.MANY_SPECKS) == (3, 20)
    assert (plausible.LESION_GAP, plausible.MISSING, plausible.FILLED) == (2, 0.1, 0.1)


@pytest.mark.parametrize(
    ("values", "shown"),
    [((1, 2), "1,2"), ((1, 2, 3, 4), "1,2,3,4"), ((), ""), ((1, 2, 0.04), "1,2,0.04"),
     ((51, 2, 1), "51,2,1"), ((1, NAN, 1), "1,nan,1"), ((1, -1, 1), "1,-1,1"),
     ((0, 1, 1), "0,1,1")],
)  # fmt: skip
def test_a_spacing_that_no_voxel_has(values, shown):
    said = "three numbers in mm from 0.05 to 50, in the order of the file's axes"
    assert told(parse_spacing, values, "f", "spacing") == [("f", None, "spacing", shown, said)]


def test_a_spacing_is_three_numbers_in_their_order():
    found = parse_spacing([0.05, 50, 2], "f", "spacing")
    assert found == (0.05, 50.0, 2.0)
    assert all(type(edge) is float for edge in found)


FAULT, OTHER = Fault("f", None, "a", "", "x"), Fault("f", None, "b", "", "y")
GIVEN = (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("trouble", "given", "faults"),
    [
        (Trouble(), None, ()), (Trouble(), GIVEN, ()),
        (Trouble(broken=(FAULT,)), None, (FAULT,)), (Trouble(broken=(FAULT,)), GIVEN, (FAULT,)),
        (Trouble(geometry=(OTHER,)), None, (OTHER,)), (Trouble(geometry=(OTHER,)), GIVEN, ()),
        (Trouble((FAULT,), (OTHER,)), None, (FAULT, OTHER)),
        (Trouble((FAULT,), (OTHER,)), GIVEN, (FAULT,)),
    ],
)  # fmt: skip
def test_a_stated_spacing_mends_the_geometry_alone(trouble, given, faults):
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    if faults:
        with pytest.raises(InputError) as caught:
            settle("f", affine, trouble, given)
        assert caught.value.faults == faults
        return
    found, notices = settle("f", affine, trouble, given)
    if given is None:
        assert found is affine
        assert notices == ()


def test_a_stated_spacing_says_what_it_overrules():
    c, s = 0.6, 0.8
    affine = np.eye(4)
    affine[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, -1]]) * [2.0, 3.0, 4.0]
    affine[:3, 3] = 5, 6, 7
    found, notices = settle("f", affine, Trouble(), GIVEN)
    wanted = np.array([[c, -s, 0], [s, c, 0], [0, 0, -1]]) * [1.0, 2.0, 3.0]
    assert found[:3, :3] == pytest.approx(wanted)
    assert found[:3, 3].tolist() == [5, 6, 7]
    assert found[3].tolist() == [0, 0, 0, 1]
    facts = (("file", "f"), ("mm", "1 x 2 x 3"))
    assert notices == (Notice("spacing_overruled", (*facts, ("header", "2 x 3 x 4"))),)
    # Of a header that stated none, nothing is overruled; the directions stay.
    found, notices = settle("f", affine, Trouble(geometry=(OTHER,)), GIVEN)
    assert found[:3, :3] == pytest.approx(wanted)
    assert notices == (Notice("spacing_given", facts),)


def test_voxels_below_a_millimetre_have_directions_too():
    found, notices = settle("f", np.diag([0.5, 1.0, 0.8, 1.0]), Trouble(), GIVEN)
    assert np.diag(found).tolist() == pytest.approx([1, 2, 3, 1])
    assert [one.code for one in notices] == ["spacing_overruled"]


@pytest.mark.parametrize("bad", [NAN, INF, 0.0])
def test_without_directions_the_axes_are_those_of_the_file(bad):
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[1, 1] = bad
    affine[:3, 3] = 5, 6, 7
    with np.errstate(all="ignore"):
        found, notices = settle("f", affine, Trouble(), GIVEN)
    assert found.tolist() == [[1, 0, 0, 5], [0, 2, 0, 6], [0, 0, 3, 7], [0, 0, 0, 1]]
    assert notices == (
        Notice("orientation_unset", (("file", "f"),)),
        Notice("spacing_given", (("file", "f"), ("mm", "1 x 2 x 3"))),
    )
    affine[0, 3] = NAN
    with np.errstate(all="ignore"):
        found, _ = settle("f", affine, Trouble(), GIVEN)
    assert found[:3, 3].tolist() == [0, 0, 0]


# Grids


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("signs", list(itertools.product((1, -1), repeat=3)))
def test_a_turned_map_holds_each_voxel_where_it_was(order, signs):
    """Every way to store a volume: superior, anterior, right, and the same millimetres."""
    rng = np.random.default_rng(3)
    shape = (2, 3, 4)
    array = rng.integers(0, 99, shape).astype(np.uint8)
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis, (direction, sign) in enumerate(zip(order, signs, strict=True)):
        affine[direction, axis] = sign * (1.5 + axis)
    affine[:3, 3] = 3, -4, 5
    layer = Layer(array, affine, "f")
    before = affine.copy()
    axes = axes_like(affine, grids.TURNED)
    view, own = turned(layer, axes)
    assert np.array_equal(layer.affine, before)
    # Axes superior, anterior, right, each growing.
    assert np.argmax(np.abs(own[:3, :3]), axis=0).tolist() == [2, 1, 0]
    assert all(own[row, column] > 0 for row, column in ((2, 0), (1, 1), (0, 2)))
    for index in np.ndindex(shape):
        at = affine[:3, :3] @ index + affine[:3, 3]
        there = np.rint(np.linalg.solve(own[:3, :3], at - own[:3, 3])).astype(int)
        assert view[tuple(there)] == array[index]


def test_the_nearest_axes_of_an_oblique_grid():
    """The order whose cosines are largest together, not each by itself."""
    angle = np.deg2rad(40)
    c, s = np.cos(angle), np.sin(angle)
    affine = np.eye(4)
    affine[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) * [5.0, 0.5, 1.0]
    assert axes_like(affine, np.eye(3)) == [(0, False), (1, False), (2, False)]
    affine[:3, :3] = np.array([[s, -c, 0], [c, s, 0], [0, 0, 1]]) * [5.0, 0.5, 1.0]
    assert axes_like(affine, np.eye(3)) == [(1, True), (0, False), (2, False)]
    # How long a direction is written says nothing.
    assert axes_like(affine, np.diag([9.0, 0.1, 1.0])) == [(1, True), (0, False), (2, False)]
    assert grids.TURNED.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]


def test_an_axis_at_right_angles_to_its_direction_is_not_flipped():
    """Three voxel axes along one direction: of the two others nothing says where they point."""
    affine = np.zeros((4, 4))
    affine[2, :3] = 1.0
    assert axes_like(affine, np.eye(3)) == [(0, False), (1, False), (2, False)]


def test_directions_are_as_long_as_their_own_column():
    """Unequal lengths of slanting directions; nearest by the cosines, written out here."""
    rng = np.random.default_rng(8)
    for _ in range(60):
        like, turn = rng.normal(size=(2, 3, 3))
        cosines = np.array([
            [a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) for b in turn.T] for a in like.T
        ])  # fmt: skip
        best = max(
            itertools.permutations(range(3)),
            key=lambda p, of=cosines: abs(of[0, p[0]]) + abs(of[1, p[1]]) + abs(of[2, p[2]]),
        )
        affine = np.eye(4)
        affine[:3, :3] = turn
        wanted = [(axis, bool(cosines[row, axis] < 0)) for row, axis in enumerate(best)]
        assert axes_like(affine, like) == wanted


FIRST = (np.zeros((9, 8, 7), np.uint8), np.diag([2.0, 3.0, 4.0, 1.0]))


@pytest.mark.parametrize("start", [(0, 0, 0), (2, 1, 3), (-1, 0, 0), (5, -2, 1)])
def test_where_a_cut_map_starts_in_the_first(start):
    affine = FIRST[1].copy()
    affine[:3, 3] = np.array(start) * [2.0, 3.0, 4.0]
    found = start_in("f", (3, 4, 2), affine, FIRST)
    assert found == start
    assert all(type(n) is int for n in found)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("part", [0.25, -0.25, 0.5])
def test_another_grid_is_told_with_how_far_it_is_off(axis, part):
    affine = FIRST[1].copy()
    affine[axis, 3] = part * (2.0, 3.0, 4.0)[axis]
    mm = abs(part) * (2.0, 3.0, 4.0)[axis]
    ((file, row, column, value, expected),) = told(start_in, "f", (3, 4, 2), affine, FIRST)
    assert (file, row, column) == ("f", None, "geometry")
    assert value == f"(2, 4, 3), voxels of 4 x 3 x 2 mm, off by {mm:.2f} mm"
    assert expected == (
        "the geometry of the first label map (7, 8, 9), voxels of 4 x 3 x 2 mm, or a part of it: "
        "resample one of them"
    )


def test_voxels_of_another_size_are_another_grid():
    affine = np.diag([2.0, 3.0, 4.4, 1.0])
    ((*_, value, expected),) = told(start_in, "f", (3, 4, 5), affine, FIRST)
    assert value.startswith("(5, 4, 3), voxels of 4.4 x 3 x 2 mm, off by ")
    assert "voxels of 4 x 3 x 2 mm" in expected


@pytest.mark.parametrize(
    ("scale", "by", "shape", "good"),
    [
        # A corner on its voxel, the other a fifth of a voxel off, and a little more.
        (0.9, 0.2, 3, True), (0.9, 0.2001, 3, False),
        # From the first voxel's centre: a step further in it is off by more than a twentieth.
        (1.06, 0.0, 4, True), (1.06, 0.0, 5, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_grid_that_drifts_by_just_a_fifth(axis, scale, by, shape, good):
    affine = np.eye(4)
    affine[axis, axis], affine[axis, 3] = scale, by
    size = [1, 1, 1]
    size[axis] = shape
    said = told(start_in, "f", tuple(size), affine, (FIRST[0], np.eye(4)))
    assert (said == []) is good


def test_boxes_and_starts_of_another_dimension_are_refused():
    place = sides((1, 3), (2, 5), (0, 4))
    with pytest.raises(ValueError, match="zip"):
        moved(place, (1, 2, 3, 4))
    with pytest.raises(ValueError, match="zip"):
        union(place, (*place, slice(0, 1)))


def sides(*pairs):
    return tuple(slice(*pair) for pair in pairs)


def test_boxes_are_moved_and_joined():
    place = sides((1, 3), (2, 5), (0, 4))
    assert moved(place, (10, -1, 0)) == sides((11, 13), (1, 4), (0, 4))
    assert moved(None, (1, 2, 3)) is None
    other = sides((0, 2), (4, 9), (1, 3))
    assert union(place, other) == union(other, place) == sides((0, 3), (2, 9), (0, 4))
    assert union(place, None) == union(None, place) == place
    assert union(None, None) is None


def test_a_cut_is_a_grid_with_a_rim():
    affine = np.array([[0, 0, 2.0, 1], [0, 3.0, 0, 2], [4.0, 0, 0, 3], [0, 0, 0, 1]])
    found = grid_of(affine, sides((5, 8), (1, 3), (0, 4)))
    assert found.shape == (5, 4, 6)
    assert found.affine[:3, 3].tolist() == [1 - 2.0, 2 + 0.0, 3 + 16.0]
    assert np.array_equal(found.affine[:3, :3], affine[:3, :3])
    assert affine[:3, 3].tolist() == [1, 2, 3]


# What can be


def test_a_liver_that_cannot_be_is_told_with_its_volume_and_spacing():
    grid = Grid((9, 9, 9), np.diag([10.0, 10.0, 10.0, 1.0]))
    assert told(check_liver, 0, (300.0, 5000.0), ("a", "b"), grid) == [
        ("a, b", None, "liver", "0 mL", "voxels of the liver")
    ]
    said = (
        "a liver of 300 to 5000 mL; with voxels of 10 x 10 x 10 mm the spacing, its unit or the "
        "labels are wrong"
    )
    for voxels in (299, 5001):
        assert told(check_liver, voxels, (300.0, 5000.0), ("a", "b"), grid) == [
            ("a, b", None, "liver", f"{voxels}.0 mL", said)
        ]
    for voxels in (300, 5000, 1):
        assert told(check_liver, voxels, (1.0, 5000.0), ("a",), grid) == []
    # Rounding of a thousand-millionth is no other volume; a millionth is.
    for factor, good in ((1 + 1e-10, True), (1 + 1e-6, False)):
        grown = Grid((9, 9, 9), np.diag([10.0 * factor, 10.0, 10.0, 1.0]))
        assert (told(check_liver, 5000, (300.0, 5000.0), ("a",), grown) == []) is good
        shrunk = Grid((9, 9, 9), np.diag([10.0 / factor, 10.0, 10.0, 1.0]))
        assert (told(check_liver, 300, (300.0, 5000.0), ("a",), shrunk) == []) is good


@pytest.mark.parametrize(("part", "good"), [(0.5e-9, True), (1.5e-9, False)])
def test_a_volume_beyond_a_limit_by_a_thousand_millionth_is_rounding(part, good):
    grid = Grid((9, 9, 9), np.diag([10.0, 10.0, 10.0, 1.0]))
    for limits in ((1000 * (1 + part), 2000.0), (1.0, 1000 / (1 + part))):
        assert (told(check_liver, 1000, limits, ("a",), grid) == []) is good


@pytest.mark.parametrize("end", [0, 1])
def test_a_volume_on_the_very_end_of_that_is_taken(end):
    """The limit whose allowance ends just where the volume lies, and the float beside it."""
    grid = Grid((9, 9, 9), np.diag([10.0, 10.0, 10.0, 1.0]))
    ml, factor = 1000 * grid.voxel_ml, (1 - 1e-9, 1 + 1e-9)[end]
    limit = ml / factor
    near = [limit, np.nextafter(limit, 0), np.nextafter(limit, 1e9)]
    exact = next(float(one) for one in near if one * factor == ml)
    limits = [1.0, 1e9]
    limits[end] = exact
    assert told(check_liver, 1000, tuple(limits), ("a",), grid) == []
    limits[end] = exact * (1 + (1e-14 if end == 0 else -1e-14))
    assert told(check_liver, 1000, tuple(limits), ("a",), grid) != []


def lesions(*counts, size=1000, elsewhere=0):
    """Lesions of so many voxels each in a liver of ``size``, and voxels of the last beside it."""
    flat = np.repeat(np.arange(len(counts) + 1), [size - sum(counts), *counts])
    flat = np.concatenate([flat, np.full(elsewhere, len(counts))])
    liver = np.arange(len(flat)) < size
    return flat.astype(np.uint16).reshape(1, 1, -1), liver.reshape(1, 1, -1)


def test_lesions_that_cannot_be_are_told_with_their_share():
    ((file, row, column, value, expected),) = told(check_lesions, *lesions(600, 301), ("a", "b"), 0)
    assert (file, row, column, value) == ("a, b", None, "tumour burden", "90.1 %")
    assert expected.startswith("at most 90 % of the liver: is the liver itself labelled as")
    ((file, row, column, value, expected),) = told(check_lesions, *lesions(), ("a", "b"), 7)
    assert (file, row, column, value) == ("a, b", None, "lesions", "0 mL")
    assert expected.startswith("lesions inside the liver; all of them lie outside (")
    assert told(check_lesions, *lesions(), ("a",), 0) == []
    assert told(check_lesions, *lesions(1), ("a",), 7) == []


def test_large_lesions_are_named_by_number_and_share():
    found = check_lesions(*lesions(100, 501, 200), ("a",), 0)
    assert found == [Notice("lesion_large", (("number", 2), ("percent", 50.1)))]
    assert check_lesions(*lesions(100, 500, 200), ("a",), 0) == []
    # Voxels beside the liver are no part of a share.
    assert check_lesions(*lesions(100, 500, elsewhere=400), ("a",), 400) == []
    found = check_lesions(*lesions(*[3] * 21, 510), ("a",), 0)
    assert found == [
        Notice("lesion_large", (("number", 22), ("percent", 51.0))),
        Notice("lesion_specks", (("count", 21), ("voxels", 3))),
    ]
    assert check_lesions(*lesions(*[3] * 19, 4, 4), ("a",), 0) == []
    # A number that no voxel has is no speck.
    gone = np.zeros((1, 1, 1000), np.uint16)
    gone[0, 0, :19], gone[0, 0, 19] = np.arange(1, 20), 30
    assert check_lesions(gone, np.ones(gone.shape, bool), ("a",), 0) == [
        Notice("lesion_specks", (("count", 20), ("voxels", 3)))
    ]
    gone[0, 0, 19] = 0
    assert check_lesions(gone, np.ones(gone.shape, bool), ("a",), 0) == []


SEGMENT_NAMES = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


@pytest.mark.parametrize("number", range(1, 9))
def test_a_segment_that_is_nearly_all_is_named(number):
    flat = np.full(1000, number, np.uint8)
    flat[:199] = number % 8 + 1
    said = "no segment above 80 % of them all: is this label the whole liver?"
    wanted = [("a, b", None, "segments", f"{SEGMENT_NAMES[number - 1]}: 80.1 %", said)]
    assert told(check_segments, flat.reshape(10, 10, 10), ("a", "b")) == wanted
    # What is no segment counts nothing.
    padded = np.concatenate([flat, np.zeros(9000, np.uint8), np.full(50, 9, np.uint8)])
    assert told(check_segments, padded.reshape(1, 1, -1), ("a", "b")) == wanted
    flat[199] = number % 8 + 1
    assert told(check_segments, flat.reshape(10, 10, 10), ("a",)) == []
    assert told(check_segments, np.zeros((2, 2, 2), np.uint8), ("a",)) == []


def reaching(low, high, cut=(0, 0, 0), image=((0, 10),) * 3):
    """Notices on a liver from ``low`` to ``high`` of a cut that begins at ``cut`` of an image."""
    liver = np.zeros((12, 12, 12), bool)
    liver[tuple(slice(a + 1 - c, b + 1 - c) for a, b, c in zip(low, high, cut, strict=True))] = True
    place = tuple(slice(c, c + 10) for c in cut)
    return liver, place, sides(*image)


SHUT = ((False, False),) * 3


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("unseen", [False, True])
def test_at_which_end_the_liver_reaches_the_border(axis, end, unseen):
    low, high = [1, 1, 1], [9, 9, 9]
    if end:
        high[axis] = 10
    else:
        low[axis] = 0
    flags = [[False, False] for _ in range(3)]
    flags[axis][end] = unseen
    flags[axis][1 - end] = flags[(axis + 1) % 3][end] = not unseen
    found = border(*reaching(low, high), tuple(map(tuple, flags)))
    assert found == [Notice("ends_unseen" if unseen else "liver_at_border")]
    # A voxel before the border is not at it.
    assert border(*reaching((1, 1, 1), (9, 9, 9)), tuple(map(tuple, flags))) == []


def test_the_border_is_that_of_the_image_and_not_of_the_cut():
    inside = reaching((5, 5, 5), (15, 15, 15), cut=(5, 5, 5), image=((0, 20),) * 3)
    assert border(*inside, SHUT) == []
    for image, said in (
        (((5, 20), (0, 20), (0, 20)), ["liver_at_border"]),
        (((4, 20), (0, 20), (0, 20)), []),
        (((0, 15), (0, 20), (0, 20)), ["liver_at_border"]),
        (((0, 16), (0, 20), (0, 20)), []),
        (((5, 15), (5, 15), (5, 15)), ["liver_fills_image"]),
        (((5, 15), (5, 15), (4, 15)), ["liver_at_border"]),
        (((6, 14), (6, 14), (6, 14)), ["liver_fills_image"]),
    ):
        found = border(inside[0], inside[1], sides(*image), SHUT)
        assert [notice.code for notice in found] == said


def test_sides_that_are_not_three_are_no_answer():
    liver, place, image = reaching((1, 1, 1), (9, 9, 9))
    for given in (
        (liver, place, image[:2], SHUT[:2]),
        (liver, place, image, SHUT[:2]),
        (liver, place, image, ((False, False, False),) * 3),
    ):
        with pytest.raises(ValueError, match="zip"):
            border(*given)


def stack(axis, filled, size=40):
    """Planes across an axis, so many voxels in each."""
    mask = np.zeros((size, 10, 10), bool)
    for plane, voxels in filled.items():
        mask[plane].ravel()[:voxels] = True
    return np.moveaxis(mask, 0, axis)


NONE = np.zeros((40, 10, 10), np.uint16)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slices_missing_across_any_axis_are_counted(axis):
    none = np.moveaxis(NONE, 0, axis)
    gone = (10, 11, 20)
    liver = stack(axis, {n: 100 for n in range(3, 38) if n not in gone})
    assert gaps(liver, none, ("a",)) == [Notice("liver_gap", (("slices", 3),))]
    liver = stack(axis, {n: 100 for n in range(3, 38) if n not in (*gone, 25)})
    assert told(gaps, liver, none, ("a", "b")) == [
        ("a, b", None, "liver", "none on 4 of 35 slices",
         "a liver on every slice between its ends")
    ]  # fmt: skip
    # Of few slices one may be missing, whatever its share.
    assert gaps(stack(axis, {0: 100, 2: 100}), none, ("a",)) == [
        Notice("liver_gap", (("slices", 1),))
    ]
    assert told(gaps, stack(axis, {0: 100, 3: 100}), none, ("a",))[0][3] == "none on 2 of 4 slices"
    assert gaps(stack(axis, {}), none, ("a",)) == []


@pytest.mark.parametrize(
    ("filled", "missing"),
    [
        # A tenth of the largest plane ends a gap, less does not; on both of its sides.
        ({5: 100, 7: 10}, 1), ({5: 100, 7: 9}, 0), ({5: 9, 7: 100}, 0), ({5: 10, 7: 100}, 1),
        ({5: 100, 6: 5, 8: 100}, 0), ({5: 50, 6: 100, 8: 10}, 1), ({5: 100}, 0),
        ({5: 100, 8: 100, 10: 100}, 3), ({5: 100, 8: 100, 12: 1}, 2), ({5: 1, 7: 1}, 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_what_ends_a_gap(filled, missing, axis):
    assert plausible._missing(stack(axis, filled))[0] == missing


def test_the_axis_with_most_missing_is_told():
    mask = np.ones((12, 12, 12), bool)
    mask[3] = mask[:, 5] = mask[:, 7] = False
    assert plausible._missing(mask) == (2, 12)
    # Of two axes alike the first.
    alike = np.ones((12, 9, 5), bool)
    alike[3] = alike[:, 5] = False
    assert plausible._missing(alike) == (1, 12)
    assert plausible._missing(np.zeros((3, 3, 3), bool)) == (0, 1)
    assert plausible._missing(np.ones((3, 3, 3), bool)) == (0, 1)


def test_gaps_of_lesions_are_told_by_number():
    liver = np.ones((40, 10, 10), bool)
    numbered = np.zeros((40, 10, 10), np.uint16)
    for number, gone in ((2, (5,)), (3, (5, 6)), (5, (5, 6, 7)), (6, ())):
        for plane in range(3, 12):
            if plane not in gone:
                numbered[plane, number, :5] = number
    assert gaps(liver, numbered, ("a",)) == [
        Notice("lesion_gap", (("number", 2), ("slices", 1))),
        Notice("lesion_gap", (("number", 3), ("slices", 2))),
    ]
