"""What follows from the facts of a patient, arm by arm, against formulas written out here.

Each derivation is asked by itself, with the facts of each of its arms; the sources are those of the
table. Its comparisons with numbers are also asked on their thresholds (``test_thresholds.py``).
"""

import itertools
import math

import pytest

from hilum.patient.contradictions import contradictions
from hilum.patient.tables import read_tables
from hilum.patient.values import Range, span

TABLES = read_tables()
FULL = {
    # Of a patient whose liver can be resected.
    "differentiation": "well", "fit_for_major_liver_surgery": True, "child_pugh": 6.0,
    "encephalopathy": False, "portal_hypertension": "none", "portal_vein": "open",
    "extrahepatic_disease": "none", "distribution": "type_I", "resectable_fraction_percent": 100.0,
    "remnant_sufficiency": "sufficient", "grade": "G2", "carcinoid_heart_disease": "none",
}  # fmt: skip
REMNANT = {"flr_lowest_percent": 35.0, "flr_highest_percent": 36.0, "pve_done": False}
MILAN = {
    "grade": "G1", "portal_drained_primary": True, "liver_burden_percent": 50.0,
    "stable_months": 6.0, "age": 60.0, "extrahepatic_disease": "none",
}  # fmt: skip
NORMAL = REMNANT | {"liver_condition": "normal", "flr_percent_slv": 25.0, "flr_percent_ct": 26.6}
GROWTH = NORMAL | {
    "pve_done": True, "kinetic_growth_rate_percent_per_week": 2.0,
    "degree_of_hypertrophy_percent": 7.5,
}  # fmt: skip
MET, NOT_MET, BETWEEN = "met", "not_met", "between_cut_offs"


def words(*given):
    return frozenset(given)


