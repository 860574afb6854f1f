"""A long analysis says where it is, stops within two seconds of being asked, leaves nothing."""

import time
from pathlib import Path

import pytest

from hilum.analyses import analysis
from hilum.analyses.network import NetworkAsked
from hilum.analyses.network import run as network
from hilum.analyses.pool import PoolAsked
from hilum.analyses.pool import run as pool
from hilum.analyses.sensitivity import SensitivityAsked
from hilum.analyses.sensitivity import run as sensitivity
from hilum.analyses.survival import SurvivalAsked
from hilum.analyses.survival import run as survival
from hilum.errors import Stopped
from hilum.watch import SILENT
from tests.analyses.tables import BCG, SMOKING, TAE, table
from tests.analyses.watches import Listening, Stopping

ARMS = table(
    "study treatment design event n",
    *((f"t{i}", t, "randomised", 5 + i + 4 * (t == "B"), 60) for i in range(4) for t in "AB"),
    *((f"s{i}", "C", "single_arm", 10 + i, 50) for i in range(3)),
)
LUNG = str(Path(__file__).parents[1] / "literature" / "lung_base.pdf")


def run_named(name, watch, **asked):
    """An analysis by its name."""
    record = analysis(name)
    return record.run(record.Asked(**asked), watch)


LONG = {
    "joint": lambda watch: run_named("joint", watch, table=ARMS, priors={"tau": 0.3}, draws=20_000),
    "read": lambda watch: run_named("read", watch, figure=LUNG, curve=("1=men", "2=women")),
    "sensitivity": lambda watch: sensitivity(
        SensitivityAsked(table=BCG, measure="RR", permutations=2_000_000), watch
    ),
    "survival": lambda watch: survival(SurvivalAsked(table=TAE, method="bayes"), watch),
    "network": lambda watch: network(NetworkAsked(table=SMOKING, draws=1000), watch),
    "pool": lambda watch: pool(
        PoolAsked(table=BCG, measure="RR", by="alloc", beside=("gosh",)), watch
    ),
}


@pytest.mark.parametrize("long", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_it_stops_when_asked(long, seconds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    watch = Stopping(seconds)
    try:
        long(watch)
    except Stopped:
        ended = time.perf_counter()
        assert watch.heard is not None
        assert ended - watch.asked < 2.0
    else:
        # It was done before it was asked.
        assert time.perf_counter() < watch.asked
    assert list(tmp_path.iterdir()) == []


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
