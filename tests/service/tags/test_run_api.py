"""Print runs, the stock and the life of tags over HTTP, as programs use them."""

import csv
import io

from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from service.core.database import transaction
from service.tags.domain import mint_code
from tests.service.tags.drawn_labels import text_of
from tests.tagged_city import TaggedCity

API = "/api/v1"


def test_a_run_from_start_to_file(staff: TestClient, tagged: TaggedCity) -> None:
    wanted = {"tag_codes": [tagged.tag], "selection": "codes", "sheet": "zpl-62", "outdoors": True}
    answer = staff.post(f"{API}/label-runs", json=wanted)
    assert answer.status_code == 201
    run = answer.json()
    assert (run["state"], run["total"], run["done"], run["pages"]) == ("ready", 1, 1, 1)
    assert run["result"]["pdf_bytes"] > 1000
    address = answer.headers["location"]
    assert staff.get(address).json() == run
    assert run in staff.get(f"{API}/label-runs").json()["items"]
    assert tagged.city.facility_code in text_of(staff.get(f"{address}/pdf").content)
    assert staff.get(f"{address}/zpl").content.startswith(b"^XA")
    told = staff.get(f"{address}/labels.csv").text.removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(told))
    assert row["tag_code"] == tagged.tag
    assert row["url"].endswith(f"/T/{tagged.tag}")
    assert staff.get(f"{address}/exe").status_code in {400, 404, 422}


def test_what_is_wrong_with_a_run_is_named(staff: TestClient) -> None:
    for wanted, code in (
        ({"sheet": "a3"}, "unknown-sheet"),
        ({"selection": "codes", "tag_codes": []}, "nothing-to-print"),
        ({"selection": "codes", "tag_codes": [mint_code()]}, "nothing-to-print"),
        ({"first": 25}, "no-such-place"),
        ({"selection": "codes", "tag_codes": ["123"]}, "unknown-tag"),
    ):
        answer = staff.post(
            f"{API}/label-runs", json=wanted, headers={"accept": "application/json"}
        )
        assert answer.json()["code"] == code


def test_sheets_and_printers(staff: TestClient, tagged: TaggedCity) -> None:
    sheets = {one["id"]: one for one in staff.get(f"{API}/label-sheets").json()["items"]}
    assert sheets["a4-24-70x33.9"]["label"] == [70, 33.9]
    name = f"複合機{tagged.city.mark}"
    saved = staff.put(f"{API}/label-printers", json={"name": name, "offset_x_mm": 2}).json()
    assert saved in staff.get(f"{API}/label-printers").json()["items"]
    assert staff.put(f"{API}/label-printers", json={"name": name}).json()["id"] == saved["id"]
    bad = staff.put(f"{API}/label-printers", json={"name": name, "offset_x_mm": 11})
    assert bad.status_code == 422


def test_the_stock_is_issued_bound_doubted_and_settled(
    staff: TestClient, contractor: TestClient, tagged: TaggedCity, engine: Engine
) -> None:
    assert staff.post(f"{API}/tags/stock", json={"count": 1}).json() == {"minted": 1}
    with transaction(engine) as session:
        newest = "select tag_code from qr_tag order by id desc limit 1"
        code = session.execute(text(newest)).scalar_one()
    wanted = {"selection": "codes", "tag_codes": [code]}
    assert staff.post(f"{API}/label-runs", json=wanted).status_code == 201
    company = str(tagged.city.company_id)
    scanned = f"HTTPS://OLD.EXAMPLE.JP/T/{code}"
    issue = {"tag_codes": [scanned], "company_id": company, "person": "青空"}
    assert staff.post(f"{API}/tags/issue", json=issue).json() == {"issued": 1}
    place = {"position_id": str(tagged.city.pump_id)}
    bound = contractor.post(f"{API}/tags/{code}/bind", json=place)
    assert bound.json() == {"tag_code": code} | place
    assert contractor.post(f"{API}/tags/{code}/unbind").status_code == 204
    assert contractor.post(f"{API}/tags/{code}/bind", json=place).status_code == 200
    assert contractor.post(f"{API}/tags/{code}/dispute", json={"note": "隣"}).status_code == 204
    assert staff.get(f"{API}/tags/{code}").json()["dispute_count"] == 1
    assert staff.post(f"{API}/tags/{code}/recheck", json={}).json()["dispute_count"] == 0
    assert staff.post(f"{API}/tags/{code}/reprint", json={}).status_code == 204
    kinds = [event["kind"] for event in staff.get(f"{API}/tags/{code}/history").json()["items"]]
    assert kinds == [
        "reprint_wanted",
        "rechecked",
        "disputed",
        "bound",
        "unbound",
        "bound",
        "issued",
        "printed",
        "minted",
    ]


def test_programs_of_contractors_do_not_print(contractor: TestClient) -> None:
    assert contractor.post(f"{API}/label-runs", json={}).status_code == 403
    assert contractor.get(f"{API}/label-runs").status_code == 403
    assert contractor.post(f"{API}/tags/stock", json={"count": 1}).status_code == 403
