"""Which pairs the rules keep, and why they leave others out: a pair on both sides of each reason.

Sources are the rows of ``patient/pathway/rules.csv`` that the answers name.
"""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from hilum.patient.tables import read_tables
from hilum.sheet.made_patients import made_patients
from hilum.sheet.randomisable import (
    PURPOSES,
    advised_against,
    judged,
    purpose_of,
    registered,
)

# Sites of the shipped evidence: no arm is of the lung alone.
SHIPPED = frozenset({"pancreas", "small_bowel", "git", "mixed", "other", "not_stated"})
LUNG = SHIPPED | {"lung"}


@pytest.mark.parametrize(
    ("pair", "purpose", "sites", "reason"),
    [
        # Nothing indicates phenol; DEB-TACE is indicated (DEBT-18) and advised against (DEBT-13).
        (("phenol_injection", "tae"), "tumour", SHIPPED, "no_patient"),
        (("deb_tace", "tare"), "tumour", SHIPPED, "advised_against"),
        (("tae", "tare"), "tumour", SHIPPED, None),
        # NEC (PLAT-01) against NET; both for NEC, one after the other (IRI-01).
        (("chemo_platinum", "everolimus"), "tumour", SHIPPED, "net_nec"),
        (("chemo_irinotecan", "chemo_platinum"), "tumour", SHIPPED, "line"),
        # Every lesion (RES-17, ABL-14) against holding the disease (ART-21, TMZ-16).
        (("chemo_temozolomide", "resection"), "tumour", SHIPPED, "aim"),
        (("rfa", "tae"), "tumour", SHIPPED, "aim"),
        (("rfa", "tare"), "tumour", SHIPPED, "aim"),
        (("resection", "transplantation"), "tumour", SHIPPED, "aim"),
        (("mwa", "rfa"), "tumour", SHIPPED, None),
        (("resection", "rfa"), "tumour", SHIPPED, None),
        (("debulking", "tae"), "tumour", SHIPPED, None),
        # Surufatinib is licensed without a syndrome (SURU-01), interferon is for one (IFN-01).
        (("interferon", "surufatinib"), "symptoms", SHIPPED, "never_both"),
        (("everolimus", "surufatinib"), "tumour", SHIPPED, None),
        # First (SSA-03, SSA-18) against later (CABO-01), second (EVE-15), any (PRRT-46).
        (("cabozantinib", "ssa"), "tumour", SHIPPED, "line"),
        (("everolimus", "ssa"), "tumour", SHIPPED, "line"),
        (("ssa", "telotristat"), "symptoms", SHIPPED, "line"),
        (("cabozantinib", "everolimus"), "tumour", SHIPPED, None),
        (("prrt_lu177", "ssa"), "tumour", SHIPPED, None),
        # Both first in atypical carcinoid of the lung (EVE-22, SSA-25).
        (("everolimus", "ssa"), "tumour", LUNG, None),
        # Sunitinib is for the pancreas (SUN-04): an evidence of other primaries alone says nothing.
        (("everolimus", "sunitinib"), "tumour", frozenset({"git"}), "site"),
        (("everolimus", "sunitinib"), "tumour", frozenset({"git", "pancreas"}), None),
        (("everolimus", "sunitinib"), "tumour", frozenset({"mixed"}), None),
        # Interferon is for the carcinoid syndrome (IFN-01, IFN-12), outside the lung (IFN-11).
        (("interferon", "tae"), "tumour", SHIPPED, "symptoms"),
        (("interferon", "tace"), "tumour", SHIPPED, "symptoms"),
        (("interferon", "tare"), "tumour", SHIPPED, "symptoms"),
        (("chemo_temozolomide", "interferon"), "tumour", SHIPPED, "symptoms"),
        (("interferon", "tae"), "symptoms", SHIPPED, None),
        (("interferon", "tae"), "either", SHIPPED, None),
        (("interferon", "tae"), "tumour", LUNG, None),
        (("sunitinib", "surufatinib"), "symptoms", SHIPPED, "no_symptoms"),
        (("sunitinib", "surufatinib"), "tumour", SHIPPED, None),
    ],
)  # fmt: skip
def test_why_nobody_would_randomise(pair, purpose, sites, reason):
    one, other = judged(*pair, purpose, sites), judged(*pair[::-1], purpose, sites)
    assert one.reason == other.reason == reason
    assert one.rules == other.rules[::-1]
    assert (one.whom is None) == (reason is not None)
    tables = read_tables()
    for name, rules in zip(pair, one.rules, strict=True):
        known = {rule.rule_id: rule.line for rule in tables.rules_of[name]}
        assert all(known[rule.rule_id] == rule.line for rule in rules)
    if reason != "no_patient":
        assert any(one.rules)


def test_who_has_both_open_is_said():
    found = judged("everolimus", "sunitinib", "tumour", SHIPPED)
    assert found.whom.sites == ("pancreas",)
    assert found.whom.grades == ("G1", "G2", "G3")
    assert found.whom.lines == (1, 2, 3)
    # In a resectable liver surgery is the standard (ALL-01): nobody is randomised past it.
    assert found.whom.resectability == ("borderline", "not_resectable")
    assert 0 < found.whom.patients < len(made_patients())
    assert judged("resection", "rfa", "tumour", SHIPPED).whom.resectability == ("borderline",)


def test_a_pair_by_a_trial_that_the_rules_cite():
    """ART-25 and DEBT-18 cite the protocol of RETNET, which had these three arms."""
    for pair, rules in (
        (("deb_tace", "tace"), ("ART-25", "DEBT-18")),
        (("deb_tace", "tae"), ("ART-25", "DEBT-18")),
        (("tace", "tae"), ("ART-25",)),
    ):
        [found] = registered(*pair)
        assert found.rules == rules
        assert found.source.startswith("RETNET")
    assert not registered("tae", "tare")
    # One arm of a trial is no pair (PRRT-08).
    assert not registered("prrt_lu177", "ssa")


def test_what_is_advised_against_in_everybody_and_its_cautions():
    assert advised_against("deb_tace") == ("DEBT-13", "DEBT-16")
    assert advised_against("tace") == ()
    assert advised_against("phenol_injection") == ()


def test_the_aims_name_rules_that_indicate_the_treatment():
    text = files("hilum.sheet").joinpath("aims.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    tables = read_tables()
    for row in rows:
        known = {r.rule_id: r for r in tables.rules_of[row["treatment"]]}
        assert row["aim"] in ("clear", "replace")
        assert all(known[name].role == "indicates" for name in row["rules"].split())


def test_every_purpose_is_of_an_outcome_that_is_ranked():
    from hilum.sheet.comparable import GAINS

    assert set(PURPOSES) <= set(GAINS)
    assert purpose_of("objective_response") == "tumour"
    assert purpose_of("symptom_response") == "symptoms"


def test_what_is_open_at_best_is_what_the_verdicts_say():
    """Every eleventh patient, all treatments; the verdicts have the reasons too."""
    from hilum.patient.judge import OPEN
    from hilum.patient.verdict import at_best, verdicts

    tables = read_tables()
    undecided = 0
    for made in made_patients()[::11]:
        options = verdicts(made.facts, tables).options
        found = {one.treatment for one in options if one.status in OPEN or one.best in OPEN}
        best = at_best(made.facts, tables)
        assert {name for name, one in best.items() if one.open} == found
        undecided += sum(one.best in OPEN and one.status not in OPEN for one in options)
        for one in options:
            indications = {rule.rule_id for rule in one.indications}
            if one.treatment in best:
                assert indications <= {r.rule_id for r in best[one.treatment].indications}
            else:
                assert not indications
    assert undecided > 100
