"""The parameters of a notebook: what they are, what they may be, and what a run makes of them.

A notebook checks its own with `check`; the renderer checks those of every run before a kernel starts.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers import reads
from helpers.errors import UserError
from helpers.evidence.faults import meant

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from pandas import DataFrame

    from helpers.evidence import Evidence

_FORM = "name: type = default  # meaning; allowed: a | b | data TABLE.COLUMN | 0 to 1"
_SCALARS: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float}
_TYPES = ("str", "int", "float", "bool", "list[str]", "list[int]", "list[float]")
_COLUMN = re.compile(r"data (\w+)\.(\w+)")
_RANGE = re.compile(r"(\S+) to (\S+)")


class ParameterError(UserError, ValueError):
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


def check(ev: Evidence) -> None:
    """Check the parameters of the notebook that calls, before anything is computed with them.

    The cell that declared a parameter last says what it may be; a line without its comment allows everything. A single
    value becomes a list where a list is meant, so that ``measure = "AMH"`` is ``["AMH"]``. Outside IPython, as in a script made
    of a notebook, nothing is checked.

    Parameters
    ----------
    ev : Evidence
        The evidence, which some parameters take their values from.

    Raises
    ------
    ParameterError
        If a parameter has a value that it may not have. The message has a line for each, with what was probably meant.
    """
    from IPython.core.getipython import get_ipython  # the renderer needs none

    shell = get_ipython()
    if shell is None or shell.history_manager is None:
        return
    parameters: dict[str, Parameter] = {}
    for source in shell.history_manager.input_hist_raw:
        parameters |= _declared_by(source)
    given = {name: shell.user_ns[name] for name in parameters if name in shell.user_ns}
    # Whoever renders a notebook has checked them too: its outputs depend on its parameters, not on what else is allowed.
    with reads.quietly():
        values, faults = resolve(parameters, given, ev.tables)
    if faults:
        raise ParameterError(faults)
    shell.user_ns.update({name: values[name] for name in given})


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
            elif parameter.type.startswith("list") and not isinstance(value, list):
                value = list(value) if isinstance(value, tuple) else [value]
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
    try:
        statements = _statements(source)
    except (SyntaxError, tokenize.TokenError) as error:
        raise ParameterError([f"the parameters cell cannot be read: {error}"]) from error
    parameters, faults = {}, []
    for statement, comment in statements:
        try:
            parameter = _parameter(statement, comment)
            if not _has_type(parameter.default, parameter.type):
                described = f"{parameter.name}, {parameter.default!r}, is no {_described(parameter.type)}"
                raise ValueError(f"the default of {described}")
            parameters[parameter.name] = parameter
        except ValueError as error:
            faults.append(f"parameters cell, line {statement.lineno}: {error}; the form is: {_FORM}")
    if faults:
        raise ParameterError(faults)
    return parameters


def _declared_by(source: str) -> dict[str, Parameter]:
    """Read the parameters that a cell declares, whatever else stands in it."""
    parameters = {}
    if "; allowed: " in source:
        with suppress(SyntaxError, tokenize.TokenError):  # as of a cell with a magic
            for statement, comment in _statements(source):
                with suppress(ValueError):
                    parameter = _parameter(statement, comment)
                    parameters[parameter.name] = parameter
    return parameters


def _statements(source: str) -> list[tuple[ast.stmt, str]]:
    """Read the statements of a cell, each with its comment."""
    # papermill's own inspection reads such lines with a regular expression and stumbles over commas and
    # brackets in annotations and comments.
    statements = ast.parse(source).body
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    comments = {
        token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT
    }
    # A formatter moves the comment of a long statement behind its last bracket.
    places = [(statement.end_lineno or statement.lineno, statement.lineno) for statement in statements]
    found = [next((comments[line] for line in lines if line in comments), "") for lines in places]
    return list(zip(statements, found, strict=True))


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
