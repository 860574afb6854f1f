"""What an administrator settled for the whole store."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "settled",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settled"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("settled")
