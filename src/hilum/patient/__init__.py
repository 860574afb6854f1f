"""One patient: the case, its resectability and the rules that open or close treatments."""

from hilum.patient.attributes import Attribute, attributes, labels
from hilum.patient.case import Case, Fact, read_case
from hilum.patient.eligibility import RuleHit, Status, Verdict, eligibility
from hilum.patient.resectability import Obstacle, Resectability, assess, with_resectable
from hilum.patient.rules import Rule, read_rules
from hilum.patient.template import case_template

__all__ = [
    "Attribute",
    "Case",
    "Fact",
    "Obstacle",
    "Resectability",
    "Rule",
    "RuleHit",
    "Status",
    "Verdict",
    "assess",
    "attributes",
    "case_template",
    "eligibility",
    "labels",
    "read_case",
    "read_rules",
    "with_resectable",
]
