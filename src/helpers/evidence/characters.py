"""Characters that a reader does not see, or takes for others: what text is made of wherever it comes from."""

from __future__ import annotations

import re
import unicodedata

#: Characters that a page shows as nothing: those of format (Unicode Cf), variation selectors, joiners.
UNSEEN = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
#: Those of format that a page does show, as the sign before an Arabic number.
_SEEN_FORMAT = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f"
#: What no text may hold: control characters, whatever is not seen, and marks that change their neighbours.
NOT_PLAIN = "\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029" + UNSEEN + _SEEN_FORMAT
#: Letters and digits as wide as a Chinese character; they read as the plain ones do.
WIDE = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"

_UNSEEN = re.compile(f"[{UNSEEN}]")
_NOT_PLAIN = re.compile(f"[{NOT_PLAIN}]")
#: Whatever a page shows as a gap, fillers of Hangul and blank Braille among them.
_BLANKS = re.compile(r"[\s\u115f\u1160\u2800\u3164\uffa0]+")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NARROW_WORDS = {wide: plain for wide, plain in _NARROW.items() if chr(plain).isalnum()}


def clean(text: str) -> str:
    """Compose characters, take out what cannot be seen, and leave single blanks, none at the ends."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", _UNSEEN.sub("", text))).strip()


def narrow(text: str, *, signs: bool = True) -> str:
    """Write full-width letters, digits and, with `signs`, all other full-width ASCII signs as the plain ones."""
    return text.translate(_NARROW if signs else _NARROW_WORDS)


def odd(text: str) -> str:
    """Say which character of a refused cell may look right and is not; empty where none does."""
    if narrow(text) != text:
        return f"; it has full-width characters, write {narrow(text)!r}"
    for character in text:
        if _NOT_PLAIN.match(character) or not (character.isascii() or character.isalpha()):
            name = unicodedata.name(character, "a control character")
            return f"; it has U+{ord(character):04X}, {name}"
    return ""
