"""What rates are compared between: classes, places, ages, makers."""

from enum import StrEnum

import polars as pl

from service.analytics.methods.exposure import age_years, band_of
from service.core.i18n.marker import N_
from service.registry.domain import FACILITY_TYPE_LABELS, FacilityType


class GroupBy(StrEnum):
    MINOR = "class"
    MIDDLE = "middle"
    MAJOR = "major"
    FACILITY = "facility"
    FACILITY_TYPE = "facility_type"
    DISTRICT = "district"
    AGE = "age"
    MAKER = "maker"
    MODEL = "model"


GROUP_LABELS = {
    GroupBy.MINOR: N_("小分類"),
    GroupBy.MIDDLE: N_("中分類"),
    GroupBy.MAJOR: N_("大分類"),
    GroupBy.FACILITY: N_("施設"),
    GroupBy.FACILITY_TYPE: N_("施設種別"),
    GroupBy.DISTRICT: N_("処理区"),
    GroupBy.AGE: N_("経過年数"),
    GroupBy.MAKER: N_("メーカー"),
    GroupBy.MODEL: N_("型式"),
}
SEPARATOR = "/"
AGE_BREAKS_YEARS = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, float("inf"))


def _path(*columns: str) -> pl.Expr:
    return pl.concat_str([pl.col(name).fill_null("") for name in columns], separator=SEPARATOR)


GROUP_KEYS = {
    GroupBy.MINOR: _path("major", "middle", "minor"),
    GroupBy.MIDDLE: _path("major", "middle"),
    GroupBy.MAJOR: _path("major"),
    GroupBy.FACILITY: _path("facility_code"),
    GroupBy.FACILITY_TYPE: _path("facility_type"),
    GroupBy.DISTRICT: _path("treatment_district"),
    GroupBy.MAKER: _path("maker"),
    GroupBy.MODEL: _path("maker", "model_no"),
}


AGE_LABELS = {
    "0": N_("5年未満"),
    "5": N_("5～10年未満"),
    "10": N_("10～15年未満"),
    "15": N_("15～20年未満"),
    "20": N_("20～25年未満"),
    "25": N_("25～30年未満"),
    "30": N_("30～40年未満"),
    "40": N_("40年以上"),
}
UNKNOWN = N_("不明")


def age_key(age_from_years: pl.Expr) -> pl.Expr:
    return age_from_years.cast(pl.Int32).cast(pl.String)


def group_on(by: GroupBy, day: pl.Expr) -> pl.Expr:
    """The group's key of a spell on a day; null for an age that nobody knows."""
    if by is not GroupBy.AGE:
        return GROUP_KEYS[by]
    return age_key(band_of(age_years(day, pl.col("born_day")), AGE_BREAKS_YEARS))


def group_label(by: GroupBy, key: str, facility_names: dict[str, str]) -> str:
    """The name that people know the group by, a text of the catalogue where it has one.

    A key that no group has, as an address may name, is its own name.
    """
    if by is GroupBy.AGE:
        return AGE_LABELS.get(key, key)
    if by is GroupBy.FACILITY:
        return facility_names.get(key, key)
    if by is GroupBy.FACILITY_TYPE:
        return FACILITY_TYPE_LABELS[FacilityType(key)] if key in list(FacilityType) else key
    return key.rsplit(SEPARATOR, maxsplit=1)[-1] or UNKNOWN


def group_parent(by: GroupBy, key: str) -> str:
    """What stands above the group, such as 大分類 ＞ 中分類; the code of a facility."""
    if by is GroupBy.FACILITY:
        return key
    return " ＞ ".join(part or UNKNOWN for part in key.split(SEPARATOR)[:-1])
