"""Starts everything: database, schema, sample data, web server and worker."""

import json
import os
import subprocess
import sys
import time
from enum import StrEnum
from typing import Annotated

import typer

from app import private_database, processes, run_state, schema, web_port
from app.language import SetupFailed, either
from app.local_cluster import LocalCluster
from app.places import ROOT, Places, prepare_environment
from app.run_state import RunState
from app.supervision import SUPERVISOR, supervise
from service.core import clock

_READY_TIMEOUT_S = 90


class Sample(StrEnum):
    CITY = "city"
    BEND = "bend"
    NONE = "none"


def _tell(ja: str, en: str) -> None:
    typer.echo(either(ja, en), err=True)


def command(
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Web port.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    detach: Annotated[bool, typer.Option("--detach", help="Return when it is ready.")] = False,
    sample: Annotated[
        Sample | None,
        typer.Option(help="Data for an empty database; with a database of your own: none."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Result as JSON; needs --detach.")
    ] = False,
) -> None:
    """Start the service; a second start finds the first and says where it is.

    Example: ./gesuibo up --detach --port 8080 --sample none
    """
    if as_json and not detach:
        raise typer.BadParameter(
            either("--json は --detach と一緒に使います", "--json needs --detach")
        )
    places = prepare_environment()
    places.make()
    with run_state.exclusive(places):
        if state := run_state.running(places):
            _report_running(places, state, as_json=as_json)
            return
        if run_state.clear(places):
            _tell("前回の残りを片付けました。", "Ended what an earlier start had left running.")
        chosen = _choose_port(host, port)
        _prepare_database(places, sample)
        url = processes.address(host, chosen)
        os.environ["GESUIBO_PORT"] = str(chosen)
        os.environ.setdefault("GESUIBO_PUBLIC_URL", url)
        if detach:
            _start_detached(places, host, chosen, url)
    if detach:
        _report(places, url, as_json=as_json)
    else:
        supervise(places, host, chosen, on_ready=lambda: _report(places, url, as_json=False))


def _choose_port(host: str, port: int | None) -> int:
    """The port that was asked for, or the next free one when nobody asked for any."""
    wanted = port or int(os.environ.get("GESUIBO_PORT", "8000"))
    is_explicit = port is not None or "GESUIBO_PORT" in os.environ
    chosen = web_port.choose(host, wanted, is_explicit=is_explicit)
    if chosen != wanted:
        _tell(
            f"ポート {wanted} は使用中のため、{chosen} を使います。",
            f"Port {wanted} is in use; using {chosen}.",
        )
    return chosen


def _prepare_database(places: Places, sample: Sample | None) -> None:
    is_private = private_database.is_private()
    if is_private:
        cluster = LocalCluster(places.state)
        if not cluster.is_made:
            _tell("データベースを作成しています…", "Making the database …")
        cluster.start()
        for ja, en in cluster.notices:
            _tell(ja, en)
        private_database.export(cluster)
    if schema.upgrade(places):
        _tell("データベースの構成を更新しました。", "The database schema was brought up to date.")
    # Fictitious records never go unasked into a database that the operator named.
    _load_sample(places, sample or (Sample.CITY if is_private else Sample.NONE))


def _load_sample(places: Places, sample: Sample) -> None:
    if sample is Sample.NONE or places.sample_marker.exists():
        return
    _tell(f"見本データ({sample})を読み込んでいます…", f"Loading the sample data ({sample}) …")
    from app import samples  # imports every slice

    samples.load(sample.value, lambda line: typer.echo(f"  {line}", err=True))
    loaded = {"sample": sample.value, "loaded_at": clock.now().isoformat()}
    places.sample_marker.write_text(json.dumps(loaded))


def _start_detached(places: Places, host: str, port: int, url: str) -> None:
    places.run_file.unlink(missing_ok=True)
    output = processes.open_log(places.log / "supervisor.log")
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-P", "-m", SUPERVISOR, host, str(port)],
        cwd=ROOT,
        env=processes.child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    os.close(output)
    deadline_s = time.monotonic() + 10
    while not places.run_file.exists() and process.poll() is None:
        if time.monotonic() > deadline_s:
            break
        time.sleep(0.05)
    if processes.wait_ready(places, url, _READY_TIMEOUT_S):
        return
    if state := run_state.running(places):
        state.supervisor.end()
    raise _not_ready(places)


def _not_ready(places: Places) -> SetupFailed:
    log = places.log / "web.log"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
    return SetupFailed(
        "サーバーが応答できる状態になりませんでした。"
        f"{places.log} の記録を確かめてください。\n{tail}",
        f"The server did not become ready; see the logs in {places.log}.",
        code="not-ready",
    )


def _report_running(places: Places, state: RunState, *, as_json: bool) -> None:
    if not processes.wait_ready(places, state.url, _READY_TIMEOUT_S):
        raise _not_ready(places)
    _tell("すでに動いています。", "It is already running.")
    _report(places, state.url, as_json=as_json)


def _sign_ins(places: Places) -> list[dict[str, str]]:
    """Only those of the sample: real people's passwords are nowhere to be shown."""
    try:
        listed: list[dict[str, str]] = json.loads(places.sample_sign_ins.read_text())
    except FileNotFoundError:
        return []
    return listed


def _sample_tag(places: Places) -> str | None:
    """A tag of the sample, to try the phone's page with."""
    try:
        return places.sample_tag.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def _report(places: Places, url: str, *, as_json: bool) -> None:
    sign_ins = _sign_ins(places)
    if as_json:
        typer.echo(json.dumps({"url": url, "sign_ins": sign_ins}, ensure_ascii=False))
        return
    typer.echo(f"{either('下水簿が動いています', 'Gesuibo is running')}: {url}")
    if tag := _sample_tag(places):
        typer.echo(f"  {either('QRタグの例', 'A QR tag to try')}: {url}/T/{tag}")
    for one in sign_ins:
        typer.echo("  " + "  ".join(one.values()))
    typer.echo(either("停止: ./gesuibo down", "To stop: ./gesuibo down"))
