"""Amounts are read as people type them."""

import pytest

from service.core.http.forms import yen_typed
from service.faults.forms import response_form


@pytest.mark.parametrize(
    "typed", ["48400", "48,400", "４８，４００", "¥48,400", "48,400円", " 48 400"]
)
def test_yen_is_read_as_people_write_it(typed: str) -> None:
    assert yen_typed(typed) == "48400"
    form = {"kind": "permanent_fix", "description": "交換", "cost_yen": typed}
    assert response_form(form).cost_yen == 48400
