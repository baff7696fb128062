"""What the reader has chosen, in a few words: the folded conditions of a page on a phone."""

from collections.abc import Iterator, Mapping

from service.analytics.conditions import FILTER_LABELS, Conditions
from service.analytics.filter_choices import FilterChoices
from service.analytics.grouping import GROUP_LABELS
from service.analytics.stated_conditions import LEFT_OUT, ONLY
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_

BY = N_("%(group)sごと")


def chosen(
    conditions: Conditions, choices: FilterChoices, locale: Locale, *, has_groups: bool
) -> tuple[str, ...]:
    """The months, the grouping and every filter, each as one phrase."""
    first, last = conditions.period.months
    group = translate(GROUP_LABELS[conditions.by], locale)
    by = (translate(BY, locale, group=group),) if has_groups else ()
    return (f"{first}～{last}", *by, *_filters(conditions, choices, locale))


def _filters(conditions: Conditions, choices: FilterChoices, locale: Locale) -> Iterator[str]:
    names: Mapping[str, Mapping[str, str]] = {
        "facility": dict(choices.facilities),
        "facility_type": dict(choices.facility_types),
        "storms": {"out": LEFT_OUT},
        "rain": {"out": LEFT_OUT, "only": ONLY},
    }
    for name, value in conditions.filters.given().items():
        words = translate(names.get(name, {}).get(value, value), locale)
        is_of_days = name in {"storms", "rain", "urgency"}
        label = translate(FILTER_LABELS[name], locale)
        yield f"{label}: {words}" if is_of_days else words
