"""Accounts, keys, copies; a log that is chained and that the database itself keeps unchanged."""

import sqlalchemy as sa
from alembic import op

from hilum.store.audit import END, START, Line
from hilum.store.times import aware

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
# A log of which lines can be changed is none: what the databases say to whoever tries.
REFUSED = "lines of the log are added and never changed"
PROTECTED = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()",
    ),
}
OPEN_AGAIN = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgresql": (
        "DROP TRIGGER audit_no_change ON audit",
        "DROP FUNCTION audit_refused()",
    ),
}


def upgrade() -> None:
    """Make the tables, chain the lines there are, and protect them."""
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
    )
    op.create_table(
        "seals",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("salt", sa.String(40), nullable=False),
        sa.Column("wrapped", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seals"),
    )
    op.create_table(
        "copies",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_copies"),
    )
    end = op.create_table(
        "audit_end",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_end"),
    )
    connection = op.get_bind()
    lines = _lines(connection)
    op.drop_index("ix_audit_case_id", "audit")
    op.drop_table("audit")
    audit = op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=True),
        sa.Column("state", sa.Integer, nullable=True),
        sa.Column("about", sa.String(200), nullable=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_case_id", "audit", ["case_id"])
    if lines:
        op.bulk_insert(audit, lines)
    last = lines[-1]["hash"] if lines else START
    op.bulk_insert(end, [{"id": END, "lines": len(lines), "hash": last}])
    for said in PROTECTED[connection.dialect.name]:
        op.execute(said)


def _lines(connection: sa.Connection) -> list[dict[str, object]]:
    """The lines there are, numbered and chained."""
    asked = sa.text("SELECT at, who, what, case_id, state FROM audit ORDER BY id").columns(at=WHEN)
    before, made = START, list[dict[str, object]]()
    for number, row in enumerate(connection.execute(asked).all(), 1):
        when = aware(row.at)
        line = Line(number, when, row.who, row.what, row.case_id, row.state, None, "")
        before = line.chained(before)
        made.append({"id": number, "at": when, "who": row.who, "what": row.what,
                     "case_id": row.case_id, "state": row.state, "about": None,
                     "hash": before})  # fmt: skip
    return made


def downgrade() -> None:
    """Take the tables away again; the log keeps its lines."""
    for said in OPEN_AGAIN[op.get_bind().dialect.name]:
        op.execute(said)
    with op.batch_alter_table("audit") as audit:
        audit.drop_column("about")
        audit.drop_column("hash")
    for name in ("audit_end", "copies", "seals", "accounts"):
        op.drop_table(name)
