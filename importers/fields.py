"""The columns of the registry as ledgers call them."""

from service.core.i18n.marker import N_

# Columns as the ledger calls them; the four parts of a partial date share its name.
FIELDS = {
    "name": N_("名称"),
    "name_kana": N_("カナ"),
    "facility_type": N_("施設種別"),
    "drainage_type": N_("排除方式"),
    "treatment_district": N_("処理区"),
    "address": N_("所在地"),
    "muni_code": N_("自治体コード"),
    "geom": N_("位置"),
    "no_signal_note": N_("通信状況"),
    "hazard_note": N_("危険情報"),
    "note": N_("備考"),
    "status": N_("状態"),
    "facility_id": N_("施設"),
    "location_id": N_("場所"),
    "parent_id": N_("上位の設置箇所"),
    "class_id": N_("設備分類"),
    "model_id": N_("機種"),
    "device_id": N_("機器"),
    "position_id": N_("設置箇所"),
    "company_id": N_("事業者"),
    "unit_no": N_("号機"),
    "criticality": N_("重要度"),
    "redundancy": N_("予備機"),
    "health": N_("健全度"),
    "health_judged_on": N_("健全度判定日"),
    "serial_no": N_("製造番号"),
    "manufactured": N_("製造年月"),
    "installed": N_("設置年月"),
    "opened": N_("供用開始"),
    "acquired_cost_yen": N_("取得価格（円）"),
    "life_override_years": N_("耐用年数（個別）"),
    "spec": N_("仕様（読み取った値）"),
    "spec_raw": N_("仕様"),
    "starts_on": N_("開始日"),
    "ends_on": N_("終了日"),
    "roles": N_("区分"),
    "night_phone": N_("夜間連絡先"),
    "major": N_("大分類"),
    "middle": N_("中分類"),
    "minor": N_("小分類"),
    "discipline": N_("工種"),
    "standard_life_years": N_("標準耐用年数"),
    "target_life_years": N_("目標耐用年数"),
    "verified": N_("確認済"),
    "source_document": N_("出典"),
    "occurred_at": N_("発生日時"),
    "state": N_("状況"),
    "closed_at": N_("完了日時"),
    "facility": N_("施設"),
    "equipment_class": N_("設備分類"),
    "company": N_("事業者"),
    "legacy_codes": N_("旧番号"),
    "custom": N_("独自項目"),
    "position_code": N_("設備番号"),
    "inspected": N_("点検日"),
    "inspector": N_("点検者"),
    "items": N_("点検項目"),
    "result": N_("総合判定"),
    "health_basis": N_("健全度の根拠"),
    "next_due_on": N_("次回予定日"),
    "part_name": N_("部品名"),
    "part_no": N_("品番"),
    "quantity": N_("数量"),
    "replaced": N_("交換日"),
    "done_by": N_("施工業者"),
    "cause": N_("交換理由"),
    "seq": N_("回"),
    "asset_code": N_("機器番号"),
    "fixed_asset_no": N_("固定資産番号"),
    "subsidised": N_("補助事業"),
    "overhauled_on": N_("長寿命化年月日"),
    "retired_on": N_("撤去年月日"),
    "disposal_limit_years": N_("処分制限期間"),
}
_PARTS = ("_from", "_to", "_precision", "_raw")


def field_label(name: str) -> str:
    """The Japanese name of a column; its own name when the ledger has none."""
    if name in FIELDS:
        return FIELDS[name]
    for part in _PARTS:
        if name.removesuffix(part) in FIELDS:
            return FIELDS[name.removesuffix(part)]
    return name
