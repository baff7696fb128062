"""The closed sets of words on reports, cases and responses, with their labels."""

from enum import StrEnum

from service.core.i18n.marker import N_


class OccurredPrecision(StrEnum):
    EXACT = "exact"
    HOUR = "hour"
    DAY = "day"
    ESTIMATED = "estimated"


OCCURRED_PRECISION_LABELS = {
    OccurredPrecision.EXACT: N_("正確"),
    OccurredPrecision.HOUR: N_("時間単位"),
    OccurredPrecision.DAY: N_("日単位"),
    OccurredPrecision.ESTIMATED: N_("推定"),
}


class Detection(StrEnum):
    """How the fault came to notice (ISO 14224 detection method)."""

    ALARM = "alarm"
    PATROL = "patrol"
    STATUTORY_INSPECTION = "statutory_inspection"
    RESIDENT = "resident"
    OPERATION = "operation"
    OTHER = "other"


DETECTION_LABELS = {
    Detection.ALARM: N_("警報"),
    Detection.PATROL: N_("巡回点検"),
    Detection.STATUTORY_INSPECTION: N_("法定点検"),
    Detection.RESIDENT: N_("住民通報"),
    Detection.OPERATION: N_("運転中の気付き"),
    Detection.OTHER: N_("その他の契機"),
}


class AlarmClass(StrEnum):
    MAJOR = "major"
    MINOR = "minor"
    NONE = "none"


ALARM_CLASS_LABELS = {
    AlarmClass.MAJOR: N_("重故障"),
    AlarmClass.MINOR: N_("軽故障"),
    AlarmClass.NONE: N_("警報なし"),
}


class OperationEffect(StrEnum):
    STOPPED = "stopped"
    REDUCED = "reduced"
    ON_STANDBY = "on_standby"
    NONE = "none"


OPERATION_EFFECT_LABELS = {
    OperationEffect.STOPPED: N_("停止"),
    OperationEffect.REDUCED: N_("能力低下"),
    OperationEffect.ON_STANDBY: N_("予備機で継続"),
    OperationEffect.NONE: N_("影響なし"),
}


class EnvironmentEffect(StrEnum):
    OVERFLOW = "overflow"
    DISCHARGE = "discharge"
    ODOUR = "odour"
    NOISE = "noise"
    NONE = "none"


ENVIRONMENT_EFFECT_LABELS = {
    EnvironmentEffect.OVERFLOW: N_("溢水"),
    EnvironmentEffect.DISCHARGE: N_("未処理放流"),
    EnvironmentEffect.ODOUR: N_("臭気"),
    EnvironmentEffect.NOISE: N_("騒音"),
    EnvironmentEffect.NONE: N_("周辺への影響なし"),
}


class Urgency(StrEnum):
    S = "S"
    A = "A"
    B = "B"
    C = "C"


URGENCY_LABELS = {
    Urgency.S: N_("S 直ちに"),
    Urgency.A: N_("A 当日中"),
    Urgency.B: N_("B 計画的に"),
    Urgency.C: N_("C 経過観察"),
}


class ReportKind(StrEnum):
    FIRST = "first"
    FOLLOW_UP = "follow_up"
    FINAL = "final"
    CORRECTION = "correction"
    MONTHLY = "monthly"


REPORT_KIND_LABELS = {
    ReportKind.FIRST: N_("速報"),
    ReportKind.FOLLOW_UP: N_("続報"),
    ReportKind.FINAL: N_("完了報告"),
    ReportKind.CORRECTION: N_("訂正"),
    ReportKind.MONTHLY: N_("月報"),
}


class EntryMode(StrEnum):
    TAG = "tag"
    SEARCH = "search"
    TYPED = "typed"
    ON_BEHALF = "on_behalf"
    IMPORTED = "imported"


ENTRY_MODE_LABELS = {
    EntryMode.TAG: N_("QR読取"),
    EntryMode.SEARCH: N_("検索"),
    EntryMode.TYPED: N_("手入力"),
    EntryMode.ON_BEHALF: N_("代行入力（電話）"),
    EntryMode.IMPORTED: N_("取込"),
}


class ResponseKind(StrEnum):
    ACCEPTANCE = "acceptance"
    INSTRUCTION = "instruction"
    SITE_CHECK = "site_check"
    TEMPORARY_FIX = "temporary_fix"
    INVESTIGATION = "investigation"
    QUOTATION = "quotation"
    ORDER = "order"
    PERMANENT_FIX = "permanent_fix"
    CONFIRMATION = "confirmation"
    OBSERVATION = "observation"


