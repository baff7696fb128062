import pytest

from service.core.i18n.catalogue import ngettext, translate
from service.core.i18n.locales import Locale

TOO_LARGE = "ファイルが大きすぎます。%(limit_mb)s MBまでにしてください。"
ERRORS = "入力内容に %(num)s 件の誤りがあります"


def test_japanese_is_the_text_itself():
    assert translate("案件", Locale.JA) == "案件"


def test_english_comes_from_the_fragments():
    assert translate("案件", Locale.EN) == "Cases"


def test_gaps_are_filled_in_both_languages():
    assert translate(TOO_LARGE, Locale.JA, limit_mb=40).endswith("40 MBまでにしてください。")
    assert translate(TOO_LARGE, Locale.EN, limit_mb=40).endswith("The limit is 40 MB.")


def test_a_text_without_values_keeps_its_percent_sign():
    assert translate("稼働率（%）", Locale.JA) == "稼働率（%）"


def test_an_unknown_text_is_shown_as_it_is():
    assert translate("カタログにない文", Locale.EN) == "カタログにない文"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "1 value needs to be corrected"), (0, "0 values need to be corrected")],
)
def test_english_counts(count: int, shown: str):
    assert ngettext(ERRORS, ERRORS, count, Locale.EN) == shown


def test_japanese_has_one_form():
    assert ngettext(ERRORS, ERRORS, 2, Locale.JA) == "入力内容に 2 件の誤りがあります"


def test_an_unknown_text_that_counts_takes_the_given_plural():
    assert ngettext("%(num)s box", "%(num)s boxes", 3, Locale.EN) == "3 boxes"
