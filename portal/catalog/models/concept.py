"""Controlled words (themes, licences, frequencies, formats, languages, access levels): data, not code."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column

from portal.catalog.models.base import Audited, Base
from portal.text import LocalizedText


class Vocabulary(StrEnum):
    """The lists that concepts belong to."""

    THEME = "theme"
    LICENCE = "licence"
    FREQUENCY = "frequency"
    FORMAT = "format"
    LANGUAGE = "language"
    ACCESS_LEVEL = "access-level"


class Concept(Audited, Base):
    """One word of one vocabulary; `facts` holds what only that vocabulary knows (days, media type, flags)."""

    __tablename__ = "concept"
    __table_args__ = (
        UniqueConstraint("vocabulary", "code"),
        CheckConstraint("label_vi <> ''", name="has_label"),
    )
    audit_kind = "concept"

    id: Mapped[int] = mapped_column(primary_key=True)
    vocabulary: Mapped[Vocabulary] = mapped_column(index=False)
    code: Mapped[str]
    label_vi: Mapped[str]
    label_en: Mapped[str | None]
    description_vi: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str | None]
    # URI of the same concept in the list that other catalogues share (EU vocabularies, SPDX ...).
    exact_match: Mapped[str | None]
    # Raw words, as other catalogues write them, that mean this concept.
    also: Mapped[list[str]] = mapped_column(default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    label: Mapped[LocalizedText] = composite("label_vi", "label_en")
    description: Mapped[LocalizedText] = composite("description_vi", "description_en")

    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_key(self) -> str:
        """How the audit trail names the row."""
        return f"{self.vocabulary}/{self.code}"
