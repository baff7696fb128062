"""Lists of the register as files: exactly what the page shows, in its order."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from importers.exporting.list_files import Line, ListFormat, Listing, Point, list_answer
from importers.exporting.writing import partial, plain, words
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.i18n.marker import N_
from service.registry.custom_conditions import own_fields
from service.registry.custom_values import write_value
from service.registry.domain import FACILITY_TYPE_LABELS, LIFECYCLE_LABELS, FacilityType
from service.registry.pages import PastDay, filled_in
from service.registry.past import on_day, only_today
from service.registry.queries import classes, devices, facilities, models, positions, quality
from service.registry.queries.position_order import SORTS
from service.registry.schemas.reads import PartialDateRead, PositionFilter

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
_AT_ONCE = 2_000
_EVERY = 1_000_000
_HEADER = [
    "設備番号",
    "機器名称",
    "号機",
    "施設コード",
    "施設名",
    "場所",
    "分類コード",
    "小分類",
    "重要度",
    "状態",
    "健全度",
    "機器番号",
    "製造者",
    "型式",
    "設置年月",
    "旧番号・別名",
]
_FACILITY_HEADER = [
    "施設コード",
    "施設名",
    "種別",
    "処理区",
    "所在地",
    "緯度",
    "経度",
    "設置箇所数",
    "状態",
]
_OPEN_CASES = "未完結の案件"
_SPARE_HEADER = ["機器番号", "分類コード", "小分類", "製造者", "型式", "製造番号", "仕様"]
_MODEL_HEADER = ["製造者", "型式", "機器", "設置中", "製造中止"]
_CLASS_FIELDS = (
    *("class_code", "major", "middle", "minor", "standard_life_years", "target_life_years"),
    *("disposal_limit_years", "source_document", "effective_from"),
)
_CLASS_HEADER = [
    "分類コード",
    "大分類",
    "中分類",
    "小分類",
    "標準耐用年数",
    "目標耐用年数",
    "処分制限期間",
    "出典",
    "適用日",
    "確認",
]
_QUALITY_HEADER = ["番号", "名称", "台帳の記載"]


@router.get("/lists/positions.{form}")
def positions_file(
    session: SessionDep,
    by: Reader,
    form: ListFormat,
    conditions: Annotated[PositionFilter, Depends(filled_in)],
    sort: str = "",
    on: PastDay = None,
) -> StreamingResponse:
    chosen = sort if sort.removeprefix("-") in SORTS else ""
    with on_day(session, on, by=by):
        return list_answer(_positions(session, conditions, chosen), form, on=on)


@router.get("/lists/facilities.{form}")
def facilities_file(
    session: SessionDep, by: Reader, form: ListFormat, facility_type: str = "", on: PastDay = None
) -> StreamingResponse:
    chosen = facility_type if facility_type in set(FacilityType) else None
    with on_day(session, on, by=by):
        return list_answer(_facilities(session, chosen, on), form, on=on)


@router.get("/lists/spares.{form}")
def spares_file(
    session: SessionDep, by: Reader, form: ListFormat, q: str = "", on: PastDay = None
) -> StreamingResponse:
    with on_day(session, on, by=by):
        return list_answer(_spares(session, q), form, on=on)


@router.get("/lists/quality/{name}.{form}")
def quality_file(
    session: SessionDep, _by: Reader, name: str, form: ListFormat, on: PastDay = None
) -> StreamingResponse:
    only_today(on)
    if name not in quality.CHECKS:
        raise NotFound
    lines = (
        Line(str(row["id"]), _plain(row, "code", "name", "detail"), row)
        for row in map(dict, quality.rows(session, name, limit=_EVERY))
    )
    return list_answer(Listing(quality.CHECKS[name].title, _QUALITY_HEADER, lines), form)


@router.get("/lists/models.{form}")
def models_file(
    session: SessionDep, by: Reader, form: ListFormat, q: str = "", on: PastDay = None
) -> StreamingResponse:
    names = ("maker", "model_no", "device_count", "placed_count", "discontinued_on")
    with on_day(session, on, by=by):
        lines = (
            Line(str(row["id"]), _plain(row, *names), row)
            for row in map(dict, models.page(session, q, after=("", ""), limit=_EVERY))
        )
        return list_answer(Listing(N_("機種一覧"), _MODEL_HEADER, lines), form, on=on)


@router.get("/lists/classes.{form}")
def classes_file(
    session: SessionDep, by: Reader, form: ListFormat, only: str = "", on: PastDay = None
) -> StreamingResponse:
    with on_day(session, on, by=by):
        lines = (
            Line(
                str(row["id"]),
                [*_plain(row, *_CLASS_FIELDS), "確認済" if row["verified"] else "要確認"],
                row,
            )
            for row in (one.model_dump() for one in classes.page(session, after="", limit=_EVERY))
            if only != "unverified" or not row["verified"]
        )
        return list_answer(Listing(N_("設備分類一覧"), _CLASS_HEADER, lines), form, on=on)


def _positions(session: Session, conditions: PositionFilter, sort: str) -> Listing:
    """With one class chosen, its own fields stand at the end."""
    own = [field.label for field in own_fields(session, conditions.class_code)]
    points = _points(session)
    lines = (
        Line(
            str(row["id"]),
            [*_cells(row), *_own_cells(row, own)],
            {name: value for name, value in row.items() if name != "sort_key"},
            points.get(row["facility_code"]),
        )
        for row in _rows(session, conditions, sort)
    )
    return Listing(N_("設置箇所一覧"), [*_HEADER, *own], lines)


def _rows(session: Session, conditions: PositionFilter, sort: str) -> Iterator[Mapping[str, Any]]:
    after, key = "", None
    while True:
        rows = (
            positions.sorted_page(session, conditions.chosen(), sort, after=key, limit=_AT_ONCE)
            if sort
            else positions.page(session, conditions.chosen(), after=after, limit=_AT_ONCE)
        )
        if not rows:
            return
        yield from map(dict, rows)
        after = rows[-1]["position_code"]
        key = (rows[-1]["sort_key"], after)


def _cells(row: Mapping[str, Any]) -> list[str]:
    installed = row["installed"] and PartialDateRead.model_validate(row["installed"])
    return [
        *_plain(row, "position_code", "name", "unit_no", "facility_code", "facility_name"),
        *_plain(row, "location", "class_code", "class_minor", "criticality"),
        LIFECYCLE_LABELS[row["status"]],
        *_plain(row, "health", "asset_code", "maker", "model_no"),
        partial(installed.start, installed.end, installed.precision) if installed else "",
        words(row["other_names"]),
    ]


def _own_cells(row: Mapping[str, Any], labels: list[str]) -> list[str]:
    values = {**row["device_custom"], **row["custom"]}
    return [write_value(values.get(label)) for label in labels]


def _plain(row: Mapping[str, Any], *names: str) -> list[str]:
    return [plain(row[name]) for name in names]


def _points(session: Session) -> dict[str, Point | None]:
    """Where facilities are: positions stand where their facility does."""
    return {row["facility_code"]: _point(row) for row in map(dict, facilities.everywhere(session))}


def _point(row: Mapping[str, Any]) -> Point | None:
    return (row["lon"], row["lat"]) if row["lon"] is not None else None


def _facilities(session: Session, facility_type: str | None, on: date | None) -> Listing:
    """Which cases were open on a past day nobody kept, so the column is missing then."""
    rows = facilities.page(session, after="", limit=_EVERY, facility_type=facility_type)
    more = [] if on else ["open_case_count"]
    lines = (
        Line(
            str(row["id"]),
            [
                *_plain(row, "facility_code", "name"),
                FACILITY_TYPE_LABELS[row["facility_type"]],
                *_plain(row, "treatment_district", "address", "lat", "lon", "position_count"),
                LIFECYCLE_LABELS[row["status"]],
                *_plain(row, *more),
            ],
            row,
            _point(row),
        )
        for row in map(dict, rows)
    )
    header = [*_FACILITY_HEADER, *([] if on else [_OPEN_CASES])]
    return Listing(N_("施設一覧"), header, lines)


def _spares(session: Session, q: str) -> Listing:
    names = ("asset_code", "class_code", "class_minor", "maker", "model_no", "serial_no")
    lines = (
        Line(str(row["id"]), _plain(row, *names, "spec_raw"), row)
        for row in map(dict, devices.spares(session, q, limit=_EVERY))
    )
    return Listing(N_("予備品一覧"), _SPARE_HEADER, lines)
