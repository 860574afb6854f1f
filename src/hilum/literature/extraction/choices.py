"""What a cell of an extractor's table may say, where the evidence's schema lists it."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_args

from hilum.evidence.codes import selections
from hilum.evidence.records import Arm, Result, Study
from hilum.evidence.vocabulary import MODALITIES

if TYPE_CHECKING:
    from pydantic import BaseModel

RECORDS: Final[dict[str, type[BaseModel]]] = {"studies": Study, "arms": Arm, "results": Result}


@cache
def choices_of(table: str) -> dict[str, tuple[str, ...]]:
    """By column, the codes that it takes; columns of free text and numbers are not in it."""
    fields: Any = RECORDS[table].model_fields
    found = {one.alias or key: _codes(one.annotation) for key, one in fields.items()}
    if table == "arms":
        found["selection"] = tuple(selections())
    return {key: codes for key, codes in found.items() if codes}


def suggestions_of(table: str) -> dict[str, tuple[str, ...]]:
    """By column, codes of which one or several joined are written: an arm's treatment."""
    return {"modality": tuple(MODALITIES)} if table == "arms" else {}


def _codes(annotation: Any) -> tuple[str, ...]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(str(one) for one in annotation)
    return next((codes for one in get_args(annotation) if (codes := _codes(one))), ())
