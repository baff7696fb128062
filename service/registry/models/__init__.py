"""The tables of the register."""

from service.registry.models.aliases import Alias
from service.registry.models.custom import CustomField
from service.registry.models.equipment import Device, DeviceModel, EquipmentClass, Installation
from service.registry.models.merges import DeviceMerge, DistinctDevices
from service.registry.models.places import Facility, Location, Position
from service.registry.models.searched import PositionTally, WrittenName

__all__ = [
    "Alias",
    "CustomField",
    "Device",
    "DeviceMerge",
    "DeviceModel",
    "DistinctDevices",
    "EquipmentClass",
    "Facility",
    "Installation",
    "Location",
    "Position",
    "PositionTally",
    "WrittenName",
]
