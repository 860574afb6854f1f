"""Limits of grids, headers, plans and doses on them, just below and just above."""

from dataclasses import replace

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.patient.doses import doses
from hilum.patient.liver.geometry import nifti_trouble, parse_spacing
from hilum.patient.liver.grids import start_in
from hilum.patient.liver.growth import check_earlier
from hilum.patient.liver.labels import Census
from hilum.patient.liver.layers import check_affine
from hilum.patient.liver.lesions import Lesion
from hilum.patient.liver.measure import distribution
from hilum.patient.liver.plan import check_options
from hilum.patient.liver.presets import PRESETS
from hilum.patient.liver.series import _step
from hilum.patient.liver.tally import check_margin, within
from hilum.patient.liver.wanted import Earlier, Maps
from hilum.patient.volumetry import needed, probability_below, thresholds


def fits(run, *args, **more):
    """Whether a check lets something through."""
    try:
        run(*args, **more)
    except InputError:
        return False
    return True


FIRST = (np.zeros((20, 20, 20), np.uint8), np.eye(4))


def moved(axis, by=0.0, scale=1.0):
    affine = np.eye(4)
    affine[axis, 3] = by
    affine[axis, axis] = scale
    return affine


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(
    ("by", "same"),
    [(0.0499, True), (0.05, True), (0.0501, False), (-0.0501, False), (0.25, False), (3.05, True)],
)
def test_a_grid_coincides_within_a_twentieth_of_a_voxel(axis, by, same):
    assert fits(start_in, "f", (11, 11, 11), moved(axis, by), FIRST) is same


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(
    ("scale", "same"), [(1.0199, True), (1.02, True), (1.0201, False), (0.9799, False)]
)
def test_a_grid_may_drift_by_a_fifth_of_a_voxel(axis, scale, same):
    # Ten steps of 1.02 end 0.2 of a voxel off.
    assert fits(start_in, "f", (11, 11, 11), moved(axis, 0.0, scale), FIRST) is same


def test_where_a_cut_grid_starts():
    assert start_in("f", (5, 5, 5), moved(1, 3.05), FIRST) == (0, 3, 0)


@pytest.mark.parametrize(
    ("edge", "good"), [(0.0499, False), (0.05, True), (0.0501, True), (50.0, True), (50.01, False)]
)
def test_the_edge_of_a_voxel(edge, good):
    assert fits(parse_spacing, [1.0, edge, 1.0], "", "spacing") is good
    assert fits(check_affine, "f", np.diag([1.0, edge, 1.0, 1.0])) is good


@pytest.mark.parametrize(("cosine", "good"), [(0.00099, True), (0.00101, False)])
def test_axes_at_right_angles(cosine, good):
    affine = np.eye(4)
    affine[:2, 1] = cosine, np.sqrt(1 - cosine**2)
    assert fits(check_affine, "f", affine) is good


class Header(dict):
    """A NIfTI image whose two spacings differ by so much of one of them."""

    def __init__(self, part, turn=0.0):
        super().__init__(
            pixdim=[1.0, 2.0 * (1 + part), 2.0, 2.0],
            sform_code=0 if turn else 1,
            qform_code=1 if turn else 0,
            srow_x=[2.0, 0, 0, 0], srow_y=[0, 2.0, 0, 0], srow_z=[0, 0, 2.0, 0],
            xyzt_units=2, quatern_b=np.sqrt(turn), quatern_c=0.0, quatern_d=0.0,
        )  # fmt: skip
        self.header, self.dataobj = self, self
        self.slope, self.inter = 1.0, 0.0


@pytest.mark.parametrize(
    ("part", "good"), [(0.00099, True), (0.00101, False), (-0.00099, True), (-0.00101, False)]
)
def test_two_spacings_of_a_header_agree_to_a_thousandth(part, good):
    trouble = nifti_trouble(Header(part), "f")
    assert (not trouble.geometry) is good
    assert trouble.broken == ()


@pytest.mark.parametrize(("length", "good"), [(0.5, True), (1.001, True), (1.00101, False)])
def test_a_quaternion_is_of_unit_length(length, good):
    assert (not nifti_trouble(Header(0.0, length), "f").geometry) is good


@pytest.mark.parametrize(
    ("last", "good"), [(2.04, True), (2.0399, True), (2.041, False), (1.9601, True), (1.959, False)]
)
def test_slices_lie_evenly_to_a_fiftieth(last, good):
    depth = np.cumsum([0.0, 2.0, 2.0, 2.0, last])
    assert fits(_step, "f", depth) is good


