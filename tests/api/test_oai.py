"""OAI-PMH keeps the protocol's rules: valid answers, its own errors, tombstones, lists that lose nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.api import oai
from portal.app import make_app
from portal.catalog.actors import SYSTEM
from portal.catalog.models import Agency, CatalogueInfo, Dataset, Vocabulary
from portal.catalog.queries import dataset_by_reference, with_everything
from portal.catalog.services.agencies import update_agency
from portal.catalog.services.datasets import restore, withdraw
from tests.api.oai import BASE, OAI, ask, code, pages, schema, texts
from tests.factories import (
    NOW,
    make_agency,
    make_concept,
    make_dataset,
    make_file,
    make_link,
    make_many,
    make_portal,
    uuid_of,
)
from tests.sites import Site, open_site

DC = "{http://purl.org/dc/elements/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FULL = f"{BASE}/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}"
GONE = f"{BASE}/id/dataset/{uuid_of('dataset/da-rut')}"
VALID = [
    "verb=Identify",
    "verb=ListMetadataFormats",
    f"verb=ListMetadataFormats&identifier={FULL}",
    "verb=ListSets",
    "verb=ListIdentifiers&metadataPrefix=oai_dc",
    "verb=ListIdentifiers&metadataPrefix=dcat&set=agency:so-y-te",
    "verb=ListRecords&metadataPrefix=oai_dc",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01&until=2026-03-01",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={FULL}",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={GONE}",
]
ERRORS = {
    "": "badVerb",
    "verb=": "badVerb",
    "verb=identify": "badVerb",
    "verb=Identify&verb=Identify": "badVerb",
    "verb=Identify&x=1": "badArgument",
    "verb=Identify&metadataPrefix=oai_dc": "badArgument",
    "verb=%00%3Cb%3E": "badVerb",
    "verb=ListRecords": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc": "badArgument",
    "verb=ListRecords&metadataPrefix=%3Cscript%3E": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=0000-01-01": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01T00:00:00%2B07:00": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-01&until=2026-03-02T00:00:00Z": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-02&until=2026-03-01": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=a:": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x": "badArgument",
    "verb=ListRecords&resumptionToken=x": "badResumptionToken",
    "verb=ListRecords&resumptionToken=": "badResumptionToken",
    "verb=ListRecords&resumptionToken=%C4%91%01": "badResumptionToken",
    "verb=ListSets&resumptionToken=AAAA": "badResumptionToken",
    "verb=ListRecords&metadataPrefix=marc": "cannotDisseminateFormat",
    "verb=ListRecords&metadataPrefix=oai_dc&until=2020-01-01": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&from=9999-12-31": "noRecordsMatch",
    "verb=ListIdentifiers&metadataPrefix=oai_dc&set=agency:khong-co": "noRecordsMatch",
    "verb=ListIdentifiers&metadataPrefix=oai_dc&set=khac": "noRecordsMatch",
    "verb=GetRecord&metadataPrefix=oai_dc": "badArgument",
    f"verb=GetRecord&metadataPrefix=marc&identifier={FULL}": "cannotDisseminateFormat",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:1": "idDoesNotExist",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=a%20b": "badArgument",
    f"verb=ListMetadataFormats&identifier={BASE}/id/dataset/{uuid_of('dataset/bi-mat-draft')}": "idDoesNotExist",
}


@pytest.mark.parametrize("query", [*VALID, *ERRORS])
def test_every_answer_is_valid_against_the_schema_of_the_protocol(
    client: FlaskClient, shared: Path, query: str
) -> None:
    schema(shared).assertValid(ask(client, query))


@pytest.mark.parametrize("query", ERRORS)
def test_mistakes_are_told_by_the_codes_of_the_protocol(client: FlaskClient, query: str) -> None:
    root = ask(client, query)
    assert code(root) == ERRORS[query]
    asked = root.find(f"{OAI}request")
    assert asked.text == f"{BASE}/oai"
    assert bool(asked.attrib) == (code(root) not in ("badVerb", "badArgument"))


def test_answers_repeat_what_was_asked(client: FlaskClient) -> None:
    asked = ask(client, "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-03-01").find(f"{OAI}request")
    assert dict(asked.attrib) == {
        "verb": "ListIdentifiers",
        "metadataPrefix": "oai_dc",
        "from": "2026-03-01",
    }


def test_a_form_that_is_posted_is_answered_alike(client: FlaskClient) -> None:
    form = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": FULL}
    posted = client.post("/oai", data=form)
    got = client.get("/oai", query_string=form)
    when = re.compile(b"<responseDate>[^<]*")
    assert when.sub(b"", posted.data) == when.sub(b"", got.data)
    assert client.put("/oai").status_code == 405


def test_it_says_who_it_is_and_that_tombstones_stay(client: FlaskClient) -> None:
    root = ask(client, "verb=Identify")
    told = {each.tag.removeprefix(OAI): each.text for each in root.find(f"{OAI}Identify")}
    assert told["baseURL"] == f"{BASE}/oai"
    assert told["deletedRecord"] == "persistent"
    assert told["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert told["earliestDatestamp"] == "2026-03-01T02:30:00Z"


def test_sets_are_agencies_and_themes_that_have_records(client: FlaskClient) -> None:
    root = ask(client, "verb=ListSets")
    assert texts(root, "setSpec") == ["agency", "agency:so-y-te", "theme", "theme:moi-truong"]
    assert "Sở Y tế / Department of Health" in texts(root, "setName")


def test_a_record_in_dublin_core(client: FlaskClient) -> None:
    root = ask(client, f"verb=GetRecord&metadataPrefix=oai_dc&identifier={FULL}")
    assert texts(root, "identifier") == [FULL]
    assert texts(root, "datestamp") == ["2026-03-01T02:30:00Z"]
    assert texts(root, "setSpec") == ["agency:so-y-te", "theme:moi-truong"]
    said = [(each.tag.removeprefix(DC), each.get(LANG), each.text) for each in root.iter(f"{DC}*")]
    for expected in (
        ("title", "vi", "Chất lượng không khí tại Đà Nẵng"),
        ("title", "en", "Air quality in Da Nang"),
        ("creator", "en", "City People's Committee"),
        ("publisher", "vi", "Sở Y tế"),
        ("subject", None, "bụi mịn"),
        ("date", None, "2024-05-06"),
        ("format", None, "text/csv"),
        ("identifier", None, FULL),
        ("identifier", None, "DN-01"),
        ("coverage", "vi", "2024-01-01/2025-12-31"),
        ("rights", "vi", "CC BY 4.0"),
    ):
        assert expected in said, said


def test_every_form_that_is_offered_can_be_had(client: FlaskClient, shared: Path) -> None:
    listed = ask(client, "verb=ListMetadataFormats")
    told = dict(zip(texts(listed, "metadataPrefix"), texts(listed, "metadataNamespace"), strict=True))
    assert list(told) == ["oai_dc", "dcat", "datacite"]
    for prefix, namespace in told.items():
        for query in (f"verb=GetRecord&identifier={FULL}", "verb=ListRecords"):
            root = ask(client, f"{query}&metadataPrefix={prefix}")
            # Without the content of other standards, which this schema skips.
            schema(shared, "OAI-PMH.xsd").assertValid(root)
            contents = [each[0] for each in root.iter(f"{OAI}metadata")]
            assert contents and all(each.tag.startswith(f"{{{namespace}}}") for each in contents)
            assert "Chất lượng không khí tại Đà Nẵng" in "".join(root.itertext())


def test_illustrative_records_say_so_or_are_absent(client: FlaskClient, tmp_path: Path) -> None:
    identifier = f"{BASE}/id/dataset/{uuid_of('dataset/nhiet-do-minh-hoa')}"
    for prefix in oai.FORMATS:
        root = ask(client, f"verb=GetRecord&metadataPrefix={prefix}&identifier={identifier}")
        assert "Bản ghi minh họa" in "".join(root.itertext()), prefix
    hidden = open_site(tmp_path, hide_illustrative=True)
    assert code(ask(hidden.client, f"verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}"))
    listed = ask(hidden.client, "verb=ListIdentifiers&metadataPrefix=oai_dc")
    assert identifier not in texts(listed, "identifier")
    hidden.portal.close()


def test_a_withdrawn_record_is_a_header_and_nothing_else(client: FlaskClient) -> None:
    for query in (
        f"verb=GetRecord&metadataPrefix=dcat&identifier={GONE}",
        "verb=ListRecords&metadataPrefix=oai_dc&set=theme:moi-truong",
    ):
        root = ask(client, query)
        (gone,) = [each for each in root.iter(f"{OAI}record") if GONE in texts(each, "identifier")]
        header = gone.find(f"{OAI}header")
        assert header.get("status") == "deleted"
        assert [each.tag.removeprefix(OAI) for each in header] == ["identifier", "datestamp"]
        assert gone.find(f"{OAI}metadata") is None
        assert "mật" not in "".join(root.itertext())


def test_what_is_not_public_is_not_there(client: FlaskClient) -> None:
    listed = texts(ask(client, "verb=ListIdentifiers&metadataPrefix=oai_dc"), "identifier")
    assert len(listed) == 4
    for state in ("draft", "scheduled", "trashed"):
        assert f"{BASE}/id/dataset/{uuid_of(f'dataset/bi-mat-{state}')}" not in listed


def test_dates_select_by_the_last_change_that_readers_could_see(own_site: Site) -> None:
    client, database = own_site.client, own_site.portal.database
    later = NOW + timedelta(days=2, microseconds=5)
    since = "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-03-03T02:30:00Z"
    assert code(ask(client, since)) == "noRecordsMatch"
    with database.write() as session:
        dataset = dataset_by_reference(session, own_site.catalogue.full)
        withdraw(session, SYSTEM, dataset, "Sai.", later)
    assert texts(ask(client, since), "identifier") == [FULL]
    assert ask(client, since).find(f".//{OAI}header").get("status") == "deleted"
    with database.write() as session:
        dataset = dataset_by_reference(session, own_site.catalogue.full)
        restore(session, SYSTEM, dataset, later + timedelta(days=1))
    assert texts(ask(client, f"{since}&until=2026-03-04T02:30:00Z"), "datestamp") == ["2026-03-04T02:30:00Z"]
    assert code(ask(client, f"{since}&until=2026-03-04T02:29:59Z")) == "noRecordsMatch"
    assert texts(ask(client, f"{since[:-10]}&until=2026-03-04"), "identifier") == [FULL]


def test_the_new_name_of_an_agency_changes_its_records(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        agency = session.scalars(select(Agency).where(Agency.slug == "so-y-te")).one()
        update_agency(session, SYSTEM, agency, {"name_vi": "Sở Y tế Đà Nẵng"}, NOW + timedelta(days=9))
    root = ask(own_site.client, "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-10")
    assert FULL in texts(root, "identifier") and GONE not in texts(root, "identifier")
    assert "Sở Y tế Đà Nẵng" in "".join(root.itertext())


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(oai, "RECORDS_AT_ONCE", 7)
    monkeypatch.setattr(oai, "HEADERS_AT_ONCE", 10)
    portal = make_portal(tmp_path)
    make_many(portal.database, 40)
    yield Site(portal, make_app(portal), None)  # type: ignore[arg-type]
    portal.close()


def test_lists_are_told_page_by_page_and_each_record_once(many: Site, shared: Path) -> None:
    for verb, size in (("ListRecords", 7), ("ListIdentifiers", 10)):
        found = list(pages(many.client, verb, "metadataPrefix=oai_dc"))
        for page in found:
            schema(shared).assertValid(page)
        identifiers = [each for page in found for each in texts(page, "identifier")]
        assert len(identifiers) == len(set(identifiers)) == 40
        assert len(found) == -(-40 // size)
        told = [page.find(f".//{OAI}resumptionToken") for page in found]
        assert {each.get("completeListSize") for each in told} == {"40"}
        assert [each.get("cursor") for each in told] == [str(size * number) for number in range(len(found))]
        assert told[-1].text is None


def test_a_token_can_be_used_again(many: Site) -> None:
    (token,) = texts(ask(many.client, "verb=ListRecords&metadataPrefix=oai_dc"), "resumptionToken")
    query = f"verb=ListRecords&resumptionToken={token}"
    first, again = ask(many.client, query), ask(many.client, query)
    assert texts(first, "identifier") == texts(again, "identifier")
    assert code(ask(many.client, f"verb=ListIdentifiers&resumptionToken={token}")) == "badResumptionToken"
    for number in range(0, len(token), 9):
        damaged = f"{token[:number]}{'A' if token[number] != 'A' else 'B'}{token[number + 1 :]}"
        assert code(ask(many.client, f"verb=ListRecords&resumptionToken={damaged}")) == "badResumptionToken"


def test_a_token_from_before_a_restore_is_refused(many: Site) -> None:
    (token,) = texts(ask(many.client, "verb=ListRecords&metadataPrefix=oai_dc"), "resumptionToken")
    with many.portal.database.write() as session:
        session.scalars(select(CatalogueInfo)).one().epoch = "0badcafe"
    assert code(ask(many.client, f"verb=ListRecords&resumptionToken={token}")) == "badResumptionToken"


def test_nothing_is_lost_when_records_change_between_pages(many: Site) -> None:
    client, database = many.client, many.portal.database
    seen: dict[str, str] = {}
    walk = pages(client, "ListRecords", "metadataPrefix=oai_dc")
    for number, page in enumerate(walk):
        for record in page.iter(f"{OAI}header"):
            (identifier,) = texts(record, "identifier")
            seen[identifier] = record.get("status") or texts(record, "datestamp")[0]
        if number < 4:
            with database.write() as session:
                everything = session.scalars(with_everything(select(Dataset)).order_by(Dataset.id)).all()
                later = NOW + timedelta(hours=number + 1)
                # One that was told already, one that was not, and one that is new.
                withdraw(session, SYSTEM, everything[number], "Sai.", later)
                everything[39 - number].updated_at = later
                make_dataset(session, f"Mới {number}", slug=f"moi-{number}", updated_at=later)
    assert len(seen) == 44
    told = [seen[f"{BASE}/id/dataset/{uuid_of(f'dataset/bo-du-lieu-so-{n}')}"] for n in range(40)]
    assert told[:4] == ["deleted"] * 4
    assert told[39] == "2026-03-01T03:30:00Z"


def test_a_list_whose_rest_has_moved_out_of_it_still_ends(many: Site, shared: Path) -> None:
    rest = "metadataPrefix=oai_dc&until=2026-03-02"
    (token,) = texts(ask(many.client, f"verb=ListRecords&{rest}"), "resumptionToken")
    with many.portal.database.write() as session:
        for dataset in session.scalars(select(Dataset)):
            dataset.updated_at = NOW + timedelta(days=9)
    last = ask(many.client, f"verb=ListRecords&resumptionToken={token}")
    schema(shared).assertValid(last)
    assert len(texts(last, "identifier")) == 1 and texts(last, "resumptionToken") == [""]


HOSTILE = (
    '</oai_dc:dc><script>alert(1)</script> ]]> &amp; <!ENTITY x "y"> \u202e\x0b\ufffe\r\n' + "dài " * 25_000
)


def test_hostile_words_stay_words_in_every_form(tmp_path: Path, shared: Path) -> None:
    portal = make_portal(tmp_path)
    with portal.database.write() as session:
        theme = make_concept(session, Vocabulary.THEME, "a+b", HOSTILE[:200], HOSTILE[:200])
        make_dataset(
            session,
            HOSTILE[:300],
            slug="d",
            identifier=HOSTILE[:100],
            description_vi=HOSTILE,
            keywords=[HOSTILE],
            themes=[theme],
            agency=make_agency(session, HOSTILE, slug="a"),
            licence_raw=HOSTILE,
            languages=[HOSTILE],
            landing_page=f"http://x.vn/{HOSTILE[:100]}",
            distributions=[make_link(f"javascript:{HOSTILE[:100]}"), make_file(HOSTILE[:90], [b"x"])],
        )
    client = make_app(portal).test_client()
    # Carriage returns are none of XML's characters; whatever is stored has none.
    said = HOSTILE.replace("\x0b", "").replace("\ufffe", "").replace("\r", "")
    for prefix in oai.FORMATS:
        root = ask(client, f"verb=ListRecords&metadataPrefix={prefix}")
        name = "oai-bundle.xsd" if prefix == "oai_dc" else "OAI-PMH.xsd"
        schema(shared, name).assertValid(root)
        assert not [each for each in root.iter() if str(each.tag).endswith("script")]
        assert any(said in text.replace("\r", "") for text in root.itertext()), prefix
    schema(shared).assertValid(ask(client, "verb=ListSets"))
    assert "theme:a~b" in texts(ask(client, "verb=ListSets"), "setSpec")
    assert len(texts(ask(client, "verb=ListIdentifiers&metadataPrefix=dcat&set=theme:a~b"), "datestamp")) == 1
    portal.close()
