from importers.records import Draft, RowNotes
from importers.sources.source import Cells, Source, column
from importers.values.choices import choices
from importers.values.codes import read_class_code, read_code
from importers.values.numbers import read_yes_no
from service.accounts.domain import COMPANY_ROLE_LABELS
from service.core.i18n.marker import N_


def _draft(cells: Cells, _notes: RowNotes) -> list[Draft]:
    return [Draft("company", (cells["company_code"],), dict(cells))]


SOURCE = Source(
    "companies",
    N_("事業者一覧"),
    "company",
    (
        column("company_code", "事業者コード", "会社コード", read=read_class_code, required=True),
        column("name", "名称", "事業者名", "会社名", required=True),
        column("name_former", "旧称"),
        column("corporate_number", "法人番号", read=read_code),
        column("roles", "区分", read=choices(COMPANY_ROLE_LABELS)),
        column("night_phone", "夜間連絡先", read=read_code),
        column("fictitious", "架空", read=read_yes_no),
    ),
    _draft,
)
