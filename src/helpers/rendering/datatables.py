"""The library that sorts, filters and searches the tables of a page, as one script that also runs from a folder."""

from __future__ import annotations

import re
from importlib import resources

_EXPORTED = re.compile(r"export\s*\{([^}]*)\}\s*;?")


def assets() -> dict[str, bytes]:
    """Read script and style of DataTables, which itables carries.

    A browser loads no module from a folder, so the script is made a plain one that leaves its exports in
    ``window.DataTables``. Raises ValueError if the library no longer ends in one list of exports.
    """
    folder = resources.files("itables") / "html"
    module = (folder / "dt_bundle.js").read_text(encoding="utf-8")
    exported = _EXPORTED.findall(module)
    if len(exported) != 1:
        raise ValueError(f"dt_bundle.js of itables has {len(exported)} lists of exports; one is expected")
    names = ", ".join(f"{name}: {local}" for local, name in re.findall(r"([\w$]+) as ([\w$]+)", exported[0]))
    plain = _EXPORTED.sub(lambda _: f"window.DataTables = {{{names}}};", module)
    return {
        "datatables.js": f"(() => {{\n{plain}\n}})();\n".encode(),
        "datatables.css": (folder / "dt_bundle.css").read_bytes(),
    }
