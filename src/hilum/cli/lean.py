"""``scipy.special`` as a command needs it: compiled functions at once, the rest when asked for.

The package's own start loads what other array libraries would need, a third of the time in which
one table is pooled; of it hilum's answers use the compiled functions alone. They are the very same
functions, so no figure changes. The first name that is not one of them starts the package as it
is. This is only for the process of a command: whoever imports hilum gets scipy untouched.
"""

from __future__ import annotations

import os
import sys
import threading
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE: Final = "scipy.special"
COMPILED: Final = "scipy.special._ufuncs"
# Where this is said, scipy's functions are others: they take arrays of several libraries.
ARRAYS: Final = "SCIPY_ARRAY_API"


def lean() -> None:
    """Let ``scipy.special`` be loaded with its compiled functions alone, should it be loaded."""
    known = any(isinstance(one, _Finder) for one in sys.meta_path)
    if PACKAGE not in sys.modules and not known and not os.environ.get(ARRAYS):
        sys.meta_path.insert(0, _Finder())


class _Lean(ModuleType):
    """The package before its start; a name that it lacks starts it."""

    def __getattr__(self, name: str) -> Any:
        loader = self.__dict__.get("__loader__")
        # What the import itself looks for before it sets it is no name of the package.
        own = name.startswith("__") and name != "__all__"
        if isinstance(loader, _Loader) and not own:
            loader.start(self)
        return ModuleType.__getattribute__(self, name)


class _Loader(Loader):
    """Loads the compiled functions; starts the package later."""

    def __init__(self, true: Loader) -> None:
        self.true = true
        self.lock = threading.RLock()
        self.started = False

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Lean(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        try:
            compiled = import_module(COMPILED)
            found = {name: getattr(compiled, name) for name in compiled.__all__}
        except (ImportError, AttributeError):
            # Another scipy, built in another way.
            self.start(module)
            return
        vars(module).update(found)
        if "psi" in found:
            module.__dict__.setdefault("digamma", found["psi"])  # the package's other name of it

    def start(self, module: ModuleType) -> None:
        """Start the package as scipy does, once; meanwhile it is an ordinary module."""
        with self.lock:
            if self.started:
                return
            self.started = True
            module.__class__ = ModuleType
            module.__loader__ = self.true
            if module.__spec__ is not None:
                module.__spec__.loader = self.true
            self.true.exec_module(module)


class _Finder(MetaPathFinder):
    """Finds the one package, once."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != PACKAGE:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec
