"""The errors that a user can mend."""

from __future__ import annotations


class UserError(Exception):
    """What a user can mend: the command tells it as it is, without a traceback."""
