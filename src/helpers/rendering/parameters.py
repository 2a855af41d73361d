"""The parameters of a notebook: what they are, what they may be, and what a run makes of them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.evidence.faults import meant

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from pandas import DataFrame

_FORM = "name: type = default  # meaning; allowed: a | b | data TABLE.COLUMN | 0 to 1"
_SCALARS: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float}
_TYPES = ("str", "int", "float", "bool", "list[str]", "list[int]", "list[float]")
_COLUMN = re.compile(r"data (\w+)\.(\w+)")
_RANGE = re.compile(r"(\S+) to (\S+)")


class ParameterError(ValueError):
    """Parameters of a notebook that cannot be read, or values that they may not have; `faults` has all of them."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Parameter:
    """A parameter as its notebook declares it.

    Attributes
    ----------
    name : str
        Name of the variable.
    type : str
        One of ``str int float bool list[str] list[int] list[float]``.
    default : object
        As in the notebook.
    help : str
        What it means.
    allowed : str
        What it may be, as written: alternatives between `` | ``, each a literal, ``data TABLE.COLUMN`` or
        ``A to B``.
    """

    name: str
    type: str
    default: Any
    help: str
    allowed: str

    def from_text(self, text: str) -> Any:
        """Convert text to the type of the parameter, a list by its commas; raises ValueError if it is no such value."""
        scalar = self.type.removeprefix("list[").removesuffix("]")
        try:
            if self.type.startswith("list"):
                return [_SCALARS[scalar](item.strip()) for item in text.split(",") if item.strip()]
            if self.type == "bool":
                return {"true": True, "false": False}[text.strip().lower()]
            return _SCALARS[scalar](text if scalar == "str" else text.strip())
        except (ValueError, KeyError):
            raise ValueError(f"{text!r} is no {_described(self.type)}") from None

    def check(self, value: Any, tables: Mapping[str, DataFrame]) -> None:
        """Raise ValueError for a value of another type or not allowed, saying which are; `tables` is the evidence."""
        if not _has_type(value, self.type):
            raise ValueError(f"{value!r} is no {_described(self.type)}")
        if value == []:
            raise ValueError("the list is empty")
        repeated = [item for item in value if value.count(item) > 1] if isinstance(value, list) else []
        if repeated:
            raise ValueError(f"{as_text(repeated[0])!r} is given twice")
        literals, ranges = _allowed(self.allowed, tables)
        for item in value if isinstance(value, list) else [value]:
            in_range = not isinstance(item, str) and any(low <= item <= high for low, high in ranges)
            if not in_range and as_text(item) not in literals:
                permitted = meant(as_text(item), allowed(self, tables))
                raise ValueError(f"{as_text(item)!r} is not allowed; {permitted}")


def declared(notebook: NotebookNode) -> dict[str, Parameter]:
    """Read the parameters that a notebook declares in its cell tagged ``parameters``, in order; empty if there is none.

    Raises ParameterError if a line is not of the form ``name: type = default  # meaning; allowed: ...``.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return _parse(cell.source)
    return {}


def allowed(parameter: Parameter, tables: Mapping[str, DataFrame]) -> list[str]:
    """List what a parameter may be: values, then ranges as ``"0.5 to 0.999"``."""
    literals, ranges = _allowed(parameter.allowed, tables)
    return [*literals, *(f"{low:g} to {high:g}" for low, high in ranges)]


def resolve(
    parameters: Mapping[str, Parameter], given: Mapping[str, Any], tables: Mapping[str, DataFrame]
) -> tuple[dict[str, Any], list[str]]:
    """Work out the value of every declared parameter, in the order of the notebook, and list what is wrong with those `given`.

    Text is converted to the declared type; `tables` is the evidence, which some parameters take their values from.
    """
    faults = [
        f"{name}: no such parameter; {_known(name, parameters)}" for name in given if name not in parameters
    ]
    values = {}
    for name, parameter in parameters.items():
        value = given.get(name, parameter.default)
        try:
            if isinstance(value, str) and parameter.type != "str":
                value = parameter.from_text(value)
            parameter.check(value, tables)
            values[name] = float(value) if parameter.type == "float" else value
        except ValueError as error:
            faults.append(f"{name}: {error}")
    return values, faults


def as_text(value: Any) -> str:
    """Write a single value as in file names and messages: ``true``, ``false``, floats in the shortest form that gives them back."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _known(name: str, parameters: Mapping[str, Parameter]) -> str:
    return meant(name, parameters) if parameters else "the notebook has none"


def _parse(source: str) -> dict[str, Parameter]:
    # papermill's own inspection reads such lines with a regular expression and stumbles over commas and
    # brackets in annotations and comments.
    try:
        statements = ast.parse(source).body
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, tokenize.TokenError) as error:
        raise ParameterError([f"the parameters cell cannot be read: {error}"]) from error
    comments = {
        token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT
    }
    parameters, faults = {}, []
    for statement in statements:
        try:
            # A formatter moves the comment of a long statement behind its last bracket.
            lines = (statement.end_lineno or statement.lineno, statement.lineno)
            parameter = _parameter(statement, next((comments[n] for n in lines if n in comments), ""))
            parameters[parameter.name] = parameter
        except ValueError as error:
            faults.append(f"parameters cell, line {statement.lineno}: {error}; the form is: {_FORM}")
    if faults:
        raise ParameterError(faults)
    return parameters


def _parameter(statement: ast.stmt, comment: str) -> Parameter:
    if (
        not isinstance(statement, ast.AnnAssign)
        or not isinstance(statement.target, ast.Name)
        or statement.value is None
    ):
        raise ValueError("is no annotated assignment")
    name, kind = statement.target.id, ast.unparse(statement.annotation)
    if kind not in _TYPES:
        raise ValueError(f"{name} has the type {kind!r}; the types are {', '.join(_TYPES)}")
    meaning, separator, allowed = comment.partition("; allowed: ")
    if not separator or not meaning.strip() or not allowed.strip():
        raise ValueError(f"{name} has no comment with its meaning and what is allowed")
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise ValueError(f"the default of {name} is no plain value") from None
    if not _has_type(default, kind):
        raise ValueError(f"the default of {name}, {default!r}, is no {_described(kind)}")
    return Parameter(name, kind, default, meaning.strip(), allowed.strip())


def _allowed(text: str, tables: Mapping[str, DataFrame]) -> tuple[list[str], list[tuple[float, float]]]:
    literals: list[str] = []
    ranges: list[tuple[float, float]] = []
    for alternative in text.split(" | "):
        alternative = alternative.strip()
        column, span = _COLUMN.fullmatch(alternative), _RANGE.fullmatch(alternative)
        if column:
            literals += _values_of(column[1], column[2], tables)
        elif span and all(map(_is_number, span.groups())):
            ranges.append((float(span[1]), float(span[2])))
        else:
            literals.append(alternative)
    return literals, ranges


def _values_of(table: str, column: str, tables: Mapping[str, DataFrame]) -> list[str]:
    if table not in tables or column not in tables[table].columns:
        raise ValueError(f"'data {table}.{column}' is no column of the evidence")
    return [as_text(value) for value in tables[table][column].dropna().unique().tolist()]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _has_type(value: Any, kind: str) -> bool:
    if kind.startswith("list"):
        return isinstance(value, list) and all(_has_type(item, kind[5:-1]) for item in value)
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value).__name__ == kind


def _described(kind: str) -> str:
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "bool (true or false)"}
    if kind.startswith("list"):
        return f"list of {names[kind[5:-1]]} entries"
    return names[kind]
