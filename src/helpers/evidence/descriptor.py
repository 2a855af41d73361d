"""Reading `datapackage.yaml`, in which an evidence package says what its tables are: every fault of it with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from helpers.evidence.columns import Column, Table, Vocabulary
from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.package import TABLES
from helpers.evidence.reading import file_fault, plain
from helpers.evidence.schema import Schema
from helpers.evidence.vocabulary import FIXED, KNOWN_TO_CODE

FILE = "datapackage.yaml"
_KINDS: dict[str, Literal["text", "number", "integer"]] = {
    "string": "text", "number": "number", "integer": "integer",
}  # fmt: skip
_PACKAGE = ("profile", "name", "title", "licenses", "vocabularies", "resources")
_RESOURCE = ("name", "path", "description", "schema")
_FIELD = (
    "name", "type", "description", "unit", "words", "joined", "wordsBy", "besides", "hint", "constraints",
)  # fmt: skip
_CONSTRAINTS = ("required", "unique", "pattern", "minimum", "maximum")
#: The one reference of two columns together: an arm is known by its study and its own name.
_ARM = ["study_id", "arm_id"]
# The parser in C, where PyYAML was built with it. It reads every scalar as text: a word may be `no`.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def schema_of(folder: Path) -> Schema:
    """Read the schema of an evidence package.

    Parameters
    ----------
    folder : pathlib.Path
        Folder with the tables and `datapackage.yaml`.

    Returns
    -------
    Schema
        The same object for the same content.

    Raises
    ------
    EvidenceError
        If the descriptor is missing or broken. The error lists every fault: line, column, value and rule.
    """
    path = folder / FILE
    fault = file_fault(path)
    schema, faults = (None, (fault,)) if fault else _read(plain(path.read_bytes()))
    if schema is None:
        raise EvidenceError(str(folder), faults)
    return schema


@lru_cache(maxsize=4)
def _read(content: bytes) -> tuple[Schema | None, tuple[Fault, ...]]:
    try:
        root = yaml.compose(content, Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, (_no_yaml(error),)
    if root is None:
        return None, (Fault(FILE, 0, "", "", "is empty"),)
    reader = _Reader()
    schema = reader.schema(root)
    return (None if reader.faults else schema), tuple(reader.faults)


def _no_yaml(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    row = mark.line + 1 if mark else 0
    return Fault(
        FILE, row, "", "", f"is not YAML: {problem}; a text with ': ' or ' #' in it stands in quotes"
    )


class _Reader:
    """Makes a schema of the nodes of a descriptor, and notes what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._vocabularies: dict[str, Vocabulary] = {}

    def schema(self, root: yaml.Node) -> Schema:
        parts = self._mapping(root, "", _PACKAGE, needed=("name", "title", "vocabularies", "resources"))
        vocabularies = self._mapping(parts.get("vocabularies"), "")
        for name, node in vocabularies.items():
            self._vocabularies[name] = self._vocabulary(name, node)
        resources = [
            (self._mapping(node, "", _RESOURCE, needed=("name", "description", "schema")), node)
            for node in self._sequence(parts.get("resources"), "resources")
        ]
        columns = {
            self._text(resource.get("name")): self._names_of_columns(resource) for resource, _ in resources
        }
        tables: dict[str, Table] = {}
        for resource, node in resources:
            name = self._text(resource.get("name"))
            if name not in TABLES:
                self._fault(resource.get("name", node), "", name, f"is no table; {meant(name, TABLES)}")
            elif name in tables:
                self._fault(resource["name"], "", name, "is described twice")
            else:
                tables[name] = self._table(name, resource, columns)
        for name in TABLES:
            if name not in columns:
                self._fault(parts.get("resources", root), "", name, "is a table that is not described")
        self._held_to_code(parts.get("vocabularies", root), vocabularies)
        about: dict[str, Any] = {
            key: _plain(parts[key]) for key in ("profile", "name", "title", "licenses") if key in parts
        }
        return Schema(tables, self._vocabularies, about)

    def _held_to_code(self, root: yaml.Node, nodes: dict[str, yaml.Node]) -> None:
        """Refuse a descriptor without words that the code treats in a way of their own."""
        for name, words in KNOWN_TO_CODE.items():
            if name not in nodes:
                self._fault(root, "", name, "is a vocabulary that is not defined")
                continue
            for word in words:
                if word not in self._vocabularies[name]:
                    rule = f"must stand among the words of {name}: what is computed depends on it"
                    self._fault(nodes[name], name, word, rule)
            for word in self._vocabularies[name] if name in FIXED else ():
                if word not in words:
                    rule = f"is a word that no code knows; the words of {name} are fixed: {', '.join(words)}"
                    self._fault(nodes[name], name, word, rule)

    def _vocabulary(self, name: str, node: yaml.Node) -> Vocabulary:
        parts = self._mapping(node, name, ("includes", "words"))
        words: Vocabulary = {}
        for other in self._sequence(parts.get("includes"), name):
            words |= self._words(other, name)
        for word, meaning in self._mapping(parts.get("words"), name).items():
            if word in words:
                self._fault(meaning, name, word, "is a word of an included vocabulary too")
            words[word] = self._text(meaning)
            if not words[word]:
                self._fault(meaning, name, word, "must have a meaning")
        if not words:
            self._fault(node, name, name, "is a vocabulary without words")
        return words

    def _names_of_columns(self, resource: dict[str, yaml.Node]) -> list[str]:
        """Name the columns of a table, before it is read itself: others refer to them."""
        names: list[str] = []
        schema = resource.get("schema")
        fields = dict(_pairs(schema)).get("fields") if isinstance(schema, yaml.MappingNode) else None
        for node in fields.value if isinstance(fields, yaml.SequenceNode) else ():
            name = self._text(dict(_pairs(node)).get("name")) if isinstance(node, yaml.MappingNode) else ""
            if name in names:
                self._fault(node, f"{self._text(resource.get('name'))}.{name}", name, "is described twice")
            names.append(name)
        return names

    def _table(self, name: str, resource: dict[str, yaml.Node], columns: dict[str, list[str]]) -> Table:
        path = self._text(resource.get("path")) or f"{name}.csv"
        if path != f"{name}.csv":
            self._fault(resource["path"], name, path, f"must be {name}.csv")
        parts = self._mapping(
            resource.get("schema"),
            name,
            ("fields", "primaryKey", "foreignKeys"),
            needed=("fields", "primaryKey"),
        )
        key = self._columns_named(parts.get("primaryKey"), f"{name}.primaryKey", columns[name])
        targets: dict[str, str] = {}
        for node in self._sequence(parts.get("foreignKeys"), name):
            targets |= self._reference(name, node, columns)
        fields = [self._column(name, node, targets) for node in self._sequence(parts.get("fields"), name)]
        table = Table(name, self._text(resource.get("description")), key, dict(fields))
        for node in self._sequence(parts.get("fields"), name):
            self._held_to_other(table, node)
        return table

    def _reference(self, table: str, node: yaml.Node, columns: dict[str, list[str]]) -> dict[str, str]:
        """Read a foreign key: ``table.column`` by the column that refers to it."""
        where = f"{table}.foreignKeys"
        parts = self._mapping(node, where, ("fields", "reference"), needed=("fields", "reference"))
        target = self._mapping(
            parts.get("reference"), where, ("resource", "fields"), needed=("resource", "fields")
        )
        other = self._text(target.get("resource"))
        if other not in columns:
            self._fault(target.get("resource", node), where, other, f"is no table; {meant(other, columns)}")
            return {}
        own = self._columns_named(parts.get("fields"), where, columns[table])
        theirs = self._columns_named(target.get("fields"), where, columns[other])
        if len(own) == len(theirs) == 1 or (own == theirs == _ARM and other == "arms"):
            return {own[-1]: f"{other}.{theirs[-1]}"}
        if own and theirs:
            rule = f"must be one column that refers to one, or {' and '.join(_ARM)} that refer to arms"
            self._fault(node, where, ", ".join(own), rule)
        return {}

    def _column(self, table: str, node: yaml.Node, targets: dict[str, str]) -> tuple[str, Column]:
        needed = ("name", "type", "description")
        name = self._text(dict(_pairs(node)).get("name")) if isinstance(node, yaml.MappingNode) else ""
        where = f"{table}.{name}"
        parts = self._mapping(node, where, _FIELD, needed=needed)
        limits = self._mapping(parts.get("constraints"), where, _CONSTRAINTS)
        kind = self._text(parts.get("type"))
        if kind and kind not in _KINDS:
            self._fault(parts["type"], where, kind, f"is no type; {meant(kind, _KINDS)}")
        self._held_to_type(where, kind, parts, limits)
        words = self._words(parts["words"], where) if "words" in parts else {}
        joined = self._flag(parts.get("joined"), where)
        if joined and not words:
            self._fault(parts["joined"], where, "joined", "needs words")
        by = self._mapping(parts.get("wordsBy"), where, ("column", "words"), needed=("column", "words"))
        words_by = {
            word: self._words(vocabulary, where)
            for word, vocabulary in self._mapping(by.get("words"), where).items()
        }
        besides = self._words(parts["besides"], where) if "besides" in parts else {}
        target = targets.get(name, "")
        return name, Column(
            _KINDS.get(kind, "text"),
            self._text(parts.get("description"))
            + (f" ({target})" if target else "")
            + (f", or {', '.join(besides)}" if besides else ""),
            required=self._flag(limits.get("required"), where),
            unique=self._flag(limits.get("unique"), where),
            unit=self._text(parts.get("unit")),
            pattern=_joined_pattern(words) if joined else self._pattern(limits.get("pattern"), parts, where),
            form=f"words joined by '; ', of: {', '.join(words)}" if joined else self._text(parts.get("hint")),
            vocabulary={} if joined else words,
            joined=words if joined else {},
            by=self._text(by.get("column")),
            words_by=words_by,
            besides=besides,
            references=target,
            minimum=self._limit(limits.get("minimum"), where),
            maximum=self._limit(limits.get("maximum"), where),
        )

    def _held_to_type(
        self, where: str, kind: str, parts: dict[str, yaml.Node], limits: dict[str, yaml.Node]
    ) -> None:
        """Refuse rules that a column of the type cannot have."""
        text = kind == "string"
        of_others = (
            ("unit", "minimum", "maximum") if text else ("words", "wordsBy", "besides", "hint", "pattern")
        )
        for rule, node in {**parts, **limits}.items():
            if kind in _KINDS and rule in of_others:
                self._fault(node, where, rule, f"is no rule for a {kind}")

    def _held_to_other(self, table: Table, node: yaml.Node) -> None:
        """Compare the words on which those of a column depend with those of the other column."""
        column = self._text(dict(_pairs(node)).get("name")) if isinstance(node, yaml.MappingNode) else ""
        rules = table.columns.get(column)
        if rules is None or not rules.by:
            return
        where = f"{table.name}.{column}"
        if rules.by not in table.columns:
            self._fault(
                node, where, rules.by, f"is no column of {table.name}; {meant(rules.by, table.columns)}"
            )
            return
        known = table.columns[rules.by].vocabulary
        for word in rules.words_by:
            if word not in known:
                self._fault(node, where, word, f"is no word of {rules.by}; {meant(word, known)}")

    def _words(self, node: yaml.Node, where: str) -> Vocabulary:
        """Look a vocabulary up by its name; one that includes others stands below them."""
        name = self._text(node)
        if name not in self._vocabularies:
            self._fault(node, where, name, f"is no vocabulary; {meant(name, self._vocabularies)}")
        return self._vocabularies.get(name, {})

    def _pattern(self, node: yaml.Node | None, parts: dict[str, yaml.Node], where: str) -> str:
        pattern = self._text(node)
        try:
            re.compile(pattern)
        except re.error as error:
            self._fault(node, where, pattern, f"is no regular expression: {error}")
        if pattern and "hint" not in parts:
            self._fault(node, where, pattern, "needs a hint beside it that says what fits")
        return pattern

    def _limit(self, node: yaml.Node | None, where: str) -> float | None:
        if node is None:
            return None
        text = self._text(node)
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            self._fault(node, where, text, "is no number")
            return None

    def _flag(self, node: yaml.Node | None, where: str) -> bool:
        text = self._text(node) if node is not None else "false"
        if text not in ("true", "false"):
            self._fault(node, where, text, "must be true or false")
        return text == "true"

    def _columns_named(self, node: yaml.Node | None, where: str, known: list[str]) -> list[str]:
        """Read the name of a column, or a list of names."""
        several = node.value if isinstance(node, yaml.SequenceNode) else [node] if node else []
        found = []
        for one in several:
            name = self._text(one)
            if name in known:
                found.append(name)
            else:
                self._fault(one, where, name, f"is no column; {meant(name, known)}")
        return found

    def _mapping(
        self,
        node: yaml.Node | None,
        where: str,
        allowed: Collection[str] = (),
        needed: Iterable[str] = (),
    ) -> dict[str, yaml.Node]:
        """Read names with what stands behind each; without `allowed` any name may stand there."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, where, _shown(node), "must be names, each with a colon and what belongs to it")
            return {}
        found: dict[str, yaml.Node] = {}
        for name, value in _pairs(node):
            if name in found:
                self._fault(value, where, name, "stands twice")
            elif allowed and name not in allowed:
                self._fault(value, where, name, f"is not known here; {meant(name, allowed)}")
            else:
                found[name] = value
        for name in needed:
            if name not in found:
                self._fault(node, where, name, "must be given")
        return found

    def _sequence(self, node: yaml.Node | None, where: str) -> list[yaml.Node]:
        if node is None or isinstance(node, yaml.SequenceNode):
            return node.value if node else []
        self._fault(node, where, _shown(node), "must be a list")
        return []

    def _text(self, node: yaml.Node | None) -> str:
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def _fault(self, node: yaml.Node | None, where: str, value: str, rule: str) -> None:
        fault = Fault(FILE, node.start_mark.line + 1 if node else 0, where, value, rule)
        if fault not in self.faults:
            self.faults.append(fault)


def _pairs(node: yaml.MappingNode) -> list[tuple[str, yaml.Node]]:
    return [(str(name.value), value) for name, value in node.value]


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {name: _plain(value) for name, value in _pairs(node)}
    return [_plain(one) for one in node.value] if isinstance(node, yaml.SequenceNode) else node.value


def _shown(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "a list"


def _joined_pattern(words: Vocabulary) -> str:
    word = "|".join(map(re.escape, words))
    return rf"(?:{word})(?:; (?:{word}))*"
