"""What was inspected and which parts were changed: at a position, of a device, and what is due."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.paging import cut, encode_cursor
from service.maintenance import part_lists, queries, service
from service.maintenance.domain import (
    INSPECTION_KIND_LABELS,
    JUDGEMENT_LABELS,
    JUDGEMENT_MARKS,
    write_item,
    write_items,
)
from service.maintenance.forms import (
    inspection_sent,
    replacement_sent,
    typed_values,
    version_of,
)
from service.maintenance.queries import Chosen
from service.maintenance.schemas import (
    InspectionCorrection,
    InspectionCreate,
    PartReplacementCorrection,
    PartReplacementCreate,
)
from service.registry import service as registry
from service.registry.domain import HEALTH_LABELS
from service.registry.pages import PastDay
from service.registry.past import past_unknown
from service.registry.queries import devices
from service.registry.schemas.reads import PartialDateRead

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
SHOWN = 50
Row = Mapping[Any, Any]
SPANS = (0, 30, service.DUE_DAYS, 365)


def shown(read: Mapping[str, Any]) -> Any:
    return PartialDateRead.model_validate(read).value()


def _words() -> dict[str, Any]:
    return {
        "kinds": [(word.value, label) for word, label in INSPECTION_KIND_LABELS.items()],
        "results": [(word.value, label) for word, label in JUDGEMENT_LABELS.items()],
        "labels": {
            "kind": INSPECTION_KIND_LABELS,
            "result": JUDGEMENT_LABELS,
            "mark": JUDGEMENT_MARKS,
            "health": HEALTH_LABELS,
        },
        "shown": shown,
        "write_item": write_item,
        "today": today(),
    }


@router.get("/positions/{position_id}/maintenance")
def position_records(
    request: Request, session: SessionDep, by: Reader, position_id: UUID
) -> Response:
    """The whole page; the bare lists when the position's page asks for them."""
    return render(
        request,
        "maintenance/position.html",
        fragment="records",
        card=registry.position_card(session, position_id),
        records=service.records_of(session, Chosen(position=position_id), limit=SHOWN),
        may_write=by.can(Permission.REGISTRY_WRITE),
        **_words(),
    )


@router.get("/devices/{device_id}/maintenance")
def device_records(request: Request, session: SessionDep, _by: Reader, device_id: UUID) -> Response:
    device = devices.read(session, device_id)
    if device is None:
        raise NotFound
    return render(
        request,
        "maintenance/device.html",
        fragment="records",
        device=device,
        records=service.records_of(session, Chosen(device=device_id), limit=SHOWN),
        may_write=False,
        **_words(),
    )


@router.get("/inspections/due")
def due_page(
    request: Request,
    session: SessionDep,
    _by: Reader,
    facility: Annotated[str, Query(max_length=80)] = "",
    days: Annotated[int, Query(ge=0, le=3650)] = service.DUE_DAYS,
    cursor: str = "",
    on: PastDay = None,
) -> Response:
    """次回予定: what is overdue first, then what is due within some days."""
    found = queries.due(
        session,
        facility=facility or None,
        until=today() + timedelta(days=days),
        today=today(),
        seen=service.seen(cursor),
        limit=SHOWN + 1,
    )
    rows, has_more = cut(found, SHOWN)
    return render(
        request,
        "maintenance/due.html",
        fragment="rows",
        rows=rows,
        next_cursor=encode_cursor(rows[-1]["place"]) if has_more else None,
        facility=facility,
        facilities=[(row["facility_code"], row["name"]) for row in queries.facilities(session)],
        days=days,
        past_unknown=past_unknown(on),
        spans=SPANS,
        **_words(),
    )


# -- recording and correcting ----------------------------------------------------------------------


def _form_page(
    request: Request,
    template: str,
    place: Mapping[str, Any],
    row: Row | None,
    failed: tuple[Typed, int] | None = None,
) -> Response:
    """``row`` is what is corrected, None for a new record."""
    typed, status_code = failed or (Typed(), 200)
    return render(
        request,
        template,
        status_code=status_code,
        place=place,
        row=row,
        typed=typed,
        written_items=write_items(row["items"], "\n") if row and "items" in row else "",
        **_words(),
    )


def _place(session: SessionDep, position_id: UUID) -> dict[str, Any]:
    card = registry.position_card(session, position_id)
    device = card.device.id if card.device else None
    names = part_lists.names(session, device) if device else []
    return {
        "id": card.id,
        "name": card.name,
        "facility_name": card.facility_name,
        "part_names": names,
    }


