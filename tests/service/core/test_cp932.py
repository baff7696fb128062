"""What CP932 cannot hold is written in the nearest way, and every case is told."""

from hypothesis import given
from hypothesis import strategies as st

from importers.exporting.files import written_csv
from service.core.cp932 import MISSING, Folded, Folding, nearest

HEADER = ["番号", "名称"]


def test_every_character_that_changes_is_listed_with_its_place():
    folding = Folding([HEADER, ["P-1", "𠮷野ポンプ〜1号"], ["P-2", "高橋①㈱"]])
    raw = b"".join(written_csv(folding, "cp932"))
    assert raw.decode("cp932").splitlines() == ["番号,名称", "P-1,〓野ポンプ～1号", "P-2,高橋①㈱"]
    assert folding.found == [Folded(2, "名称", "𠮷", MISSING), Folded(2, "名称", "〜", "～")]


def test_signs_that_have_a_neighbour_are_not_lost():
    assert [nearest(sign) for sign in "−—²éﬁ"] == ["－", "―", "2", "e", "fi"]


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_any_text_can_be_written_and_what_fits_stays(line: list[str]):
    folding = Folding([HEADER, line])
    _header, (first, second) = folding
    assert (first + second).encode("cp932") is not None
    assert bool(folding.found) == ([first, second] != line)
