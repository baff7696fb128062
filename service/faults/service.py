"""The use cases of this slice, as other slices and the edges call them."""

from service.faults.reporting import FiledReport, body_digest, file_report

__all__ = ["FiledReport", "body_digest", "file_report"]
