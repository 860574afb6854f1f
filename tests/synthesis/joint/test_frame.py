"""What fills a frame up changes no posterior, and several fits are each for itself."""

import threading
from dataclasses import replace

import jax
import numpy as np
import pytest

from hilum.errors import NotConverged, Stopped
from hilum.synthesis.joint import Priors, arms, each, joint_each, survival
from hilum.synthesis.joint.batch import transitions
from hilum.synthesis.joint.fit import DRAWS, WARMUP
from hilum.synthesis.joint.frame import FRAMES, Frame, frame_for, frame_of_own, own_draws
from hilum.synthesis.joint.linear import whiten
from tests.analyses.watches import Stopping, children
from tests.made_fit import made_fit
from tests.synthesis.joint.conftest import ROWS, rows


def counts():
    """Trials and series, no comparison without randomisation."""
    study, treatment, design, events, n, _ = zip(
        *(row for row in ROWS if row[2] != "comparative"), strict=True
    )
    return arms(study, treatment, design, events, n)


def hazards():
    """A study of three arms, two contrasts of either design, series; log hazards a month."""
    return survival(
        ["a", "a", "a", "b", "c", "d", "e"],
        ["A", "B", "C", "A", "C", "D", "A"],
        [None, None, None, "B", "B", None, None],
        ["randomised"] * 4 + ["comparative", "single_arm", "single_arm"],
        [-3.2, -3.6, -3.4, 0.3, 0.1, -3.0, -3.3],
        [0.2, 0.25, 0.3, 0.2, 0.15, 0.2, 0.3],
        favoured=[0, 0, 0, 0, 1, 0, 0],
    )


PRIORS = {"binomial": Priors(), "normal": Priors.log_hazard()}


def _places(own, framed):
    """Where the own vector's parameters stand in the framed one."""
    found, at = {}, 0
    for name, size in framed.sections().items():
        found[name] = list(range(at, at + size))
        at += size
    return [at for name, size in own.sections().items() for at in found[name][:size]]


@pytest.mark.parametrize("make", [counts, hazards])
def test_a_frame_changes_neither_density_nor_gradient_and_the_rest_is_standard_normal(make):
    """So the posterior is the same, whatever sampler draws from it."""
    from hilum.synthesis.joint import density

    studies = make()
    priors, frame = PRIORS[studies.kind], frame_for(studies)
    weights = (0.7, 0.4)
    start = whiten(studies, priors, weights)
    rng = np.random.default_rng(5)
    with jax.enable_x64(True):
        shapes = [density.layout(studies, priors), density.layout(studies, priors, frame)]
        places = _places(*shapes)
        rest = np.setdiff1d(np.arange(shapes[1].size), places)
        assert len(rest) >= frame.treatments - len(studies.treatments)
        found = []
        for shape, given in zip(shapes, (None, frame), strict=True):
            data = density.arrays(studies, weights, start, given)
            energy = density.potential(shape, priors)(data)
            found.append(jax.jit(jax.value_and_grad(energy)))
        for _ in range(3):
            z = rng.normal(size=shapes[1].size)
            value, slope = found[0](z[places])
            value_framed, slope_framed = found[1](z)
            assert float(value_framed) == pytest.approx(
                float(value) + float((z[rest] ** 2).sum()) / 2, rel=1e-11
            )
            np.testing.assert_allclose(slope_framed[np.array(places)], slope, rtol=1e-8, atol=1e-9)
            np.testing.assert_allclose(slope_framed[rest], z[rest], rtol=1e-9, atol=1e-9)


