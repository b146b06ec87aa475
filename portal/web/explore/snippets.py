"""The same rows for programs: one address, and how five languages ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from portal.web.explore.addresses import Addresses


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few lines that ask for exactly what is seen."""

    label: str
    code: str


def snippets(addresses: Addresses, base_url: str) -> tuple[Snippet, ...]:
    """One for each language. Addresses hold nothing but what is safe within quotation marks: they are encoded."""
    rows, csv = addresses.rows, base_url + addresses.export("csv")
    return (
        Snippet("curl", f'curl "{rows}"'),
        Snippet("Python", f'import pandas as pd\n\nrows = pd.read_csv("{csv}")\nprint(rows.head())'),
        Snippet("JavaScript", f'const answer = await fetch("{rows}");\nconsole.log(await answer.json());'),
        Snippet("R", f'rows <- read.csv("{csv}", fileEncoding = "UTF-8")\nhead(rows)'),
        Snippet(gettext("Excel (Power Query)"), _power_query(csv)),
    )


def _power_query(csv: str) -> str:
    return (
        "let\n"
        f'  Answer = Web.Contents("{csv}"),\n'
        '  Source = Csv.Document(Answer, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),\n'
        "  Rows = Table.PromoteHeaders(Source, [PromoteAllScalars = true])\n"
        "in\n"
        "  Rows"
    )
