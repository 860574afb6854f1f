"""Contours: with and without their series, skipped, doubled, overlapping, with holes."""

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from hilum.errors import InputError
from hilum.patient.liver import measure_liver, read_liver
from hilum.patient.liver.contours import fill_plane, polygon_area, polygon_length
from tests.liver.test_reading import slices

SPACING = (2.0, 2.0, 2.5)
SHAPE = (80, 90, 50)  # columns, rows, slices
LOW, HIGH = (21.0, 11.0), (121.0, 131.0)  # a box of 100 x 120 mm
ML = 100 * 120 * 100 / 1000  # on 40 slices of 2.5 mm


@pytest.fixture(scope="module")
def ct(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rt") / "ct"
    empty = np.zeros((SHAPE[2], SHAPE[1], SHAPE[0]), np.uint16)
    return slices(folder, empty, (0, 0, 0), SPACING)


def rectangle(low=LOW, high=HIGH):
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])], float)


def structures(path, named, kind="CLOSED_PLANAR"):
    """An RTSTRUCT; ``named`` has a list of (z, points of shape (n, 2)) for each name."""
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.3"
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    data.Modality = "RTSTRUCT"
    data.StructureSetROISequence, data.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(named.items(), start=1):
        roi = pydicom.Dataset()
        roi.ROINumber, roi.ROIName = number, name
        data.StructureSetROISequence.append(roi)
        held = pydicom.Dataset()
        held.ReferencedROINumber = number
        held.ContourSequence = []
        for z, points in contours:
            one = pydicom.Dataset()
            one.ContourGeometricType = kind
            flat = [[f"{x:.4f}", f"{y:.4f}", f"{z:.4f}"] for x, y in points]
            one.ContourData = [value for point in flat for value in point]
            one.NumberOfContourPoints = len(points)
            held.ContourSequence.append(one)
        data.ROIContourSequence.append(held)
    data.save_as(path, enforce_file_format=True)
    return path


def box(planes, **more):
    return [(2.5 * plane, rectangle(**more)) for plane in planes]


ALL = range(5, 45)


def ml(path, **more):
    found = measure_liver(read_liver(path, **more))
    return found, found.liver_ml


@pytest.mark.parametrize("with_series", [True, False])
def test_a_box_has_its_volume_with_and_without_the_series(tmp_path, ct, with_series):
    path = structures(tmp_path / "x.dcm", {"Liver": box(ALL)})
    assert ml(path, series=ct if with_series else None)[1] == pytest.approx(ML, rel=1e-6)


@pytest.mark.parametrize("with_series", [True, False])
def test_a_contour_stored_twice_counts_once(tmp_path, ct, with_series):
    twice = [*box(ALL), *box([20, 21]), (55.0, rectangle()[::-1] + 0.01)]
    path = structures(tmp_path / "x.dcm", {"Liver": twice})
    found, volume = ml(path, series=ct if with_series else None)
    assert volume == pytest.approx(ML, rel=1e-3)
    (notice,) = [one for one in found.notices if one.code == "contours_twice"]
    assert dict(notice.facts)["count"] == 3


@pytest.mark.parametrize("with_series", [True, False])
def test_contours_that_overlap_are_united(tmp_path, ct, with_series):
    other = box(ALL, low=(101.0, 51.0), high=(141.0, 91.0))  # 20 x 40 mm in common
    path = structures(tmp_path / "x.dcm", {"Liver": [*box(ALL), *other]})
    _, volume = ml(path, series=ct if with_series else None)
    assert volume == pytest.approx(ML + 20 * 40 * 100 / 1000, rel=1e-6)


@pytest.mark.parametrize("with_series", [True, False])
def test_a_contour_inside_another_is_a_hole_and_one_inside_that_is_filled(
    tmp_path, ct, with_series
):
    hole = box(ALL, low=(41.0, 31.0), high=(101.0, 91.0))  # 60 x 60
    core = box(ALL, low=(61.0, 51.0), high=(81.0, 71.0))  # 20 x 20
    path = structures(tmp_path / "x.dcm", {"Liver": [*core, *hole, *box(ALL)]})
    _, volume = ml(path, series=ct if with_series else None)
    assert volume == pytest.approx(ML - (60 * 60 - 20 * 20) * 100 / 1000, rel=1e-6)


@pytest.mark.parametrize("step", [2, 3])
def test_contours_on_some_slices_of_the_series_are_refused(tmp_path, ct, step):
    path = structures(tmp_path / "x.dcm", {"Liver": box(range(5, 45, step))})
    with pytest.raises(InputError, match="without series"):
        read_liver(path, series=ct)
    # Alone the planes are the slices: n planes of their own distance.
    count = len(range(5, 45, step))
    assert ml(path)[1] == pytest.approx(100 * 120 * count * 2.5 * step / 1000, rel=1e-6)


