"""The ids of records that a plan creates: the same for the same name wherever it is met."""

from hashlib import blake2b
from uuid import UUID

from importers.records import Key
from service.core.identity import new_id

_TIME = ((1 << 48) - 1) << 80
_VERSION = 7 << 76
_VARIANT = 2 << 62
_CHANCE = ((1 << 12) - 1) << 64 | (1 << 62) - 1


class Naming:
    """UUIDs of version 7: the moment of the plan, then a digest of the record's name."""

    def __init__(self) -> None:
        seed = new_id()
        self._moment = seed.int & _TIME
        self._salt = seed.bytes

    def id_of(self, kind: str, key: Key) -> UUID:
        name = "\x1f".join((kind, *key)).encode()
        chance = int.from_bytes(blake2b(name, digest_size=16, key=self._salt).digest())
        return UUID(int=self._moment | _VERSION | _VARIANT | chance & _CHANCE)
