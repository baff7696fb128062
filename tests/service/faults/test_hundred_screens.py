"""A hundred open screens over real connections: none misses a report, whatever dies meanwhile."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.screens import ASLEEP, REPORTS, measure
from tests.own_database import own_database


@pytest.mark.slow
def test_nothing_is_missing_on_a_hundred_screens(
    maintenance_url: str, tmp_path: Path, capsys: Any
) -> None:
    """The listener is killed, the server is killed and started again, half the screens sleep."""
    with own_database(maintenance_url, "screens") as url:
        seen = measure(url, tmp_path, 100)
    with capsys.disabled():
        sys.stdout.write("  ".join(f" {name}={value}" for name, value in seen.items()))
    assert seen["listeners_killed"] == 1
    assert seen["reports"] == REPORTS + 6 + ASLEEP
    assert (seen["missing"], seen["doubled"]) == (0, 0)
