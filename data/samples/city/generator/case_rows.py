"""Fault cases as rows of the city's list."""

from collections.abc import Iterator
from random import Random

from generator.case_times import EXACT
from generator.case_words import HEAVY, LIGHT, UNPLANNED_STOPS, Words
from generator.cases import (
    ACCEPTED,
    CLOSED,
    MERGED,
    REPORTED,
    RESOLVED,
    UNDER_WAY,
    WAITING,
    Case,
    all_cases,
)
from generator.days import stamp
from generator.devices import behaviour
from generator.events import STORM
from generator.parties import CREWS, STAFF, contractor
from generator.streams import happens, stream, weighted
from generator.tables import Row, columns

HEADER = columns("""
    案件番号 施設コード 設備番号 発生日時 発生精度 発見日時 報告日時 発見の契機
    警報区分 警報名 現象 運転への影響 周辺への影響 緊急度 報告者会社コード 報告者氏名
    内容 応急処置 停止開始 復旧日時 対応内容 処置区分 対応開始 対応終了 費用(円)
    支出区分 原因区分 完了日時 状況 故障計上 統合先案件番号 待ち理由
""")
CAPITAL_YEN = 1_000_000
WAITS = (
    ("部品待ち", "部品の納期待ち。メーカー回答は{n}週間後。"),
    ("業者待ち", "見積を徴取中。"),
    ("業者待ち", "メーカーの派遣日程を調整中。"),
    ("予算待ち", "来年度予算で対応予定。"),
    ("天候待ち", "雨の少ない時期を待って池を空にする予定。"),
)


def fault_rows() -> Iterator[Row]:
    cases = all_cases()
    numbers = {c.event.number: c.number for c in cases if c.original is None}
    for case in cases:
        merged_into = numbers[case.original] if case.original is not None else ""
        yield _row(case, merged_into)


def _row(case: Case, merged_into: str) -> Row:
    position = case.event.place.position
    chance = stream("row", case.number)
    operation = _operation_effect(case, chance)
    surroundings = _surroundings(case, chance)
    company, reporter = _reporter(case, chance)
    return {
        "案件番号": case.number,
        "施設コード": position.facility.code,
        "設備番号": position.code,
        **_notice(case),
        "運転への影響": operation,
        "周辺への影響": surroundings,
        "緊急度": _urgency(case, operation, surroundings),
        "報告者会社コード": company,
        "報告者氏名": reporter,
        "内容": case.words.body,
        "応急処置": case.words.first_aid,
        **_downtime(case, operation, chance),
        **_response(case, chance),
        "状況": case.status,
        "故障計上": str(int(case.words.counts_as_failure)),
        "統合先案件番号": merged_into,
        "待ち理由": _wait(case)[0],
    }


def _notice(case: Case) -> Row:
    words, times = case.words, case.times
    return {
        "発生日時": stamp(times.occurred),
        "発生精度": times.precision,
        "発見日時": stamp(times.found),
        "報告日時": stamp(times.reported),
        "発見の契機": words.detection,
        "警報区分": words.alarm_class,
        "警報名": words.alarm_name,
        "現象": words.symptoms,
    }


def _operation_effect(case: Case, chance: Random) -> str:
    words, spare = case.words, case.event.place.position.spare
    if case.event.false_alarm:
        return "なし"
    if words.alarm_class == HEAVY:
        alone = {"停止": 0.6, "低下": 0.4}
        return weighted(chance, alone if spare == "無" else {"予備機継続": 0.72, "停止": 0.28})
    if words.alarm_class == LIGHT:
        return weighted(chance, {"なし": 0.5, "低下": 0.38, "停止": 0.12})
    return weighted(chance, {"なし": 0.85, "低下": 0.15})


def _surroundings(case: Case, chance: Random) -> str:
    first = case.words.symptoms.split(" ")[0]
    group = behaviour(case.event.place.position.class_code)["群"]
    effects = []
    if group in {"mhpump", "pump"} and first in UNPLANNED_STOPS:
        risk = 0.08 if case.event.setting == STORM else 0.02
        effects += ["溢水"] if happens(chance, risk) else []
        effects += ["放流"] if effects and happens(chance, 0.3) else []
    if first == "S22" or (group == "odor" and happens(chance, 0.3)):
        effects.append("臭気")
    if first == "S04" and happens(chance, 0.06):
        effects.append("騒音")
    return " ".join(effects) or "なし"


def _urgency(case: Case, operation: str, surroundings: str) -> str:
    if case.status == REPORTED:
        return ""
    if "溢水" in surroundings or "放流" in surroundings:
        return "S"
    if case.words.alarm_class == HEAVY or operation == "停止":
        return "A"
    return "B" if case.words.alarm_class == LIGHT or operation == "低下" else "C"


def _reporter(case: Case, chance: Random) -> tuple[str, str]:
    """A citizen's call is taken by the city; everything else comes from the contractor."""
    if case.words.detection == "住民通報":
        return "", chance.choice(STAFF)
    facility = case.event.place.position.facility
    company = contractor(facility, case.times.reported.date())
    return company, chance.choice(CREWS[company])


def _downtime(case: Case, operation: str, chance: Random) -> Row:
    if operation not in {"停止", "予備機継続"} or case.status == MERGED:
        return {"停止開始": "", "復旧日時": ""}
    times = case.times
    stopped = times.occurred if times.precision == EXACT else times.found
    ended = case.status in {CLOSED, RESOLVED}
    patched = case.words.first_aid and happens(chance, 0.3)
    recovered = times.started if patched else times.ended
    return {"停止開始": stamp(stopped), "復旧日時": stamp(recovered if ended else None)}


def _response(case: Case, chance: Random) -> Row:
    names = columns("対応内容 処置区分 対応開始 対応終了 費用(円) 支出区分 原因区分 完了日時")
    blank = dict.fromkeys(names, "")
    words, times = case.words, case.times
    if case.status in {REPORTED, ACCEPTED, MERGED}:
        return blank
    started = {**blank, "対応開始": stamp(times.started)}
    if case.status == UNDER_WAY:
        return {**started, "対応内容": "現地で調査中。", "支出区分": "未定"}
    if case.status == WAITING:
        story = _wait(case)[1].format(n=chance.randint(3, 16))
        return {**started, "対応内容": story, "支出区分": "未定"}
    done = {**started, "対応内容": words.remedy, "処置区分": words.action}
    done |= {"対応終了": stamp(times.ended), "費用(円)": str(words.cost_yen)}
    done |= {"支出区分": _expenditure(words, chance), "原因区分": words.cause}
    return done | {"完了日時": "" if case.status == RESOLVED else stamp(times.completed)}


def _wait(case: Case) -> tuple[str, str]:
    waits = case.status == WAITING
    return stream("wait", case.number).choice(WAITS) if waits else ("", "")


def _expenditure(words: Words, chance: Random) -> str:
    if words.cost_yen == 0:
        return ""
    capital = words.cost_yen >= CAPITAL_YEN and words.action == "交換" and happens(chance, 0.5)
    return "資本的支出" if capital else "修繕費"