def test_what_no_study_holds_has_the_value_it_has_without_a_frame():
    from hilum.synthesis.joint import density

    studies = counts()
    with jax.enable_x64(True):
        shape = density.layout(studies, Priors())
        data = density.arrays(studies, (1, 1), whiten(studies, Priors(), (1, 1)))
        bare = density.unpack(np.zeros(shape.size), shape, Priors(), data)
    drawn = {
        "alpha": np.arange(2 * 3 * 12.0).reshape(2, 3, 12),
        "kappa_single": np.ones((2, 3)), "kappa_comparative": np.ones((2, 3)),
        "bias_single": np.ones((2, 3)), "bias_comparative": np.ones((2, 3)),
    }  # fmt: skip
    own = own_draws(drawn, studies, Priors(), (*shape.free, *shape.biases))
    assert np.array_equal(own["alpha"], drawn["alpha"][:, :, :4])
    for name in ("kappa_single", "bias_single"):
        assert np.array_equal(own[name], drawn[name])
    for name in ("kappa_comparative", "bias_comparative"):
        assert np.all(own[name] == float(bare[name]))


@pytest.mark.parametrize("field", ["treatments", "single", "several", "arms", "contrast"])
def test_a_frame_holds_up_to_its_sizes(field):
    own = frame_of_own(hazards())
    assert own == Frame(treatments=4, single=2, several=1, arms=3, contrast=2)
    assert own.holds(hazards())
    assert replace(own, **{field: getattr(own, field) + 1}).holds(hazards())
    assert not replace(own, **{field: getattr(own, field) - 1}).holds(hazards())


def test_the_smallest_frame_is_taken_and_none_with_covariates():
    small, large = FRAMES["binomial"]
    assert frame_for(rows()) == large  # three arms in a study
    two = [row for row in ROWS if row[0] != "t3"]
    study, treatment, design, events, n, _ = zip(*two, strict=True)
    assert frame_for(arms(study, treatment, design, events, n)) == small
    assert frame_for(rows(covariates=True)) is None
    many = [(f"s{i}", "A", "single_arm", 1, 10) for i in range(large.single + 1)]
    assert frame_for(arms(*zip(*many, strict=True))) is None
    assert frame_for(arms(*zip(*many[1:], strict=True))) == large


class Teller:
    def __init__(self):
        self.parts, self.told = [], 0

    def part(self, found):
        self.parts.append(found)

    def done(self, n=1):
        self.told += n


def test_each_is_fitted_for_itself_and_handed_on_when_it_is_there(monkeypatch):
    data = (counts(), hazards(), rows(), rows(covariates=True))
    asked, running, lock = [], set(), threading.Lock()

    def joint(studies, *, seed, frame, watch):
        with lock:
            assert frame not in running, "two of one program at once"
            running.add(frame)
            asked.append((studies, seed, frame))
        # A careful second run tells more than was promised.
        watch.done(transitions(WARMUP, DRAWS))
        watch.done(transitions(2 * WARMUP, 2 * DRAWS))
        with lock:
            running.remove(frame)
        if studies is data[1]:
            raise NotConverged("R-hat 2")
        return made_fit(studies, seed=seed)

    monkeypatch.setattr(each, "joint", joint)
    teller = Teller()
    each.each(teller, data=data, seed=7)
    assert teller.told == len(data) * transitions(WARMUP, DRAWS)
    assert sorted(place for place, _ in teller.parts) == [0, 1, 2, 3]
    found = dict(teller.parts)
    assert isinstance(found[1], NotConverged)
    assert [found[place].studies for place in (0, 2, 3)] == [data[0], data[2], data[3]]
    assert {id(one): frame for one, _, frame in asked} == {id(one): frame_for(one) for one in data}
    kept = []
    alone = joint_each(data[:2], seed=7, ready=lambda place, fit: kept.append((place, fit)))
    assert [type(one).__name__ for one in alone] == ["JointFit", "NotConverged"]
    assert kept == [(0, alone[0])]


def test_several_fits_stop_within_two_seconds_and_leave_no_process():
    before = children()
    watch = Stopping(1.0)
    with pytest.raises(Stopped):
        joint_each((counts(), hazards()), watch=watch)
    assert children() <= before
