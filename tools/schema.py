"""Write the JSON Schemas of the sheet and of the verdict to docs/."""

import json
from pathlib import Path

from hilum.patient.report_models import report_schema
from hilum.sheet import json_schema

DOCS = Path(__file__).parents[1] / "docs"
SCHEMAS = {"sheet.schema.json": json_schema, "verdict.schema.json": report_schema}

if __name__ == "__main__":
    for name, made in SCHEMAS.items():
        text = json.dumps(made(), indent=2, ensure_ascii=False) + "\n"
        (DOCS / name).write_text(text, "utf-8")
