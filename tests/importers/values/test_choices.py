import pytest

from importers.values.choices import choice, choices
from importers.values.reading import Unreadable
from service.faults.domain import ENVIRONMENT_EFFECT_LABELS
from service.registry.domain import DISCIPLINE_LABELS, LIFECYCLE_LABELS, Lifecycle


def test_a_label_a_code_or_another_spelling():
    read = choice(LIFECYCLE_LABELS, {"供用": Lifecycle.IN_USE})
    assert [read(word).value for word in ("使用", "in_use", "供用", " 使用 ")] == ["in_use"] * 4


def test_an_unknown_word_is_not_guessed():
    with pytest.raises(Unreadable, match="unknown-word"):
        choice(DISCIPLINE_LABELS)("機会")


def test_several_words():
    assert choices(ENVIRONMENT_EFFECT_LABELS)("溢水、臭気").value == ["overflow", "odour"]
