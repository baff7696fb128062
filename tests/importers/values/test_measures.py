import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.measures import FACTORS, measure_reader
from importers.values.reading import Unreadable


@pytest.mark.parametrize(
    ("unit", "header", "raw", "value", "rules"),
    [
        ("m3/min", "m3/h", "96", 1.6, ["unit"]),
        ("m3/min", "m3/h", "９６", 1.6, ["unit"]),
        ("m3/min", "m3/h", "1.6m3/min", 1.6, ["number-form"]),
        ("m3/min", "m3/h", "1,200", 20, ["unit"]),
        ("m3/min", None, "28㎥/分", 28, ["number-form"]),
        ("m3/min", None, "28m³/min", 28, ["number-form"]),
        ("m3/min", None, "5L/s", 0.3, ["unit"]),
        ("m3/min", None, "600L/min", 0.6, ["unit"]),
        ("m3/min", None, "65Nm3/min", 65, ["normal-volume"]),
        ("mm", None, "φ500", 500, ["number-form"]),
        ("mm", None, "口径200", 200, ["number-form"]),
        ("mm", None, "200A", 200, ["unit"]),
        ("mm", "cm", "50", 500, ["unit"]),
        ("mm", None, "0.5m", 500, ["unit"]),
        ("m", "m", "12.5m", 12.5, ["number-form"]),
        ("kW", None, "3.7", 3.7, []),
        ("kW", None, "３．７ＫＷ", 3.7, ["number-form"]),
        ("kW", None, "50PS", 36.77494, ["unit"]),
        ("kW", None, "10HP", 7.456999, ["unit"]),
        ("kW", None, "90kW(予備機含)", 90, ["number-form", "remark-beside"]),
        ("kW", None, "1.250", 1.25, ["number-form"]),
        ("V", None, "AC200V", 200, ["number-form"]),
        ("V", None, "6.6kV", 6600, ["unit"]),
        ("kW", None, "－", None, ["no-figure"]),
    ],
)
def test_figures_with_units(unit, header, raw, value, rules):
    reading = measure_reader(unit, header)(raw)
    assert (reading.value, [change.rule for change in reading.changes]) == (value, rules)


@pytest.mark.parametrize(
    ("unit", "raw", "code", "asks"),
    [
        ("kW", "50kVA", "other-quantity", False),
        ("mm", "8B", "other-quantity", False),
        ("mm", "大", "not-a-number", False),
        ("mm", "2.200", "thousands-or-decimals", True),
        ("mm", "1.234", "thousands-or-decimals", True),
        ("kW", "2.200", "thousands-or-decimals", True),
        ("kW", "2,2", "not-a-number", False),
        ("kW", "-5", "negative-measure", False),
        ("kW", "1.2E+03", "digits-lost", True),
        ("m", "10²", "not-a-number", False),
        ("kW", "9" * 12, "number-too-large", False),
    ],
)
def test_what_is_no_figure_of_the_unit(unit, raw, code, asks):
    with pytest.raises(Unreadable) as caught:
        measure_reader(unit, None)(raw)
    assert (caught.value.code, caught.value.asks) == (code, asks)


@given(st.sampled_from(["m3/min", "kW", "m", "mm", "V"]), st.integers(1, 99), st.data())
def test_a_figure_in_any_unit_is_the_same_quantity(unit, number, data):
    written = data.draw(st.sampled_from(sorted(FACTORS[unit])))
    value = measure_reader(unit, None)(f"{number}{written}").value
    assert value == pytest.approx(number * float(FACTORS[unit][written]), rel=1e-6)
    assert measure_reader(unit, written)(str(number)).value == value


@given(st.text(max_size=20) | st.text(alphabet="0123456789.,φmkWVA/h3³×台()", max_size=12))
def test_any_text_is_a_figure_or_a_reason(text):
    try:
        value = measure_reader("mm", None)(text).value
    except Unreadable as reason:
        value = reason.code
    assert value is None or isinstance(value, str) or value >= 0
