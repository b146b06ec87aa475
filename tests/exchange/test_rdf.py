"""Whatever people write into fields, every form parses and says the same."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from rdflib import Graph as ReadGraph
from rdflib.compare import isomorphic

from portal.exchange.rdf import FORMS, JSON_LD, TURTLE, Form, Graph, address, both, literal, moment
from portal.text import LocalizedText
from tests.rdf import read_graph

THING = NamedNode("http://portal.example/id/dataset/1")
ODD = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    [
        "</rdf:RDF>",
        "]]>",
        '"""',
        "\\",
        "'''@vi .",
        "\x00\x1f\x7f\x85",
        "\u202eabc",
        "\ud800",
        "<script>",
        "\r\n",
    ]
)
# Other work on the same machine is no fault of the text.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


def read(form: Form, document: bytes) -> ReadGraph:
    return read_graph(document, form.extension)


@patient
@given(st.lists(ODD, min_size=1, max_size=4))
def test_every_form_of_any_text_parses_to_the_same_graph(texts: list[str]) -> None:
    graph = Graph()
    graph.is_a(THING, "dcat:Dataset")
    for text in normal(texts):
        graph.add(THING, "dct:title", literal(text, "vi"), literal(text))
    expected, *others = (read(form, form.document(graph.triples())) for form in FORMS.values())
    assert len(expected) == 1 + 2 * len({str(literal(text).value) for text in normal(texts)})
    assert all(isomorphic(expected, other) for other in others)


def normal(texts: list[str]) -> list[str]:
    """XML reads every kind of line end as a line feed; the catalogue stores no other."""
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]


@patient
@given(
    st.one_of(
        ODD, ODD.map(lambda tail: f"https://example.org/{tail}"), ODD.map(lambda host: f"http://{host}")
    )
)
def test_an_address_is_a_whole_one_or_none(text: str) -> None:
    node = address(text)
    if node is None:
        return
    graph = Graph()
    graph.add(THING, "foaf:page", node)
    for form in FORMS.values():
        assert [str(page) for page in read(form, form.document(graph.triples())).objects()] == [node.value]
    assert node.value.lower().startswith(("http://", "https://", "urn:"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            " https://example.org/tệp dữ liệu.csv ",
            "https://example.org/t%E1%BB%87p%20d%E1%BB%AF%20li%E1%BB%87u.csv",
        ),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/a%20b?q={x}", "https://example.org/a%20b?q=%7Bx%7D"),
        ("https://example.org/ệ", "https://example.org/ệ"),
        ("https://example.org/a\u00a0b", "https://example.org/a%C2%A0b"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("example.org", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses_as_people_write_them(text: str | None, expected: str | None) -> None:
    node = address(text)
    assert (node.value if node else None) == expected


def test_a_document_can_be_joined_from_fragments_written_apart() -> None:
    graphs = []
    for number in range(3):
        graph = Graph()
        node = graph.is_a(NamedNode(f"http://portal.example/{number}"), "dcat:Dataset")
        graph.add(node, "dct:title", *both(LocalizedText(f"Số {number}", f"Number {number}")))
        graphs.append(graph)
    for form in FORMS.values():
        fragments = form.between.join(form.fragment(graph.triples()) for graph in graphs)
        assert len(read(form, form.start + fragments + form.end)) == 9


def test_turtle_is_the_same_every_time() -> None:
    graph = Graph()
    graph.add(THING, "dct:title", *both(LocalizedText("Tên", "Name")))
    assert len({TURTLE.document(graph.triples()) for _ in range(20)}) == 1


def test_json_ld_is_readable_without_a_processor() -> None:
    graph = Graph()
    graph.is_a(THING, "dcat:Dataset")
    graph.add(THING, "dct:title", *both(LocalizedText("Tên", "Name")))
    graph.add(THING, "dct:issued", moment(date(2024, 5, 6)))
    document = json.loads(JSON_LD.document(graph.triples()))
    assert document["@context"]["dcat"] == "http://www.w3.org/ns/dcat#"
    assert document["@graph"] == [
        {
            "@id": THING.value,
            "@type": ["dcat:Dataset"],
            "dct:title": [{"@language": "vi", "@value": "Tên"}, {"@language": "en", "@value": "Name"}],
            "dct:issued": [{"@type": "xsd:date", "@value": "2024-05-06"}],
        }
    ]


def test_a_day_stays_a_day_and_an_instant_is_in_utc() -> None:
    assert str(moment(date(2024, 5, 6))) == '"2024-05-06"^^<http://www.w3.org/2001/XMLSchema#date>'
    instant = datetime(2024, 5, 6, 1, 2, 3, tzinfo=UTC)
    assert str(moment(instant)) == '"2024-05-06T01:02:03Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    assert moment(None) is None
