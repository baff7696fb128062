from tests.service.faults.conftest import as_actor, city

__all__ = ["as_actor", "city"]
