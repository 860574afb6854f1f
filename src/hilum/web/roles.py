"""Who may ask for a page, by name; every route of the table names one."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a page demands of whoever asks for it; each holds what stands before it.

    ``ANYBODY`` is for what holds nothing of a patient and must come before a session: the way in
    and the files that pages are drawn with. ``MEMBER`` is whoever signed in. A reader looks at the
    evidence and at answers that others asked for, and changes nothing; a reviewer asks and keeps;
    patients are for clinicians; accounts and the log for administrators, who could give themselves
    any role.
    """

    ANYBODY = "anybody"
    MEMBER = "member"
    READER = "reader"
    REVIEWER = "reviewer"
    CLINICIAN = "clinician"
    ADMIN = "admin"


GIVEN: Final = (Role.READER, Role.REVIEWER, Role.CLINICIAN, Role.ADMIN)
"""Roles that an account can have."""


def held_by(role: Role) -> frozenset[Role]:
    """What whoever has a role may ask for."""
    every = tuple(Role)
    return frozenset(every[: every.index(role) + 1])


# Whoever holds the secret that the terminal shows owns the machine's account: every role there is.
OWNER: Final = held_by(Role.ADMIN)
