"""The notebooks as JupyterLab shows them in a browser, without a network: Run All runs every cell, and every figure is there."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from helpers.rendering import kernels
from tiny import add

ROOT = Path(__file__).parents[1]
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
NO_BROWSER = (
    "no Chromium was found, so no notebook was run in JupyterLab: install it, as with `apt install chromium`"
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OFFLINE = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
#: Notebooks that run at one time.
TOGETHER = 2
SECONDS = 300
#: Opens a notebook in the JupyterLab of this page, runs all its cells, and says what came of it.
RUN_ALL = """
async ([path, seconds, kept]) => {
  const app = window.jupyterapp;
  await app.restored;
  const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.revealed;
  // By its name: another notebook may be in front.
  const run = app.commands.execute('notebook:run-all-cells', {semanticWidget: panel.id});
  const late = new Promise((end) => setTimeout(end, seconds * 1000));
  await Promise.race([run, late]);
  const cells = panel.content.widgets.filter((cell) => cell.model.type === 'code');
  const pictures = [...panel.content.node.querySelectorAll('.jp-OutputArea-output img')];
  await Promise.race([Promise.allSettled(pictures.map((picture) => picture.decode())), late]);
  const outputs = cells.map((cell) => cell.model.sharedModel.getOutputs());
  const found = {
    cells: cells.map((cell, number) => ({
      source: cell.model.sharedModel.getSource(),
      count: cell.model.executionCount,
      errors: outputs[number].filter((output) => output.output_type === 'error').map((output) => output.traceback.join('\\n')),
      pictures: outputs[number].filter((output) => output.data && output.data['image/png']).length,
    })),
    widths: pictures.map((picture) => picture.naturalWidth),
  };
  if (!kept) {
    await panel.sessionContext.shutdown();
    await panel.context.revert();
    panel.dispose();
  }
  return found;
}
"""


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs in a folder of notebooks, and the page that shows it."""

    notebooks: Path
    page: Page
    asked_elsewhere: list[str]

    def run_all(self, names: Sequence[str], *, kept: bool = False) -> dict[str, dict[str, Any]]:
        """Run notebooks as "Run All Cells" does, all at one time, and give what JupyterLab shows of each.

        Where they are `kept` they stay open.
        """
        script = f"async (runs) => Promise.all(runs.map({RUN_ALL}))"
        runs = [[f"{name}.ipynb", SECONDS, kept] for name in names]
        return dict(zip(names, self.page.evaluate(script, runs), strict=True))


def faults(found: dict[str, Any]) -> list[str]:
    """Say what of a notebook did not run, ended in an error, or is not seen."""
    cells = [cell for cell in found["cells"] if cell["source"].strip()]
    listed = ["it has no code cell"] if not cells else []
    listed += [f"{cell['source'].splitlines()[0]!r} did not run" for cell in cells if cell["count"] is None]
    listed += [error for cell in cells for error in cell["errors"]]
    pictures = sum(cell["pictures"] for cell in cells)
    if len(found["widths"]) < pictures:
        listed.append(f"{len(found['widths'])} of {pictures} pictures are shown")
    if not all(found["widths"]):
        listed.append("a picture cannot be shown")
    return listed


@pytest.fixture(scope="module")
def lab(forking: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    root = tmp_path_factory.mktemp("lab")
    for part in ("data", "benchmarks"):
        (root / part).symlink_to(ROOT / part)
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    with kernels.own_folder() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port, token = free.getsockname()[1], secrets.token_hex()
        free.close()
        address = f"http://127.0.0.1:{port}"
        server = subprocess.Popen(
            command(root / "notebooks", port, token),
            env=environment(Path(folder), forking),
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"{address}/api/status?token={token}", server)
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=browser, args=OFFLINE)
                page = chromium.new_page(viewport={"width": 1200, "height": 900})
                elsewhere: list[str] = []
                page.on("request", lambda asked: note(elsewhere, asked.url, address))
                page.goto(f"{address}/lab?token={token}&reset")
                page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
                yield Lab(root / "notebooks", page, elsewhere)
                chromium.close()
        finally:
            server.terminate()
            server.wait(30)


