"""Words that mean the same in a search: kept by administrators, born with the portal."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalog.models.base import Audited, Base


class WordKind(StrEnum):
    """Why two words belong together; a filler has no other word and is never required."""

    ABBREVIATION = "abbreviation"
    SYNONYM = "synonym"
    ENGLISH = "english"
    SPELLING = "spelling"
    PLACE = "place"
    FILLER = "filler"


class Word(Audited, Base):
    """`alternative` may be meant where `term` is typed, and the other way round when `both_ways`."""

    __tablename__ = "word"
    __table_args__ = (
        UniqueConstraint("kind", "term", "alternative"),
        CheckConstraint("term <> ''", name="has_term"),
        CheckConstraint("(kind = 'filler') = (alternative = '')", name="has_alternative_or_is_filler"),
        CheckConstraint("weight > 0 AND weight <= 1", name="weight_is_a_share"),
    )
    audit_kind = "word"

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str]
    kind: Mapped[WordKind]
    alternative: Mapped[str] = mapped_column(default="")
    # Empty: the usual one of the kind.
    weight: Mapped[float | None]
    both_ways: Mapped[bool] = mapped_column(default=False)
    # Words that the portal is born with come back when they are deleted; these stay silent instead.
    active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_key(self) -> str:
        """How the audit trail names the row."""
        return f"{self.kind}/{self.term}/{self.alternative}"
