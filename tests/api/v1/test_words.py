"""The tables of words over HTTP: read by everyone, written by administrators."""

from __future__ import annotations

from tests.people import Staffed

WORDS = "/api/v1/words"
ADMIN = "administrator"


def test_a_word_is_added_changed_and_silenced(own_staffed: Staffed) -> None:
    made = own_staffed.call(
        "POST", WORDS, ADMIN, json={"term": "cầu vượt", "kind": "synonym", "alternative": "cầu bộ hành"}
    )
    assert (made.status_code, made.json["weight"], made.json["active"]) == (201, None, True)
    path = f"{WORDS}/{made.json['id']}"
    assert made.headers["Location"].endswith(path)
    changed = own_staffed.call(
        "PATCH", path, ADMIN, match=made.headers["ETag"], json={"weight": 0.5, "active": False}
    )
    assert (changed.status_code, changed.json["weight"], changed.json["active"]) == (200, 0.5, False)
    assert own_staffed.call("GET", path).json == changed.json
    assert own_staffed.call("GET", f"{WORDS}?term=cầu vượt").json["items"] == [changed.json]
    stale = own_staffed.call("PATCH", path, ADMIN, match=made.headers["ETag"], json={"note": "cũ"})
    assert stale.status_code == 412


def test_what_makes_no_word_is_refused(own_staffed: Staffed) -> None:
    def refused(**body: object) -> int:
        return int(own_staffed.call("POST", WORDS, ADMIN, json=body).status_code)

    assert refused(term="a", kind="synonym") == 422
    assert refused(term="a", kind="filler", alternative="b") == 422
    assert refused(term="a", kind="nonsense", alternative="b") == 422
    assert refused(term="a", kind="synonym", alternative="b", weight=2) == 422
    assert refused(term="ab", kind="filler") == 201
    assert refused(term="ab", kind="filler") == 409


def test_only_administrators_write_words(own_staffed: Staffed) -> None:
    body = {"term": "a", "kind": "filler"}
    assert own_staffed.call("POST", WORDS, json=body).status_code == 401
    for unknown in ("999999", "abc", "٣", "9" * 40):
        assert own_staffed.call("GET", f"{WORDS}/{unknown}").status_code == 404
