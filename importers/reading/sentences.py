"""What reading left out of a file or could not read, in words."""

from service.core.i18n.marker import N_

# Notes of tables: the rows that are no data.
LEFT_OUT = {
    "lines-above-header": N_("見出しより上の行"),
    "total-row": N_("合計の行"),
    "note-row": N_("注記の行"),
    "repeated-header": N_("くり返された見出し"),
    "section-row": N_("区切りの行（1つの欄にだけ文字がある行）"),
    "end-row": N_("「以下余白」やページ番号の行"),
}
# Notes of the whole file.
FILE_NOTES = {
    "hidden-sheet": N_("シート「%(sheet)s」は非表示のため読んでいません。"),
    "sheet-without-table": N_("シート「%(sheet)s」には表がありません。"),
    "external-links": N_("別のファイルへの参照は開いていません。"),
}
REASONS = {
    "cell-error": N_("Excelのエラー「%(value)s」が入っています。"),
    "formula-without-value": N_(
        "数式の計算結果が保存されていません。Excelで開いて保存し直してください。"
    ),
}
