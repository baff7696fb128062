"""The words of the equipment registry and the rules that hold between its records."""

from enum import StrEnum

from service.core.errors import Conflict, Invalid
from service.core.i18n.marker import N_


class FacilityType(StrEnum):
    TREATMENT_PLANT = "treatment_plant"
    PUMP_STATION = "pump_station"
    MANHOLE_PUMP = "manhole_pump"
    STORAGE_PIPE = "storage_pipe"
    RETENTION_BASIN = "retention_basin"
    GATE = "gate"
    OBSERVATION = "observation"
    OTHER = "other"


FACILITY_TYPE_LABELS = {
    FacilityType.TREATMENT_PLANT: N_("浄化センター"),
    FacilityType.PUMP_STATION: N_("ポンプ場"),
    FacilityType.MANHOLE_PUMP: N_("マンホールポンプ"),
    FacilityType.STORAGE_PIPE: N_("貯留管"),
    FacilityType.RETENTION_BASIN: N_("調整池"),
    FacilityType.GATE: N_("樋門・ゲート"),
    FacilityType.OBSERVATION: N_("観測局"),
    FacilityType.OTHER: N_("その他の施設"),
}


class DrainageType(StrEnum):
    COMBINED = "combined"
    SEPARATE_FOUL = "separate_foul"
    SEPARATE_STORM = "separate_storm"


DRAINAGE_TYPE_LABELS = {
    DrainageType.COMBINED: N_("合流"),
    DrainageType.SEPARATE_FOUL: N_("分流汚水"),
    DrainageType.SEPARATE_STORM: N_("分流雨水"),
}


class Lifecycle(StrEnum):
    """State of a facility or of a position."""

    IN_USE = "in_use"
    SUSPENDED = "suspended"
    ABOLISHED = "abolished"


LIFECYCLE_LABELS = {
    Lifecycle.IN_USE: N_("使用"),
    Lifecycle.SUSPENDED: N_("休止"),
    Lifecycle.ABOLISHED: N_("廃止"),
}


class LocationKind(StrEnum):
    TRAIN = "train"
    BUILDING = "building"
    FLOOR = "floor"
    ROOM = "room"
    BASIN = "basin"
    OUTDOORS = "outdoors"


LOCATION_KIND_LABELS = {
    LocationKind.TRAIN: N_("系列"),
    LocationKind.BUILDING: N_("棟"),
    LocationKind.FLOOR: N_("階"),
    LocationKind.ROOM: N_("室"),
    LocationKind.BASIN: N_("池"),
    LocationKind.OUTDOORS: N_("屋外"),
}


class Discipline(StrEnum):
    MECHANICAL = "mechanical"
    ELECTRICAL = "electrical"
    INSTRUMENTATION = "instrumentation"
    CIVIL = "civil"
    ARCHITECTURAL = "architectural"


DISCIPLINE_LABELS = {
    Discipline.MECHANICAL: N_("機械"),
    Discipline.ELECTRICAL: N_("電気"),
    Discipline.INSTRUMENTATION: N_("計装"),
    Discipline.CIVIL: N_("土木"),
    Discipline.ARCHITECTURAL: N_("建築"),
}


class MaintenanceType(StrEnum):
    """EN 13306: condition-based, predetermined, corrective."""

    CONDITION_BASED = "condition_based"
    PREDETERMINED = "predetermined"
    CORRECTIVE = "corrective"


MAINTENANCE_TYPE_LABELS = {
    MaintenanceType.CONDITION_BASED: N_("状態監視保全"),
    MaintenanceType.PREDETERMINED: N_("時間計画保全"),
    MaintenanceType.CORRECTIVE: N_("事後保全"),
}


class ExposureUnit(StrEnum):
    CALENDAR_YEAR = "calendar_year"
    RUN_HOUR = "run_hour"
    START = "start"


EXPOSURE_UNIT_LABELS = {
    ExposureUnit.CALENDAR_YEAR: N_("暦年"),
    ExposureUnit.RUN_HOUR: N_("運転時間"),
    ExposureUnit.START: N_("始動回数"),
}


class Criticality(StrEnum):
    A = "A"
    B = "B"
    C = "C"


class Redundancy(StrEnum):
    STANDBY = "standby"
    NONE = "none"
    ALTERNATING = "alternating"


REDUNDANCY_LABELS = {
    Redundancy.STANDBY: N_("予備機あり"),
    Redundancy.NONE: N_("予備機なし"),
    Redundancy.ALTERNATING: N_("交互運転"),
}


# 5 is good. Sewers are graded the other way round, so the word always goes with the digit.
HEALTH_LABELS = {
    5: N_("問題なし"),
    4: N_("劣化の兆候"),
    3: N_("劣化が進行"),
    2: N_("機能停止のおそれ"),
    1: N_("機能停止"),
}


