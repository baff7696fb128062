"""The columns of equipment ledgers, under the names by which cities call them."""

from importers.sources.device_columns import DEVICE_COLUMNS
from importers.sources.facilities import STATUS
from importers.sources.readers import codes, count
from importers.sources.source import Column, Lookup, column
from importers.values.choices import choice
from importers.values.codes import read_class_code, read_code, read_optional_code
from importers.values.dates import read_first_day
from importers.values.numbers import read_int
from importers.values.reading import Reading, Unreadable
from importers.values.text import read_name, read_text
from service.registry.domain import REDUNDANCY_LABELS, Criticality, Redundancy

_REDUNDANCY = choice(
    REDUNDANCY_LABELS,
    {
        "有": Redundancy.STANDBY,
        "あり": Redundancy.STANDBY,
        "無": Redundancy.NONE,
        "なし": Redundancy.NONE,
        "交互": Redundancy.ALTERNATING,
    },
)
_BEST_HEALTH = 5


def read_health(raw: str) -> Reading:
    """健全度 1 to 5.

    Raises:
        Unreadable: ``health-out-of-range``, ``not-a-number``.
    """
    reading = read_int(raw)
    if not 1 <= reading.value <= _BEST_HEALTH:
        raise Unreadable("health-out-of-range", value=raw)
    return reading


COLUMNS: tuple[Column, ...] = (
    column(
        "position_code",
        "設備番号",
        "設置箇所コード",
        "設備コード",
        "設備No",
        "設備No.",
        "設備ID",
        "設置箇所番号",
        "機器ID",
        "機器コード",
        "機器No",
        "機器No.",
        "機番号",
        "機器記号",
        "タグ番号",
        "TAGNo",
        "TAGNo.",
        "TagNo.",
        "機器番号",
        bind=codes(read_code),
    ),
    column(
        "facility_code",
        "施設コード",
        "施設番号",
        "施設No",
        "施設No.",
        "施設ID",
        "機場コード",
        "場所コード",
        read=read_class_code,
    ),
    column(
        "facility",
        "施設",
        "施設名",
        "施設名称",
        "機場",
        "機場名",
        "機場名称",
        "処理場名",
        "ポンプ場名",
        "ポンプ場",
        "場名",
        "設置施設",
        "事業場",
        "事業場名",
        "所在",
        "所在施設",
        lookup=Lookup("facility", "facility_code"),
    ),
    column("building", "棟", "棟名", "建屋", "建屋名", "設置棟", read=read_name),
    column("floor", "階", "階数", "設置階", "フロア", read=read_name),
    column("room", "室", "室名", "部屋", "設置室", read=read_name),
    column(
        "place",
        "場所",
        "設置場所",
        "設置位置",
        "設置箇所",
        "据付場所",
        "ロケーション",
        read=read_name,
    ),
    column("class_code", "分類コード", "設備分類コード", "機種コード", read=read_class_code),
    column("major", "大分類"),
    column("middle", "中分類"),
    column(
        "class_name",
        "小分類",
        "分類",
        "設備分類",
        "機器分類",
        "設備種別",
        "機器種別",
        "機種",
        "機種名",
        "種別",
        "種類",
        "区分",
    ),
    column(
        "name",
        "機器名称",
        "設備名称",
        "名称",
        "機器名",
        "設備名",
        "品名",
        "装置名",
        "装置名称",
        "盤名称",
        "盤名",
        "資産名称",
        "資産名",
        "機械名称",
        "機械名",
        required=True,
        read=read_name,
    ),
    column("unit_no", "号機", "号数", "号機番号", "系列番号", read=read_text),
    column("quantity", "台数", "数量", "員数", "個数", read=count),
    column(
        "parent_code", "上位設備番号", "親設備番号", "親番号", "上位番号", read=read_optional_code
    ),
    column(
        "asset_code",
        "機器番号",
        "整理番号",
        "資産番号",
        "管理番号",
        "台帳番号",
        bind=codes(read_optional_code),
    ),
    column(
        "legacy_code",
        "旧番号",
        "旧設備番号",
        "旧機器番号",
        "旧コード",
        "旧設備コード",
        read=read_optional_code,
    ),
    column(
        "fixed_asset_no",
        "固定資産番号",
        "固定資産台帳番号",
        "固定資産コード",
        read=read_optional_code,
    ),
    *DEVICE_COLUMNS,
    column("criticality", "重要度", read=choice({rank: rank.value for rank in Criticality})),
    column("redundancy", "予備機", "予備", "予備機の有無", "予備有無", read=_REDUNDANCY),
    column("health", "健全度", "健全度評価", "健全度判定", read=read_health),
    column(
        "health_judged_on", "健全度判定日", "判定日", "調査年月日", "調査日", read=read_first_day
    ),
    column("life_override_years", "耐用年数(個別)", read=read_int),
    column("status", "状態", "稼働状況", "使用状況", "運用状況", "稼動状況", read=STATUS),
    column("note", "備考", "摘要", "特記事項", "備考欄", "コメント"),
)
