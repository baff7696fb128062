"""`./gesuibo import FILE…`: plan ledgers, apply what was planned, take an import back."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from app.import_report import tell, tell_undone, write_json


class RowFilter(StrEnum):
    ALL = "all"
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    NEEDS_DECISION = "needs_decision"


Files = Annotated[
    list[Path] | None,
    typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, TSV or Excel files."),
]
KindName = Annotated[
    str | None,
    typer.Option(
        "--kind", "--source", help="Sort of ledger; recognised by its headers when left out."
    ),
]
PlanOnly = Annotated[
    bool, typer.Option("--plan", help="Only say what would be done; so it is without --apply.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Write the plan to the registry.")]
Undo = Annotated[UUID | None, typer.Option("--undo", metavar="JOB", help="Take this import back.")]
DecisionsFile = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Answers and columns as a JSON file; the plan names the place of each.",
    ),
]
Continues = Annotated[
    UUID | None,
    typer.Option(metavar="JOB", help="The file is the error workbook of this import."),
]
GoodRowsOnly = Annotated[
    bool, typer.Option("--good-rows-only", help="Apply although some rows cannot be.")
]
Rows = Annotated[
    RowFilter | None, typer.Option("--rows", help="With --json: only rows of this outcome.")
]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON document: every row, its changes and reasons.")
]


def command(  # noqa: PLR0913  # one for each word of the command line
    files: Files = None,
    *,
    kind: KindName = None,
    plan: PlanOnly = False,
    apply: Apply = False,
    undo: Undo = None,
    decisions: DecisionsFile = None,
    continues: Continues = None,
    good_rows_only: GoodRowsOnly = False,
    rows: Rows = None,
    as_json: AsJson = False,
) -> None:
    """Plan files, one transaction each, and with --apply write them. Again: 0 changes.

    Exit code 1 when a row cannot be applied or a question is open and --good-rows-only was not
    given, or when an undo had to leave something.

    Example: ./gesuibo import data/samples/bend/lift_station_pumps.csv --apply --json
    """
    if bool(files) == bool(undo) or (plan and (apply or undo)) or (apply and undo):
        raise typer.BadParameter("FILE… [--plan | --apply] or --undo JOB")
    if undo is not None:
        raise typer.Exit(_take_back(undo, as_json=as_json))
    wanted = _Wanted(kind, decisions, continues, apply, good_rows_only)
    outcome = None if rows in {None, RowFilter.ALL} else rows
    done = (wanted.take(path, outcome) for path in files or ())
    refused = write_json(done) if as_json else [tell(result) for result in done]
    if any(refused):
        raise typer.Exit(1)


class _Wanted:
    """What is to be done with each file."""

    def __init__(
        self,
        kind: str | None,
        decisions: Path | None,
        continues: UUID | None,
        apply: bool,
        good_rows_only: bool,
    ) -> None:
        self._kind = kind
        self._decisions = decisions
        self._continues = continues
        self._apply = apply
        self._good_rows_only = good_rows_only

    def take(self, path: Path, outcome: str | None) -> dict[str, Any]:
        from app.import_progress import ProgressBar
        from app.terminal import opened
        from importers import service
        from importers.receipt import ApplyMode

        with opened() as (session, by), ProgressBar() as progress:
            job = service.plan_file(
                session,
                path.read_bytes(),
                path.name,
                decisions=self._decided(),
                continues_id=self._continues,
                progress=progress,
                by=by,
            )
            is_refused = service.stands_in_the_way(job) and not self._good_rows_only
            records: dict[str, Any] = {}
            if self._apply and not is_refused and service.rows_to_write(job):
                mode = ApplyMode("good_rows" if self._good_rows_only else "all")
                receipt = service.apply_job(session, job.id, mode=mode, progress=progress, by=by)
                records = receipt.records
            return self._told(path, job, records, is_refused=is_refused, outcome=outcome)

    def _decided(self) -> Any:
        from pydantic import ValidationError

        from importers.decisions import Decisions

        text = self._decisions.read_text(encoding="utf-8") if self._decisions else "{}"
        try:
            decisions = Decisions.model_validate_json(text)
        except ValidationError as error:
            raise typer.BadParameter(str(error), param_hint="--decisions") from error
        return decisions.model_copy(update={"source": self._kind}) if self._kind else decisions

    def _told(
        self,
        path: Path,
        job: Any,
        records: dict[str, Any],
        *,
        is_refused: bool,
        outcome: str | None,
    ) -> dict[str, Any]:
        return {
            "file": str(path),
            "job_id": job.id,
            "source": job.source,
            "encoding": job.detected_encoding,
            "sha256": job.sha256,
            **{name: count for name, count in job.counts.items() if name != "records"},
            "applied": bool(records),
            "records": records,
            "changes": sum(sum(done.values()) for done in records.values()),
            "already_imported": job.notes.get("already_imported"),
            "mapping_reused": job.notes.get("mapping_reused"),
            "refused": is_refused,
            "questions": job.questions,
            "row_filter": outcome,
        }


def _take_back(job_id: UUID, *, as_json: bool) -> int:
    from app.import_progress import ProgressBar
    from app.terminal import opened
    from importers import service

    with opened() as (session, by), ProgressBar() as progress:
        done = service.undo_job(session, job_id, progress=progress, by=by)
    return tell_undone(job_id, done.told(), as_json=as_json)
