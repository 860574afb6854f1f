"""A view for a screen: every voxel where it was, every volume as measured."""

import gzip
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from hilum.errors import InputError
from hilum.patient.liver import read_liver
from hilum.patient.liver.view import MOST_LABELS, liver_view
from tests.liver.phantoms import phantom, points, save

# A turn about a skew axis: no axis of the grid lies along the body's.
TURN = Rotation.from_rotvec([0.2, 0.35, -0.15]).as_matrix()


def world(view, number):
    """Where the voxels of one number lie."""
    return np.argwhere(view.voxels == number) @ view.affine[:3, :3].T + view.affine[:3, 3]


def read(tmp_path, rotation=None):
    segments, lesions, affine = phantom(rotation=rotation)
    a = save(tmp_path / "segments.nii.gz", segments, affine)
    b = save(tmp_path / "lesions.nii.gz", lesions, affine)
    anatomy = read_liver(a, presets="couinaud", lesions=b)
    return anatomy, segments, lesions, affine


@pytest.mark.parametrize("rotation", [None, TURN], ids=["straight", "turned"])
def test_every_voxel_lies_where_it_lay_in_the_file(tmp_path, rotation):
    anatomy, segments, lesions, affine = read(tmp_path, rotation)
    view = liver_view(anatomy, 7)
    where = points(segments.shape, affine)
    assert {one.kind for one in view.labels} == {"segment", "lesion"}
    assert [one.number for one in view.labels] == list(range(1, len(view.labels) + 1))
    for one in view.labels:
        healthy = (segments == one.of) & (lesions == 0)
        expected = where[healthy if one.kind == "segment" else lesions == one.of]
        found = world(view, one.number)
        assert len(found) == len(expected)
        # A header holds float32: some ten thousandths of a millimetre.
        for here, there in ((found, expected), (expected, found)):
            assert cKDTree(here).query(there)[0].max() < 2e-4


def test_volumes_are_those_that_are_measured(lits1):
    anatomy, found = lits1
    view = liver_view(anatomy)
    counted = np.bincount(view.voxels.ravel(), minlength=len(view.labels) + 1)
    ml = {(one.kind, one.of): counted[one.number] * view.voxel_ml for one in view.labels}
    assert len(ml) == 8 + len(found.lesions)
    for number, one in enumerate(found.segments, 1):
        assert ml["segment", number] == pytest.approx(one.functional_ml, rel=1e-9)
    for one in found.lesions:
        assert ml["lesion", one.id] == pytest.approx(one.ml, rel=1e-9)
    assert sum(ml.values()) == pytest.approx(found.liver_ml, rel=1e-9)


def test_the_margin_is_kept_on_each_side_also_beyond_the_image(lits1):
    anatomy, _ = lits1
    view = liver_view(anatomy, 25)
    inside = np.argwhere(view.voxels > 0)
    edges = np.sqrt((view.affine[:3, :3] ** 2).sum(axis=0))
    for side in (inside.min(axis=0), np.array(view.voxels.shape) - 1 - inside.max(axis=0)):
        np.testing.assert_array_equal(side, np.ceil(25 / edges))


def test_every_voxel_of_half_the_resolution_is_one_of_the_whole(lits1):
    whole, half = liver_view(lits1[0]), liver_view(lits1[0], half=True)
    assert half.labels == whole.labels
    assert half.voxels.shape == tuple((n + 1) // 2 for n in whole.voxels.shape)
    found = np.argwhere(half.voxels >= 0)
    where = found @ half.affine[:3, :3].T + half.affine[:3, 3]
    there = (where - whole.affine[:3, 3]) @ np.linalg.inv(whole.affine[:3, :3]).T
    np.testing.assert_allclose(there, np.rint(there), atol=1e-9)
    a, b, c = np.rint(there).astype(int).T
    np.testing.assert_array_equal(half.voxels.ravel(), whole.voxels[a, b, c])


def test_nifti_is_small_and_says_the_same_to_another_reader(lits1, tmp_path):
    view = liver_view(lits1[0])
    packed = view.nifti()
    assert packed == view.nifti()
    path = tmp_path / "view.nii"
    path.write_bytes(gzip.decompress(packed))
    seen = nib.load(path)
    assert seen.get_data_dtype() == np.uint8
    assert seen.header.get_xyzt_units()[0] == "mm"
    assert (int(seen.header["sform_code"]), int(seen.header["qform_code"])) == (1, 1)
    np.testing.assert_array_equal(np.asarray(seen.dataobj), view.voxels)
    np.testing.assert_allclose(seen.get_sform(), view.affine, atol=1e-4)
    np.testing.assert_allclose(seen.get_qform(), view.affine, atol=1e-3)


def test_a_liver_without_segments_is_one_region(lits1):
    anatomy = replace(lits1[0], segments=None)
    view = liver_view(anatomy)
    assert next(one.kind for one in view.labels) == "liver"
    assert np.count_nonzero(view.voxels == 1) == np.count_nonzero(
        anatomy.liver & (anatomy.lesions == 0)
    )


@pytest.mark.parametrize(("count", "apart"), [(MOST_LABELS - 8, True), (MOST_LABELS - 7, False)])
def test_more_lesions_than_numbers_are_shown_as_one(lits1, count, apart):
    anatomy = lits1[0]
    lesions = np.zeros_like(anatomy.lesions)
    inner = np.flatnonzero(anatomy.liver.ravel())[: count * 50 : 50]
    lesions.ravel()[inner] = np.arange(1, count + 1)
    view = liver_view(replace(anatomy, lesions=lesions))
    shown = [one for one in view.labels if one.kind == "lesion"]
    assert len(shown) == (count if apart else 1)
    first = shown[0].number
    assert np.count_nonzero(view.voxels >= first) == count


@pytest.mark.parametrize("margin", [-0.1, 100.1, float("nan")])
def test_an_impossible_margin_is_refused(lits1, margin):
    with pytest.raises(InputError, match="margin"):
        liver_view(lits1[0], margin)
