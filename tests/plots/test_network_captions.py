"""Captions of few and short-named treatments are whole in every plot, in each language."""

from functools import cache

import pytest

from hilum.analyses.network import NetworkAsked, run
from hilum.analyses.tables import Table
from hilum.language.words import words
from hilum.rendering.network_plots import PLOT_KINDS
from tests.plots.overlap import troubles

PAIRS = {
    "one pair": "AB AB",
    "a loop": "AB AB BC BC AC AC",
    "a chain of four": "AB AB BC CD",
}
LONG = dict(zip("ABCD", ("肽受体放射性核素治疗联合长效奥曲肽",) * 4, strict=True))


@cache
def answered(given, named="short"):
    rows, names = [], {"A": "A", "B": "B", "C": "C", "D": "D"}
    if named == "long":
        names = {one: f"{long} {one}" for one, long in LONG.items()}
    for i, pair in enumerate(PAIRS[given].split()):
        for j, arm in enumerate(pair):
            rows.append((f"s{i}", names[arm], str(8 + 5 * j + 3 * i), str(100 + i)))
    table = Table("t.csv", ("studlab", "treat", "event", "n"), tuple(rows),
                  tuple(range(2, len(rows) + 2)))  # fmt: skip
    order = ",".join(names[one] for one in sorted(set(PAIRS[given]) - {" "}))
    return run(NetworkAsked(table=table, small_values="desirable", draws=200, order=order))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("named", ["short", "long"])
@pytest.mark.parametrize("given", PAIRS)
@pytest.mark.parametrize("kind", PLOT_KINDS)
def test_no_caption_is_cut(kind, given, named, language):
    if kind == "heat" and given != "a loop":
        return
    svg = PLOT_KINDS[kind].draw(answered(given, named), words(language))
    found = troubles(svg)
    assert not [one for one in found if one.startswith("cut")], found
    if named == "short":
        assert not found
