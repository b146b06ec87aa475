"""From CKAN's resources to the files and links of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.catalog.queries import as_uuid
from portal.catalog.records import ColumnFacts, RecordDistribution
from portal.catalog.services.distributions import is_address
from portal.exchange.ckan import RESOURCE_EXTRAS
from portal.exchange.json_values import clean_value, line_of, text_of
from portal.text import LocalizedText, clean_line

# Said by the portal that a resource is in, or by a field of ours.
_OF_THE_PORTAL = frozenset(
    "id package_id name name_en description description_en url url_type format position state created last_modified "
    "metadata_modified datastore_active datastore_dump_url datastore_tables cache_last_updated columns rows "
    "upload clear_upload revision_id "
    "revision_timestamp tracking_summary datastore_contains_all_records_of_source_file on_same_domain".split()
)


def resources_of(value: Any, extras: dict[str, Any]) -> tuple[RecordDistribution, ...] | None:
    """Resources with an address, each once; their further keys go to `extras`. None when nothing is said."""
    if not isinstance(value, list):
        return None
    found: dict[str, RecordDistribution] = {}
    further: dict[str, Any] = {}
    for each in value:
        resource = resource_of(each) if isinstance(each, dict) else None
        if resource is not None and resource.url and resource.key not in found:
            found[resource.key] = resource
            own = further_keys(each)
            if own:
                further[resource.key] = own
    if further:
        extras[RESOURCE_EXTRAS] = further
    return tuple(found.values())


def homeless_resources(value: Any) -> list[Any]:
    """Resources without a usable address, as they stand."""
    rows = value if isinstance(value, list) else []
    return [clean_value(each) for each in rows if not (isinstance(each, dict) and resource_of(each).url)]


def resource_of(row: Mapping[str, Any]) -> RecordDistribution:
    """One resource; `url` is None where there is no full address."""
    address = clean_line(row["url"]).replace(" ", "%20") if isinstance(row.get("url"), str) else ""
    uuid = as_uuid(line_of(row.get("id")))
    rows = row.get("rows")
    return RecordDistribution(
        key=str(uuid) if uuid else line_of(row.get("id")) or address,
        title=LocalizedText(line_of(row.get("name")), line_of(row.get("name_en")) or None),
        description=LocalizedText(
            text_of(row.get("description")), text_of(row.get("description_en")) or None
        ),
        format=line_of(row.get("format")) or None,
        url=address if is_address(address) else None,
        columns=_columns(row.get("columns")),
        rows=rows if isinstance(rows, int) and not isinstance(rows, bool) and 0 <= rows < 2**31 else None,
        uuid=uuid,
    )


def further_keys(row: Mapping[str, Any]) -> dict[str, Any]:
    """What no field of ours holds. Facts of an uploaded file are found out again by who has the file."""
    is_file = line_of(row.get("url_type")) == "upload"
    told = {"mimetype", "size", "hash"} if is_file else set()
    return {
        clean_line(str(key)): cleaned
        for key, value in row.items()
        if key not in _OF_THE_PORTAL
        and key not in told
        and (cleaned := clean_value(value)) not in (None, "", [], {})
    }


def _columns(value: Any) -> tuple[ColumnFacts, ...] | None:
    rows = value if isinstance(value, list) else []
    found = tuple(_column(each) for each in rows if isinstance(each, dict))
    return found or None


def _column(row: Mapping[str, Any]) -> ColumnFacts:
    return ColumnFacts(
        line_of(row.get("name")),
        LocalizedText(line_of(row.get("title_vi")), line_of(row.get("title_en")) or None),
        line_of(row.get("type")),
        line_of(row.get("unit")) or None,
        LocalizedText(text_of(row.get("description_vi")), text_of(row.get("description_en")) or None),
    )
