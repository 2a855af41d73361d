"""The evidence package: all tables, checked and typed, and the way back from a number to its source."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, overload

import pandas as pd

from helpers.errors import ChoiceError
from helpers.evidence import units
from helpers.evidence.faults import meant
from helpers.evidence.provenance import (
    COLUMNS,
    ONE_READER,
    address,
    documents_named,
    provenance_of,
    short_name,
)
from helpers.evidence.schema import Schema

#: What rows are joined with of the row that they name in another table, by its key: its column -> the column of the join.
JOINED: dict[str, tuple[list[str], dict[str, str]]] = {
    "studies": (["study_id"], {
        "label": "study_label", "role": "role", "tissue": "tissue", "condition": "condition",
        "population": "population", "design": "design", "n_enrolled": "n_enrolled",
        "follow_up_months": "follow_up_months",
    }),
    "arms": (["study_id", "arm_id"], {
        "label": "arm_label", "kind": "arm_kind", "cell_source": "cell_source", "donor": "donor",
        "dose_cells": "dose_cells", "dose_text": "dose_text", "scaffold": "scaffold", "route": "route", "n": "arm_n",
    }),
    "sources": (["source_id"], {
        "kind": "source_kind", "access": "access", "read": "read", "year": "source_year", "doi": "doi", "url": "url",
        "retracted": "retracted", "origin": "origin", "citation": "citation", "document_agreement": "document_agreement",
    }),
    "double_extraction": (["study_id", "source_id"], {"agreement": "agreement"}),
}  # fmt: skip
#: Tables that rows about any study are read with.
_WHOLE = ("criteria", "reference_values")


@dataclass(frozen=True)
class Trace:
    """Where a row of evidence comes from.

    Attributes
    ----------
    table : str
        The table of the row.
    study : str or None
        `study_id`, None where the row is about no study.
    source : str
        `source_id` of the document.
    citation : str
        The document as it is cited.
    doi, url : str or None
        Where the document is.
    locator : str
        Where in the document.
    access : str
        How deep the document was read.
    agreement : str or None
        How far two extractors agreed on what they read of the study in the document and on what they did not,
        or that one extractor read it.
    extraction : str or None
        How the figure was got, where the table reports it.
    note : str or None
        Remark on the row.
    """

    table: str
    study: str | None
    source: str
    citation: str
    doi: str | None
    url: str | None
    locator: str
    access: str
    agreement: str | None
    extraction: str | None
    note: str | None


@dataclass(frozen=True, eq=False, repr=False)
class Evidence:
    """All tables of an evidence package, each an attribute named as its file.

    Levels in `measurements` and `reference_values` are in canonical units; the unit printed is in
    `unit_reported`. Blank cells are missing values. `printed` holds each table again by its name as the text that
    is in the file, with the same rows: there ``"64.0"`` keeps its decimals, and a blank cell is ``""``.
    `sources` also has how each document is cited, who reports there and how far its readers agreed.
    `schema` says what the columns are and which words they know.
    `digest` is the SHA-256 of the files read, in hex. The tables are to be read: who wants others makes other evidence
    with `dataclasses.replace`.
    """

    sources: pd.DataFrame
    studies: pd.DataFrame
    arms: pd.DataFrame
    baseline: pd.DataFrame
    outcomes: pd.DataFrame
    measurements: pd.DataFrame
    changes: pd.DataFrame
    statements: pd.DataFrame
    risk_of_bias: pd.DataFrame
    pooled: pd.DataFrame
    secretion: pd.DataFrame
    mechanisms: pd.DataFrame
    factors: pd.DataFrame
    claims: pd.DataFrame
    claim_evidence: pd.DataFrame
    criteria: pd.DataFrame
    reference_values: pd.DataFrame
    double_extraction: pd.DataFrame
    discrepancies: pd.DataFrame
    printed: Mapping[str, pd.DataFrame]
    schema: Schema
    digest: str
    #: What was loaded and joined, in nobody's hands, and of which these are all rows or those about one study.
    loaded: Evidence | None = None
    #: Tables by name, joined when they are first asked for.
    _joins: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)
    #: Where each row of a table comes from, by its index; made when the first of them is traced.
    _traces: dict[str, dict[Any, Trace]] = field(default_factory=dict, init=False, repr=False)

    def __repr__(self) -> str:
        return f"Evidence({', '.join(f'{name}: {len(frame)} rows' for name, frame in self.tables.items())})"

    def _repr_html_(self) -> str:
        """Show itself in a notebook as the list of its tables."""
        listed = [
            (name, len(frame), self.schema.tables[name].description) for name, frame in self.tables.items()
        ]
        shown = pd.DataFrame(listed, columns=["table", "rows", "what a row is"])
        with pd.option_context("display.max_colwidth", None):
            return shown.to_html(index=False, border=0, justify="left")

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """All tables by name, in the order of the schema."""
        return {name: getattr(self, name) for name in self.schema.tables}

    def select(self, table: str, **filters: Any) -> pd.DataFrame:
        """Take rows of a table, joined with what is known of their study, arm and source.

        Parameters
        ----------
        table : str
            Name of a table.
        **filters : scalar or list
            Column of the joined table = value, or list of values, to keep. The word ``"all"`` keeps every row,
            unless the column itself knows it.

        Returns
        -------
        pandas.DataFrame
            The rows with their index in the table, and the joined columns (`study_label`, `condition`,
            `arm_label`, `cell_source`, `route`, `donor`, `access`, `doi`, `citation`, `origin`, `agreement`, ...).
            `evidence_row` names each row, for example ``"outcomes row 12"``.

        Raises
        ------
        ValueError
            If there is no such table or column, or no row has the value. The message says which were meant.
        """
        whole = kept = self._joined(table)
        for column, wanted in filters.items():
            if column not in whole.columns:
                raise ChoiceError(f"{table} has no column {column!r}; {_near(column, whole)}")
            values = list(wanted) if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
            known = set(whole[column].dropna())
            if "all" in values and "all" not in known:
                continue
            for value in values:
                if value not in known:
                    near = meant(str(value), map(str, known))
                    raise ChoiceError(f"no row of {table} has {column}={value!r}; {near}")
            kept = kept[kept[column].isin(values)]
        return kept.copy()

    def cite(self, identifier: str) -> str:
        """Cite a study or a source.

        Parameters
        ----------
        identifier : str
            A `study_id` or a `source_id`; a study is cited by its main document.

        Returns
        -------
        str
            For example ``"Yan 2020, doi:10.1111/cpr.12938"``.

        Raises
        ------
        ValueError
            If there is no such study or source.
        """
        study = self.studies[self.studies["study_id"] == identifier]
        source_id = study["source_id"].iloc[0] if len(study) else identifier
        rows = self.sources[self.sources["source_id"] == source_id]
        if rows.empty:
            known = [*self.studies["study_id"], *self.sources["source_id"]]
            raise ChoiceError(f"no study or source {identifier!r}; {meant(identifier, known)}")
        name = str(study["label"].iloc[0]) if len(study) else short_name(rows.iloc[0])
        return name + address(rows.iloc[0])

    @overload
    def trace(self, table: str, row: pd.DataFrame) -> list[Trace]: ...

    @overload
    def trace(self, table: str, row: Mapping[Any, Any] | pd.Series[Any] | int) -> Trace: ...

    def trace(
        self, table: str, row: pd.DataFrame | Mapping[Any, Any] | pd.Series[Any] | int
    ) -> Trace | list[Trace]:
        """Say where a row comes from, or each row of a frame.

        Parameters
        ----------
        table : str
            Name of the table.
        row : pandas.Series, mapping, int or pandas.DataFrame
            A row of the table or of `select`, or its index; or a frame of such rows.

        Returns
        -------
        Trace or list of Trace
            Study, source, locator and depth of access. Claims and criteria come from the article itself.

        Raises
        ------
        ValueError
            If there is no such table, row or source.
        """
        if isinstance(row, pd.DataFrame):
            return [self.trace(table, one) for one in row.to_dict("records")]
        if table not in self._traces:
            self._traces[table] = self._traced(table, self.select(table))
        known, place = self._traces[table], _place(row, table)
        if place is None:
            (trace,) = self._traced(table, pd.DataFrame([row])).values()
        elif place in known:
            trace = known[place]
        else:
            raise ChoiceError(f"{table} has no row {place}; {_extent([*known])}")
        if trace.access is None:
            raise ChoiceError(f"the row of {table} names no known source: {trace.source!r}")
        return trace

    def about(self, study_id: str) -> Evidence:
        """Take the rows about one study, with all that they name.

        Parameters
        ----------
        study_id : str
            Key of the study.

        Returns
        -------
        Evidence
            Of the tables that are about studies only the rows of this one, with their index; the documents that these name;
            `criteria` and `reference_values` whole; the other tables without rows.

        Raises
        ------
        ValueError
            If there is no such study.
        """
        if not (self.studies["study_id"] == study_id).any():
            raise ChoiceError(f"no study {study_id!r}; {meant(study_id, self.studies['study_id'])}")
        kept = {
            name: _about(study_id, name, frame) for name, frame in self.tables.items() if name != "sources"
        }
        named = {source for frame in kept.values() for source in documents_named(frame)}
        of_article = self.sources["kind"] == "article-under-review"
        kept["sources"] = self.sources[self.sources["source_id"].isin(named) | of_article]
        printed = {name: self.printed[name].loc[kept[name].index] for name in self.schema.tables}
        return Evidence(**kept, printed=printed, schema=self.schema, digest=self.digest, loaded=self.loaded)

    def copy(self) -> Evidence:
        """Copy the tables, so that a change of one is not seen in the other."""
        tables = {name: frame.copy() for name, frame in self.tables.items()}
        printed = {name: frame.copy() for name, frame in self.printed.items()}
        return Evidence(**tables, printed=printed, schema=self.schema, digest=self.digest, loaded=self.loaded)

    def in_unit(self, frame: pd.DataFrame, measure: str, unit: str) -> pd.DataFrame:
        """Express canonical levels of a measure in another unit.

        Parameters
        ----------
        frame : pandas.DataFrame
            Rows of `measurements` or `reference_values`.
        measure : str
            The measure, for example ``"E2"``.
        unit : str
            The unit, for example ``"pg/mL"``.

        Returns
        -------
        pandas.DataFrame
            A copy in that unit.

        Raises
        ------
        ValueError
            If the unit is not known for the measure.
        """
        return units.in_unit(frame, measure, unit, self.reference_values)

    def _traced(self, table: str, rows: pd.DataFrame) -> dict[Any, Trace]:
        origin = provenance_of(self.tables, table, rows)
        given = origin.astype(object).where(origin.notna(), None)
        cells = zip(*(given[name] for name in COLUMNS), strict=True)
        return {place: Trace(table, *row) for place, row in zip(given.index, cells, strict=True)}

    def _joined(self, table: str) -> pd.DataFrame:
        """Give a table joined with what is known of the study, the arm and the document of each row, and how far its readers agreed."""
        if table not in TABLES:
            raise ChoiceError(f"there is no table {table!r}; {meant(table, TABLES)}")
        if table not in self._joins:
            known = self._join_of_loaded(table, self.loaded) if self.loaded else None
            self._joins[table] = self._join(table) if known is None else known
        return self._joins[table]

    def _join_of_loaded(self, table: str, loaded: Evidence) -> pd.DataFrame | None:
        """Take the rows from the join of what was loaded, if nobody changed a cell or a row since."""
        rows: pd.DataFrame = getattr(self, table)
        for name in tables_joined(table, rows):
            frame, then = getattr(self, name), getattr(loaded, name)
            if not frame.index.equals(self.printed[name].index):
                return None
            if not frame.equals(then if len(frame) == len(then) else then.loc[frame.index]):
                return None
        return loaded._joins[table].loc[rows.index]

    def _join(self, table: str) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self, table)
        names = pd.array([f"{table} row {index + 2}" for index in frame.index], dtype="str")
        parts = [frame.assign(evidence_row=names)]
        known = {*parts[0].columns}
        for other, (key, columns) in JOINED.items():
            new = {old: name for old, name in columns.items() if name not in known}
            if other == table or not new or not {*key} <= {*frame.columns}:
                continue
            known |= {*new.values()}
            asked = frame[key[0]] if len(key) == 1 else pd.MultiIndex.from_frame(frame[key])
            rows = getattr(self, other).drop_duplicates(key).set_index(key)[list(new)].reindex(asked)
            parts.append(rows.set_axis(frame.index).set_axis(list(new.values()), axis=1))
        whole = pd.concat(parts, axis=1)
        if {"study_id", "source_id"} <= known:
            own = whole["agreement"].fillna(ONE_READER).where(frame["source_id"].notna())
            whole["agreement"] = own.where(frame["study_id"].notna(), whole["document_agreement"])
        return whole


#: The names of the tables.
TABLES = tuple(name for name, kind in Evidence.__annotations__.items() if kind == "pd.DataFrame")


def tables_joined(table: str, rows: pd.DataFrame) -> list[str]:
    """Name the table of these rows, and those that they are joined with."""
    return [table, *(other for other, (key, _) in JOINED.items() if {*key} <= {*rows.columns})]


def _near(column: str, whole: pd.DataFrame) -> str:
    """Say which columns may be meant: a joined column carries the name of its table, one of the table itself does not."""
    near = [name for name in whole.columns if column.endswith(f"_{name}") or name.endswith(f"_{column}")]
    return f"did you mean {' or '.join(map(repr, near))}?" if near else meant(column, whole.columns)


def version(printed: Mapping[str, pd.DataFrame]) -> str:
    """Give the SHA-256 in hex over tables as printed: their names, rows and where these stand."""
    total = hashlib.sha256()
    for name, frame in printed.items():
        total.update(f"{name}\n{frame.to_csv()}".encode())
    return total.hexdigest()


def _about(study_id: str, table: str, frame: pd.DataFrame) -> pd.DataFrame:
    if table in _WHOLE:
        return frame
    return frame[frame["study_id"] == study_id] if "study_id" in frame.columns else frame.iloc[:0]


def _extent(rows: list[Any]) -> str:
    return f"its rows go from {rows[0]} to {rows[-1]}" if rows else "it has none"


def _place(row: Mapping[Any, Any] | pd.Series[Any] | int, table: str) -> int | None:
    """Tell which row of the table is meant, where an index is given or the name that `select` gives it; else None."""
    if isinstance(row, int | Integral):
        return int(row)
    name = row.get("evidence_row")
    named, _, number = str(name).rpartition(" row ")
    return int(number) - 2 if named == table and number.isdecimal() else None
