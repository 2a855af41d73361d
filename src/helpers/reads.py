"""What a process reads while it works: evidence, as the evidence itself notes it, and files, as the interpreter reports them.

The renderer asks for it, to know what an output depends on. Elsewhere nothing is noted.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: The variable that names the file in which a process is to note what it reads.
VARIABLE = "REANALYSIS_READS"
#: Version of a file that was looked for and is not there.
ABSENT = "absent"

#: Where packages lie, this one among them: most of what is opened.
_PACKAGES = tuple(f"{folder}{os.sep}" for folder in (sys.prefix, sys.base_prefix, Path(__file__).parent))
_MACHINE = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/dev", "/run", "/var")


class _Noting:
    """What was noted so far, and where."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self.root = Path.cwd()
        self.seen: set[str] = set()
        self.written: set[Path] = set()
        self.thread = threading.local()

    @property
    def asked(self) -> bool:
        return self.file is not None and not getattr(self.thread, "quiet", False)

    def put(self, what: str, version: str) -> None:
        if self.file is not None and what not in self.seen:
            self.seen.add(what)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps([what, version]) + "\n")


_noting = _Noting()


def start(root: Path) -> None:
    """Note from here on what this process reads, if the environment asks for it.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the project; files below it are named from there.
    """
    name = os.environ.get(VARIABLE)
    if name and _noting.file is None:
        _noting.root, _noting.file = root.resolve(), Path(name)
        sys.addaudithook(_audited)


def asked(data: Path) -> bool:
    """Tell whether this process notes, and a folder is that of the project's evidence."""
    return _noting.asked and data.resolve() == (_noting.root / "data").resolve()


def note(what: str, version: Callable[[], str]) -> None:
    """Note what was read, once.

    Parameters
    ----------
    what : str
        ``data:DIGEST`` for the evidence that was loaded, then ``table:NAME`` or ``study:KEY`` for what the process took of it.
    version : callable
        Gives the digest of what was read.
    """
    if _noting.asked and what not in _noting.seen:
        with quietly():
            _noting.put(what, version())


def noted(file: Path) -> dict[str, str]:
    """Read what another process noted: version by what was read."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(json.loads(line) for line in lines)


@contextmanager
def quietly() -> Iterator[None]:
    """Note nothing inside: what is read there is noted in another way."""
    before = getattr(_noting.thread, "quiet", False)
    _noting.thread.quiet = True
    try:
        yield
    finally:
        _noting.thread.quiet = before


def file_version(path: Path) -> str:
    """Give the SHA-256 of a file in hex, or `ABSENT` where there is none that can be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ABSENT


def folder_version(path: Path) -> str:
    """Give the SHA-256 in hex of the names in a folder, hidden ones left out, or `ABSENT`."""
    try:
        names = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
    except OSError:
        return ABSENT
    return hashlib.sha256("/".join(names).encode()).hexdigest()


def _audited(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS or not _noting.asked or not isinstance(arguments[0], str | bytes | None):
        return
    # The import system lists the folders that it looks into: what it finds there it opens.
    if event == "os.listdir" and "importlib" in sys._getframe(1).f_code.co_filename:
        return
    # A link is known by its own name.
    name = os.path.abspath(os.fsdecode(arguments[0] or "."))  # noqa: PTH100
    if name.startswith(_PACKAGES):
        return
    with quietly():
        path = Path(name)
        if not _is_of_the_machine(path):
            _EVENTS[event](path, *arguments[1:])


def _opened(path: Path, mode: str | None = "r", flags: int = 0) -> None:
    if path.is_dir():
        return
    if path.suffix == ".pyc":
        path = Path(importlib.util.source_from_cache(str(path)))
    if path not in _noting.written and not _empties(mode, flags):
        _noting.put(f"file:{_named(path)}", file_version(path))
    if _writes(mode, flags):
        _noting.written.add(path)


def _connected(path: Path) -> None:
    if path.name != ":memory:":
        _opened(path)


def _listed(path: Path) -> None:
    _noting.put(f"folder:{_named(path)}", folder_version(path))


#: What the interpreter reports, and what is done then.
_EVENTS: dict[str, Callable[..., None]] = {
    "open": _opened, "sqlite3.connect": _connected, "os.listdir": _listed, "os.scandir": _listed,
}  # fmt: skip


def _named(path: Path) -> str:
    return (path.relative_to(_noting.root) if path.is_relative_to(_noting.root) else path).as_posix()


def _empties(mode: str | None, flags: int) -> bool:
    """Tell whether nothing that stood in the file before can be read: it is emptied, or must be new."""
    return bool(flags & (os.O_TRUNC | os.O_EXCL)) if mode is None else mode[0] in "wx"


def _writes(mode: str | None, flags: int) -> bool:
    return bool(flags & (os.O_WRONLY | os.O_RDWR)) if mode is None else mode[0] != "r" or "+" in mode


def _is_of_the_machine(path: Path) -> bool:
    """Tell whether a file belongs to the machine or to the session: settings, what is soon thrown away."""
    inside = path.is_relative_to(_noting.root)
    if not inside and any(path.is_relative_to(folder) for folder in (*_MACHINE, tempfile.gettempdir())):
        return True
    parts = (path.relative_to(_noting.root) if inside else path).parts
    return any(part.startswith(".") for part in parts)
