"""Posteriors kept by the hash of what they depend on: found again, private, whole or not there."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from hilum import derived
from hilum.analyses import joint_kept
from hilum.analyses.joint import answer
from hilum.analyses.joint_asked import JointAsked
from hilum.analyses.joint_fitted import fitted
from hilum.analyses.tables import Table
from hilum.errors import NotConverged
from hilum.synthesis.joint import Normal, Priors
from tests.made_fit import made_fit
from tests.synthesis.joint.conftest import ROWS, rows

HEADER = ("study", "treatment", "design", "event", "n", "pct")
TABLE = Table(
    "arms.csv",
    HEADER,
    tuple(tuple("" if cell != cell else str(cell) for cell in row) for row in ROWS),
    tuple(range(2, 2 + len(ROWS))),
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(derived.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "joint"


def test_what_is_kept_is_found_digit_by_digit(place):
    studies = rows()
    fits = {"one": made_fit(studies), "within": made_fit(studies, seed=2)}
    key = joint_kept.key_of(studies, Priors(), seed=1)
    assert joint_kept.find(key, studies, Priors()) is None
    joint_kept.keep(key, fits, ("within",))
    found = joint_kept.find(key, studies, Priors())
    for name, values in fits["one"].draws.items():
        assert np.array_equal(found["one"].draws[name], values), name
    assert found["one"].convergence == fits["one"].convergence
    assert np.array_equal(found["within"].draws["alpha"], fits["within"].draws["alpha"])
    assert set(found["within"].draws) == {"alpha", "slope"}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    (file,) = place.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # Cut short, it is not there.
    file.write_bytes(file.read_bytes()[:-200])
    assert joint_kept.find(key, studies, Priors()) is None


def test_other_studies_priors_or_sizes_are_another_question():
    studies = rows()
    y = studies.y.copy()
    y[0] += 1
    keys = {
        joint_kept.key_of(studies, Priors(), seed=1),
        joint_kept.key_of(studies, Priors(), seed=2),
        joint_kept.key_of(studies, Priors(bias_single=Normal(0, 0)), seed=1),
        joint_kept.key_of(replace(studies, y=y), Priors(), seed=1),
        joint_kept.key_of(rows(covariates=True), Priors(), seed=1),
    }
    assert len(keys) == 5
    assert joint_kept.key_of(rows(), Priors(), seed=1) in keys


def test_two_that_write_leave_one_whole_file(place):
    studies = rows()
    fits = {"one": made_fit(studies)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: joint_kept.keep("k", fits, ()), range(12)))
    assert [one.name for one in place.iterdir()] == ["k.npz"]
    assert joint_kept.find("k", studies, Priors()) is not None


def test_the_oldest_go_first_and_off_keeps_nothing(place, monkeypatch):
    studies = rows()
    fits = {"one": made_fit(studies)}
    joint_kept.keep("old", fits, ())
    os.utime(place / "old.npz", (1, 1))
    size = (place / "old.npz").stat().st_size
    monkeypatch.setattr(joint_kept, "MOST_BYTES", size)
    joint_kept.keep("new", fits, ())
    assert [one.name for one in place.iterdir()] == ["new.npz"]
    joint_kept.keep("refused", {"one": NotConverged("no")}, ())
    assert [one.name for one in place.iterdir()] == ["new.npz"]
    monkeypatch.setenv(derived.VARIABLE, derived.OFF)
    assert joint_kept.folder() is None
    assert joint_kept.find("new", studies, Priors()) is None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(derived.VARIABLE, str(tmp_path / "file"))
    joint_kept.keep("k", {"one": made_fit(rows())}, ())
    assert joint_kept.find("k", rows(), Priors()) is None


def test_the_second_question_is_not_fitted(place, monkeypatch):
    asked = []

    def fit(studies, priors, **given):
        asked.append(given)
        parts = {name: made_fit(studies, seed=4) for name in given["parts"]}
        return replace(made_fit(studies), parts=parts)

    monkeypatch.setattr("hilum.synthesis.joint.joint", fit)
    # As many draws as this posterior has are all that may be made.
    monkeypatch.setattr("hilum.synthesis.joint.fit.DRAWS", 250)
    monkeypatch.setattr("hilum.synthesis.joint.fit.MOST", 1)
    first = fitted(JointAsked(table=TABLE))
    second = fitted(JointAsked(table=TABLE))
    assert len(asked) == 1
    assert (first.kept, second.kept) == (False, True)
    one, other = answer(first), answer(second)
    unkept = replace(other.convergence, kept=False)
    assert replace(other, convergence=unkept) == one
    assert one.conflicts
    # Another margin asks the same draws; another seed, and afresh, do not.
    assert fitted(JointAsked(table=TABLE, margin=0.2)).kept
    assert fitted(JointAsked(table=TABLE, treatment="D", versus="B")).kept
    assert not fitted(JointAsked(table=TABLE, seed=2)).kept
    assert not fitted(JointAsked(table=TABLE, afresh=True)).kept
    assert len(asked) == 3
    # Fewer than this question would make itself are not enough.
    monkeypatch.setattr("hilum.synthesis.joint.fit.MOST", 4)
    assert not fitted(JointAsked(table=TABLE)).kept


def test_the_check_is_kept_with_the_posterior_and_goes_with_it(place, monkeypatch):
    studies = rows()
    fit = made_fit(studies)
    # Nothing beside a posterior that is not there.
    joint_kept.checked("k", fit, kept=False)
    assert not place.exists()
    joint_kept.keep("k", {"one": fit}, ())
    made = joint_kept.checked("k", fit, kept=False)
    strange = replace(fit, studies=replace(studies, y=np.zeros_like(studies.y)))
    assert joint_kept.checked("k", strange, kept=True) == made
    assert joint_kept.checked("k", strange, kept=False) != made
    (place / "k.json").write_text("[")
    assert joint_kept.checked("k", fit, kept=True) == made
    monkeypatch.setattr(joint_kept, "MOST_BYTES", 0)
    joint_kept.keep("other", {"one": fit}, ())
    assert list(place.iterdir()) == []
