"""The sentences of charts, in both languages; `{...}` are filled with figures and names."""

from __future__ import annotations

from portal.text import Language, LocalizedText

_T = LocalizedText
_WORDS: dict[str, LocalizedText] = {
    "title": _T("{measure} theo {by}", "{measure} by {by}"),
    "histogram-title": _T("Phân bố của {measure}", "Distribution of {measure}"),
    "illustrative": _T("Minh họa – không phải số liệu thật", "Illustrative – not real figures"),
    "others": _T(
        "Biểu đồ chỉ vẽ {shown} mục đầu; {others} mục khác nằm trong bảng.",
        "The chart shows the first {shown}; {others} more are in the table.",
    ),
    "totals": _T("Không vẽ dòng tổng: {names}.", "Rows of totals are not drawn: {names}."),
    "earlier": _T(
        "Biểu đồ vẽ {shown} mốc thời gian gần nhất; {others} mốc trước đó nằm trong bảng.",
        "The chart shows the latest {shown}; {others} earlier ones are in the table.",
    ),
    "none": _T("Không có số liệu để vẽ.", "There are no figures to draw."),
    "one": _T("Chỉ có một số liệu: {name}, {value}.", "There is only one figure: {name}, {value}."),
    "equal": _T("Mọi số liệu đều bằng {value}.", "All figures are {value}."),
    "highest": _T("Cao nhất: {name} ({value})", "Highest: {name} ({value})"),
    "lowest": _T("thấp nhất: {name} ({value})", "lowest: {name} ({value})"),
    "rise": _T(
        "Từ {first} đến {last}, số liệu tăng từ {low} lên {high}{change}",
        "From {first} to {last} the figure rose from {low} to {high}{change}",
    ),
    "fall": _T(
        "Từ {first} đến {last}, số liệu giảm từ {low} xuống {high}{change}",
        "From {first} to {last} the figure fell from {low} to {high}{change}",
    ),
    "same": _T(
        "Số liệu của {first} và {last} bằng nhau ({low})",
        "The figures of {first} and {last} are the same ({low})",
    ),
    "points": _T("{value} điểm phần trăm", "{value} percentage points"),
    "peak": _T("cao nhất là {name} ({value})", "the highest is {name} ({value})"),
    "dip": _T("thấp nhất là {name} ({value})", "the lowest is {name} ({value})"),
    "gaps": _T("Không có số liệu cho {count} trên {total} mục.", "No figure for {count} of {total}."),
    "period-gaps": _T(
        "Không có số liệu cho {count} trên {total} mốc thời gian.",
        "No figure for {count} of {total} periods.",
    ),
    "unplaced": _T(
        "Những dòng không đọc được “{by}” không có trong biểu đồ.",
        "Rows whose “{by}” cannot be read are not in the chart.",
    ),
    "gap": _T("không có số liệu", "no figure"),
    "and-others": _T("{name} và {count} mục khác", "{name} and {count} others"),
    "and-other": _T("{name} và 1 mục khác", "{name} and 1 other"),
    "bulk": _T(
        "Giá trị từ {least} đến {most}; khoảng {low} – {high} có nhiều dòng nhất ({count}).",
        "Values from {least} to {most}; {low} to {high} has more rows than any other interval ({count}).",
    ),
    "range": _T("Giá trị từ {least} đến {most}.", "Values from {least} to {most}."),
    "only": _T("Chỉ có một giá trị: {least}.", "There is only one value: {least}."),
    "constant": _T("Cả {count} dòng đều là {least}.", "All {count} rows are {least}."),
    "rows": _T("Số dòng", "Number of rows"),
    "rows-unit": _T("dòng", "rows"),
    "sum": _T("Tổng {name}", "Sum of {name}"),
    "avg": _T("Trung bình {name}", "Average of {name}"),
    "empty-label": _T("(trống)", "(empty)"),
    "true": _T("Có", "Yes"),
    "false": _T("Không", "No"),
    "year": _T("năm {year}", "{year}"),
    "month": _T("tháng {month}/{year}", "{name} {year}"),
    "bare-month": _T("tháng {month}", "{name}"),
    "quarter": _T("quý {roman}/{year}", "Q{quarter} {year}"),
    "bare-quarter": _T("quý {roman}", "Q{quarter}"),
    "date": _T("ngày {date}", "{date}"),
}


def words(key: str, language: Language, **values: object) -> str:
    """A sentence or a part of one."""
    return _WORDS[key].in_language(language).format(**values)
