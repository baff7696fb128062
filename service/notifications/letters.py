"""The sentences of messages and the text of mails, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from service.core.i18n import dates
from service.core.i18n.catalogue import ngettext, translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.faults.approval_domain import APPROVAL_ROLE_LABELS
from service.faults.domain import CASE_STATE_LABELS, RESPONSE_KIND_LABELS
from service.notifications.domain import KIND_LABELS, REASON_LABELS, Kind, Reason

FORMS = {
    "report": N_("%(place)s の故障報告が届きました（%(case_no)s）"),
    "emergency": N_("【緊急】%(place)s の故障報告が届きました（%(case_no)s）"),
    "escalated": N_(
        "【緊急・未受付】%(place)s の報告が%(minutes)s分たっても受け付けられていません"
        "（%(case_no)s）"
    ),
    "case_state": N_("%(place)s の案件が「%(state)s」になりました（%(case_no)s）"),
    "case_company": N_("%(place)s の案件の担当会社が変わりました（%(case_no)s）"),
    "response": N_("%(place)s に対応記録「%(response_kind)s」が加わりました（%(case_no)s）"),
    "approval": N_("%(place)s の案件が「%(role)s」の決裁を待っています（%(case_no)s）"),
    "circulated": N_("%(place)s の決裁済の案件が供覧されています（%(case_no)s）"),
    "approved": N_("%(place)s の案件が決裁されました（%(case_no)s）"),
    "returned": N_("%(place)s の案件が差し戻されました（%(case_no)s）"),
    "target": N_("%(place)s の報告が応答目標の時間を過ぎても受け付けられていません（%(case_no)s）"),
    "ageing": N_("%(place)s の案件が%(days)s日のあいだ動いていません（%(case_no)s）"),
    "work_request": N_("%(place)s の対応を市から依頼されました（%(case_no)s）"),
    "work_changed": N_("%(place)s の対応依頼に動きがありました（%(case_no)s）"),
    "citizen": N_("市民からの連絡が届きました（受付番号 %(receipt_no)s）"),
    "tag": N_("QRタグ %(tag_code)s（%(place)s）に「この機器ではない」との知らせが続きました"),
    "scheduled": N_("保存した集計「%(name)s」に先月までの分が加わりました"),
    "webhook": N_("Webhook「%(name)s」への送信を、失敗が続いたため止めました"),
    "mail": N_("送れなかったメールがあります"),
}
_WORDS: dict[str, Mapping[Any, str]] = {
    "state": CASE_STATE_LABELS,
    "response_kind": RESPONSE_KIND_LABELS,
    "role": APPROVAL_ROLE_LABELS,
}
_CONTROLS = dict.fromkeys(range(32), " ") | {127: " "}
MAX_SUBJECT = 200


def sentence(facts: Mapping[str, Any], locale: Locale) -> str:
    """What happened, in one sentence."""
    values = {
        name: translate(_WORDS[name][value], locale) if name in _WORDS else value
        for name, value in facts.items()
    }
    return one_line(translate(FORMS[facts["form"]], locale, **values))


def one_line(text: str) -> str:
    """No line break reaches a header, whatever somebody has named a place."""
    return " ".join(text.translate(_CONTROLS).split())


def sender(locale: Locale) -> str:
    return translate("下水簿", locale)


def reason_line(reason: str, locale: Locale) -> str:
    return translate(
        N_("この通知は、%(reason)s届きました。"),
        locale,
        reason=translate(REASON_LABELS[Reason(reason)], locale),
    )


def subject(items: Sequence[RowMapping], locale: Locale) -> str:
    """The sentence itself; the number of messages when there are several."""
    if len(items) == 1:
        return f"[{translate('下水簿', locale)}] {sentence(items[0]['facts'], locale)}"[
            :MAX_SUBJECT
        ]
    text = N_("%(num)s 件の知らせをまとめてお届けします")
    return f"[{translate('下水簿', locale)}] " + ngettext(text, text, len(items), locale)


def body(
    items: Sequence[RowMapping],
    locale: Locale,
    *,
    base_url: str,
    off_links: Mapping[Kind, str],
) -> str:
    """Plain text: each message with its time, link and reason; how to switch each kind off."""
    lines: list[str] = []
    for item in items:
        lines += _item(item, locale, base_url)
    lines.append("-- ")
    for kind, link in off_links.items():
        label = translate(KIND_LABELS[kind], locale)
        lines.append(translate(N_("「%(kind)s」のメールを止める:"), locale, kind=label))
        lines.append(link)
    lines.append(translate(N_("通知の設定:"), locale))
    lines.append(f"{base_url}/notifications/settings")
    return "\n".join(lines) + "\n"


def _item(item: RowMapping, locale: Locale, base_url: str) -> list[str]:
    facts = item["facts"]
    lines = [sentence(facts, locale), dates.jst(item["created_at"], locale)]
    if facts.get("by"):
        lines.append(translate(N_("操作した人: %(name)s"), locale, name=one_line(facts["by"])))
    return [*lines, base_url + facts["href"], reason_line(item["reason"], locale), ""]


def confirmation(locale: Locale, *, name: str, link: str) -> tuple[str, str]:
    """Subject and text of the mail that asks whether an address is its owner's."""
    head = translate(N_("[下水簿] メールアドレスの確認"), locale)
    text = translate(
        N_(
            "%(name)s さんの通知先として、このメールアドレスが登録されました。\n"
            "次のページを開いて「確認する」を押すと、通知が届くようになります。\n\n"
            "%(link)s\n\n"
            "心当たりのない場合は、何もしないでください。通知は届きません。\n"
        ),
        locale,
        name=one_line(name),
        link=link,
    )
    return head, text
