import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.groups import MOST, parse_group, unit_key, unit_of


@pytest.mark.parametrize(
    ("name", "numbers", "first"),
    [
        ("No.1～4汚水ポンプ", "1234", "No.1汚水ポンプ"),
        ("No.1〜No.4汚水ポンプ", "1234", "No.1汚水ポンプ"),
        ("No.1-No.4汚水ポンプ", "1234", "No.1汚水ポンプ"),
        ("№１～３ポンプ", "123", "No.1ポンプ"),
        ("No.1,2,3汚水ポンプ", "123", "No.1汚水ポンプ"),
        ("No.1、No.2ポンプ", "12", "No.1ポンプ"),
        ("No.1・2ポンプ", "12", "No.1ポンプ"),
        ("No.1～3,5ポンプ", "1235", "No.1ポンプ"),
        ("１～３号攪拌機", "123", "No.1攪拌機"),
        ("1号～3号攪拌機", "123", "No.1攪拌機"),
        ("1-4号汚水ポンプ", "1234", "No.1汚水ポンプ"),
        ("汚水ポンプ1～3号機", "123", "汚水ポンプNo.1"),
        ("汚水ポンプ No.1～3", "123", "汚水ポンプ No.1"),
        ("汚水ポンプ(A)(B)", "AB", "汚水ポンプ(A)"),
        ("洗浄弁（Ａ）（Ｂ）（Ｃ）", "ABC", "洗浄弁(A)"),
    ],
)
def test_one_row_for_several(name, numbers, first):
    group = parse_group(name)
    assert group is not None
    assert [unit_no for unit_no, _ in group.members] == list(numbers)
    assert group.members[0][1] == first


@pytest.mark.parametrize(
    "name",
    [
        "No.1汚水ポンプ",
        "No.1-2系統連絡弁",
        "No.1-4汚水ポンプ",
        "No.3弁300-4型",
        "No.4～1ポンプ",
        "No.1,1ポンプ",
        "No.1.2ポンプ",
        "1・2号棟照明",
        "第1～3池",
        "流量計 0～2400m3/h",
        "国道134号マンホールポンプ",
        f"No.1～{MOST + 2}ポンプ",
        "汚水ポンプ(A)",
        "汚水ポンプ(A)(A)",
        "",
    ],
)
def test_one_thing_or_nobody_knows(name):
    assert parse_group(name) is None


SAME = [
    "２号汚水ポンプ",
    "No.2汚水ポンプ",
    "汚水ポンプ２号",
    "汚水ポンプ No.2",
    "№２ 汚水ﾎﾟﾝﾌﾟ",
    "＃2汚水ポンプ",
    "NO.02汚水ポンプ",
    "汚水ポンプ(No.2)",
    "汚水ポンプ2号機",
    "第2号汚水ポンプ",
    "二号汚水ポンプ",
    "no2汚水ポンプ",
]


@pytest.mark.parametrize("name", SAME)
def test_writings_of_one_name(name):
    assert unit_key(name) == unit_key("No.2汚水ポンプ")
    assert unit_of(name) == ("汚水ポンプ", "2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No.2汚水ポンプ", "No.2雨水ポンプ"),
        ("No.1汚水ポンプ", "No.11汚水ポンプ"),
        ("No.1汚水ポンプ", "No.2汚水ポンプ"),
        ("A系No.1汚水ポンプ", "B系No.1汚水ポンプ"),
        ("No.1-2汚水ポンプ", "No.12汚水ポンプ"),
        ("No.1-2汚水ポンプ", "No.1汚水ポンプ"),
        ("No.2汚水ポンプNo.1弁", "No.1汚水ポンプNo.2弁"),
        ("軸封水弁(1)", "軸封水弁(11)"),
        ("No.2汚水ポンプ軸封水弁(1)", "No.2汚水ポンプ軸封水弁(2)"),
        ("汚水ポンプ", "No.1汚水ポンプ"),
        ("ポンプール", "ポンプル"),
    ],
)
def test_different_things(one, other):
    assert unit_key(one) != unit_key(other)


@pytest.mark.parametrize("name", ["1号棟空調機", "2号線マンホールポンプ", "300-4型弁", "電動機"])
def test_no_unit_number(name):
    assert unit_of(name).unit_no is None


@given(st.integers(1, 40), st.integers(1, 9), st.sampled_from(["～", "〜", "~", "から"]))
def test_a_range_has_all_its_members(first, more, to):
    group = parse_group(f"No.{first}{to}{first + more}弁")
    assert group is not None
    assert [name for _, name in group.members] == [
        f"No.{number}弁" for number in range(first, first + more + 1)
    ]
    assert {unit_of(name).base for _, name in group.members} == {"弁"}


@given(st.text(alphabet="No.#号第1２3～-,・()ABポンプ系 ", max_size=20))
def test_any_name_has_a_key(name):
    group = parse_group(name)
    assert group is None or 2 <= len(group.members) <= MOST
    assert unit_key(name) == unit_key(f" {name} ")
