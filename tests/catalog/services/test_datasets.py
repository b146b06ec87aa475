from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from portal.catalog import changes, queries
from portal.catalog.actors import ANONYMOUS, SYSTEM, Actor, Role
from portal.catalog.models import Dataset, State
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services import datasets
from portal.catalog.services.fields import PeriodReversed, TitleMissing
from portal.catalog.services.matching import load_lookup
from portal.database import Database
from portal.errors import Forbidden
from tests.catalog.conftest import NOW

LATER = NOW + timedelta(hours=1)


def create(session: Session, identifier: str = "bus", **fields: object) -> Dataset:
    given = {"title_vi": "Tuyến xe buýt", **fields}
    return datasets.create(session, SYSTEM, identifier, given, load_lookup(session), NOW)  # type: ignore[arg-type]


def load(session: Session, reference: str = "bus") -> Dataset:
    dataset = queries.dataset_by_reference(session, reference)
    assert dataset is not None
    return dataset


def test_a_life_leaves_one_revision_and_one_change_per_act(database: Database):
    with database.write() as session:
        create(session)
    with database.write() as session:
        datasets.publish(session, SYSTEM, load(session), NOW)
    with database.write() as session:
        datasets.withdraw(session, SYSTEM, load(session), "Số liệu sai", LATER)
    with database.write() as session:
        datasets.restore(session, SYSTEM, load(session), LATER)
    with database.read() as session:
        dataset = load(session)
        history = queries.revisions(session, dataset.id, public_only=False)
        log = [
            each for each in changes.changes_since(session, 0, limit=2000) if each.object_kind == "dataset"
        ]
    assert [(each.version, each.action, each.is_public) for each in reversed(history)] == [
        (1, "create", False), (2, "publish", True), (3, "withdraw", False), (4, "restore", True),
    ]  # fmt: skip
    assert [(each.version, each.action, each.is_public) for each in log] == [
        (1, "create", False), (2, "publish", True), (3, "withdraw", True), (4, "restore", True),
    ]  # fmt: skip
    assert history[0].content["title_vi"] == "Tuyến xe buýt"
    assert (dataset.state, dataset.version, dataset.published_at) == (State.PUBLISHED, 4, NOW)


def test_a_failed_transaction_leaves_nothing_behind(database: Database):
    with database.read() as session:
        before = changes.last_change_id(session), changes.catalogue_version(session)
    with pytest.raises(ZeroDivisionError), database.write() as session:
        datasets.publish(session, SYSTEM, create(session), NOW)
        raise ZeroDivisionError
    with database.read() as session:
        assert queries.dataset_by_reference(session, "bus") is None
        assert (changes.last_change_id(session), changes.catalogue_version(session)) == before


def test_the_catalogue_version_moves_only_with_what_the_public_can_see(database: Database):
    versions = []
    for step in ("create", "publish", "update"):
        with database.write() as session:
            if step == "create":
                create(session)
            elif step == "publish":
                datasets.publish(session, SYSTEM, load(session), NOW)
            else:
                fields = {"title_vi": "Mạng lưới xe buýt"}
                datasets.update(session, SYSTEM, load(session), fields, load_lookup(session), NOW)
        with database.read() as session:
            versions.append(changes.catalogue_version(session))
    assert len(set(versions)) == 3
    with database.write() as session:
        create(session, "draft-only")
    with database.read() as session:
        assert changes.catalogue_version(session) == versions[-1]


def test_words_are_matched_and_what_nobody_knows_stays_as_it_was_written(database: Database):
    with database.write() as session:
        create(
            session,
            publisher="Sở Du lịch",
            supplier="Công ty Ánh Sao",
            themes=["Y tế", "Chuyện lạ"],
            places=["hải châu", "Bờ biển"],
            licence="http://creativecommons.org/licenses/by/4.0/",
            frequency="Thỉnh thoảng lắm",
        )
    with database.read() as session:
        dataset = load(session)
    assert dataset.agency is not None and "Du lịch" in dataset.agency.name.vi
    assert (dataset.supplier, dataset.supplier_text) == (None, "Công ty Ánh Sao")
    assert ([each.code for each in dataset.themes], dataset.themes_raw) == (["y-te"], ["Y tế", "Chuyện lạ"])
    assert ([each.name.vi for each in dataset.places], dataset.places_raw) == (
        ["Phường Hải Châu"],
        ["Bờ biển"],
    )
    assert dataset.licence is not None and dataset.licence.code == "cc-by-4.0"
    assert (dataset.frequency, dataset.frequency_raw) == (None, "Thỉnh thoảng lắm")
    assert dataset.title_folded == "tuyen xe buyt"


