import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.reading import Unreadable
from importers.values.specs import read_spec, spec_reader

TIMES = st.sampled_from(["×", "x", "*", "✕", " "])


def flow(value, unit="m3/min", m3_min=None):
    return {"flow": {"value": value, "unit": unit}, "flow_m3_min": m3_min or value}


CASES = [
    (
        "φ500×28m3/min×12m×90kW×400V×4P",
        {"bore_mm": 500, "head_m": 12, "power_kw": 90, "voltage_v": 400, "poles": 4} | flow(28),
    ),
    ("Φ200", {"bore_mm": 200}),
    ("200φ", {"bore_mm": 200}),
    ("200㎜", {"bore_mm": 200}),
    ("口径200", {"bore_mm": 200}),
    ("３．７ＫＷ", {"power_kw": 3.7}),
    ("22ｋｗ", {"power_kw": 22}),
    ("AC200V", {"voltage_v": 200}),
    ("3φ3W 200V", {"voltage_v": 200, "phase": 3, "wires": 3}),
    ("1φ100V", {"voltage_v": 100, "phase": 1}),
    ("三相ではなく3相 200V", {"voltage_v": 200, "phase": 3, "other": "三相ではなく"}),
    ("φ150×3φ200V×5.5kW", {"bore_mm": 150, "phase": 3, "voltage_v": 200, "power_kw": 5.5}),
    ("6.6kV", {"voltage_v": 6600}),
    ("6600V", {"voltage_v": 6600}),
    ("28㎥/分", flow(28)),
    ("28m³/min", flow(28)),
    ("1.68 m3/h×2台", flow(1.68, "m3/h", 0.028) | {"count": 2}),
    ("96m3/h", flow(96, "m3/h", 1.6)),
    ("1440m3/日", flow(1440, "m3/d", 1)),
    ("0.5m3/s", flow(0.5, "m3/s", 30)),
    ("90kW(予備機含)", {"power_kw": 90, "other": "(予備機含)"}),
    ("50kVA 6.6kV/210V", {"capacity_kva": 50, "voltage_v": 6600, "secondary_voltage_v": 210}),
    ("φ80×2,200L/min×8m", {"bore_mm": 80, "head_m": 8} | flow(2200, "L/min", 2.2)),
    (
        "65Nm3/min×60kPa×110kW",
        {"flow": {"value": 65, "unit": "Nm3/min"}, "power_kw": 110, "other": "60kPa"},
    ),
    ("ベルト幅600mm×8m×2.2kW", {"power_kw": 2.2, "other": "ベルト幅600mm 8m"}),
    ("鋳鉄製 W1.2m×H1.5m×2.2kW", {"power_kw": 2.2, "other": "鋳鉄製 W1.2m H1.5m"}),
    ("1450min-1 4P 15kW", {"speed_min1": 1450, "poles": 4, "power_kw": 15}),
    ("100PS", {"power_kw": 73.55, "horsepower": {"value": 100, "unit": "PS"}}),
    ("ボール弁 25A", {"bore_mm": 25, "other": "ボール弁"}),
    ("MCCB 100A", {"current_a": 100, "other": "MCCB"}),
    ("AC100V 5A", {"voltage_v": 100, "other": "5A"}),
    ("0～0.3MPa", {"range": {"low": 0, "high": 0.3, "unit": "MPa"}}),
    ("-10～50℃", {"range": {"low": -10, "high": 50, "unit": "°C"}}),
    (
        "電磁式 φ500 0～2400m3/h",
        {"bore_mm": 500, "range": {"low": 0, "high": 2400, "unit": "m3/h"}, "other": "電磁式"},
    ),
    ("1.68m3/min×2台(1台予備)", flow(1.68) | {"count": 2, "standby_count": 1}),
    ("3台(うち予備1台)", {"count": 3, "standby_count": 1}),
    ("φ500×12m", {"bore_mm": 500, "other": "12m"}),
    ("①100V ②200V", {"voltage_v": 100, "secondary_voltage_v": 200}),
    ("一式", {}),
    ("SUS304", {}),
]


@pytest.mark.parametrize("times", ["x", "X", "*", "×", "✕", "✖", "Ｘ", "ｘ", " x "])
def test_every_sign_of_multiplication(times):
    value = read_spec(times.join(["φ80", "0.4m3/min", "10m", "2.2kW"])).value
    assert value == flow(0.4) | {"bore_mm": 80, "head_m": 10, "power_kw": 2.2}


@pytest.mark.parametrize("raw", ["φ500×φ400", "15kW/22kW", "28m3/min 30m3/min"])
def test_two_figures_of_one_sort_are_neither(raw):
    assert read_spec(raw).value == {}


def test_amperes_alone_are_a_bore_or_a_current_by_decision():
    with pytest.raises(Unreadable) as caught:
        spec_reader(None)("200A")
    assert (caught.value.code, caught.value.asks) == ("bore-or-ampere", True)
    assert spec_reader("bore")("２００Ａ").value == {"bore_mm": 200}
    assert spec_reader("ampere")("200A").value == {"current_a": 200}
    assert spec_reader("bore")("φ80×3.7kW").value == {"bore_mm": 80, "power_kw": 3.7}


@pytest.mark.parametrize(("raw", "expected"), CASES)
def test_a_spec_cell_is_taken_apart(raw, expected):
    assert read_spec(raw).value == expected


def test_what_was_recognised_is_listed():
    change = read_spec("φ80×3.7kW").changes[0]
    assert (change.rule, change.old, change.new) == ("spec", "φ80×3.7kW", "bore_mm=80 power_kw=3.7")


def test_what_was_not_understood_is_listed():
    changes = read_spec("屋内自立 AC400V").changes
    assert [(change.rule, change.new) for change in changes] == [
        ("spec", "voltage_v=400"),
        ("spec-rest", "屋内自立"),
    ]


@given(st.text(alphabet="φΦ0123456789.×xmAkWVP/hin3,～()台", max_size=25))
def test_any_cell_gives_figures_that_stand_in_it(text):
    found = read_spec(text).value
    for name in found.keys() - {"other", "range"}:
        figure = found[name]["value"] if isinstance(found[name], dict) else found[name]
        assert figure >= 0


@given(st.integers(10, 3000), st.integers(1, 999), st.integers(1, 99), st.integers(1, 900), TIMES)
def test_what_is_written_in_order_is_read_back(bore, volume, head, power, times):
    written = times.join([f"φ{bore}", f"{volume}m3/min", f"{head}m", f"{power}kW"])
    expected = flow(volume) | {"bore_mm": bore, "head_m": head, "power_kw": power}
    assert read_spec(written).value == expected
