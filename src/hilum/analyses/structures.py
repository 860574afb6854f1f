"""Effects that are not independent: which model is asked for, and the fields of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.analyses.clusters import robust_fields
from hilum.analyses.nested import nested, nested_fields
from hilum.analyses.outcomes import outcome_fields, several

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.synthesis.models import AnyFit


def structured(asked: PoolAsked, rows: Rows) -> AnyFit | None:
    """The model of nested groups or of several outcomes; None where neither is asked for."""
    if asked.multilevel:
        return nested(asked, rows)
    return several(asked, rows) if asked.multivariate else None


def fields(asked: PoolAsked, rows: Rows, fit: Any) -> dict[str, Any]:
    """The fields of an answer of dependent effects."""
    from hilum.synthesis.multilevel import MultilevelFit

    out: dict[str, Any] = {"measure": asked.measure, "method": asked.way}
    if not isinstance(fit, MultilevelFit):
        return out | outcome_fields(fit, asked, rows)
    out |= nested_fields(fit, asked, rows)
    return out | robust_fields(asked, rows, fit) if asked.robust else out
