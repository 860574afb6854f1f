"""Which facts made a condition what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.compile import compiled
from hilum.patient.conditions import names

if TYPE_CHECKING:
    from hilum.patient.compile import Facts
    from hilum.patient.conditions import Node


def because(node: Node, facts: Facts) -> frozenset[str]:
    """The known facts that a condition's answer rests on.

    Of alternatives joined by OR only those that hold made it true, of parts joined by AND only
    those that fail made it false: *ascites or encephalopathy* is true of a patient with ascites
    because of the ascites.
    """
    kind = node[0]
    if kind == "not":
        return because(node[1], facts)
    if kind in ("and", "or"):
        answer = compiled(node)(facts)
        parts = [part for part in node[1:] if isinstance(part, tuple)]
        if answer is (kind == "or"):
            parts = [part for part in parts if compiled(part)(facts) is answer]
        return frozenset().union(*(because(part, facts) for part in parts))
    return frozenset(name for name in names(node) if facts.get(name) is not None)