# Fact; its facts and what follows.
ARMS = {
    "unilobar_bilobar": [({"lesion_count": 1.0}, "unilobar"), ({"lesion_count": 2.0}, None)],
    "distribution": [
        ({"lesion_count": 1.0}, "type_I"),
        ({"lesion_count": 4.0, "unilobar_bilobar": "unilobar"}, "type_I"),
        ({"lesion_count": 9.0, "unilobar_bilobar": "bilobar"}, "type_II"),
        ({"lesion_count": 10.0, "unilobar_bilobar": "bilobar"}, "type_III"),
        ({"lesion_count": 9.0, "unilobar_bilobar": "bilobar", "liver_burden_percent": 50.0},
         "type_II"),
        ({"lesion_count": 9.0, "unilobar_bilobar": "bilobar", "liver_burden_percent": 50.1},
         "type_III"),
        ({"lesion_count": 9.0, "unilobar_bilobar": "unilobar", "liver_burden_percent": 51.0},
         "type_I"),
    ],
    "differentiation": [
        ({"grade": "G1"}, "well"), ({"grade": "G2"}, "well"), ({"grade": "NEC"}, "poor"),
        ({"grade": "G3"}, None),
    ],
    "grade": [
        *(({"differentiation": "poor", "ki67_percent": k}, "NEC") for k in (1.0, 10.0, 60.0)),
        *(({"differentiation": "well", "ki67_percent": k}, grade)
          for k, grade in ((2.99, "G1"), (3.0, "G2"), (20.0, "G2"), (20.1, "G3"))),
        ({"ki67_percent": 60.0}, None), ({"differentiation": "well"}, None),
    ],
    "ki67_percent": [
        ({"grade": "G1"}, (0, 2.9)), ({"grade": "G2"}, (3, 20)), ({"grade": "G3"}, (20.1, 100)),
        ({"grade": "NEC"}, None),
    ],
    "renal_failure": [
        ({"dialysis": True, "egfr": 90.0}, True), ({"dialysis": False, "egfr": 15.0}, False),
        ({"dialysis": False, "egfr": 14.9}, True),
    ],
    "heart_failure": [
        ({"nyha": "I"}, "none"), ({"nyha": "II"}, "controlled"), ({"nyha": "III"}, "uncontrolled"),
        ({"nyha": "IV"}, "uncontrolled"),
    ],
    "carcinoid_heart_disease": [
        ({"tricuspid_regurgitation": one}, other)
        for one, other in (("severe", "severe"), ("moderate", "moderate"), ("mild", "suspected"),
                           ("none", "none"), ("trace", None))
    ],
    "fit_for_major_liver_surgery": [
        ({"ecog": ecog, "heart_failure": heart}, fit)
        for ecog, heart, fit in ((3.0, "none", False), (2.0, "none", None), (1.0, "none", True),
                                 (0.0, "uncontrolled", False), (0.0, "controlled", True))
    ],
    "extrahepatic_disease": [
        ({"extrahepatic_sites": words("bone")}, "limited"),
        ({"extrahepatic_sites": words("bone", "regional_nodes")}, "limited"),
        ({"extrahepatic_sites": words("regional_nodes")}, "regional_nodes"),
        ({"extrahepatic_sites": words()}, "none"),
    ],
    "resectable_fraction_percent": [
        ({"distribution": "type_I"}, 100.0), ({"distribution": "type_II"}, None),
    ],
    "debulkable_fraction_percent": [
        ({"distribution": "type_II", "resectable_fraction_percent": 80.0}, (80, 100)),
        ({"distribution": "type_I"}, 100.0), ({"distribution": "type_III"}, None),
    ],
    "remnant_sufficiency": [
        ({"liver_condition": "normal", "pve_done": False}, None),
        *((GROWTH | more, found) for more, found in (
            ({}, "sufficient"), ({"kinetic_growth_rate_percent_per_week": 1.9}, BETWEEN),
            ({"degree_of_hypertrophy_percent": 7.4}, BETWEEN),
            ({"degree_of_hypertrophy_percent": 7.4, "pve_done": False}, "sufficient"),
        )),
        *((NORMAL | more, found) for more, found in (
            ({"flr_percent_slv": 24.9}, BETWEEN), ({"flr_percent_ct": 26.5}, BETWEEN),
            ({"flr_percent_slv": None}, "sufficient"), ({"flr_percent_ct": None}, "sufficient"),
            ({"flr_lowest_percent": 50.0, "flr_percent_ct": 20.0}, "sufficient"),
            ({"flr_lowest_percent": 49.9, "flr_percent_ct": 20.0}, BETWEEN),
            ({"flr_highest_percent": 19.9}, "too_small"),
            ({"flr_highest_percent": 20.0, "flr_percent_ct": 20.0}, BETWEEN),
        )),
        *((REMNANT | {"liver_condition": condition} | more, found)
          for condition, more, found in (
            ("chemotherapy_over_3_months", {"flr_lowest_percent": 30.0}, "sufficient"),
            ("chemotherapy_over_3_months", {"flr_lowest_percent": 29.9}, BETWEEN),
            ("fibrosis_or_cirrhosis", {"flr_highest_percent": 39.9}, "too_small"),
            ("fibrosis_or_cirrhosis", {"flr_highest_percent": 40.0}, BETWEEN),
            ("chronic_hepatitis", {"flr_highest_percent": 39.9}, "too_small"),
            ("chronic_hepatitis", {"flr_highest_percent": 40.0}, BETWEEN),
            ("steatosis", {}, None),
        )),
    ],
    "sstr_positive": [
        ({"sstr_uptake_krenning": grade}, found)
        for grade, found in ((1.0, False), (2.0, True), (3.0, True))
    ],
    "liver_progression": [
        ({"progressive": p, "liver_dominant": d}, found)
        for p, d, found in ((False, True, False), (False, False, False), (True, True, True),
                            (True, False, None))
    ],
    "burden_category": [
        ({"liver_burden_percent": p}, found)
        for p, found in ((25.0, "low"), (25.1, "moderate"), (50.0, "moderate"), (50.1, "high"))
    ],
    "embolisation_indication": [
        ({"functioning": f, "symptoms_refractory": s, "liver_progression": g,
          "liver_burden_percent": b}, found)
        for f, s, g, b, found in (
            ("carcinoid", True, True, 60.0, "symptoms_uncontrolled_on_ssa"),
            ("none", True, True, 60.0, "progression_in_liver"),
            ("carcinoid", False, True, 60.0, "progression_in_liver"),
            ("carcinoid", False, False, 60.0, "burden_over_25"),
            ("carcinoid", False, False, 25.0, "none"),
            ("carcinoid", False, False, 25.1, "burden_over_25"),
        )
    ],
    "line_of_therapy": [
        ({"prior_treatments": words(), "progressive": True}, 1.0),
        ({"prior_treatments": words("tace", "resection"), "progressive": True}, 1.0),
        ({"prior_treatments": words("ssa", "tace"), "progressive": False}, 1.0),
        ({"prior_treatments": words("ssa", "tace"), "progressive": True}, 2.0),
        ({"prior_treatments": words("ssa", "everolimus"), "progressive": False}, 2.0),
        ({"prior_treatments": words("ssa", "everolimus"), "progressive": True}, 3.0),
    ],
    **{
        fact: [({"prior_treatments": words(*given)}, found) for given, found in rows]
        for fact, rows in (
            ("prior_non_ssa_systemic", (((), False), (("ssa", "tace"), False),
                                        (("everolimus",), True), (("ssa", "sunitinib"), True))),
            ("prior_prrt", (((), False), (("ssa",), False), (("prrt_lu177", "ssa"), True))),
            ("prior_tare", (((), False), (("tace",), False), (("tare",), True))),
            ("long_acting_analogue", (((), False), (("tare",), False), (("ssa",), True))),
        )
    },
    "milan_criteria": [
        (MILAN, MET), (MILAN | {"grade": "G2"}, MET),
        *((MILAN | more, NOT_MET) for more in (
            {"grade": "G3"}, {"grade": "NEC"}, {"portal_drained_primary": False},
            {"liver_burden_percent": 50.1}, {"stable_months": 5.9}, {"age": 60.1},
            *({"extrahepatic_disease": one} for one in
              ("regional_nodes", "minimal", "limited", "dominant", "disseminated")),
        )),
        *(({k: v for k, v in MILAN.items() if k != name}, None) for name in MILAN),
    ],
    "resectability": [
        (FULL, "resectable"), (FULL | {"child_pugh": 6.9}, "resectable"),
        *((FULL | more, "not_resectable") for more in (
            {"differentiation": "poor"}, {"fit_for_major_liver_surgery": False},
            {"child_pugh": 7.0}, {"encephalopathy": True},
            {"portal_hypertension": "clinically_evident"},
            {"portal_hypertension": "extensive_untreated"}, {"portal_vein": "main_tumour"},
            {"portal_vein": "reduced_flow"}, {"extrahepatic_disease": "dominant"},
            {"extrahepatic_disease": "disseminated"},
            {"distribution": "type_III", "resectable_fraction_percent": None},
            {"resectable_fraction_percent": 90.0},
        )),
        *((FULL | more, "borderline") for more in (
            {"remnant_sufficiency": BETWEEN}, {"extrahepatic_disease": "minimal"},
            {"extrahepatic_disease": "limited"}, {"distribution": "type_II"},
            {"distribution": "type_III"}, {"grade": "G3"}, {"carcinoid_heart_disease": "severe"},
        )),
        (FULL | {"remnant_sufficiency": "too_small", "grade": "G3"}, "after_growth"),
        (FULL | {"resectable_fraction_percent": 90.1}, "resectable"),
        (FULL | {"extrahepatic_disease": "regional_nodes"}, "resectable"),
    ],
    "liver_burden_percent": [
        ({"tumour_volume_ml": 450.0, "total_liver_volume_ml": 1800.0}, 25.0),
        ({"lesion_count": 2.0, "lesion_max_mm": 50.0},
         (0, 100 * 2 * math.pi / 6 * 50**3 / 1e6)),
        ({"lesion_count": 9.0, "lesion_max_mm": 100.0}, (0, 100)),
    ],
}  # fmt: skip


