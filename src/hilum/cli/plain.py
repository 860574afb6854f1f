"""Values of options that need no conversion, taken as they are.

The framework converts every value of a command, given or not, by a validator that it makes for
each; loading what makes them is a tenth of a second. Most values are text, a path, or not given at
all. Only these are taken here; every other value goes the framework's own way, made then.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_origin

if TYPE_CHECKING:
    from collections.abc import Iterable

# Kinds whose values pass unchanged when they are of the kind already, such as defaults.
AS_THEY_ARE: Final = (str, int, float, bool)
# Where the framework keeps what converts a parameter's value.
PLACE: Final = "_runtime_param"


class Plain:
    """What makes the value of one parameter from its text."""

    __slots__ = ("own",)

    def __init__(self) -> None:
        self.own: Any = None

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as it is where it needs nothing, else what the framework makes of it."""
        several = param.multiple or param.nargs == -1
        said = param.type_descriptor.parameter_info
        if not several and value is None:
            return None
        kind = param.type_descriptor.annotation
        if several and value == [] and get_origin(kind) is list:
            return []
        if not several and param.nargs == 1 and said.parser is None:
            if kind in AS_THEY_ARE and type(value) is kind and _within(value, said):
                return value
            if kind is Path and type(value) is str and said.path_type is None and _sayable(value):
                return self._path(value, said, param, ctx)
        return self._framework(value, param, ctx)

    def _path(self, value: str, said: Any, param: Any, ctx: Any) -> Any:
        from typer._param_types import coerce_cli_path

        return coerce_cli_path(Path(value), said, path_type=Path, param=param, ctx=ctx)

    def _framework(self, value: Any, param: Any, ctx: Any) -> Any:
        if self.own is None:
            from typer._coercion import build_runtime_param

            self.own = build_runtime_param(param.type_descriptor)
        return self.own.coerce(value, param=param, ctx=ctx)


def take_plainly(parameters: Iterable[Any]) -> None:
    """Let values that need no conversion pass; a framework built otherwise stays as it is."""
    for one in parameters:
        if getattr(one, PLACE, PLACE) is None and hasattr(one, "type_descriptor"):
            setattr(one, PLACE, Plain())


def take_all_plainly(command: Any) -> None:
    """The same for a command, what asks for its help, and every command in it."""
    take_plainly(command.params)
    own = command.get_help_option

    def help_option(context: Any) -> Any:
        made = own(context)
        take_plainly(() if made is None else (made,))
        return made

    command.get_help_option = help_option
    for one in getattr(command, "commands", {}).values():
        take_all_plainly(one)


def _within(value: Any, said: Any) -> bool:
    if isinstance(value, str):
        return _sayable(value)
    return (said.min is None or value >= said.min) and (said.max is None or value <= said.max)


def _sayable(value: str) -> bool:
    """Whether a text holds nothing that the framework refuses: bytes that are no characters."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
