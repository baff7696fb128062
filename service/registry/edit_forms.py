"""The forms in which staff mend records: which fields they have, and what is sent as a change.

A field that was not touched changes nothing; an emptied one empties.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from service.core.i18n.marker import N_
from service.registry.domain import (
    LIFECYCLE_LABELS,
    REDUNDANCY_LABELS,
    Criticality,
    Lifecycle,
    Redundancy,
)
from service.registry.models import EquipmentClass
from service.registry.queries import places
from service.registry.schemas.reads import PartialDateRead, PositionCard
from service.registry.typed_dates import write_typed_date

_NONE = ("", N_("なし"))


@dataclass(frozen=True)
class Input:
    """One field. ``choices`` makes it a selection; ``kind`` is that of HTML, or ``lines``."""

    name: str
    label: str
    value: Any = ""
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    hint: str | None = None
    required: bool = False

    @property
    def shown(self) -> str:
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return "" if self.value is None else str(self.value)


def facility_inputs(row: Mapping[str, Any]) -> list[Input]:
    return [
        Input("name", N_("施設名"), row["name"], required=True),
        Input("address", N_("所在地"), row["address"]),
        Input("treatment_district", N_("処理区"), row["treatment_district"]),
        Input("lat", N_("緯度"), row["lat"], hint=N_("世界測地系（JGD2011）の度。例 35.336712")),
        Input("lon", N_("経度"), row["lon"], hint=N_("例 139.447256")),
        Input("status", N_("状態"), row["status"], choices=_of(LIFECYCLE_LABELS, Lifecycle)),
        Input("no_signal_note", N_("通信状況"), row["no_signal_note"]),
        Input("hazard_note", N_("危険"), row["hazard_note"], kind="lines"),
    ]


def position_inputs(session: Session, card: PositionCard, codes: Mapping[str, Any]) -> list[Input]:
    """``codes`` has the code of its place and of the position that it is a part of."""
    here = [
        (row["location_code"], f"{row['path']} ({row['location_code']})")
        for row in places.of_facility(session, card.facility_id)
    ]
    levels = tuple((str(level), str(level)) for level in range(5, 0, -1))
    return [
        Input("name", N_("名称"), card.name, required=True),
        Input("unit_no", N_("号機"), card.unit_no),
        Input("location_code", N_("場所"), codes["location_code"], choices=(_NONE, *here)),
        Input("parent_code", N_("上位の設備の設置箇所コード"), codes["parent_code"]),
        Input(
            "criticality",
            N_("重要度"),
            card.criticality,
            choices=tuple((word.value, word.value) for word in Criticality),
        ),
        Input(
            "redundancy",
            N_("予備機"),
            card.redundancy,
            choices=(_NONE, *_of(REDUNDANCY_LABELS, Redundancy)),
        ),
        Input(
            "impact_score",
            N_("影響度（5が大きい）"),
            card.impact_score,
            choices=(_NONE, *levels),
        ),
        Input("note", N_("備考"), card.note, kind="lines"),
    ]


def device_inputs(row: Mapping[str, Any]) -> list[Input]:
    dated = N_("「1983-03」「S58.3」「平成10年度」「不明」のように入れます。")
    return [
        Input("maker", N_("製造者"), row["maker"]),
        Input("model_no", N_("型式"), row["model_no"]),
        Input("serial_no", N_("製造番号"), row["serial_no"]),
        Input("installed", N_("設置年月"), _written(row["installed"]), hint=dated),
        Input("manufactured", N_("製造年月"), _written(row["manufactured"]), hint=dated),
        Input("spec_raw", N_("仕様"), row["spec_raw"], kind="lines"),
        Input("acquired_cost_yen", N_("取得価格（円）"), row["acquired_cost_yen"]),
        Input(
            "subsidised",
            N_("補助事業で取得した"),
            row["subsidised"],
            choices=(("", N_("分からない")), ("true", N_("はい")), ("false", N_("いいえ"))),
        ),
        Input("fixed_asset_no", N_("固定資産番号"), row["fixed_asset_no"]),
        Input("life_override_years", N_("個別の耐用年数（年）"), row["life_override_years"]),
        Input("life_override_reason", N_("個別の耐用年数の理由"), row["life_override_reason"]),
        Input("note", N_("備考"), row["note"], kind="lines"),
    ]


def class_inputs(row: EquipmentClass) -> list[Input]:
    return [
        Input("standard_life_years", N_("標準耐用年数（年）"), row.standard_life_years),
        Input("target_life_years", N_("目標耐用年数（年）"), row.target_life_years),
        Input("disposal_limit_years", N_("処分制限期間（年）"), row.disposal_limit_years),
        Input("source_document", N_("出典"), row.source_document, required=True),
        Input("effective_from", N_("適用日"), row.effective_from, kind="date"),
        Input(
            "verified",
            N_("出典と照らした確認"),
            row.verified,
            choices=(("false", N_("要確認")), ("true", N_("確認済"))),
        ),
    ]


def model_inputs(row: Mapping[str, Any]) -> list[Input]:
    written = "\n".join(f"{name}={write_spec(value)}" for name, value in row["spec"].items())
    return [
        Input("manufacturer", N_("製造者"), row["maker"]),
        Input("model_no", N_("型式"), row["model_no"], required=True),
        Input(
            "spec", N_("仕様"), written, kind="lines", hint=N_("1行に1つ「出力=11 kW」のように。")
        ),
        Input("discontinued_on", N_("製造中止"), row["discontinued_on"], kind="date"),
    ]


def _of(labels: Mapping[Any, str], words: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((word.value, labels[word]) for word in words)


def _written(read: Mapping[str, Any] | None) -> str:
    return write_typed_date(PartialDateRead.model_validate(read).value() if read else None)


def write_spec(value: Any) -> str:
    """What `read_spec` reads."""
    if isinstance(value, Mapping):
        return f"{write_spec(value.get('value'))} {value.get('unit', '')}".strip()
    return f"{value:g}" if isinstance(value, float) else str(value)
