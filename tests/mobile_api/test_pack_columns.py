"""Packs by columns: nothing is lost in them, and 8,000 positions of one facility stay small."""

import gzip
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from mobile_api.pack_columns import WORDS, PackChanges, PackColumns, Prefixed, columns
from mobile_api.queries import OVERLAP
from mobile_api.schemas import FacilityRead, PackCase, PackPosition
from service.core.clock import now
from service.core.database import transaction
from service.core.identity import new_id
from service.core.paging import encode_cursor
from service.tags.domain import mint_code
from tests.tagged_city import TaggedCity, digest, report_json

ALLOWED_BYTES = 150_000
COUNT = 8_000
MAYBE = st.none() | st.text(max_size=6)
TAG = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=9, max_size=9)
POSITION = st.fixed_dictionaries(
    {
        "code": st.text("ポA-1𠮷", min_size=1, max_size=8),
        "asset_code": st.none() | st.text("ポA-1𠮷"),
    }
    | dict.fromkeys((*WORDS, "serial_no"), MAYBE)
    | {"name": st.text(), "class_code": st.text(), "status": st.text()}
    | {"health": st.none() | st.integers(1, 5), "tags": st.lists(TAG, max_size=3)}
)


def in_rows(pack: PackColumns) -> list[dict[str, Any]]:
    """As a phone reads it."""
    rows: list[dict[str, Any]] = []
    tags = pack.tags.split(",")
    code = ""
    for n, health in enumerate(pack.health):
        code = joined(pack.code, n, code) or ""
        row: dict[str, Any] = {"code": code, "asset_code": joined(pack.asset_code, n, code)}
        for name in WORDS:
            column = getattr(pack, name)
            row[name] = None if column.rows[n] < 0 else column.words[column.rows[n]]
        more = {"health": health, "tags": tags[n].split(), "serial_no": pack.serial_no[n]}
        rows.append(row | more)
    return rows


def joined(column: Prefixed, n: int, other: str) -> str | None:
    count = column.shared[n]
    if count < 0:
        return None
    utf16 = other.encode("utf-16-le")[: 2 * count]
    return utf16.decode("utf-16-le") + column.rest[n]


def packed(positions: list[dict[str, Any]]) -> PackColumns:
    facility = FacilityRead(
        id=new_id(),
        code="KMT",
        name="北町水再生センター",
        facility_type="treatment_plant",
        address=None,
        hazard_note=None,
        no_signal_note=None,
        longitude=None,
        latitude=None,
        positions=len(positions),
        version=1,
    )
    content = {"facility": facility, "classes": [], "open_cases": [], "cursor": "x"}
    return PackColumns.model_validate(content | columns(positions))


@given(st.lists(POSITION, max_size=12))
def test_a_phone_reads_the_rows_that_were_sent(positions: list[dict[str, Any]]) -> None:
    assert in_rows(packed(positions)) == positions


