"""What was put back or removed comes back; programs have tokens, people a second factor."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("boards", sa.Column("removed_at", WHEN, nullable=True))
    op.create_table(
        "case_put_back",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("typed_at", WHEN, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_put_back"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_put_back_case_id"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("ends_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("hash", name="uq_tokens_hash"),
    )
    op.create_index("ix_tokens_account", "tokens", ["account"])
    op.create_table(
        "second_factors",
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("confirmed_at", WHEN, nullable=True),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("account", "hash", name="pk_recovery_codes"),
    )


def downgrade() -> None:
    """Take them away again."""
    for name in ("recovery_codes", "second_factors", "tokens", "case_put_back"):
        op.drop_table(name)
    op.drop_column("boards", "removed_at")
