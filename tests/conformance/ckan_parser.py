"""Run by the Python of CKAN's environment (`make test-ckanext-dcat`): what ckanext-dcat reads from a catalogue.

    python ckan_parser.py ADDRESS

Follows the paging from ADDRESS as CKAN's harvester does; prints one JSON line for each dataset. Knows nothing of us.
"""

from __future__ import annotations

import json
import sys
from urllib.request import urlopen

# CKAN must be whole before its extensions are imported.
import ckan.config.middleware.flask_app  # type: ignore[import-not-found]  # noqa: F401 - not in our environment
from ckan.common import config  # type: ignore[import-not-found]  # not in our environment
from ckanext.dcat.processors import RDFParser  # type: ignore[import-not-found]  # not in our environment

FORMS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


def main() -> None:
    # A CKAN in Viet Nam; texts of other languages it leaves out.
    config["ckan.locale_default"] = "vi"
    address: str | None = sys.argv[1]
    while address:
        extension = address.partition("?")[0].rpartition(".")[2]
        parser = RDFParser(profiles=["euro_dcat_ap_3"])
        with urlopen(address) as answer:
            parser.parse(answer.read(), _format=FORMS[extension])
        for dataset in parser.datasets():
            print(json.dumps(dataset, ensure_ascii=False))
        address = parser.next_page()


if __name__ == "__main__":
    main()
