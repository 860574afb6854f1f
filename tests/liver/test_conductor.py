"""One conductor: a command and a case say the same; growth compares like with like."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hilum.analyses import analysis
from hilum.analyses.liver_plan import LiverPlanAsked
from hilum.analyses.liver_plan import run as plan
from hilum.errors import InputError
from hilum.patient import read_case
from hilum.patient.liver.from_case import with_imaging
from tests.cli.test_cli import hilum
from tests.liver.phantoms import EXAMPLE, phantom, save

SEGMENTS, LESIONS = str(EXAMPLE / "segments.nii.gz"), str(EXAMPLE / "lesions.nii.gz")


@pytest.fixture
def maps(tmp_path):
    segments, lesions, affine = phantom()
    save(tmp_path / "s.nii.gz", segments, affine)
    save(tmp_path / "l.nii.gz", lesions, affine)
    return tmp_path


def asked(folder, **more):
    return LiverPlanAsked(
        labels=(str(folder / "s.nii.gz"),),
        preset=("couinaud",),
        resect="right",
        height=170.0,
        weight=70.0,
        **more,
    )


def case(folder, imaging, patient="height_cm = 170\nweight_kg = 70\n"):
    path = folder / "case.toml"
    labels = 'labels = "s.nii.gz"\npreset = "couinaud"\nresect = "right"\n'
    path.write_text(f"[patient]\n{patient}\n[imaging]\n{labels}{imaging}\n")
    return with_imaging(read_case(path), picture=False)


def smaller(folder, name="before.nii.gz", affine=None):
    """The liver before: without its outermost rows on the left, seven slices of the remnant."""
    segments, lesions, own = phantom()
    where = np.flatnonzero((segments > 0).any(axis=(1, 2)))
    segments[where[:7]] = 0
    save(folder / name, segments, own if affine is None else affine)
    return segments, lesions


def test_the_same_liver_before_and_after_has_not_grown():
    found = hilum(
        "liver", "plan", SEGMENTS, "--preset", "couinaud", "--lesions", LESIONS,
        "--resect", "left_lateral", "--height", "170", "--weight", "70",
        "--before", SEGMENTS, "--weeks", "4", "--json",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    out = json.loads(found.stdout)
    grown = out["growth"]
    assert grown["degree_of_hypertrophy"] == grown["kinetic_growth_rate"] == 0
    assert grown["ml_per_day"] == grown["percent"] == 0
    assert grown["sflr_before"] == grown["sflr_after"] == out["sflr_percent"]
    assert "before_same_lesions" in {one["code"] for one in out["notices"]}


def test_the_command_and_the_case_say_the_same(maps):
    smaller(maps)
    answer = plan(
        asked(
            maps,
            lesions=str(maps / "l.nii.gz"),
            wedge="3",
            margin=4.0,
            before=(str(maps / "before.nii.gz"),),
            weeks=3.0,
        )
    )
    filled, findings = case(
        maps,
        'lesions = "l.nii.gz"\nwedge = [3]\nmargin_mm = 4\n[imaging.before]\n'
        'labels = "before.nii.gz"\nweeks = 3\n',
    )
    assert findings.remnant.flr_ml == answer.flr_ml
    assert findings.remnant.flr_percent_ct == answer.flr_percent_ct
    assert findings.remnant.sflr_percent == answer.sflr_percent
    grown = findings.growth
    assert grown.degree_of_hypertrophy == answer.growth.degree_of_hypertrophy > 0
    assert filled.get("degree_of_hypertrophy_percent") == grown.degree_of_hypertrophy
    assert [one.code for one in findings.notices] == [one.code for one in answer.notices]


def test_growth_is_counted_by_hand(maps):
    # The remnant is the liver on the left without lesions, at both times.
    segments, lesions = smaller(maps)
    answer = plan(
        asked(
            maps,
            lesions=str(maps / "l.nii.gz"),
            before=(str(maps / "before.nii.gz"),),
            weeks=2.0,
        )
    )
    now, _, _ = phantom()
    left = [1, 2, 3, 4]
    before, after = (int((np.isin(one, left) & (lesions == 0)).sum()) for one in (segments, now))
    bsa = np.sqrt(170 * 70 / 3600)
    standard = -794 + 1267.28 * bsa
    points = 100 * (after - before) * 0.08 / standard  # voxels of 4 x 4 x 5 mm
    assert answer.growth.degree_of_hypertrophy == pytest.approx(points, rel=1e-9)
    assert answer.growth.kinetic_growth_rate == pytest.approx(points / 2, rel=1e-9)


def test_a_case_names_the_lesions_of_the_earlier_maps(maps):
    smaller(maps)
    _, lesions, affine = phantom()
    only = np.where(lesions == 1, lesions, 0).astype(np.uint8)
    save(maps / "bl.nii.gz", only, affine)
    text = 'lesions = "l.nii.gz"\n[imaging.before]\nlabels = "before.nii.gz"\nweeks = 3\n'
    _, same = case(maps, text)
    _, own = case(maps, text + 'lesions = "bl.nii.gz"\n')
    assert {one.code for one in same.notices} >= {"before_same_lesions"}
    assert not {one.code for one in own.notices} & {"before_same_lesions", "before_no_lesions"}
    # Without lesions 2 and 3 in the left liver, more of it counted before: less growth.
    assert own.growth.sflr_before > same.growth.sflr_before
    answer = plan(
        asked(
            maps,
            lesions=str(maps / "l.nii.gz"),
            before=(str(maps / "before.nii.gz"),),
            before_lesions=str(maps / "bl.nii.gz"),
            weeks=3.0,
        )
    )
    assert answer.growth.sflr_before == own.growth.sflr_before


def test_lesions_of_another_grid_are_asked_for(maps):
    segments, _, affine = phantom(spacing=(5.0, 5.0, 5.0))
    save(maps / "other.nii.gz", segments, affine)
    asking = asked(
        maps, lesions=str(maps / "l.nii.gz"), before=(str(maps / "other.nii.gz"),), weeks=3.0
    )
    with pytest.raises(InputError, match="another grid") as raised:
        plan(asking)
    assert raised.value.faults[0].column == "before_lesions"
    text = 'lesions = "l.nii.gz"\n[imaging.before]\nlabels = "other.nii.gz"\nweeks = 3\n'
    with pytest.raises(InputError) as raised:
        case(maps, text)
    fault = raised.value.faults[0]
    assert (fault.file, fault.column) == ("imaging", "before.lesions")
    # An empty map says that there were none.
    save(maps / "none.nii.gz", np.zeros_like(segments), affine)
    answer = plan(replace(asking, before_lesions=str(maps / "none.nii.gz")))
    assert answer.growth is not None


def test_lesions_in_the_label_maps_themselves(maps):
    segments, lesions, affine = phantom()
    save(maps / "s.nii.gz", np.where(lesions > 0, 9, segments).astype(np.uint8), affine)
    save(maps / "before.nii.gz", segments, affine)
    (maps / "m.toml").write_text(
        "[labels]\n9 = 'lesion'\n"
        + "".join(
            f"{n} = 'segment {name}'\n"
            for n, name in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII"), start=1)
        )
    )
    asking = LiverPlanAsked(
        labels=(str(maps / "s.nii.gz"),),
        mapping=str(maps / "m.toml"),
        resect="right",
        height=170.0,
        weight=70.0,
        before=(str(maps / "before.nii.gz"),),
        weeks=1.0,
    )
    answer = plan(asking)
    assert "before_no_lesions" in {one.code for one in answer.notices}
    assert answer.growth.degree_of_hypertrophy < 0
    again = plan(replace(asking, before=asking.labels))
    assert again.growth.degree_of_hypertrophy == 0
    assert not {one.code for one in again.notices} & {"before_no_lesions", "before_same_lesions"}


def test_a_plan_around_lesions_needs_them_at_both_times(maps):
    smaller(maps)
    _, lesions, affine = phantom()
    save(maps / "bl.nii.gz", np.where(lesions == 1, 1, 0).astype(np.uint8), affine)
    asking = asked(
        maps,
        lesions=str(maps / "l.nii.gz"),
        wedge="1,3",
        before=(str(maps / "before.nii.gz"),),
        before_lesions=str(maps / "bl.nii.gz"),
        weeks=3.0,
    )
    with pytest.raises(InputError, match="by the numbers") as raised:
        plan(asking)
    assert (raised.value.faults[0].column, raised.value.faults[0].value) == ("before_lesions", "3")
    found = plan(replace(asking, wedge="1"))
    assert "before_numbers" in {one.code for one in found.notices}


def test_faults_below_the_faces_name_parameters(maps):
    for name, more, column in (
        ("plan", {"resect": "rigth"}, "resect"),
        ("plan", {"resect": "right", "wedge": "8"}, "wedge"),
        ("plan", {"resect": "right", "before": ("b",)}, "weeks"),
        ("plan", {"resect": "right", "weeks": 2.0}, "before"),
        ("plan", {"resect": "right", "outside": "x"}, "outside"),
        ("plan", {"resect": "right", "margin": 100.5}, "margin"),
        ("plan", {"plane": "0,0,0;0,0,0"}, "plane"),
        ("plan", {}, "resect"),
        ("search", {"margin": -0.5}, "margin"),
        ("search", {"condition": "fine"}, "condition"),
        ("dose", {"product": "gold", "shunt": 5.0}, "product"),
        ("dose", {"product": "glass"}, "shunt"),
        ("dose", {"product": "glass", "shunt": 5.0}, "dose"),
        ("dose", {"product": "resin", "shunt": 5.0}, "height"),
        ("dose", {"product": "glass", "shunt": 5.0, "activity": 200.0}, "activity"),
        ("dose", {"product": "glass", "shunt": 5.0, "dose": 9.0, "target": "IX"}, "target"),
        ("measure", {"spacing": "1,2"}, "spacing"),
        ("measure", {"preset": ("couinau",)}, "preset"),
        ("measure", {"series": "nowhere"}, None),
    ):
        record = analysis(f"liver_{name}")
        given = {
            "labels": (str(maps / "s.nii.gz"),),
            "preset": ("couinaud",),
            "lesions": str(maps / "l.nii.gz"),
            **more,
        }
        if column is None:
            assert record.run(record.Asked(**given)).lesion_count == 3
            continue
        with pytest.raises(InputError) as raised:
            record.run(record.Asked(**given))
        fault = raised.value.faults[0]
        assert (fault.file, fault.column) == ("", column), (name, more)
        assert "--" not in str(fault)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "--resect", "rigth"), "--resect"),
        (("dose", "--product", "glass", "--shunt", "5"), "--dose"),
        (("dose", "--product", "resin", "--shunt", "5"), "--height"),
        (("dose", "--product", "glass"), "--shunt"),
        (("plan", "--resect", "right", "--before", SEGMENTS), "--weeks"),
        (("plan", "--resect", "right", "--spacing", "1,1"), "--spacing"),
    ],
)
def test_the_command_says_its_options(words, said):
    done = hilum("liver", words[0], SEGMENTS, *words[1:])
    assert done.returncode == 1
    assert done.stderr.startswith(f"hilum: {said}: ")
