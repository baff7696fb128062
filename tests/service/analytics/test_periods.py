from datetime import date

import pytest

from service.analytics.periods import MonthMalformed, Period, PeriodBackwards, parse_month


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2026, 11, 23), ("2022-04", "2026-10")),
        (date(2026, 4, 1), ("2021-04", "2026-03")),
        (date(2026, 5, 31), ("2022-04", "2026-04")),
    ],
)
def test_default_is_five_fiscal_years_to_the_last_complete_month(
    today: date, months: tuple[str, str]
):
    assert Period.default(today).months == months


def test_months_are_inclusive():
    period = Period.of_months(parse_month("2025-12"), parse_month("2025-12"))
    assert (period.starts_on, period.ends_on) == (date(2025, 12, 1), date(2026, 1, 1))


def test_wrong_months_are_refused():
    with pytest.raises(MonthMalformed):
        parse_month("2025-13")
    with pytest.raises(PeriodBackwards):
        Period.of_months(date(2025, 2, 1), date(2025, 1, 1))
