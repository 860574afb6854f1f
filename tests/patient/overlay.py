"""A hospital's own rows, written for a test."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

from hilum.patient.rows import COLUMNS

SWITCHED_OFF = ("rule_id", "reason")
BLANK = {
    "treatments": {"classes": "liver_directed any", "name_en": "New way", "name_zh": "新方法"},
    "attributes": {
        "type": "number",
        "allowed": "0..100",
        "group": "liver",
        "known": "board",
        "asked": "yes",
        "why_needed": "a rule of ours",
        "label_en": "New fact",
        "label_zh": "新事实",
    },
    "derivations": {"kind": "definition", "source": "our own protocol"},
    "rules": {
        "authority": "guideline",
        "statement_en": "Our own statement",
        "statement_zh": "本院陈述",
        "source": "Our own protocol",
        "url_or_id": "protocol 7",
        "seen": "full_text",
    },
    "switched_off": {},
}


def shipped(table: str, key: str, value: str) -> dict[str, str]:
    """A shipped row."""
    text = (files("hilum.patient") / "pathway" / f"{table}.csv").read_text("utf-8")
    return next(row for row in csv.DictReader(text.splitlines()) if row[key] == value)


def write(
    folder: Path, table: str, *rows: dict[str, str], encoding: str = "utf-8", leave_out: str = ""
) -> Path:
    """Rows of one table, what they do not say filled with what any row needs."""
    columns = [one for one in (*COLUMNS.get(table, SWITCHED_OFF),) if one != leave_out]
    folder.mkdir(exist_ok=True)
    with (folder / f"{table}.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows({**BLANK[table], **row} for row in rows)
    return folder


def new_treatment(folder: Path) -> Path:
    """A treatment with its attribute, a derived fact and three rules: rows alone."""
    write(
        folder,
        "treatments",
        {"id": "histotripsy", "name_en": "Histotripsy", "name_zh": "组织碎裂术"},
    )
    write(
        folder,
        "attributes",
        {"name": "skin_distance_mm", "unit": "mm", "other_units": "cm=10", "label_en": "Distance"},
        {
            "name": "reachable",
            "type": "boolean",
            "allowed": "true|false",
            "asked": "no",
            "label_en": "Reachable",
        },
    )
    write(
        folder,
        "derivations",
        {
            "fact": "reachable",
            "from": "skin_distance_mm",
            "formula": "CASE WHEN skin_distance_mm <= 60 THEN TRUE "
            "WHEN skin_distance_mm > 60 THEN FALSE END",
        },
    )
    write(
        folder,
        "rules",
        {
            "rule_id": "HIS-01",
            "applies_to": "histotripsy",
            "kind": "indicates",
            "when": "lesion_count <= 3",
            "line": "any",
        },
        {
            "rule_id": "HIS-02",
            "applies_to": "histotripsy",
            "kind": "requires",
            "holds": "reachable == TRUE",
            "ground": "feasibility",
            "statement_en": "Within 60 mm of the skin",
        },
    )
    return folder