RESPONSE_KIND_LABELS = {
    ResponseKind.ACCEPTANCE: N_("受付記録"),
    ResponseKind.INSTRUCTION: N_("指示"),
    ResponseKind.SITE_CHECK: N_("現地確認"),
    ResponseKind.TEMPORARY_FIX: N_("応急処置"),
    ResponseKind.INVESTIGATION: N_("調査"),
    ResponseKind.QUOTATION: N_("見積依頼"),
    ResponseKind.ORDER: N_("発注"),
    ResponseKind.PERMANENT_FIX: N_("恒久対策"),
    ResponseKind.CONFIRMATION: N_("確認"),
    ResponseKind.OBSERVATION: N_("経過観察"),
}


class ActorType(StrEnum):
    STAFF = "staff"
    CONTRACTOR = "contractor"
    MANUFACTURER = "manufacturer"


ACTOR_TYPE_LABELS = {
    ActorType.STAFF: N_("職員"),
    ActorType.CONTRACTOR: N_("受託者"),
    ActorType.MANUFACTURER: N_("メーカー"),
}


class ActionCode(StrEnum):
    """Maintenance activity of ISO 14224 table B.5, in the words of the city's form."""

    REPLACE = "replace"
    REPAIR = "repair"
    ADJUST = "adjust"
    CLEAN = "clean"
    REMOVE = "remove"
    LUBRICATE = "lubricate"
    MODIFY = "modify"
    MONITOR = "monitor"
    SWITCH_OVER = "switch_over"
    OTHER = "other"


ACTION_CODE_LABELS = {
    ActionCode.REPLACE: N_("交換"),
    ActionCode.REPAIR: N_("修理"),
    ActionCode.ADJUST: N_("調整"),
    ActionCode.CLEAN: N_("清掃"),
    ActionCode.REMOVE: N_("除去"),
    ActionCode.LUBRICATE: N_("給油"),
    ActionCode.MODIFY: N_("改造"),
    ActionCode.MONITOR: N_("監視"),
    ActionCode.SWITCH_OVER: N_("切替"),
    ActionCode.OTHER: N_("その他の処置"),
}


class ExpenditureClass(StrEnum):
    REPAIR_EXPENSE = "repair_expense"
    CAPITAL = "capital"
    UNDECIDED = "undecided"


EXPENDITURE_CLASS_LABELS = {
    ExpenditureClass.REPAIR_EXPENSE: N_("修繕費"),
    ExpenditureClass.CAPITAL: N_("資本的支出"),
    ExpenditureClass.UNDECIDED: N_("未定"),
}


class CauseGroup(StrEnum):
    AGEING = "ageing"
    FOREIGN_MATTER = "foreign_matter"
    CORROSIVE_ENVIRONMENT = "corrosive_environment"
    DESIGN = "design"
    INSTALLATION = "installation"
    OPERATION = "operation"
    MAINTENANCE = "maintenance"
    POWER_LIGHTNING = "power_lightning"
    RAIN_DISASTER = "rain_disaster"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"


CAUSE_GROUP_LABELS = {
    CauseGroup.AGEING: N_("経年劣化"),
    CauseGroup.FOREIGN_MATTER: N_("異物混入"),
    CauseGroup.CORROSIVE_ENVIRONMENT: N_("水質・腐食環境"),
    CauseGroup.DESIGN: N_("設計・製作不良"),
    CauseGroup.INSTALLATION: N_("施工不良"),
    CauseGroup.OPERATION: N_("操作・運転"),
    CauseGroup.MAINTENANCE: N_("保守不良"),
    CauseGroup.POWER_LIGHTNING: N_("電源・落雷"),
    CauseGroup.RAIN_DISASTER: N_("降雨・災害"),
    CauseGroup.THIRD_PARTY: N_("第三者"),
    CauseGroup.UNKNOWN: N_("原因不明"),
}


class ApprovalRole(StrEnum):
    OFFICER = "officer"
    CHIEF = "chief"
    DEPUTY_MANAGER = "deputy_manager"
    MANAGER = "manager"
    DIRECTOR = "director"


class Decision(StrEnum):
    APPROVED = "approved"
    RETURNED = "returned"
    PROXY = "proxy"
    POST_REVIEW = "post_review"
    CIRCULATED = "circulated"
    WITHDRAWN = "withdrawn"


class ApprovalTarget(StrEnum):
    CASE = "case"
    RESPONSE = "response"
    IMPORT = "import"
    LEDGER_CHANGE = "ledger_change"
