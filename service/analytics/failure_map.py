"""Where the failures behind a figure were."""

from collections import Counter

from sqlmodel import Session

from service.analytics.report import Report, Value
from service.registry.city_map import CityMap, Mark, city_map
from service.registry.queries import facilities


def failure_map(session: Session, devices: Report) -> CityMap:
    """Failures by facility; one that was taken out of the register since is left out."""
    sums: Counter[Value] = Counter()
    for row in devices.rows:
        sums[row["facility_code"]] += int(str(row["failures"]))
    places = facilities.everywhere(session)
    marks = [
        Mark(place["id"], place["name"], sums[place["facility_code"]])
        for place in places
        if sums[place["facility_code"]]
    ]
    return city_map(places, marks)
