"""The size of a voxel is stated or the file is refused; grids that coincide are read as one."""

import gzip
import random
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from hilum.errors import InputError
from hilum.patient.liver import measure_liver, read_liver
from tests.liver.phantoms import ELLIPSOID_ML, ORIENTATIONS, phantom, save, turned

SPACING = (4.0, 4.0, 5.0)


def codes(anatomy):
    return {notice.code for notice in anatomy.notices}


def liver_ml(anatomy):
    return np.count_nonzero(anatomy.liver) * anatomy.grid.voxel_ml


def refused(match, *args, **more):
    with pytest.raises(InputError, match=match) as raised:
        read_liver(*args, **more)
    return str(raised.value)


@pytest.fixture(scope="module")
def maps():
    """Segments, lesions and affine of the phantom, once."""
    return phantom(SPACING)


def nrrd(path, array, *lines, kind="unsigned char"):
    """An NRRD file with the header lines given."""
    sizes = " ".join(str(n) for n in array.shape)
    head = ["NRRD0004", f"type: {kind}", f"dimension: {array.ndim}", f"sizes: {sizes}"]
    body = gzip.compress(array.tobytes(order="F"), 1)
    path.write_bytes("\n".join([*head, "encoding: gzip", *lines]).encode() + b"\n\n" + body)
    return path


def mha(path, array, *lines, kind="MET_UCHAR", dims=None):
    """A MetaImage file with the header lines given."""
    sizes = " ".join(str(n) for n in array.shape)
    count = array.ndim if dims is None else dims
    head = [
        "ObjectType = Image", f"NDims = {count}", "BinaryData = True",
        "BinaryDataByteOrderMSB = False", f"DimSize = {sizes}", *lines,
        f"ElementType = {kind}", "ElementDataFile = LOCAL",
    ]  # fmt: skip
    path.write_bytes("\n".join(head).encode() + b"\n" + array.tobytes(order="F"))
    return path


DIRECTIONS = "space directions: (4,0,0) (0,4,0) (0,0,5)"
SPACE = "space: left-posterior-superior"


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "space directions"),
        (("spacings: 4 4 nan",), "spacings"),
        (("spacings: 4 4 0",), "spacings"),
        (("spacings: 4 4 -5",), "spacings"),
        (("spacings: 4 4",), "spacings"),
        (("spacings: 4 4 inf",), "spacings"),
        ((SPACE, "space directions: (4,0,0) (0,4,0) none"), "space directions"),
        ((SPACE, "space directions: (4,0,0) (0,nan,0) (0,0,5)"), "space directions"),
        ((SPACE, "space directions: (4,0,0) (0,4,0) (0,0,0)"), "space directions"),
        ((SPACE, "space directions: (4,0,0) (0,4,0)"), "space directions"),
        ((SPACE, DIRECTIONS, 'space units: "m" "m" "m"'), "space units"),
        ((SPACE, DIRECTIONS, "space origin: (0,nan,0)"), "space origin"),
    ],
)
def test_nrrd_without_a_possible_spacing_is_refused_with_the_field(tmp_path, maps, lines, field):
    path = nrrd(tmp_path / "x.nrrd", maps[0], *lines)
    text = refused(f"x.nrrd: {field}: ", path, presets="couinaud")
    assert "state it: spacing X,Y,Z" in text
    found = read_liver(path, presets="couinaud", spacing=SPACING)
    # The ellipsoid on voxels of 4 x 4 x 5 mm: 0.5 %
    assert liver_ml(found) == pytest.approx(ELLIPSOID_ML, rel=5e-3)
    assert "spacing_given" in codes(found)


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "ElementSpacing"),
        (("ElementSpacing = 4 4 nan",), "ElementSpacing"),
        (("ElementSpacing = 4 4 0",), "ElementSpacing"),
        (("ElementSpacing = 4 4 -5",), "ElementSpacing"),
        (("ElementSpacing = 4 4",), "ElementSpacing"),
        (("ElementSpacing = 4 4 5", "TransformMatrix = 3 0 0 0 1 0 0 0 1"), "TransformMatrix"),
        (("ElementSpacing = 4 4 5", "TransformMatrix = 1 0 0 0 1 0 0 0 nan"), "TransformMatrix"),
        (("ElementSpacing = 4 4 5", "TransformMatrix = 0 0 0 0 0 0 0 0 0"), "TransformMatrix"),
        (("ElementSpacing = 4 4 5", "Offset = 0 nan 0"), "Offset"),
        (("ElementSpacing = 4 4 5", "DistanceUnits = cm"), "DistanceUnits"),
    ],
)
def test_metaimage_without_a_possible_geometry_is_refused(tmp_path, maps, lines, field):
    path = mha(tmp_path / "x.mha", maps[0], *lines)
    assert "state it: spacing X,Y,Z" in refused(f"x.mha: {field}: ", path, presets="couinaud")
    found = read_liver(path, presets="couinaud", spacing=SPACING)
    assert liver_ml(found) == pytest.approx(ELLIPSOID_ML, rel=5e-3)