@pytest.mark.parametrize(("missing", "fits"), [(4, True), (5, False)])
def test_a_tenth_of_the_slices_may_be_missing_and_is_said(tmp_path, ct, missing, fits):
    gone = {8 + 6 * n for n in range(missing)}
    path = structures(tmp_path / "x.dcm", {"Liver": box(n for n in ALL if n not in gone)})
    if fits:
        found, volume = ml(path, series=ct)
        assert volume == pytest.approx(ML * (40 - missing) / 40, rel=1e-6)
        (notice,) = [one for one in found.notices if one.code == "liver_gap"]
        assert dict(notice.facts)["slices"] == missing
    else:
        with pytest.raises(InputError, match="on every slice"):
            read_liver(path, series=ct)


def test_one_plane_says_nothing_of_thickness(tmp_path, ct):
    path = structures(tmp_path / "x.dcm", {"Liver": box([20])})
    with pytest.raises(InputError, match="two planes"):
        read_liver(path)
    with pytest.raises(InputError, match="300 to 5000"):
        read_liver(path, series=ct)


def test_structures_without_closed_contours_are_named(tmp_path, ct):
    path = structures(tmp_path / "x.dcm", {"Liver": box(ALL), "Mets 1": [], "Spleen": box([6, 7])})
    found, _ = ml(path, series=ct)
    said = {one.code: dict(one.facts)["names"] for one in found.notices}
    assert said == {"labels_unused": "Spleen", "labels_empty": "Mets 1"}


def test_a_structure_of_unknown_name_is_asked_about(tmp_path, ct):
    path = structures(tmp_path / "x.dcm", {"Liver": box(ALL), "Blob": box([6, 7])})
    with pytest.raises(InputError, match="Blob"):
        read_liver(path, series=ct)


def test_contours_combined_by_exclusive_or_where_the_file_says_so(tmp_path, ct):
    other = box(ALL, low=(101.0, 51.0), high=(141.0, 91.0))
    named = {"Liver": [*box(ALL), *other]}
    path = structures(tmp_path / "x.dcm", named, kind="CLOSEDPLANAR_XOR")
    _, volume = ml(path, series=ct)
    assert volume == pytest.approx(ML + (40 * 40 - 2 * 20 * 40) * 100 / 1000, rel=1e-6)


def test_a_series_without_a_slice_is_refused(tmp_path, ct):
    import shutil

    folder = shutil.copytree(ct, tmp_path / "ct")
    (folder / "020.dcm").unlink()
    path = structures(tmp_path / "x.dcm", {"Liver": box(ALL)})
    with pytest.raises(InputError, match="slice is missing"):
        read_liver(path, series=folder)
    shutil.copy(ct / "020.dcm", folder / "020.dcm")
    shutil.copy(ct / "021.dcm", folder / "again.dcm")
    with pytest.raises(InputError, match="different places"):
        read_liver(path, series=folder)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("PixelSpacing", ["0", "2"]),
        ("ImageOrientationPatient", [2, 0, 0, 0, 1, 0]),
        ("ImagePositionPatient", None),
    ],
)
def test_a_series_without_possible_geometry_is_refused(tmp_path, ct, tag, value):
    import shutil

    folder = shutil.copytree(ct, tmp_path / "ct")
    data = pydicom.dcmread(folder / "020.dcm")
    if value is None:
        del data[tag]
    else:
        setattr(data, tag, value)
    data.save_as(folder / "020.dcm")
    path = structures(tmp_path / "x.dcm", {"Liver": box(ALL)})
    with pytest.raises(InputError, match=rf"020\.dcm: {tag}"):
        read_liver(path, series=folder)


def test_polygons():
    square = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], float)
    assert polygon_area(square) == 16
    assert polygon_area(square[::-1]) == 16
    assert polygon_length(square) == 16
    target = np.zeros((10, 10), bool)
    filled = fill_plane(target, [square + 0.5, square + 0.5], exclusive=True)
    assert (filled.voxels, filled.area, filled.twice) == (16, 16, 1)


def test_a_random_star_is_filled_to_its_area():
    rng = np.random.default_rng(5)
    for _ in range(20):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 60))
        radius = rng.uniform(20, 40, 60)
        star = np.stack([50 + radius * np.cos(angles), 50 + radius * np.sin(angles)], 1)
        target = np.zeros((101, 101), bool)
        filled = fill_plane(target, [star], exclusive=False)
        # centres inside a polygon: the error is of the order of the square root of its length
        assert filled.voxels == pytest.approx(polygon_area(star), abs=polygon_length(star) ** 0.75)
        assert filled.voxels == np.count_nonzero(target)
