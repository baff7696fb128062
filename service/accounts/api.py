from typing import Annotated

from fastapi import APIRouter, Depends

from service.accounts import queries, service
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.accounts.schemas import (
    CompanyRead,
    ContractRead,
    ExpiryChange,
    Me,
    PasswordChange,
    UserCreate,
    UserRead,
)
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep

router = APIRouter(prefix="/api/v1", tags=["accounts"], dependencies=[ONLY_KNOWN_PARAMETERS])

Self = Annotated[Actor, Depends(requires(Permission.ACCOUNT_SELF))]
Administrator = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]
Reader = Annotated[Actor, Depends(requires(Permission.COMPANIES_READ))]


@router.get("/me")
def me(by: Self) -> Me:
    return Me(
        id=by.id,
        username=by.username,
        display_name=by.name,
        role=by.role,
        company_id=by.company_id,
        permissions=[permission.value for permission in Permission if by.can(permission)],
    )


@router.get("/users")
def list_users(session: SessionDep, _by: Administrator) -> list[UserRead]:
    return [UserRead.model_validate(user) for user in queries.users(session)]


@router.post("/users", status_code=201)
def create_user(session: SessionDep, new: UserCreate, by: Administrator) -> UserRead:
    user = service.create_user(
        session,
        username=new.username,
        display_name=new.display_name,
        role=new.role,
        password=new.password,
        company=service.company_for(session, new.company_code),
        language=new.language,
        expires_on=new.expires_on,
        by=by,
    )
    return UserRead.model_validate(user)


@router.put("/users/{username}/password")
def set_password(
    session: SessionDep, username: str, change: PasswordChange, by: Administrator
) -> UserRead:
    return UserRead.model_validate(service.set_password(session, username, change.password, by=by))


@router.put("/users/{username}/expiry")
def set_expiry(
    session: SessionDep, username: str, change: ExpiryChange, by: Administrator
) -> UserRead:
    """The last day on which the account works. Whoever is signed in is signed out after it."""
    return UserRead.model_validate(service.set_expiry(session, username, change.expires_on, by=by))


@router.delete("/users/{username}")
def disable_user(session: SessionDep, username: str, by: Administrator) -> UserRead:
    """Users are never deleted: their name stays on what they did. Their sign-ins end at once."""
    return UserRead.model_validate(service.disable_user(session, username, by=by))


@router.get("/companies")
def list_companies(session: SessionDep, _by: Reader) -> list[CompanyRead]:
    return [CompanyRead.model_validate(company) for company in queries.companies(session)]


@router.get("/contracts")
def list_contracts(session: SessionDep, _by: Reader) -> list[ContractRead]:
    return [ContractRead.model_validate(contract) for contract in queries.contracts(session)]
