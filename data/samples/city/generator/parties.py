"""Maintenance contractors, makers, contracts and the people who sign in: all invented."""

from datetime import date

from generator.days import CONTRACTOR_CHANGE
from generator.facilities import MANHOLE, Facility, all_facilities
from generator.tables import Row, columns, read

COMPANY_HEADER = columns("事業者コード 名称 区分 夜間連絡先 架空")
CONTRACT_HEADER = columns("契約番号 事業者コード 開始日 終了日 対象施設 到着目標(分)")
USER_HEADER = columns("利用者名 氏名 役割 事業者コード 言語")

FORMER, PLANTS, MANHOLES = "HK-A", "HK-B", "HK-C"
CONTRACTORS = {
    FORMER: "A水環境サービス(架空)",
    PLANTS: "Bプラント管理(架空)",
    MANHOLES: "C設備保全(架空)",
}
# 「見本」「仮野」「例田」「架空」 are no one's names: nobody should recognise a colleague.
CREWS = {
    FORMER: ("仮野 一郎", "仮野 二郎", "例田 三郎", "例田 花子"),
    PLANTS: ("仮山 四郎", "仮山 五郎", "例川 六郎", "例川 桃子", "見本 七郎"),
    MANHOLES: ("仮沢 八郎", "例沢 九郎", "見本 梅子"),
}
STAFF = ("架空 太郎", "架空 次郎", "例木 桜子", "例木 三太")
ENGINEERS = ("架空 計一", "例木 画子")


def contractor(facility: Facility, day: date) -> str:
    if day < CONTRACTOR_CHANGE:
        return FORMER
    return MANHOLES if facility.kind == MANHOLE else PLANTS


def company_rows() -> list[Row]:
    contractors = [
        _company(code, name, "維持管理", f"00-0000-00{number:02d}")
        for number, (code, name) in enumerate(CONTRACTORS.items(), 1)
    ]
    makers = [_company(row["事業者コード"], row["名称"], "製造", "") for row in read("makers")]
    return contractors + makers


def _company(code: str, name: str, role: str, night_phone: str) -> Row:
    values = (code, name, role, night_phone, "1")
    return dict(zip(COMPANY_HEADER, values, strict=True))


def contract_rows() -> list[Row]:
    manholes = " ".join(f.code for f in all_facilities() if f.kind == MANHOLE)
    others = " ".join(f.code for f in all_facilities() if f.kind != MANHOLE)
    contracts = (
        ("KY-2018-01", FORMER, "2018-04-01", "2023-09-30", "*", "60"),
        ("KY-2023-01", PLANTS, "2023-10-01", "2028-03-31", others, "60"),
        ("KY-2023-02", MANHOLES, "2023-10-01", "2028-03-31", manholes, "90"),
    )
    return [dict(zip(CONTRACT_HEADER, values, strict=True)) for values in contracts]


def user_rows() -> list[Row]:
    people = [
        (f"{company[-1].lower()}-crew{number}", name, "contractor", company, "ja")
        for company, crew in CREWS.items()
        for number, name in enumerate(crew, 1)
    ]
    people += [(f"staff{n}", name, "staff", "", "ja") for n, name in enumerate(STAFF, 1)]
    people += [(f"engineer{n}", name, "engineer", "", "ja") for n, name in enumerate(ENGINEERS, 1)]
    people += [
        ("staff-en", "Hana Kaku (fictitious)", "staff", "", "en"),
        ("admin", "管理 架空子", "administrator", "", "ja"),
    ]
    return [dict(zip(USER_HEADER, person, strict=True)) for person in people]
