"""A liver is the same however it is stored: every axis order and flip, turned, resampled."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hilum.patient.liver import Plan, measure_liver, plan_remnant, read_liver
from tests.liver.phantoms import (
    AXES,
    ELLIPSOID_ML,
    ORIENTATIONS,
    SPHERES,
    phantom,
    save,
    turned,
)

PLAN = Plan(segments=(5, 6, 7, 8), wedge=(2,), margin_mm=6.0)


def rotation(angles):
    a, b, c = angles
    z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    x = np.array([[1, 0, 0], [0, np.cos(c), -np.sin(c)], [0, np.sin(c), np.cos(c)]])
    return z @ y @ x


def measured(folder, segments, lesions, affine):
    anatomy = read_liver(
        save(folder / "s.nii.gz", segments, affine),
        presets="couinaud",
        lesions=save(folder / "l.nii.gz", lesions, affine),
    )
    return measure_liver(anatomy), plan_remnant(anatomy, PLAN)


def same(one, other):
    """Equal but for rounding: the voxels are the same, the header holds float32."""
    (a, p), (b, q) = one, other
    assert a.liver_ml == pytest.approx(b.liver_ml, rel=1e-6)
    assert [x.ml for x in a.segments] == pytest.approx([x.ml for x in b.segments], rel=1e-6)
    assert [x.components for x in a.segments] == [x.components for x in b.segments]
    for x, y in zip(a.lesions, b.lesions, strict=True):
        assert (x.id, x.segments) == (y.id, y.segments)
        assert x.ml == pytest.approx(y.ml, rel=1e-6)
        assert x.feret_mm == pytest.approx(y.feret_mm, rel=1e-5)
        assert x.longest_axial_mm == pytest.approx(y.longest_axial_mm, rel=1e-5)
        assert x.centroid_mm_ras == pytest.approx(y.centroid_mm_ras, abs=1e-3)
        assert x.ml_range == pytest.approx(y.ml_range, rel=1e-6)
    assert p.flr_ml == pytest.approx(q.flr_ml, rel=1e-6)
    assert p.flr_percent_ct_range == pytest.approx(q.flr_percent_ct_range, rel=1e-6)
    assert p.lesions_left == q.lesions_left
    assert a.distribution.type == b.distribution.type


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    segments, lesions, affine = phantom((6.0, 5.0, 7.0))
    return measured(tmp_path_factory.mktemp("ras"), segments, lesions, affine)


@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS)
def test_all_48_orientations(order, signs, straight, tmp_path):
    segments, lesions, affine = phantom((6.0, 5.0, 7.0))
    moved, turned_affine = turned(segments, affine, order, signs)
    other, _ = turned(lesions, affine, order, signs)
    same(measured(tmp_path, moved, other, turned_affine), straight)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    spacing=st.tuples(*[st.floats(2.5, 6.0)] * 3),
    angles=st.tuples(*[st.floats(-0.35, 0.35)] * 3),
    orientation=st.sampled_from(ORIENTATIONS),
)
def test_oblique_anisotropic_grids(tmp_path_factory, spacing, angles, orientation):
    """The same analytic liver sampled on any grid has its volume within the stated error."""
    segments, lesions, affine = phantom(spacing, rotation=rotation(angles))
    moved, moved_affine = turned(segments, affine, *orientation)
    other, _ = turned(lesions, affine, *orientation)
    found, remnant = measured(tmp_path_factory.mktemp("x"), moved, other, moved_affine)
    # A smooth surface on voxels of edge h: errors of h/r cancel over the surface; 1 % is seen
    # at most for the liver (r 70, h 6), 5 h/r percent are allowed.
    h = max(spacing)
    assert found.liver_ml == pytest.approx(ELLIPSOID_ML, rel=0.05 * h / 20)
    for one, sphere in zip(found.lesions, SPHERES, strict=True):
        assert one.ml == pytest.approx(sphere.ml, rel=0.6 * h / sphere.radius)
        diagonal = float(np.linalg.norm(spacing))
        assert abs(one.feret_mm - 2 * sphere.radius) <= diagonal
        assert one.centroid_mm_ras == pytest.approx(sphere.centre, abs=h / 2)
    total = remnant.flr_ml + remnant.resected_ml
    assert total == pytest.approx(found.functional_liver_ml, rel=1e-12)
    # Right hepatectomy through the centre leaves half, less lesion 2 (radius 14) and 6 mm.
    zone = 4 / 3 * np.pi * 20**3 / 1000
    # Where the cut meets a layer of voxel centres, half a layer goes to one side.
    half_layer = np.pi * AXES[1] * AXES[2] * h / 2 / 1000
    expected = ELLIPSOID_ML / 2 - zone
    assert abs(remnant.flr_ml - expected) <= 0.015 * expected + half_layer


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(factor=st.integers(1, 3))
def test_nearest_neighbour_resampling_of_whole_voxels_changes_no_volume(tmp_path_factory, factor):
    """Every voxel split into factor^3: the same set of points, so the same volumes exactly."""
    segments, lesions, affine = phantom((6.0, 6.0, 8.0))
    finer = affine.copy()
    finer[:3, :3] /= factor
    finer[:3, 3] -= affine[:3, :3] @ np.full(3, 0.5 - 0.5 / factor)
    big = segments.repeat(factor, 0).repeat(factor, 1).repeat(factor, 2)
    lesion = lesions.repeat(factor, 0).repeat(factor, 1).repeat(factor, 2)
    folder = tmp_path_factory.mktemp("fine")
    fine, remnant = measured(folder, big, lesion, finer)
    coarse, plain = measured(folder, segments, lesions, affine)
    assert fine.liver_ml == pytest.approx(coarse.liver_ml, rel=1e-6)
    assert [x.ml for x in fine.segments] == pytest.approx([x.ml for x in coarse.segments], rel=1e-6)
    assert [x.ml for x in fine.lesions] == pytest.approx([x.ml for x in coarse.lesions], rel=1e-6)
    edge = float(np.linalg.norm([6.0, 6.0, 8.0]))
    for x, y in zip(fine.lesions, coarse.lesions, strict=True):
        assert abs(x.feret_mm - y.feret_mm) <= edge
    # The wedge's margin is measured between centres, which a finer grid moves.
    assert remnant.flr_ml == pytest.approx(plain.flr_ml, rel=0.03)
