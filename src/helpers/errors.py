"""The errors that a user can mend."""

from __future__ import annotations


class UserError(Exception):
    """What a user can mend: command and notebook show the message alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Write what IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ChoiceError(UserError, ValueError):
    """A word, value or combination that was chosen and is not there; the message says what is."""
