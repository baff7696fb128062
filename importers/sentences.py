"""What happened to cells and rows, in words: by the name of a rule or of a reason."""

from importers.reading import sentences as reading
from importers.values import sentences as values
from service.core.i18n.marker import N_

# Rules of normalisation: each change is shown as old → new under this name.
RULES = values.RULES | {
    "placeholder-date": N_("仮の日付（1900年1月1日）は不明として記録します"),
    "ditto": N_("「〃」を上の行の値に直しました"),
    "metric": N_("メートル法に換算しました（元の値も残ります）"),
    "zero-is-unknown": N_("0は記録なしとして扱いました"),
    "status-code": N_("状態コードを読み替えました"),
    "maker": N_("会社の形を除いた名前で照合します"),
    "no-maker": N_("製造者は不明として扱いました"),
    "decided": N_("決めたとおりに読み替えました"),
    "lookup": N_("登録されている名称の番号に直しました"),
    "class-by-name": N_("名称から設備分類を決めました"),
    "number-made": N_("番号を付けました"),
    "by-serial": N_("製造番号と製造者が同じ機器です"),
    "by-name": N_("施設と名称が同じ設置箇所です"),
    "by-place": N_("この設置箇所にある機器です"),
    "by-asset-code": N_("機器番号から設置箇所を見つけました"),
    "merged-device": N_("統合された機器なので、統合先の番号で扱います"),
    "by-order": N_("同じ名称が同じ数だけあるため、並び順で対応させました"),
    "old-code": N_("旧番号から設置箇所を見つけました"),
    "facility-prefixed": N_("施設コードを前に付けました"),
    "measured": N_("測定値を数値・単位・判定に分けました"),
    "kept-as-words": N_("数値として読めないため、書かれたとおりに記録します"),
    "zeros-restored": N_("番号の先頭の0を補いました"),
}
REASONS = (
    values.SENTENCES
    | reading.REASONS
    | {
        "required-missing": N_("必要な値が空です。"),
        "value-missing": N_("%(kind)sを新しく登録するための値がありません（%(field)s）。"),
        "health-out-of-range": N_("健全度は1から5までです（「%(value)s」）。"),
        "severity-out-of-range": N_("影響度は1から4までです（「%(value)s」）。"),
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
        "append-only": N_(
            "%(kind)s「%(key)s」は書き換えられない記録で、内容がすでに違っています。"
        ),
        "ends-before-start": N_("終わりの日時が始まりの日時より前になっています。"),
        "place-needed": N_("「%(value)s」は台帳にないため、記録を付ける設備がありません。"),
        "several-places": N_("「%(value)s」にあたる設備が複数あります。"),
        "day-unknown": N_("日付が不明の記録は取り込めません。"),
        "item-unreadable": N_(
            "点検項目は「電流=12.3 A ○」のように書いてください（「%(value)s」）。"
        ),
        "inspection-kind-assumed": N_("点検区分がないため、定期点検として登録します。"),
        "closed-without-day": N_("完結した案件には完了日時が必要です。"),
        "merged-without-target": N_("統合された案件には統合先の案件番号が必要です。"),
        "waiting-without-reason": N_("「待ち」の案件は待ちの理由が要るため、取り込めません。"),
        "not-a-pump-number": N_("「%(value)s」はポンプ番号の形ではありません。"),
        "no-device": N_("機器がないため、設置箇所だけを登録します。"),
        "state-from-merge": N_(
            "統合先があるため、状況「%(state)s」ではなく「統合」として登録します。"
        ),
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
        "unknown-lookup": N_(
            "%(kind)s「%(value)s」は登録されていません。どれのことか選んでください。"
        ),
        "ambiguous-lookup": N_("%(kind)s「%(value)s」は複数あります。どれのことか選んでください。"),
        "hidden-row": N_("Excelで非表示になっている行です。"),
        "struck-row": N_("取消線が引かれた行です。取り込みません。"),
        "struck-is-removed": N_("取消線が引かれているため、廃止として登録します。"),
        "part-of-group": N_("1行の%(parts)s台のうち%(part)s台目です。"),
        "group-in-one-row": N_(
            "「%(value)s」は1行に複数台あります。分けるかどうか決めてください。"
        ),
        "several-matches": N_("当てはまるものが複数あります（%(places)s）。何も変更しません。"),
        "other-device-in-place": N_(
            "この設置箇所には機器「%(device)s」（製造番号 %(there)s）があります。"
            "ファイルの製造番号は %(here)s です。"
        ),
        "renumbered": N_("番号の変更として扱います（%(old)s → %(new)s）。"),
        "numbers-missing": N_(
            "設備番号の列がありません。番号を付けて新しく登録するか決めてください。"
        ),
        "code-in-other-facility": N_("番号「%(value)s」はほかの施設でも使われています。"),
        "facility-of-table": N_("「%(value)s」の表がどの施設のものか決めてください。"),
        "facility-from-context": N_("表の見出しから施設を決めました（%(value)s → %(facility)s）"),
        "unknown-equipment": N_("「%(value)s」がどの設備のことか選んでください。"),
        "several-equipment": N_(
            "「%(value)s」は複数の設備を指しています。主なものを選んでください。"
        ),
        "column-missing": N_("必要な列がありません。"),
        "missing-is-retired": N_("ファイルにないため、廃止します。"),
        "removed-before-installed": N_("撤去の日が設置の日より前です。"),
        "own-parent": N_("上位の設備「%(value)s」が自分自身です。"),
        "parent-elsewhere": N_("上位の設備「%(value)s」は別の施設にあります。"),
        "parent-cycle": N_("上位の設備をたどると自分に戻ります。"),
        "which-crs": N_("座標の測地系・座標系を決めてください（%(value)s）。"),
        "lost-zeros": N_("番号「%(value)s」は先頭の0が失われているおそれがあります。"),
        "future-date": N_("「%(value)s」は将来の日付です。"),
    }
)
ASKED = {
    "source-unknown": N_("この表は何の台帳ですか。"),
    "column-missing": N_("「%(header)s」はどの列ですか。"),
    "ambiguous-era": N_("「%(header)s」の元号のない年は、どの元号ですか。"),
    "unknown-lookup": N_("%(kind)s「%(value)s」は登録されていません。どれのことですか。"),
    "ambiguous-lookup": N_("%(kind)s「%(value)s」は複数あります。どれのことですか。"),
    "group-in-one-row": N_("1行に複数台が書かれた行を、1台ずつに分けますか。"),
    "bore-or-ampere": N_("「200A」のような値は、呼び径ですか、電流ですか。"),
    "numbers-missing": N_("設備番号の列がありません。新しい設備に番号を付けますか。"),
    "code-in-other-facility": N_("同じ番号が複数の施設にあります。どう区別しますか。"),
    "facility-of-table": N_("「%(value)s」の表は、どの施設のものですか。"),
    "unknown-equipment": N_("「%(value)s」はどの設備ですか。"),
    "several-equipment": N_("「%(value)s」のうち、主な設備はどれですか。"),
    "too-many-missing": N_(
        "ファイルにない設置箇所が%(count)s件（%(percent)s％）あり、上限を超えています。上限は何％にしますか。"
    ),
    "which-crs": N_("座標はどの測地系・座標系ですか。"),
    "column-mostly-unreadable": N_(
        "「%(header)s」は %(filled)s 個のうち %(failed)s 個が読めません。何の列ですか。"
    ),
    "lost-zeros": N_("「%(header)s」の番号は何桁ですか（先頭の0が失われています）。"),
    "": N_("「%(header)s」の「%(value)s」は、正しくは何ですか。"),
}
