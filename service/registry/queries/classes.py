"""The city's master of equipment classes."""

from uuid import UUID

from sqlmodel import Session, col, select

from service.registry.models import EquipmentClass


def page(session: Session, *, after: str, limit: int) -> list[EquipmentClass]:
    code = col(EquipmentClass.class_code)
    return list(
        session.exec(select(EquipmentClass).where(code > after).order_by(code).limit(limit))
    )


def by_code(session: Session, class_code: str) -> EquipmentClass | None:
    statement = select(EquipmentClass).where(EquipmentClass.class_code == class_code)
    return session.exec(statement).first()


def read(session: Session, class_id: UUID) -> EquipmentClass | None:
    return session.get(EquipmentClass, class_id)


def locked(session: Session, class_id: UUID) -> EquipmentClass | None:
    return session.get(EquipmentClass, class_id, with_for_update=True)