def found(fact, facts):
    """What the first derivation that gives something gives; unknown facts are left out."""
    known = {name: one for name, one in facts.items() if one is not None}
    rows = (one.compute(known) for one in TABLES.derivations if one.fact == fact)
    return next((one for one in rows if one is not None), None)


@pytest.mark.parametrize("fact", ARMS)
def test_what_follows_from_each_arm(fact):
    for facts, wanted in ARMS[fact]:
        said = found(fact, facts)
        if isinstance(wanted, tuple):
            assert isinstance(said, Range), facts
            assert span(said) == pytest.approx(wanted, rel=1e-5), facts
        else:
            assert (type(said), said) == (type(wanted), wanted), facts


def ckd_epi(creatinine, sex, age):
    """The CKD-EPI creatinine equation of 2021 (Inker et al., N Engl J Med 2021)."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    part = creatinine / kappa
    return 142 * min(part, 1) ** alpha * max(part, 1) ** -1.2 * 0.9938**age * factor


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("creatinine", [0.4, 0.7, 0.8, 0.9, 1.3, 4.0])
def test_filtration_is_that_of_ckd_epi(sex, creatinine):
    facts = {"creatinine_mg_dl": creatinine, "sex": sex, "dialysis": False}
    for age in (18.0, 50.0, 90.0):
        assert found("egfr", facts | {"age": age}) == pytest.approx(ckd_epi(creatinine, sex, age))
    # Of an age that is not known all of them from 18 to 90.
    assert span(found("egfr", facts)) == pytest.approx(
        [ckd_epi(creatinine, sex, age) for age in (90, 18)]
    )
    assert found("egfr", facts | {"age": 50.0, "dialysis": True}) == Range(0, 14)


def test_points_of_child_and_pugh():
    """Pugh et al. 1973: 1 to 3 of each; what is not known may be any, ascites at least 2."""
    parts = {
        "bilirubin_mg_dl": [(1.9, 1), (2.0, 2), (3.0, 2), (3.1, 3)],
        "albumin_g_dl": [(3.6, 1), (3.5, 2), (2.8, 2), (2.7, 3)],
        "inr": [(1.6, 1), (1.7, 2), (2.3, 2), (2.4, 3)],
        "ascites": [(False, 1), (True, (2, 3))],
        "encephalopathy": [(False, 1), (True, (2, 3))],
    }
    for rows in itertools.product(*parts.values()):
        facts = dict(zip(parts, (one for one, _ in rows), strict=True))
        points = [one if isinstance(one, tuple) else (one, one) for _, one in rows]
        low, high = (sum(one[end] for one in points) for end in (0, 1))
        assert span(found("child_pugh", facts)) == (low, high)
        for name in parts if low == high else ():
            left = {key: one for key, one in facts.items() if key != name}
            own = points[list(parts).index(name)][0]
            assert found("child_pugh", left) == Range(low - own + 1, low - own + 3)


@pytest.mark.parametrize(
    ("count", "mm", "percent", "contradicts"),
    [
        # Twice the spheres in a liver of a litre: 2 of 50 mm are 26.18 %.
        (2.0, 50.0, 26.1, False), (2.0, 50.0, 26.3, True), (3.0, 50.0, 39.2, False),
        (3.0, 50.0, 39.4, True), (2.0, 60.0, 45.1, False), (2.0, 60.0, 45.4, True),
        # Up to a quarter nothing hangs on it.
        (1.0, 10.0, 25.0, False), (1.0, 10.0, 25.1, True),
    ],
)  # fmt: skip
def test_lesions_cannot_replace_twice_their_spheres(count, mm, percent, contradicts):
    given = {"lesion_count": count, "lesion_max_mm": mm, "liver_burden_percent": percent}
    codes = [one.code for one in contradictions(given, TABLES)]
    assert ("burden_beyond_lesions" in codes) is contradicts
