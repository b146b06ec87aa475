"""T69 for CKAN's door: every action x every role, answered by real requests on things made for that request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.api.ckan.registry import ACTIONS
from portal.catalog import queries
from portal.catalog.changes import last_change_id
from portal.catalog.models import AuditEntry, State, Vocabulary
from tests.api.ckan.conftest import Actions
from tests.factories import make_agency, make_concept, make_dataset, make_link, uuid_of
from tests.people import AGENCY, staff

# The agency's own draft is what shows most: an anonymous reader and another agency must not learn of it.
ROLES = ("anonymous", "stranger", "contributor", "publisher", "reading administrator", "administrator")
Statuses = tuple[int, ...]
Data = Mapping[str, Any]
# Statuses of ROLES, in their order.
EVERYBODY = (200,) * 6
NOBODY = (404,) * 6
OWN = (403, 200, 200, 200, 200, 200)
SEEN = (404, 404, 200, 200, 200, 200)
WRITERS = (403, 404, 200, 200, 403, 200)
PUBLISHERS = (403, 403, 403, 200, 403, 200)
ADMINISTRATORS = (403, 403, 403, 403, 403, 200)
TABLE: dict[str, tuple[Data, Statuses]] = {
    "api_token_list": ({}, OWN),
    "current_package_list_with_resources": ({}, EVERYBODY),
    "dataset_follower_count": ({"id": "{public}"}, EVERYBODY),
    # A resource without a table: nobody is told more than those who may not know of it.
    "datastore_info": ({"resource_id": "{resource}"}, NOBODY),
    "datastore_search": ({"resource_id": "{resource}"}, NOBODY),
    "datastore_search_sql": ({"sql": "SELECT 1"}, (409,) * 6),
    "format_autocomplete": ({"q": "c"}, EVERYBODY),
    "group_activity_list": ({"id": "{theme}"}, EVERYBODY),
    "group_autocomplete": ({"q": "m"}, EVERYBODY),
    "group_list": ({}, EVERYBODY),
    "group_list_authz": ({}, EVERYBODY),
    "group_package_show": ({"id": "{theme}"}, EVERYBODY),
    "group_show": ({"id": "{theme}"}, EVERYBODY),
    "help_show": ({"name": "package_show"}, EVERYBODY),
    "license_list": ({}, EVERYBODY),
    "member_list": ({"id": "{agency}"}, (403, 404, 404, 404, 404, 200)),
    "organization_activity_list": ({"id": "{agency}"}, EVERYBODY),
    "organization_autocomplete": ({"q": "y"}, EVERYBODY),
    "organization_follower_count": ({"id": "{agency}"}, EVERYBODY),
    "organization_list": ({}, EVERYBODY),
    "organization_list_for_user": ({}, EVERYBODY),
    "organization_show": ({"id": "{agency}"}, EVERYBODY),
    "package_activity_list": ({"id": "{draft}"}, SEEN),
    "package_autocomplete": ({"q": "a"}, EVERYBODY),
    "package_list": ({}, EVERYBODY),
    "package_relationships_list": ({"id": "{draft}"}, SEEN),
    "package_search": ({"include_drafts": True}, EVERYBODY),
    "package_show": ({"id": "{draft}"}, SEEN),
    "recently_changed_packages_activity_list": ({}, EVERYBODY),
    "resource_search": ({"query": "name:a"}, EVERYBODY),
    "resource_show": ({"id": "{resource}"}, SEEN),
    "resource_view_list": ({"id": "{resource}"}, SEEN),
    "site_read": ({}, EVERYBODY),
    "status_show": ({}, EVERYBODY),
    "tag_autocomplete": ({"q": "a"}, EVERYBODY),
    "tag_list": ({}, EVERYBODY),
    "tag_search": ({"query": "a"}, EVERYBODY),
    "tag_show": ({"id": "bụi mịn"}, EVERYBODY),
    "user_autocomplete": ({"q": "a"}, OWN),
    "user_list": ({}, OWN),
    "user_show": ({"id": "publisher@example.vn"}, (403, 404, 404, 200, 404, 200)),
    "vocabulary_list": ({}, EVERYBODY),
    "vocabulary_show": ({"id": "x"}, NOBODY),
    "api_token_create": ({"name": "{new}"}, (403, 200, 200, 200, 403, 200)),
    "api_token_revoke": ({"jti": "{token}"}, (403, 404, 404, 200, 404, 200)),
    "bulk_update_delete": ({"org_id": AGENCY, "datasets": ["{public}"]}, PUBLISHERS),
    # A draft stays one for whoever may know of it: nothing is done.
    "bulk_update_private": ({"org_id": AGENCY, "datasets": ["{draft}"]}, (403, 404, 200, 200, 200, 200)),
    "bulk_update_public": ({"org_id": AGENCY, "datasets": ["{draft}"]}, (403, 404, 403, 200, 403, 200)),
    "dataset_delete": ({"id": "{public}"}, PUBLISHERS),
    "dataset_purge": ({"id": "{draft}"}, (403, 404, 403, 403, 403, 200)),
    "group_create": ({"name": "{new}", "title": "Mới"}, ADMINISTRATORS),
    # A resource without a table: those who may write it are told so, the others no more than of any other action.
    "datastore_create": (
        {"resource_id": "{resource}", "records": [{"a": 1}]},
        (403, 404, 409, 409, 403, 409),
    ),
    "datastore_delete": ({"resource_id": "{resource}", "filters": {"a": 1}}, (403, 404, 409, 409, 403, 409)),
    "datastore_records_delete": (
        {"resource_id": "{resource}", "filters": {"a": 1}},
        (403, 404, 409, 409, 403, 409),
    ),
    "datastore_upsert": (
        {"resource_id": "{resource}", "records": [{"a": 1}]},
        (403, 404, 409, 409, 403, 409),
    ),
    "group_delete": ({"id": "{theme}"}, ADMINISTRATORS),
    "group_patch": ({"id": "{theme}", "title": "Khác"}, ADMINISTRATORS),
    "group_purge": ({"id": "{theme}"}, ADMINISTRATORS),
    "group_update": ({"id": "{theme}", "title": "Khác"}, ADMINISTRATORS),
    "organization_create": ({"name": "{new}", "title": "Mới"}, ADMINISTRATORS),
    "organization_delete": ({"id": "{agency}"}, ADMINISTRATORS),
    "organization_member_create": (
        {"id": "{agency}", "username": "contributor@example.vn", "role": "editor"},
        ADMINISTRATORS,
    ),
    "organization_member_delete": (
        {"id": "{staffed agency}", "username": "contributor@example.vn"},
        ADMINISTRATORS,
    ),
    "organization_patch": ({"id": "{agency}", "title": "Khác"}, ADMINISTRATORS),
    "organization_purge": ({"id": "{agency}"}, ADMINISTRATORS),
    "organization_update": ({"id": "{agency}", "title": "Khác"}, ADMINISTRATORS),
    "package_create": (
        {"name": "{new}", "title": "Mới", "owner_org": AGENCY, "state": "draft"},
        (403, 403, 200, 200, 403, 200),
    ),
    "package_delete": ({"id": "{public}"}, PUBLISHERS),
    "package_owner_org_update": (
        {"id": "{draft}", "organization_id": "uy-ban-nhan-dan-thanh-pho"},
        (403, 404, 403, 403, 403, 200),
    ),
    "package_patch": ({"id": "{draft}", "title": "Khác"}, WRITERS),
    "package_resource_reorder": ({"id": "{draft}", "order": ["{resource}"]}, WRITERS),
    "package_revise": ({"match": {"name": "{draft}"}, "update": {"title": "Khác"}}, WRITERS),
    "package_update": ({"id": "{draft}", "title": "Khác", "owner_org": AGENCY, "state": "draft"}, WRITERS),
    "resource_create": ({"package_id": "{draft}", "url": "https://example.org/b"}, WRITERS),
    "resource_delete": ({"id": "{resource}"}, WRITERS),
    "resource_patch": ({"id": "{resource}", "name": "Khác"}, WRITERS),
    "resource_update": ({"id": "{resource}", "url": "https://example.org/b"}, WRITERS),
}


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    staffed = staff(tmp_path_factory.mktemp("roles"))
    yield Actions(staffed)
    staffed.site.portal.close()


def things(actions: Actions, name: str, who: str) -> dict[str, str]:
    """What one request is about, made for it alone."""
    mark = f"{name}-{who}".replace("_", "-").replace(" ", "-")
    with actions.staffed.site.portal.database.write() as session:
        owner = queries.agency(session, AGENCY)
        # Whole enough to be published.
        whole = {
            "agency": owner, "description_vi": "Mô tả.",
            "themes": [queries.concept(session, Vocabulary.THEME, "moi-truong")],
            "licence": queries.concept(session, Vocabulary.LICENCE, "cc-by-4.0"),
            "frequency": queries.concept(session, Vocabulary.FREQUENCY, "annual"),
        }  # fmt: skip
        for kind, state in (("public", State.PUBLISHED), ("draft", State.DRAFT)):
            link = make_link(f"https://example.org/{mark}", title="Trang")
            make_dataset(
                session, f"{kind} {mark}", slug=f"{kind}-{mark}", state=state, distributions=[link], **whole
            )
        make_agency(session, f"Cơ quan {mark}", slug=f"agency-{mark}")
        make_agency(session, f"Có người {mark}", slug=f"staffed-{mark}")
        make_concept(session, Vocabulary.THEME, f"theme-{mark}", f"Lĩnh vực {mark}")
    if name == "organization_member_delete":
        given = {"id": f"staffed-{mark}", "username": "contributor@example.vn", "role": "editor"}
        actions.take("organization_member_create", "administrator", **given)
    token = ""
    if name == "api_token_revoke":
        token = actions.take("api_token_create", "publisher", name=mark)["id"]
    return {
        "{public}": f"public-{mark}", "{draft}": f"draft-{mark}", "{agency}": f"agency-{mark}",
        "{staffed agency}": f"staffed-{mark}", "{theme}": f"theme-{mark}", "{new}": f"new-{mark}"[:100],
        "{resource}": str(uuid_of(f"distribution/draft-{mark}/0")), "{token}": token,
    }  # fmt: skip


def filled(value: Any, made: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return made.get(value, value)
    if isinstance(value, list):
        return [filled(each, made) for each in value]
    return {key: filled(each, made) for key, each in value.items()} if isinstance(value, dict) else value


def test_t69_every_action_is_in_the_table() -> None:
    assert TABLE.keys() == ACTIONS.keys()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
def test_t69_every_role_is_answered_as_the_table_says(actions: Actions, name: str, role: str) -> None:
    data, statuses = TABLE[name]
    made = things(actions, name, role)
    before = written(actions)
    answer = actions.call(name, role, **filled(dict(data), made))
    assert answer.status_code == dict(zip(ROLES, statuses, strict=True))[role], answer.text
    assert answer.json["success"] is (answer.status_code == 200)
    # What is refused has changed nothing; what only reads changes nothing ever.
    assert written(actions) == before or (answer.status_code == 200 and ACTIONS[name].writes)


def written(actions: Actions) -> tuple[int, int]:
    """How far the change log and the audit trail have come."""
    with actions.staffed.site.portal.database.read() as session:
        return last_change_id(session), session.scalar(select(func.count(AuditEntry.id))) or 0
