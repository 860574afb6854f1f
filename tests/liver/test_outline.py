"""The range of a remnant, counted once: as the erosion and the dilation of voxels give it."""

from time import process_time

import numpy as np
import pytest

from hilum.patient.liver.outline import outline
from hilum.patient.liver.plan import Plan, plan_remnant
from hilum.patient.liver.search import random_plans
from hilum.patient.liver.tally import tally


@pytest.mark.parametrize("margin", [0.0, 8.0])
def test_any_plan_has_the_range_that_its_voxels_have(lits1, margin):
    anatomy, _ = lits1
    parts = tally(anatomy, margin)
    edges = outline(anatomy, parts)
    plans = [Plan(), Plan((1, 2, 3, 4, 5, 6, 7, 8)), *random_plans(parts, 6, 20261128)]
    for plan in plans:
        plain = plan_remnant(anatomy, plan, parts=parts)
        quick = plan_remnant(anatomy, plan, parts=parts, edges=edges)
        assert quick == plain
    assert len({one.segments for one in plans}) > 3


def test_a_plane_and_the_array_s_own_end_are_no_exception(lits1):
    anatomy, _ = lits1
    middle = anatomy.grid.to_ras(np.array([[s / 2 for s in anatomy.grid.shape]]))[0]
    plane = (tuple(middle), (1.0, 0.4, 0.2))
    parts = tally(anatomy, plane=plane)
    plan = Plan(plane=plane)
    quick = plan_remnant(anatomy, plan, parts=parts, edges=outline(anatomy, parts))
    assert quick == plan_remnant(anatomy, plan, parts=parts)
    assert quick.flr_ml_range[0] < quick.flr_ml < quick.flr_ml_range[1]


def test_a_plan_takes_milliseconds(lits1):
    anatomy, _ = lits1
    parts = tally(anatomy, 5.0)
    edges = outline(anatomy, parts)
    plans = random_plans(parts, 20, 1)
    started = process_time()
    for plan in plans:
        plan_remnant(anatomy, plan, parts=parts, edges=edges)
    # Measured 1 to 2 ms a plan; the voxels take 60.
    assert (process_time() - started) / len(plans) < 0.02
