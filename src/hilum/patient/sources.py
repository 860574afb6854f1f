"""What a source is called in a few words: its own short name, or its kind with region or year."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.patient.labels import CHINESE, region_label, word_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    """Short names of sources that have one, and what they are called."""
    text = files("hilum.patient").joinpath("pathway/source_names.csv").read_text("utf-8")
    return {row["source"]: row for row in csv.DictReader(text.splitlines())}


def called(source: str, authority: str) -> str:
    """What kind of source it is called: PDQ is a guideline here but never called one."""
    return _names().get(source, {}).get("called") or authority


def brief(source: str, authority: str, region: str | None) -> tuple[str, str]:
    """A source in a few words, English and Chinese."""
    known = _names().get(source)
    if known is not None:
        return known["brief_en"], known["brief_zh"]
    english, chinese = word_labels()["authority", authority]
    if authority == "label":
        regions = f", {region.replace('|', ', ')}" if region else ""
        places = f"（{region_label(region, CHINESE)}）" if region else ""
        return english + regions, chinese + places
    year = YEAR.findall(source)
    return (f"{english} {year[0]}", f"{chinese} {year[0]}") if year else (english, chinese)
