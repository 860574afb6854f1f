"""Who may ask for a page, by name; every route of the table names one."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a page demands of whoever asks for it.

    ``ANYBODY`` is for what holds nothing of a patient and must come before a session: the way in
    and the files that pages are drawn with.
    """

    ANYBODY = "anybody"
    CLINICIAN = "clinician"
    ADMIN = "admin"


# Whoever holds the secret that the terminal shows owns the machine's account: every role there is.
OWNER = frozenset({Role.ANYBODY, Role.CLINICIAN, Role.ADMIN})
