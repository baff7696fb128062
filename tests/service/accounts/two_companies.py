"""Two companies, A and B, with a record of every kind each; what is B's carries a mark."""

import re

from service.tags.domain import with_check

MARK = "ZZB"
OWN_MARK = "YYA"
TAGS = {"a": with_check("0000000A"), "b": with_check("0000000B")}
TOKEN = "worker-a-token"
GROUPS = {
    "company": "9001", "facility": "9002", "contract": "9003", "user": "9004", "location": "9006",
    "position": "9007", "device": "9008", "installation": "9009", "tag": "900a", "case": "900b",
    "report": "900c", "response": "900d", "attachment": "900e",
}  # fmt: skip
TABLES = (
    "facility", "location", "position", "device", "installation", "qr_tag", "fault_case",
    "fault_report", "case_report", "response_record", "attachment", "company", "contract",
    "contract_facility", "user_account",
)  # fmt: skip
MORE_TABLES = (
    "work_record", "work_request", "citizen_request", "tag_event", "inspection", "phone",
    "outbox_event", "equipment_class", "position_tally",
)  # fmt: skip


def key(kind: str, side: str) -> str:
    return f"00000000-0000-7000-{GROUPS[kind]}-00000000000{side}"


def address(path: str) -> str:
    """The route's path with B's numbers in its gaps."""

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        if "tag" in name or name == "code":
            return TAGS["b"]
        if name == "form":
            return "csv"
        if name == "sha256":
            return "0" * 64
        kinds = [kind for kind in GROUPS if name.startswith(kind)]
        if not kinds:
            kinds = [kind for kind in GROUPS if f"/{kind}" in path or f"/{kind[:-1]}ie" in path]
        return key(kinds[0], "b") if kinds else "1"

    return re.sub(r"\{(?P<name>\w+)(:\w+)?\}", fill, path)
