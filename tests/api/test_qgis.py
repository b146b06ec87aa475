"""A file as QGIS asks for it: the requests that GDAL's /vsicurl/ makes by its documentation, replayed."""

from __future__ import annotations

import io
import json
from urllib.parse import urlsplit

from tests.factories import make_dataset, make_file
from tests.sites import Site

AGENT = {"User-Agent": "QGIS/34000/Linux GDAL/3.9"}
BLOCK = 16_384


def test_a_map_file_is_read_in_blocks(own_site: Site) -> None:
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [108.2, 16.1]}, "properties": {}}
    body = json.dumps({"type": "FeatureCollection", "features": [point] * 1000}).encode()
    own_site.portal.storage.put(io.BytesIO(body))
    with own_site.portal.database.write() as session:
        make_dataset(session, "Bản đồ", distributions=[make_file("bản đồ.geojson", [body])])
    client = own_site.client
    (file,) = client.get("/api/v1/datasets/ban-do").get_json()["distributions"]
    path = urlsplit(file["download_url"]).path

    head = client.head(path, headers=AGENT)
    assert head.status_code == 200 and head.data == b""
    assert (head.headers["Accept-Ranges"], head.content_length) == ("bytes", len(body))
    assert "Content-Encoding" not in head.headers

    read = b""
    while len(read) < len(body):
        # GDAL asks for more blocks at once while it reads on.
        end = len(read) + (BLOCK if not read else 4 * BLOCK) - 1
        part = client.get(path, headers={**AGENT, "Range": f"bytes={len(read)}-{end}"})
        last = min(end, len(body) - 1)
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {len(read)}-{last}/{len(body)}"
        read += part.data
    assert read == body
    beyond = client.get(path, headers={**AGENT, "Range": f"bytes={len(body)}-{len(body) + BLOCK}"})
    assert beyond.status_code == 416
