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
    "follow-up-to": N_("続報: {case}"),
}
_STATES = {
    "kept": N_("端末に保存済み・未送信"),
    "sending-now": N_("送信しています"),
    "photos-left": N_("受付済み（{no}）・写真待ち {n}/{all}"),
    "asked": N_("要確認: {reason}"),
    "others": N_("{name}さんの報告です。{name}さんに人を替えると送れます。"),
}
OUTBOX = _STATES | {
    "follow-up": N_("続報を書く"),
    "arrived": N_("伝えました"),
    "protected": N_("この端末の保存は保護されています。"),
    "unprotected": N_(
        "長く使わないと、ブラウザーが保存した内容を消すことがあります。"
        "ホーム画面に追加すると防げます。"
    ),
    "photo-count": N_("写真{n}枚"),
    "again": N_("もう一度送る"),
    "throw-away": N_("送らずに消す"),
    "throw-away-sure": N_("この報告を送らずに消します。元に戻せません。消しますか。"),
    "unreachable": N_("いまは送れません。電波が戻ったら自動で送ります。"),
}
# Said to the office, so kept in its language whatever the phone's is.
DONE = (
    N_("点検・確認のみ"),
    N_("清掃・詰まりの除去"),
    N_("調整・増し締め"),
    N_("部品交換"),
    N_("応急処置まで"),
)
MORE = {
    "follow-up-of": N_("続報を書く"),
    "correction-of": N_("報告を訂正する"),
    "work-of": N_("作業を記録する"),
    "follow_up": N_("続報"),
    "final": N_("完了報告"),
    "correction": N_("訂正"),
    "work": N_("作業の記録"),
    "words-missing": N_("内容を選ぶか、書いてください。"),
    "backwards": N_("復旧が到着より前になっています。"),
}
REPORTS = {
    "follow-up": N_("続報・作業を書く"),
    "correct": N_("この報告を訂正する"),
    "correction-of": N_("報告 {no} の訂正"),
    "loading": N_("読み込んでいます…"),
    "no-body": N_("（説明なし）"),
    "photos-here": N_("届いた写真 {n}/{all}"),
    "no-signal": N_("電波が届かないため、読み込めません。"),
    "no-answer": N_("市の対応はまだ記録されていません。"),
    "as-of": N_("{at} に読み込んだ内容です。"),
}
WORK = _STATES | {
    "as-of": N_("{at} に読み込んだ内容です。"),
    "due": N_("期限 {day}"),
    "asked-by": N_("{name}さんから {at}"),
    "acknowledge": N_("受領する"),
    "record": N_("作業を記録する"),
}
FACILITIES = {
    "drop": N_("消す"),
    "take": N_("入れる"),
    "no-signal": N_("電波が届かないため、入れられません。"),
    "on-phone": N_("{n}か所、端末に入っています"),
    "size": N_("{n}か所"),
    "taking": N_("{all}施設のうち{n}施設目を入れています…"),
}
