"""The symptom vocabulary (現象), with the failure mode of ISO 14224 table B.6 where one fits."""

from typing import NamedTuple

from service.core.i18n.marker import N_


class Symptom(NamedTuple):
    code: str
    label: str
    iso14224_mode: str | None


_ALL = (
    Symptom("S01", N_("起動しない"), "FTS"),
    Symptom("S02", N_("停止しない"), "STP"),
    Symptom("S03", N_("運転中に停止（トリップ）"), "UST"),
    Symptom("S04", N_("異音"), "NOI"),
    Symptom("S05", N_("振動"), "VIB"),
    Symptom("S06", N_("過熱"), "OHE"),
    Symptom("S07", N_("水漏れ（漏水）"), "ELP"),
    Symptom("S08", N_("油漏れ・油量低下"), "ELU"),
    Symptom("S09", N_("詰まり・閉塞"), "PLU"),
    Symptom("S10", N_("揚水不能・能力低下"), "LOO"),
    Symptom("S11", N_("絶縁低下・漏電"), "OTH"),
    Symptom("S12", N_("過電流・電流異常"), "PDE"),
    Symptom("S13", N_("断線・接触不良"), "OTH"),
    Symptom("S14", N_("計器指示異常"), "ERO"),
    Symptom("S15", N_("通信異常・監視不能"), "FTF"),
    Symptom("S16", N_("開閉不良"), "FTO"),
    Symptom("S17", N_("弁・逆止弁の内部漏れ"), "INL"),
    Symptom("S18", N_("腐食・錆・減肉"), "STD"),
    Symptom("S19", N_("破損・折損・亀裂・変形"), "BRD"),
    Symptom("S20", N_("緩み・脱落"), "SER"),
    Symptom("S21", N_("摩耗・劣化（点検で判明）"), "SER"),
    Symptom("S22", N_("臭気の発生"), "PDE"),
    Symptom("S23", N_("浸水・結露"), "OTH"),
    Symptom("S24", N_("停電・瞬低・落雷"), None),
    Symptom("S25", N_("誤警報"), "AIR"),
    Symptom("S90", N_("その他の現象"), "OTH"),
    Symptom("S99", N_("現象不明"), "UNK"),
)
SYMPTOMS: dict[str, Symptom] = {symptom.code: symptom for symptom in _ALL}
DEFAULT_SET = ("S01", "S03", "S04", "S05", "S07", "S09", "S11", "S90")
