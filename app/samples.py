"""Fills an empty registry with the fictitious city or with Bend's lift-station pumps.

Goes through the importers, as an administrator's own files would. Sample users get random
passwords, written beside the private database and printed by `./gesuibo up`.
"""

import csv
import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session

from importers import service as imports
from importers.decisions import Decisions
from importers.models import Outcome
from service.accounts import queries as account_queries
from service.accounts import service as accounts
from service.accounts.actor import Actor, terminal_actor
from service.accounts.domain import Role
from service.core.database import make_engine, transaction
from service.core.geometry import STORAGE_SRID
from service.core.settings import get_settings
from service.faults import approval_offices
from service.faults.approval_offices import PostCreate, RouteCreate
from service.tags import service as tags
from service.tags.queries import tags as tag_queries

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
CITY = SAMPLES / "city"
FILES = {
    "city": (
        ("classes", SAMPLES / "classes" / "equipment_classes.csv"),
        ("companies", CITY / "companies.csv"),
        ("facilities", CITY / "facilities.csv"),
        ("contracts", CITY / "contracts.csv"),
        ("equipment", CITY / "equipment_ledger.csv"),
        ("replaced_devices", CITY / "replaced_devices.csv"),
        ("faults", CITY / "fault_history.csv"),
        ("inspections", CITY / "inspections.csv"),
        ("part_replacements", CITY / "part_replacements.csv"),
        ("rainfall", CITY / "rainfall.csv"),
    ),
    "bend": (
        ("classes", SAMPLES / "classes" / "equipment_classes.csv"),
        ("bend_pumps", SAMPLES / "bend" / "lift_station_pumps.csv"),
    ),
}
_OFFICE_FROM = "2020-04-01"
Progress = Callable[[str], None]
OUTCOMES = ("rows", *(outcome.value for outcome in Outcome))


class SamplePerson(NamedTuple):
    username: str
    name: str
    role: Role
    company_code: str | None
    language: str


BEND_PEOPLE = (
    SamplePerson("staff1", "見本 職員", Role.STAFF, None, "en"),
    SamplePerson("planner1", "見本 計画担当", Role.ENGINEER, None, "en"),
    SamplePerson("admin1", "見本 管理者", Role.ADMINISTRATOR, None, "en"),
)


def _sign_in_file() -> Path:
    return get_settings().state_dir / "sample-sign-ins.json"


def sign_ins() -> list[dict[str, str]]:
    """Names and passwords of the sample users, as made when the sample was loaded."""
    path = _sign_in_file()
    if not path.exists():
        return []
    rows: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _tag_file() -> Path:
    return get_settings().state_dir / "sample-tag.txt"


def load(sample: str, progress: Progress) -> None:
    """Every file is one transaction and is skipped when it changes nothing, so it may be repeated.

    Raises:
        DomainError: when a file cannot be imported whole.
    """
    engine = make_engine(get_settings())
    by = terminal_actor("sample")
    try:
        for source, path in FILES[sample]:
            import_ledger(engine, source, path, by, progress)
        with transaction(engine) as session:
            minted = tags.mint_for_positions(session, by=by)
            shown = tag_queries.sheet(session, facility_code=None, limit=1)
        progress(f"tags: {minted}")
        _make_people(engine, sample, by, progress)
        if shown:
            _tag_file().write_text(shown[0].tag_code, encoding="utf-8")
    finally:
        engine.dispose()


def import_ledger(engine: Engine, source: str, path: Path, by: Actor, progress: Progress) -> None:
    """One file through the importer that reads ``source``, where it changes anything."""
    with transaction(engine) as session:
        job = imports.plan_file(
            session,
            path.read_bytes(),
            path.name,
            decisions=Decisions(source=source, crs=STORAGE_SRID),
            by=by,
        )
        if job.counts.get("create", 0) or job.counts.get("update", 0):
            imports.apply_job(session, job.id, by=by)
        told = ", ".join(
            f"{key} {value}" for key, value in job.counts.items() if value and key in OUTCOMES
        )
    progress(f"{path.name}: {told}")


def _people(sample: str) -> Iterator[SamplePerson]:
    if sample == "bend":
        yield from BEND_PEOPLE
        return
    with (CITY / "users.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield SamplePerson(
                row["利用者名"],
                row["氏名"],
                Role(row["役割"]),
                row["事業者コード"] or None,
                row["言語"] or "ja",
            )


def _make_people(engine: Engine, sample: str, by: Actor, progress: Progress) -> None:
    if _sign_in_file().exists():
        return
    listed = []
    with transaction(engine) as session:
        for person in _people(sample):
            password = secrets.token_urlsafe(9)
            _add(session, person, password, by)
            listed.append(
                {"username": person.username, "password": password, "role": person.role.value}
            )
        if sample == "city":
            _make_office(session, by)
    path = _sign_in_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    progress(f"users: {len(listed)}")


def _make_office(session: Session, by: Actor) -> None:
    """Routes and holders of roles of the sample city; the amounts are made up, too."""
    people = {user.username: user.id for user in account_queries.users(session)}
    routes: tuple[tuple[str, int, list[str], list[str]], ...] = (
        ("軽易な案件（架空）", 0, ["chief", "manager"], []),
        ("50万円以上（架空）", 500_000, ["chief", "manager", "director"], ["deputy_manager"]),
    )
    for name, cost_yen, steps, readers in routes:
        route = {
            "name": name,
            "min_cost_yen": cost_yen,
            "steps": steps,
            "circulate": readers,
            "valid_from": _OFFICE_FROM,
        }
        approval_offices.add_route(session, RouteCreate.model_validate(route), by=by)
    for role, holder, deputy in (
        ("chief", "staff2", "staff1"),
        ("deputy_manager", "staff3", "staff2"),
        ("manager", "staff4", "staff3"),
        ("director", "admin", "staff4"),
    ):
        post = {
            "role": role,
            "user_id": people[holder],
            "deputy_id": people[deputy],
            "valid_from": _OFFICE_FROM,
        }
        approval_offices.add_post(session, PostCreate.model_validate(post), by=by)


def _add(session: Session, person: SamplePerson, password: str, by: Actor) -> None:
    accounts.create_user(
        session,
        username=person.username,
        display_name=person.name,
        role=person.role,
        password=password,
        company=accounts.company_for(session, person.company_code),
        language=person.language,
        by=by,
    )
