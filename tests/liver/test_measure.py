"""Volumes, components, diameters and distribution against independent tools and geometry."""

import itertools

import numpy as np
import pytest

from hilum.patient.liver import measure_liver, read_liver
from hilum.patient.liver.lesions import feret, rim
from hilum.patient.liver.measure import distribution
from hilum.patient.liver.shells import shells
from tests.liver.phantoms import DATA, SPHERES, phantom, save


@pytest.mark.parametrize("case", ["LiTS-1", "LiTS-72"])
def test_volumes_burden_and_segments_of_lesions(case, derived, lits1, lits72):
    expected = derived["volumetry"][case]
    found = (lits1 if case == "LiTS-1" else lits72)[1]
    # volumes are counts of voxels: the tools agree to rounding (the issue asks for 0.1 %)
    assert found.liver_ml == pytest.approx(expected["liver_ml"], rel=1e-9)
    assert found.tumour_ml == pytest.approx(expected["lesion_ml_inside_liver"], rel=1e-9)
    assert found.functional_liver_ml == pytest.approx(
        expected["parenchyma_ml_liver_minus_lesions"], rel=1e-9
    )
    assert found.burden_percent == pytest.approx(expected["burden_pct_inside_over_liver"], rel=1e-9)
    assert len(found.lesions) == expected["n_lesions"]
    for number, one in enumerate(found.segments, start=1):
        assert one.ml == pytest.approx(expected["segment_ml"][str(number)], rel=1e-9)
        wanted = expected["lesion_ml_per_segment"][str(number)]
        assert one.tumour_ml == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    numerals = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
    for one in found.lesions:
        wanted = expected["lesion_segments"][str(one.id)]
        assert one.segments[0] == numerals[wanted["majority_segment"] - 1]
        assert {numerals.index(name) + 1 for name in one.segments} == set(
            wanted["touched_segments"]
        )
    assert (found.distribution.sides == "bilobar") == expected["bilobar_any_touch"]


def test_components_and_diameters_of_lesions(derived):
    """Each lesion as a label of its own file, where the reference measured it whole."""
    example = DATA.parents[2] / "examples" / "liver"
    for lesions, segments in (
        (example / "lesions.nii.gz", example / "segments.nii.gz"),
        (DATA / "LiTS-72_synthetic_lesions_unilobar.nii.gz", DATA / "LiTS-72.nii.gz"),
    ):
        name = {
            "lesions.nii.gz": "LiTS-1_synthetic_lesions.nii.gz",
        }.get(lesions.name, lesions.name)
        expected = derived["files"][name]["labels"]
        found = measure_liver(
            read_liver(segments, presets="couinaud", lesions=lesions, outside="keep")
        )
        assert len(found.lesions) == len(expected)
        for one in found.lesions:
            wanted = expected[str(one.id)]
            assert one.ml == pytest.approx(wanted["volume_ml_sitk"], rel=1e-9)
            assert one.components == wanted["components_26"]
            # exact: both take centres of voxels (the issue asks for one voxel diagonal)
            assert one.feret_mm == pytest.approx(wanted["feret3d_mm_voxel_centres"], rel=1e-6)
            assert one.longest_axial_mm == pytest.approx(
                wanted["axial_longest_mm_voxel_centres"], rel=1e-6
            )
            assert one.centroid_mm_ras == pytest.approx(wanted["centroid_ras_mm_nibabel"], abs=1e-4)


@pytest.mark.parametrize("name", ["LAS", "PIR", "oblique"])
def test_components_of_segments_are_exact(name, derived):
    file = f"LiTS-0_crop_{name}.nii.gz"
    found = measure_liver(read_liver(DATA / file, presets="couinaud"))
    for number, one in enumerate(found.segments, start=1):
        wanted = derived["files"][file]["labels"][str(number)]
        assert one.components == wanted["components_26"]
        assert one.components_6 == wanted["components_6"]
        if "component_ml_26" in wanted:
            assert one.largest_component_ml == pytest.approx(
                max(wanted["component_ml_26"]), rel=1e-6
            )


def test_components_of_a_vessel_tree_are_exact(reference):
    import nibabel as nib

    from hilum.patient.liver.lesions import measure_lesions

    file = "CRLM-CT-1094_0000_seg_mask.nii.gz"
    wanted = reference[f"crlm_vessels/{file}"]["labels"]["1"]
    mask = np.asanyarray(nib.load(DATA / file).dataobj).astype(np.uint8)
    found = measure_lesions(read_liver_of(mask, file))
    assert len(found) == wanted["components_26"]
    assert [one.ml for one in found[:10]] == pytest.approx(
        wanted["component_volumes_ml_top10"], rel=1e-5
    )


def read_liver_of(mask, file):
    """An anatomy whose liver is the whole image and whose lesions are the mask's components."""
    import tempfile
    from pathlib import Path

    import nibabel as nib

    affine = nib.load(DATA / file).affine
    with tempfile.TemporaryDirectory() as folder:
        whole = save(Path(folder) / "liver.nii.gz", np.ones_like(mask), affine)
        lesions = save(Path(folder) / "lesions.nii.gz", mask, affine)
        return read_liver(whole, presets="liver", lesions=lesions, plausible_ml=(0, 1e6))


