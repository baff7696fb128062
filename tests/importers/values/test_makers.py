import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.makers import maker_key, maker_name


@pytest.mark.parametrize(
    "raw",
    [
        "㈱A社",
        "(株)A社",
        "（株）Ａ社",
        "株式会社 A社",
        "A社㈱",
        "A社（株）",
        "Ａ社　株式会社",
        "㍿A社",
    ],
)
def test_one_maker_whatever_its_form(raw):
    assert maker_key(raw) == maker_key("A社")
    assert maker_name(raw) == "A社"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙﨑機工", "高崎機工"),
        ("茅ヶ崎工業", "茅ケ崎工業"),
        ("斎藤 製作所", "齋藤製作所"),
        ("Ebara Co., Ltd.", "EBARA"),
        ("ﾎﾟﾝﾌﾟ工業", "ポンプ工業"),
    ],
)
def test_old_characters_and_widths(one, other):
    assert maker_key(one) == maker_key(other)


def test_former_names_are_other_names():
    assert maker_key("旧A製作所") != maker_key("A製作所")
    assert maker_key("B工業") != maker_key("B電機")


@given(st.text(max_size=20))
def test_a_name_is_never_lost(text):
    assert bool(maker_name(text)) == bool(maker_name(text).strip())
    assert maker_key(maker_name(text)) == maker_key(text)
