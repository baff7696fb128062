import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.specs import read_spec

CASES = [
    (
        "φ500×28m3/min×12m×90kW×400V×4P",
        {
            "bore_mm": 500,
            "flow": {"value": 28, "unit": "m3/min"},
            "head_m": 12,
            "power_kw": 90,
            "voltage_v": 400,
            "poles": 4,
        },
    ),
    ("Φ200", {"bore_mm": 200}),
    ("200A", {"bore_mm": 200}),
    ("200㎜", {"bore_mm": 200}),
    ("口径200", {"bore_mm": 200}),
    ("３．７ＫＷ", {"power_kw": 3.7}),
    ("22ｋｗ", {"power_kw": 22}),
    ("AC200V", {"voltage_v": 200}),
    ("3φ3W 200V", {"voltage_v": 200, "phase": 3}),
    ("1φ100V", {"voltage_v": 100, "phase": 1}),
    ("6.6kV", {"voltage_v": 6600}),
    ("6600V", {"voltage_v": 6600}),
    ("28㎥/分", {"flow": {"value": 28, "unit": "m3/min"}}),
    ("28m³/min", {"flow": {"value": 28, "unit": "m3/min"}}),
    ("1.68 m3/h×2台", {"flow": {"value": 1.68, "unit": "m3/h"}, "count": 2}),
    ("90kW(予備機含)", {"power_kw": 90}),
    ("50kVA 6.6kV/210V", {"capacity_kva": 50, "voltage_v": 6600}),
    ("φ80×2,200L/min×8m", {"bore_mm": 80, "flow": {"value": 2200, "unit": "L/min"}, "head_m": 8}),
    ("65Nm3/min×60kPa×110kW", {"flow": {"value": 65, "unit": "Nm3/min"}, "power_kw": 110}),
    ("ベルト幅600mm×8m×2.2kW", {"power_kw": 2.2}),
    ("鋳鉄製 W1.2m×H1.5m×2.2kW", {"power_kw": 2.2}),
    ("1450min-1 4P 15kW", {"speed_min1": 1450, "poles": 4, "power_kw": 15}),
    ("一式", {}),
    ("SUS304", {}),
]


@pytest.mark.parametrize(("raw", "expected"), CASES)
def test_a_spec_cell_is_taken_apart(raw, expected):
    assert read_spec(raw).value == expected


def test_what_was_recognised_is_listed():
    change = read_spec("φ80×3.7kW").changes[0]
    assert (change.rule, change.old, change.new) == ("spec", "φ80×3.7kW", "bore_mm=80 power_kw=3.7")


@given(st.text(alphabet="φΦ0123456789.×xmAkWVP/hin3,", max_size=25))
def test_any_cell_gives_figures_that_stand_in_it(text):
    for value in read_spec(text).value.values():
        figure = value["value"] if isinstance(value, dict) else value
        assert figure >= 0