def test_ranges_are_one_voxel_of_erosion_and_dilation():
    from scipy import ndimage

    rng = np.random.default_rng(3)
    for shape in ((7, 8, 9), (1, 5, 6), (3, 3, 3)):
        mask = ndimage.binary_dilation(rng.random(shape) < 0.1, iterations=1)
        padded = np.pad(mask, 1)
        eroded = ndimage.binary_erosion(padded)
        grown = ndimage.binary_dilation(padded)
        lost, gained = shells(padded)
        assert lost == padded.sum() - eroded.sum()
        assert gained == grown.sum() - padded.sum()
    assert shells(np.zeros((3, 3, 3), bool)) == (0, 0)


def test_the_longest_distance_is_the_longest():
    """Brute force over every pair of voxels, small irregular bodies."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        mask = rng.random((6, 7, 8)) < 0.2
        if not mask.any():
            continue
        spacing = np.array([2.5, 0.7, 0.7])
        every = np.argwhere(mask) * spacing
        wanted = max(
            (np.linalg.norm(a - b) for a, b in itertools.combinations(every, 2)), default=0.0
        )
        assert feret(rim(mask) * spacing) == pytest.approx(wanted, abs=1e-9)


def test_spheres_have_their_volume_and_diameter(tmp_path):
    segments, lesions, affine = phantom((2.0, 2.0, 2.5))
    found = measure_liver(
        read_liver(
            save(tmp_path / "s.nii.gz", segments, affine), presets="couinaud",
            lesions=save(tmp_path / "l.nii.gz", lesions, affine),
        )
    )  # fmt: skip
    for one, sphere in zip(found.lesions, SPHERES, strict=True):
        # discretisation: error of the volume of order h/r (2.5/10 at worst: seen below 3 %)
        assert one.ml == pytest.approx(sphere.ml, rel=2.5 / sphere.radius / 4)
        assert one.ml_range[0] < sphere.ml < one.ml_range[1]
        diagonal = np.linalg.norm([2.0, 2.0, 2.5])
        assert one.feret_mm == pytest.approx(2 * sphere.radius, abs=diagonal)
        assert one.longest_axial_mm == pytest.approx(2 * sphere.radius, abs=diagonal)
        assert one.centroid_mm_ras == pytest.approx(sphere.centre, abs=0.6)


def test_distance_to_veins_and_surface(tmp_path):
    segments, lesions, affine = phantom((2.0, 2.0, 2.0), SPHERES[:1])
    vessels = np.zeros_like(segments)
    inverse = np.linalg.inv(affine)
    at = np.rint(inverse[:3, :3] @ np.array([0.0, 10.0, 5.0]) + inverse[:3, 3]).astype(int)
    vessels[at[0], at[1], :] = 1
    mapping = tmp_path / "m.toml"
    mapping.write_text('[labels]\n1 = "portal"\n')
    path = save(tmp_path / "s.nii.gz", segments, affine)
    # Two presets, one a file: segments, and vessels by name of the file.
    anatomy = read_liver(
        [path, save(tmp_path / "portal_vein.nii.gz", vessels, affine)],
        lesions=save(tmp_path / "l.nii.gz", lesions, affine),
    )
    (one,) = measure_liver(anatomy).lesions
    distances = dict(one.vein_mm)
    # The sphere at x = 60 with radius 22 ends at x = 38, one voxel's rounding either way.
    assert distances["portal"] == pytest.approx(38, abs=2.0)
    # Every voxel of the lesion against every voxel outside the liver.
    outside = anatomy.grid.to_ras(np.argwhere(~anatomy.liver).astype(float))
    inside = anatomy.grid.to_ras(np.argwhere(anatomy.lesions == 1).astype(float))
    from scipy.spatial import cKDTree

    assert one.surface_mm == pytest.approx(cKDTree(outside).query(inside)[0].min(), abs=1e-6)


def test_distribution_follows_the_published_words(tmp_path):
    segments, lesions, affine = phantom()
    found = measure_liver(
        read_liver(
            save(tmp_path / "s.nii.gz", segments, affine), presets="couinaud",
            lesions=save(tmp_path / "l.nii.gz", lesions, affine),
        )
    )  # fmt: skip
    three = found.lesions
    right, left = three[:1], three[1:2]

    def spread(*lesions, has_segments=True):
        one = distribution(lesions, has_segments=has_segments)
        return one.type, one.basis, one.sides

    assert spread(*right) == ("type_I", "single", "unilobar")
    assert spread(*right, *left) == ("type_II", "bulk", "bilobar")
    assert spread(*left, *left, *right[:0]) == ("type_I", "one_side", "unilobar")
    assert spread(*three[1:], three[1]) == ("type_III", "disseminated", "bilobar")
    assert spread() == (None, "no_lesion", None)
    assert spread(*three, has_segments=False) == (None, "no_segments", None)
    assert spread(right[0], has_segments=False) == ("type_I", "single", None)
