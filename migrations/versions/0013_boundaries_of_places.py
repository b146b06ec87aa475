"""The boundaries of places."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    for name in ("west", "south", "east", "north"):
        op.add_column("place", sa.Column(name, sa.Double(), nullable=True))
    for name in ("boundary", "sketch"):
        op.add_column("place", sa.Column(name, sa.Text(), nullable=True))
