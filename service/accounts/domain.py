"""Who people are to the city, and what a name or a password must look like."""

import hashlib
import re
from enum import StrEnum

from service.core.errors import Conflict, Forbidden, Invalid, NotSignedIn
from service.core.i18n.marker import N_


class Role(StrEnum):
    CONTRACTOR = "contractor"
    STAFF = "staff"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLE_LABELS = {
    Role.CONTRACTOR: N_("保守管理事業者"),
    Role.STAFF: N_("市職員"),
    Role.ENGINEER: N_("計画担当"),
    Role.ADMINISTRATOR: N_("管理者"),
    Role.AUDITOR: N_("監査"),
}


class CompanyRole(StrEnum):
    MAINTENANCE = "maintenance"
    MANUFACTURER = "manufacturer"
    CONSTRUCTION = "construction"
    ELECTRICAL_SAFETY = "electrical_safety"


COMPANY_ROLE_LABELS = {
    CompanyRole.MAINTENANCE: N_("維持管理"),
    CompanyRole.MANUFACTURER: N_("製造"),
    CompanyRole.CONSTRUCTION: N_("施工"),
    CompanyRole.ELECTRICAL_SAFETY: N_("電気保安"),
}

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
PASSWORD_MIN_LENGTH = 10


class WrongPassword(NotSignedIn):
    """Says the same for an unknown name and a wrong password."""

    code = "wrong-password"
    message = N_("利用者名またはパスワードが違います。")


class AccountExpired(NotSignedIn):
    """Told only to somebody who knows the password."""

    code = "account-expired"
    message = N_(
        "この利用者名の有効期限（%(expires_on)s）が過ぎています。必要なときは管理者に延長を頼んでください。"
    )


class ExpiryMissing(Invalid):
    code = "expiry-missing"
    message = N_("監査の利用者には有効期限が必要です。")


class BadDay(Invalid):
    code = "bad-day"
    message = N_("日付は 2027-03-31 のように入力してください。")


class WeakPassword(Invalid):
    code = "weak-password"
    message = N_("パスワードは%(min_length)s文字以上にしてください。")


class BadUsername(Invalid):
    code = "bad-username"
    message = N_("利用者名は半角の英小文字・数字・「.」「_」「-」で2文字以上64文字までです。")


class CompanyMissing(Invalid):
    code = "company-missing"
    message = N_("保守管理事業者の利用者には会社を、市の利用者には会社なしを指定してください。")


class UsernameTaken(Conflict):
    code = "username-taken"
    message = N_("利用者名「%(username)s」はすでに使われています。")


class CompanyUnknown(Invalid):
    code = "company-unknown"
    message = N_("事業者コード「%(company_code)s」は登録されていません。")


class EnrolmentOver(Invalid):
    code = "enrolment-over"
    message = N_(
        "この登録用QRコードは使えません。使用済みか、15分を過ぎています。新しいQRコードを出してもらってください。"
    )


class BadPin(Invalid):
    code = "bad-pin"
    message = N_("暗証番号は数字で4桁から8桁までにしてください。")


class WrongPin(NotSignedIn):
    code = "wrong-pin"
    message = N_("暗証番号が違います。")


class PinUnset(Conflict):
    code = "pin-unset"
    message = N_("この人の暗証番号がまだ決められていません。本人の端末か画面で先に決めてください。")


class PhoneLocked(Conflict):
    code = "phone-locked"
    message = N_("暗証番号を続けて間違えたため、15分間は切り替えられません。")


class NotOnThisPhone(Forbidden):
    code = "not-on-this-phone"
    message = N_("登録した端末でだけ使えます。")


def check_pin(pin: str) -> str:
    if not re.fullmatch("[0-9]{4,8}", pin):
        raise BadPin
    return pin


def check_username(username: str) -> str:
    if not USERNAME.fullmatch(username):
        raise BadUsername
    return username


def check_password(password: str) -> str:
    if len(password) < PASSWORD_MIN_LENGTH:
        raise WeakPassword(min_length=PASSWORD_MIN_LENGTH)
    return password


def token_hash(token: str) -> bytes:
    """What is kept of a cookie or token: enough to recognise it, useless to a thief."""
    return hashlib.sha256(token.encode()).digest()
