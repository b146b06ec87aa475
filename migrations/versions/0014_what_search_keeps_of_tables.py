"""What search keeps of tables; the next reading of each fills it in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    op.create_table(
        "table_digest",
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_table_digest_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["data_table.id"], name=op.f("fk_table_digest_table_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("table_id", name=op.f("pk_table_digest")),
    )
    op.create_table(
        "table_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("is_column", sa.Boolean(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_id"], ["table_digest.table_id"], name=op.f("fk_table_key_table_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "is_column", "table_id", name=op.f("pk_table_key")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("table_digest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_table_digest_dataset_id"), ["dataset_id"], unique=False)
    with op.batch_alter_table("table_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_table_key_table_id"), ["table_id"], unique=False)
