"""The stopping rule: against scipy's distribution, and its promise by exact paths."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import hypergeom

from hilum.literature.screening.hunches import irrelevant_in_a_row, ranked_chance, ranked_rule
from hilum.literature.screening.replay import stop_of
from hilum.literature.screening.stopping import (
    at_most,
    chance_missed,
    least_missed,
    level,
    may_stop,
    still_to_read,
)


@pytest.mark.parametrize(
    ("before", "found", "recall", "least"),
    [
        (19, 0, 0.95, 2),  # 19 of 20 is 0.95, which is reached; 19 of 21 is not
        (18, 0, 0.95, 1),  # 18 of 19 is 0.947
        (57, 0, 0.95, 4),  # 57 of 60 is 0.95 exactly
        (9, 0, 0.9, 2),
        (8, 1, 0.9, 3),  # 9 of 10 with one found in the rest: two are reached, three are not
        (100, 0, 0.95, 6),
    ],
)
def test_fewest_records_with_which_the_recall_is_missed(before, found, recall, least):
    assert least_missed(before, found, recall) == least
    assert (before + found) / (before + least) < recall - 1e-12
    assert (before + found) / (before + least - 1) >= recall - 1e-12


def test_the_distribution_is_scipys():
    rng = np.random.default_rng(1)
    for _ in range(300):
        rest = int(rng.integers(1, 400))
        held, drawn = (int(one) for one in rng.integers(0, rest + 1, 2))
        found = int(rng.integers(0, min(held, drawn) + 1))
        ours = float(at_most(np.asarray(found), rest, held, np.asarray(drawn)))
        assert ours == pytest.approx(hypergeom.cdf(found, rest, held, drawn), abs=1e-10)


def test_the_chance_is_that_of_counting_all_samples():
    """Every sample of 5 out of 9 records with as few relevant ones, counted one by one."""
    before, found, rest, drawn, recall = 3, 1, 9, 5, 0.8
    held = least_missed(before, found, recall)
    assert held == 3
    samples = list(combinations(range(rest), drawn))
    few = sum(sum(one < held for one in sample) <= found for sample in samples)
    assert chance_missed(before, found, rest, drawn, recall) == pytest.approx(few / len(samples))


def test_what_is_left_may_be_too_little_to_miss_the_target():
    # 19 found: two in the rest would be needed; one record is left.
    assert chance_missed(19, 0, 50, 49, 0.95) == 0.0
    assert chance_missed(19, 0, 50, 48, 0.95) == pytest.approx(1 / (25 * 49))


def test_the_chances_of_all_stops_add_up_to_the_risk():
    risk = sum(level(k, 0.95) for k in range(200_000))
    assert risk == pytest.approx(0.05, abs=1e-6)
    assert risk <= 0.05


def wrong_stops(before, rest, held, recall, stops):
    """Chance of stopping below the recall: all random orders, as paths of (read, found)."""
    paths, wrong = {0: 1.0}, 0.0
    for drawn in range(rest + 1):
        going = {}
        for found, chance in paths.items():
            if stops(found, drawn):
                wrong += chance * ((before + found) / (before + held) < recall - 1e-12)
                continue
            share = (held - found) / (rest - drawn)
            for more, part in ((1, share), (0, 1 - share)):
                if part > 0:
                    going[found + more] = going.get(found + more, 0.0) + chance * part
        paths = going
    return wrong


@pytest.mark.parametrize(("before", "rest"), [(0, 30), (12, 60), (100, 150)])
@pytest.mark.parametrize(("recall", "confidence"), [(0.95, 0.95), (0.8, 0.9)])
def test_the_promise_holds_whatever_the_rest_holds(before, rest, recall, confidence):
    @cache
    def stops(found, drawn):
        return may_stop(before, found, rest, drawn, recall, confidence)

    least = least_missed(before, 0, recall)
    chances = [
        wrong_stops(before, rest, held, recall, stops)
        for held in (*range(least, least + 6), *range(least + 6, min(rest, 40) + 1, 4))
    ]
    assert max(chances) <= 1 - confidence + 1e-12
    # Not for nothing: some of the risk is used.
    assert max(chances) > 0.2 * (1 - confidence)


def test_looking_after_every_record_without_paying_breaks_the_promise():
    """Why the levels are there: the chance of one look, taken at every look, errs too often."""

    @cache
    def stops(found, drawn):
        return drawn >= 120 or chance_missed(40, found, 120, drawn, 0.8) <= 0.1

    worst = max(wrong_stops(40, 120, held, 0.8, stops) for held in range(11, 40, 4))
    assert worst == pytest.approx(0.118, abs=1e-3)  # 0.1 was asked for


def test_records_still_to_read_are_the_first_that_may_stop():
    for before, found, rest, drawn in ((40, 0, 300, 0), (40, 2, 300, 90), (5, 0, 50, 10)):
        more = still_to_read(before, found, rest, drawn, 0.95, 0.95)
        assert may_stop(before, found, rest, drawn + more, 0.95, 0.95)
        assert not may_stop(before, found, rest, drawn + more - 1, 0.95, 0.95)


def test_the_replay_stops_where_a_walk_through_the_records_stops():
    rng = np.random.default_rng(7)
    for seed in range(20):
        order = np.concatenate([rng.random(100) < 0.3, rng.random(300) < 0.02])
        stop = stop_of(order, 100, 0.9, 0.9, seed)
        drawn = np.random.default_rng(seed).permutation(order[100:])
        before, read = int(order[:100].sum()), 0
        while not may_stop(before, int(drawn[:read].sum()), 300, read, 0.9, 0.9):
            read += 1
        assert (stop.drawn, stop.found) == (read, before + int(drawn[:read].sum()))


def test_hunches():
    order = np.array([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    assert irrelevant_in_a_row(order, 3) == 7
    assert irrelevant_in_a_row(order, 4) == 12
    assert irrelevant_in_a_row(order, 5) is None
    assert irrelevant_in_a_row(np.zeros(60, dtype=bool)) == 50
    assert irrelevant_in_a_row(np.zeros(49, dtype=bool)) is None


def test_the_ranked_rule_is_the_published_one():
    """The least chance over all windows, by scipy, as Callaghan's own program computes it."""
    rng = np.random.default_rng(3)
    order = rng.random(200) < np.linspace(0.5, 0, 200)
    for read in (20, 90, 150):
        seen = order[:read]
        total = int(seen.sum())
        chances = []
        for size in range(1, read + 1):
            window = int(seen[-size:].sum())
            held = np.floor(total / 0.95 + 1 - (total - window))
            chances.append(hypergeom.cdf(window, 200 - read + size, held, size))
        assert ranked_chance(seen, 200, 0.95) == pytest.approx(min(chances), abs=1e-9)
    fired = ranked_rule(order, 0.8)
    assert ranked_chance(order[:fired], 200, 0.8) <= 0.05
    assert ranked_chance(order[: fired - 2], 200, 0.8) > 0.05