class InstallationKind(StrEnum):
    NEW = "new"
    RENEWAL = "renewal"
    RELOCATION = "relocation"
    TEMPORARY = "temporary"
    FROM_STOCK = "from_stock"
    RETURNED = "returned"


INSTALLATION_KIND_LABELS = {
    InstallationKind.NEW: N_("新設"),
    InstallationKind.RENEWAL: N_("更新"),
    InstallationKind.RELOCATION: N_("移設"),
    InstallationKind.TEMPORARY: N_("仮設"),
    InstallationKind.FROM_STOCK: N_("予備品払出"),
    InstallationKind.RETURNED: N_("修理戻り"),
}


# What begins a device's life in the register; the others go on with a life that began elsewhere.
FIRST_INSTALLATIONS = frozenset(
    {InstallationKind.NEW, InstallationKind.RENEWAL, InstallationKind.FROM_STOCK}
)


class RetiredReason(StrEnum):
    RENEWED = "renewed"
    RELOCATED = "relocated"
    FAILED = "failed"
    ABOLISHED = "abolished"
    OTHER = "other"


RETIRED_REASON_LABELS = {
    RetiredReason.RENEWED: N_("更新による撤去"),
    RetiredReason.RELOCATED: N_("移設による撤去"),
    RetiredReason.FAILED: N_("故障による撤去"),
    RetiredReason.ABOLISHED: N_("廃止による撤去"),
    RetiredReason.OTHER: N_("その他の撤去"),
}


class AliasKind(StrEnum):
    OLD_NUMBER = "old_number"
    DRAWING_NUMBER = "drawing_number"
    COMMON_NAME = "common_name"


ALIAS_KIND_LABELS = {
    AliasKind.OLD_NUMBER: N_("旧番号"),
    AliasKind.DRAWING_NUMBER: N_("図面番号"),
    AliasKind.COMMON_NAME: N_("通称"),
}


class CoordinateAccuracy(StrEnum):
    SURVEYED = "surveyed"
    MAP = "map"
    GPS = "gps"
    ADDRESS = "address"
    TYPED = "typed"


class InstallationOverlap(Conflict):
    """PostgreSQL's exclusion constraint, told in the words of the ledger."""

    code = "installation-overlap"
    message = N_("同じ期間に「%(position)s」へ機器「%(asset_code)s」が設置されています。")


class DuplicateCode(Conflict):
    code = "duplicate-code"
    message = N_("コード「%(value)s」はすでに使われています。")


class FacilityUnknown(Invalid):
    code = "facility-unknown"
    message = N_("施設コード「%(facility_code)s」は登録されていません。")


class ClassUnknown(Invalid):
    code = "class-unknown"
    message = N_("分類コード「%(class_code)s」は登録されていません。")


class LocationUnknown(Invalid):
    code = "location-unknown"
    message = N_("この施設に場所コード「%(location_code)s」は登録されていません。")


class ParentUnknown(Invalid):
    code = "parent-unknown"
    message = N_("この施設に上位の設置箇所「%(parent_code)s」はありません。")


class ParentCircle(Invalid):
    code = "parent-circle"
    message = N_("「%(parent_code)s」はこの設置箇所自身か、その一部なので、上位にできません。")


class NothingInstalled(Conflict):
    code = "nothing-installed"
    message = N_("この設置箇所には、いま機器が設置されていません。")


class NotInPlace(Conflict):
    code = "not-in-place"
    message = N_("この機器は、いまどこにも設置されていません。")


class PositionUnknown(Invalid):
    code = "position-unknown"
    message = N_("設置箇所コード「%(position_code)s」は登録されていません。")


class DeviceUnknown(Invalid):
    code = "device-unknown"
    message = N_("機器番号「%(asset_code)s」は登録されていません。")


class SamePlace(Invalid):
    code = "same-place"
    message = N_("移設先がいまの設置箇所と同じです。")


class EndsBeforeStart(Invalid):
    code = "stay-ends-before-start"
    message = N_("終わりの日は始まりの日より後にしてください。")


class RemovedBeforeInstalled(Invalid):
    code = "removed-before-installed"
    message = N_("撤去日は設置日（%(installed_on)s）より後にしてください。")


class AliasTwice(Conflict):
    code = "alias-twice"
    message = N_("「%(name)s」は、重なる期間ですでに記録されています。")


class DeviceMerged(Conflict):
    code = "device-merged"
    message = N_("機器「%(asset_code)s」は、ほかの機器に統合されています。")


class SameDevice(Invalid):
    code = "same-device"
    message = N_("同じ機器どうしは統合できません。")


class StaysTogether(Conflict):
    """One thing cannot stand in two places on one day; the stays are to be mended first."""

    code = "stays-together"
    message = N_(
        "二つの機器が同じ日に「%(one)s」と「%(other)s」にあります。"
        "誤っている設置の記録を直してから統合してください。"
    )


class MergeUndone(Conflict):
    code = "merge-undone"
    message = N_("この統合は、すでに戻されています。")
