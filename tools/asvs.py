"""Write docs/asvs.md from docs/asvs.csv: each requirement, how it is met, what shows it."""

import ast
import csv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE, PAGE = ROOT / "docs" / "asvs.csv", ROOT / "docs" / "asvs.md"
STATES = ("met", "partly", "not", "absent")
# Requirements of levels 1 and 2 of version 5.0.0, of 345 in all.
AT_LEVEL = {1: 70, 2: 183}
HEAD = """\
# ASVS 5, level 2

The Application Security Verification Standard 5.0.0 (OWASP, May 2025, CC BY-SA 4.0), its {total}
requirements of levels 1 and 2, held against [the workbench](workbench.md) as `hilum serve --auth`
runs it. The numbers are the standard's; the words are hilum's own and short: the standard says what
each demands. This is hilum's own view of itself, and nobody else's verdict.

{met} are met, {partly} partly, {not} are not; {absent} speak of what hilum does not have
(*absent*). What is met by a program names a test that fails where it is not; what is met by words
names the page.

"""


@dataclass(frozen=True)
class Requirement:
    """One row of the table."""

    requirement: str
    level: int
    words: str
    state: str
    how: str
    shown: str


def requirements() -> list[Requirement]:
    """Every row."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return [Requirement(**{**row, "level": int(row["level"])}) for row in csv.DictReader(file)]


def page() -> str:
    """The page."""
    rows = requirements()
    count = {state: sum(one.state == state for one in rows) for state in STATES}
    lines = [
        HEAD.format(total=len(rows), **count),
        "| requirement | level | asks for | | how | shown by |\n|---|---|---|---|---|---|\n",
    ]
    for one in rows:
        shown = f"`{one.shown}`" if "::" in one.shown else one.shown
        if shown.startswith("docs/"):
            name = shown.removeprefix("docs/")
            shown = f"[{name}]({name})"
        cells = (one.requirement, str(one.level), one.words, one.state, one.how, shown)
        lines.append(f"| {' | '.join(cells)} |\n")
    return "".join(lines)


def missing(shown: str) -> bool:
    """Whether a test or page that is named is not there."""
    path, _, name = shown.partition("::")
    if not (ROOT / path).is_file():
        return True
    if not name:
        return False
    module = ast.parse((ROOT / path).read_text("utf-8"))
    return not any(isinstance(one, ast.FunctionDef) and one.name == name for one in module.body)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
