"""The tables of the catalogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the way back is the backup made before the upgrade."""
    op.create_table(
        "catalogue_info",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("public_change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_info")),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "object_kind",
            sa.Enum(
                "dataset",
                "agency",
                "concept",
                "place",
                "series",
                name="objectkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_table(
        "concept",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "vocabulary",
            sa.Enum(
                "theme",
                "licence",
                "frequency",
                "format",
                "language",
                "access-level",
                name="vocabulary",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_vi", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("description_vi", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("exact_match", sa.Text(), nullable=True),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("label_vi <> ''", name=op.f("ck_concept_has_label")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept")),
        sa.UniqueConstraint("vocabulary", "code", name=op.f("uq_concept_vocabulary_code")),
    )
    op.create_table(
        "cursor",
        sa.Column("follower", sa.Text(), nullable=False),
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("follower", name=op.f("pk_cursor")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("official_code", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name_vi <> ''", name=op.f("ck_place_has_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_place_slug")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("description_vi", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_series_uuid")),
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("acronyms", sa.JSON(), nullable=False),
        sa.Column("former_names", sa.JSON(), nullable=False),
        sa.Column("homepage", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name_vi <> ''", name=op.f("ck_agency_has_name")),
        sa.ForeignKeyConstraint(["parent_id"], ["agency.id"], name=op.f("fk_agency_parent_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_agency_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("slug", name=op.f("uq_agency_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_agency_uuid")),
    )
    op.create_index(op.f("ix_agency_parent_id"), "agency", ["parent_id"], unique=False)
    op.create_index(op.f("ix_agency_place_id"), "agency", ["place_id"], unique=False)
    op.create_table(
        "place_succession",
        sa.Column("old_id", sa.Integer(), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.CheckConstraint("how IN ('whole', 'part')", name=op.f("ck_place_succession_how_known")),
        sa.ForeignKeyConstraint(
            ["new_id"], ["place.id"], name=op.f("fk_place_succession_new_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["old_id"], ["place.id"], name=op.f("fk_place_succession_old_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("old_id", "new_id", name=op.f("pk_place_succession")),
    )
    op.create_index(op.f("ix_place_succession_new_id"), "place_succession", ["new_id"], unique=False)
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("other_identifier", sa.Text(), nullable=True),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("title_folded", sa.Text(), nullable=False),
        sa.Column("description_vi", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("themes_raw", sa.JSON(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("agency_text", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.Integer(), nullable=True),
        sa.Column("supplier_text", sa.Text(), nullable=True),
        sa.Column("places_raw", sa.JSON(), nullable=False),
        sa.Column("temporal_start", sa.Date(), nullable=True),
        sa.Column("temporal_end", sa.Date(), nullable=True),
        sa.Column("frequency_id", sa.Integer(), nullable=True),
        sa.Column("frequency_raw", sa.Text(), nullable=True),
        sa.Column("licence_id", sa.Integer(), nullable=True),
        sa.Column("licence_raw", sa.Text(), nullable=True),
        sa.Column("access_level_id", sa.Integer(), nullable=True),
        sa.Column("access_reason", sa.Text(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("landing_page", sa.Text(), nullable=True),
        sa.Column("conforms_to", sa.Text(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=True),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.Column("issued", sa.String(length=20), nullable=True),
        sa.Column("modified", sa.String(length=20), nullable=True),
        sa.Column("extras", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in-review",
                "scheduled",
                "published",
                "withdrawn",
                "trashed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("replacement_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'scheduled') = (scheduled_at IS NOT NULL)", name=op.f("ck_dataset_scheduled_has_time")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_dataset_published_has_time")
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR withdrawal_reason <> ''", name=op.f("ck_dataset_withdrawn_has_reason")
        ),
        sa.CheckConstraint("title_vi <> ''", name=op.f("ck_dataset_has_title")),
        sa.CheckConstraint(
            "temporal_start IS NULL OR temporal_end IS NULL OR temporal_start <= temporal_end",
            name=op.f("ck_dataset_period_in_order"),
        ),
        sa.ForeignKeyConstraint(["access_level_id"], ["concept.id"], name=op.f("fk_dataset_access_level_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_dataset_agency_id")),
        sa.ForeignKeyConstraint(["frequency_id"], ["concept.id"], name=op.f("fk_dataset_frequency_id")),
        sa.ForeignKeyConstraint(["licence_id"], ["concept.id"], name=op.f("fk_dataset_licence_id")),
        sa.ForeignKeyConstraint(["replacement_id"], ["dataset.id"], name=op.f("fk_dataset_replacement_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_dataset_series_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["agency.id"], name=op.f("fk_dataset_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("identifier", name=op.f("uq_dataset_identifier")),
        sa.UniqueConstraint("slug", name=op.f("uq_dataset_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_dataset_uuid")),
    )
    op.create_index(op.f("ix_dataset_agency_id"), "dataset", ["agency_id"], unique=False)
    op.create_index(op.f("ix_dataset_licence_id"), "dataset", ["licence_id"], unique=False)
    op.create_index(op.f("ix_dataset_other_identifier"), "dataset", ["other_identifier"], unique=False)
    op.create_index(op.f("ix_dataset_scheduled_at"), "dataset", ["scheduled_at"], unique=False)
    op.create_index(op.f("ix_dataset_series_id"), "dataset", ["series_id"], unique=False)
    op.create_index("ix_dataset_state_modified", "dataset", ["state", "modified"], unique=False)
    op.create_index(op.f("ix_dataset_supplier_id"), "dataset", ["supplier_id"], unique=False)
    op.create_table(
        "dataset_place",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_dataset_place_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_dataset_place_place_id")),
        sa.PrimaryKeyConstraint("dataset_id", "place_id", name=op.f("pk_dataset_place")),
    )
    op.create_index(op.f("ix_dataset_place_place_id"), "dataset_place", ["place_id"], unique=False)
    op.create_table(
        "dataset_theme",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("concept_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["concept_id"], ["concept.id"], name=op.f("fk_dataset_theme_concept_id")),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_dataset_theme_dataset_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dataset_id", "concept_id", name=op.f("pk_dataset_theme")),
    )
    op.create_index(op.f("ix_dataset_theme_concept_id"), "dataset_theme", ["concept_id"], unique=False)
    op.create_table(
        "distribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "file", "link", name="distributionkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("description_vi", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("access_url", sa.Text(), nullable=True),
        sa.Column("format_id", sa.Integer(), nullable=True),
        sa.Column("format_raw", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("table_state", sa.Text(), nullable=False),
        sa.Column("table_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'link') = (access_url IS NOT NULL)", name=op.f("ck_distribution_link_has_address")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_distribution_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["format_id"], ["concept.id"], name=op.f("fk_distribution_format_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution")),
        sa.UniqueConstraint("uuid", name=op.f("uq_distribution_uuid")),
    )
    op.create_index(
        "ix_distribution_dataset_position", "distribution", ["dataset_id", "position"], unique=False
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_revision_dataset_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("dataset_id", "version", name=op.f("uq_revision_dataset_id_version")),
    )
    op.create_table(
        "file_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("distribution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("byte_size >= 0", name=op.f("ck_file_version_size_not_negative")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_file_version_sha256_is_hex")),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["distribution.id"],
            name=op.f("fk_file_version_distribution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_version")),
        sa.UniqueConstraint("distribution_id", "number", name=op.f("uq_file_version_distribution_id_number")),
    )
    op.create_index(op.f("ix_file_version_sha256"), "file_version", ["sha256"], unique=False)
