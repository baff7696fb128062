"""What an import says on the terminal: one JSON document, or lines to read."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import typer

_OUTCOMES = ("create", "update", "unchanged", "conflict", "rejected", "needs_decision")
_PART = 2000


def write_json(results: Iterable[dict[str, Any]]) -> list[bool]:
    """Row after row, so that a million rows need no more memory than one."""
    refused = []
    print('{"files": [', end="")
    for no, result in enumerate(results):
        refused.append(result["refused"])
        outcome = result.pop("row_filter")
        head = json.dumps(_with_sentences(result), ensure_ascii=False, default=str)
        print("," * bool(no) + head.removesuffix("}"), end=', "row_list": [')
        for at, row in enumerate(_rows(result["job_id"], outcome)):
            print("," * bool(at) + json.dumps(row, ensure_ascii=False, default=str), end="")
        print("]}", end="")
    print("]}")
    return refused


def _with_sentences(result: dict[str, Any]) -> dict[str, Any]:
    from importers.messages import question_sentence

    questions = [
        {**question, "sentence": question_sentence(question, _locale())}
        for question in result["questions"]
    ]
    return {**result, "questions": questions}


def tell(result: dict[str, Any]) -> bool:
    from app.language import either

    counts = ", ".join(f"{outcome} {result[outcome]}" for outcome in _OUTCOMES if result[outcome])
    encoding = result["encoding"] or "Excel"
    print(f"{result['file']}: {result['source']} ({encoding}), {result['rows']} rows: {counts}")
    if before := result["already_imported"]:
        at, by = before["applied_at"], before["by"] or "–"
        print("  " + either(f"同じ内容を {at} に {by} が取込済み", f"imported at {at} by {by}"))
    if reused := result["mapping_reused"]:
        name = reused["name"]
        print("  " + either(f"「{name}」と同じ読み方をしました", f"read as {name} was"))
    for question in _with_sentences(result)["questions"]:
        typer.echo(f"  ? {question['sentence']} {json.dumps(question['path'])}", err=True)
    _tell_bad_rows(result)
    if result["applied"]:
        for kind, done in result["records"].items():
            print(f"  {kind}: " + ", ".join(f"{what} {count}" for what, count in done.items()))
        print(f"  {either('取消', 'undo')}: ./gesuibo import --undo {result['job_id']}")
    elif result["refused"]:
        told = either("取り込めない行か未回答の質問があります", "rows or questions are in the way")
        typer.echo(f"  {told} (--good-rows-only)", err=True)
    else:
        told = either("台帳は変更していません", "nothing was written")
        print(f"  {told} (0 changes)")
    return bool(result["refused"])


def tell_undone(job_id: object, done: dict[str, Any], *, as_json: bool) -> int:
    """The exit code: 1 when something had to stay."""
    from app.language import either

    if as_json:
        print(json.dumps({"job_id": str(job_id), **done}, ensure_ascii=False))
    else:
        for what, label in (("deleted", ("削除", "deleted")), ("restored", ("復元", "restored"))):
            for kind, count in done[what].items():
                print(f"  {kind}: {either(*label)} {count}")
        if done["kept"]:
            told = either("その後使われたため残しました", "kept, used since")
            typer.echo(f"  {told}: {done['kept']}", err=True)
    return int(bool(done["kept"]))


def _tell_bad_rows(result: dict[str, Any]) -> None:
    for outcome in ("conflict", "rejected", "needs_decision"):
        if not result[outcome]:
            continue
        for row in _rows(result["job_id"], outcome):
            for reason in row["messages"]:
                if reason["level"] == "change":
                    continue
                place = f"{reason['column']}: " if reason["column"] else ""
                typer.echo(f"  {row['row_no']}: {place}{reason['sentence']}", err=True)


def _rows(job_id: Any, outcome: Any) -> Iterator[dict[str, Any]]:
    from app.terminal import opened
    from importers import queries
    from importers.schemas import ImportRowRead

    after, locale = 0, _locale()
    with opened() as (session, _by):
        while part := queries.rows(session, job_id, after=after, limit=_PART, outcome=outcome):
            for row in part:
                yield ImportRowRead.of(row, locale).model_dump(mode="json")
            after = part[-1]["id"]


def _locale() -> Any:
    from app.language import prefers_english
    from service.core.i18n.locales import Locale

    return Locale.EN if prefers_english() else Locale.JA
