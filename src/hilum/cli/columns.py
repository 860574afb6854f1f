"""The options that say which column holds what: one a name, shared by two commands."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = (
    "yi", "vi", "xi", "ni", "ti", "mi", "sdi", "ai", "n1i", "ci", "n2i",
    "x1i", "t1i", "x2i", "t2i", "m1i", "sd1i", "m2i", "sd2i",
)  # fmt: skip


def with_columns(
    command: Callable[..., None] | None = None, *, names: tuple[str, ...] = NAMES
) -> Any:
    """Replace the command's ``columns`` parameter by an option for each of ``names``."""
    if command is None:
        return lambda given: with_columns(given, names=names)
    return _with_columns(command, names)


def _with_columns(command: Callable[..., None], names: tuple[str, ...]) -> Callable[..., None]:
    hints = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    own = [
        parameter.replace(annotation=hints[name])
        for name, parameter in signature.parameters.items()
        if name != "columns"
    ]
    extra = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=name,
            annotation=Annotated[str, typer.Option(f"--{name}", help=f"Column that holds {name}.")],
        )
        for name in names
    ]

    @wraps(command)
    def wrapper(*args: Any, **given: Any) -> None:
        columns = {name: given.pop(name, name) for name in names}
        command(*args, columns=columns, **given)

    changed: Any = wrapper
    changed.__signature__ = signature.replace(
        parameters=[p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + extra
    )
    changed.__annotations__ = {p.name: p.annotation for p in [*own, *extra]} | {"return": None}
    del changed.__wrapped__
    return wrapper
