"""What an edit form sends, as a change: untouched fields change nothing, emptied ones empty."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from service.core.http.forms import Mistyped, Schema, read_form, yen_typed
from service.core.i18n.marker import N_
from service.registry.edit_forms import Input
from service.registry.schemas.changes import (
    ClassUpdate,
    DeviceUpdate,
    FacilityUpdate,
    ModelUpdate,
    PositionUpdate,
)
from service.registry.typed_dates import read_typed_date

NOT_A_DATE = N_("「1983-03」「S58.3」「平成10年度」「不明」のように入れてください。")
MODEL_MISSING = N_("製造者を入れるときは型式も要ります。")
SPEC_LINES = N_("1行に1つ、項目と値を「=」でつないで入れてください。同じ項目は1回だけです。")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
BOTH = N_("緯度と経度は両方入れてください。")
REASON_MISSING = N_("理由を入れてください。")


def facility_change(inputs: Iterable[Input], sent: Mapping[str, str]) -> FacilityUpdate:
    touched = _touched(inputs, sent)
    if {"lat", "lon"} & touched.keys():
        point = {name: sent[name].strip() or None for name in ("lat", "lon")}
        if (point["lat"] is None) != (point["lon"] is None):
            raise Mistyped({"lat" if point["lat"] is None else "lon": BOTH})
        touched |= point
    return _change(FacilityUpdate, touched)


def position_change(inputs: Iterable[Input], sent: Mapping[str, str]) -> PositionUpdate:
    return _change(PositionUpdate, _touched(inputs, sent))


def device_change(inputs: Iterable[Input], sent: Mapping[str, str]) -> DeviceUpdate:
    """Maker and model are one fact, so are another life and its reason."""
    touched = _touched(inputs, sent)
    for first, second in (("maker", "model_no"), ("life_override_years", "life_override_reason")):
        if {first, second} & touched.keys():
            touched |= {name: sent[name].strip() or None for name in (first, second)}
    wrong = _read_dates(touched)
    if touched.get("maker") and not touched["model_no"]:
        wrong["model_no"] = MODEL_MISSING
    if touched.get("life_override_years") and not touched["life_override_reason"]:
        wrong["life_override_reason"] = REASON_MISSING
    if wrong:
        raise Mistyped(wrong)
    if touched.get("acquired_cost_yen"):
        touched["acquired_cost_yen"] = yen_typed(touched["acquired_cost_yen"])
    return _change(DeviceUpdate, touched)


def _read_dates(touched: dict[str, Any]) -> dict[str, str]:
    """Puts what was typed as what it means; says which dates nobody can read."""
    wrong: dict[str, str] = {}
    for name in ("installed", "manufactured"):
        if touched.get(name) is None:
            continue
        try:
            touched[name] = vars(read_typed_date(touched[name]))
        except ValueError:
            wrong[name] = NOT_A_DATE
    return wrong


def model_change(inputs: Iterable[Input], sent: Mapping[str, str]) -> ModelUpdate:
    touched = _touched(inputs, sent)
    if "spec" in touched:
        touched["spec"] = read_spec(touched["spec"] or "")
    return _change(ModelUpdate, touched)


def read_spec(typed: str) -> dict[str, Any]:
    """Lines of 「name=value unit」.

    Raises:
        Mistyped: for a line without a sign, or two of one name.
    """
    read: dict[str, Any] = {}
    for line in filter(None, map(str.strip, typed.splitlines())):
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign or not name or not value or name in read:
            raise Mistyped({"spec": SPEC_LINES})
        number, _, unit = value.partition(" ")
        if unit and _NUMBER.fullmatch(number):
            read[name] = {"value": float(number), "unit": unit.strip()}
        else:
            read[name] = float(value) if _NUMBER.fullmatch(value) else value
    return read


def class_change(inputs: Iterable[Input], sent: Mapping[str, str]) -> ClassUpdate:
    return _change(ClassUpdate, _touched(inputs, sent))


def _touched(inputs: Iterable[Input], sent: Mapping[str, str]) -> dict[str, Any]:
    """What differs from the form as it was shown; None for what was emptied."""
    return {
        one.name: sent[one.name].strip() or None
        for one in inputs
        if one.name in sent and _plain(sent[one.name]) != _plain(one.shown)
    }


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _change(schema: type[Schema], touched: Mapping[str, Any]) -> Schema:
    """Emptied fields are null; `read_form` leaves them out, so they are put back."""
    given = {name: value for name, value in touched.items() if value is not None}
    read = read_form(schema, given)
    emptied = {name: None for name, value in touched.items() if value is None}
    try:
        return schema.model_validate(read.model_dump(exclude_unset=True) | emptied)
    except ValueError as error:
        raise Mistyped(dict.fromkeys(emptied, N_("空にできません。"))) from error
