from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.tags.domain import ALPHABET, UnknownTag, grouped, mint_code, read_code, with_check

codes = st.builds(lambda _: mint_code(), st.integers())


def is_refused(typed: str) -> bool:
    try:
        read_code(typed)
    except UnknownTag:
        return True
    return False


@given(codes)
def test_every_single_wrong_character_is_found(code: str) -> None:
    undetected = [
        wrong
        for place, right in enumerate(code)
        for other in ALPHABET
        if other != right and not is_refused(wrong := code[:place] + other + code[place + 1 :])
    ]
    assert undetected == []


@given(codes)
def test_every_swap_of_neighbours_is_found(code: str) -> None:
    undetected = [
        swapped
        for place, (left, right) in enumerate(pairwise(code))
        if left != right
        and not is_refused(swapped := code[:place] + right + left + code[place + 2 :])
    ]
    assert undetected == []


@given(codes, st.sampled_from([str.lower, grouped, lambda c: f" {c} ", "-".join]))
def test_a_code_is_read_however_it_is_written(code: str, writing: object) -> None:
    assert read_code(writing(code)) == code  # type: ignore[operator]


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert read_code("oOoOoOoIl") == with_check("00000001") == "000000011"


@given(st.text(max_size=20))
def test_any_text_is_a_code_of_ours_or_unknown(typed: str) -> None:
    if not is_refused(typed):
        assert with_check(read_code(typed)[:-1]) == read_code(typed)


@pytest.mark.parametrize(
    "typed", ["", "7K3M9QXA", "7K3M9QXAUU", "ＡＢＣ", "UUUUUUUUU", "*~$=U*~$="]
)
def test_what_cannot_be_a_code_is_an_unknown_tag(typed: str) -> None:
    assert is_refused(typed)


@pytest.mark.parametrize(
    "scanned",
    [
        "HTTPS://GESUI.EXAMPLE.LG.JP/T/{code}",
        "https://an-old-name.example.jp/t/{lower}",
        "gesui.example.lg.jp/T/{code}",
        "http://192.0.2.7:8000/T/{grouped}?x=1#top",
        "HTTPS://GESUI.EXAMPLE.LG.JP/T/{code}/",
        " {lower} ",
        "{wide}",
    ],
)
def test_a_code_is_read_from_whatever_a_tag_of_any_year_says(scanned: str) -> None:
    code = mint_code()
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    text = scanned.format(code=code, lower=code.lower(), grouped=grouped(code), wide=wide)
    assert read_code(text) == code


def test_an_address_of_somebody_else_is_no_tag() -> None:
    for text in ("https://shop.example.com/T/", "https://shop.example.com/sale", "/T/123"):
        with pytest.raises(UnknownTag):
            read_code(text)