def _case(session: SessionDep, case_id: UUID | None) -> Row | None:
    return _found(queries.case_head(session, case_id)) if case_id else None


def _place_of(row: Row) -> dict[str, Any]:
    return {
        "id": row["position_id"],
        "name": row["position_name"],
        "facility_name": row["facility_name"],
        "part_names": [],
        "case": None,
    }


def _back(position_id: UUID) -> Response:
    return RedirectResponse(f"/positions/{position_id}#maintenance", 303)


@router.get("/positions/{position_id}/inspections/new")
def new_inspection(
    request: Request, session: SessionDep, _by: Writer, position_id: UUID
) -> Response:
    return _form_page(request, "maintenance/inspection.html", _place(session, position_id), None)


@router.post("/positions/{position_id}/inspections")
def record_inspection(
    request: Request, session: SessionDep, form: Submitted, by: Writer, position_id: UUID
) -> Response:
    place = _place(session, position_id)
    values = typed_values(form)

    def act() -> None:
        sent = inspection_sent(values, corrects=False) | {"position_id": position_id}
        service.record_inspection(session, read_form(InspectionCreate, sent), by=by)

    failed = attempt(request, session, act, Typed("inspection", values))
    if failed:
        return _form_page(request, "maintenance/inspection.html", place, None, failed)
    return _back(position_id)


@router.get("/inspections/{inspection_id}")
def inspection_page(
    request: Request, session: SessionDep, _by: Writer, inspection_id: UUID
) -> Response:
    row = _found(queries.inspection(session, inspection_id))
    return _form_page(request, "maintenance/inspection.html", _place_of(row), row)


@router.post("/inspections/{inspection_id}")
def correct_inspection(
    request: Request, session: SessionDep, form: Submitted, by: Writer, inspection_id: UUID
) -> Response:
    row = _found(queries.inspection(session, inspection_id))
    values = typed_values(form)

    def act() -> None:
        change = read_form(InspectionCorrection, inspection_sent(values, corrects=True))
        service.correct_inspection(session, inspection_id, change, version_of(values), by=by)

    failed = attempt(request, session, act, Typed("inspection", values))
    if failed:
        return _form_page(request, "maintenance/inspection.html", _place_of(row), row, failed)
    return _back(row["position_id"])


@router.get("/positions/{position_id}/part-replacements/new")
def new_replacement(
    request: Request, session: SessionDep, _by: Writer, position_id: UUID, case: UUID | None = None
) -> Response:
    """``case``: because of which the part was changed; its page comes next."""
    place = _place(session, position_id) | {"case": _case(session, case)}
    return _form_page(request, "maintenance/replacement.html", place, None)


@router.post("/positions/{position_id}/part-replacements")
def record_replacement(
    request: Request,
    session: SessionDep,
    form: Submitted,
    by: Writer,
    position_id: UUID,
    case: UUID | None = None,
) -> Response:
    place = _place(session, position_id) | {"case": _case(session, case)}
    values = typed_values(form)

    def act() -> None:
        sent = replacement_sent(values, corrects=False) | {"position_id": position_id}
        service.record_replacement(session, read_form(PartReplacementCreate, sent), by=by)

    failed = attempt(request, session, act, Typed("replacement", values))
    if failed:
        return _form_page(request, "maintenance/replacement.html", place, None, failed)
    return RedirectResponse(f"/cases/{case}", 303) if case else _back(position_id)


@router.get("/part-replacements/{replacement_id}")
def replacement_page(
    request: Request, session: SessionDep, _by: Writer, replacement_id: UUID
) -> Response:
    row = _found(queries.replacement(session, replacement_id))
    return _form_page(request, "maintenance/replacement.html", _place_of(row), row)


@router.post("/part-replacements/{replacement_id}")
def correct_replacement(
    request: Request, session: SessionDep, form: Submitted, by: Writer, replacement_id: UUID
) -> Response:
    row = _found(queries.replacement(session, replacement_id))
    values = typed_values(form)

    def act() -> None:
        change = read_form(PartReplacementCorrection, replacement_sent(values, corrects=True))
        service.correct_replacement(session, replacement_id, change, version_of(values), by=by)

    failed = attempt(request, session, act, Typed("replacement", values))
    if failed:
        return _form_page(request, "maintenance/replacement.html", _place_of(row), row, failed)
    return _back(row["position_id"])


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
