"""What the field app's scripts say on each page, by the names under which they ask for it."""

from service.core.i18n.marker import N_

HOME = {
    "none": N_("未送信の報告はありません"),
    "packs": N_("{facilities}施設、{positions}か所の台帳が入っています"),
    "no-packs": N_("台帳はまだ入っていません"),
}
SCAN = {
    "not-a-tag": N_("設備のQRタグではありません。このコードは開きません。"),
    "no-camera": N_(
        "カメラを使えません。番号を入れるか、下の「QRタグの写真から読む」を使ってください。"
    ),
    "closer": N_("近づけて、枠いっぱいに写してください。暗いときはライトを使ってください。"),
    "type-it": N_("読み取れないときは、タグの番号を入れてください。"),
    "looking": N_("写真を調べています…"),
    "nothing-found": N_("写真からQRコードを読み取れませんでした。近くから撮り直してください。"),
    "no-such-code": N_("その番号や名前の設備は、この端末では見つかりません。"),
}
EQUIPMENT = {
    "code": N_("設置箇所コード"),
    "class": N_("設備分類"),
    "asset": N_("機器番号"),
    "model": N_("型式"),
    "serial": N_("製造番号"),
}
OUTBOX = {
    "kept": N_("端末に保存済み・未送信"),
    "sending-now": N_("送信しています"),
    "photos-left": N_("受付済み（{no}）・写真待ち {n}/{all}"),
    "asked": N_("要確認: {reason}"),
    "others": N_("{name}さんの報告です。{name}さんに人を替えると送れます。"),
    "photo-count": N_("写真{n}枚"),
    "again": N_("もう一度送る"),
    "throw-away": N_("送らずに消す"),
    "throw-away-sure": N_("この報告を送らずに消します。元に戻せません。消しますか。"),
    "unreachable": N_("いまは送れません。電波が戻ったら自動で送ります。"),
}
REPORTS = {
    "loading": N_("読み込んでいます…"),
    "no-body": N_("（説明なし）"),
    "photos-here": N_("届いた写真 {n}/{all}"),
    "no-signal": N_("電波が届かないため、読み込めません。"),
    "no-answer": N_("市の対応はまだ記録されていません。"),
    "as-of": N_("{at} に読み込んだ内容です。"),
}
WORK = {
    "as-of": N_("{at} に読み込んだ内容です。"),
    "due": N_("期限 {day}"),
    "asked-by": N_("{name}さんから {at}"),
    "acknowledge": N_("受領する"),
    "no-signal": N_(
        "電波が届かないため、まだ伝わっていません。書いた内容は端末に残ります。"
        "電波のある所でもう一度押してください。"
    ),
    "refused": N_("受け付けられませんでした: {reason}"),
}
FACILITIES = {
    "drop": N_("消す"),
    "take": N_("入れる"),
    "no-signal": N_("電波が届かないため、入れられません。"),
    "on-phone": N_("{n}か所、端末に入っています"),
    "size": N_("{n}か所"),
    "taking": N_("{all}施設のうち{n}施設目を入れています…"),
}
