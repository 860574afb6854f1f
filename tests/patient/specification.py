"""The executable specification (tests/reference/pathway) over the tables that hilum ships."""

import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import hilum.patient.tables
from hilum.patient.volumetry import written_out

FOLDER = Path(__file__).parents[1] / "reference" / "pathway"
NAMES = ("language", "tables", "evaluate")


@cache
def specification():
    """Its three modules and the tables they read; their names are taken back afterwards."""
    before = {name: sys.modules.pop(name, None) for name in NAMES}
    sys.path.insert(0, str(FOLDER))
    try:
        found = SimpleNamespace(**{name: import_module(name) for name in NAMES})
    finally:
        sys.path.remove(str(FOLDER))
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
    found.tables.HERE = Path(hilum.patient.tables.__file__).parent / "pathway"
    plain = found.tables.read
    # The specification knows no formula by its name: it reads each where it is used.
    found.tables.read = lambda name: [
        {column: written_out(cell) for column, cell in row.items()} for row in plain(name)
    ]
    found.shipped = found.tables.load()
    return found
