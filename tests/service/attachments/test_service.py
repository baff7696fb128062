from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from service.accounts.actor import Actor
from service.attachments import queries
from service.attachments.domain import AttachmentKind, NotAPhoto
from service.attachments.service import has_picture, make_derivatives, store_upload
from service.attachments.store import PhotoStore, open_store
from service.core.database import transaction
from service.core.errors import Forbidden, NotFound, TooLarge
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults.models import ResponseRecord
from service.faults.service import file_report
from tests.service.faults.conftest import City, build_city, make_report
from tests.tagged_city import digest, jpeg


@dataclass
class Upload:
    content: bytes
    filename: str | None = "photo.jpg"

    def __post_init__(self) -> None:
        self.file = BytesIO(self.content)


@pytest.fixture(scope="module")
def city(engine: Engine) -> City:
    with transaction(engine) as session:
        return build_city(session)


@pytest.fixture
def store(settings: Settings) -> PhotoStore:
    return open_store(settings)


Answered = Callable[[], UUID]


@pytest.fixture
def answered(session: Session, city: City) -> Answered:
    def answer() -> UUID:
        filed = file_report(session, make_report(city), by=city.staff)
        response = ResponseRecord(
            case_id=filed.case_id, seq=1, kind="site_check", actor_name="花子", description="確認"
        )
        session.add(response)
        session.flush()
        return response.id

    return answer


def test_staff_add_a_photo_and_a_document_to_a_response(
    session: Session, store: PhotoStore, city: City, answered: Answered
) -> None:
    response_id = answered()
    photo = store_upload(
        session,
        store,
        Upload(jpeg(), "C:\\写真\\処置後.jpg"),
        response_id=response_id,
        kind=AttachmentKind.AFTER,
        by=city.staff,
    )
    quotation = store_upload(
        session,
        store,
        Upload(b"%PDF-1.7 ...", "見積.pdf"),
        response_id=response_id,
        kind=AttachmentKind.QUOTATION,
        by=city.staff,
    )
    assert photo.file_name == "処置後.jpg"
    assert (quotation.mime, has_picture(quotation)) == ("application/pdf", False)
    assert make_derivatives(store, quotation) == {}
    found = queries.of_owner(session, "response_id", [response_id])
    assert {row.sha256 for row in found} == {photo.sha256, quotation.sha256}


def test_a_report_takes_no_documents(session: Session, store: PhotoStore, city: City) -> None:
    pdf = b"%PDF-1.7 ..."
    new = make_report(city, announced_photos=[digest(pdf)])
    file_report(session, new, by=city.staff)
    with pytest.raises(NotAPhoto):
        store_upload(session, store, Upload(pdf), report_id=new.id, by=city.staff)


def test_contractors_and_engineers_add_nothing_to_a_response(
    session: Session, store: PhotoStore, city: City, answered: Answered
) -> None:
    response_id = answered()
    for actor in (city.contractor, city.engineer):
        with pytest.raises(Forbidden):
            upload_to(session, store, response_id, by=actor)


def upload_to(session: Session, store: PhotoStore, response_id: UUID, *, by: Actor) -> None:
    store_upload(session, store, Upload(jpeg()), response_id=response_id, by=by)


def test_a_response_that_is_not_there_takes_nothing(
    session: Session, store: PhotoStore, city: City
) -> None:
    with pytest.raises(NotFound):
        upload_to(session, store, new_id(), by=city.staff)


def test_a_form_brings_no_larger_files_than_a_phone(
    session: Session, store: PhotoStore, city: City, answered: Answered, settings: Settings
) -> None:
    with pytest.raises(TooLarge):
        store_upload(
            session,
            store,
            Upload(bytes(settings.photo_max_bytes + 1)),
            response_id=answered(),
            by=city.staff,
        )


def test_counts_tell_how_many_photos_are_still_to_come(
    session: Session, store: PhotoStore, city: City
) -> None:
    photos = [jpeg(10, n) for n in (10, 11, 12)]
    new = make_report(city, announced_photos=[digest(photo) for photo in photos])
    file_report(session, new, by=city.staff)
    for photo in photos[:2]:
        store_upload(session, store, Upload(photo), report_id=new.id, by=city.staff)
    counted = queries.photo_counts(session, [new.id])[new.id]
    assert (counted.announced, counted.received, counted.is_complete) == (3, 2, False)


def test_every_file_is_in_the_trail(
    session: Session, store: PhotoStore, city: City, answered: Answered
) -> None:
    attachment = store_upload(
        session, store, Upload(jpeg(9, 9)), response_id=answered(), by=city.staff
    )
    entries = session.execute(
        text("select after->>'sha256' from audit_entry where target_id = :id"),
        {"id": str(attachment.id)},
    ).scalars()
    assert list(entries) == [attachment.sha256]