def lesion(number, ml, segments):
    return Lesion(
        id=number, ml=ml, ml_range=(ml, ml), longest_axial_mm=1.0, feret_mm=1.0,
        centroid_mm_ras=(0, 0, 0), segment_ml=tuple((one, ml) for one in segments), components=1,
        reaches_surface=False, surface_mm=9.0, vein_mm=(),
    )  # fmt: skip


@pytest.mark.parametrize(("ml", "kind"), [(4.99, "type_III"), (5.0, "type_III"), (5.01, "type_II")])
def test_a_bulk_is_more_than_half_of_the_tumour(ml, kind):
    rest = (10.0 - ml) / 2
    found = (lesion(1, ml, "II"), lesion(2, rest, ("V",)), lesion(3, rest, ("II",)))
    found = (replace(found[0], segment_ml=(("II", ml),)), *found[1:])
    assert distribution(found, has_segments=True).type == kind


@pytest.mark.parametrize(("count", "segments"), [(2, False), (3, True), (4, True)])
def test_three_numbered_segments_are_couinauds(count, segments):
    census = Census()
    names = [(n, f"Segment_{n}", "") for n in range(1, count + 1)]
    census.named("f", names, PRESETS["names"])
    assert fits(census.settle) is segments
    assert all(one.used for one in census.found) is segments


@pytest.mark.parametrize(
    ("mm", "good"),
    [(-0.001, False), (0.0, True), (100.0, True), (100.001, False), (float("nan"), False)],
)
def test_the_width_of_a_margin(mm, good):
    assert fits(check_margin, mm) is good


@pytest.mark.parametrize(
    ("percent", "good"), [(-0.001, False), (0.0, True), (50.0, True), (50.001, False)]
)
def test_the_mean_error_of_a_volume(percent, good):
    assert fits(check_options, "vauthey", percent) is good


@pytest.mark.parametrize(
    ("weeks", "good"), [(None, False), (0.0, False), (0.01, True), (float("inf"), False)]
)
def test_weeks_between_two_maps(weeks, good):
    assert fits(check_earlier, Earlier(Maps(("a",)), weeks)) is good


@pytest.mark.parametrize(("distance", "voxels"), [(1.99, 3), (2.0, 5), (2.01, 5), (3.99, 5)])
def test_a_margin_reaches_centres_at_exactly_its_width(distance, voxels):
    mask = np.zeros((1, 1, 11), bool)
    mask[0, 0, 5] = True
    # One voxel more on each side a millimetre; a tolerance of half a thousandth of a voxel.
    assert within(mask, (1.0, 1.0, 1.0), distance).sum() == voxels + 2 * (distance == 3.99)


GLASS = {
    "product": "glass", "target_ml": 1000, "tumour_ml": 100, "shunt_percent": 5, "dose_gy": 100,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({"shunt_percent": 0}, True), ({"shunt_percent": -0.001}, False),
        ({"shunt_percent": 99.99}, True), ({"shunt_percent": 100}, False),
        ({"dose_gy": 0}, False), ({"dose_gy": 0.001}, True), ({"dose_gy": 9999.9}, True),
        ({"dose_gy": 1e4}, False), ({"tumour_ml": 0}, True), ({"tumour_ml": 1000}, True),
        ({"tumour_ml": 1000.001}, False), ({"target_ml": 99.999}, False),
        ({"activity_gbq": 99.99}, True), ({"activity_gbq": 100}, False),
        ({"tn_ratio": 0.001}, True), ({"tn_ratio": 0}, False), ({"tn_ratio": 1000}, False),
        ({"lung_mass_kg": 9.99}, True), ({"lung_mass_kg": 10}, False),
        ({"density_g_per_ml": 4.99}, True), ({"density_g_per_ml": 5}, False),
    ],
)  # fmt: skip
def test_what_a_session_may_be(change, good):
    assert fits(doses, **GLASS | change) is good


def test_a_remnant_on_a_threshold_lacks_nothing():
    one = next(row for row in thresholds() if row.name == "threshold_flr_chemo")  # 30 %
    assert needed(300.0, 1000.0, one) is None
    assert needed(300.1, 1000.0, one) is None
    assert needed(299.9, 1000.0, one).missing_ml == pytest.approx(0.1)
    # Without error, on the threshold is not below it.
    assert [probability_below(value, 30.0, 0.0) for value in (29.999, 30.0, 30.001)] == [1, 0, 0]
