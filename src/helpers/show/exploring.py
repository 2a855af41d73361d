"""Tables to sort, filter and search in JupyterLab, with the DataTables that itables carries: nothing is loaded from elsewhere."""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import display

#: Rows on a page of a table.
_ROWS = 10
#: The cells whose output holds the library, which takes most of a megabyte; one is enough for a notebook.
_carriers: set[str] = set()


def explore(rows: pd.DataFrame, title: str) -> None:
    """Display a frame as a table that sorts, searches, and filters each column by the field below it."""
    # Only here: importing it would slow every notebook down, and few explore.
    from itables import javascript, options

    plain = rows.map(lambda value: "; ".join(map(str, value)) if isinstance(value, list) else value)
    table = javascript.to_html_datatable(
        plain,
        title,
        connected=False,
        showIndex=False,
        column_filters="footer",
        maxBytes=0,
        pageLength=_ROWS,
        # Not the default, with which a short table goes without its search.
        layout={"topStart": "info", "topEnd": "search", "bottomStart": "pageLength", "bottomEnd": "paging"},
        classes="display compact",
        style="table-layout:auto;width:100%;caption-side:top;text-align:left",
        display_logo_when_loading=False,
    )
    library = javascript.generate_init_offline_itables_html(options.dt_bundle) if _carries() else ""
    bundle = {"text/html": library + table, "text/plain": f"{title} ({len(rows)} rows)"}
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _carries() -> bool:
    """Tell whether the output of this cell is to hold the library: in the first that explores, also when it runs again."""
    shell: Any = get_ipython()
    message = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell = message.get("metadata", {}).get("cellId", "")
    if not _carriers:
        _carriers.add(cell)
    return not cell or cell in _carriers
