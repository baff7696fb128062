"""What can go wrong, in the words of the domain.

An error carries a stable ``code``, a Japanese sentence (the message id of the catalogue) and the
values for its gaps. It knows no HTTP: `service.core.http.problems` maps families to a status.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.core.i18n.marker import N_


@dataclass(frozen=True)
class FieldError:
    """One thing wrong in one place; ``pointer`` is a JSON pointer into the request body."""

    pointer: str
    message: str
    code: str = "invalid"


class DomainError(Exception):
    code = "error"
    message = N_("処理できませんでした。")

    def __init__(self, *, errors: Sequence[FieldError] = (), **params: object) -> None:
        super().__init__(self.code)
        self.params = params
        self.errors = tuple(errors)

    def __str__(self) -> str:
        try:
            return f"{self.code}: {self.message % self.params}"
        except (KeyError, ValueError):
            return f"{self.code}: {self.params}"


class NotFound(DomainError):
    code = "not-found"
    message = N_("見つかりませんでした。番号やアドレスを確かめてください。")


class Conflict(DomainError):
    code = "conflict"
    message = N_("ほかの記録と矛盾するため、保存しませんでした。")


class Invalid(DomainError):
    """The values are readable but break a rule."""

    code = "invalid"
    message = N_("入力内容に誤りがあります。")


class Forbidden(DomainError):
    code = "forbidden"
    message = N_("この操作をする権限がありません。")


class NotSignedIn(DomainError):
    code = "not-signed-in"
    message = N_("ログインしてください。")


class Stale(DomainError):
    code = "stale"
    message = N_("ほかの人が先に変更しました。最新の内容を確かめて、もう一度操作してください。")


class PreconditionMissing(DomainError):
    code = "precondition-required"
    message = N_("変更するには If-Match が必要です。先に最新の内容を読み込んでください。")


class TooLarge(DomainError):
    code = "too-large"
    message = N_("ファイルが大きすぎます。%(limit_mb)s MBまでにしてください。")


class UnsupportedContent(DomainError):
    code = "unsupported-content"
    message = N_("この形式のファイルは扱えません。")


class TooManyRequests(DomainError):
    code = "too-many-requests"
    message = N_("操作が続きすぎています。%(retry_after_s)s 秒ほど待ってからやり直してください。")


class Unavailable(DomainError):
    """Something the service leans on is away; the request may be sent again unchanged."""

    code = "unavailable"
    message = N_(
        "ただいま利用できません。しばらくしてからやり直してください。入力内容は保存されていません。"
    )
