"""How grave a report is by what it says, before anybody has judged it."""

from collections.abc import Collection

from service.faults.domain import AlarmClass, EnvironmentEffect, OperationEffect

GRAVEST = 1
HARMFUL = frozenset({EnvironmentEffect.OVERFLOW, EnvironmentEffect.DISCHARGE})
_BY_OPERATION = {
    OperationEffect.STOPPED: 1,
    OperationEffect.REDUCED: 2,
    OperationEffect.ON_STANDBY: 3,
    OperationEffect.NONE: 4,
}


def severity_of(operation: OperationEffect, environment: Collection[EnvironmentEffect]) -> int:
    """影響度: 1 stopped or harmful outside, 2 reduced, 3 on the standby unit, 4 no effect."""
    return 1 if HARMFUL & set(environment) else _BY_OPERATION[operation]


def is_emergency(
    operation: OperationEffect,
    environment: Collection[EnvironmentEffect],
    alarm: AlarmClass | None,
    said: int | None = None,
) -> bool:
    """Whether somebody must look now.

    Sewage escapes, a major alarm has stopped the machine, or whoever reports it ``said`` by the
    gravest 影響度 that it is urgent.
    """
    if said == GRAVEST:
        return True
    stopped = operation is OperationEffect.STOPPED and alarm is AlarmClass.MAJOR
    return stopped or bool(HARMFUL & set(environment))
