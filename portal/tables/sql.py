"""Pieces of SQL of our own making: names, texts, and what `portal.text.fold` does, in the engine's words."""

from __future__ import annotations


def sql_name(name: str) -> str:
    """A name as SQL writes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(text: str) -> str:
    """A text of our own as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def folded_sql(expression: str) -> str:
    """What `portal.text.fold` does, in the engine."""
    plain = f"lower(strip_accents(replace(replace({expression}, 'đ', 'd'), 'Đ', 'd')))"
    # As many bytes as letters: nothing to fold, and looking costs a twentieth of folding.
    return f"CASE WHEN strlen({expression}) = length({expression}) THEN lower({expression}) ELSE {plain} END"
