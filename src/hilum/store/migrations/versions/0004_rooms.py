"""Boards have a day and can be undone; forms that are half filled are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the day, the steps of boards and the drafts of forms."""
    op.add_column("boards", sa.Column("day", sa.String(10), nullable=False, server_default=""))
    op.create_table(
        "board_steps",
        sa.Column("board_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("board_id", "number", name="pk_board_steps"),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name="fk_board_steps_board_id"),
    )
    op.create_table(
        "form_drafts",
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("form", sa.String(80), nullable=False),
        sa.Column("typed_at", WHEN, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("who", "form", name="pk_form_drafts"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("form_drafts")
    op.drop_table("board_steps")
    op.drop_column("boards", "day")
