"""届出の確認: what hints at a notice, and what somebody found."""

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.settings import Settings
from service.faults.incident_models import NoticeKind
from service.faults.notices import suspected
from service.faults.service import file_report
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.mark.parametrize(
    ("effects", "symptoms", "texts", "expected"),
    [
        ([], ["S04"], ["異音あり。"], set()),
        (["odour"], ["S22"], [""], set()),
        (["discharge"], ["S10"], [""], {NoticeKind.DISCHARGE}),
        (["overflow"], ["S09"], [""], {NoticeKind.DISCHARGE}),
        ([], ["S11"], [""], {NoticeKind.ELECTRICAL}),
        ([], ["S06"], ["端子台から発煙した。"], {NoticeKind.ELECTRICAL}),
        ([], ["S19"], ["外した際に指を負傷した。"], {NoticeKind.INJURY}),
        (["overflow"], ["S11"], ["感電。救急を要請"], set(NoticeKind)),
    ],
)
def test_effects_symptoms_and_words_hint(effects, symptoms, texts, expected):
    assert suspected(effects, symptoms, texts) == expected


def test_the_checklist_is_shown_judged_and_sends_nothing(
    engine: Engine, settings: Settings, city: City, as_actor: AsActor
):
    with as_actor(city.contractor) as session:
        new = make_report(city, environment_effects=["discharge"], body="未処理のまま放流した。")
        case_id = file_report(session, new, by=city.contractor).case_id
        before = rows(session, "select count(*) as n from outbox_event")[0].n
    staff = TestClient(
        create_app(engine=engine, settings=settings),
        headers={"origin": "http://testserver"},
        cookies={"gesuibo": city.tokens["staff"]},
        follow_redirects=False,
    )
    page = staff.get(f"/cases/{case_id}").text
    assert "届出が要るかもしれません" in page
    assert "水質汚濁防止法14条の2" in page
    address = f"/cases/{case_id}/notices/discharge"
    assert staff.post(address, data={}).status_code == 422
    assert staff.post(address, data={"verdict": "needed"}).status_code == 303
    assert staff.post(address, data={"verdict": "told", "note": "県 16:05"}).status_code == 303
    page = staff.get(f"/cases/{case_id}").text
    assert "届出が要るかもしれません" not in page
    assert "県 16:05" in page
    with as_actor(city.staff) as session:
        trail = rows(
            session,
            "select after->>'notice_discharge' as found from audit_entry"
            " where target_id = :id and action = 'case.notice' order by id",
            id=str(case_id),
        )
        kept = rows(session, "select * from case_notice where case_id = :id", id=case_id)
    with as_actor(city.contractor) as session:
        assert rows(session, "select count(*) as n from outbox_event")[0].n == before
        assert rows(session, "select 1 from case_notice") == []
    assert [row.found for row in trail] == ["needed", "told"]
    assert [(row.verdict, row.judged_by_name) for row in kept] == [("told", "下水 花子")]
