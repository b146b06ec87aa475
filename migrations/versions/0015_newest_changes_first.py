"""An index of public records by when they last changed."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    op.create_index("ix_dataset_state_updated", "dataset", ["state", "updated_at", "id"])
