"""What search keeps of the present tables. Derived from readings; made anew with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalog.models.base import Base


class TableDigest(Base):
    """The columns of a present table, and what a small one says."""

    __tablename__ = "table_digest"

    table_id: Mapped[int] = mapped_column(ForeignKey("data_table.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    # Of those that the file has: position, key, name, type, unit.
    columns: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    # Different texts of its cells, for the index.
    texts: Mapped[list[str]] = mapped_column(default=list)
    # Row by row, columns in their order; empty where the table is not small.
    cells: Mapped[list[list[Any]]] = mapped_column(JSON(), default=list, deferred=True)


class TableKey(Base):
    """A folded name of a column of a small table, or a folded value of one of its cells: by these a question finds
    the tables that may answer it."""

    __tablename__ = "table_key"
    __table_args__ = {"sqlite_with_rowid": False}

    key: Mapped[str] = mapped_column(primary_key=True)
    is_column: Mapped[bool] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(
        ForeignKey("table_digest.table_id", ondelete="CASCADE"), primary_key=True, index=True
    )
