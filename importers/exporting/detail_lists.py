"""QR tags, devices that may be one, and the parts of a device as files: what their pages show."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from importers.exporting.list_files import Line, ListFormat, Listing, list_answer
from importers.exporting.writing import plain
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.core.i18n.marker import N_
from service.maintenance import part_lists
from service.registry.merge_pages import SIGNS
from service.registry.queries import merges
from service.tags import desk
from service.tags.domain import TAG_STATE_LABELS
from service.tags.schemas import NO_NUL

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
Manager = Annotated[Actor, Depends(requires(Permission.TAGS_MANAGE))]
_EVERY = 1_000_000
_PLACE_HEADER = ["設備番号", "設置箇所", "号機", "施設"]
_DUPLICATE_HEADER = ["機器", "もう一つの機器", "同じところ", "内容"]
_PART_HEADER = [
    "部品名",
    "品番",
    "備考",
    "数量",
    "交換の目安(年)",
    "前回の交換",
    "次の目安",
]
_PARTS = (
    *("part_name", "part_no", "note", "quantity", "interval_years", "last_replaced_on"),
    "due_on",
)


def _recipient(row: Any) -> str:
    return " ".join(filter(None, (row.company_name, row.issued_to)))


_LAST: dict[str, tuple[str, Callable[[Any], str]]] = {
    "recheck": ("申告(件)", lambda row: plain(row.dispute_count)),
    "stock": ("交付先", _recipient),
}
_PRINTED = ("印刷日", lambda row: plain(row.printed_on))


@router.get("/lists/tags.{form}")
def tags_file(
    session: SessionDep,
    _by: Manager,
    form: ListFormat,
    view: Annotated[str | None, Query()] = None,
    facility: Annotated[str | None, Query(max_length=40, pattern=NO_NUL)] = None,
    q: Annotated[str, Query(max_length=40)] = "",
) -> StreamingResponse:
    """The tab that the page shows, with its conditions."""
    shown = desk.view_of(session, view)
    header, cells = _tag_columns(shown)
    lines = (
        Line(row.tag_code if shown != "missing" else str(row.position_id), cells(row), _told(row))
        for row in _tags(session, shown, facility or None, q)
    )
    return list_answer(Listing(f"QRタグ_{desk.VIEWS[shown]}", header, lines), form)


def _tags(session: Session, view: str, facility: str | None, typed: str) -> Iterator[Any]:
    cursor: str | None = None
    while True:
        rows, cursor = desk.rows_of(session, view, facility, typed, cursor)
        yield from rows
        if cursor is None:
            return


def _told(row: Any) -> dict[str, Any]:
    return dict(row._asdict())


def _place(row: Any) -> list[str]:
    named = ("position_code", "position_name", "unit_no", "facility_name")
    return [plain(getattr(row, name)) for name in named]


def _tag_columns(view: str) -> tuple[list[str], Callable[[Any], list[str]]]:
    """What the tab shows: positions without a tag have none to tell of."""
    if view == "missing":
        return _PLACE_HEADER, _place
    title, last = _LAST.get(view, _PRINTED)

    def cells(row: Any) -> list[str]:
        return [row.tag_code, TAG_STATE_LABELS[row.state], *_place(row), last(row)]

    return ["タグ番号", "状態", *_PLACE_HEADER, title], cells


@router.get("/lists/duplicates.{form}")
def duplicates_file(session: SessionDep, _by: Reader, form: ListFormat) -> StreamingResponse:
    lines = (
        Line(
            f"{row['one_id']}/{row['other_id']}",
            [row["one_code"], row["other_code"], SIGNS[row["sign"]], row["detail"]],
            row,
        )
        for row in map(dict, merges.duplicates(session, after=("", ""), limit=_EVERY))
    )
    return list_answer(Listing(N_("重複の恐れがある機器"), _DUPLICATE_HEADER, lines), form)


@router.get("/lists/devices/{device_id}/parts.{form}")
def parts_file(
    session: SessionDep, _by: Reader, device_id: UUID, form: ListFormat
) -> StreamingResponse:
    lines = (
        Line(str(row["id"]), [plain(row[name]) for name in _PARTS], row)
        for row in map(dict, part_lists.parts_of(session, device_id))
    )
    return list_answer(Listing(N_("部品表"), _PART_HEADER, lines), form)
