"""The columns of equipment ledgers, under the names by which cities call them."""

from importers.sources.facilities import STATUS
from importers.sources.readers import codes, count, dates, measures, money, read_maker, spec
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


# Figures with a column of their own, by field of the specification.
_SPEC_COLUMNS = (
    column("bore_mm", "口径", "ポンプ口径", "呼び径", "管径", bind=measures("mm")),
    column("flow_m3_min", "吐出量", "揚水量", "水量", "風量", "吐出し量", bind=measures("m3/min")),
    column("head_m", "揚程", "全揚程", bind=measures("m")),
    column("power_kw", "出力", "電動機出力", "定格出力", "動力", "電動機容量", bind=measures("kW")),
    column("voltage_v", "電圧", "定格電圧", bind=measures("V")),
    column("poles", "極数", read=read_int),
)
SPEC_FIELDS = tuple(each.field for each in _SPEC_COLUMNS)

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
        lookup=Lookup("facility", "facility_code"),
    ),
    column("building", "棟", "棟名", "建屋", "建屋名", "設置棟"),
    column("floor", "階", "階数", "設置階", "フロア"),
    column("room", "室", "室名", "部屋", "設置室"),
    column("place", "場所", "設置場所", "設置位置", "設置箇所", "据付場所", "ロケーション"),
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
        "固定資産番号",
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
        "manufacturer",
        "製造者",
        "メーカー",
        "メーカ",
        "製造者名",
        "メーカー名",
        "メーカ名",
        "製作者",
        "製造会社",
        "製造元",
        "製作会社",
        "製造業者",
        read=read_maker,
    ),
    column(
        "model_no",
        "型式",
        "形式",
        "型番",
        "機種型式",
        "モデル",
        "型式・形式",
        read=read_optional_code,
    ),
    column(
        "serial_no",
        "製造番号",
        "機番",
        "製番",
        "製造No",
        "製造No.",
        "シリアル番号",
        "シリアルNo",
        "シリアルNo.",
        "S/N",
        "製作番号",
        read=read_optional_code,
    ),
    column(
        "manufactured",
        "製造年月",
        "製造年月日",
        "製造年",
        "製造年度",
        "製作年月",
        "製作年",
        bind=dates,
    ),
    column(
        "spec_raw",
        "仕様",
        "仕様・能力",
        "能力",
        "定格",
        "規格",
        "主要仕様",
        "仕様・規格",
        "容量",
        bind=spec,
    ),
    *_SPEC_COLUMNS,
    column(
        "installed",
        "設置年月",
        "設置年月日",
        "設置日",
        "設置年度",
        "竣工年月",
        "竣工年月日",
        "据付年月",
        "据付年月日",
        "据付日",
        "据付年度",
        "取得年月",
        "取得年月日",
        "取得年度",
        "完成年月",
        "完成年月日",
        "供用開始年月",
        "供用開始年月日",
        "運転開始年月",
        "納入年月",
        "納入年月日",
        bind=dates,
    ),
    column("installed_year", "設置年", "据付年", "竣工年", "取得年"),
    column("installed_month", "設置月", "据付月", "竣工月", "取得月"),
    column("installed_day", "据付日(日)", "設置日(日)"),
    column(
        "removed",
        "撤去年月日",
        "撤去年月",
        "廃止年月日",
        "廃止年月",
        "撤去日",
        "廃棄年月日",
        bind=dates,
    ),
    column(
        "cost",
        "取得価格",
        "取得価額",
        "取得金額",
        "価格",
        "金額",
        "購入金額",
        "購入価格",
        "工事費",
        "工事金額",
        bind=money,
    ),
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
