"""The file that a phone writes when it cannot send: read in the office, filed as if it had."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session

from mobile_api import queries
from mobile_api.report_schemas import FaultReportCreate
from mobile_api.reporting import take
from mobile_api.work import WorkRecordCreate
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.arrival import arrived_from
from service.attachments.service import Told, store_photo
from service.attachments.store import PhotoStore
from service.core.errors import DomainError, Invalid
from service.core.i18n.marker import N_
from service.core.settings import get_settings
from service.faults.schemas import Sha256
from service.faults.service import FiledReport
from service.work_requests.service import Answered, answer_once

FORMAT = "gesuibo-rescue-1"
LIST_NAME = "reports.json"
LIST_MAX_BYTES = 20 * 1024 * 1024
MAX_REPORTS = 1000


class NotARescueFile(Invalid):
    code = "not-a-rescue-file"
    message = N_(
        "端末から書き出した報告のファイルとして読めません。現場アプリの「未送信の報告をファイルに書き出す」で作ったファイルを選んでください。"
    )


class ReportUnreadable(Invalid):
    code = "rescued-report-unreadable"
    message = N_("この報告の内容を読み取れません。")


class PhotoMissing(Invalid):
    code = "rescued-photo-missing"
    message = N_("ファイルの中に写真「%(name)s」がありません。")


class RescuedPhoto(BaseModel):
    sha256: Sha256
    name: str = Field(default="", max_length=255)


class RescuedReport(BaseModel):
    """``report`` is what the phone would have sent; it is read on its own, one by one."""

    model_config = ConfigDict(extra="ignore")

    user_id: UUID | None = None
    author: str = Field(default="", max_length=200)
    title: str = Field(default="", max_length=500)
    place: str = Field(default="", max_length=500)
    report: dict[str, Any]
    photos: list[RescuedPhoto] = Field(default=[], max_length=30)


class RescuedRecord(BaseModel):
    """What the company answered to a request of the city, without being a report."""

    model_config = ConfigDict(extra="ignore")

    author: str = Field(default="", max_length=200)
    title: str = Field(default="", max_length=500)
    place: str = Field(default="", max_length=500)
    request_id: UUID
    record: dict[str, Any]
    photos: tuple[()] = ()


class RescueList(BaseModel):
    model_config = ConfigDict(extra="ignore")

    format: str = Field(pattern=f"^{FORMAT}$")
    reports: list[RescuedReport] = Field(max_length=MAX_REPORTS)
    records: list[RescuedRecord] = Field(default=[], max_length=MAX_REPORTS)


@dataclass
class Outcome:
    """What became of one report or record; ``problems`` name what was not taken and why."""

    told: RescuedReport | RescuedRecord
    filed: FiledReport | None = None
    answered: Answered | None = None
    photos: int = 0
    problems: list[DomainError] = field(default_factory=list)


def take_in(session: Session, store: PhotoStore, file: IO[bytes], *, by: Actor) -> list[Outcome]:
    """Files every report of the file; one that is there already is left as it is.

    A report that is refused does not hold up the others.

    Raises:
        NotARescueFile: when it is something else; nothing has been filed then.
    """
    by.require(Permission.CASES_HANDLE)
    try:
        with zipfile.ZipFile(file) as archive:
            told = RescueList.model_validate(_list_in(archive))
            # A request is acknowledged before work on it can be recorded.
            records = [_recorded(session, one, by=by) for one in told.records]
            reports = [_taken(session, store, archive, one, by=by) for one in told.reports]
            return reports + records
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError, NotImplementedError) as error:
        raise NotARescueFile from error


def _list_in(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    if archive.getinfo(LIST_NAME).file_size > LIST_MAX_BYTES:
        raise NotARescueFile
    content: Mapping[str, Any] = json.loads(archive.read(LIST_NAME))
    return content


def _taken(
    session: Session, store: PhotoStore, archive: zipfile.ZipFile, told: RescuedReport, *, by: Actor
) -> Outcome:
    outcome = Outcome(told)
    try:
        with session.begin_nested():
            outcome.filed = _filed(session, told, by=by)
    except DomainError as error:
        outcome.problems.append(error)
        return outcome
    for photo in told.photos:
        try:
            with session.begin_nested():
                _keep_photo(session, store, archive, outcome.filed.report_id, photo, by=by)
            outcome.photos += 1
        except DomainError as error:
            outcome.problems.append(error)
    return outcome


def _recorded(session: Session, told: RescuedRecord, *, by: Actor) -> Outcome:
    outcome = Outcome(told)
    try:
        with session.begin_nested():
            outcome.answered = _answered(session, told, by=by)
    except DomainError as error:
        outcome.problems.append(error)
    return outcome


def _answered(session: Session, told: RescuedRecord, *, by: Actor) -> Answered:
    try:
        record = WorkRecordCreate.model_validate(told.record)
    except ValidationError as error:
        raise ReportUnreadable from error
    return answer_once(
        session,
        told.request_id,
        record.for_service(),
        record_id=record.id,
        author=told.author or None,
        by=by,
    )


def _filed(session: Session, told: RescuedReport, *, by: Actor) -> FiledReport:
    try:
        sent = FaultReportCreate.model_validate(told.report)
    except ValidationError as error:
        raise ReportUnreadable from error
    company_id = queries.company_of(session, told.user_id) if told.user_id else None
    return take(session, sent, by=by, author=told.author, company_id=company_id)[0]


def _keep_photo(
    session: Session,
    store: PhotoStore,
    archive: zipfile.ZipFile,
    report_id: UUID,
    photo: RescuedPhoto,
    *,
    by: Actor,
) -> None:
    name = f"photos/{photo.sha256}"
    if name not in archive.namelist():
        raise PhotoMissing(name=photo.name or photo.sha256[:8])
    limit = get_settings().photo_max_bytes
    with archive.open(name) as content, arrived_from(content, limit_bytes=limit) as arrival:
        store_photo(
            session,
            store,
            arrival,
            report_id=report_id,
            sha256=photo.sha256,
            told=Told(file_name=photo.name),
            by=by,
        )
