"""Schemathesis on the OpenAPI file of a running portal, as every role: no 5xx, every answer as described.

    python -m tests.hostile.schema_run [--examples 20] [--role ROLE] [--seed S]

Each role makes two passes: with whatever addresses the file allows, and with addresses of records that are
there (published, drafts, withdrawn), so that more than 404 is answered. The records are made anew per role.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import Caller, Installation, staffed

ROLES = ("anonymous", "contributor", "publisher", "administrator")
AGENCY = "so-y-te"
COMPLETE = {
    "agency": AGENCY,
    "description": "Mỗi dòng là một lần đo.",
    "themes": ["moi-truong"],
    "licence": "cc-by-4.0",
    "frequency": "annual",
    "access_level": "public",
    "contact": {"name": "Phòng dữ liệu", "email": "dulieu@example.vn"},
}
_PHASES = "examples,coverage,fuzzing"
# Left out: positive_data_acceptance, since rules about the state of a record are beyond any schema.
_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,"
    "allow_header_conformance,use_after_free,ignored_auth"
)
_PASS_SECONDS = 900
_READING_SECONDS = 120
# 428 is what a missing If-Match is answered with (RFC 6585), 414 the answer to an address beyond all limits.
_CONFIGURATION = """
[checks]
missing_required_header.expected-statuses = [400, 401, 403, 404, 406, 415, 422, 428]
negative_data_rejection.expected-statuses = [
    400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428, 429,
]
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of one role found; Schemathesis's own words are beside its report."""

    role: str
    addresses: str
    cases: int
    failures: list[str]


def prepare(folder: Path, *, size: int = 60) -> Installation:
    """A portal with sourced records."""
    installation = Installation(folder / "var")
    installation.take("seed", "--size", size)
    return installation


def passes(
    installation: Installation, roles: tuple[str, ...], folder: Path, *, examples: int, seed: int
) -> Iterator[Pass]:
    """Two passes per role on the portal, which must serve."""
    callers = staffed(installation, AGENCY)
    configuration = folder / "schemathesis.toml"
    configuration.write_text(_CONFIGURATION, encoding="utf-8")
    for role in roles:
        for addresses in ("any", "known"):
            described = callers["anonymous"].take("GET", "openapi.json")
            if addresses == "known":
                described = _naming(described, callers["administrator"])
            file = folder / f"{role}-{addresses}.openapi.json"
            file.write_text(json.dumps(described), encoding="utf-8")
            command = ["--config-file", str(configuration), "run", str(file), "-n", str(examples)]
            yield _pass(callers[role], role, addresses, [*command, "--seed", str(seed)], folder)


def _pass(caller: Caller, role: str, addresses: str, command: list[str], folder: Path) -> Pass:
    report = folder / f"{role}-{addresses}.json"
    # The addresses of the second pass are our choice: that another record can be there is no fault.
    checks = _CHECKS.replace("negative_data_rejection,", "") if addresses == "known" else _CHECKS
    headers = ["-H", f"Authorization: Bearer {caller.token}"] if caller.token else []
    whole = [
        *(str(Path(sys.executable).parent / "schemathesis"), *command, *headers),
        *("--url", f"http://127.0.0.1:{caller.installation.port}", "--checks", checks, "--phases", _PHASES),
        *("--continue-on-failure", "--no-color", "--generation-database", "none"),
        *("--report", "json", "--report-json-path", str(report)),
    ]
    done = subprocess.run(whole, capture_output=True, text=True, timeout=_PASS_SECONDS, cwd=folder)
    (folder / f"{role}-{addresses}.txt").write_text(done.stdout, encoding="utf-8")
    if not report.exists():
        return Pass(role, addresses, 0, [f"Schemathesis did not run: {done.stderr[-500:]}"])
    found = json.loads(report.read_text(encoding="utf-8"))
    return Pass(role, addresses, found["test_cases"]["generated"], _failures(found))


def _failures(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{kind['title']}: {operation}" for kind in found["failures"] for operation in kind["operations"]
    ]
    if not found["complete"] or found["test_cases"]["errored"]:
        lines.append(f"not complete: {found['stop_reason']}, {found['test_cases']['errored']} errored")
    return lines


