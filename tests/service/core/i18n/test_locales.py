import pytest

from service.core.i18n.locales import Locale


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("en", Locale.EN),
        ("en-GB", Locale.EN),
        ("EN_us", Locale.EN),
        ("ja-JP", Locale.JA),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_a_tag_is_read_by_its_language(tag: str | None, locale: Locale | None):
    assert Locale.parse(tag) is locale


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", Locale.JA),
        ("fr,de;q=0.9", Locale.JA),
        ("en-US,en;q=0.9,ja;q=0.8", Locale.EN),
        ("fr, en;q=0.3, ja;q=0.4", Locale.JA),
        ("ja;q=0, en;q=0.1", Locale.EN),
        ("en;q=much", Locale.JA),
    ],
)
def test_the_browser_gets_the_best_language_on_offer(header: str, locale: Locale):
    assert Locale.negotiate(header) is locale


def test_each_language_offers_the_other_under_its_own_name():
    assert Locale.JA.other.own_name == "English"
    assert Locale.EN.other.own_name == "日本語"
