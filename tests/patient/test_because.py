"""A reason names the facts that made it true, and no other."""

import pytest

from hilum.patient.because import because
from hilum.patient.case import read_case
from hilum.patient.compile import compiled
from hilum.patient.conditions import parse
from hilum.patient.tables import read_tables
from hilum.patient.verdict import verdicts

KNOWN = frozenset({"ascites", "encephalopathy", "inr", "child_pugh"})


@pytest.mark.parametrize(
    ("condition", "facts", "wanted"),
    [
        ("ascites == TRUE OR encephalopathy == TRUE", {"ascites": True, "encephalopathy": False},
         {"ascites"}),
        ("ascites == TRUE OR encephalopathy == TRUE", {"ascites": True, "encephalopathy": True},
         {"ascites", "encephalopathy"}),
        ("ascites == TRUE OR encephalopathy == TRUE", {"ascites": False, "encephalopathy": False},
         {"ascites", "encephalopathy"}),
        ("ascites == FALSE AND child_pugh < 8", {"ascites": False, "child_pugh": 9.0},
         {"child_pugh"}),
        ("ascites == TRUE AND child_pugh >= 8", {"ascites": True, "child_pugh": 9.0},
         {"ascites", "child_pugh"}),
        ("NOT (ascites == TRUE OR inr > 2)", {"ascites": True, "inr": 1.0}, {"ascites"}),
        ("(ascites == TRUE OR inr > 2) AND child_pugh >= 8",
         {"ascites": True, "inr": 1.0, "child_pugh": 8.0}, {"ascites", "child_pugh"}),
        ("ascites == TRUE OR inr > 2", {"ascites": True}, {"ascites"}),
    ],
)  # fmt: skip
def test_only_what_decided_is_named(condition, facts, wanted):
    assert because(parse(condition, KNOWN), facts) == wanted


def test_no_reason_of_a_patient_lists_what_speaks_for_him():
    """Every rule that fires still holds where only the facts it names are kept."""
    case = read_case(
        {"patient": {"ascites": "yes", "bilirubin_mg_dl": 1.0, "grade": "G2", "platelets": 40,
                     "lesion_count": 12, "unilobar_bilobar": "bilobar", "ecog": 1}}
    )  # fmt: skip
    found = verdicts(case, read_tables())
    seen = 0
    for option in found.options:
        for hit in option.fired:
            rule = hit.rule
            if (
                not rule.tested_facts
                or "known(" in rule.holds_text
                or rule.holds_test(found.patient.facts) is None
            ):
                continue
            kept = {name: found.patient.facts[name] for name, _ in hit.values}
            node = rule.holds
            if compiled(node)(kept) is not None:
                assert compiled(node)(kept) is compiled(node)(found.patient.facts), rule.rule_id
                seen += 1
            if "ascites" in kept and rule.rule_id == "TARE-18":
                assert "encephalopathy" not in kept
    assert seen > 20
