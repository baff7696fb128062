"""The table of rain."""

from importers.kind import Kind
from service.core.i18n.marker import N_

WEATHER_KINDS = (
    Kind(
        "rainfall",
        N_("雨量"),
        ("gauge", "observed_on::text"),
        ("gauge", "observed_on", "rain_mm", "max_hour_mm"),
        required=("rain_mm",),
        defaults={"gauge": ""},
    ),
)
