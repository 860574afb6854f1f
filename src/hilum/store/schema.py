"""The tables, as SQLAlchemy names them; :mod:`hilum.store.migrations` makes them.

A case's content is JSON in the shape of a case file, in a text column: nothing here reads it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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
DAY, FORM = 10, 80
HASH, ABOUT, STATE, WORKER = 64, 200, 16, 80
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

# What was put back last, so that it can be brought back on the same state.
PUT_BACK = Table(
    "case_put_back",
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
    # As people write it, 2026-11-28; empty where none was said.
    Column("day", String(DAY), nullable=False, server_default=""),
    # Removed, and not deleted: it can be brought back.
    Column("removed_at", DateTime(timezone=True), nullable=True),
)

BOARD_CASES = Table(
    "board_cases",
    METADATA,
    Column("board_id", String(ID), ForeignKey("boards.id"), primary_key=True),
    Column("case_id", String(ID), ForeignKey("cases.id"), primary_key=True),
    Column("place", Integer, nullable=False),
)

# What a board was before each change, so that it can be undone; the highest number is taken first.
BOARD_STEPS = Table(
    "board_steps",
    METADATA,
    Column("board_id", String(ID), ForeignKey("boards.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    # Title, day and ids in their order, as JSON: a case that was removed since is passed over.
    Column("content", Text, nullable=False),
)

# A form that is no patient's and was half filled: one a form and person.
FORM_DRAFTS = Table(
    "form_drafts",
    METADATA,
    Column("who", String(CODE), primary_key=True),
    Column("form", String(FORM), primary_key=True),
    Column("typed_at", DateTime(timezone=True), nullable=False),
    Column("content", Text, nullable=False),
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
    # The account, address or file that was acted on or from.
    Column("about", String(ABOUT), nullable=True),
    # Of the line before and this one; without a default, so that nobody adds a line but the log.
    Column("hash", String(HASH), nullable=False),
)

# How many lines there are, and the hash of the last: whoever adds one locks this row.
AUDIT_END = Table(
    "audit_end",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("hash", String(HASH), nullable=False),
)

# Who may sign in; ``password`` is an argon2 hash. ``epoch`` grows with every change that ends the
# sessions that are open.
ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", String(CODE), primary_key=True),
    Column("role", String(CODE), nullable=False),
    Column("password", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    # Somebody else chose the password: it is good for choosing another one.
    Column("must_change", Boolean, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

# What programs come in with: the SHA-256 of 256 random bits, good until it ends, for an account and
# no more than its role.
TOKENS = Table(
    "tokens",
    METADATA,
    Column("id", String(ID), primary_key=True),
    Column("account", String(CODE), nullable=False, index=True),
    Column("name", String(FORM), nullable=False),
    Column("role", String(CODE), nullable=False),
    Column("hash", String(HASH), nullable=False, unique=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=True),
)

# What an account's one-time codes are made of; asked for once it is confirmed. ``step`` is the
# last that was taken: no code is good twice.
SECOND_FACTORS = Table(
    "second_factors",
    METADATA,
    Column("account", String(CODE), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True), nullable=True),
    Column("step", BigInteger, nullable=False),
)

# Codes for whoever has lost the other: the SHA-256 of 120 random bits each; one that was used goes.
RECOVERY_CODES = Table(
    "recovery_codes",
    METADATA,
    Column("account", String(CODE), primary_key=True),
    Column("hash", String(HASH), primary_key=True),
)

# The store's own keys, wrapped by what a person holds; the highest seals.
SEALS = Table(
    "seals",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("kind", String(CODE), nullable=False),
    Column("salt", String(CODE), nullable=False),
    Column("wrapped", Text, nullable=False),
)

# Copies that hilum made: they still hold what was removed since.
COPIES = Table(
    "copies",
    METADATA,
    Column("id", String(ID), primary_key=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("place", Text, nullable=False),
    Column("sha256", String(HASH), nullable=False),
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

# What an administrator settled for the whole store, by name.
SETTLED = Table(
    "settled",
    METADATA,
    Column("name", String(CODE), primary_key=True),
    Column("value", String(FORM), nullable=False),
)
