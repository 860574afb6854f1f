"""Answers as words in every language and as pictures; knows nothing of how they were computed.

The package can be called: ``hilum.render(sheet, form, words)`` renders a sheet, whether or not the
package has been imported before.
"""

import sys
from types import ModuleType
from typing import Any, Final

MESSAGES: Final = (
    "hilum.render.network",
    "hilum.render.network_plots",
    "hilum.render.pool",
    "hilum.render.pool_plots",
    "hilum.render.reconstruct",
    "hilum.render.sensitivity",
    "hilum.render.stages",
    "hilum.render.survival",
    "hilum.render.survival_plot",
)
"""Modules with tables of messages (their ``messages()``)."""


class _Callable(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> bytes:
        from hilum.board.render import render

        return render(*args, **kwargs)


# Importing a submodule rebinds the parent's attribute, so the function cannot own the name alone.
sys.modules[__name__].__class__ = _Callable
