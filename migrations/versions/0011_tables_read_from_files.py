"""Tables read from files; every file that is there waits to be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    op.create_table(
        "file_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_version_id", sa.Integer(), nullable=False),
        sa.Column("reader_version", sa.Integer(), nullable=False),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("encoding", sa.Text(), nullable=True),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("refusal_values", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_version_id"],
            ["file_version.id"],
            name=op.f("fk_file_reading_file_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_reading")),
        sa.UniqueConstraint("file_version_id", name=op.f("uq_file_reading_file_version_id")),
    )
    op.create_table(
        "data_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("total_rows", sa.JSON(), nullable=False),
        sa.Column("captions", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("has_geometry", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["file_reading.id"], name=op.f("fk_data_table_reading_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_table")),
        sa.UniqueConstraint("reading_id", "position", name=op.f("uq_data_table_reading_id_position")),
    )
    with op.batch_alter_table("data_table", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_table_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_table_uuid"), ["uuid"], unique=False)

    with op.batch_alter_table("dataset", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tables_version", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )

    with op.batch_alter_table("distribution", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("table_reason_values", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
        )
        batch_op.add_column(sa.Column("table_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tables", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(
            sa.Column("reading_overrides", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
        )
        batch_op.create_index(
            "ix_distribution_table_waiting",
            ["updated_at"],
            unique=False,
            sqlite_where=sa.text("table_state = 'waiting'"),
            postgresql_where=sa.text("table_state = 'waiting'"),
        )
    op.execute(sa.text("UPDATE distribution SET table_state = 'waiting' WHERE kind = 'file'"))
