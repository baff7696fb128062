"""Proves the statistics on published cases, for whoever has to defend a figure."""

import json
from math import isinf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.language import SetupFailed, either

if TYPE_CHECKING:
    from service.analytics.procedures.case import Check
    from service.analytics.verification import CaseResult


def _finite(figure: float) -> float | str | None:
    """JSON has no word for what is absent (NaN: null) and for infinity."""
    if isnan(figure):
        return None
    return str(figure) if isinf(figure) else figure


def _shown(figure: float) -> str:
    return either("なし", "none") if isnan(figure) else f"{figure:.12g}"


def _as_json(result: "CaseResult") -> dict[str, Any]:
    checks = [
        {
            "name": check.name,
            "expected": _finite(check.expected),
            "obtained": _finite(check.obtained),
            "tolerance": check.allowed,
            "passed": check.passed,
            "known": check.is_known,
        }
        for check in result.checks or ()
    ]
    return {
        "id": result.case.id,
        "method": result.case.method,
        "source": result.case.source,
        "passed": result.passed,
        "unreadable": result.unreadable,
        "checks": checks,
    }


def _print(result: "CaseResult", *, verbose: bool) -> None:
    verdict = {
        True: either("合格", "pass"),
        False: either("不合格", "FAIL"),
        None: either("未対応", "not yet covered"),
    }[result.passed]
    print(f"{verdict}  {result.case.id}  [{result.case.method}]")
    print(f"      {either('出典', 'source')}: {result.case.source}")
    if result.unreadable:
        print(f"      {either('読み取れません', 'cannot be read')}: {result.unreadable}")
    for check in result.checks or ():
        if verbose or not check.passed:
            print(f"      {_line(check)}")


def _line(check: "Check") -> str:
    if not check.is_known:
        unknown = either("この手法では計算しない名前の値です", "no figure of this method")
        return f"FAIL {check.name}: {unknown}"
    return (
        f"{'ok  ' if check.passed else 'FAIL'} {check.name}:"
        f" {either('期待値', 'expected')} {_shown(check.expected)}"
        f"  {either('計算値', 'obtained')} {_shown(check.obtained)}"
        f"  {either('許容差', 'tolerance')} {check.allowed:.3g}"
    )


def command(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of cases; those of the product when absent.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only figures that fail.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Run published cases through the functions that the reports use; exit 1 when one fails.

    Example: ./gesuibo verify-analytics --quiet
    """
    from service.analytics.verification import CASES, verify  # polars and scipy

    folder = folder or CASES
    results = verify(folder) if folder.is_dir() else []
    if not results:
        raise SetupFailed(
            f"検証用の事例がありません: {folder}",
            f"No cases to verify in {folder}",
            code="no-cases",
        )
    passed = sum(result.passed is True for result in results)
    failed = sum(result.passed is False for result in results)
    open_cases = len(results) - passed - failed
    if as_json:
        counts = {"passed": passed, "failed": failed, "not_covered": open_cases}
        cases = [_as_json(result) for result in results]
        typer.echo(json.dumps(counts | {"cases": cases}, ensure_ascii=False))
    else:
        for result in results:
            _print(result, verbose=not quiet)
        print(
            either(
                f"合格 {passed}・不合格 {failed}・未対応 {open_cases}",
                f"{passed} passed, {failed} failed, {open_cases} not yet covered",
            )
        )
    if failed:
        raise typer.Exit(1)
