"""The character code of a text file, decided before anything is parsed.

Nothing is ever replaced: a file that no strict decoder accepts is refused.
"""

import codecs

from importers.errors import NotATable, UnknownEncoding

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NUL_SHARE_OF_UTF16 = 0.2
_SAMPLE_BYTES = 4096
_PART_BYTES = 1 << 20
_SEPARATORS = b"\t\n\r,"


def encoding_of(content: bytes, wanted: str | None = None) -> str:
    """The encoding in which every byte makes sense; ``wanted`` overrules what bytes look like.

    Raises:
        UnknownEncoding: when no strict reading succeeds, with the line of the first bad byte.
        NotATable: when the bytes are no text at all.
    """
    farthest, sort = -1, ""
    for candidate in (wanted,) if wanted else _candidates(content):
        bad = _first_bad_byte(content, candidate)
        if bad is None:
            return candidate
        if bad >= farthest:
            farthest, sort = bad, candidate
    line = content.count(b"\n", 0, max(farthest, 0)) + 1
    raise UnknownEncoding(line=str(line), encoding=sort)


def _first_bad_byte(content: bytes, encoding: str) -> int | None:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        return 0
    for start in range(0, len(content), _PART_BYTES):
        part = content[start : start + _PART_BYTES]
        try:
            text = decoder.decode(part, final=start + _PART_BYTES >= len(content))
        except UnicodeDecodeError as error:
            return start + error.start
        if "\x00" in text:
            raise NotATable
    return None


def _candidates(content: bytes) -> tuple[str, ...]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return (encoding,)
    utf16 = _utf16_without_bom(content[:_SAMPLE_BYTES])
    if utf16:
        return (utf16,)
    return ("utf-8", "cp932")


def _utf16_without_bom(sample: bytes) -> str | None:
    """Excel's 「Unicode テキスト」 that lost its BOM: every ASCII character brings a NUL."""
    pairs = len(sample) // 2
    if pairs == 0:
        return None
    even, odd = sample[0::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if max(even, odd) < _NUL_SHARE_OF_UTF16 or min(even, odd) > max(even, odd) / 4:
        return None
    nul_at = 1 if odd > even else 0
    marks = [at for at, byte in enumerate(sample[: pairs * 2]) if byte in _SEPARATORS]
    padded = sum(sample[at ^ 1] == 0 and at % 2 != nul_at for at in marks)
    if padded * 2 <= len(marks):
        return None
    return "utf-16-le" if nul_at else "utf-16-be"
