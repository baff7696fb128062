"""The baseline: FastAPI and asyncpg answering the same rows, with no sign-in, rights or headers.

It connects as the owner, so that row-level security costs it nothing.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request, Response

TAG = """
select json_build_object('tag_code', t.tag_code, 'position_id', p.id, 'position_code',
    p.position_code, 'name', p.name, 'facility', f.name, 'class', c.minor, 'health', p.health,
    'asset_code', d.asset_code, 'serial_no', d.serial_no, 'model_no', m.model_no, 'spec', d.spec,
    'open_cases', (select count(*) from fault_case k where k.position_id = p.id
                   and k.state not in ('closed', 'merged', 'dismissed')))::text
from qr_tag t join position p on p.id = t.position_id join facility f on f.id = p.facility_id
join equipment_class c on c.id = p.class_id
left join installation i on i.position_id = p.id and i.period @> current_date
left join device d on d.id = i.device_id left join device_model m on m.id = d.model_id
where t.tag_code = $1
"""
LIST = """
select json_agg(row_to_json(q))::text from (
    select p.id, p.position_code, p.name, p.unit_no, f.name as facility, c.minor, p.criticality,
           p.status, p.health, p.version
    from position p join facility f on f.id = p.facility_id
    join equipment_class c on c.id = p.class_id
    where p.position_code > $1 order by p.position_code limit 50) q
"""
SEARCH = """
select json_agg(row_to_json(q))::text from (
    select p.id, p.position_code, p.name, p.unit_no, f.name as facility, c.minor, p.criticality,
           p.status, p.health, p.version
    from position p join facility f on f.id = p.facility_id
    join equipment_class c on c.id = p.class_id
    where p.search_text like '%' || $1 || '%' order by p.position_code limit 50) q
"""
REPORT = """
with kase as (
    insert into fault_case (id, case_no, facility_id, position_id, device_id, company_id,
        occurred_at, reported_at, symptoms, summary, operation_effect, occurred_precision, detection)
    values ($1, ($1::uuid)::text, $3, $4, $5, $6, now(), now(), '{S01}', $7, 'stopped', 'exact', 'patrol')),
report as (
    insert into fault_report (id, report_no, kind, company_id, reporter_name, body, captured_at,
        received_at, entry_mode)
    values ($2, ($2::uuid)::text, 'first', $6, 'bench', $7, now(), now(), 'tag')),
link as (insert into case_report (case_id, report_id, linked_at) values ($1, $2, now())),
trail as (
    insert into audit_entry (actor_name, via, action, target_type, target_id, after, digest)
    values ('bench', 'phone', 'create', 'fault_report', ($2::uuid)::text, $8::jsonb, sha256(($2::uuid)::text::bytea)))
insert into outbox_event (topic, payload) values ('report.filed', $8::jsonb)
"""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DSN"], min_size=4, max_size=16) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan, openapi_url=None)


def _json(text: str | None) -> Response:
    return Response(text or "[]", media_type="application/json")


@app.get("/tags/{tag}")
async def tag(tag: str) -> Response:
    return _json(await app.state.pool.fetchval(TAG, tag))


@app.get("/list")
async def rows(after: str = "") -> Response:
    return _json(await app.state.pool.fetchval(LIST, after))


@app.get("/search")
async def search(q: str) -> Response:
    return _json(await app.state.pool.fetchval(SEARCH, q))


@app.post("/reports", status_code=201)
async def report(request: Request) -> Response:
    told = await request.json()
    await app.state.pool.execute(
        REPORT,
        told["case_id"],
        told["id"],
        told["facility_id"],
        told["position_id"],
        told["device_id"],
        told["company_id"],
        told["body"],
        json.dumps({"id": told["id"]}),
    )
    return _json(json.dumps({"id": told["id"]}))
