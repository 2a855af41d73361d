"""Files that are never half written, and the commit they are checked out at."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Mapping
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
    temporary = _beside(path)
    try:
        _write(temporary, path, content)
        temporary.replace(path)
    finally:
        _remove(temporary)


def replace_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write several files of existing folders: all of them, or none.

    Parameters
    ----------
    contents : mapping of str or bytes
        Whole content by file; text is written as UTF-8 with the line ends it has.

    Raises
    ------
    OSError
        If a file cannot be written; all files are then as they were. Only a process that is killed between two
        renames leaves some new and some old, in the order given.
    """
    new = {path: _beside(path) for path in contents}
    # Backups are files, so that taking them back needs no space on the disk.
    old = {path: _beside(path) for path in contents if path.exists()}
    try:
        for path, content in contents.items():
            _write(new[path], path, content)
        for path, backup in old.items():
            shutil.copy2(path, backup)
        try:
            for path in contents:
                new[path].replace(path)
        except BaseException:
            for path in contents:
                if path in old:
                    old[path].replace(path)
                else:
                    path.unlink(missing_ok=True)
            raise
    finally:
        for temporary in (*new.values(), *old.values()):
            _remove(temporary)


def _write(temporary: Path, path: Path, content: str | bytes) -> None:
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        # The error names the file that was to be written, not the temporary one.
        error.filename = str(path)
        raise


def _remove(temporary: Path) -> None:
    # On a file system that is read only even a file that is not there cannot be removed.
    if temporary.exists():
        temporary.unlink()


def _beside(path: Path) -> Path:
    # Not `tempfile`: its files are readable by their owner only, and stay so after the rename.
    return path.with_name(f".{secrets.token_hex(6)}.tmp")


def commit(folder: Path | None = None) -> str:
    """Name the commit that is checked out.

    Parameters
    ----------
    folder : pathlib.Path, optional
        A folder of the checkout, the current one by default.

    Returns
    -------
    str
        Twelve digits, with ``-modified`` where tracked files differ; ``unknown`` outside a checkout.
    """
    command = [
        "git",
        "-C",
        str(folder or Path.cwd()),
        "describe",
        "--always",
        "--exclude=*",
        "--abbrev=12",
        "--dirty=-modified",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