@pytest.mark.parametrize(
    ("lines", "dims", "field"),
    [
        ((), -1, "NDims"),
        ((), 0, "NDims"),
        ((), 11, "NDims"),
        ((), 99999999999, "NDims"),
        ((), 2, "DimSize"),
        (("ElementNumberOfChannels = -3",), 3, "ElementNumberOfChannels"),
        (("HeaderSize = -7",), 3, "HeaderSize"),
        (("CompressedDataSize = -7",), 3, "CompressedDataSize"),
        (("ObjectType = Scene",), 3, ""),
    ],
)
def test_a_broken_metaimage_reaches_no_reader(tmp_path, maps, lines, dims, field):
    path = mha(tmp_path / "x.mha", maps[0], "ElementSpacing = 4 4 5", *lines, dims=dims)
    if field:
        refused(f"x.mha: {field}: ", path, presets="couinaud", spacing=SPACING)
    else:  # the first of two equal keys counts
        assert read_liver(path, presets="couinaud") is not None


def test_a_metaimage_or_nrrd_of_fewer_bytes_than_it_says_is_refused(tmp_path, maps):
    path = mha(tmp_path / "x.mha", maps[0], "ElementSpacing = 4 4 5")
    path.write_bytes(path.read_bytes()[:-1])
    refused("DimSize.*bytes of voxels", path, presets="couinaud")
    path = mha(tmp_path / "y.mha", maps[0], "ElementSpacing = 4 4 5", kind="MET_STRING")
    refused("ElementType", path, presets="couinaud")
    path = nrrd(tmp_path / "y.nrrd", maps[0], SPACE, DIRECTIONS, kind="block")
    refused("type", path, presets="couinaud")


def nifti(path, array, change):
    """A NIfTI file whose header was changed after it was made."""
    image = nib.Nifti1Image(array, np.diag([*SPACING, 1.0]))
    image.header.set_xyzt_units("mm")
    raw = bytearray(image.to_bytes())
    change(raw)
    path.write_bytes(bytes(raw))
    return path


def put(raw, place, *values, kind="<f4"):
    data = np.array(values, kind).tobytes()
    raw[place : place + len(data)] = data


PIXDIM, SLOPE, QCODE, SCODE, SROW, UNITS = 80, 112, 252, 254, 280, 123


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda raw: put(raw, SROW, np.nan), "srow_x, srow_y, srow_z"),
        (lambda raw: put(raw, SROW, 0, 0, 0, 0), "srow_x, srow_y, srow_z"),
        # The sform says 12 mm along x where pixdim (and the qform) say 4.
        (lambda raw: put(raw, SROW, 12.0), "pixdim"),
        (lambda raw: (put(raw, SROW, 12.0), put(raw, QCODE, 1, kind="<i2")), "pixdim"),
        (lambda raw: put(raw, PIXDIM, np.nan), "pixdim"),
        # Neither form, no unit, 1 x 1 x 1: what a program writes that knew no spacing.
        (
            lambda raw: (
                put(raw, SCODE, 0, kind="<i2"),
                put(raw, PIXDIM, 1, 1, 1),
                put(raw, UNITS, 0, kind="u1"),
            ),
            "pixdim",
        ),
    ],
)
def test_nifti_without_a_possible_spacing_is_refused(tmp_path, maps, change, field):
    path = nifti(tmp_path / "x.nii", maps[0], change)
    assert "spacing X,Y,Z" in refused(f"x.nii: {field}: ", path, presets="couinaud")
    found = read_liver(path, presets="couinaud", spacing=SPACING)
    assert liver_ml(found) == pytest.approx(ELLIPSOID_ML, rel=5e-3)


def test_scaled_labels_are_refused_whatever_the_spacing(tmp_path, maps):
    path = nifti(tmp_path / "x.nii", maps[0], lambda raw: put(raw, SLOPE, 2.0, 0.0))
    refused("scl_slope", path, presets="couinaud", spacing=SPACING)
    path = nifti(tmp_path / "y.nii", maps[0], lambda raw: put(raw, SLOPE, 1.0, 1.0))
    refused("scl_inter", path, presets="couinaud")
    for slope, inter in ((1.0, 0.0), (0.0, 0.0), (np.nan, np.nan)):

        def change(raw, values=(slope, inter)):
            put(raw, SLOPE, *values)

        path = nifti(tmp_path / "z.nii", maps[0], change)
        assert read_liver(path, presets="couinaud") is not None


