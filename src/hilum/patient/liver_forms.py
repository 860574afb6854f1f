"""A measured liver in the forms it is answered in: each form names its fields once, in its class.

The sheet and the analyses answer the same records in forms of their own; both are filled here.
"""

from __future__ import annotations

from base64 import b64encode
from inspect import get_annotations
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Form = TypeVar("Form")


def filled(form: Callable[..., Form], record: object, **own: object) -> Form:
    """A form with what the record holds under the same names; ``own`` is what it holds otherwise.

    Parameters
    ----------
    form : class
        Its annotations are the fields.
    record : object
        Has an attribute for every field that is not in ``own``.
    **own
        The other fields.
    """
    same = [name for name in get_annotations(form) if name not in own]
    return form(**{name: getattr(record, name) for name in same}, **own)


def numerals(numbers: Sequence[int]) -> tuple[str, ...]:
    """Segments as they are written."""
    from hilum.patient.liver.anatomy import SEGMENTS

    return tuple(SEGMENTS[number - 1] for number in numbers)


def png_text(picture: bytes | None) -> str | None:
    """A picture as text."""
    return None if picture is None else b64encode(picture).decode("ascii")
