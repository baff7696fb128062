"""What goes with the labels: the list of a print run, and a page to measure a printer with."""

from collections.abc import Sequence

from service.tags.labels.drawing import Offset, Paper, Placed, width_in_ems
from service.tags.labels.sheets import Rect, Sheet

A4 = (210.0, 297.0)
MARGIN_MM = 15.0
ROW_MM = 6.4
_HEAD = ("枚目", "面", "施設", "場所", "設置箇所コード", "設置箇所", "タグ番号", "貼付")
_STARTS_MM = (15.0, 24.0, 32.0, 66.0, 92.0, 124.0, 160.0, 187.0)
_ENDS_MM = (*(start - 1 for start in _STARTS_MM[1:]), 195.0)


def draw_list(placed: Sequence[Placed], title: str) -> bytes:
    """On plain paper: which label is where on the sheets, with a box to tick on site."""
    paper = Paper(A4, title, Offset())
    rows_a_page = int((A4[1] - 2 * MARGIN_MM - 14) / ROW_MM)
    starts = range(0, len(placed), rows_a_page)
    for number, start in enumerate(starts, 1):
        paper.text(title, MARGIN_MM, MARGIN_MM + 3, 4.2)
        paper.text(f"{number} / {len(starts)}", A4[0] - MARGIN_MM - 14, MARGIN_MM + 3, 3)
        _row(paper, _HEAD, 0)
        for row, one in enumerate(placed[start : start + rows_a_page], 1):
            _row(paper, _cells(one), row)
            paper.frame(Rect(_STARTS_MM[-1], _top(row) - 3.4, 3.8, 3.8))
        paper.end_page()
    return paper.content()


def _cells(one: Placed) -> tuple[str, ...]:
    label = one.label
    place = (label.facility_name or "", label.location or "", label.position_code or "", label.name)
    return (str(one.page + 1), str(one.place + 1), *place, label.code)


def _top(row: int) -> float:
    return MARGIN_MM + 12 + row * ROW_MM


def _row(paper: Paper, cells: Sequence[str], row: int) -> None:
    for text, start, end in zip(cells, _STARTS_MM, _ENDS_MM, strict=False):
        natural = width_in_ems(text) * 2.6
        scale = min(1.0, (end - start) / natural) if natural else 1.0
        paper.text(text, start, _top(row), 2.6, scale)
    paper.line(MARGIN_MM, _top(row) + 1.8, A4[0] - MARGIN_MM, _top(row) + 1.8)


def draw_ruler(sheet: Sheet, offset: Offset, title: str) -> bytes:
    """The labels' outlines and two rulers: laid on the sheet against the light it shows the miss.

    A ruler that does not measure what it says was printed scaled.
    """
    paper = Paper(sheet.page, title, offset)
    for number in range(sheet.labels):
        paper.frame(sheet.place(number))
    width, height = sheet.page
    across, down = int((width - 20) // 10) * 10, int((height - 20) // 10) * 10
    if sheet.labels > 1:
        _ruler(paper, 10, height / 2, across, along=True)
        _ruler(paper, width / 2, 10, down, along=False)
        paper.text(title, width / 2 + 6, height / 2 + 7, 3.2)
        told = "実寸と違うときは、倍率100%で印刷し直してください。"
        paper.text(told, width / 2 + 6, height / 2 + 12, 2.6)
    paper.end_page()
    return paper.content()


def _ruler(paper: Paper, x: float, y: float, length: int, *, along: bool) -> None:
    paper.line(x, y, x + length * along, y + length * (not along))
    for at in range(length + 1):
        tick = 5.0 if at % 10 == 0 else 3.5 if at % 5 == 0 else 2.0
        if along:
            paper.line(x + at, y, x + at, y - tick)
        else:
            paper.line(x, y + at, x - tick, y + at)
        if at % 50 == 0:
            place = (x + at + 0.5, y - 5.5) if along else (x - 11, y + at - 0.5)
            paper.text(str(at), *place, 2.6)