@pytest.mark.parametrize(("factor", "fits"), [(1.0009, True), (1.0011, False)])
def test_the_two_spacings_of_a_nifti_header_may_differ_by_a_thousandth(
    tmp_path, maps, factor, fits
):
    path = nifti(tmp_path / "x.nii", maps[0], lambda raw: put(raw, SROW, 4.0 * factor))
    if fits:
        assert read_liver(path, presets="couinaud") is not None
    else:
        refused("pixdim", path, presets="couinaud")


def test_a_stated_spacing_overrules_a_sound_header_and_says_so(tmp_path, maps):
    path = save(tmp_path / "x.nii.gz", maps[0], maps[2])
    found = read_liver(path, presets="couinaud", spacing=(2.0, 4.0, 5.0))
    assert liver_ml(found) == pytest.approx(ELLIPSOID_ML / 2, rel=5e-3)
    assert "spacing_overruled" in codes(found)
    assert "4 x 4 x 5" in str(found.notices)


@pytest.mark.parametrize(
    "wrong", [(1, 1), (1, 1, 0), (1, 1, -1), (1, 1, np.nan), (1, 1, 0.049), (1, 1, 50.1)]
)
def test_a_spacing_that_no_voxel_has_is_refused(tmp_path, maps, wrong):
    path = save(tmp_path / "x.nii.gz", maps[0], maps[2])
    refused("spacing: ", path, presets="couinaud", spacing=wrong)


@pytest.mark.parametrize("edge", [0.049, 50.1])
def test_voxels_that_no_scanner_makes_are_refused(tmp_path, maps, edge):
    affine = maps[2] @ np.diag([edge / 4, 1, 1, 1])
    path = save(tmp_path / "x.nii.gz", maps[0], affine)
    assert "0.05 to 50 mm" in refused("spacing", path, presets="couinaud")


def cropped(array, affine, place):
    """A part of a map with its own origin."""
    moved = affine.copy()
    moved[:3, 3] += affine[:3, :3] @ np.array([side.start for side in place])
    return np.ascontiguousarray(array[place]), moved


def both(tmp_path, maps, lesions, affine):
    segments, _, own = maps
    first = save(tmp_path / "s.nii.gz", segments, own)
    second = save(tmp_path / "l.nii.gz", lesions, affine)
    return read_liver(first, presets="couinaud", lesions=second)


def extent(mask):
    where = np.argwhere(mask)
    return tuple(slice(int(a), int(b) + 1) for a, b in zip(where.min(0), where.max(0), strict=True))


@pytest.fixture(scope="module")
def whole(maps, tmp_path_factory):
    return measure_liver(both(tmp_path_factory.mktemp("whole"), maps, maps[1], maps[2]))


def same(found, whole):
    assert found.tumour_ml == pytest.approx(whole.tumour_ml, rel=1e-6)
    assert found.liver_ml == pytest.approx(whole.liver_ml, rel=1e-6)
    assert [one.segments for one in found.lesions] == [one.segments for one in whole.lesions]
    for one, other in zip(found.lesions, whole.lesions, strict=True):
        assert one.centroid_mm_ras == pytest.approx(other.centroid_mm_ras, abs=1e-2)


def test_maps_cut_to_their_extent_are_read_in_place(tmp_path, maps, whole):
    lesions, affine = cropped(maps[1], maps[2], extent(maps[1] > 0))
    same(measure_liver(both(tmp_path, maps, lesions, affine)), whole)
    # And the other way round: the first map is the smaller one.
    segments, own = cropped(maps[0], maps[2], extent(maps[0] > 0))
    same(measure_liver(both(tmp_path, (segments, None, own), maps[1], maps[2])), whole)


@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS[::5])
def test_a_map_stored_along_other_axes_is_read_in_place(tmp_path, maps, whole, order, signs):
    lesions, affine = turned(maps[1], maps[2], order, signs)
    same(measure_liver(both(tmp_path, maps, lesions, affine)), whole)


def test_a_cut_and_flipped_map_with_rounded_spacing_is_read_in_place(tmp_path, maps, whole):
    lesions, affine = cropped(maps[1], maps[2], extent(maps[1] > 0))
    lesions, affine = turned(lesions, affine, (1, 2, 0), (-1, 1, -1))
    affine[:3, :3] *= 1 + 1e-4
    same(measure_liver(both(tmp_path, maps, lesions, affine)), whole)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(
    ("part", "fits"), [(0.04, True), (0.06, False), (0.25, False), (0.5, False)]
)
def test_a_shifted_map_is_refused(tmp_path, maps, whole, axis, part, fits):
    moved = maps[2].copy()
    moved[axis, 3] += part * SPACING[axis]
    if fits:
        same(measure_liver(both(tmp_path, maps, maps[1], moved)), whole)
    else:
        with pytest.raises(InputError, match=r"l\.nii\.gz: geometry"):
            both(tmp_path, maps, maps[1], moved)


