"""What a notebook depends on besides what it reads: modules of this package, versions of others, settings of matplotlib."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import chdir
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import helpers

#: What executes a notebook and makes its output stable.
_EXECUTING = "helpers.rendering.worker_main"
#: An import as the formatter writes it. Parsing all modules would take longer than all else that is done where nothing changed.
_IMPORT = re.compile(
    r"^[ ]*(?:from (helpers[\w.]*) import (?:\(([^)]*)\)|([^\n(#]*))|import (helpers[\w., ]*))", re.MULTILINE
)
#: Digits of a digest that distinguish two versions of a file.
_DIGITS = 16


class Modules:
    """The modules of this package, or of another folder: what each holds and imports."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(helpers.__file__).parent

    @cached_property
    def _listed(self) -> list[Path]:
        """The files in the folder and below it, in the order of their paths."""
        # Listed once: asking for the files of each kind takes as long as all else that is done here.
        walk = os.walk(self._folder)
        found = ((folder, name) for folder, _, names in walk for name in names)
        return sorted(Path(*parts) for parts in found if "." in parts[1] and not parts[1].endswith(".pyc"))

    @cached_property
    def _paths(self) -> dict[str, Path]:
        return {self._name(path): path for path in self._listed if path.suffix == ".py"}

    @cached_property
    def sources(self) -> dict[str, str]:
        """Text by name of the module."""
        return {name: path.read_text(encoding="utf-8") for name, path in self._paths.items()}

    def used_by(self, code: str) -> dict[str, str]:
        """Give the modules, with digests, that the code of a notebook imports, directly or through others, or that execute a notebook.

        Every module, where imports cannot be seen from the text alone.
        """
        used: set[str] = set()
        waiting = {_EXECUTING, *self._named(code)}
        while waiting:
            name = waiting.pop()
            if name in self.sources and name not in used:
                used.add(name)
                waiting |= self._imports[name] | {name.rpartition(".")[0]}
        return {name: self.digests[name] for name in sorted(used)}

    def _name(self, path: Path) -> str:
        parts = path.relative_to(self._folder.parent).with_suffix("").parts
        return ".".join(part for part in parts if part != "__init__")

    def _named(self, code: str) -> set[str]:
        try:
            names = set(_names_in(ast.parse(code)))
        except SyntaxError:  # a line for IPython
            return set(self.sources)
        return set(self.sources) if names & {"helpers", "helpers.*", "importlib"} else names

    @cached_property
    def _imports(self) -> dict[str, set[str]]:
        return {name: imports(text) for name, text in self.sources.items()}

    @cached_property
    def digests(self) -> dict[str, str]:
        """Digest by name of the module, as it was at first; that of a package is of the files of data beside it, too."""
        return {name: _digest(files, tuple(map(_state, files))) for name, files in self._files.items()}

    def changed(self, known: Mapping[str, str]) -> bool:
        """Tell whether a module is not, or no longer, what a digest says."""
        try:
            return (
                any(
                    _digest(files, tuple(map(_state, files))) != known[name]
                    for name, files in self._files.items()
                    if name in known
                )
                or not known.keys() <= self._files.keys()
            )
        except FileNotFoundError:
            return True

    @cached_property
    def _files(self) -> dict[str, tuple[Path, ...]]:
        data: dict[Path, list[Path]] = defaultdict(list)
        for path in self._listed:
            if path.suffix != ".py":
                data[path.with_name("__init__.py")].append(path)
        return {name: (path, *data[path]) for name, path in self._paths.items()}


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


@cache
def _digest(files: tuple[Path, ...], _states: tuple[tuple[int, int, int], ...]) -> str:
    # Asked for after each notebook: a file that has not changed is not read again.
    first, *data = files
    total = hashlib.sha256(first.read_text(encoding="utf-8").encode())
    for path in data:
        total.update(path.read_bytes())
    return total.hexdigest()[:_DIGITS]


def imports(text: str) -> set[str]:
    """Give the modules of this package that a module of it may import: each name after ``import`` could be one."""
    imported: set[str] = set()
    for package, several, single, whole in _IMPORT.findall(text):
        names = re.findall(r"(\w+)(?: as \w+)?(?:,|\s*$|\s*#)", several or single, re.MULTILINE)
        imported |= (
            {package, *(f"{package}.{name}" for name in names)}
            if package
            else set(re.findall(r"helpers[\w.]*", whole))
        )
    return imported


def _names_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            # Only what follows `from helpers import` is taken from there.
            if node.module != "helpers":
                yield node.module
        elif isinstance(node, ast.Name) and node.id == "__import__":
            yield "importlib"


def plot_settings(folder: Path) -> str:
    """Give the digest of the settings that matplotlib starts with in a folder."""
    with chdir(folder):
        return hashlib.sha256(_settings_file().read_bytes()).hexdigest()[:_DIGITS]


def _settings_file() -> Path:
    """Find the file of settings as matplotlib does, which takes long to import."""
    spec = find_spec("matplotlib")
    if not sys.platform.startswith("linux") or spec is None or spec.origin is None:
        import matplotlib as mpl

        return Path(mpl.matplotlib_fname())
    asked = os.environ.get
    own = asked("MPLCONFIGDIR") or f"{asked('XDG_CONFIG_HOME') or os.path.expanduser('~/.config')}/matplotlib"  # noqa: PTH111
    places = ["", asked("MATPLOTLIBRC", ""), own if os.access(own, os.W_OK) else ""]
    found = (
        path for place in map(Path, places) for path in (place, place / "matplotlibrc") if path.is_file()
    )
    return next(found, Path(spec.origin).with_name("mpl-data") / "matplotlibrc")


def changed_inputs(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Say what changed between two `Run.inputs`: what a notebook depends on, besides what it read.

    As ``["the code changed", "helpers.questions.hormone_trajectories.variation and 2 more modules changed"]``.
    """
    changes = ["the code changed"] if before.get("code") != now["code"] else []
    modules = _differing(before.get("modules", {}), now["modules"])
    if changes:  # which modules it imports is then no news
        modules = [name for name in modules if name in before.get("modules", {}) and name in now["modules"]]
    if modules:
        more = f" and {len(modules) - 1} more modules" if len(modules) > 1 else ""
        changes.append(f"{modules[0]}{more} changed")
    packages = before.get("packages", {})
    changes += [
        f"{name} {packages.get(name, 'absent')} is now {now['packages'].get(name, 'absent')}"
        for name in _differing(packages, now["packages"])
    ]
    return changes + (
        ["the settings of matplotlib changed"] if before.get("settings") != now["settings"] else []
    )


def _differing(before: dict[str, str], now: dict[str, str]) -> list[str]:
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
