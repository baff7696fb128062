import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.errors import NotATable, UnknownEncoding
from importers.reading.encoding import encoding_of

TEXT = "施設コード,機器名称\nTJ,①㈱髙﨑ポンプ～表予十ソ能\n"


def decode(content: bytes) -> tuple[str, str]:
    encoding = encoding_of(content)
    return content.decode(encoding), encoding


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_same_text_from_every_encoding(content, encoding):
    assert decode(content) == (TEXT, encoding)


def test_bytes_that_no_strict_decoder_takes_are_refused():
    with pytest.raises(UnknownEncoding):
        decode("表".encode() + b"\xff\xfe\x80\x81,")


def test_nul_is_no_text():
    with pytest.raises(NotATable):
        decode(b"a,b\n1,\x00\n" * 40)


@given(
    st.text(alphabet=st.characters(codec="cp932", exclude_characters="\x00¢£¬‖−〜"), max_size=60)
)
def test_cp932_text_comes_back_or_was_utf8_as_well(text):
    content = ("施設," + text).encode("cp932")
    decoded, encoding = decode(content)
    assert decoded.encode(encoding) == content
