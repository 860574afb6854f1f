"""Cases with their states and drafts, boards, the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cases",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_table(
        "case_states",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kept_at", WHEN, nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("restores", sa.Integer, nullable=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_states"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_states_case_id"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_states_case_id"),
    )
    op.create_table(
        "case_drafts",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("typed_at", WHEN, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_drafts"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_drafts_case_id"),
    )
    op.create_table(
        "boards",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_boards"),
    )
    op.create_table(
        "board_cases",
        sa.Column("board_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("board_id", "case_id", name="pk_board_cases"),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name="fk_board_cases_board_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_board_cases_case_id"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=True),
        sa.Column("state", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_case_id", "audit", ["case_id"])


def downgrade() -> None:
    """Take the tables away again."""
    for name in ("audit", "board_cases", "boards", "case_drafts", "case_states", "cases"):
        op.drop_table(name)
