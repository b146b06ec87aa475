"""The words that searches are understood with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0003"
branch_labels = None
depends_on = None

_KINDS_OF_CHANGES = "object_kind IN ('dataset', 'agency', 'concept', 'place', 'series', 'word')"


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    op.create_table(
        "word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "abbreviation",
                "synonym",
                "english",
                "spelling",
                "place",
                "filler",
                name="wordkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("alternative", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=True),
        sa.Column("both_ways", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'filler') = (alternative = '')", name=op.f("ck_word_has_alternative_or_is_filler")
        ),
        sa.CheckConstraint("term <> ''", name=op.f("ck_word_has_term")),
        sa.CheckConstraint("weight > 0 AND weight <= 1", name=op.f("ck_word_weight_is_a_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word")),
        sa.UniqueConstraint("kind", "term", "alternative", name=op.f("uq_word_kind_term_alternative")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_change_objectkind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_change_objectkind"), _KINDS_OF_CHANGES)
