"""Studies of the evidence kept as they were laid out: the same to the last digit, or read anew."""

import shutil
import stat
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from hilum import derived
from hilum.analyses import joint_laid
from hilum.analyses.joint_asked import JointAsked
from hilum.errors import InputError, NotEstimable
from hilum.synthesis.joint import Studies

ASKED = JointAsked()


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(derived.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "joint" / "studies"


def same(one, other):
    for field in fields(Studies):
        a, b = getattr(one.studies, field.name), getattr(other.studies, field.name)
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype
            assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), field.name
        else:
            assert a == b, field.name
    assert replace(one, studies=None).__dict__ == replace(other, studies=None).__dict__


@pytest.mark.parametrize(
    "asked",
    [
        ASKED,
        JointAsked(covariates=("all",), population="mixed_net"),
        JointAsked(outcome="overall_survival", population="mixed_net"),
        JointAsked(population="mixed_net", without_derived=True),
    ],
)
def test_what_is_kept_is_what_was_read(place, monkeypatch, asked):
    first = joint_laid.laid_out(asked)
    (file,) = place.iterdir()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with monkeypatch.context() as patched:
        patched.setattr(joint_laid, "_made", None)
        same(joint_laid.laid_out(asked), first)
    # Cut short, it is read anew.
    file.write_bytes(file.read_bytes()[:-20])
    same(joint_laid.laid_out(asked), first)


def test_another_question_or_record_is_read_anew(place, tmp_path):
    folder = tmp_path / "evidence"
    folder.mkdir()
    shipped = files("hilum.evidence") / "netlm"
    for name in ("studies.csv", "arms.csv", "results.csv"):
        shutil.copy(Path(str(shipped / name)), folder / name)
    own = JointAsked(evidence=folder)
    keys = {joint_laid._key(ASKED), joint_laid._key(own)}
    keys |= {joint_laid._key(replace(ASKED, **one)) for one in (
        {"population": "mixed_net"}, {"outcome": "overall_survival"}, {"covariates": ("all",)},
        {"without_derived": True},
    )}  # fmt: skip
    assert len(keys) == 6
    # What does not choose studies is the same question.
    assert joint_laid._key(JointAsked(margin=0.2, seed=7, treatment="tace")) in keys
    same(joint_laid.laid_out(own), joint_laid.laid_out(ASKED))
    table = folder / "results.csv"
    table.write_text(table.read_text("utf-8").replace("objective_response", "objective_respons", 1),
                     "utf-8")  # fmt: skip
    with pytest.raises(InputError, match="objective_respons"):
        joint_laid.laid_out(own)


def test_errors_are_told_each_time_and_off_keeps_nothing(place, monkeypatch):
    for _ in range(2):
        with pytest.raises(NotEstimable, match="expected one of"):
            joint_laid.laid_out(JointAsked(covariates=("age",)))
    assert not place.exists()
    monkeypatch.setenv(derived.VARIABLE, derived.OFF)
    joint_laid.laid_out(ASKED)
    assert not place.exists()


def test_those_used_longest_ago_go_first(place, monkeypatch):
    monkeypatch.setattr(joint_laid, "MOST", 1)
    joint_laid.laid_out(ASKED)
    joint_laid.laid_out(JointAsked(population="mixed_net"))
    (file,) = place.iterdir()
    assert file.stem == joint_laid._key(JointAsked(population="mixed_net"))
