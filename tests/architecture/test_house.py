"""The house law that linters do not know: sizes, and the vocabulary of file names."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "service", "mobile_api", "importers")
SLICES = (
    "accounts",
    "audit",
    "registry",
    "attachments",
    "faults",
    "maintenance",
    "tags",
    "notifications",
    "monthly",
    "work_requests",
    "citizens",
    "search",
)
VOCABULARY = {
    "__init__",
    "domain",
    "models",
    "schemas",
    "queries",
    "service",
    "api",
    "pages",
    "tasks",
}
# A slice may own a noun besides the common names; each is here with its reason.
OWN_NOUNS = {
    "accounts": {"actor", "access", "permissions", "views", "view_pages", "enrolment"},
    "attachments": {
        "store",
        "pictures",
        "arrival",
        "partial",
        "registry_files",
        "masking",
        "mask_pages",
    },
    "faults": {
        "symptoms",
        "figures",
        "figures_pages",
        "figures_queries",
        "vocabulary",
        "severity",
        "steps",
        "filing",
        "report_rows",
        "work_times",
        "reporting",
        "handling",
        "marks",
        "marks_models",
        "marks_pages",
        "marks_queries",
        "phrases",
        "merging",
        "responses",
        "inbox",
        "case_words",
        "dossier",
        "papers",
        "approvals",
        "approval_api",
        "approval_desk",
        "approval_domain",
        "approval_models",
        "approval_offices",
        "approval_pages",
        "approval_queries",
        "desk",
        "splitting",
        "case_map_pages",
        "overview",
        "overview_pages",
        "splitting_pages",
        "splitting_queries",
        "incidents",
        "incident_api",
        "incident_models",
        "incident_pages",
        "incident_queries",
        "notices",
        "notice_pages",
        "pace_queries",
        "paper",
        "paper_content",
        "paper_pages",
        "similar_pages",
        "similar_queries",
        "unregistered",
        "unregistered_pages",
        "unregistered_queries",
        "conflicts",
        "placing_queries",
        "watch",
        "watch_pages",
        "wording",
        "forms",
        "stream",
        "events",
    },
    "history": set(),
    "search": set(),
    "registry": {
        "life_events",
        "life_forms",
        "life_pages",
        "life_warnings",
        "corrections",
        "aliases",
        "alias_pages",
        "merging",
        "merge_pages",
        "custom_fields",
        "custom_conditions",
        "custom_values",
        "custom_pages",
        "facility_pages",
        "city_map",
        "facility_map",
        "past",
        "quality_pages",
        "edit_changes",
        "edit_forms",
        "edit_pages",
        "locations",
        "model_pages",
        "place_pages",
        "resolving",
        "typed_dates",
    },
    "tags": {
        "guessing",
        "symbol",
        "report_form",
        "filing",
        "labels",
        "life",
        "printing",
        "press",
        "desk",
        "papers",
        "run_api",
    },
    "maintenance": {"part_lists", "desk", "forms", "case_pages"},
    "notifications": {
        "addressing",
        "address_guard",
        "alarms",
        "deliveries",
        "duties",
        "duty_pages",
        "letters",
        "mail",
        "mail_queries",
        "news",
        "telling",
        "tokens",
        "webhook_domain",
        "webhook_pages",
        "webhook_queries",
        "webhooks",
    },
    "citizens": {"pace"},
    "work_requests": {"company_month"},
    "monthly": {
        "case_form",
        "case_form_pages",
        "case_layout",
        "form_file",
        "form_layout",
        "open_table",
        "wording",
        "workbook",
    },
    "audit": {"viewing"},
}
MAX_FILE, MAX_FUNCTION = 250, 40


def sources() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "versions" not in path.parts
    ]


def code_lines(text: str) -> set[int]:
    """Lines that hold code: no blanks, comments or docstrings."""
    skip = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in skip:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = code_lines(text)
    assert len(lines) <= MAX_FILE, "which noun is missing?"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = {n for n in lines if node.lineno <= n <= (node.end_lineno or node.lineno)}
            assert len(own) <= MAX_FUNCTION, f"{node.name}: which step deserves a name?"


@pytest.mark.parametrize("name", SLICES)
def test_slices_speak_one_vocabulary(name: str) -> None:
    found = {path.stem for path in (ROOT / "service" / name).iterdir() if path.suffix == ".py"}
    folders = {
        path.name
        for path in (ROOT / "service" / name).iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert found | folders <= VOCABULARY | OWN_NOUNS[name]


def test_no_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert [path for path in sources() if path.stem in drawers] == []
