"""Which queries may be remembered, and in what form: nothing that points to a person."""

from __future__ import annotations

import re

from portal.text import clean_line

MAX_LETTERS = 200

_ADDRESS = re.compile(r"\S@\S|\bhttps?://|\bwww\.", re.IGNORECASE)
# Groups of digits with a sign or two between them: phones and numbers of identity papers as people write
# them. Nine digits and more; a row of years is none of these.
_DIGITS = re.compile(r"\+?\d(?:[ .\-/()]{0,2}\d)+")
_YEARS = re.compile(r"(?:(?:19|20)\d\d[ .\-/]?)+")
_SHORTEST_NUMBER = 9
# The number of a house or a plate is nobody's name, but an account or a licence plate is: 43A-123.45.
_PLATE = re.compile(r"\b\d{2}[a-zđ]\d?[ \-]?\d{3}\.?\d{2}\b", re.IGNORECASE)


def keepable(typed: str) -> str | None:
    """The query as it is counted: composed, lower case, single spaces, at most 200 letters. None for an empty
    one and for what looks like personal data: mail and web addresses, phones, numbers of identity papers and
    accounts, licence plates."""
    query = clean_line(typed).lower()
    if not query or len(query) > MAX_LETTERS or _ADDRESS.search(query) or _PLATE.search(query):
        return None
    return None if any(_is_number_of_someone(each.group()) for each in _DIGITS.finditer(query)) else query


def _is_number_of_someone(digits: str) -> bool:
    if _YEARS.fullmatch(digits):
        return False
    return sum(each.isdigit() for each in digits) >= _SHORTEST_NUMBER
