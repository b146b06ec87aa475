"""Actions that show organisations (agencies) and groups (themes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from portal.api.ckan.calls import Call
from portal.api.ckan.common import MOST_PACKAGES, base_url, group, hides_illustrative, organization
from portal.api.ckan.registry import reads
from portal.catalog import package_queries, queries
from portal.catalog.models import Agency, Concept, Dataset, Vocabulary
from portal.catalog.own_queries import own_agencies
from portal.exchange import ckan, ckan_parts
from portal.exchange.values import JsonObject, JsonValue
from portal.http import context
from portal.text import fold

MOST_NAMES = 1000
MOST_WHOLE = 25
_PACKAGES_OF_ORGANIZATION = 10

Thing = Agency | Concept


@reads
def organization_list(call: Call) -> JsonValue:
    """Names of organisations, or with `all_fields` organisations (25 at a time): `sort`, `limit`, `offset`,
    `organizations` (only these names), `q`."""
    agencies = package_queries.agencies_with_parents(context.session())
    return _list(call, agencies, "organizations", _agency_counts())


@reads
def group_list(call: Call) -> JsonValue:
    """Names of groups, or with `all_fields` groups (25 at a time): `sort`, `limit`, `offset`, `groups` (only these
    names), `q`."""
    return _list(call, _themes(), "groups", _theme_counts())


@reads
def organization_show(call: Call) -> JsonValue:
    """The organisation with this `id` (id or name); `include_datasets` adds its first 10 packages."""
    found = organization(call, context.session())
    shown = ckan_parts.organization(found, count=_agency_counts().get(found.slug, 0))
    return _with_packages(call, shown, found, _PACKAGES_OF_ORGANIZATION)


@reads
def group_show(call: Call) -> JsonValue:
    """The group with this `id`; `include_datasets` adds its packages, at most 1,000."""
    found = group(call, context.session())
    shown = ckan_parts.group(found, count=_theme_counts().get(found.code, 0))
    return _with_packages(call, shown, found, MOST_PACKAGES)


@reads
def group_package_show(call: Call) -> JsonValue:
    """The packages of the group with this `id`, at most `limit` (1,000)."""
    return _packages(group(call, context.session()), call.number("limit", MOST_PACKAGES, most=MOST_PACKAGES))


@reads
def organization_list_for_user(call: Call) -> JsonValue:
    """The organisations that you have a role in; all of them for administrators."""
    actor, session = context.actor(), context.session()
    found = queries.agencies(session) if actor.is_administrator else own_agencies(session, actor)
    return [
        {
            **ckan_parts.organization_reference(each),
            "display_name": each.name_vi,
            "capacity": "admin" if actor.is_administrator else _capacity(actor.memberships[each.id].value),
        }
        for each in found
    ]


@reads
def group_list_authz(call: Call) -> JsonValue:
    """The groups that you may put packages into: all, for whoever may write."""
    return [ckan_parts.group_reference(each) for each in _themes()] if context.actor().person else []


@reads
def organization_autocomplete(call: Call) -> JsonValue:
    """Organisations with these letters (`q`) in name, title or acronym, at most `limit` (20)."""
    typed = fold(call.text("q"))
    found = [
        each
        for each in queries.agencies(context.session())
        if any(typed in fold(name) for name in (each.slug, each.name_vi, each.name_en or "", *each.acronyms))
    ]
    shown = found[: call.number("limit", 20, most=100)]
    return [{"id": str(each.uuid), "name": each.slug, "title": each.name_vi} for each in shown]


@reads
def group_autocomplete(call: Call) -> JsonValue:
    """Groups with these letters (`q`) in name or title, at most `limit` (20)."""
    typed = fold(call.text("q"))
    found = [
        each for each in _themes() if typed in fold(f"{each.code} {each.label_vi} {each.label_en or ''}")
    ]
    shown = found[: call.number("limit", 20, most=100)]
    return [{"id": each.code, "name": each.code, "title": each.label_vi} for each in shown]


def _themes() -> Sequence[Concept]:
    return queries.concepts(context.session(), Vocabulary.THEME)


def _agency_counts() -> Mapping[str, int]:
    return queries.counts(context.session(), hide_illustrative=hides_illustrative()).agencies


def _theme_counts() -> Mapping[str, int]:
    return queries.counts(context.session(), hide_illustrative=hides_illustrative()).themes


def _name(thing: Thing) -> str:
    return thing.slug if isinstance(thing, Agency) else thing.code


def _title(thing: Thing) -> str:
    return thing.name_vi if isinstance(thing, Agency) else thing.label_vi


def _list(call: Call, things: Sequence[Thing], names: str, counts: Mapping[str, int]) -> JsonValue:
    wanted = call.words(names)
    typed = fold(call.text("q"))
    found = [
        each
        for each in things
        if (not wanted or _name(each) in wanted) and typed in fold(f"{_name(each)} {_title(each)}")
    ]
    ordered = _sorted(call, found, counts)
    is_whole = call.flag("all_fields")
    most = MOST_WHOLE if is_whole else MOST_NAMES
    offset = call.number("offset", 0)
    shown = ordered[offset : offset + call.number("limit", most, most=most)]
    if not is_whole:
        return [_name(each) for each in shown]
    is_counted = call.flag("include_dataset_count", default=True)
    return [_whole(each, counts.get(_name(each), 0) if is_counted else None) for each in shown]


def _whole(thing: Thing, count: int | None) -> JsonObject:
    if isinstance(thing, Agency):
        return ckan_parts.organization(thing, count=count)
    return ckan_parts.group(thing, count=count)


def _sorted(call: Call, things: Sequence[Thing], counts: Mapping[str, int]) -> list[Thing]:
    name, _, direction = (call.text("sort") or call.text("order_by") or "title asc").partition(" ")
    keys: dict[str, Callable[[Thing], tuple[int, str]]] = {
        "name": lambda each: (0, _name(each)),
        "package_count": lambda each: (counts.get(_name(each), 0), _name(each)),
        "packages": lambda each: (counts.get(_name(each), 0), _name(each)),
    }
    key = keys.get(name, lambda each: (0, fold(_title(each))))
    return sorted(things, key=key, reverse=direction.strip().lower() == "desc")


def _with_packages(call: Call, shown: JsonObject, thing: Thing, most: int) -> JsonObject:
    if not call.flag("include_dataset_count", default=True):
        shown.pop("package_count", None)
    if call.flag("include_datasets"):
        shown["packages"] = _packages(thing, most)
    return shown


def _packages(thing: Thing, most: int) -> list[JsonValue]:
    visible = package_queries.visible_to(
        context.actor(), with_drafts=False, hide_illustrative=hides_illustrative()
    )
    within = (
        Dataset.agency_id == thing.id
        if isinstance(thing, Agency)
        else Dataset.themes.any(Concept.id == thing.id)
    )
    found = package_queries.changed_last(context.session(), [*visible, within], limit=most, offset=0)
    return [ckan.package(each, base_url()) for each in found]


def _capacity(role: str) -> str:
    return {"publisher": "admin", "contributor": "editor"}.get(role, "member")
