"""Files that are never half written."""

from __future__ import annotations

import secrets
from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old content or the new one, nothing between.

    Parameters
    ----------
    path : pathlib.Path
        The file. Its folder is made where it is missing.
    content : str or bytes
        The whole content; text is written as UTF-8 with the line ends it has.

    Raises
    ------
    OSError
        If the file cannot be written; the old content then stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not `tempfile`: its files are readable by their owner only, and stay so after the rename.
    temporary = path.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
