import pytest

from service.faults.severity import is_emergency, severity_of
from service.faults.vocabulary import AlarmClass as Alarm
from service.faults.vocabulary import EnvironmentEffect as Outside
from service.faults.vocabulary import OperationEffect as Operation


@pytest.mark.parametrize(
    ("operation", "environment", "severity"),
    [
        (Operation.STOPPED, [], 1),
        (Operation.REDUCED, [Outside.ODOUR], 2),
        (Operation.ON_STANDBY, [Outside.NOISE, Outside.ODOUR], 3),
        (Operation.NONE, [Outside.NONE], 4),
        (Operation.NONE, [Outside.ODOUR, Outside.OVERFLOW], 1),
        (Operation.ON_STANDBY, [Outside.DISCHARGE], 1),
    ],
)
def test_severity_follows_the_worse_of_machine_and_surroundings(
    operation: Operation, environment: list[Outside], severity: int
):
    assert severity_of(operation, environment) == severity


@pytest.mark.parametrize(
    ("operation", "environment", "alarm", "emergency"),
    [
        (Operation.STOPPED, [], Alarm.MAJOR, True),
        (Operation.STOPPED, [], Alarm.MINOR, False),
        (Operation.STOPPED, [], None, False),
        (Operation.REDUCED, [], Alarm.MAJOR, False),
        (Operation.NONE, [Outside.OVERFLOW], None, True),
        (Operation.ON_STANDBY, [Outside.DISCHARGE, Outside.ODOUR], Alarm.NONE, True),
        (Operation.NONE, [Outside.ODOUR, Outside.NOISE], Alarm.MINOR, False),
    ],
)
def test_an_emergency_is_sewage_outside_or_a_stop_by_major_alarm(
    operation: Operation, environment: list[Outside], alarm: Alarm | None, *, emergency: bool
):
    assert is_emergency(operation, environment, alarm) is emergency


def test_whoever_reports_may_say_that_it_is_urgent():
    assert is_emergency(Operation.NONE, [], None, 1)
    assert not is_emergency(Operation.NONE, [], None, 2)
    assert not is_emergency(Operation.STOPPED, [], None), "worked out, not said"
