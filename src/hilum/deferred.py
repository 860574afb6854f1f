"""Packages whose names load their module when they are first asked for.

A sheet of the shipped evidence needs no array library; importing a package for one of its names
must not load what the others need.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hilum.errors import phrased

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def later(package: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package: each name with the module it stands in.

    A name must not be that of a module of the package, which Python itself sets there.
    """

    def found(name: str) -> Any:
        if name not in places:
            message = phrased(
                "module {package!r} has no attribute {name!r}", package=package, name=name
            )
            raise AttributeError(message)
        value = getattr(import_module(places[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return found
