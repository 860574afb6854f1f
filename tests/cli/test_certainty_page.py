"""The page on certainty holds every number, tool and domain of the rules."""

from dataclasses import fields
from pathlib import Path

from hilum.evidence.appraisal import tools
from hilum.synthesis.certainty import DOMAINS, Thresholds

PAGE = (Path(__file__).parents[2] / "docs" / "certainty.md").read_text("utf-8")


def test_every_threshold_is_on_the_page_with_its_number():
    defaults = Thresholds()
    for one in fields(Thresholds):
        value = getattr(defaults, one.name)
        said = f"`{one.name}`" if value is None else f"`{one.name}` {value}"
        assert said in PAGE, said


def test_every_tool_and_domain_is_on_the_page():
    for tool in tools().values():
        assert tool.name.removeprefix("JBI checklist for ") in PAGE
    for domain in DOMAINS.values():
        assert domain in PAGE