@pytest.mark.parametrize(("drift", "fits"), [(0.19, True), (0.21, False)])
def test_spacing_may_drift_by_a_fifth_of_a_voxel_over_the_map(tmp_path, maps, drift, fits):
    moved = maps[2].copy()
    moved[0, 0] += drift * SPACING[0] / (maps[1].shape[0] - 1)
    if fits:
        assert both(tmp_path, maps, maps[1], moved) is not None
    else:
        with pytest.raises(InputError, match="geometry"):
            both(tmp_path, maps, maps[1], moved)


def test_a_map_of_the_liver_alone_is_not_said_to_be_cut_off(tmp_path, maps):
    segments, own = cropped(maps[0], maps[2], extent(maps[0] > 0))
    tight = read_liver(save(tmp_path / "a.nii.gz", segments, own), presets="couinaud")
    assert codes(tight) == {"liver_fills_image"}
    cut = read_liver(save(tmp_path / "b.nii.gz", maps[0][:, :, 8:], maps[2]), presets="couinaud")
    assert codes(cut) == {"liver_at_border"}
    free = read_liver(save(tmp_path / "c.nii.gz", maps[0], maps[2]), presets="couinaud")
    assert codes(free) == set()


def test_files_of_other_programs_are_read_as_they_were(tmp_path, maps):
    image = sitk.GetImageFromArray(maps[0].transpose())
    image.SetSpacing(SPACING)
    for suffix in ("nrrd", "mha"):
        path = Path(tmp_path / f"x.{suffix}")
        sitk.WriteImage(image, str(path), useCompression=True)
        assert liver_ml(read_liver(path, presets="couinaud")) == pytest.approx(
            ELLIPSOID_ML, rel=5e-3
        )


WORDS = [
    b"-1", b"0", b"99999999999999999999", b"nan", b"1e400", b"", b"3 3 3 3 3 3 3 3", b"\xff\xfe",
    b"none", b"True", b"MET_DOUBLE", b"double", b"raw", b"1", b"2", b"4", b"10", b"16", b"%d",
    b"a" * 5000, b"2147483648", b"-2147483648",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_spoiled_headers_are_read_or_refused(tmp_path, seed):
    """Fields changed, doubled, left out; bytes changed; files cut: never another exception."""
    rng = random.Random(seed)
    small, _, _ = phantom((12.0, 12.0, 15.0))
    directions = "space directions: (12,0,0) (0,12,0) (0,0,15)"
    suffix, sign, end = [(".nrrd", b": ", b"\n\n"), (".mha", b" = ", b"LOCAL\n")][seed % 2]
    path = tmp_path / f"x{suffix}"
    if suffix == ".nrrd":
        nrrd(path, small, SPACE, directions, "kinds: domain domain domain")
    else:
        mha(path, small, "ElementSpacing = 12 12 15", "TransformMatrix = 1 0 0 0 1 0 0 0 1")
    data = path.read_bytes()
    cut = data.index(end) + len(end)
    read = refusals = 0
    for _ in range(60):
        lines = data[:cut].split(b"\n")
        for _ in range(rng.randint(1, 3)):
            at, what = rng.randrange(len(lines)), rng.random()
            name, found, value = lines[at].partition(sign)
            if what < 0.6 and found:
                parts = value.split(b" ")
                parts[rng.randrange(len(parts))] = rng.choice(WORDS)
                lines[at] = name + sign + (b" ".join(parts) if what < 0.3 else rng.choice(WORDS))
            elif what < 0.75:
                lines.insert(at, rng.choice(lines))
            elif what < 0.85 and len(lines) > 1:
                del lines[at]
            elif lines[at]:
                spoiled = bytearray(lines[at])
                spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
                lines[at] = bytes(spoiled)
        content = b"\n".join(lines) + data[cut:]
        path.write_bytes(content[: rng.randrange(len(content))] if what < 0.1 else content)
        try:
            anatomy = read_liver(path, presets="couinaud", spacing=rng.choice([None, SPACING]))
        except InputError:
            refusals += 1
        else:
            read += 1
            assert 300 <= liver_ml(anatomy) <= 5000
    assert refusals > read
    assert read > 0