def test_an_update_tells_what_changed_and_an_equal_one_writes_nothing(database: Database):
    with database.write() as session:
        create(session, keywords=["xe buýt"])
    with database.write() as session:
        fields = {"keywords": ["xe buýt", "trạm dừng"], "title_vi": "Tuyến xe buýt"}
        changed = datasets.update(session, SYSTEM, load(session), fields, load_lookup(session), LATER)
    with database.write() as session:
        again = datasets.update(session, SYSTEM, load(session), fields, load_lookup(session), LATER)
    with database.read() as session:
        assert (changed, again, load(session).version) == (["keywords"], [], 2)


def test_two_writers_of_one_version_cannot_both_win(database: Database):
    with database.write() as session:
        create(session)
    with database.read() as session:
        stale = load(session)
    with database.write() as session:
        datasets.update(session, SYSTEM, load(session), {"title_vi": "Một"}, load_lookup(session), LATER)
    with pytest.raises(StaleDataError), database.write() as session:
        mine = session.merge(stale, load=False)
        mine.title_vi = "Hai"
        mine.version += 1
    with database.read() as session:
        assert load(session).title.vi == "Một"


def test_creating_never_updates(database: Database):
    with database.write() as session:
        create(session)
    with pytest.raises(datasets.IdentifierTaken), database.write() as session:
        create(session)


@pytest.mark.parametrize(
    ("fields", "error", "where"),
    [
        ({"title_vi": ""}, TitleMissing, "title"),
        ({"temporal_start": date(2024, 1, 1), "temporal_end": date(2023, 1, 1)}, PeriodReversed, "temporal"),
    ],
)
def test_bad_fields_are_named(database: Database, fields: dict[str, object], error: type, where: str):
    with pytest.raises(error) as refusal, database.write() as session:
        create(session, **fields)
    assert list(refusal.value.fields) == [where]


def test_a_contributor_cannot_move_a_dataset_into_an_agency_of_others(database: Database):
    with database.write() as session:
        own = queries.agency(session, "so-y-te")
        assert own is not None
        actor = Actor("người soạn", memberships={own.id: Role.CONTRIBUTOR})
        lookup = load_lookup(session)
        dataset = datasets.create(session, actor, "x", {"title_vi": "A", "publisher": "Sở Y tế"}, lookup, NOW)
        session.flush()
        with pytest.raises((Forbidden, DatasetNotFound)):
            datasets.update(session, actor, dataset, {"publisher": "Sở Tài chính"}, lookup, NOW)


def test_what_is_scheduled_is_published_when_its_time_has_come(database: Database):
    with database.write() as session:
        dataset = create(session)
        session.flush()
        with pytest.raises(datasets.TimeNotAhead):
            datasets.schedule(session, SYSTEM, dataset, NOW, NOW)
        datasets.schedule(session, SYSTEM, dataset, LATER, NOW)
    with database.write() as session:
        assert datasets.publish_due(session, NOW) == 0
    with database.write() as session:
        assert datasets.publish_due(session, LATER) == 1
    with database.read() as session:
        dataset = load(session)
        assert (dataset.state, dataset.scheduled_at) == (State.PUBLISHED, None)


def test_readers_see_published_datasets_and_the_remains_of_withdrawn_ones(database: Database):
    with database.write() as session:
        create(session, "draft")
        datasets.publish(session, SYSTEM, create(session, "open"), NOW)
        gone = create(session, "gone")
        datasets.publish(session, SYSTEM, gone, NOW)
        session.flush()
        datasets.withdraw(session, SYSTEM, gone, "Trùng lặp", LATER)
    with database.read() as session:
        assert datasets.visible(session, ANONYMOUS, "open").slug == "open"
        for reference in ("draft", "unknown"):
            with pytest.raises(DatasetNotFound):
                datasets.visible(session, ANONYMOUS, reference)
        with pytest.raises(datasets.Withdrawn) as remains:
            datasets.visible(session, ANONYMOUS, "gone")
        assert remains.value.dataset.withdrawal_reason == "Trùng lặp"
        with pytest.raises(datasets.ReasonMissing):
            datasets.withdraw(session, SYSTEM, load(session, "open"), "  ", LATER)


@pytest.mark.parametrize(
    ("identifier", "slug"),
    [("gia-dat_2024", "gia-dat_2024"), ("a" * 100, "a" * 100)],
)
def test_an_identifier_that_fits_an_address_is_the_slug(identifier: str, slug: str):
    assert datasets.slug_for(identifier, lambda _: False) == slug


@pytest.mark.parametrize("identifier", ["Giá đất 2024", "x", "đ" * 300, "~!@", "https://a.b/c?d=e", "A"])
def test_other_identifiers_are_transliterated_with_a_hash(identifier: str):
    slug = datasets.slug_for(identifier, lambda _: False)
    assert datasets._USABLE_SLUG.fullmatch(slug)
    assert slug == datasets.slug_for(identifier, lambda _: True)
