"""Which figure answers which question for this patient, and the sheet that shows it.

The package can be called: ``hilum.board(case, evidence)`` is ``hilum.board.board(case, evidence)``,
whether or not the package has been imported before.
"""

import sys
from types import ModuleType
from typing import Any

from hilum.board.build import board
from hilum.board.sheet import Sheet, json_schema

__all__ = ["Sheet", "board", "json_schema"]


class _Callable(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Sheet:
        return board(*args, **kwargs)


# Importing a submodule rebinds the parent's attribute, so the function cannot own the name alone.
sys.modules[__name__].__class__ = _Callable
