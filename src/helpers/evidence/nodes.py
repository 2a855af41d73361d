"""Reading the nodes of a YAML file as what they must be, with a fault that names the line of each that is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import yaml

from helpers.evidence.faults import Fault, meant


class Nodes:
    """Reads nodes of a file, and notes what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.faults: list[Fault] = []
        self._file = file

    def mapping(
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
            self.fault(node, where, _shown(node), "must be names, each with a colon and what belongs to it")
            return {}
        found: dict[str, yaml.Node] = {}
        for name, value in pairs(node):
            if name in found:
                self.fault(value, where, name, "is there twice")
            elif allowed and name not in allowed:
                self.fault(value, where, name, f"is not known here; {meant(name, allowed)}")
            else:
                found[name] = value
        for name in needed:
            if name not in found:
                self.fault(node, where, name, "must be given")
        return found

    def sequence(self, node: yaml.Node | None, where: str) -> list[yaml.Node]:
        """Read a list; nothing is an empty one."""
        if node is None or isinstance(node, yaml.SequenceNode):
            return node.value if node else []
        self.fault(node, where, _shown(node), "must be a list")
        return []

    def text(self, node: yaml.Node | None) -> str:
        """Read a text; what is none, is empty."""
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def flag(self, node: yaml.Node | None, where: str) -> bool:
        """Read true or false; nothing is false."""
        text = self.text(node) if node is not None else "false"
        if text not in ("true", "false"):
            self.fault(node, where, text, "must be true or false")
        return text == "true"

    def limit(self, node: yaml.Node | None, where: str) -> float | None:
        """Read a number."""
        if node is None:
            return None
        text = self.text(node)
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            self.fault(node, where, text, "is no number")
            return None

    def fault(self, node: yaml.Node | None, where: str, value: str, rule: str) -> None:
        """Note once what is wrong with a node."""
        fault = Fault(self._file, node.start_mark.line + 1 if node else 0, where, value, rule)
        if fault not in self.faults:
            self.faults.append(fault)


def pairs(node: yaml.MappingNode) -> list[tuple[str, yaml.Node]]:
    """Give the names of a mapping with what stands behind each, also where one is there twice."""
    return [(str(name.value), value) for name, value in node.value]


def plain_value(node: yaml.Node) -> Any:
    """Give a node as text, lists and dictionaries."""
    if isinstance(node, yaml.MappingNode):
        return {name: plain_value(value) for name, value in pairs(node)}
    return [plain_value(one) for one in node.value] if isinstance(node, yaml.SequenceNode) else node.value


def _shown(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "a list"
