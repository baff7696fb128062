import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.headers import header_hint, split_header
from importers.values.text import trimmed


@pytest.mark.parametrize(
    ("title", "name", "unit"),
    [
        ("取得価格(千円)", "取得価格", "千円"),
        ("取得価格（千円）", "取得価格", "千円"),
        ("取得価額（百万円）", "取得価額", "百万円"),
        ("取得価格(単位:千円)", "取得価格", "千円"),
        ("取得価格 単位：千円", "取得価格", "千円"),
        ("取得価格（税込・千円）", "取得価格", "千円"),
        ("吐出量(m3/min)", "吐出量", "m3/min"),
        ("吐出量（㎥／分）", "吐出量", "m3/min"),
        ("吐出量 m3/min", "吐出量", "m3/min"),
        ("吐出量[m³/h]", "吐出量", "m3/h"),
        ("風量(Nm3/min)", "風量", "Nm3/min"),
        ("揚程〔m〕", "揚程", "m"),
        ("揚程【ｍ】", "揚程", "m"),
        ("口径mm", "口径", "mm"),
        ("口径(φmm)", "口径", "mm"),
        ("口径φ(mm)", "口径", "mm"),
        ("出力[kW]", "出力", "kW"),
        ("出力（ｋＷ）", "出力", "kW"),
        ("容量(kVA)", "容量", "kVA"),
        ("電圧(V)", "電圧", "V"),
        ("設置年月(和暦)", "設置年月", None),
        ("設置年月（西暦）", "設置年月", "西暦"),
        ("設置年度", "設置年度", "年度"),
        ("設置年度(和暦)", "設置年度", "年度"),
        ("耐用年数(個別)", "耐用年数(個別)", None),
        ("予備(有無)", "予備(有無)", None),
        ("型式・形式", "型式・形式", None),
        ("製造No.", "製造No.", None),
        ("名称", "名称", None),
    ],
)
def test_a_title_is_a_name_and_a_unit(title, name, unit):
    assert split_header(title) == (name, unit)


def test_what_a_title_says_beside_the_unit():
    assert header_hint("設置年月(和暦)") == {"和暦"}
    assert header_hint("取得価格（税込み・千円）") == {"税込"}
    assert header_hint("耐用年数(個別)") == frozenset()


@given(st.text(max_size=30))
def test_any_title_keeps_a_name(title):
    name, _ = split_header(title)
    assert name or not trimmed(title)
