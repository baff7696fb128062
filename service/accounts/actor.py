"""The person (or job) on whose behalf something happens."""

from dataclasses import dataclass
from uuid import UUID

from service.accounts.domain import Role
from service.accounts.permissions import MATRIX, Permission
from service.core.database import RowIdentity
from service.core.errors import Forbidden


@dataclass(frozen=True)
class Actor:
    """``role`` is None for jobs and commands of the terminal, which may do everything."""

    id: UUID | None
    name: str
    role: Role | None
    company_id: UUID | None = None
    username: str = ""
    language: str = "ja"
    via: str = "web"
    request_id: str = ""
    credential_id: UUID | None = None

    def can(self, permission: Permission | str) -> bool:
        return self.role is None or self.role in MATRIX[Permission(permission)]

    def require(self, permission: Permission) -> None:
        if not self.can(permission):
            raise Forbidden

    @property
    def display_name(self) -> str:
        return self.name

    @property
    def locale(self) -> str:
        return self.language

    @property
    def is_contractor(self) -> bool:
        return self.role is Role.CONTRACTOR

    @property
    def identity(self) -> RowIdentity:
        role = "system" if self.role is None else self.role.value
        return RowIdentity(role, self.company_id, self.id)


def terminal_actor(name: str = "terminal") -> Actor:
    return Actor(id=None, name=name, role=None, via="terminal")


def job_actor(name: str) -> Actor:
    return Actor(id=None, name=name, role=None, via="job")
