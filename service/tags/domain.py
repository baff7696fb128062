"""QR tags: an opaque code that a person can read out, and what may become of a tag."""

import re
import secrets
import unicodedata
from enum import StrEnum

from service.core.errors import Conflict, NotFound
from service.core.i18n.marker import N_

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET = ALPHABET + "*~$=U"
CODE_LENGTH = 8
_AFTER_CODE = re.compile("[/?#]")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class TagState(StrEnum):
    """Stock is minted, printed, issued to a company; in use it is bound to a position."""

    MINTED = "minted"
    PRINTED = "printed"
    ISSUED = "issued"
    IN_USE = "in_use"
    DAMAGED = "damaged"
    LOST = "lost"
    RETIRED = "retired"
    SUPERSEDED = "superseded"


STOCK = frozenset({TagState.MINTED, TagState.PRINTED, TagState.ISSUED})

TAG_STATE_LABELS = {
    TagState.MINTED: N_("未印刷"),
    TagState.PRINTED: N_("印刷済み"),
    TagState.ISSUED: N_("交付済み"),
    TagState.IN_USE: N_("使用中"),
    TagState.DAMAGED: N_("破損"),
    TagState.LOST: N_("紛失"),
    TagState.RETIRED: N_("廃棄"),
    TagState.SUPERSEDED: N_("貼り替え済み"),
}


class TagEventKind(StrEnum):
    """What can happen to a tag; most are named as the state that follows."""

    MINTED = "minted"
    PRINTED = "printed"
    ISSUED = "issued"
    BOUND = "bound"
    UNBOUND = "unbound"
    DAMAGED = "damaged"
    LOST = "lost"
    RETIRED = "retired"
    SUPERSEDED = "superseded"
    DISPUTED = "disputed"
    RECHECKED = "rechecked"
    REPRINT_WANTED = "reprint_wanted"


TAG_EVENT_LABELS = {
    TagEventKind.MINTED: N_("作成"),
    TagEventKind.PRINTED: N_("印刷"),
    TagEventKind.ISSUED: N_("交付"),
    TagEventKind.BOUND: N_("設置箇所に割当"),
    TagEventKind.UNBOUND: N_("割当を取消"),
    TagEventKind.DAMAGED: N_("破損"),
    TagEventKind.LOST: N_("紛失"),
    TagEventKind.RETIRED: N_("廃棄"),
    TagEventKind.SUPERSEDED: N_("貼り替え"),
    TagEventKind.DISPUTED: N_("「この機器ではない」との申告"),
    TagEventKind.RECHECKED: N_("現地で確認"),
    TagEventKind.REPRINT_WANTED: N_("刷り直しを依頼"),
}
DISPUTES_TO_RECHECK = 2


class RunState(StrEnum):
    """A print run: ``refused`` when a symbol did not read back as it should."""

    WAITING = "waiting"
    DRAWING = "drawing"
    READY = "ready"
    REFUSED = "refused"
    FAILED = "failed"


RUN_STATE_LABELS = {
    RunState.WAITING: N_("順番待ち"),
    RunState.DRAWING: N_("作成中"),
    RunState.READY: N_("印刷できます"),
    RunState.REFUSED: N_("検査で不合格"),
    RunState.FAILED: N_("作成できませんでした"),
}


class UnknownTag(NotFound):
    """Unknown and retired-without-successor look the same from outside."""

    code = "unknown-tag"
    message = N_("このQRタグは登録されていません。番号を確かめてください。")


class TagTaken(Conflict):
    code = "tag-taken"
    message = N_("このQRタグはすでに別の設置箇所に割り当てられています。")


def _check_value(body: str) -> int:
    """Crockford's check symbol is the number modulo 37; only its first 32 values are kept.

    Codes whose check symbol would be one of ``*~$=U`` are never minted: those signs cannot be
    read out on a telephone and are not all in the alphanumeric mode of a QR code.
    """
    value = 0
    for character in body:
        value = value * 32 + ALPHABET.index(character)
    return value % 37


def with_check(body: str) -> str:
    return body + CHECK_ALPHABET[_check_value(body)]


def mint_code() -> str:
    """Eight random characters (40 bits) and the check character; it means nothing."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if _check_value(body) < len(ALPHABET):
            return with_check(body)


def read_code(typed: str) -> str:
    """The code as printed, from what was scanned or typed (case, width, dashes, O/0, I/1).

    The whole address is read too, whatever its host is and with or without a scheme: a tag may
    have been printed under a name that the service has given up since.

    Raises:
        UnknownTag: when it cannot be a code of ours (length, alphabet or check character).
    """
    text = unicodedata.normalize("NFKC", typed).strip().upper()
    _, found, rest = text.rpartition("/T/")
    if found:
        text = _AFTER_CODE.split(rest, maxsplit=1)[0]
    code = text.replace("-", "").replace(" ", "").translate(_LOOKALIKES)
    if len(code) != CODE_LENGTH + 1 or any(c not in ALPHABET for c in code):
        raise UnknownTag
    if with_check(code[:-1]) != code:
        raise UnknownTag
    return code


def grouped(code: str) -> str:
    """As printed beside the symbol: 7K3M-9QXA-B."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
