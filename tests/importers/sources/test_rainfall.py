"""Rain as the Meteorological Agency's download has it, as a city's gauge, and back."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import Session, select

from importers import service
from importers.exporting.files import written_csv
from importers.exporting.ledgers import lines_of
from service.accounts.actor import Actor
from service.analytics.models import Rainfall
from tests.importers.ledgers import outcomes, plan

AGENCY = (
    "ダウンロードした時刻：2026/06/11 09:20:41\r\n\r\n"
    ",辻堂,辻堂,辻堂,辻堂\r\n"
    "年月日,降水量の合計(mm),降水量の合計(mm),降水量の合計(mm),1時間降水量の最大(mm)\r\n"
    ",,品質情報,均質番号,\r\n"
    "2024/6/1,0,8,1,0\r\n2024/6/2,83.5,8,1,31.0\r\n2024/6/3,12.5 ),5,1,\r\n"
)
GAUGE = "観測所,観測日,日雨量(mm),最大時間雨量(mm)\n見本,R6.6.1,--,\n見本,R6.6.2,４５.５,18\n"


def rain(session: Session) -> list[tuple[str, date, Decimal, Decimal | None]]:
    session.expire_all()
    rows = session.exec(select(Rainfall).order_by(Rainfall.gauge, Rainfall.observed_on)).all()
    return [(row.gauge, row.observed_on, row.rain_mm, row.max_hour_mm) for row in rows]


def test_the_citys_own_gauge(session: Session, terminal: Actor):
    job = plan(session, GAUGE, by=terminal)
    assert (job.source, outcomes(job)) == ("rainfall", {"create": 2})
    service.apply_job(session, job.id, by=terminal)
    assert rain(session) == [
        ("見本", date(2024, 6, 1), Decimal("0.0"), None),
        ("見本", date(2024, 6, 2), Decimal("45.5"), Decimal("18.0")),
    ]
    assert outcomes(plan(session, GAUGE, by=terminal)) == {"unchanged": 2}
    again = b"".join(written_csv(lines_of(session, "rainfall")))
    assert outcomes(plan(session, again, by=terminal)) == {"unchanged": 2}
    service.undo_job(session, job.id, by=terminal)
    assert rain(session) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_the_download_of_the_agency(session: Session, terminal: Actor, encoding: str):
    job = plan(session, AGENCY.encode(encoding), by=terminal)
    assert (job.source, outcomes(job)) == ("rainfall", {"create": 3})
    service.apply_job(session, job.id, by=terminal)
    assert [row[1:] for row in rain(session)] == [
        (date(2024, 6, 1), Decimal("0.0"), Decimal("0.0")),
        (date(2024, 6, 2), Decimal("83.5"), Decimal("31.0")),
        (date(2024, 6, 3), Decimal("12.5"), None),
    ]


def test_what_is_no_rain_is_said(session: Session, terminal: Actor):
    job = plan(session, "年月日,降水量(mm)\n2024/6/1,雨\n2024/6,3\n2024/6/3,-5\n", by=terminal)
    assert outcomes(job) == {"rejected": 3}