def command(notebooks: Path, port: int, token: str) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
        f"--ServerApp.root_dir={notebooks}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=",
    ]


def environment(folder: Path, forking: str | None) -> dict[str, str]:
    """Give JupyterLab settings of its own: no news from elsewhere, and every cell drawn, also those out of sight."""
    overrides = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    }
    settings = folder / "settings"
    for name, values in overrides.items():
        package, plugin = name.split(":")
        path = settings / package / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    warm = {kernels.ADDRESS: forking} if forking else {}
    return {
        **kernels.environment(folder),
        **kernels.DEFAULT,
        **warm,
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "JupyterLab did not start"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("JupyterLab did not answer within a minute")


def note(elsewhere: list[str], url: str, address: str) -> None:
    if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:")):
        elsewhere.append(url)


@pytest.mark.parametrize("first", range(0, len(NAMES), TOGETHER))
def test_run_all_runs_every_cell_of_every_notebook_and_shows_its_figures(lab: Lab, first: int) -> None:
    ran = lab.run_all(NAMES[first : first + TOGETHER])
    assert {name: faults(found) for name, found in ran.items()} == {name: [] for name in ran}
    assert lab.asked_elsewhere == []


def test_a_notebook_that_raises_or_shows_a_broken_figure_is_reported(lab: Lab) -> None:
    root = lab.notebooks.parent
    add(root, "raises", "print('first')", "1 / 0", "print('never')")
    add(
        root,
        "broken",
        "from IPython.display import display\ndisplay({'image/png': 'AAAA', 'text/plain': 'x'}, raw=True)",
    )
    ran = lab.run_all(["raises", "broken"])
    error, stopped = sorted(faults(ran["raises"]), key=len, reverse=True)
    assert "ZeroDivisionError" in error
    assert stopped == "\"print('never')\" did not run"
    assert faults(ran["broken"]) == ["a picture cannot be shown"]


def test_a_wrong_parameter_is_one_line_in_the_notebook(lab: Lab) -> None:
    load = 'from helpers import evidence, parameters\nev = evidence.load("../data")\nparameters.check(ev)'
    wrong = 'measure: list[str] = ["FHS"]  # markers; allowed: FSH | AMH'
    add(lab.notebooks.parent, "wrong", wrong, load, "print(measure)")
    (error, stopped) = faults(lab.run_all(["wrong"])["wrong"])
    assert "did not run" in error + stopped
    lines = next(line for line in (error, stopped) if "did not run" not in line)
    assert lines == "ParameterError: measure: 'FHS' is not allowed; did you mean 'FSH'? Allowed: AMH, FSH"


def test_explored_tables_sort_search_and_filter_and_bring_their_library_once(lab: Lab) -> None:
    rows = "import pandas as pd\nfrom helpers.show.table import table\n"
    rows += "frame = pd.DataFrame({'name': ['ab', 'b<i>c</i>', 'cd'], 'women': [10, 9, 100]})\n"
    rows += "made = table(frame, {'name': 'name', 'women': 'women'}, title='Some')"
    add(lab.notebooks.parent, "explores", rows, "made.explore()", "made.explore()")
    ran = lab.run_all(["explores"], kept=True)
    assert faults(ran["explores"]) == []
    outputs = lab.page.locator(".jp-OutputArea-output:has(table.dataTable)")
    expect(outputs).to_have_count(2)
    first, second = outputs.all()
    for shown in (first, second):
        column = shown.locator("table.dataTable tbody tr td:nth-child(2)")
        expect(column).to_have_text(["10", "9", "100"])
        shown.locator("thead th .dt-column-order").nth(1).click()
        expect(column).to_have_text(["9", "10", "100"])
        search = shown.locator(".dt-search input")
        search.fill("b<i>")
        expect(column).to_have_text(["9"])
        search.fill("")
        shown.locator("tfoot input").nth(1).press_sequentially("100")
        expect(column).to_have_text(["100"])
    assert len(first.inner_html()) > 500_000 > len(second.inner_html())
    assert lab.asked_elsewhere == []
