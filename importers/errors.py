"""What can be wrong with a whole file; what is wrong with one row is a `Problem`."""

from service.core.errors import Conflict, Invalid, NotFound, Stale, UnsupportedContent
from service.core.i18n.marker import N_


class EmptyFile(Invalid):
    code = "empty-file"
    message = N_("ファイルが空です。内容のあるファイルを選んでください。")


class UnknownEncoding(Invalid):
    code = "unknown-encoding"
    message = N_(
        "文字コードを判別できません（%(line)s行目に、%(encoding)sとして読めない文字があります）。"
        "Excelで開き、「CSV UTF-8」で保存し直してください。"
    )


class NotATable(UnsupportedContent):
    code = "not-a-table"
    message = N_("CSV・TSV・Excelのいずれでもないファイルです。表のファイルを選んでください。")


class EncryptedWorkbook(UnsupportedContent):
    code = "encrypted-workbook"
    message = N_("パスワード付きのExcelファイルは読めません。パスワードを外して保存してください。")


class DamagedWorkbook(UnsupportedContent):
    code = "damaged-workbook"
    message = N_("Excelファイルが壊れているため読めません。Excelで開いて保存し直してください。")


class OversizedWorkbook(UnsupportedContent):
    code = "oversized-workbook"
    message = N_("Excelファイルを展開した大きさが上限を超えています。シートを分けてください。")


class TooManyColumns(Invalid):
    code = "too-many-columns"
    message = N_("列が%(limit)sを超えています。表のファイルか確かめてください。")


class HeaderNotFound(Invalid):
    code = "header-not-found"
    message = N_("見出しの行が見つかりません。1行に2つ以上の列見出しが必要です。")


class NoRows(Invalid):
    code = "no-rows"
    message = N_("見出しの下にデータの行がありません。")


class SourceNotRecognised(Invalid):
    code = "source-not-recognised"
    message = N_("見出しから台帳の種類を判別できません。種類を指定してください。見出し: %(header)s")


class SourceUnknown(Invalid):
    code = "source-unknown"
    message = N_("取込の種類「%(source)s」はありません。使えるもの: %(known)s")


class ColumnsMissing(Invalid):
    code = "columns-missing"
    message = N_("必要な列がありません: %(columns)s")


class ImportJobNotFound(NotFound):
    code = "import-job-not-found"
    message = N_("取込が見つかりません。")


class PlanHasBadRows(Conflict):
    code = "plan-has-bad-rows"
    message = N_(
        "取り込めない行が %(count)s 件あります。直してから取り込むか、"
        "「取り込める行だけ」を選んでください。"
    )


class JobNotPlanned(Conflict):
    code = "job-not-planned"
    message = N_("この取込はすでに確定または取り消されています。")


class JobNotApplied(Conflict):
    code = "job-not-applied"
    message = N_("確定していない取込は取り消せません。")


class PlanIsStale(Stale):
    code = "plan-is-stale"
    message = N_(
        "計画を作ったあとで台帳が変更されました（%(rows)s）。何も取り込んでいません。"
        "ファイルをもう一度読み込んでください。"
    )


class PlanRefused(Conflict):
    code = "plan-refused"
    message = N_(
        "データベースの制約（%(constraint)s）に反するため、何も取り込んでいません。"
        "同じ期間の設置や親子の関係に矛盾がないか確かめてください。"
    )


class FileMissing(Invalid):
    code = "file-missing"
    message = N_("取り込むファイルを選んでください。")


class PlanDiffers(Conflict):
    code = "plan-differs"
    message = N_("確かめた計画と違う計画です。計画を開き直してください。")


class AnswerUnusable(Invalid):
    code = "answer-unusable"
    message = N_("回答の値を使えません。選択肢から選ぶか、数値を確かめてください。")
