"""The messages of the summary in each language, from the catalogue beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from helpers.show.numbers import in_percent, number, per_hundred

#: A row of a hundred women by its columns, and other numbers by name.
Row = dict[Any, Any]
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

    def __init__(self, language: str, level: float = 0.95) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
        self.language = language
        self.comma = "、" if language == "zh" else ", "
        self._space = "" if language == "zh" else " "
        self._level = in_percent(level).replace(" ", self._space)

    def __call__(self, message: str, *rows: Row, **values: object) -> str:
        """Give a message in the language, with the values of rows and other values put in; {level} is that of the page."""
        found = catalogue().get(message)
        if found is None:
            raise KeyError(f"no message in the catalogue: {message!r}")
        text = message if self.language == "en" else str(found.string)
        given: Row = {"level": self._level}
        for row in (*rows, values):
            given |= row
        return text.format(
            **{name: number(one) if isinstance(one, float) else one for name, one in given.items()}
        )

    def listed(self, words: list[str]) -> str:
        """Join words as in a sentence."""
        if len(words) < 2:
            return "".join(words)
        return self("{words} and {last}", words=self.comma.join(words[:-1]), last=words[-1])

    def joined(self, *sentences: str) -> str:
        """Set sentences one after the other."""
        return self._space.join(filter(None, sentences))


def strong(text: str) -> str:
    """Mark words as those that count most; stars would stay stars beside Chinese punctuation."""
    return f"<strong>{text}</strong>"


def led(messages: list[str]) -> str:
    """List those of the four messages that say something, each led from what counts most to the page that shows it."""
    linked = [
        message.replace("<strong>", "<strong>[", 1).replace("</strong>", f"]({page}.ipynb)</strong>", 1)
        for message, page in zip(messages, _SHOWN_IN, strict=True)
    ]
    return "\n".join(f"{number}. {message}" for number, message in enumerate(filter(None, linked), start=1))


def in_hundred(row: Row, begin: str = "") -> dict[str, str]:
    """Write the estimate of a row and its limits as women in a hundred, for a message: per, low and high."""
    columns = {"per": "estimate", "low": "low", "high": "high"}
    return {name: per_hundred(row[f"{begin}{column}"]) for name, column in columns.items()}


def of_trial(row: Row) -> Row:
    """Give the counts of the trial of a row and its risk difference in a hundred, as values of a message."""
    ends = {"difference": "", "low": "_low", "high": "_high"}
    return {
        "study": row["trial_study_label"], "events": row["trial_events"], "women": row["trial_total"],
        "control_events": row["trial_control_events"], "control_women": row["trial_control_total"],
        **{name: per_hundred(row[f"trial_difference{end}"], sign=True) for name, end in ends.items()},
    }  # fmt: skip


def studies(number: int, words: Words) -> str:
    """Write a number of studies."""
    return words("{number} study" if number == 1 else "{number} studies", number=number)


def harm_name(one: Row, words: Words) -> str:
    """Name a harm that a trial reports, mild where its source says so."""
    return words("mild {harm}", harm=words(one["harm"])) if one["mild"] else words(one["harm"])
