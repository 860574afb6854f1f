"""Write the JSON Schema of the sheet to docs/sheet.schema.json."""

import json
from pathlib import Path

from hilum.board import json_schema

TARGET = Path(__file__).parents[1] / "docs" / "sheet.schema.json"

if __name__ == "__main__":
    TARGET.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")
