"""Print runs: which tags, on which sheet, for which printer; and the printers' misses."""

from dataclasses import asdict
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.store import PhotoStore
from service.audit.service import record
from service.core.errors import Conflict, Invalid, NotFound
from service.core.i18n.marker import N_
from service.core.outbox import publish
from service.core.settings import get_settings
from service.tags import press
from service.tags.domain import RunState, read_code
from service.tags.labels.drawing import Offset, draw_labels
from service.tags.labels.extras import draw_ruler
from service.tags.labels.proof import picture
from service.tags.labels.sheets import sheet
from service.tags.models import LabelPrinter, LabelRun
from service.tags.queries import life
from service.tags.queries import runs as queries
from service.tags.schemas import PrinterChange, RunWanted, Selection

MOST_LABELS = 20_000
AT_ONCE = 240
PREVIEW_PIXELS = 620
WANTED = "tags.run_wanted"


class NothingToPrint(Invalid):
    code = "nothing-to-print"
    message = N_("印刷するQRタグがありません。")


class NoSuchPlace(Invalid):
    code = "no-such-place"
    message = N_("この用紙は%(most)s面です。開始位置は1から%(most)sまでで指定してください。")


class NotReady(Conflict):
    code = "labels-not-ready"
    message = N_("印刷用ファイルはまだできていません。")


def start_run(session: Session, wanted: RunWanted, store: PhotoStore, *, by: Actor) -> LabelRun:
    """A run of the chosen tags; a small one is made at once, a large one by the worker."""
    by.require(Permission.TAGS_MANAGE)
    ids, offset = ordered(session, wanted)
    run = LabelRun(
        wanted=wanted.model_dump(mode="json", exclude={"tag_codes"})
        | {"offset_x_mm": offset.dx_mm, "offset_y_mm": offset.dy_mm},
        tag_ids=ids,
        by_name=by.name,
        created_by=by.id,
    )
    session.add(run)
    session.flush()
    after = {"run_no": run.run_no, "labels": len(ids), "sheet": wanted.sheet}
    record(session, "tags.run_started", "label_run", run.id, by=by, after=after)
    if len(ids) <= AT_ONCE:
        press.print_now(session, run, store, by=by)
    else:
        publish(session, WANTED, {"run_id": run.id})
    return run


def ordered(session: Session, wanted: RunWanted) -> tuple[list[UUID], Offset]:
    """The tags that are to be printed, and the printer's offset.

    Raises:
        NothingToPrint: there is none of the kind.
        NoSuchPlace: the sheet has fewer labels than that.
    """
    stock = sheet(wanted.sheet)
    if wanted.first > stock.labels:
        raise NoSuchPlace(most=stock.labels)
    ids = chosen(session, wanted)
    if not ids:
        raise NothingToPrint
    return ids, _offset(session, wanted.printer_id)


def chosen(session: Session, wanted: RunWanted) -> list[UUID]:
    """The tags of a run in the order in which they are printed."""
    if wanted.selection is Selection.CODES:
        return life.ids_of(session, [read_code(code) for code in wanted.tag_codes])
    return queries.chosen(
        session, wanted.selection.value, facility=wanted.facility_code, limit=MOST_LABELS
    )


def preview(session: Session, wanted: RunWanted, *, by: Actor) -> bytes:
    """A picture of the first sheet as it would be printed, with the labels' outlines."""
    by.require(Permission.TAGS_MANAGE)
    stock = sheet(wanted.sheet)
    first = min(wanted.first, stock.labels)
    ids = chosen(session, wanted)[: stock.labels - first + 1]
    common = press.imprint(get_settings(), outdoors=wanted.outdoors)
    labels = queries.labels(session, ids)
    drawn = draw_labels(labels, stock, common, first=first, outlined=True)
    return picture(drawn.pdf, width=PREVIEW_PIXELS)


def ruler(session: Session, sheet_id: str, printer_id: UUID | None, *, by: Actor) -> bytes:
    """A page to lay on the label sheet: shows how far the printer misses, its offset applied."""
    by.require(Permission.TAGS_MANAGE)
    stock = sheet(sheet_id)
    return draw_ruler(stock, _offset(session, printer_id), f"位置合わせ用紙 {stock.name}")


def _offset(session: Session, printer_id: UUID | None) -> Offset:
    if printer_id is None:
        return Offset()
    printer = _printer(session, printer_id)
    return Offset(printer.offset_x_mm, printer.offset_y_mm)


def run(session: Session, run_id: UUID) -> LabelRun:
    found = queries.run(session, run_id)
    if found is None:
        raise NotFound
    return found


def file(session: Session, run_id: UUID, kind: str, store: PhotoStore) -> tuple[LabelRun, bytes]:
    """A file of a run: ``pdf``, ``list.pdf`` or, for printers that speak it, ``zpl``.

    Raises:
        NotReady: it is still drawn, or was refused.
    """
    found = run(session, run_id)
    if found.state != RunState.READY:
        raise NotReady
    content = store.read(press.file_key(run_id, kind))
    if content is None:
        raise NotFound
    return found, content


def save_printer(session: Session, change: PrinterChange, *, by: Actor) -> LabelPrinter:
    """A new printer, or what is now known of one of that name."""
    by.require(Permission.TAGS_MANAGE)
    printer = queries.printer_by_name(session, change.name) or LabelPrinter(
        name=change.name, created_by=by.id
    )
    before = asdict(Offset(printer.offset_x_mm, printer.offset_y_mm))
    printer.offset_x_mm, printer.offset_y_mm = change.offset_x_mm, change.offset_y_mm
    printer.updated_by = by.id
    session.add(printer)
    session.flush()
    after = asdict(Offset(printer.offset_x_mm, printer.offset_y_mm))
    saved = "label_printer.saved"
    record(session, saved, "label_printer", printer.id, by=by, before=before, after=after)
    return printer


def _printer(session: Session, printer_id: UUID) -> LabelPrinter:
    found = queries.printer(session, printer_id)
    if found is None:
        raise NotFound
    return found