def _naming(described: dict[str, Any], root: Caller) -> dict[str, Any]:
    """The same description, where every address is that of a record which is there."""
    datasets, distributions = _records(root)
    person = root.take("POST", "people", {"email": f"{random.randrange(10**9)}@example.vn"})["id"]
    token = root.take("POST", "tokens", {"name": "x", "scopes": ["read"], "person_id": person})["id"]
    known: dict[str, dict[str, list[str]]] = {
        "datasets": {"reference": datasets},
        "distributions": {"uuid": distributions},
        "tables": {"uuid": _tables(root, distributions), "number": ["1"]},
        "agencies": {"reference": [AGENCY, _agency(root)]},
        "places": {"reference": ["20333"]},
        "concepts": {"vocabulary": ["theme"], "code": [_theme(root)]},
        "people": {"uuid": [person], "reference": [AGENCY]},
        "tokens": {"uuid": [token]},
    }
    for path, item in described["paths"].items():
        names = {**known.get(path.split("/")[3], {}), "If-Match": ["*"]}
        of_path = item.get("parameters", [])
        for parameter in [*of_path, *(each for op in _operations(item) for each in op.get("parameters", []))]:
            if parameter.get("name") in names and parameter["in"] in ("path", "header"):
                parameter["schema"] = {"type": "string", "enum": names[parameter["name"]]}
    return described


def _operations(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [item[method] for method in ("get", "post", "put", "patch", "delete") if method in item]


def _records(root: Caller) -> tuple[list[str], list[str]]:
    """Datasets in several states, and what hangs on them."""
    slugs, distributions = [], []
    for moves in ((), (), ("submit",), ("publish",), ("publish",), ("publish", "withdraw"), ("trash",)):
        title = f"Số liệu thử {random.randrange(10**9)}"
        slug = root.take("POST", "datasets", {"title": title, **COMPLETE})["slug"]
        for name in ("a.csv", "b.csv"):
            made = root.take("POST", f"datasets/{slug}/files?name={name}", f"a,b\n1,{slug}\n".encode())
            distributions.append(made["id"])
        link = {"url": "https://example.vn/so-lieu", "title": "Trang ngoài"}
        distributions.append(root.take("POST", f"datasets/{slug}/links", link)["id"])
        for move in moves:
            root.take("POST", f"datasets/{slug}/{move}", {"reason": "Thử"} if move == "withdraw" else None)
        slugs.append(slug)
    return slugs, distributions


def _tables(root: Caller, distributions: list[str]) -> list[str]:
    """Those of the files, once the worker has read them."""
    end = time.monotonic() + _READING_SECONDS
    while time.monotonic() < end:
        answers = [root.call("GET", f"distributions/{each}") for each in distributions]
        found = [each.json() for each in answers if each.status == 200]
        if not any(each["table_state"] == "waiting" for each in found):
            return [each["table_id"] for each in found if each["table_id"]]
        time.sleep(0.5)
    raise AssertionError("the worker does not read the files")


def _agency(root: Caller) -> str:
    made: str = root.take("POST", "agencies", {"name": f"Trung tâm {random.randrange(10**9)}"})["slug"]
    return made


def _theme(root: Caller) -> str:
    code = f"thu-{random.randrange(10**9)}"
    root.take("POST", "concepts/theme", {"code": code, "label": "Chủ đề thử"})
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--examples", type=int, default=20, help="random examples per operation")
    parser.add_argument("--role", choices=ROLES, action="append", help="only this role; may be repeated")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portal-schema-"))
    print(f"seed {options.seed}, reports in {folder}", flush=True)
    installation = prepare(folder)
    total = 0
    with installation.serving() as serving:
        roles = tuple(options.role or ROLES)
        for done in passes(installation, roles, folder, examples=options.examples, seed=options.seed):
            total += len(done.failures)
            print(
                f"{done.role:13}  {done.addresses:5} addresses  {done.cases:6} requests  "
                f"{len(done.failures)} failures",
                flush=True,
            )
            for failure in done.failures:
                print(f"       {failure}", flush=True)
        incidents = [line for line in serving.errors().splitlines() if "request failed" in line]
    print(f"{total} failures, {len(incidents)} incidents in the log")
    for line in incidents[:5]:
        print(f"       {line[:2000]}")
    return int(bool(total or incidents))


if __name__ == "__main__":
    sys.exit(main())
