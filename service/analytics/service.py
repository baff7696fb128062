"""The use cases of this slice: a fresh snapshot, and reports computed on one."""

from dataclasses import replace

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.analytics.catalogue import kind_of
from service.analytics.conditions import Conditions
from service.analytics.report import Report
from service.analytics.reports import failure_rate as failure_rate_report
from service.analytics.reports import failure_rate_devices as devices_report
from service.analytics.reports.failure_rate_devices import DeviceList
from service.analytics.snapshot import current_mark, extract, sees_everything
from service.analytics.snapshot_store import Snapshot, SnapshotStore
from service.core import clock
from service.core.errors import Forbidden
from service.core.settings import Settings

# A reader waits for a refresh that the last time took no longer than this.
CHEAP_REFRESH_S = 3.0


def store_of(settings: Settings) -> SnapshotStore:
    return SnapshotStore(settings.state_dir / "snapshots")


def _admit(session: Session, by: Actor) -> None:
    by.require(Permission.ANALYTICS_READ)
    if not sees_everything(session):
        raise Forbidden


def current_snapshot(session: Session, settings: Settings, *, by: Actor) -> Snapshot:
    """The newest snapshot, refreshed when data or the day have changed and it is cheap to do so.

    Otherwise the snapshot says that it is behind, and the worker's next refresh mends that.
    """
    _admit(session, by)
    store = store_of(settings)
    latest = store.latest()
    is_of_today = latest is not None and latest.day == clock.today()
    if latest is not None and is_of_today and latest.mark == current_mark(session):
        return latest
    if latest is not None and latest.took_s > CHEAP_REFRESH_S:
        return replace(latest, is_behind=True)
    return refresh(settings, replaces=latest)


def refresh(settings: Settings, *, replaces: Snapshot | None = None) -> Snapshot:
    """Takes a new snapshot, unless another process has just replaced the same one."""
    store = store_of(settings)
    with store.writing():
        latest = store.latest()
        if latest is not None and replaces is not None and latest.id != replaces.id:
            return latest
        return store.add(extract(settings, latest))


def snapshot_for(
    session: Session, settings: Settings, snapshot_id: str | None, *, by: Actor
) -> Snapshot:
    """A kept snapshot by its id, to repeat a report; without id the current one."""
    _admit(session, by)
    if snapshot_id:
        return store_of(settings).find(snapshot_id)
    return current_snapshot(session, settings, by=by)


def failure_rate(snapshot: Snapshot, conditions: Conditions) -> Report:
    return failure_rate_report.failure_rate(snapshot, conditions)


def report(snapshot: Snapshot, conditions: Conditions, name: str) -> Report:
    """One of the reports of the catalogue.

    Raises:
        ReportUnknown: when there is no such report.
    """
    made = kind_of(name).make(snapshot, conditions)
    column = conditions.sort.removeprefix("-")
    is_theirs = column in {one.key for one in made.columns}
    return made.ordered(conditions.sort) if is_theirs and conditions.is_sorted else made


def failure_rate_devices(snapshot: Snapshot, conditions: Conditions) -> DeviceList:
    """The devices and cases behind one group, or behind the whole table."""
    return devices_report.failure_rate_devices(snapshot, conditions)
