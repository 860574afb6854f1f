"""Critical appraisal as data: the tools, their questions, and appraisals read from a table."""

from hilum.evidence.appraisal.facts import FACTS, Draft, Facts, check_facts, drafts, read_facts
from hilum.evidence.appraisal.form import template
from hilum.evidence.appraisal.judge import RISKS, Appraisal, domain_judgement, overall_judgement
from hilum.evidence.appraisal.read import Appraisals, check_appraisals, read_appraisals
from hilum.evidence.appraisal.tools import Domain, Item, Tool, tools

__all__ = [
    "FACTS",
    "RISKS",
    "Appraisal",
    "Appraisals",
    "Domain",
    "Draft",
    "Facts",
    "Item",
    "Tool",
    "check_appraisals",
    "check_facts",
    "domain_judgement",
    "drafts",
    "overall_judgement",
    "read_appraisals",
    "read_facts",
    "template",
    "tools",
]
