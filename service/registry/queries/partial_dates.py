"""Partial dates in SQL: four columns as one JSON object, null when the cell was blank."""


def as_json(prefix: str, alias: str = "d") -> str:
    column = f"{alias}.{prefix}"
    return (
        f"case when {column}_precision is not null then jsonb_build_object("
        f"'start', {column}_from, 'end', {column}_to, 'precision', {column}_precision,"
        f" 'raw', coalesce({column}_raw, '')) end"
    )
