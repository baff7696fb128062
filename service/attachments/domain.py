"""Photos and files: what they show, how large they may be, and how they are named in the store."""

from enum import StrEnum
from uuid import UUID

from service.core.errors import Conflict, Invalid, UnsupportedContent
from service.core.i18n.marker import N_


class AttachmentKind(StrEnum):
    OVERVIEW = "overview"
    NAMEPLATE = "nameplate"
    FAULT = "fault"
    ALARM_SCREEN = "alarm_screen"
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    DRAWING = "drawing"
    QUOTATION = "quotation"
    MANUAL = "manual"
    OTHER = "other"


ATTACHMENT_KIND_LABELS = {
    AttachmentKind.OVERVIEW: N_("全景"),
    AttachmentKind.NAMEPLATE: N_("銘板"),
    AttachmentKind.FAULT: N_("故障部"),
    AttachmentKind.ALARM_SCREEN: N_("警報画面"),
    AttachmentKind.BEFORE: N_("処置前"),
    AttachmentKind.DURING: N_("処置中"),
    AttachmentKind.AFTER: N_("処置後"),
    AttachmentKind.DRAWING: N_("図面"),
    AttachmentKind.QUOTATION: N_("見積"),
    AttachmentKind.MANUAL: N_("取扱説明書"),
    AttachmentKind.OTHER: N_("その他の添付"),
}


class MaskReason(StrEnum):
    """Why a part of a photo is hidden."""

    FACE = "face"
    PLATE = "plate"
    PERSONAL = "personal"
    OTHER = "other"


MASK_REASON_LABELS = {
    MaskReason.FACE: N_("人の顔・姿"),
    MaskReason.PLATE: N_("車のナンバー"),
    MaskReason.PERSONAL: N_("氏名・住所などの個人情報"),
    MaskReason.OTHER: N_("その他の理由"),
}


class Derivative(StrEnum):
    """Pictures made from the original; the original's bytes never change."""

    THUMBNAIL = "thumbnail"
    SCREEN = "screen"


DERIVATIVE_EDGE_PX = {Derivative.THUMBNAIL: 320, Derivative.SCREEN: 1600}


class EmptyFile(Invalid):
    code = "empty-file"
    message = N_("ファイルの中身が空です。撮り直すか、別のファイルを選んでください。")


class NotAPhoto(UnsupportedContent):
    code = "not-a-photo"
    message = N_("写真として読めないファイルです。JPEG・PNG・WebP・HEICの写真を送ってください。")


class HashMismatch(Invalid):
    code = "hash-mismatch"
    message = N_("届いた内容が送信元のハッシュと一致しません。もう一度送ってください。")


class NotAnnounced(Conflict):
    code = "photo-not-announced"
    message = N_("この報告に含まれていない写真です。報告の送信からやり直してください。")


class NoPicture(Invalid):
    code = "no-picture"
    message = N_("写真ではないファイルです。隠す範囲は写真にだけ指定できます。")


def store_key(sha256: str) -> str:
    """Two folder levels keep every folder below a few thousand entries."""
    return f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def derivative_key(sha256: str, derivative: Derivative) -> str:
    return f"derivatives/{derivative.value}/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"


def masked_key(mask_id: UUID, derivative: Derivative) -> str:
    """Named by the mask: what was shown before a change is never mistaken for what is shown now."""
    return f"masked/{derivative.value}/{str(mask_id)[:2]}/{mask_id}.jpg"
