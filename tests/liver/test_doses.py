"""Doses against closed forms and published worked relations; limits from the rules."""

import pytest

from hilum.errors import InputError
from hilum.patient.doses import (
    bsa_activity,
    doses,
    lung_dose,
    partition,
    single_compartment_activity,
)
from hilum.patient.tables import read_tables
from hilum.patient.volumetry import constants


def test_constants_name_their_source():
    for one in constants().values():
        assert one.source
        assert one.unit


def test_the_label_relation_of_lung_activity_and_dose():
    # Rule TARE-04: 0.61 GBq in the lungs stands for 30 Gy (device labelling); 50 Gy kg/GBq, 1 kg.
    assert lung_dose(0.61, 100) == pytest.approx(30, rel=0.02)
    assert lung_dose(3.0, 10, 0.8) == pytest.approx(50 * 0.3 / 0.8)


def test_single_compartment_and_back():
    activity = single_compartment_activity(120, 1.2, 5)
    assert activity == pytest.approx(120 * 1.2 / (50 * 0.95))
    found = doses(product="glass", target_ml=1200, tumour_ml=200, shunt_percent=5, dose_gy=120)
    assert found.activity_gbq == pytest.approx(activity)
    assert found.target_gy == pytest.approx(120)
    assert found.method == "single_compartment"


def test_body_surface_method():
    # BSA 1.8, a tenth of the liver tumour: 1.8 - 0.2 + 0.1
    assert bsa_activity(1.8, 150, 1500) == pytest.approx(1.7)
    found = doses(product="resin", target_ml=1500, tumour_ml=150, shunt_percent=4, bsa_m2=1.8)
    assert found.activity_gbq == pytest.approx(1.7)
    assert found.method == "bsa"


def test_partition_conserves_energy():
    tumour, normal = partition(2.0, 4.0, 0.3, 1.4, 8)
    assert tumour == pytest.approx(4 * normal)
    assert tumour * 0.3 + normal * 1.4 == pytest.approx(50 * 2.0 * 0.92)
    # A ratio of one is the single compartment.
    one, other = partition(2.0, 1.0, 0.3, 1.4, 8)
    assert one == other == pytest.approx(50 * 2.0 * 0.92 / 1.7)
    assert partition(2.0, 4.0, 0.0, 1.4, 8)[0] == 0


@pytest.mark.parametrize(
    ("shunt", "activity", "exceeded"),
    [
        (5, 2.0, set()),
        (25, 1.0, {"TARE-03"}),
        (15, 5.0, {"TARE-01", "TARE-04"}),
        (25, 5.0, {"TARE-01", "TARE-03", "TARE-04"}),
    ],
)
def test_limits_are_those_of_the_rules(shunt, activity, exceeded):
    found = doses(
        product="glass", target_ml=1500, tumour_ml=100, shunt_percent=shunt, activity_gbq=activity
    )
    assert {one.rule_id for one in found.limits} == {"TARE-01", "TARE-03", "TARE-04"}
    assert {one.rule_id for one in found.limits if one.exceeded} == exceeded
    for one in found.limits:
        rule = read_tables().rule(one.rule_id)
        assert one.source == rule.source
        assert rule.holds_text == f"{one.attribute} {one.operator} {one.threshold}"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"product": "gold"}, "glass, resin"),
        ({"shunt_percent": 100}, "below 100"),
        ({"shunt_percent": float("nan")}, "percentage"),
        ({"target_ml": 0}, "target_ml"),
        ({"tumour_ml": 2000}, "inside the target"),
        ({"dose_gy": None}, "wanted dose"),
        ({"product": "resin"}, "height and weight"),
        ({"tn_ratio": 0}, "ratio"),
        ({"lung_mass_kg": -1}, "mass"),
        ({"activity_gbq": 0}, "activity"),
        ({"density_g_per_ml": 0}, "density"),
    ],
)
def test_impossible_values(change, match):
    given = {
        "product": "glass", "target_ml": 1500, "tumour_ml": 100, "shunt_percent": 5,
        "dose_gy": 100,
    }  # fmt: skip
    with pytest.raises(InputError, match=match):
        doses(**given | change)
