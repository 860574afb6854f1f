"""An ``Asked`` from what was typed into a form: every field as text, every fault at its field."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.asked import no_share, options_of, without_percent
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from hilum.analyses.asked import Option

YES: Final = "yes"


def _whole(text: str) -> int:
    return int(text)


def _texts(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(one) for one in text.replace(",", " ").split())


KINDS: Final[dict[Any, Callable[[str], Any]]] = {
    bool: lambda text: text == YES,
    int: _whole,
    int | None: _whole,
    float: float,
    float | None: float,
    str: str,
    str | None: str,
    tuple[float, ...]: _numbers,
    tuple[float, ...] | None: _numbers,
    tuple[str, ...]: _texts,
}
"""How each type of field is read from text."""
EXPECTATIONS: Final[dict[Any, str]] = {
    int: "a whole number",
    int | None: "a whole number",
    float: "a number",
    float | None: "a number",
    tuple[float, ...]: "numbers with spaces between",
    tuple[float, ...] | None: "numbers with spaces between",
}
"""What is expected of a text that is not of its type."""


FLOATS: Final = (float, float | None, tuple[float, ...], tuple[float, ...] | None)


@dataclass(frozen=True, slots=True)
class Typed:
    """One field of a form: what it says, its type, and what stands in it at first."""

    name: str
    said: Option
    kind: Any
    usual: str
    needed: bool

    @property
    def percent(self) -> bool:
        """Whether it is a share, which may be typed as a percentage."""
        return self.said.is_share and self.kind in FLOATS


def typed_fields(form: type, without: Collection[str] = ()) -> tuple[Typed, ...]:
    """The fields of an ``Asked`` in their order, those that must be filled in first."""
    needed = {one.name for one in fields(form)
              if one.default is MISSING and one.default_factory is MISSING}  # fmt: skip
    found = [
        Typed(name, said, kind, _text(default), name in needed)
        for name, (said, kind, default) in options_of(form).items()
        if name not in without
    ]
    return tuple(sorted(found, key=lambda one: not one.needed))


def from_texts(
    form: type,
    texts: Mapping[str, str],
    without: Collection[str] = (),
    given: Mapping[str, Any] | None = None,
) -> Any:
    """The ``Asked`` that a form says; an empty field keeps its default.

    ``given`` is what no text can say: a table.

    Raises
    ------
    InputError
        Every field that is not what it should be, and what the ``Asked`` itself refuses.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for one in typed_fields(form, without):
        text = texts.get(one.name, "").strip()
        read = KINDS[one.kind]
        if one.kind is bool:
            values[one.name] = read(text)
        elif not text:
            if one.needed:
                faults.append(Fault("", None, one.name, "", "a value"))
        else:
            try:
                values[one.name] = read(without_percent(text) if one.percent else text)
            except ValueError:
                wanted = no_share(text) or EXPECTATIONS[one.kind]
                faults.append(Fault("", None, one.name, text, wanted))
    if faults:
        raise InputError(*faults)
    return form(**values, **(given or {}))


def _text(default: Any) -> str:
    if default is None or default is False:
        return ""
    if default is True:
        return YES
    if isinstance(default, tuple):
        return " ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in default)
    return f"{default:g}" if isinstance(default, float) else str(default)
