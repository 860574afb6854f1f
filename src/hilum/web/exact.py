"""Values of hilum as JSON and back, as they were: answers, questions and errors that are kept.

What ``hilum.analyses.forms`` writes is for other programs, in one shape; this is for hilum itself:
tuples stay tuples, sentences keep their ids and facts, errors their kind. A class is named by its
place and looked up there; only frozen values of hilum's own and its errors are ever made.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any, Final, cast

from pydantic import BaseModel

from hilum.analyses.designs import DESIGNS
from hilum.errors import Fault, HilumError, InputError, Parameter, Phrase

Plain = dict[str, Any]

KIND, PLACE, HELD = "$", "at", "of"
ANSWERED: Final = "answer to "


class NotKept(ValueError):
    """A value that cannot be written, or was written by another version of hilum."""


def written(value: object) -> str:
    """A value as one line of JSON.

    Raises
    ------
    NotKept
        It holds something that is neither plain nor hilum's own.
    """
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def read(text: str) -> Any:
    """The value again.

    Raises
    ------
    NotKept
        Its classes are no longer what they were.
    """
    try:
        return _value(json.loads(text))
    except (ValueError, TypeError, AttributeError, ImportError, KeyError) as error:
        raise NotKept(type(error).__name__) from error


def _plain(value: Any) -> Any:
    for kind, (which, write, _) in KINDS.items():
        if which(value):
            return {KIND: kind, **write(value)}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        given = cast("dict[Any, Any]", value)
        if all(isinstance(one, str) for one in given) and KIND not in given:
            return {name: _plain(one) for name, one in given.items()}
        return {KIND: "map", HELD: [[_plain(one), _plain(two)] for one, two in given.items()]}
    if value is None or type(value) in (str, int, float, bool):
        return value
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:
        return _plain(item())  # a number of an array
    raise NotKept(type(value).__name__)


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(one) for one in cast("list[Any]", plain)]
    if not isinstance(plain, dict):
        return plain
    given = cast("Plain", plain)
    if KIND not in given:
        return {name: _value(one) for name, one in given.items()}
    if given[KIND] == "map":
        return {_value(one): _value(two) for one, two in given[HELD]}
    return KINDS[given[KIND]][2](given)


def _place(value: object) -> str:
    made = type(value)
    if not made.__module__.startswith("hilum."):
        raise NotKept(made.__name__)
    if getattr(import_module(made.__module__), made.__qualname__, None) is made:
        return f"{made.__module__}:{made.__qualname__}"
    # Designs make the class of their answer when it is asked for: it is found by their question's.
    asked = getattr(value, "asked", None)
    if asked is None or _answered(_place(asked)) is not made:
        raise NotKept(made.__name__)
    return ANSWERED + _place(asked)


def _answered(place: str) -> Any:
    asked = _class(place)
    return next((one.Answered for one in DESIGNS.values() if one.Asked is asked), None)


def _class(place: str) -> Any:
    if place.startswith(ANSWERED):
        return _answered(place.removeprefix(ANSWERED))
    module, _, name = place.partition(":")
    if not module.startswith("hilum."):
        raise NotKept(module)
    return getattr(import_module(module), name)


def _parts(value: Any) -> Plain:
    named = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return {PLACE: _place(value), HELD: named}


def _made(given: Plain) -> Any:
    """A frozen value with its parts as they were: it was checked when it was first made."""
    kind = _class(given[PLACE])
    if not (is_dataclass(kind) and isinstance(kind, type)):
        raise NotKept(given[PLACE])
    named = {name: _value(one) for name, one in given[HELD].items()}
    if set(named) != {one.name for one in fields(kind)}:
        raise NotKept(given[PLACE])
    made = object.__new__(kind)
    for name, one in named.items():
        object.__setattr__(made, name, one)
    return made


def _error(error: HilumError) -> Plain:
    if isinstance(error, InputError):
        return {PLACE: "InputError", HELD: [_plain(one) for one in error.faults]}
    return {PLACE: _place(error), HELD: [_plain(one) for one in error.phrases]}


def _raised(given: Plain) -> HilumError:
    held = [_value(one) for one in given[HELD]]
    if given[PLACE] == "InputError":
        return InputError(*(one for one in held if isinstance(one, Fault)))
    kind = _class(given[PLACE])
    if not (isinstance(kind, type) and issubclass(kind, HilumError)):
        raise NotKept(given[PLACE])
    made = kind.__new__(kind)
    # Some are made from parts that only their sentence keeps.
    Exception.__init__(made, *held)
    return made


def _model(given: Plain) -> Any:
    kind = _class(given[PLACE])
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        raise NotKept(given[PLACE])
    return kind.model_validate_json(given[HELD])


Kinds = dict[str, tuple[Callable[[Any], bool], Callable[[Any], Plain], Callable[[Plain], Any]]]
KINDS: Final[Kinds] = {
    "phrase": (
        lambda one: isinstance(one, Phrase),
        lambda one: {"id": one.message, HELD: {name: _fact(fact) for name, fact in
                                               one.facts.items()}},
        lambda given: Phrase(given["id"], {name: _value(one) for name, one in given[HELD].items()}),
    ),
    "parameter": (
        lambda one: isinstance(one, Parameter),
        lambda one: {HELD: str(one)},
        lambda given: Parameter(given[HELD]),
    ),
    "number": (
        lambda one: isinstance(one, float) and not math.isfinite(one),
        lambda one: {HELD: repr(float(one))},
        lambda given: float(given[HELD]),
    ),
    "tuple": (
        lambda one: isinstance(one, tuple) and not hasattr(one, "_fields"),
        lambda one: {HELD: [_plain(each) for each in one]},
        lambda given: tuple(_value(one) for one in given[HELD]),
    ),
    "set": (
        lambda one: isinstance(one, frozenset),
        lambda one: {HELD: sorted((_plain(each) for each in one), key=json.dumps)},
        lambda given: frozenset(_value(one) for one in given[HELD]),
    ),
    "code": (
        lambda one: isinstance(one, Enum),
        lambda one: {PLACE: _place(one), HELD: one.value},
        lambda given: _class(given[PLACE])(given[HELD]),
    ),
    "day": (
        lambda one: type(one) is dt.date,
        lambda one: {HELD: one.isoformat()},
        lambda given: dt.date.fromisoformat(given[HELD]),
    ),
    "time": (
        lambda one: isinstance(one, dt.datetime),
        lambda one: {HELD: one.isoformat()},
        lambda given: dt.datetime.fromisoformat(given[HELD]),
    ),
    "error": (lambda one: isinstance(one, HilumError), _error, _raised),
    "model": (
        lambda one: isinstance(one, BaseModel),
        lambda one: {PLACE: _place(one), HELD: one.model_dump_json(by_alias=True)},
        _model,
    ),
    "value": (lambda one: is_dataclass(one) and not isinstance(one, type), _parts, _made),
}  # fmt: skip
"""How each kind of value is told, written and read; the first that fits counts."""


def _fact(fact: Any) -> Any:
    """What fills a sentence; what cannot be kept is said in English, as errors say it."""
    try:
        return _plain(fact)
    except NotKept:
        return str(fact)
