"""What is typed into the report form, read as a report."""

import pytest

from service.tags.report_form import measured


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("電流 12.3 A", {"電流(A)": 12.3}),
        ("電流：１２．３Ａ\r\n絶縁 0.5", {"電流(A)": 12.3, "絶縁": 0.5}),
        ("吐出圧=-0.02 MPa", {"吐出圧(MPa)": -0.02}),
        ("うなり音がする", {}),
        ("", {}),
    ],
)
def test_measured_values_are_read_line_by_line(told: str, read: dict[str, float]) -> None:
    assert measured(told) == read
