"""Every sentence that an error may say, found where errors are made."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Where a sentence stands among the arguments of a call, by the name called; None where it is
# only given by keyword, -1 the last one.
PLACES = {
    "phrased": 0,
    "Fault": 4,
    "RowFault": 3,
    "OutOfRange": 2,
    "NotEstimable": 0,
    "NotConverged": 0,
    "MissingExtra": 0,
    "Stopped": 0,
    "ConditionError": 0,
    "LastAdmin": 0,
    "Spoilt": 0,
    "ValueError": 0,
    "ValueNotRead": 1,
    "UnknownCode": 0,
    "found": 2,
    # What collects faults or makes one of them.
    "need": -1,
    "unless": 3,
    "add": 2,
    "each": None,
    "fault": 2,
    "breaks": 1,
    "misplaces": 1,
    "refuse": 1,
    "check": 2,
    "bad": 2,
    "refusal": 2,
    "_place": 2,
    "_fault": 1,
    "_near": 2,
    "_number": 1,
    "_refused": 1,
    "leave": 0,
}
# Keywords and names that hold sentences.
KEYWORDS = frozenset({"expected", "wanted", "problem"})
# Tables of sentences by code, by their names in a module.
TABLES = frozenset(
    {"EXPECTATIONS", "NOT_EMPTY", "WANTED", "REFUSED", "REFUSED_VALUES", "SYSTEM", "PARSED"}
)
# Tables of the framework's own words.
FRAMEWORK = frozenset({"AROUND", "USAGE", "HELP"})


@dataclass
class Sentences:
    """What was found: ids, those of them of any length, and places where a sentence is glued."""

    ids: set[str] = field(default_factory=set[str])
    glued: list[str] = field(default_factory=list[str])
    single: set[str] = field(default_factory=set[str])


def sentences(root: Path) -> Sentences:
    """Walk over every module below a folder."""
    out = Sentences()
    for path in sorted(root.rglob("*.py")):
        module = ast.parse(path.read_text("utf-8"))
        constants = _module_constants(module)
        where = path.relative_to(root).as_posix()
        for scope, node in _nodes(module):
            for one in _said(node):
                for text in _texts(one, scope, constants):
                    if isinstance(text, str):
                        out.ids.add(text)
                    else:
                        out.glued.append(f"{where}:{text.lineno}: {ast.unparse(text)[:80]}")
        for name in (TABLES | FRAMEWORK) & set(constants):
            value = constants[name]
            if isinstance(value, ast.Dict):
                texts = {
                    one.value
                    for one in value.values
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
                out.ids |= texts
                out.single |= texts if name in FRAMEWORK else set()
    return out


def _nodes(module: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node with the function it stands in."""

    def walk(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            inner = child if isinstance(child, ast.FunctionDef) else scope
            yield inner, child
            yield from walk(child, inner)

    return walk(module, module)


def _module_constants(module: ast.Module) -> dict[str, ast.expr]:
    out: dict[str, ast.expr] = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            out[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
            out[node.target.id] = node.value
    return out


def _said(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions that are sentences of this node."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        place = PLACES.get(name)
        if place == -1 and len(node.args) > 3:
            yield node.args[-1]
        elif place is not None and place >= 0 and len(node.args) > place:
            yield node.args[place]
        if name in PLACES:
            yield from (one.value for one in node.keywords if one.arg in KEYWORDS)
    elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
        # Checks of tables yield what was expected last.
        last = node.value.elts[-1]
        if isinstance(last, ast.Constant | ast.IfExp | ast.JoinedStr):
            yield last


def _texts(
    node: ast.expr, scope: ast.AST, constants: dict[str, ast.expr]
) -> Iterator[str | ast.expr]:
    """Texts that an expression may be; the expression itself where it is glued."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, scope, constants)
        yield from _texts(node.orelse, scope, constants)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from _texts(one, scope, constants)
    elif isinstance(node, ast.Name):
        local = list(_assigned(scope, node.id))
        for one in local or ([constants[node.id]] if node.id in constants else []):
            if not isinstance(one, ast.Name):
                yield from _texts(one, scope, constants)
    elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and _has_text(node)):
        yield node


def _has_text(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(node)
    )


def _assigned(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    """What a name of a function is set to, also by a loop over a tuple of tuples."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            if any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
                yield node.value
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Tuple):
            rows = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else []
            for place, one in enumerate(node.target.elts):
                if isinstance(one, ast.Name) and one.id == name:
                    yield from (row.elts[place] for row in rows if isinstance(row, ast.Tuple))
