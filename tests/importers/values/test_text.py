from importers.values.text import folded, read_text, read_words


def test_names_keep_their_width_and_long_vowels():
    reading = read_text("２号汚水ポンプ‐ル")
    assert reading == ("２号汚水ポンプ‐ル", ())


def test_blanks_and_invisible_characters_at_the_ends_go():
    reading = read_text("\u3000No.2汚水ポンプ\u200b \n")
    assert reading.value == "No.2汚水ポンプ"
    assert [change.rule for change in reading.changes] == ["trimmed"]


def test_half_width_kana_fold():
    assert folded("ﾎﾟﾝﾌﾟ") == "ポンプ"


def test_words():
    assert read_words("S01、S03,S04").value == ["S01", "S03", "S04"]
