"""A long analysis says where it is, stops within two seconds of being asked, leaves nothing."""

import tempfile

import pytest

from hilum.analyses.pool import run as pool
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.registry import ANALYSES
from hilum.analyses.sensitivity import SensitivityAsked
from hilum.analyses.sensitivity import run as sensitivity
from hilum.errors import Stopped
from hilum.watch import SILENT
from tests.analyses.heavy import HEAVY, QUICK
from tests.analyses.tables import BCG
from tests.analyses.watches import Listening, Stopping, children, unhindered


@pytest.mark.parametrize("name", HEAVY)
def test_it_stops_when_asked(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = children()
    watch = Stopping(0.3, unhindered)
    try:
        HEAVY[name](watch)
    except Stopped:
        ended = unhindered()
        assert watch.heard is not None
        assert ended - watch.asked < 2.0
    else:
        # It was done before it was asked, or before it looked again.
        assert unhindered() < watch.asked + 2.0
    assert children() <= before
    assert list(tmp_path.iterdir()) == []


def test_every_analysis_is_stopped_or_quick():
    assert {name.split()[0] for name in HEAVY} | QUICK == set(ANALYSES)


def test_stages_are_told_and_can_be_said():
    from hilum.language import words
    from hilum.rendering.stages import stage_words

    watch = Listening()
    sensitivity(SensitivityAsked(table=BCG, measure="RR", permutations=64), watch)
    codes = {code for code, _ in watch.stages}
    assert {"pool", "bootstrap", "permutation", "checks"} <= codes
    for language in ("en", "zh-Hans"):
        spoken = words(language)
        assert all(stage_words(code, spoken) for code in codes)
        assert spoken.missing == set()


def test_the_silent_watch_changes_nothing():
    SILENT.stage("pool", 3)
    SILENT.done()
    asked = PoolAsked(table=BCG, measure="RR", by="alloc")
    assert pool(asked, SILENT) == pool(asked, Listening()) == pool(asked)
