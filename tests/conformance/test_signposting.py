"""FAIR Signposting as its client reads it: from the page to everything around a dataset, and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from signposting import AbsoluteURI, find_signposting_http, find_signposting_linkset

from portal.app import make_app
from portal.exchange.signposting import ITEMS_IN_HEADER
from tests.factories import (
    make_agency,
    make_dataset,
    make_file,
    make_link,
    make_portal,
    make_small_catalogue,
    uuid_of,
)
from tests.running import free_port
from tests.sites import served

FILES = 60


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    portal = make_portal(tmp_path_factory.mktemp("served"), port=port)
    make_small_catalogue(portal.database)
    with portal.database.write() as session:
        files = [make_file(f"số {number}.csv", [b"x"]) for number in range(FILES)]
        make_dataset(session, "Nhiều tệp", slug="nhieu-tep", distributions=files)
        hostile = '"><script>, <x>; rel="author"\u202e\r\nX: y'
        make_dataset(
            session,
            hostile,
            slug="thu",
            identifier=hostile,
            agency=make_agency(session, hostile, slug="a"),
            distributions=[make_link(f"https://example.org/{hostile}"), make_file(hostile, [b"x"])],
        )
    with served(make_app(portal), port) as address:
        yield address
    portal.close()


def urls(found: object) -> set[str]:
    return {str(each.target) for each in found}  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", ["/du-lieu/chat-luong-khong-khi", "/en/datasets/chat-luong-khong-khi"])
def test_the_page_of_a_dataset_links_to_everything_around_it(base: str, page: str) -> None:
    found = find_signposting_http(AbsoluteURI(base + page))
    assert str(found.citeAs.target) == f"{base}/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}"
    assert urls(found.types) == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
    assert urls(found.authors) == {f"{base}/id/agency/{uuid_of('agency/uy-ban-nhan-dan-thanh-pho')}"}
    described = {str(each.target): each.type for each in found.describedBy}
    assert described[f"{base}/dataset/chat-luong-khong-khi.ttl"] == "text/turtle"
    assert described[f"{base}/api/v1/datasets/chat-luong-khong-khi"] == "application/json"
    (file, link) = sorted(found.items, key=lambda each: "example" in str(each.target))
    assert str(file.target).startswith(f"{base}/tai-ve/") and file.type == "text/csv"
    assert str(link.target) == "https://example.org/khong-khi"
    assert {each.type for each in found.linksets} == {"application/linkset+json", "application/linkset"}


def test_every_document_and_file_leads_back_to_the_page(base: str) -> None:
    page = f"{base}/du-lieu/chat-luong-khong-khi"
    found = find_signposting_http(AbsoluteURI(page))
    for each in found.describedBy:
        if "/dataset/" in str(each.target):
            answer = find_signposting_http(AbsoluteURI(each.target))
            assert str(answer.describes.pop().target) == page, each.target


def test_link_sets_tell_the_same_in_both_forms(base: str) -> None:
    page = AbsoluteURI(f"{base}/du-lieu/nhieu-tep")
    header = find_signposting_http(page)
    assert len(header.items) == ITEMS_IN_HEADER
    sets = []
    for each in header.linksets:
        sets.append(find_signposting_linkset(each.target, each.type))
    for linkset in sets:
        own = linkset.for_context(page)
        assert len(own.items) == FILES
        assert urls(own.describedBy) == urls(header.describedBy)
        assert str(own.citeAs.target) == str(header.citeAs.target)
        file = next(iter(own.items)).target
        assert str(linkset.for_context(file).collection.target) == str(page)
    one, other = ({str(each) for each in linkset.signposts} for linkset in sets)
    assert one == other


def test_hostile_names_add_no_link(base: str) -> None:
    found = find_signposting_http(AbsoluteURI(f"{base}/du-lieu/thu"))
    assert urls(found.authors) == {f"{base}/id/agency/{uuid_of('agency/a')}"}
    assert len(found.items) == 2
    for each in found.linksets:
        linkset = find_signposting_linkset(each.target, each.type)
        assert len(linkset.for_context(AbsoluteURI(f"{base}/du-lieu/thu")).items) == 2
