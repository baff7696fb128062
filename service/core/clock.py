"""The only place that asks the operating system for the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Japan, where all users are."""
    return now().astimezone(JST).date()
