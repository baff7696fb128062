"""Search finds a word whatever was typed: kana of either kind, old forms of kanji, dashes or none."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0011"
branch_labels = None
depends_on = None

# Old forms that names of places and makers use, each with the form that is typed.
OLD = "澤邊邉齋齊龍濱髙瀧嶋國廣櫻條驛澁澀德惠眞藏壽榮圓縣舊鐵關發變點處圖氣續臺淺淨"
NEW = "沢辺辺斎斉竜浜高滝島国広桜条駅渋渋徳恵真蔵寿栄円県旧鉄関発変点処図気続台浅浄"
FOLD = f"""
create function gesuibo.fold(given text) returns text
  language sql immutable parallel safe
  as $$
    select regexp_replace(
      translate(lower(normalize(given, NFKC)),
        'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ{OLD}',
        'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ{NEW}'),
      '([0-9a-z])[-‐‑‒–—―−_]+(?=[0-9a-z])', '\\1', 'g')
  $$
"""
COLUMNS = {
    "position": ("name", "position_code", "unit_no", "note", "gesuibo.joined(legacy_codes)"),
    "device": ("asset_code", "serial_no", "spec_raw"),
}
BEFORE = {
    "position": ("name", "position_code", "unit_no", "note"),
    "device": ("asset_code", "serial_no", "spec_raw"),
}
LIKE = "lower(m.model_no) like pattern"
FOLDED = "gesuibo.fold(concat_ws(' ', m.manufacturer, m.model_no)) like pattern"


def _searched(table: str, columns: tuple[str, ...], fold: str) -> None:
    joined = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    op.drop_index(f"ix_{table}_search", table)
    op.drop_column(table, "search_text")
    op.add_column(
        table,
        sa.Column("search_text", sa.Text(), sa.Computed(fold.format(joined), persisted=True)),
    )
    op.create_index(
        f"ix_{table}_search",
        table,
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )


def _functions(model: str) -> None:
    op.execute(
        f"""
        create or replace function gesuibo.devices_like(pattern text) returns setof uuid
          language sql stable rows 100 security definer set search_path = public, pg_temp
          as $$
            select d.id
            from device d
            where (d.search_text like pattern
                   or d.model_id in (select m.id from device_model m where {model}))
              and ((select gesuibo.sees_all())
                   or gesuibo.has_stood_at(d.id, (select gesuibo.visible_facilities())))
          $$
        """
    )
    op.execute(
        f"""
        create or replace function gesuibo.positions_by_device(pattern text) returns setof uuid
          language sql stable rows 100 security definer set search_path = public, pg_temp
          as $$
            select i.position_id
            from installation i join device d on d.id = i.device_id
            where i.period @> (now() at time zone 'Asia/Tokyo')::date
              and ((select gesuibo.sees_all())
                   or i.facility_id = any ((select gesuibo.visible_facilities())::uuid[]))
              and (d.search_text like pattern
                   or d.model_id in (select m.id from device_model m where {model}))
          $$
        """
    )


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("select gesuibo.drop_as_of_views()")
    op.execute(FOLD)
    op.execute(
        "create function gesuibo.joined(given text[]) returns text"
        " language sql immutable parallel safe as $$ select array_to_string(given, ' ') $$"
    )
    for table, columns in COLUMNS.items():
        _searched(table, columns, "gesuibo.fold({})")
    _functions(FOLDED)
    op.execute("select gesuibo.make_as_of_views()")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("select gesuibo.drop_as_of_views()")
    _functions(LIKE)
    for table, columns in BEFORE.items():
        _searched(table, columns, "lower(normalize({}, NFKC))")
    op.execute("drop function gesuibo.joined(text[])")
    op.execute("drop function gesuibo.fold(text)")
    op.execute("select gesuibo.make_as_of_views()")
