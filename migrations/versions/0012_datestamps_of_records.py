"""When a record as harvesters are told it last changed, in a column with an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What the portal computed at every request until now: the newest of the record's own change and those of its
# agencies. A tombstone names no agency.
_OWN = "UPDATE dataset SET datestamp = updated_at"
_OF_AGENCIES = """
UPDATE dataset SET datestamp = (
    SELECT max(agency.updated_at) FROM agency WHERE agency.id IN (dataset.agency_id, dataset.supplier_id)
)
WHERE state <> 'withdrawn' AND EXISTS (
    SELECT 1 FROM agency
    WHERE agency.id IN (dataset.agency_id, dataset.supplier_id) AND agency.updated_at > dataset.updated_at
)
"""


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    unknown = sa.text("'1970-01-01 00:00:00.000000'")
    column = sa.Column("datestamp", sa.DateTime(timezone=True), server_default=unknown, nullable=False)
    op.add_column("dataset", column)
    op.execute(_OWN)
    op.execute(_OF_AGENCIES)
    told = ["datestamp", "id", "state", "illustrative", "agency_id"]
    op.create_index("ix_dataset_datestamp", "dataset", told)
