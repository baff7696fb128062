"""The main navigation. An entry is shown to those who hold its permission."""

from dataclasses import dataclass

from service.core.i18n.marker import N_


@dataclass(frozen=True)
class NavItem:
    """``key`` is what a page names in its block ``nav_active``."""

    key: str
    label: str
    href: str
    permission: str
    icon: str


NAVIGATION = (
    NavItem("inbox", N_("受信箱"), "/inbox", "cases.handle", "inbox"),
    NavItem("cases", N_("案件"), "/cases", "cases.read", "report"),
    NavItem("work", N_("対応依頼"), "/work", "reports.file", "wrench"),
    NavItem("approvals", N_("決裁待ち"), "/approvals", "cases.handle", "check"),
    NavItem("positions", N_("設備台帳"), "/positions", "registry.read", "pump"),
    NavItem("facilities", N_("施設"), "/facilities", "registry.read", "building"),
    NavItem("analytics", N_("分析"), "/analytics/failure-rate", "analytics.read", "chart"),
    NavItem("imports", N_("データ取込"), "/imports", "imports.manage", "upload"),
    NavItem("tags", N_("QRタグ"), "/tags", "tags.manage", "qr"),
    NavItem("admin", N_("管理"), "/admin/users", "users.manage", "gear"),
)
