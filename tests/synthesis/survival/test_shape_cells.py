"""Cells of shapes against integrals of hills that equal steps stride over."""

import numpy as np
import pytest
from scipy import stats

from hilum.synthesis.survival import Report, SurvivalArm, average_survival, averaged_rate
from hilum.synthesis.survival.shape_cells import (
    COUNTS,
    MOST,
    NOTICED,
    ShapeCells,
    even_cells,
    settled,
    too_large,
)


def log_mass_of(log_density):
    def log_mass(cells):
        mass = log_density(cells.middle) + cells.log_volume
        return mass, mass[:, None]

    return log_mass


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("sd", [0.01, 0.1, 1.0, 3.0])
@pytest.mark.parametrize("at", [0.0, 0.37, 3.3])
def test_a_normal_hill_is_found_wherever_and_however_narrow(d, sd, at):
    """Evidence to 5 %, mean to a twentieth and spread to 5 % of the standard deviation."""
    hill = stats.norm(at, sd)
    box = stats.uniform(-4, 8)

    def log_density(middle):
        return (hill.logpdf(middle) + box.logpdf(middle)).sum(1)

    first = even_cells(np.zeros(d), np.full(d, 4.0))
    cells, kept = settled(first, log_mass_of(log_density))
    mass = np.exp(kept[:, 0])
    inside = (hill.cdf(4) - hill.cdf(-4)) / 8
    assert mass.sum() == pytest.approx(inside**d, rel=0.05)
    weight = mass / mass.sum()
    cut = stats.truncnorm((-4 - at) / sd, (4 - at) / sd, at, sd)
    mean = weight @ cells.middle
    spread = weight @ (cells.middle**2 + cells.half**2 / 3) - mean**2
    np.testing.assert_allclose(mean, cut.mean(), atol=0.05 * sd)
    np.testing.assert_allclose(np.sqrt(spread), cut.std(), rtol=0.05)
    assert np.exp(cells.log_volume).sum() == pytest.approx(8.0**d)
    # In the order of their middles, so that neighbours follow one another.
    assert np.all(np.diff(cells.middle[:, 0]) >= 0)


def test_a_hill_beside_a_plain_is_not_spread_over_its_cell():
    """A narrow hill with as much mass on a plain: equal steps of the plain hold one node there."""
    hill = stats.norm(0.21, 0.03)

    def log_density(middle):
        x = middle[:, 0]
        return np.logaddexp(hill.logpdf(x), stats.uniform(-4, 4).logpdf(x)) + np.log(0.5) + 0 * x

    cells, kept = settled(even_cells(np.zeros(1), np.full(1, 4.0)), log_mass_of(log_density))
    weight = np.exp(kept[:, 0]) / np.exp(kept[:, 0]).sum()
    on_hill = np.abs(cells.middle[:, 0] - 0.21) < 0.15
    assert weight[on_hill].sum() == pytest.approx(0.5, abs=0.03)
    assert cells.half[on_hill].max() < 0.06


@pytest.mark.parametrize("d", [1, 2])
def test_a_cell_is_cut_above_its_share_alone(d):
    cells = even_cells(np.zeros(d), np.ones(d))
    share = np.full(len(cells.half), (1 - MOST[d]) / (len(cells.half) - 1))
    for one, cut in ((MOST[d] * (1 - 1e-9), False), (MOST[d], False), (MOST[d] * 1.001, True)):
        share[0] = one
        assert too_large(cells, np.minimum(share, MOST[d]) if not cut else share)[0] == cut


@pytest.mark.parametrize(
    ("half", "share", "gap", "cut"),
    [
        (0.25, 2 * NOTICED, 0.0, True),  # four times as wide as a neighbour that holds something
        (0.5, 2 * NOTICED, 0.0, False),  # twice
        (0.41, 2 * NOTICED, 0.0, False),
        (0.39, 2 * NOTICED, 0.0, True),  # on both sides of two and a half times
        (0.25, NOTICED, 0.0, False),
        (0.25, NOTICED * 0.99, 0.0, False),
        (0.25, NOTICED * 1.01, 0.0, True),
        (0.25, 2 * NOTICED, 1e-3, False),  # it does not touch
    ],
)
def test_a_cell_beside_a_much_smaller_one_is_cut(half, share, gap, cut):
    cells = ShapeCells(np.array([[0.0], [1.0 + half + gap]]), np.array([[1.0], [half]]))
    assert list(too_large(cells, np.array([0.0, share]))) == [cut, False]


def test_without_a_shape_there_is_one_cell():
    cells, kept = settled(even_cells(np.zeros(0), np.zeros(0)), log_mass_of(lambda m: m.sum(1)))
    assert kept.tolist() == [[0.0]]
    assert len(cells.half) == COUNTS[0] == 1


def plateau(levels, n=100):
    """Series whose survival levels off: 12, 36, 60 and 120 months."""
    return [
        SurvivalArm(
            f"s{i}",
            "",
            tuple(
                Report("rate", t, round(s + (1 - s) * np.exp(-((t / 18) ** 1.2)), 3), n=n)
                for t in (12.0, 36.0, 60.0, 120.0)
            ),
        )
        for i, s in enumerate(levels)
    ]


def test_a_level_that_varies_between_studies_varies_for_a_new_one():
    """Levels of 26 to 47 %: metafor's REML of the log-log rates at 120 months has 6 to 69 %."""
    some = plateau((0.256, 0.442, 0.271, 0.473))
    one = averaged_rate(average_survival(some), 120.0)
    assert one.prediction[0] < 0.18
    assert one.prediction[1] > 0.55
    assert one.ci[0] - one.prediction[0] > 0.05
    assert one.prediction[1] - one.ci[1] > 0.05


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_a_draw_holds_does_not_go_together(seed):
    """The effect of a new study is a normal draw whatever the location: other draws, same answer.

    A figure of each draw once was twice another's, and intervals of a new study a fifth too wide.
    """
    rng = np.random.default_rng(seed)
    rates = rng.uniform(0.3, 0.7, 6)
    some = [SurvivalArm(f"s{i}", "", (Report("rate", 36.0, s, n=80),)) for i, s in enumerate(rates)]
    fit = average_survival(some, families=("exponential",), draws=20000)
    part = fit.parts[0]
    location = part.beta[:, 0]
    steps = part.new / np.maximum(part.tau, 1e-9)
    moving = part.tau > 0.02
    assert abs(np.corrcoef(location[moving], steps[moving])[0, 1]) < 0.03
    assert steps[moving].std() == pytest.approx(1.0, abs=0.02)
    other = location + part.tau * rng.normal(size=(50, len(location)))
    alive = np.exp(-np.exp(-other) * 36 / fit.data.unit)
    low, high = averaged_rate(fit, 36.0).prediction
    np.testing.assert_allclose([low, high], np.quantile(alive, [0.025, 0.975]), atol=0.006)
