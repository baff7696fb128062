"""`./gesuibo import FILE…`: plan ledgers, and apply what was planned."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

OUTCOMES = ("create", "update", "unchanged", "conflict", "rejected", "needs_decision")
_PART = 2000


def command(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, TSV or Excel files."),
    ],
    *,
    source: Annotated[
        str | None,
        typer.Option("--source", help="Sort of ledger; recognised by its headers when left out."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the plan to the registry.")] = False,
    good_rows_only: Annotated[
        bool, typer.Option("--good-rows-only", help="Apply although some rows cannot be.")
    ] = False,
    rows: Annotated[
        bool, typer.Option("--rows", help="With --json: every row, with changes and reasons.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """Plan files, one transaction each, and with --apply write them. Again: 0 changes.

    Exit code 1 when a row cannot be applied and --good-rows-only was not given.

    Example: ./gesuibo import data/samples/bend/lift_station_pumps.csv --apply --json
    """
    results = [
        _one(path, source, apply=apply, good_rows_only=good_rows_only, with_rows=rows)
        for path in files
    ]
    if as_json:
        print(json.dumps({"files": results}, ensure_ascii=False, default=str))
    else:
        for result in results:
            _tell(result)
    if any(result["refused"] for result in results):
        raise typer.Exit(1)


def _one(
    path: Path, source: str | None, *, apply: bool, good_rows_only: bool, with_rows: bool
) -> dict[str, Any]:
    from app.terminal import opened
    from importers import service
    from importers.decisions import Decisions
    from importers.receipt import ApplyMode

    with opened() as (session, by):
        job = service.plan_file(
            session, path.read_bytes(), path.name, decisions=Decisions(source=source), by=by
        )
        bad = service.bad_rows(job)
        is_refused = bool(bad) and not good_rows_only
        records: dict[str, Any] = {}
        if apply and not is_refused and service.rows_to_write(job):
            mode = ApplyMode("good_rows" if good_rows_only else "all")
            records = service.apply_job(session, job.id, mode=mode, by=by).records
        return {
            "file": str(path),
            "job_id": job.id,
            "source": job.source,
            "encoding": job.detected_encoding,
            "sha256": job.sha256,
            "rows": job.counts["rows"],
            **{outcome: job.counts[outcome] for outcome in OUTCOMES},
            "applied": bool(records),
            "records": records,
            "changes": sum(sum(done.values()) for done in records.values()),
            "already_imported": job.notes.get("already_imported"),
            "refused": is_refused,
            "bad_rows": list(_bad_rows(session, job)) if bad else [],
            **({"row_list": list(_all_rows(session, job))} if with_rows else {}),
        }


def _all_rows(session: Any, job: Any, outcome: Any = None) -> Any:
    from app.language import prefers_english
    from importers import queries
    from importers.schemas import ImportRowRead
    from service.core.i18n.locales import Locale

    locale = Locale.EN if prefers_english() else Locale.JA
    after = 0
    while part := queries.rows(session, job.id, after=after, limit=_PART, outcome=outcome):
        for row in part:
            yield ImportRowRead.of(row, locale).model_dump(mode="json")
        after = part[-1]["id"]


def _bad_rows(session: Any, job: Any) -> Any:
    from importers.service import BAD

    for outcome in BAD:
        for row in _all_rows(session, job, outcome):
            reasons = [message for message in row["messages"] if message["level"] != "change"]
            yield {"row_no": row["row_no"], "outcome": row["outcome"], "reasons": reasons}


def _tell(result: dict[str, Any]) -> None:
    from app.language import either

    counts = ", ".join(f"{outcome} {result[outcome]}" for outcome in OUTCOMES if result[outcome])
    encoding = result["encoding"] or "Excel"
    print(f"{result['file']}: {result['source']} ({encoding}), {result['rows']} rows: {counts}")
    if result["already_imported"]:
        at = result["already_imported"]["applied_at"]
        print("  " + either(f"同じファイルを {at} に取り込み済み", f"already imported at {at}"))
    for row in result["bad_rows"]:
        for reason in row["reasons"]:
            place = f"{reason['column']}: " if reason["column"] else ""
            typer.echo(f"  {row['row_no']}: {place}{reason['sentence']}", err=True)
    if result["applied"]:
        for kind, done in result["records"].items():
            print(f"  {kind}: " + ", ".join(f"{what} {count}" for what, count in done.items()))
    elif result["refused"]:
        told = either("取り込めない行があります", "some rows cannot be applied")
        typer.echo(f"  {told} (--good-rows-only)", err=True)
    else:
        told = either("台帳は変更していません", "nothing was written")
        print(f"  {told} (0 changes)")
