"""A photo over a weak signal: in parts, carried on after a cut, taken in as if in one piece."""

from typing import Any

from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service.attachments import partial
from service.attachments.domain import store_key
from service.attachments.store import open_store
from service.core.clock import now
from service.core.identity import new_id
from service.core.settings import Settings, get_settings
from tests.tagged_city import TaggedCity, digest, jpeg, report_json

URL = "/mobile/v1/fault-reports"
PART = 10_000


def photo() -> bytes:
    return jpeg(900, 700, quality=100) + b"\0" * 40_000  # trailing bytes are part of the file


def announced(client: TestClient, tagged: TaggedCity, *contents: bytes) -> str:
    told = report_json(tagged.city) | {"announced_photos": [digest(one) for one in contents]}
    filed = client.post(URL, json=told)
    assert filed.status_code == 201
    return str(told["id"])


def send(client: TestClient, path: str, content: bytes, offset: int, *, is_last: bool) -> Any:
    headers = {"upload-offset": str(offset), "upload-complete": "?1" if is_last else "?0"}
    return client.patch(path, content=content, headers=headers)


def test_parts_make_up_the_photo(
    contractor: TestClient, tagged: TaggedCity, settings: Settings
) -> None:
    content = photo()
    path = f"{URL}/{announced(contractor, tagged, content)}/photos/{digest(content)}"
    start = contractor.head(path)
    assert (start.status_code, start.headers["upload-offset"]) == (204, "0")
    first = send(contractor, path, content[:PART], 0, is_last=False)
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(PART))
    # The connection is cut; the phone asks where to carry on.
    assert contractor.head(path).headers["upload-offset"] == str(PART)
    last = send(contractor, path, content[PART:], PART, is_last=True)
    assert (last.status_code, last.json()["sha256"]) == (201, digest(content))
    assert open_store(settings).read(store_key(digest(content))) == content
    again = send(contractor, path, b"", len(content), is_last=True)
    assert (again.status_code, again.json()) == (200, last.json())
    whole = contractor.head(path)
    assert (whole.headers["upload-offset"], whole.headers["upload-complete"]) == (
        str(len(content)),
        "?1",
    )


def test_a_part_at_the_wrong_place_is_told_the_right_one(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    content = photo()
    path = f"{URL}/{announced(contractor, tagged, content)}/photos/{digest(content)}"
    send(contractor, path, content[:PART], 0, is_last=False)
    doubled = send(contractor, path, content[:PART], 0, is_last=False)
    assert (doubled.status_code, doubled.json()["code"]) == (409, "upload-offset")
    ahead = send(contractor, path, content[2 * PART :], 2 * PART, is_last=True)
    assert (ahead.status_code, ahead.json()["code"]) == (409, "upload-offset")
    assert str(PART) in ahead.json()["detail"]


def test_damaged_parts_are_thrown_away_and_sent_again(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    content = photo()
    path = f"{URL}/{announced(contractor, tagged, content)}/photos/{digest(content)}"
    damaged = b"x" + content[1:PART]
    send(contractor, path, damaged, 0, is_last=False)
    refused = send(contractor, path, content[PART:], PART, is_last=True)
    assert (refused.status_code, refused.json()["code"]) == (422, "hash-mismatch")
    assert contractor.head(path).headers["upload-offset"] == "0"
    assert send(contractor, path, content, 0, is_last=True).status_code == 201


def test_parts_of_what_was_never_announced_are_refused(
    contractor: TestClient, other_contractor: TestClient, tagged: TaggedCity
) -> None:
    content = photo()
    report_id = announced(contractor, tagged)
    path = f"{URL}/{report_id}/photos/{digest(content)}"
    assert contractor.head(path).status_code == 409
    assert send(contractor, path, content[:PART], 0, is_last=False).status_code == 409
    assert other_contractor.head(path).status_code == 404
    unknown = f"{URL}/{new_id()}/photos/{digest(content)}"
    assert send(contractor, unknown, content[:PART], 0, is_last=False).status_code == 404


def test_parts_that_nobody_comes_back_for_are_swept_away(
    contractor: TestClient, tagged: TaggedCity, settings: Settings, monkeypatch: Any
) -> None:
    content = photo()
    path = f"{URL}/{announced(contractor, tagged, content)}/photos/{digest(content)}"
    send(contractor, path, content[:PART], 0, is_last=False)
    store = open_store(settings)
    partial.sweep(store)
    assert contractor.head(path).headers["upload-offset"] == str(PART)
    later = now() + 2 * partial.KEPT
    monkeypatch.setattr(partial, "now", lambda: later)
    assert partial.sweep(store) >= 1
    assert contractor.head(path).headers["upload-offset"] == "0"


def test_a_photo_beyond_the_limit_is_refused_before_it_is_whole(
    contractor: TestClient, tagged: TaggedCity, monkeypatch: Any, engine: Engine
) -> None:
    content = photo()
    path = f"{URL}/{announced(contractor, tagged, content)}/photos/{digest(content)}"
    monkeypatch.setattr(get_settings(), "photo_max_bytes", 2 * PART)
    assert send(contractor, path, content[:PART], 0, is_last=False).status_code == 204
    too_far = send(contractor, path, content[PART : 3 * PART], PART, is_last=False)
    assert too_far.status_code == 413
    with engine.connect() as connection:
        statement = text("select count(*) from attachment where sha256 = :sha256")
        assert connection.execute(statement, {"sha256": digest(content)}).scalar_one() == 0
