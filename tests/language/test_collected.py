"""No sentence is said that the catalogues do not know: what is said stands where it is said."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "hilum"


def said_by_name(function):
    """Sentences that stand in a name first and are translated by it."""
    known = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values = [node.value]
            if isinstance(node.value, ast.IfExp):
                values = [node.value.body, node.value.orelse]
            said = [one.value for one in values if isinstance(one, ast.Constant)]
            known.setdefault(node.targets[0].id, []).extend(one for one in said if one)
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        if node.func.id in ("words", "say") and isinstance(node.args[0], ast.Name):
            yield from (one for one in known.get(node.args[0].id, []) if isinstance(one, str))


def test_sentences_by_name_are_in_a_catalogue(gathered):
    parts = gathered.values()
    ids = {one[1] if isinstance(one, tuple) else one for part in parts for one in part}
    found = []
    for room in ("rendering", "plots", "cli", "web"):
        for file in sorted((SRC / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    found += [(file.name, one) for one in said_by_name(node)]
    assert len(found) > 5
    assert [one for one in found if one[1] not in ids] == []
