"""Why a step of an import was not taken, or was taken back."""

from service.core.errors import Conflict, Invalid, NotFound, Unavailable
from service.core.i18n.marker import N_


class ImportCancelled(Conflict):
    code = "import-cancelled"
    message = N_("取込を途中で止めました。台帳は変更していません。")


class JobAtWork(Conflict):
    code = "import-at-work"
    message = N_("この取込は処理の途中です。終わるまで待つか、途中で止めてください。")


class NothingToCancel(Conflict):
    code = "nothing-to-cancel"
    message = N_("この取込は処理の途中ではないため、止めるものがありません。")


class QuestionsOpen(Conflict):
    code = "questions-open"
    message = N_(
        "決めていないことが %(count)s 件あります。決めてから取り込むか、"
        "「取り込める行だけ」を選んでください。"
    )


class NotToBeDecided(Conflict):
    code = "import-not-to-be-decided"
    message = N_("確定または中止した取込の決定は変えられません。もう一度読み込んでください。")


class LedgerGone(Invalid):
    code = "import-file-gone"
    message = N_("取り込んだファイルが保管されていません。もう一度読み込んでください。")


class LedgerStoreAway(Unavailable):
    code = "import-store-away"
    message = N_(
        "ファイルの保管先が使えないため、読み込めませんでした。しばらくしてからやり直してください。"
    )


class KeptBreakingOff(Conflict):
    code = "import-kept-breaking-off"
    message = N_(
        "処理が %(attempts)s 回とも途中で止まったため、取りやめました。台帳は変更していません。"
    )


class BrokeOff(Conflict):
    code = "import-broke-off"
    message = N_(
        "予期しない誤りのため処理を取りやめました。台帳は変更していません。管理者に知らせてください。"
    )


class RecordUnknown(NotFound):
    code = "record-unknown"
    message = N_("記録が見つかりません。")


class MappingUnknown(NotFound):
    code = "import-mapping-unknown"
    message = N_("保存された読み方が見つかりません。")
