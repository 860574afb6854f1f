"""What the status of a resource says: whether it counts, and the line that says so.

FHIR R4: Observation.status, Condition.verificationStatus and clinicalStatus, Procedure.status,
MedicationStatement.status, MedicationRequest.status and intent, AllergyIntolerance.
"""

from __future__ import annotations

from typing import Final, Literal

Use = Literal["counts", "preliminary", "unclear", "not"]

# status -> use, and the code of the line where it does not count as it stands.
OBSERVATION: Final[dict[str, tuple[Use, str]]] = {
    "final": ("counts", ""),
    "amended": ("counts", ""),
    "corrected": ("counts", ""),
    "preliminary": ("preliminary", "preliminary"),
    "registered": ("not", "no_result"),
    "cancelled": ("not", "no_result"),
    "entered-in-error": ("not", "withdrawn"),
}
VERIFICATION: Final[dict[str, tuple[Use, str]]] = {
    "": ("counts", ""),
    "confirmed": ("counts", ""),
    "refuted": ("not", "refuted"),
    "entered-in-error": ("not", "withdrawn"),
    "unconfirmed": ("not", "unconfirmed"),
    "provisional": ("not", "unconfirmed"),
    "differential": ("not", "unconfirmed"),
}
CLINICAL: Final[dict[str, tuple[Use, str]]] = {
    "": ("counts", ""),
    "active": ("counts", ""),
    "recurrence": ("counts", ""),
    "relapse": ("counts", ""),
    "inactive": ("not", "resolved"),
    "remission": ("not", "resolved"),
    "resolved": ("not", "resolved"),
}
PROCEDURE: Final[dict[str, tuple[Use, str]]] = {
    "completed": ("counts", ""),
    "in-progress": ("counts", ""),
    "not-done": ("not", "negated"),
    "preparation": ("not", "planned"),
    "on-hold": ("not", "planned"),
    "stopped": ("not", "unconfirmed"),
    "entered-in-error": ("not", "withdrawn"),
}
MEDICATION: Final[dict[str, tuple[Use, str]]] = {
    "active": ("counts", ""),
    "recorded": ("counts", ""),
    "completed": ("counts", ""),
    "in-progress": ("counts", ""),
    "stopped": ("counts", ""),
    "on-hold": ("counts", ""),
    "intended": ("not", "planned"),
    "draft": ("not", "planned"),
    "not-taken": ("not", "negated"),
    "not-done": ("not", "negated"),
    "cancelled": ("not", "negated"),
    "entered-in-error": ("not", "withdrawn"),
}
# Intents of a request that order something; a proposal or plan does not.
ORDERS: Final = frozenset(
    {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
)
# Statuses of a medication under which it is still being given.
RUNNING: Final = frozenset({"active", "in-progress"})
UNCLEAR: Final[tuple[Use, str]] = ("unclear", "no_status")


def use_of(table: dict[str, tuple[Use, str]], status: str | None) -> tuple[Use, str]:
    """What a status says; one that is missing or not FHIR's is unclear."""
    return table.get((status or "").casefold(), UNCLEAR)
