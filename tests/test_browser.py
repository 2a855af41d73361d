"""The book as a browser shows it: without a fault, without a network, at every width, in both themes, and on paper."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect, sync_playwright

from helpers.rendering import pdf
from helpers.rendering.project import Project
from helpers.show import table as show_table

#: The first is that of an opened page, for which nothing is laid out again.
WIDTHS = (1200, 360, 768, 1920)
#: Reports are made alike, and so are the tables of evidence: these stand for all where all would take long.
SAMPLED = ("study_report-yan2020", "study_report-santamaria2016", "evidence-outcomes", "evidence-claims")
ALIKE = ("study_report-", "evidence-")
#: Rows, items and paragraphs are made alike too: axe looks at the first of each place, as it takes its time for each.
THIN_OUT = """() => {
    const seen = new Map();
    for (const part of document.querySelectorAll("tr, li, dl, dt, dd, p")) {
        const kinds = seen.get(part.parentElement) ?? new Map();
        const kind = part.tagName + part.className.replace(/odd|even/, "");
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        seen.set(part.parentElement, kinds);
        if (kinds.get(kind) > 1) part.remove();
    }
    [...document.querySelectorAll("div.highlight")].slice(1).forEach((code) => code.remove());
}"""
AXE = {
    "resultTypes": ["violations"],
    "preload": False,
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}
IN_THE_DARK = {"resultTypes": ["violations"], "preload": False, "runOnly": ["color-contrast"]}
NO_BROWSER = (
    "no Chromium was found, so the book was not read in a browser: install it, as with `apt install chromium`"
)


class Faults:
    """What a page complains of, and what it asks of other machines."""

    def __init__(self, page: Page) -> None:
        self.found: list[str] = []
        page.on("console", lambda said: self._add(said.type == "error", said.text))
        page.on("pageerror", lambda error: self._add(True, str(error)))
        page.on("request", lambda asked: self._add(not asked.url.startswith(("file:", "data:")), asked.url))
        page.on("requestfailed", lambda asked: self._add(True, f"{asked.url} was not loaded"))

    def _add(self, is_fault: bool, words: str) -> None:
        if is_fault:
            self.found.append(words)

    def taken(self) -> list[str]:
        taken, self.found = self.found, []
        return taken


@pytest.fixture(scope="module")
def book(rendered: Path) -> Path:
    return rendered / "build" / "book"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = pdf.browser()
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", *pdf.OFFLINE])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": WIDTHS[0], "height": 900}, color_scheme="light", offline=True
    )
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def questions(book: Path) -> list[str]:
    return sorted(path.stem for path in book.glob("[0-9][0-9]_*.html"))


def opened(page: Page, path: Path, query: str = "") -> None:
    """Open a page of the book as from its folder, with all that it closes opened."""
    page.goto(f"{path.resolve().as_uri()}{query}")
    page.evaluate("document.querySelectorAll('details').forEach((closed) => { closed.open = true; })")


def wider_than_the_window(page: Page) -> dict[int, int]:
    """Measure at every width, and leave the page thinned out: at the first width it is laid out again for little."""
    wider = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if excess > 0:
            wider[width] = excess
    page.evaluate(THIN_OUT)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return wider


def barriers(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds serious or critical."""
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{fault['id']} in {len(fault['nodes'])} places, as {fault['nodes'][0]['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def test_every_page_is_whole_at_every_width_and_in_both_themes(page: Page, book: Path) -> None:
    faults = Faults(page)
    found: dict[str, Any] = {}
    for path in sorted(book.glob("*.html")):
        opened(page, path)
        page.evaluate(
            "Promise.allSettled([...document.images].map((image) => { image.loading = 'eager'; return image.complete || new Promise((end) => { image.onload = image.onerror = end; }); }))"
        )
        blank = page.evaluate(
            "[...document.images].filter((image) => !image.naturalWidth).map((image) => image.src)"
        )
        said = {"blank": blank, "faults": faults.taken()}
        sampled = not path.stem.startswith(ALIKE) or path.stem in SAMPLED
        if sampled or path.stem.startswith("evidence-"):
            said["wider"] = wider_than_the_window(page)
        if sampled:
            page.evaluate("() => {" + AXE_SCRIPT + "}")
            page.evaluate("document.documentElement.dataset.theme = 'light'")
            said["in the light"] = barriers(page, AXE)
            page.evaluate("document.documentElement.dataset.theme = 'dark'")
            said["in the dark"] = barriers(page, IN_THE_DARK)
            said["faults"] += faults.taken()
        if any(said.values()):
            found[path.name] = {name: what for name, what in said.items() if what}
    assert found == {}


@pytest.mark.parametrize(
    ("words", "first", "held"),
    [
        ("AMH", r"\d\d_", "05_hormone_trajectories"),
        ("Yan 2020", r"study_report-yan2020", "study_report-yan2020"),
        ("POI", r"index", "09_background"),
        ("safety", r"10_safety", "index"),
        ("harm", r"10_safety", "index"),
        ("how many women gave birth", r"\d\d_|index", "04_outcomes"),
        ("卵巢", r"\d\d_|index|glossary", "glossary"),
        ("抗苗勒管激素", r"\d\d_|index|glossary", "glossary"),
    ],
)
def test_the_search_finds_and_ranks_the_questions_first(
    page: Page, book: Path, words: str, first: str, held: str
) -> None:
    faults = Faults(page)
    page.goto(f"{(book / 'search.html').resolve().as_uri()}?q={words}")
    page.wait_for_function("document.querySelector('.search-summary')?.innerText")
    found = page.evaluate(
        "[...document.querySelectorAll('ul.search > li > a')].map((link) => link.getAttribute('href').split('.html')[0])"
    )
    assert re.match(first, found[0]), found[:5]
    assert held in found
    assert held in ("glossary", *list(dict.fromkeys(found))[:3])
    assert not any(name.startswith("evidence-") for name in found)
    assert faults.taken() == []


def test_a_table_sorts_and_filters(page: Page, book: Path) -> None:
    opened(page, book / "evidence-outcomes.html")
    rows = page.locator(".evidence-rows tbody tr")
    events = page.locator('.evidence-rows tbody td[data-label="events"]')
    head = page.locator(".evidence-rows thead th", has_text=re.compile("^events$"))
    before = events.all_inner_texts()
    head.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    ascending = [int(text) for text in events.all_inner_texts() if text]
    assert ascending == sorted(int(text) for text in before if text)
    head.click()
    expect(events.filter(has_text=re.compile(r"\d")).first).to_have_text(str(ascending[-1]))
    assert [int(text) for text in events.all_inner_texts() if text] == ascending[::-1]
    page.locator(".dt-search input").fill("yan2020")
    assert 0 < rows.count() < len(before)
    assert all("yan2020" in text for text in rows.all_inner_texts())


def test_markup_in_a_cell_stays_text(page: Page, book: Path, tmp_path: Path) -> None:
    hostile = '<img src=x onerror="window.broken = 1"><script>window.broken = 1</script>'
    rows = pd.DataFrame({"group": [hostile] * 8, "cell": [f"{hostile} {n}" for n in range(8)]})
    made = show_table.table(rows, {"cell": hostile}, title=hostile, group="group").html
    static = (book / "_static").resolve().as_uri()
    scripts = "".join(
        f'<script defer src="{static}/{name}.js"></script>' for name in ("datatables", "tables")
    )
    shown = tmp_path / "page.html"
    shown.write_text(
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8">{scripts}<body>{made}', encoding="utf-8"
    )
    page.goto(shown.as_uri())
    page.locator(".dt-search input").fill("onerror")
    page.locator("thead th").first.click()
    assert page.evaluate("window.broken") is None
    assert page.locator("tbody td").first.inner_text().startswith(hostile)
    # The heading of a group is its name, once, however its rows are sorted.
    assert page.locator("tr.dtrg-group").all_inner_texts() == [hostile]
    assert page.locator("table img, tbody script").count() == 0


def test_every_question_prints_whole(page: Page, book: Path, questions: list[str]) -> None:
    page.emulate_media(media="print")
    cut = {}
    for name in questions:
        page.goto((book / f"{name}.html").resolve().as_uri())
        cut[name] = page.evaluate(
            """() => {
                const article = document.querySelector("article.bd-article");
                const unseen = [".question-answer", "h1", "section:last-of-type > h2", "details.long-table table"].flatMap(
                    (kind) => [...article.querySelectorAll(kind)].filter((part) => !part.checkVisibility({contentVisibilityAuto: true}) || !part.offsetHeight)
                );
                // What scrolls or lays out its parts in a row is cut at the end of the first sheet.
                const cutting = [];
                for (let box = article; box !== document.body; box = box.parentElement) {
                    const style = getComputedStyle(box);
                    if (style.overflowY !== "visible" || style.display.includes("flex")) cutting.push(box.className);
                }
                return [...unseen, ...article.querySelectorAll(".evidence-table")].map((part) =>
                    unseen.includes(part) || getComputedStyle(part).overflowY !== "visible" ? part.outerHTML.slice(0, 80) : ""
                ).filter(Boolean).concat(cutting);
            }"""
        )
    page.emulate_media(media="screen")
    assert {name: parts for name, parts in cut.items() if parts} == {}


def test_the_book_and_its_summary_are_printed_to_their_last_sections(
    rendered: Path, book: Path, questions: list[str], chromium: Browser
) -> None:
    assert chromium.is_connected()
    summary, chinese, whole = pdf.write(Project(rendered))
    assert [path.name for path in (summary, chinese, whole)] == ["summary.pdf", "summary-zh.pdf", "book.pdf"]
    assert chinese.stat().st_size > 10_000
    chinese.unlink()
    for path, names in ((summary, ["index"]), (whole, questions)):
        content = path.read_bytes()
        path.unlink()
        assert str(rendered).encode() not in content
        # The titles in the outline are those of the headings that were printed.
        printed = Counter(title.decode("latin-1") for title in re.findall(rb"/Title \((.*?)\)", content))
        # On paper the summary ends with the questions people ask, on its second sheet.
        last = Counter(headings(book / f"{name}.html")[1 if name == "index" else -1] for name in names)
        assert last - printed == Counter()


def headings(path: Path) -> list[str]:
    return re.findall(r"<h2>([^<]*)<a class=\"headerlink", path.read_text(encoding="utf-8"))


def test_links_between_printed_pages_stay_and_others_are_words(book: Path, questions: list[str]) -> None:
    text = pdf.sheet(book, questions)
    targets = set(re.findall(r' id="([^"]*)"', text))
    within = re.findall(r'<a href="#([^"]*)"', text)
    assert within
    assert [target for target in within if target not in targets] == []
    assert not re.search(r'<a\b[^>]* href="(?!#|https?:)', text)
    assert "<details>" not in text
    assert "<script" not in text
