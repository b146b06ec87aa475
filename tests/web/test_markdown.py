"""Descriptions: what Markdown may do, what it may not (threat T02), and the lead."""

from __future__ import annotations

import html5lib
import pytest

from portal.web.markdown import describe, excerpt, render

ALLOWED = {
    "html", "head", "body", "a", "blockquote", "br", "code", "em", "h3", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](java\tscript:alert(1))",
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox(1))",
        "<javascript:alert(1)>",
        '![x](x" onerror="alert(1))',
        "![x](https://example.org/spy.png)",
        "<svg onload=alert(1)>",
        "<math><mtext><script>alert(1)</script></mtext></math>",
        "<style>body{display:none}</style>",
        "<<b>script>alert(1)</script>",
        "<!-- open",
        "```<script>\nalert(1)\n```",
        '[x](https://a.b "\\" onmouseover=alert(1)")',
        "[x]: javascript:alert(1)\n\n[x]",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "|a|\n|-|\n|<img src=x onerror=1>|",
    ],
)
def test_t02_nothing_in_a_description_can_run(source: str) -> None:
    for html in (render(source), describe(source, 200).html):
        root = html5lib.parse(html, namespaceHTMLElements=False)
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            assert element.tag in ALLOWED, html
            assert set(element.attrib) <= {"href", "title", "rel", "start"}, html
            address = element.get("href")
            assert address is None or address.startswith(("http://", "https://", "mailto:")), html


def test_t02_an_excerpt_is_plain_text_that_still_needs_escaping() -> None:
    assert excerpt("<b>x</b> & **y** [z](javascript:1)") == "<b>x</b> & y [z](javascript:1)"
    assert type(excerpt("x")) is str


def test_links_tell_robots_and_targets_nothing() -> None:
    assert 'rel="nofollow noopener ugc"' in render("[nguồn](https://example.org/)")


def test_headings_stand_below_the_heading_of_their_section() -> None:
    assert render("# Một\n\n#### Hai") == "<h3>Một</h3>\n<h3>Hai</h3>\n"


def test_lists_tables_and_breaks_are_kept() -> None:
    html = render("- a\n- b\n\n|x|y|\n|-|-|\n|1|2|\n\ndòng một\ndòng hai")
    assert "<li>a</li>" in html
    assert "<td>1</td>" in html
    assert "<br>" in html


def test_a_lead_that_says_all_is_not_said_twice() -> None:
    described = describe("Số ca mắc **theo tuần**.\n\nCách tính: cộng dồn.", 200)
    assert described.lead == "Số ca mắc theo tuần."
    assert described.html == "<p>Cách tính: cộng dồn.</p>\n"


def test_a_lead_that_loses_something_leaves_the_whole_below() -> None:
    linked = describe("Xem [nguồn](https://example.org/).", 200)
    assert linked.lead == "Xem nguồn."
    assert "https://example.org/" in linked.html
    long = describe("một hai ba bốn năm sáu bảy", 12)
    assert long.lead == "một hai ba…"
    assert "bảy" in long.html


def test_a_description_without_a_paragraph_has_no_lead() -> None:
    described = describe("- chỉ là\n- danh sách", 200)
    assert (described.lead, "<li>chỉ là</li>" in described.html) == ("", True)
    assert describe("", 200) == describe("   ", 200)


def test_an_excerpt_is_cut_between_words() -> None:
    assert excerpt("Tổng lượng mưa, theo tháng", 17) == "Tổng lượng mưa…"
