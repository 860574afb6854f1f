"""The tables, as SQLAlchemy names them; :mod:`hilum.store.migrations` makes them.

A case's content is JSON in the shape of a case file, in a text column: nothing here reads it.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

ID, CODE, LANGUAGE = 32, 40, 16
HASH, STATE, WORKER = 64, 16, 80
METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

CASES = Table(
    "cases",
    METADATA,
    Column("id", String(ID), primary_key=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

# Append-only: a state is never changed. ``restores`` is the number of the state that it repeats.
STATES = Table(
    "case_states",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(ID), ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    Column("why", String(CODE), nullable=False),
    Column("restores", Integer, nullable=True),
    Column("content", Text, nullable=False),
    # Two who keep a state at once: one of them has the number, the other is told.
    UniqueConstraint("case_id", "number"),
)

# What was typed and not kept: one a case, on the state that it changes.
DRAFTS = Table(
    "case_drafts",
    METADATA,
    Column("case_id", String(ID), ForeignKey("cases.id"), primary_key=True),
    Column("base", Integer, nullable=False),
    Column("typed_at", DateTime(timezone=True), nullable=False),
    Column("content", Text, nullable=False),
)

BOARDS = Table(
    "boards",
    METADATA,
    Column("id", String(ID), primary_key=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("title", Text, nullable=False),
)

BOARD_CASES = Table(
    "board_cases",
    METADATA,
    Column("board_id", String(ID), ForeignKey("boards.id"), primary_key=True),
    Column("case_id", String(ID), ForeignKey("cases.id"), primary_key=True),
    Column("place", Integer, nullable=False),
)

# Append-only, and no value of a patient: who did what to which case, and when.
AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("who", String(CODE), nullable=False),
    Column("what", String(CODE), nullable=False),
    # No key to the case: the line outlives it.
    Column("case_id", String(ID), nullable=True, index=True),
    Column("state", Integer, nullable=True),
)

# Work that takes longer than a reader waits: a row is claimed by one worker, whose heart beats in
# it. ``key`` is the hash of what is asked, ``number`` tells its attempts by people apart, so that
# of two who ask the same at once one has the row. What is asked is sealed where a key is given,
# and goes when the work has ended.
JOBS = Table(
    "jobs",
    METADATA,
    Column("id", String(ID), primary_key=True),
    Column("key", String(HASH), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(CODE), nullable=False),
    Column("owner", String(CODE), nullable=False),
    # The case that it is about: the work and its answer go with it.
    Column("subject", String(ID), nullable=True, index=True),
    # The folder that holds its files; a worker without it leaves it to another one.
    Column("place", String(ID), nullable=True),
    Column("state", String(STATE), nullable=False, index=True),
    Column("asked", Text, nullable=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    # Seconds since 1970 by the clock of the database, which all workers share.
    Column("beat", Float, nullable=True),
    Column("worker", String(WORKER), nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("code", String(CODE), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("stop", Boolean, nullable=False),
    Column("error", Text, nullable=True),
    UniqueConstraint("key", "number"),
)

# Append-only: an answer is never changed; the same question is answered from it.
ANSWERS = Table(
    "answers",
    METADATA,
    Column("key", String(HASH), primary_key=True),
    Column("kind", String(CODE), nullable=False),
    Column("subject", String(ID), nullable=True, index=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("version", String(CODE), nullable=False),
    Column("content", Text, nullable=False),
)
