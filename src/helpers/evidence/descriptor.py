"""Reading `datapackage.yaml`, in which an evidence package says what its tables are: every fault of it with its line."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from helpers.evidence.columns import Column, Table, Vocabulary
from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.nodes import Nodes, pairs, plain_value
from helpers.evidence.package import TABLES
from helpers.evidence.schema import Schema
from helpers.evidence.table_text import file_fault, plain
from helpers.evidence.vocabulary import FIXED, KNOWN_TO_CODE, phrase

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
    """Read the schema of an evidence package, the same object for the same content.

    Raises EvidenceError, with every fault, if the descriptor is missing or broken.
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
    return Fault(FILE, row, "", "", f"is not YAML: {problem}; put a text with ': ' or ' #' in it into quotes")


class _Reader(Nodes):
    """Makes a schema of the nodes of a descriptor, and notes what is wrong with them."""

    def __init__(self) -> None:
        super().__init__(FILE)
        self._vocabularies: dict[str, Vocabulary] = {}

    def schema(self, root: yaml.Node) -> Schema:
        parts = self.mapping(root, "", _PACKAGE, needed=("name", "title", "vocabularies", "resources"))
        vocabularies = self.mapping(parts.get("vocabularies"), "")
        for name, node in vocabularies.items():
            self._vocabularies[name] = self._vocabulary(name, node)
        resources = [
            (self.mapping(node, "", _RESOURCE, needed=("name", "description", "schema")), node)
            for node in self.sequence(parts.get("resources"), "resources")
        ]
        columns = {
            self.text(resource.get("name")): self._names_of_columns(resource) for resource, _ in resources
        }
        tables: dict[str, Table] = {}
        for resource, node in resources:
            name = self.text(resource.get("name"))
            if name not in TABLES:
                self.fault(resource.get("name", node), "", name, f"is no table; {meant(name, TABLES)}")
            elif name in tables:
                self.fault(resource["name"], "", name, "is described twice")
            else:
                tables[name] = self._table(name, resource, columns)
        for name in TABLES:
            if name not in columns:
                self.fault(parts.get("resources", root), "", name, "is a table that is not described")
        self._held_to_code(parts.get("vocabularies", root), vocabularies)
        about: dict[str, Any] = {
            key: plain_value(parts[key]) for key in ("profile", "name", "title", "licenses") if key in parts
        }
        phrases = {word: phrase(word) for words in self._vocabularies.values() for word in words}
        return Schema(tables, self._vocabularies, phrases, about)

    def _held_to_code(self, root: yaml.Node, nodes: dict[str, yaml.Node]) -> None:
        """Refuse a descriptor without words that the code treats in a way of their own."""
        for name, words in KNOWN_TO_CODE.items():
            if name not in nodes:
                self.fault(root, "", name, "is a vocabulary that is not defined")
                continue
            for word in words:
                if word not in self._vocabularies[name]:
                    rule = f"must be one of the words of {name}: what is computed depends on it"
                    self.fault(nodes[name], name, word, rule)
            for word in self._vocabularies[name] if name in FIXED else ():
                if word not in words:
                    rule = f"is a word that no code knows; the words of {name} are fixed: {', '.join(words)}"
                    self.fault(nodes[name], name, word, rule)

    def _vocabulary(self, name: str, node: yaml.Node) -> Vocabulary:
        parts = self.mapping(node, name, ("includes", "words"))
        words: Vocabulary = {}
        for other in self.sequence(parts.get("includes"), name):
            words |= self._words(other, name)
        for word, meaning in self.mapping(parts.get("words"), name).items():
            if word in words:
                self.fault(meaning, name, word, "is a word of an included vocabulary too")
            words[word] = self.text(meaning)
            if not words[word]:
                self.fault(meaning, name, word, "must have a meaning")
        if not words:
            self.fault(node, name, name, "is a vocabulary without words")
        return words

    def _names_of_columns(self, resource: dict[str, yaml.Node]) -> list[str]:
        """Name the columns of a table, before it is read itself: others refer to them."""
        names: list[str] = []
        schema = resource.get("schema")
        fields = dict(pairs(schema)).get("fields") if isinstance(schema, yaml.MappingNode) else None
        for node in fields.value if isinstance(fields, yaml.SequenceNode) else ():
            name = self.text(dict(pairs(node)).get("name")) if isinstance(node, yaml.MappingNode) else ""
            if name in names:
                self.fault(node, f"{self.text(resource.get('name'))}.{name}", name, "is described twice")
            names.append(name)
        return names

    def _table(self, name: str, resource: dict[str, yaml.Node], columns: dict[str, list[str]]) -> Table:
        path = self.text(resource.get("path")) or f"{name}.csv"
        if path != f"{name}.csv":
            self.fault(resource["path"], name, path, f"must be {name}.csv")
        parts = self.mapping(
            resource.get("schema"),
            name,
            ("fields", "primaryKey", "foreignKeys"),
            needed=("fields", "primaryKey"),
        )
        key = self._columns_named(parts.get("primaryKey"), f"{name}.primaryKey", columns[name])
        targets: dict[str, str] = {}
        for node in self.sequence(parts.get("foreignKeys"), name):
            targets |= self._reference(name, node, columns)
        fields = [self._column(name, node, targets) for node in self.sequence(parts.get("fields"), name)]
        table = Table(name, self.text(resource.get("description")), key, dict(fields))
        for node in self.sequence(parts.get("fields"), name):
            self._held_to_other(table, node)
        return table

    def _reference(self, table: str, node: yaml.Node, columns: dict[str, list[str]]) -> dict[str, str]:
        """Read a foreign key: ``table.column`` by the column that refers to it."""
        where = f"{table}.foreignKeys"
        parts = self.mapping(node, where, ("fields", "reference"), needed=("fields", "reference"))
        target = self.mapping(
            parts.get("reference"), where, ("resource", "fields"), needed=("resource", "fields")
        )
        other = self.text(target.get("resource"))
        if other not in columns:
            self.fault(target.get("resource", node), where, other, f"is no table; {meant(other, columns)}")
            return {}
        own = self._columns_named(parts.get("fields"), where, columns[table])
        theirs = self._columns_named(target.get("fields"), where, columns[other])
        if len(own) == len(theirs) == 1 or (own == theirs == _ARM and other == "arms"):
            return {own[-1]: f"{other}.{theirs[-1]}"}
        if own and theirs:
            rule = f"must be one column that refers to one, or {' and '.join(_ARM)} that refer to arms"
            self.fault(node, where, ", ".join(own), rule)
        return {}

    def _column(self, table: str, node: yaml.Node, targets: dict[str, str]) -> tuple[str, Column]:
        needed = ("name", "type", "description")
        name = self.text(dict(pairs(node)).get("name")) if isinstance(node, yaml.MappingNode) else ""
        where = f"{table}.{name}"
        parts = self.mapping(node, where, _FIELD, needed=needed)
        limits = self.mapping(parts.get("constraints"), where, _CONSTRAINTS)
        kind = self.text(parts.get("type"))
        if kind and kind not in _KINDS:
            self.fault(parts["type"], where, kind, f"is no type; {meant(kind, _KINDS)}")
        self._held_to_type(where, kind, parts, limits)
        words = self._words(parts["words"], where) if "words" in parts else {}
        joined = self.flag(parts.get("joined"), where)
        if joined and not words:
            self.fault(parts["joined"], where, "joined", "needs words")
        by = self.mapping(parts.get("wordsBy"), where, ("column", "words"), needed=("column", "words"))
        words_by = {
            word: self._words(vocabulary, where)
            for word, vocabulary in self.mapping(by.get("words"), where).items()
        }
        besides = self._words(parts["besides"], where) if "besides" in parts else {}
        target = targets.get(name, "")
        return name, Column(
            _KINDS.get(kind, "text"),
            self.text(parts.get("description"))
            + (f" ({target})" if target else "")
            + (f", or {', '.join(besides)}" if besides else ""),
            required=self.flag(limits.get("required"), where),
            unique=self.flag(limits.get("unique"), where),
            unit=self.text(parts.get("unit")),
            pattern=_joined_pattern(words) if joined else self._pattern(limits.get("pattern"), parts, where),
            form=f"words joined by '; ', of: {', '.join(words)}" if joined else self.text(parts.get("hint")),
            vocabulary={} if joined else words,
            joined=words if joined else {},
            by=self.text(by.get("column")),
            words_by=words_by,
            besides=besides,
            references=target,
            minimum=self.limit(limits.get("minimum"), where),
            maximum=self.limit(limits.get("maximum"), where),
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
                self.fault(node, where, rule, f"is no rule for a {kind}")

    def _held_to_other(self, table: Table, node: yaml.Node) -> None:
        """Compare the words on which those of a column depend with those of the other column."""
        column = self.text(dict(pairs(node)).get("name")) if isinstance(node, yaml.MappingNode) else ""
        rules = table.columns.get(column)
        if rules is None or not rules.by:
            return
        where = f"{table.name}.{column}"
        if rules.by not in table.columns:
            self.fault(
                node, where, rules.by, f"is no column of {table.name}; {meant(rules.by, table.columns)}"
            )
            return
        known = table.columns[rules.by].vocabulary
        for word in rules.words_by:
            if word not in known:
                self.fault(node, where, word, f"is no word of {rules.by}; {meant(word, known)}")

    def _words(self, node: yaml.Node, where: str) -> Vocabulary:
        """Look a vocabulary up by its name; one that includes others stands below them."""
        name = self.text(node)
        if name not in self._vocabularies:
            self.fault(node, where, name, f"is no vocabulary; {meant(name, self._vocabularies)}")
        return self._vocabularies.get(name, {})

    def _pattern(self, node: yaml.Node | None, parts: dict[str, yaml.Node], where: str) -> str:
        pattern = self.text(node)
        try:
            re.compile(pattern)
        except re.error as error:
            self.fault(node, where, pattern, f"is no regular expression: {error}")
        if pattern and "hint" not in parts:
            self.fault(node, where, pattern, "needs a hint beside it that says what fits")
        return pattern

    def _columns_named(self, node: yaml.Node | None, where: str, known: list[str]) -> list[str]:
        """Read the name of a column, or a list of names."""
        several = node.value if isinstance(node, yaml.SequenceNode) else [node] if node else []
        found = []
        for one in several:
            name = self.text(one)
            if name in known:
                found.append(name)
            else:
                self.fault(one, where, name, f"is no column; {meant(name, known)}")
        return found


def _joined_pattern(words: Vocabulary) -> str:
    word = "|".join(map(re.escape, words))
    return rf"(?:{word})(?:; (?:{word}))*"
