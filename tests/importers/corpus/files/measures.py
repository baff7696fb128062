"""Specifications and figures with units."""

from tests.importers.corpus.answers import (
    CorpusFile,
    Near,
    OneOf,
    Outcome,
    asks,
    refused,
    stored,
)
from tests.importers.corpus.equipment import Ledger, Trap, trap
from tests.importers.corpus.formats import delimited

_NO_FIGURES = {"bore_mm": None, "power_kw": None, "voltage_v": None}


def _spec(name: str, written: str, *more: Outcome, **facts: object) -> Trap:
    return trap(
        name, "spec", written, stored(**{**_NO_FIGURES, "spec_raw": written, **facts}), *more
    )


_PS = OneOf((Near(36.8, 0.2), None))


SPECS = (
    _spec(
        "仕様の一式",
        "φ500×28m3/min×12m×90kW×400V×4P",
        bore_mm=500,
        flow_m3_min=28,
        head_m=12,
        power_kw=90,
        voltage_v=400,
        poles=4,
    ),
    _spec(
        "掛け算の記号",
        "φ80x0.4m3/min*10mＸ2.2kW",
        bore_mm=80,
        flow_m3_min=Near(0.4, 1e-6),
        head_m=10,
        power_kw=2.2,
    ),
    _spec(
        "掛け算の記号",
        "φ80✕0.4m3/min✕10m✕2.2kW",
        bore_mm=80,
        flow_m3_min=Near(0.4, 1e-6),
        head_m=10,
        power_kw=2.2,
    ),
    _spec("直径のφ", "Φ200", bore_mm=200),
    _spec("直径のφ", "200φ", bore_mm=200),
    _spec("相のφ", "3φ3W 200V", phase=3, voltage_v=200),
    _spec("相のφ", "1φ100V", phase=1, voltage_v=100),
    _spec("相のφ", "φ150×3φ200V×5.5kW", bore_mm=150, phase=3, voltage_v=200, power_kw=5.5),
    _spec("合字の単位", "口径200㎜", bore_mm=200),
    _spec("全角の仕様", "３．７ＫＷ", power_kw=3.7),
    _spec("全角の仕様", "Φ１００×２２ｋｗ", bore_mm=100, power_kw=22),
    trap(
        "呼び径か電流か",
        "spec",
        "200A",
        asks("bore-or-ampere", then={**_NO_FIGURES, "spec_raw": "200A", "bore_mm": 200}),
    ),
    _spec("高圧の単位", "6.6kV", voltage_v=6600),
    _spec("高圧の単位", "AC6600V", voltage_v=6600),
    _spec(
        "毎時の流量",
        "φ80×96m3/h×10m×5.5kW",
        bore_mm=80,
        flow_m3_min=Near(1.6, 1e-6),
        head_m=10,
        power_kw=5.5,
    ),
    _spec("毎時の流量", "1.68 m3/h", flow_m3_min=Near(0.028, 1e-6)),
    _spec("毎秒・毎日の流量", "0.5m3/s", flow_m3_min=Near(30, 1e-6)),
    _spec("毎秒・毎日の流量", "1440m3/日", flow_m3_min=Near(1, 1e-6)),
    _spec("毎秒・毎日の流量", "600L/min", flow_m3_min=Near(0.6, 1e-6)),
    _spec("kVA", "500kVA 6600V", capacity_kva=500, voltage_v=6600, power_kw=None),
    _spec("馬力", "50PS", power_kw=_PS),
    _spec("馬力", "ディーゼル 100PS×1500min-1", power_kw=OneOf((Near(73.55, 0.3), None))),
    _spec("予備込みの仕様", "90kW(予備機含)", power_kw=90),
    _spec("台数の併記", "1.68m3/min×2台", flow_m3_min=Near(1.68, 1e-6)),
    _spec("桁区切りの仕様", "2,200kW", power_kw=2200),
    _spec("範囲の仕様", "-10～50℃", bore_mm=None),
    _spec("範囲の仕様", "0～0.3MPa", bore_mm=None),
    _spec("長さは揚程でない", "ベルト幅600mm×8m×2.2kW", power_kw=2.2, head_m=None, bore_mm=None),
    _spec("極数と相", "3φ 400V 75kW 4P", phase=3, voltage_v=400, power_kw=75, poles=4),
    trap("仕様の不明", "spec", "不明", stored(**_NO_FIGURES, spec_raw=OneOf((None, "不明")))),
)


def specs() -> CorpusFile:
    """Excel's "Unicode text": UTF-16, tabs between the cells."""
    ledger = Ledger("SP")
    ledger.header()
    ledger.add(SPECS)
    content = delimited(ledger.lines, encoding="utf-16", delimiter="\t")
    return CorpusFile(
        "specs_utf16.tsv", content, ledger.answers, replies={"bore-or-ampere": "bore"}
    )


def own_columns() -> CorpusFile:
    """Figures in columns of their own, with the unit in the header, in the cell, or in both."""
    headers = {
        "code": "設備番号",
        "facility": "施設名",
        "class": "設備分類",
        "name": "設備名称",
        "bore": "口径（mm）",
        "flow": "吐出量(m3/h)",
        "head": "全揚程[m]",
        "power": "電動機出力\n(kW)",
        "cost": "取得価額（百万円）",
    }
    ledger = Ledger("OW", headers)
    ledger.header()
    base = {
        "facility": "見本浄化センター",
        "class": "手動弁",
        "bore": "φ200",
        "flow": "96",
        "head": "12.5m",
        "power": "5.5",
        "cost": "1.5",
    }
    truth = {
        "facility": "TJ",
        "class": "AX-VL-01",
        "bore_mm": 200,
        "flow_m3_min": Near(1.6, 1e-6),
        "head_m": 12.5,
        "power_kw": 5.5,
        "cost": 1_500_000,
        "parts": 1,
    }
    wrong = refused("other-quantity", "not-a-number", "unit-differs")
    rows = (
        ("見出しの単位", "flow", "96", stored()),
        ("セルの単位が勝つ", "flow", "1.6m3/min", stored()),
        ("全角の数", "flow", "９６", stored()),
        ("見出しの単位", "power", "3.7kW", stored(power_kw=3.7)),
        ("別の量の単位", "power", "50kVA", wrong, asks("other-quantity"), stored(power_kw=None)),
        ("馬力", "power", "50PS", wrong, asks("other-quantity"), stored(power_kw=Near(36.8, 0.2))),
        ("桁区切りか小数点か", "flow", "1,200", stored(flow_m3_min=Near(20, 1e-6))),
        ("数でない値", "bore", "大", refused("not-a-number"), asks("not-a-number")),
    )
    for number, (name, column, written, *accepted) in enumerate(rows, start=1):
        row = {"code": f"OW-{number}", "name": f"計量弁{number}", **base, column: written}
        own = truth | {"code": f"OW-{number}", "name": f"計量弁{number}"}
        ledger.row(Trap(name, column, written, tuple(accepted), {}), row, own)
    for line in ledger.lines[:1]:
        line[:] = [cell.replace("\n", "") for cell in line]
    return CorpusFile("figures.csv", delimited(ledger.lines), ledger.answers)
