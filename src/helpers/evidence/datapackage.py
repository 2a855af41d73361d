"""`datapackage.json` and the codebook, both written from `datapackage.yaml`; `references.bib`, from the sources.

Run ``python -m helpers.evidence.datapackage data`` after a change of the descriptor or of the sources.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from helpers.evidence import bibliography
from helpers.evidence.columns import Column, Table, Vocabulary
from helpers.evidence.descriptor import schema_of
from helpers.evidence.schema import Schema
from helpers.files import write_atomically

#: The codebook is hand-written above this line and generated below it.
MARK = "<!-- Everything below is generated from `datapackage.yaml` by `make codebook`. -->"

_TYPES = {"text": "string", "number": "number", "integer": "integer"}


def describe(schema: Schema) -> dict[str, Any]:
    """Describe the tables as a Frictionless Data Package, the content of `datapackage.json`."""
    return {
        "profile": "tabular-data-package",
        **schema.about,
        "resources": [_resource(table) for table in schema.tables.values()],
    }


def codebook(preface: str, schema: Schema) -> str:
    """Write the codebook in Markdown.

    The preface up to `MARK`, a list of the tables, and each with its columns and words.
    """
    parts = [preface.split(MARK)[0].rstrip(), MARK, "## Tables"]
    parts.append(
        "\n".join(f"- [{name}](#{name}): {table.description}" for name, table in schema.tables.items())
    )
    for name, table in schema.tables.items():
        parts += [f"### {name}", f"{table.description} Key: {', '.join(table.key)}.", _column_table(table)]
        parts += [_word_list(column, rules) for column, rules in table.columns.items() if rules.words]
        parts += [
            _list_by(column, word, words, schema.tables["arms"].columns)
            for column, rules in table.columns.items() if not rules.words
            for word, words in rules.words_by.items()
        ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def write(folder: Path) -> list[Path]:
    """Write `datapackage.json`, `README.md` (what stands above `MARK` stays) and `references.bib` of a folder."""
    package, readme, schema = folder / "datapackage.json", folder / "README.md", schema_of(folder)
    write_atomically(package, json.dumps(describe(schema), indent=2, ensure_ascii=False) + "\n")
    write_atomically(readme, codebook(readme.read_text(encoding="utf-8"), schema))
    return [package, readme, bibliography.write(folder)]


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, rules) for column, rules in table.columns.items()],
        "missingValues": [""],
    }
    if len(table.key) == 1:
        schema["primaryKey"] = table.key
    schema["foreignKeys"] = _foreign_keys(table)
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {part: value for part, value in schema.items() if value},
    }


def _field(column: str, rules: Column) -> dict[str, Any]:
    given = {
        "required": rules.required,
        "unique": rules.unique,
        "enum": list(rules.vocabulary),
        "pattern": rules.pattern,
        "minimum": rules.minimum,
        "maximum": rules.maximum,
    }
    # A limit of 0 is one.
    constraints = {
        name: value for name, value in given.items() if value or (value == 0 and value is not False)
    }
    field = {"name": column, "type": _TYPES[rules.kind], "description": rules.description}
    if rules.unit:
        field["unit"] = rules.unit
    return {**field, "constraints": constraints} if constraints else field


def _foreign_keys(table: Table) -> list[dict[str, Any]]:
    keys = []
    for column, rules in table.columns.items():
        target = rules.references
        if not target:
            continue
        resource, field = target.split(".")
        # An arm is known by its study and its own name together; a data package has no word for "or none".
        if target == "arms.arm_id" and not rules.required:
            continue
        fields = ["study_id", "arm_id"] if target == "arms.arm_id" else field
        keys.append(
            {
                "fields": fields if target == "arms.arm_id" else column,
                "reference": {"resource": resource, "fields": fields},
            }
        )
    return keys


def _column_table(table: Table) -> str:
    lines = ["| column | type | unit | must be given | meaning |", "|---|---|---|---|---|"]
    for column, rules in table.columns.items():
        required = "yes" if rules.required else "no"
        kind = "word" if rules.words else rules.kind
        lines.append(f"| `{column}` | {kind} | {rules.unit} | {required} | {rules.description} |")
    return "\n".join(lines)


def _word_list(column: str, rules: Column) -> str:
    several = ", several joined by '; '" if rules.joined else ""
    return f"Words of `{column}`{several}: {_meanings(rules.words)}."


def _list_by(column: str, word: str, words: Vocabulary, of_arms: dict[str, Column]) -> str:
    """List the words of a column that go with a word of another; those that a column of arms has too by its name."""
    further = ""
    for name, rules in of_arms.items():
        if rules.vocabulary and rules.vocabulary.items() <= words.items():
            words = {other: words[other] for other in words if other not in rules.vocabulary}
            further = f"those of `arms.{name}`"
    meanings = "; ".join(filter(None, [further, _meanings(words)]))
    return f"Words of `{column}` by `{word}`: {meanings}."


def _meanings(words: Vocabulary) -> str:
    return "; ".join(f"`{word}` {meaning}" for word, meaning in words.items())


if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        print(path)
