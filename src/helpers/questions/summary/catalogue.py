"""The messages of the summary in each language, from the catalogue beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from helpers.show.numbers import in_percent

LANGUAGES = ("en", "zh")
#: The pages that show what the messages say, in their order.
_SHOWN_IN = ("08_pooled_outcomes", "14_durability", "10_safety", "08_pooled_outcomes")
CATALOGUE = Path(__file__).with_suffix(".po")


@cache
def catalogue() -> Catalog:
    """Read the catalogue: every message in English, with the Chinese for it."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


class Words:
    """The messages of one language; calling it with a message, in English, gives the text with the values put in.

    Raises KeyError where the catalogue does not hold the message, in English too: what is written has both languages.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
        self.language = language

    def __call__(self, message: str, **values: object) -> str:
        """Give a message in the language, with the values put in."""
        found = catalogue().get(message)
        if found is None:
            raise KeyError(f"no message in the catalogue: {message!r}")
        text = message if self.language == "en" else str(found.string)
        return text.format(**values)

    def listed(self, words: list[str]) -> str:
        """Join words as in a sentence."""
        if len(words) < 2:
            return "".join(words)
        return self("{words} and {last}", words=self.comma.join(words[:-1]), last=words[-1])

    @property
    def comma(self) -> str:
        """Give what is set between the words of a list."""
        return "、" if self.language == "zh" else ", "

    def percent(self, level: float) -> str:
        """Write a level in percent, in the form of the language."""
        return in_percent(level).replace(" ", "" if self.language == "zh" else " ")

    def joined(self, *sentences: str) -> str:
        """Set sentences one after the other."""
        return ("" if self.language == "zh" else " ").join(filter(None, sentences))


def strong(text: str) -> str:
    """Mark words as those that count most; stars would stay stars beside Chinese punctuation."""
    return f"<strong>{text}</strong>"


def led(messages: list[str]) -> list[str]:
    """Lead from what counts most in each of the four messages, which may be empty, to the page that shows it."""
    return [
        message.replace("<strong>", "<strong>[", 1).replace("</strong>", f"]({page}.ipynb)</strong>", 1)
        for message, page in zip(messages, _SHOWN_IN, strict=True)
    ]


def studies(number: int, words: Words) -> str:
    """Write a number of studies."""
    return words("{number} study" if number == 1 else "{number} studies", number=number)


def harm_name(one: dict[str, Any], words: Words) -> str:
    """Name a harm that a trial reports, mild where its source says so."""
    return words("mild {harm}", harm=words(one["harm"])) if one["mild"] else words(one["harm"])
