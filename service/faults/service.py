"""The use cases of this slice, as other slices and the edges call them."""

from service.faults.handling import change_case, take_step
from service.faults.merging import merge, unmerge
from service.faults.reporting import FiledReport, body_digest, file_report
from service.faults.responses import add_response

__all__ = [
    "FiledReport",
    "add_response",
    "body_digest",
    "change_case",
    "file_report",
    "merge",
    "take_step",
    "unmerge",
]
