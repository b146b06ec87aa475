"""Whose a series is: the agency whose publishers keep it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    name = "fk_series_agency_id"
    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("agency_id", sa.Integer(), sa.ForeignKey("agency.id", name=name)))
    op.create_index("ix_series_agency_id", "series", ["agency_id"])
