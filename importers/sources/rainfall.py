"""Daily rain, as the Meteorological Agency's download or a city's own gauge writes it."""

from decimal import Decimal
from typing import TYPE_CHECKING

from importers.records import Draft, RowNotes
from importers.sources.readers import dates
from importers.sources.source import Cells, Source, column, picked
from importers.values.numbers import parse_decimal, plain
from importers.values.reading import Change, Reading, Unreadable
from importers.values.text import read_name
from service.core.i18n.marker import N_

if TYPE_CHECKING:
    from service.core.partial_date import PartialDate

_NO_RAIN = frozenset({"--", "―", "－", "-", "ー"})
_DOUBTFUL = (")", "]", "）", "］")


def read_mm(raw: str) -> Reading:
    """Millimetres; 「--」 is the agency's mark of no rain, 「12.5 )」 a figure of incomplete data.

    Raises:
        Unreadable: ``not-a-number``, ``negative`` values too.
    """
    written = raw.strip()
    if written in _NO_RAIN:
        return Reading(Decimal(0), (Change("number-form", raw, "0"),))
    figure = written.rstrip("".join(_DOUBTFUL)).removesuffix("mm").strip()
    number = parse_decimal(figure)
    if number < 0:
        raise Unreadable("not-a-number", value=raw)
    changes = (Change("number-form", raw, plain(number)),) if figure != written else ()
    return Reading(number, changes)


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    day: PartialDate = cells["observed"]
    if day.start is None or day.start != day.end:
        raise Unreadable("day-unknown", column="年月日")
    gauge = cells.get("gauge", "")
    values = {"gauge": gauge, "observed_on": day.start} | picked(cells, "rain_mm", "max_hour_mm")
    return [Draft("rainfall", (gauge, day.start.isoformat()), values)]


SOURCE = Source(
    "rainfall",
    N_("雨量"),
    "rainfall",
    (
        column("gauge", "観測所", "雨量計", "観測地点", "地点", "観測所名", read=read_name),
        column("observed", "年月日", "観測日", "日付", bind=dates, required=True),
        column(
            "rain_mm",
            "降水量の合計",
            "日降水量",
            "日雨量",
            "降水量",
            "雨量",
            "総雨量",
            read=read_mm,
            required=True,
        ),
        column(
            "max_hour_mm",
            "1時間降水量の最大",
            "日最大1時間降水量",
            "最大時間雨量",
            "時間最大雨量",
            "1時間最大雨量",
            read=read_mm,
        ),
    ),
    _draft,
)
