"""Critical appraisal as data: the tools, their questions, and appraisals read from a table."""

from hilum.evidence.appraisal.judge import RISKS, Appraisal, domain_judgement, overall_judgement
from hilum.evidence.appraisal.read import (
    Appraisals,
    check_appraisals,
    read_appraisals,
    template,
)
from hilum.evidence.appraisal.tools import Domain, Item, Tool, tools

__all__ = [
    "RISKS",
    "Appraisal",
    "Appraisals",
    "Domain",
    "Item",
    "Tool",
    "check_appraisals",
    "domain_judgement",
    "overall_judgement",
    "read_appraisals",
    "template",
    "tools",
]
