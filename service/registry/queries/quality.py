"""What is missing or contradicts itself in the register, one statement a question."""

from typing import NamedTuple

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from service.core.i18n.marker import N_


class Check(NamedTuple):
    """``rows`` selects kind (of page), id, code, name and detail of what is to be mended.

    ``mend`` is the page that mends it, with the id in the gap.
    """

    title: str
    advice: str
    rows: str
    mend: str


_HERE = """
  from installation i join device d on d.id = i.device_id
  join position p on p.id = i.position_id join facility f on f.id = i.facility_id
  where i.period @> gesuibo.day() and p.status <> 'abolished'
"""
_DEVICE = (
    "select 'devices' as kind, d.id, d.asset_code as code, concat_ws(' ', f.name, p.name) as name"
)
_POSITION = (
    "select 'positions' as kind, p.id, p.position_code as code,"
    " concat_ws(' ', f.name, p.name) as name"
)
_FACILITY = "select 'facilities' as kind, f.id, f.facility_code as code, f.name"
CHECKS: dict[str, Check] = {
    "no-date": Check(
        N_("設置年月が分からない機器"),
        N_("故障率と更新時期の計算に入れられません。完成図書や銘板で調べて入れます。"),
        f"{_DEVICE}, coalesce(d.installed_raw, '') as detail {_HERE} and d.installed_from is null",
        "/devices/%s/edit",
    ),
    "impossible-date": Check(
        N_("日付が矛盾している機器"),
        N_("製造が設置より後、設置や撤去が今日より先、撤去が設置より前のどれかです。"),
        f"{_DEVICE}, concat_ws(' / ', d.manufactured_raw, d.installed_raw, d.retired_on::text)"
        f" as detail {_HERE} and (d.manufactured_from > d.installed_to"
        " or d.installed_from > gesuibo.day() or d.retired_on < d.installed_from)",
        "/devices/%s/edit",
    ),
    "same-serial": Check(
        N_("製造番号と製造者が同じ機器"),
        N_("二重に登録された恐れがあります。同じ機器なら一つにまとめます。"),
        "select 'devices' as kind, d.id, d.asset_code as code,"
        " concat_ws(' ', m.manufacturer, m.model_no) as name, d.serial_no as detail"
        " from device d join device_model m on m.id = d.model_id"
        " join (select lower(d.serial_no) as serial, m.manufacturer from device d"
        " join device_model m on m.id = d.model_id"
        " where length(d.serial_no) >= 3 and d.merged_into_id is null"
        " group by 1, 2 having count(*) > 1) twice"
        " on twice.serial = lower(d.serial_no)"
        " and twice.manufacturer is not distinct from m.manufacturer"
        " where d.merged_into_id is null",
        "/duplicates",
    ),
    "no-model": Check(
        N_("型式が分からない機器"),
        N_("同じ型式の機器の故障と比べられません。銘板の写真で確かめます。"),
        f"{_DEVICE}, coalesce(d.spec_raw, '') as detail {_HERE} and d.model_id is null",
        "/devices/%s/edit",
    ),
    "no-asset-no": Check(
        N_("固定資産番号のない設置中の機器"),
        N_("固定資産台帳と突き合わせられません。番号を調べて入れます。"),
        f"{_DEVICE}, '' as detail {_HERE} and d.fixed_asset_no is null"
        " and exists (select 1 from device known where known.fixed_asset_no is not null)",
        "/devices/%s/edit",
    ),
    "asset-no-alone": Check(
        N_("設置中の機器がない固定資産番号"),
        N_("機器は撤去されたか予備品です。固定資産台帳で除却が済んでいるかを確かめます。"),
        "select distinct on (d.fixed_asset_no) 'devices' as kind, d.id, d.fixed_asset_no as code,"
        " d.asset_code as name, coalesce(d.retired_on::text, '') as detail from device d"
        " where d.fixed_asset_no is not null and d.merged_into_id is null"
        " and not exists (select 1 from device e join installation i on i.device_id = e.id"
        " where e.fixed_asset_no = d.fixed_asset_no and i.period @> gesuibo.day())"
        " order by d.fixed_asset_no, d.retired_on desc nulls last",
        "/devices/%s/edit",
    ),
    "no-device": Check(
        N_("機器のない設置箇所"),
        N_("使用中なのに機器が設置されていません。設置を記録するか、休止・廃止にします。"),
        f"{_POSITION}, '' as detail from position p join facility f on f.id = p.facility_id"
        " where p.status = 'in_use' and not exists (select 1 from installation i"
        " where i.position_id = p.id and i.period @> gesuibo.day())"
        " and not exists (select 1 from position part where part.parent_id = p.id)",
        "/positions/%s/life/install",
    ),
    "closed-facility": Check(
        N_("廃止された施設に残る設置箇所"),
        N_("施設は廃止ですが、設置箇所が使用中のままです。"),
        f"{_POSITION}, '' as detail from position p join facility f on f.id = p.facility_id"
        " where f.status = 'abolished' and p.status <> 'abolished'",
        "/positions/%s/life/abolish",
    ),
    "no-place": Check(
        N_("場所が分からない設置箇所"),
        N_("同じ施設の中で現地を探せません。系列・棟・階・室を入れます。"),
        f"{_POSITION}, '' as detail from position p join facility f on f.id = p.facility_id"
        " where p.location_id is null and p.status = 'in_use'"
        " and f.facility_type in ('treatment_plant', 'pump_station')",
        "/positions/%s/edit",
    ),
    "no-coordinates": Check(
        N_("位置（緯度・経度）のない施設"),
        N_("地図に載りません。台帳に緯度・経度か平面直角座標を入れて取り込みます。"),
        f"{_FACILITY}, coalesce(f.address, '') as detail from facility f"
        " where f.geom is null and f.status <> 'abolished'",
        "/facilities/%s/edit",
    ),
    "far-away": Check(
        N_("ほかの施設から遠く離れた施設"),
        N_("市の中心から30km以上離れています。測地系や緯度・経度の取り違えを確かめます。"),
        f"{_FACILITY}, round(st_distance(f.geom::geography, c.middle::geography) / 1000)::text"
        " || ' km' as detail from facility f,"
        " (select st_setsrid(st_makepoint("
        "   percentile_cont(0.5) within group (order by st_x(geom)),"
        "   percentile_cont(0.5) within group (order by st_y(geom))), 6668) as middle"
        "  from facility where geom is not null) c"
        " where f.geom is not null and st_distance(f.geom::geography, c.middle::geography) > 30000",
        "/facilities/%s/edit",
    ),
    "unverified-class": Check(
        N_("耐用年数を確かめていない設備分類"),
        N_("分類マスタが「要確認」のままです。出典と照らして確認済にします。"),
        "select 'classes' as kind, c.id, c.class_code as code, c.minor as name,"
        " count(p.id)::text as detail from equipment_class c"
        " join position p on p.class_id = c.id and p.status = 'in_use'"
        " where not c.verified group by c.id",
        "/classes/%s/edit",
    ),
    "no-tag": Check(
        N_("QRタグのない設置箇所"),
        N_("使用中なのに、現場で読めるQRタグがありません。発行して貼ります。"),
        f"{_POSITION}, '' as detail from position p join facility f on f.id = p.facility_id"
        " where p.status = 'in_use' and not exists (select 1 from qr_tag t"
        " where t.position_id = p.id and t.state in ('minted', 'printed', 'issued', 'in_use'))",
        "/positions/%s/tags",
    ),
    "orphan-tag": Check(
        N_("廃止された設置箇所に残るQRタグ"),
        N_("設置箇所は廃止ですが、QRタグが使用中のままです。はがして廃棄にします。"),
        "select 'positions' as kind, p.id, t.tag_code as code,"
        " concat_ws(' ', f.name, p.name) as name, p.position_code as detail"
        " from qr_tag t join position p on p.id = t.position_id"
        " join facility f on f.id = p.facility_id"
        " where t.state = 'in_use' and p.status = 'abolished'",
        "/positions/%s/tags",
    ),
    "overdue-inspection": Check(
        N_("予定を過ぎた点検"),
        N_("次回予定日を過ぎても記録がありません。点検を記録するか、予定日を直します。"),
        f"{_POSITION}, last.next_due_on::text as detail from (select distinct on"
        " (position_id, kind) position_id, next_due_on from inspection"
        " order by position_id, kind, inspected_from desc, seq desc) last"
        " join position p on p.id = last.position_id join facility f on f.id = p.facility_id"
        " where last.next_due_on < gesuibo.day() and p.status = 'in_use'",
        "/positions/%s/inspections/new",
    ),
}


def counts(session: Session) -> dict[str, int]:
    """How many records each question names."""
    parts = (
        f"select '{name}' as name, count(*) as found from ({check.rows}) q"
        for name, check in CHECKS.items()
    )
    rows = session.execute(text(" union all ".join(parts)))
    return {row["name"]: row["found"] for row in rows.mappings()}


def rows(session: Session, name: str, *, limit: int) -> list[RowMapping]:
    statement = text(f"select * from ({CHECKS[name].rows}) q order by code limit :limit")
    return list(session.execute(statement, {"limit": limit}).mappings())
