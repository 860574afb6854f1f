"""One patient: the case, the liver, and what published rules say of each treatment."""

from hilum.patient.case import Case, Fact, read_case
from hilum.patient.contradictions import Contradiction, contradictions
from hilum.patient.judge import Status
from hilum.patient.records import Attribute, Rule, Treatment
from hilum.patient.report import report
from hilum.patient.resectability import Obstacle, Resectability, Resectable
from hilum.patient.tables import Tables, read_tables
from hilum.patient.template import case_template
from hilum.patient.values import Range, Value
from hilum.patient.verdict import Verdict, Verdicts, WouldChange, verdicts

__all__ = [
    "Attribute",
    "Case",
    "Contradiction",
    "Fact",
    "Obstacle",
    "Range",
    "Resectability",
    "Resectable",
    "Rule",
    "Status",
    "Tables",
    "Treatment",
    "Value",
    "Verdict",
    "Verdicts",
    "WouldChange",
    "case_template",
    "contradictions",
    "read_case",
    "read_tables",
    "report",
    "verdicts",
]
