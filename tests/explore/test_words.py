"""Sentences in the reader's language."""

import gettext
import json

import pytest

from k8smodels import i18n
from k8smodels.explore import words


@pytest.fixture
def german(monkeypatch):
    """A catalogue that marks every sentence it is asked for."""

    class Marked(gettext.NullTranslations):
        def gettext(self, message):
            return f"[{message}]"

        def ngettext(self, one, many, count):
            return f"[{one if count == 1 else many}]"

    monkeypatch.setattr(i18n, "_catalogue", lambda tag: Marked() if tag == "de" else gettext.NullTranslations())
    monkeypatch.setenv(i18n.LANGUAGE_VARIABLE, "de")


def test_english_is_the_language_unless_told(monkeypatch):
    monkeypatch.delenv(i18n.LANGUAGE_VARIABLE, raising=False)
    assert i18n.language() == "en"
    assert i18n._("Reset") == "Reset"


def test_a_language_without_a_catalogue_shows_the_sentences_as_written(monkeypatch):
    monkeypatch.setenv(i18n.LANGUAGE_VARIABLE, "xx")
    assert i18n._("Reset") == "Reset"
    assert i18n.ngettext("{n} node", "{n} nodes", 2) == "{n} nodes"


def test_the_scripts_speak_the_readers_language(german):
    for spoken in (words.explorer_words(), words.predict_words(), words.exercise_words()):
        assert all(text.startswith("[") for text in json.loads(spoken).values())


def test_the_plural_fits_the_count(german):
    assert i18n.ngettext("{n} node", "{n} nodes", 1) == "[{n} node]"