def test_eight_thousand_positions_are_small() -> None:
    """Every column drawn by itself: in a real ledger they repeat together and compress better."""
    chance = random.Random(8_000)  # noqa: S311  # no secret is drawn
    kinds = ("汚水ポンプ", "雨水ポンプ", "流入ゲート", "除塵機", "動力制御盤", "水位計", "ブロワ")
    places = [f"水処理棟/第{a}系列/第{b}池" for a in range(5) for b in range(8)]
    models = [f"{chance.choice('ABDKM')}X-{chance.randrange(50, 900)}" for _ in range(150)]
    positions = [
        {
            "code": (code := f"KMT-{'PGEM'[n // 2_000]}-{n % 2_000 + 1:04}"),
            "name": f"No.{chance.randrange(1, 9)}{chance.choice(kinds)}",
            "unit_no": str(chance.randrange(1, 9)),
            "class_code": f"M{chance.randrange(1, 40):02}",
            "location": chance.choice(places),
            "status": "in_use" if chance.random() < 0.97 else "resting",
            "health": chance.choice([None, 1, 2, 3, 4, 5]),
            "tags": [mint_code()],
            "asset_code": f"{code}-1",
            "model_no": chance.choice(models),
            "serial_no": f"{chance.choice('ABCDE')}{chance.randrange(10**6):06}",
        }
        for n in range(COUNT)
    ]
    pack = packed(positions)
    # One of twenty is broken: far more than any city has open.
    pack.open_cases = [
        PackCase(
            id=new_id(),
            case_no=f"R8-KMT-{n:04}",
            code=chance.choice(positions)["code"],
            state=chance.choice(["reported", "accepted", "in_progress", "waiting"]),
            symptoms=[f"S{chance.randrange(1, 20):02}"],
        )
        for n in range(COUNT // 20)
    ]
    size = len(gzip.compress(pack.model_dump_json().encode(), 6))
    assert size <= ALLOWED_BYTES


def digest_of(rows: list[dict[str, Any]]) -> str:
    """As a phone counts what it has."""
    lines = [
        " ".join([row["code"], row["asset_code"] or "", " ".join(row["tags"])])
        for row in sorted(rows, key=lambda row: str(row["code"]))
    ]
    return digest("\n".join(lines).encode())


def test_only_what_has_changed_comes_again_and_what_has_gone_is_noticed(
    contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    address = f"/mobile/v1/facilities/{tagged.city.facility_id}/pack"
    whole = PackColumns.model_validate_json(contractor.get(f"{address}-columns").content)
    since = encode_cursor((now() + OVERLAP).isoformat())
    nothing = contractor.get(f"{address}-changes", params={"since": since}).json()
    assert nothing["health"] == []
    kept = in_rows(whole)
    assert nothing["digest"] == digest_of(kept)

    with transaction(engine) as session:
        session.execute(
            text("update position set health = 2 where id = :id"), {"id": tagged.city.pump_id}
        )
    later = PackChanges.model_validate_json(
        contractor.get(f"{address}-changes", params={"since": since}).content
    )
    (row,) = in_rows(later)
    assert row["health"] == 2
    now_kept = {one["code"]: one for one in [*kept, row]}
    assert later.digest == digest_of(list(now_kept.values()))

    with transaction(engine) as session:
        session.execute(
            text("update position set status = 'abolished' where id = :id"),
            {"id": tagged.city.pump_id},
        )
    gone = contractor.get(f"{address}-changes", params={"since": since}).json()
    assert gone["digest"] != digest_of(list(now_kept.values()))
    with transaction(engine) as session:
        session.execute(
            text("update position set status = 'in_use' where id = :id"),
            {"id": tagged.city.pump_id},
        )


def test_the_pack_by_columns_says_what_the_pack_says(
    contractor: TestClient, tagged: TaggedCity
) -> None:
    address = f"/mobile/v1/facilities/{tagged.city.facility_id}/pack"
    told = contractor.post("/mobile/v1/fault-reports", json=report_json(tagged.city))
    known = told.json()["case_id"]
    whole = contractor.get(address).json()
    answer = contractor.get(f"{address}-columns")
    pack = PackColumns.model_validate_json(answer.content)
    rows = [PackPosition.model_validate(row).model_dump() for row in whole["positions"]]
    assert in_rows(pack) == [{k: v for k, v in row.items() if k != "id"} for row in rows]
    assert [case.model_dump(mode="json") for case in pack.open_cases] == whole["open_cases"]
    (case,) = (one for one in whole["open_cases"] if one["id"] == known)
    assert (case["code"], case["symptoms"], case["state"]) == (rows[0]["code"], ["S01"], "reported")
    assert pack.facility.id == tagged.city.facility_id
    again = contractor.get(f"{address}-columns", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    foreign = f"/mobile/v1/facilities/{tagged.city.other_facility_id}/pack-columns"
    assert contractor.get(foreign).status_code == 404
