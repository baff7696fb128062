"""The sentence behind each code of a plan, in the reader's language."""

from importers.models import JobState, Outcome
from importers.records import Message
from service.core.i18n import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_

OUTCOME_LABELS = {
    Outcome.CREATE: N_("新規"),
    Outcome.UPDATE: N_("更新"),
    Outcome.UNCHANGED: N_("変更なし"),
    Outcome.CONFLICT: N_("矛盾"),
    Outcome.REJECTED: N_("取込不可"),
    Outcome.NEEDS_DECISION: N_("要判断"),
}
STATE_LABELS = {
    JobState.PLANNED: N_("計画"),
    JobState.APPLIED: N_("確定済み"),
    JobState.UNDONE: N_("取消済み"),
    JobState.ABANDONED: N_("中止"),
}
# Rules of normalisation: each change is shown as old → new under this name.
RULES = {
    "trimmed": N_("前後の空白を除きました"),
    "split-words": N_("区切り文字をそろえました"),
    "code-width": N_("番号を半角にそろえました"),
    "code-dash": N_("番号のハイフンをそろえました"),
    "code-case": N_("番号を大文字にそろえました"),
    "code-may-have-lost-digits": N_("番号が指数表記です。桁が失われていないか確かめてください"),
    "no-code": N_("番号なしとして扱いました"),
    "number-form": N_("数値の書き方をそろえました"),
    "money-unit": N_("金額を円に直しました"),
    "yes-no": N_("有無に直しました"),
    "word": N_("登録されている区分に直しました"),
    "date": N_("日付を西暦に直しました"),
    "unknown-date": N_("日付は不明として記録します"),
    "era-overrun": N_("元号の期間を過ぎた年です。西暦に直しました"),
    "before-era": N_("元号が始まる前の日付です。西暦に直しました"),
    "excel-serial": N_("Excelの通し番号を日付に直しました"),
    "first-day": N_("月または年の最初の日として記録します"),
    "placeholder-date": N_("仮の日付（1900年1月1日）は不明として記録します"),
    "instant": N_("日時の書き方をそろえました（日本時間）"),
    "spec": N_("仕様から読み取った値"),
    "dms": N_("度分秒を度に直しました"),
    "axes-swapped": N_("緯度と経度（XとY）が逆でした"),
    "plane-ix": N_("平面直角座標（9系）を緯度経度に直しました"),
    "ditto": N_("「〃」を上の行の値に直しました"),
    "metric": N_("メートル法に換算しました（元の値も残ります）"),
    "zero-is-unknown": N_("0は記録なしとして扱いました"),
    "status-code": N_("状態コードを読み替えました"),
}
REASONS = {
    "required-missing": N_("必要な値が空です。"),
    "value-missing": N_("%(kind)sを新しく登録するための値がありません（%(field)s）。"),
    "unknown-word": N_("「%(value)s」という区分はありません。"),
    "not-a-number": N_("「%(value)s」は数値として読めません。"),
    "not-a-whole-number": N_("「%(value)s」は整数ではありません。"),
    "not-yes-or-no": N_("「%(value)s」は有無として読めません。"),
    "not-a-date": N_("「%(value)s」は日付として読めません。"),
    "ambiguous-era": N_(
        "「%(value)s」の元号が分かりません。昭和・平成・令和のどれかを決めてください。"
    ),
    "year-lost": N_("「%(value)s」は年が失われています。"),
    "impossible-date": N_("「%(value)s」は暦にない日付です。"),
    "impossible-time": N_("「%(value)s」はありえない時刻です。"),
    "day-needed": N_("「%(value)s」では日が決まりません。年月日が必要です。"),
    "health-out-of-range": N_("健全度は1から5までです（「%(value)s」）。"),
    "half-a-coordinate": N_("緯度と経度の片方だけが入っています。"),
    "not-a-coordinate": N_("「%(value)s」は座標として読めません。"),
    "coordinate-out-of-range": N_("「%(value)s」は日本国内の座標ではありません。"),
    "ditto-without-row-above": N_("「%(value)s」が指す上の行がありません。"),
    "unknown-reference": N_("%(kind)s「%(key)s」は登録されていません。"),
    "duplicate-in-file": N_(
        "同じ番号の行がファイルの中に複数あり、内容が違います（%(rows)s行目）。"
    ),
    "repeated-row": N_("%(row_no)s行目と同じ内容の行です。"),
    "installation-overlap": N_(
        "同じ期間に別の設置があります（機器「%(device)s」、設置箇所「%(position)s」）。"
    ),
    "fixed-value-differs": N_("%(kind)sの%(field)sは取込では変更できません。"),
    "append-only": N_("%(kind)s「%(key)s」は書き換えられない記録で、内容がすでに違っています。"),
    "ends-before-start": N_("終わりの日時が始まりの日時より前になっています。"),
    "closed-without-day": N_("完結した案件には完了日時が必要です。"),
    "merged-without-target": N_("統合された案件には統合先の案件番号が必要です。"),
    "waiting-without-reason": N_("「待ち」の案件は待ちの理由が要るため、取り込めません。"),
    "not-a-pump-number": N_("「%(value)s」はポンプ番号の形ではありません。"),
    "no-device": N_("機器がないため、設置箇所だけを登録します。"),
    "state-from-merge": N_("統合先があるため、状況「%(state)s」ではなく「統合」として登録します。"),
    "status-blank": N_("状態が空のため、休止として登録します。"),
    "station-from-pump-number": N_(
        "施設の欄が施設名ではないため（「%(value)s」）、ポンプ番号から施設を「%(station)s」としました。"
    ),
    "removal-day-estimated": N_(
        "撤去日がないため、記録の最終編集日 %(day)s までの設置としました。"
    ),
    "told-otherwise-before": N_(
        "%(kind)s「%(key)s」は前の行の内容で登録します（この行で違う項目: %(fields)s）。"
    ),
}
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
}
_PARTS = ("_from", "_to", "_precision", "_raw")
LEFT_OUT = {
    "lines-above-header": N_("見出しより上の行"),
    "total-row": N_("合計の行"),
    "note-row": N_("注記の行"),
    "repeated-header": N_("くり返された見出し"),
}


def sentence(message: Message, locale: Locale) -> str:
    """One thing that happened to a row, told as old → new or as a reason."""
    code = message["code"]
    if message["level"] == "change":
        rule = translate(RULES[code], locale)
        return f"{rule}: {message['old']} → {message['new']}"
    params = {name: _word(value, locale) for name, value in message["params"].items()}
    return translate(REASONS[code], locale, **params)


def field_label(name: str) -> str:
    """The Japanese name of a column; its own name when the ledger has none."""
    if name in FIELDS:
        return FIELDS[name]
    for part in _PARTS:
        if name.removesuffix(part) in FIELDS:
            return FIELDS[name.removesuffix(part)]
    return name


def _word(value: object, locale: Locale) -> object:
    return translate(field_label(value), locale) if isinstance(value, str) else value
