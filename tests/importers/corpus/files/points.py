"""Facilities with coordinates: one writing, one datum and one order of axes to a file."""

# ruff: noqa: E501 - a row of a ledger and its answer stay on one line

from collections.abc import Sequence
from typing import Any

from tests.importers.corpus.answers import Answer, CorpusFile, Near, Outcome, asks, refused, stored
from tests.importers.corpus.formats import delimited

NEAR = 2e-5  # two metres: what a change of datum without a grid may differ by
HALL = (35.3389, 139.4902)
_DATUM = ("which-crs", "which-datum", "crs", "datum")
Point = tuple[str, str, str, tuple[Outcome, ...], tuple[float, float]]


def _file(
    name: str, axes: tuple[str, str], points: Sequence[Point], replies: dict[str, Any] | None = None
) -> CorpusFile:
    prefix = name[:2].upper()
    lines: list[list[str]] = [["施設コード", "施設名", "施設種別", *axes]]
    answers = []
    for number, (trap, first, second, accepted, (lat, lon)) in enumerate(points, start=1):
        code = f"{prefix}{number:02d}"
        title = f"座標見本{prefix}第{number}ポンプ場"
        lines.append([code, title, "ポンプ場", first, second])
        truth = {"code": code, "name": title, "lat": Near(lat, NEAR), "lon": Near(lon, NEAR)}
        answers.append(Answer(len(lines), trap, accepted, truth, axes[0], f"{first} {second}"))
    content = delimited(lines, encoding="utf-8-sig")
    return CorpusFile(f"{name}.csv", content, answers, "facilities", replies or {})


def _asked(*outcomes: Outcome) -> tuple[Outcome, ...]:
    """The datum may be asked for; the answer is what the file really is."""
    return (*outcomes, asks(*_DATUM, then={}))


def degrees() -> CorpusFile:
    outside = (
        "coordinate-out-of-range",
        "coordinate-out-of-city",
        "out-of-city",
        "outside-city",
        "far-from-city",
        "far-from-others",
    )
    lost = {"lat": None, "lon": None}
    return _file(
        "degrees",
        ("緯度", "経度"),
        (
            ("十進の緯度経度", "35.3389", "139.4902", _asked(stored()), HALL),
            ("十進の緯度経度", "３５．３４５０", "１３９．４７００", _asked(stored()), (35.345, 139.47)),
            ("十進の緯度経度", "35.35N", "139.46E", _asked(stored(), refused("not-a-coordinate")), (35.35, 139.46)),
            ("市外の座標", "43.0621", "141.3544", (refused(*outside), asks(*outside), stored(told=outside)), (43.0621, 141.3544)),
            ("国外の座標", "5.3389", "139.4902", (refused(*outside), asks(*outside)), (0, 0)),
            ("片方だけの座標", "35.3389", "", (refused("half-a-coordinate"), asks("half-a-coordinate")), (0, 0)),
            ("座標の不明", "不明", "不明", (stored(**lost), refused("not-a-coordinate"), asks("not-a-coordinate")), (0, 0)),
            ("ゼロの座標", "0", "0", (refused(*outside), asks(*outside), stored(**lost)), (0, 0)),
            ("一行だけの緯度経度の逆", "139.4902", "35.3389", _asked(stored(told=("axes-swapped",)), refused(*outside)), HALL),
        ),
        dict.fromkeys(_DATUM, 6668),
    )  # fmt: skip


def sexagesimal() -> CorpusFile:
    point = (35 + 20 / 60 + 20 / 3600, 139 + 29 / 60 + 24.7 / 3600)
    writings = (
        ("35°20′20.0″", "139°29′24.7″"),
        ("35.20.20", "139.29.24.7"),
        ("352020.0", "1392924.7"),
        ("N35 20 20", "E139 29 24.7"),
        ("３５度２０分２０秒", "１３９度２９分２４．７秒"),
        ("北緯35度20分20秒", "東経139度29分24.7秒"),
    )
    points = [("度分秒", a, b, _asked(stored()), point) for a, b in writings]
    wrong = ("coordinate-out-of-range", "not-a-coordinate")
    points.append(
        ("60を超える分", "35°61′20″", "139°29′24.7″", (refused(*wrong), asks(*wrong)), point)
    )
    return _file("sexagesimal", ("緯度", "経度"), points, dict.fromkeys(_DATUM, 6668))


def plane() -> CorpusFile:
    points = (
        ("平面直角座標", "-73289.596", "-31191.259", _asked(stored()), HALL),
        ("平面直角座標", "-73,289.596", "-31,191.259", _asked(stored()), HALL),
        (
            "平面直角座標",
            "▲73289.596",
            "▲31191.259",
            _asked(stored(), refused("not-a-coordinate")),
            HALL,
        ),
    )
    return _file("plane", ("X座標", "Y座標"), points, dict.fromkeys(_DATUM, 6677))


def tokyo_datum() -> CorpusFile:
    """Figures that fall inside the city on either datum: only somebody who knows can tell."""
    points: list[Point] = [
        ("日本測地系の平面直角座標", "-73645.591", "-30898.200", (asks(*_DATUM, then={}),), HALL),
        (
            "日本測地系の平面直角座標",
            "－７３６４５．５９１",
            "－３０８９８．２００",
            (asks(*_DATUM, then={}),),
            HALL,
        ),
    ]
    return _file("tokyo", ("X座標", "Y座標"), points, dict.fromkeys(_DATUM, 30169))


def swapped() -> CorpusFile:
    seen = stored(told=("axes-swapped",))
    points = [("平面直角座標の逆", "-31191.259", "-73289.596", _asked(seen), HALL)] * 2
    return _file("swapped", ("X座標", "Y座標"), points, dict.fromkeys(_DATUM, 6677))


def degrees_swapped() -> CorpusFile:
    seen = stored(told=("axes-swapped",))
    points = [("緯度経度の逆", "139.4902", "35.3389", _asked(seen), HALL)] * 2
    return _file("axes", ("緯度", "経度"), points, dict.fromkeys(_DATUM, 6668))
