"""Keys that sort by time, so that indexes grow at one end and a phone can mint them offline."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562 §5.7)."""
    return uuid_utils.compat.uuid7()
