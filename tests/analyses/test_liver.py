"""The four analyses of a liver: through JSON and back, ended in time, said in both languages."""

import json
import os
import stat
import threading
import time

import jsonschema_rs
import numpy as np
import pytest

from hilum.analyses import analysis
from hilum.analyses.forms import from_json, schema, to_json
from hilum.errors import Stopped
from hilum.language import words
from hilum.patient.liver.totalsegmentator import run_totalsegmentator
from hilum.rendering.liver_dose import liver_dose_parts
from hilum.rendering.liver_measure import TextTable, liver_measure_parts
from hilum.rendering.liver_plan import liver_plan_parts
from hilum.rendering.liver_search import liver_search_parts
from tests.analyses.watches import Listening, Stopping
from tests.liver.phantoms import Sphere, phantom, save

PARTS = {
    "liver_measure": liver_measure_parts,
    "liver_plan": liver_plan_parts,
    "liver_search": liver_search_parts,
    "liver_dose": liver_dose_parts,
}
MORE = {
    "liver_measure": {"picture": True},
    "liver_plan": {
        "resect": "right",
        "wedge": "3",
        "margin": 5.0,
        "plane": "150,0,0;1,0,0",
        "height": 170.0,
        "weight": 70.0,
        "sex": "female",
        "error": 5.0,
        "weeks": 2.0,
    },
    "liver_search": {"height": 170.0, "weight": 70.0, "condition": "fibrosis_or_cirrhosis"},
    "liver_dose": {
        "product": "glass", "shunt": 5.0, "dose": 100.0, "target": "right", "tn_ratio": 3.0,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps")
    segments, lesions, affine = phantom()
    save(folder / "s.nii.gz", segments, affine)
    save(folder / "l.nii.gz", lesions, affine)
    return folder


def question(name, folder, **more):
    given = {**MORE[name], **more}
    if "weeks" in given:
        given["before"] = (str(folder / "s.nii.gz"),)
    return analysis(name).Asked(
        labels=(str(folder / "s.nii.gz"),),
        preset=("couinaud",),
        lesions=str(folder / "l.nii.gz"),
        **given,
    )


@pytest.fixture(scope="module")
def answers(maps):
    return {name: analysis(name).run(question(name, maps)) for name in MORE}


@pytest.mark.parametrize("name", MORE)
def test_it_goes_through_json_and_back(name, answers):
    record, answer = analysis(name), answers[name]
    assert from_json(record.Answered, to_json(answer)) == answer
    assert from_json(record.Asked, to_json(answer.asked)) == answer.asked
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    jsonschema_rs.validate(schema(record.Asked), json.loads(to_json(answer.asked)))


def test_every_share_says_what_it_is_of(answers):
    """Three shares of one remnant, each by hand; none is called a percentage of nothing."""
    one = answers["liver_plan"]
    assert one.flr_percent_ct == pytest.approx(100 * one.flr_ml / one.functional_liver_ml)
    standard = -794 + 1267.28 * np.sqrt(170 * 70 / 3600)
    assert one.sflr_percent == pytest.approx(100 * one.flr_ml / standard)
    assert one.flr_body_weight_ratio == pytest.approx(100 * one.flr_ml / 70_000)
    for name, answer in answers.items():
        text = to_json(answer)
        assert '"flr_percent"' not in text, name
        assert '"p_below":' not in text or name == "liver_plan"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("name", MORE)
def test_it_is_said_in_both_languages(name, language, answers):
    spoken = words(language)
    parts = PARTS[name](answers[name], spoken)
    assert spoken.missing == set()
    lines = [one for one in parts if isinstance(one, str)]
    tables = [one for one in parts if isinstance(one, TextTable)]
    assert len(tables) == (3 if name == "liver_search" else 2)
    assert all(len(row) == len(one.header) for one in tables for row in one.rows)
    said = "\n".join(lines)
    assert f"{answers[name].liver_ml:.0f} mL" in said
    if name == "liver_plan":
        assert f"{answers[name].flr_percent_ct:.1f} %" in said
        assert f"{answers[name].sflr_percent:.1f} %" in said


def many(folder):
    """A fine liver with many lesions: long enough to be stopped."""
    spheres = tuple(
        Sphere((float(x), float(y), float(z)), 7)
        for x in range(-80, 81, 20)
        for y in range(-40, 41, 20)
        for z in (-40, -20, 0, 20, 40)
    )
    segments, lesions, affine = phantom(spacing=(1.5, 1.5, 1.5), spheres=spheres)
    save(folder / "s.nii.gz", segments, affine)
    save(folder / "l.nii.gz", lesions, affine)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return many(tmp_path_factory.mktemp("large"))


@pytest.mark.parametrize("seconds", [0.0, 0.7, 2.0])
def test_a_search_stops_when_asked(seconds, large, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = question("liver_search", large, margin=20.0)
    before = sorted(path.name for path in large.iterdir())
    watch = Stopping(seconds)
    with pytest.raises(Stopped):
        analysis("liver_search").run(asked, watch)
    assert time.perf_counter() - watch.asked < 2.0
    assert watch.heard is not None
    assert list(tmp_path.iterdir()) == []
    assert sorted(path.name for path in large.iterdir()) == before


def test_a_search_says_every_stage(maps):
    watch = Listening()
    analysis("liver_search").run(question("liver_search", maps, picture=True), watch)
    assert [code for code, _ in watch.stages] == [
        "reading", "measuring", "margins", "plans", "drawing",
    ]  # fmt: skip
    assert dict(watch.stages) == {
        "reading": 2, "measuring": 3, "margins": 3, "plans": 256, "drawing": 1,
    }  # fmt: skip
    assert watch.parts == 2 + 3 + 3 + 256 + 1


PROGRAM = """#!/bin/sh
while [ "$1" != "-o" ]; do shift; done
echo $$ > "$PIDS/$$"
echo half > "$2/liver.nii.gz"
sleep 60 &
echo $! > "$PIDS/$!"
wait
"""


def test_a_segmentation_can_be_ended(tmp_path, monkeypatch):
    pids = tmp_path / "pids"
    pids.mkdir()
    program = tmp_path / "bin" / "TotalSegmentator"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PIDS", str(pids))
    image = tmp_path / "ct.nii.gz"
    image.write_bytes(b"x")
    out = tmp_path / "out"
    watch = Stopping(0.0)
    asked = threading.Event()

    def done(n=1):
        # Asked to stop once the program and its child run.
        if len(list(pids.iterdir())) == 2 and not asked.is_set():
            asked.set()
            watch.asked = time.perf_counter()
            raise Stopped("asked to")

    watch.done = done
    with pytest.raises(Stopped):
        run_totalsegmentator(image, out, watch=watch)
    assert time.perf_counter() - watch.asked < 2.0
    assert not out.exists()
    for path in pids.iterdir():
        deadline = time.perf_counter() + 2
        while running(int(path.name)) and time.perf_counter() < deadline:
            time.sleep(0.05)
        assert not running(int(path.name))


def running(pid):
    """Whether a process still runs (one that ended and waits for its parent does not)."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
