"""Whatever a reader says can be said to people, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from importers.values import sentences
from service.core.i18n.catalogue import lookup
from service.core.i18n.locales import Locale

NO_CODES = {"min-1"}
KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
MODULES = [
    ast.parse(path.read_text("utf-8"))
    for path in sorted(Path(sentences.__file__).parent.glob("*.py"))
    if path.name != "sentences.py"
]


def _first_words(*functions: str) -> Iterator[str]:
    """The literal first arguments of calls."""
    for module in MODULES:
        for node in ast.walk(module):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id in functions and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def _literals() -> Iterator[str]:
    for module in MODULES:
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


LITERALS = set(_literals())
# Codes that are chosen by other code look like these and like nothing else.
KEBABS = {word for word in LITERALS if KEBAB.fullmatch(word)} - NO_CODES
CODES = set(_first_words("Unreadable"))
RULES = set(_first_words("Change", "changed"))


def _is_said(text: str) -> bool:
    return lookup(text, Locale.EN) != text


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_reason_has_a_sentence(code):
    assert _is_said(sentences.SENTENCES[code])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_a_name(rule):
    assert _is_said(sentences.RULES[rule])


@pytest.mark.parametrize("word", sorted(KEBABS))
def test_every_word_for_people_is_known(word):
    assert _is_said((sentences.SENTENCES | sentences.RULES)[word])


def test_nothing_is_said_in_vain():
    assert sentences.SENTENCES.keys() <= CODES | KEBABS
    assert sentences.RULES.keys() <= LITERALS
