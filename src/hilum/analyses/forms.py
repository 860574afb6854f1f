"""``Asked`` and ``Answered`` as JSON and back, and their JSON Schemas."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any, TypeVar

Form = TypeVar("Form")


def to_json(form: Any, *, indent: int | None = 2) -> str:
    """One JSON object; the same fields in the same order."""
    if hasattr(form, "model_dump_json"):
        return form.model_dump_json(indent=indent)
    return json.dumps(
        asdict(form), ensure_ascii=False, indent=indent, allow_nan=False, default=_held
    )


def _held(value: Any) -> Any:
    """A part that is no plain value: a model of the sheet, a path."""
    return (
        value.model_dump(mode="json", by_alias=True) if hasattr(value, "model_dump") else str(value)
    )


def from_json(form: type[Form], text: str) -> Form:
    """The frozen value of a JSON object, checked like one made in Python.

    Raises
    ------
    pydantic.ValidationError
        Another shape.
    InputError
        A value that the form refuses.
    """
    from pydantic import TypeAdapter  # heavy: only here

    return TypeAdapter(form).validate_json(text)


def schema(form: type) -> dict[str, Any]:
    """JSON Schema of a form."""
    from pydantic import TypeAdapter

    return TypeAdapter(form).json_schema()


def plain(value: Any) -> Any:
    """Arrays to lists, one-element arrays to numbers, what is not finite to null."""
    import numpy as np

    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        out = [plain(one) for one in value]
        return out[0] if len(out) == 1 and not isinstance(out[0], list) else out
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def number(value: Any) -> float | None:
    """A figure as JSON can hold it; None where it is absent or not finite."""
    if value is None:
        return None
    given = float(value)
    return given if math.isfinite(given) else None


def numbers(values: Any) -> tuple[float | None, ...]:
    """The figures of an array; one of a single number."""
    import numpy as np

    return tuple(number(value) for value in np.atleast_1d(np.asarray(values, np.float64)).ravel())
