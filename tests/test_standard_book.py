"""What `make` gives on a fresh clone: rendered notebooks, results, run record and the book."""

from __future__ import annotations

import csv
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from commands import reanalysis
from helpers import evidence, results, stats
from helpers.rendering import notebooks
from helpers.rendering.accepted_rows import changed_rows
from helpers.rendering.project import Project

QUESTIONS = [
    "01_claims", "02_evidence", "03_reported_numbers", "04_outcomes", "05_hormone_trajectories", "06_cell_sources",
    "07_criteria", "08_pooled_outcomes", "09_background", "10_safety", "11_mechanisms_and_factors", "12_robustness",
    "13_methods", "14_durability", "15_directions",
]  # fmt: skip
DATA = Path(__file__).parents[1] / "data"


def rows_of(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


#: Studies whose women received cells, with a count, a level or a change on record.
TOLD = {row["study_id"] for table in ("outcomes", "measurements", "changes") for row in rows_of(table)}
STUDIES = [
    row["study_id"] for row in rows_of("studies") if row["role"] != "background" and row["study_id"] in TOLD
]
REPORTS = [f"study_report-{study}" for study in STUDIES]
NOTEBOOKS = [*QUESTIONS, *REPORTS]


#: Tables that name no evidence row, and why.
WITHOUT_ROWS = {
    **dict.fromkeys(
        (
            "Claims by section and verdict", "Claims by kind and verdict", "Numbers by source and text available",
            "Studies by condition, cells and design", "Who reports each measure after treatment",
            "Agreement by type of item", "Agreement by study", "Registered trials by result",
            "From found to used", "Who reports the counts, and how much of the source was available", "What is known of each marker",
            "How many of the criteria each study reports", "Studies by criterion and state",
            "Studies that report harm, report none, or do not mention it", "Gaps in the evidence on mechanisms",
            "Gaps in the evidence on factors", "What became of early gains", "Which gains came too early?",
        ),
        "counts of many rows, which stand in other tables or on the pages of the evidence",
    ),
    **dict.fromkeys(
        (
            "The pooled results", "The pools without each study in turn", "Pooled mean changes", "Summary of findings",
            "Counts of serious adverse events added up, by organ, in 3 of 4 studies only those judged to be related to treatment", "What the specifications answer",
            "Options of each choice", "The curve as a whole", "What is excluded or counted once",
            "What a new cohort without cells would show", "How many studies have the hoped-for direction?",
        ),
        "worked out of all the rows in another table of the notebook, which links each of them",
    ),
    "How many women it takes to see a harm": "worked out of a level alone",
    "Women that a randomised trial needs": "worked out of stated rates alone",
    **dict.fromkeys(
        (
            "Ovary: premature ovarian insufficiency (POI)", "Ovary: poor ovarian response", "Uterus: uterine adhesions",
            "Uterus: a thin lining of the uterus", "卵巢：早发性卵巢功能不全（POI）", "卵巢：卵巢低反应", "子宫：宫腔粘连", "子宫：薄型子宫内膜",
        ),
        "pooled from rows that the pages of the questions link one by one",
    ),
    "Which direction is hoped for, and why": "fixed by the descriptor, not by a row",
    "The functions that compute, and their sources": "about the functions of this package",
    "How long rendering takes": "of the benchmark of rendering",
    **dict.fromkeys(
        (
            "Coverage and width of the limits of a pooled proportion", "Coverage and width of prediction intervals",
            "Coverage and width of the limits of a pooled mean change",
        ),
        "simulated, from no evidence",
    ),
}  # fmt: skip


class Links(HTMLParser):
    """Everything that a page points to, and the places in it that can be pointed to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {value for name, value in attrs if name in {"id", "name"} and value}
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag in {"script", "img", "iframe", "source"} and found.get("src"):
            self.loaded.append(str(found["src"]))
        if tag == "link" and found.get("href") and found.get("rel") != "canonical":
            self.loaded.append(str(found["href"]))
        if tag == "img":
            self.images.append(found)


def tables_of(path: Path) -> list[tuple[str, str]]:
    """Title and page of each table of an executed notebook that has rows."""
    cells = notebooks.read(path).cells
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    found = [
        (data["text/plain"].rpartition(" (")[0], data["text/html"]) for data in shown if "text/csv" in data
    ]
    return [
        (title, page)
        for title, page in found
        if "Nothing was reported in the text available to us." not in page
    ]


def parsed(page: Path) -> Links:
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    return links


@pytest.fixture(scope="module")
def book(rendered: Path) -> Path:
    return rendered / "build" / "book"


def record_of(rendered: Path) -> dict[str, Any]:
    (path,) = (rendered / "build" / "runs").glob("*.json")
    record: dict[str, Any] = json.loads(path.read_text())
    return record


def test_every_notebook_and_study_is_rendered(rendered: Path, ev: evidence.Evidence) -> None:
    record = record_of(rendered)
    assert [entry["status"] for entry in record["entries"]] == ["ok"] * len(record["entries"])
    reports = [
        entry["parameters"]["study_id"] for entry in record["entries"] if entry["notebook"] == "study_report"
    ]
    assert reports == STUDIES
    assert record["data"] == ev.digest


def test_the_command_tells_where_the_book_is_and_sums_up_each_notebook(rendered: Path) -> None:
    _, said, _ = json.loads((rendered / "build" / "said.json").read_text())
    assert "book: build/book/index.html" in said
    for entry in record_of(rendered)["entries"]:
        assert re.search(rf"^ok +{re.escape(entry['output_name'])} .* s .* MB ", said, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("study", "outcome", "source", "events", "total"),
    [
        ("yan2020", "live-birth", "hjt-article", 4, 61),
        ("herraiz2018", "pregnancy", "herraiz2018", 5, 17),
        ("cao2018", "pregnancy", "hjt-article", 10, 26),
        ("cao2018", "live-birth", "hjt-article", 8, 26),
    ],
)
def test_the_results_hold_the_counts_with_their_source(
    rendered: Path, study: str, outcome: str, source: str, events: int, total: int
) -> None:
    found = results.read(rendered / "build" / "results.json")["04_outcomes"]
    (result,) = [
        value for name, value in found.items() if name.startswith(f"{study}/cells/{outcome}/{source}")
    ]
    low, high = stats.proportion_interval(events, total)
    assert (result.value["events"], result.value["total"]) == (events, total)
    assert (result.value["low"], result.value["high"]) == (pytest.approx(low), pytest.approx(high))
    assert (result.study, result.source) == (study, source)
    assert result.locator
    assert result.access


def test_four_births_in_sixty_one_women(rendered: Path) -> None:
    text = (rendered / "build" / "results.json").read_text()
    value = json.loads(text)["results"]["04_outcomes"]["yan2020/cells/live-birth/hjt-article"]["value"]
    assert (round(value["low"], 4), round(value["high"], 4)) == (0.0182, 0.1595)


def test_the_results_are_the_accepted_ones(rendered: Path) -> None:
    done = reanalysis("results", "compare", folder=rendered)
    assert done.returncode == 0, done.stdout
    assert "no difference" in done.stdout


def test_the_rows_behind_the_accepted_results_are_those_of_the_tables(ev: evidence.Evidence) -> None:
    project = Project(Path(__file__).parents[1])
    assert project.accepted_rows.is_file()
    assert changed_rows(project, ev, []) == []


def test_the_committed_notebooks_hold_the_accepted_results() -> None:
    root = Path(__file__).parents[1]
    accepted = results.read(root / "tests" / "accepted" / "results.json")
    for path in (root / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        name = "study_report--study_id=yan2020" if path.stem == "study_report" else path.stem
        current = {name: results.collect(notebook)}
        assert results.compare({name: accepted[name]}, current) == []


def test_a_second_run_renders_nothing(rendered: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (rendered / "build" / "notebooks").iterdir()}
    runs = set((rendered / "build" / "runs").iterdir())
    done = reanalysis("book", folder=rendered)
    (new,) = set((rendered / "build" / "runs").iterdir()) - runs
    statuses = {entry["status"] for entry in json.loads(new.read_text())["entries"]}
    new.unlink()
    assert (done.returncode, statuses) == (0, {"cached"})
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_every_page_is_there(book: Path, ev: evidence.Evidence) -> None:
    pages = [
        "index",
        *NOTEBOOKS,
        "evidence",
        *(f"evidence-{table}" for table in ev.tables),
        "references",
        "glossary",
        "api-stats",
        "api-evidence",
        "runs",
    ]
    assert [page for page in pages if not (book / f"{page}.html").is_file()] == []


def test_the_index_of_runs_holds_every_output(rendered: Path, book: Path) -> None:
    record = json.loads((book / "runs.json").read_text(encoding="utf-8"))
    asked = {entry["output_name"] for entry in record_of(rendered)["entries"]}
    assert {run["output_name"] for run in record} >= asked
    assert {run["status"] for run in record} <= {"ok", "cached"}
    assert [run["output_name"] for run in record if run["differences"]] == []


def test_no_internal_link_is_broken(book: Path) -> None:
    pages = {path: parsed(path) for path in book.glob("*.html")}
    broken = []
    for page, found in pages.items():
        for link in [*found.links, *found.loaded]:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.is_file() or (
                parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids
            ):
                broken.append(f"{page.name} -> {link}")
    assert broken == []


def test_nothing_is_loaded_from_the_network(book: Path) -> None:
    loaded = [link for page in book.glob("*.html") for link in parsed(page).loaded if urlsplit(link).netloc]
    assert loaded == []
    for sheet in book.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import\s+)['\"]?https?:", sheet.read_text(encoding="utf-8")), sheet


def test_every_notebook_page_has_its_figures(book: Path) -> None:
    for page in NOTEBOOKS:
        found = parsed(book / f"{page}.html")
        shown = [image for image in found.images if str(image.get("src", "")).startswith("figures/")]
        assert shown or page in REPORTS, page  # a study without a count has no figure
        for image in shown:
            assert (book / str(image["src"])).read_bytes().startswith((b"\x89PNG", b"<?xml"))
            assert len(str(image["alt"])) > 10


def test_every_table_and_figure_is_numbered_and_can_be_downloaded(book: Path) -> None:
    for page in NOTEBOOKS:
        text = (book / f"{page}.html").read_text(encoding="utf-8")
        found = parsed(book / f"{page}.html")
        files = [link for link in found.links if link.startswith(("tables/", "figures/"))]
        kinds = [Path(link).suffix for link in files]
        assert kinds.count(".csv") == text.count('<div class="evidence-table"')
        assert kinds.count(".png") == kinds.count(".svg") == text.count("<figure")
        assert all((book / unquote(link)).stat().st_size for link in files)
        for kind, files_of_kind in (("table", kinds.count(".csv")), ("figure", kinds.count(".png"))):
            assert {f"{kind}-{number + 1}" for number in range(files_of_kind)} <= found.ids


def test_the_answer_comes_first_and_how_it_was_made_last(book: Path) -> None:
    for page in NOTEBOOKS:
        text = (book / f"{page}.html").read_text(encoding="utf-8")
        answer, first, made = (
            text.index('class="question-answer'), text.index("<h2>"), text.index("Parameters, loading and the code"),
        )  # fmt: skip
        assert answer < first < made
        assert text.find("<figure") < made
        assert "<h2>Parameters" not in text


def test_the_short_tables_are_open_and_the_long_ones_closed_with_their_rows(book: Path) -> None:
    text = (book / "04_outcomes.html").read_text(encoding="utf-8")
    closed = re.findall(
        r'<details class="long-table"><summary>.*? \((\d+) rows\)</summary>(.*?)</details>', text, re.DOTALL
    )
    assert closed
    for rows, table in closed:
        assert int(rows) == table.count("<tr><td") > 12
    assert text.count('class="evidence-table"') > len(closed)


def test_all_evidence_tables_can_be_downloaded(book: Path, ev: evidence.Evidence) -> None:
    files = [Path(link).name for link in parsed(book / "evidence.html").links if link.startswith("tables/")]
    assert sorted(files) == sorted(f"{name}.csv" for name in ev.tables)


def test_the_disclaimer_is_on_every_page(book: Path) -> None:
    for page in book.glob("*.html"):
        words = "不构成医疗建议" if page.name == "index-zh.html" else "not medical advice"
        assert words in page.read_text(encoding="utf-8"), page.name


def test_the_home_page_is_the_summary_and_answers_each_question(rendered: Path, book: Path) -> None:
    home = (book / "index.html").read_text(encoding="utf-8")
    shown = plain_words(home)
    for entry in record_of(rendered)["entries"]:
        if entry["notebook"] in QUESTIONS:
            (answer, *_) = answers(rendered / entry["output"])
            assert plain_words(answer.split("\n\n")[0]) in shown, entry["notebook"]
    (summary, *_) = answers(rendered / "build" / "notebooks" / "00_summary.ipynb")
    assert plain_words(re.sub(r"^\d+\. ", "", summary, flags=re.MULTILINE)) in shown
    assert home.count("question-answer") == 1 + len(QUESTIONS)
    assert "did not finish" not in home


def test_the_summary_is_there_in_chinese_and_each_language_leads_to_the_other(book: Path) -> None:
    home, chinese = ((book / f"{name}.html").read_text(encoding="utf-8") for name in ("index", "index-zh"))
    assert '<html lang="en"' in home
    assert '<html lang="zh"' in chinese
    assert 'href="index-zh.html" lang="zh"' in home
    assert 'href="index.html" lang="en"' in chinese
    assert "<h1>干细胞" in chinese
    assert all('<section id="questions-of-women-and-their-doctors">' in page for page in (home, chinese))


def plain_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", html.unescape(re.sub(r"<[^>]+>|\]\([^)]*\)", " ", text))))


def answers(path: Path) -> list[str]:
    """The markdown that the cells tagged as answer show."""
    return [
        output["data"]["text/markdown"]
        for cell in nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
        if "answer" in cell.metadata.get("tags", [])
        for output in cell["outputs"]
        if "text/markdown" in output.get("data", {})
    ]


def test_the_home_page_groups_the_reports(book: Path) -> None:
    home = (book / "index.html").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", home))
    groups = ["Cited by the article:", "Other studies, ovary:", "Other studies, endometrium:"]
    places = [text.index(group) for group in groups]
    assert places == sorted(places)
    assert places[0] < text.index("Herraiz 2018 ·") < places[1]
    for report in REPORTS:
        assert f'href="{report}.html"' in home


def test_studies_claims_and_counts_in_sentences_lead_to_their_rows(book: Path, ev: evidence.Evidence) -> None:
    answer = (book / "14_durability.html").read_text(encoding="utf-8").split("<h2")[0]
    (row,) = ev.select("outcomes", study_id="yan2020", outcome="live-birth", source_id="hjt-article").index
    assert f'<a href="evidence-outcomes.html#row-{row + 2}">4 of 61</a>' in answer
    assert '<a href="study_report-yan2020.html">Yan 2020</a>' in answer
    claims = parsed(book / "01_claims.html").links
    assert any(link.startswith("evidence-claims.html#row-") for link in claims)


def test_a_row_leads_to_its_report_and_to_the_questions_that_show_it(book: Path) -> None:
    page = (book / "evidence-outcomes.html").read_text(encoding="utf-8")
    (row,) = re.findall(r'<tr><td data-label="row"><span id="row-2">.*?</tr>', page, re.DOTALL)
    assert 'href="study_report-herraiz2018.html"' in row
    assert 'href="04_outcomes.html"' in row


def test_code_is_folded_and_results_are_not_shown(book: Path) -> None:
    text = (book / "04_outcomes.html").read_text(encoding="utf-8")
    assert text.count('<details class="admonition hide above-input">') == text.count('class="cell_input') > 0
    assert "vnd.reanalysis" not in text


def test_search_works_without_a_server(book: Path) -> None:
    assert "Search.setIndex(" in (book / "searchindex.js").read_text(encoding="utf-8")


def test_the_documents_are_listed_with_their_depth(book: Path, ev: evidence.Evidence) -> None:
    text = (book / "references.html").read_text(encoding="utf-8")
    assert all(source in text for source in ev.sources["source_id"])
    assert "https://doi.org/10.1111/cpr.12938" in text
    assert text.count("Read as:") == len(ev.sources)


def test_numbers_lead_to_their_evidence_row_and_the_row_to_its_document(
    book: Path, ev: evidence.Evidence
) -> None:
    links = [link for link in parsed(book / "04_outcomes.html").links if "#row-" in link]
    rows = {int(link.rpartition("-")[2]) for link in links if link.startswith("evidence-outcomes.html#")}
    assert rows
    page = (book / "evidence-outcomes.html").read_text(encoding="utf-8")
    for row in rows:
        evidence_row = ev.outcomes.loc[row - 2]
        assert re.search(
            rf'id="row-{row}".*?references\.html#source-{re.escape(str(evidence_row["source_id"]))}"',
            page,
            re.DOTALL,
        )


def test_every_table_leads_to_its_evidence_rows(rendered: Path) -> None:
    """A new table must name the rows behind its numbers, or stand in `WITHOUT_ROWS` with its reason."""
    linked: dict[str, list[bool]] = {}
    for path in sorted((rendered / "build" / "notebooks").glob("*.ipynb")):
        for title, page in tables_of(path):
            linked.setdefault(title, []).append('data-row="' in page)
    assert {title for title, led in linked.items() if not all(led)} == set(WITHOUT_ROWS)


def test_the_terms_of_a_question_lead_to_the_glossary(book: Path) -> None:
    named = {}
    for page in QUESTIONS:
        text = (book / f"{page}.html").read_text(encoding="utf-8")
        named[page] = re.findall(r'<a class="term" href="glossary.html#([^"]*)"', text)
        assert len(set(named[page])) == len(named[page]), page
    assert all(named[page] for page in ("05_hormone_trajectories", "08_pooled_outcomes", "09_background"))


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", html.unescape(text))


def test_the_key_figure_says_what_the_answer_says(rendered: Path, book: Path) -> None:
    for entry in record_of(rendered)["entries"]:
        study = entry["parameters"].get("study_id")
        page = f"study_report-{study}" if study else entry["notebook"]
        page = {"en": "index", "zh": "index-zh"}.get(str(entry["parameters"].get("language")), page)
        images = [image for image in parsed(book / f"{page}.html").images if image.get("alt")]
        if not images:
            continue  # a study without a count
        end = " ".join(words_of(str(images[0]["alt"]))[-5:])
        answer = re.sub(r"<[^>]+>", "", "\n".join(answers(rendered / entry["output"])))
        answer = " ".join(words_of(answer))
        assert end in answer, page


def test_the_functions_are_described(book: Path) -> None:
    text = (book / "api-stats.html").read_text(encoding="utf-8")
    assert all(
        f'id="helpers.stats.{name}"' in text for name in stats.__all__ if callable(getattr(stats, name))
    )
    assert not (book / "genindex.html").exists()


def test_the_contents_are_in_four_groups_of_which_the_studies_are_closed(book: Path) -> None:
    text = (book / "04_outcomes.html").read_text(encoding="utf-8")
    (contents,) = re.findall(r'<nav class="book-contents".*?</nav>', text, re.DOTALL)
    groups = re.findall(r"<details( open)?>\s*<summary>(.*?)</summary>", contents)
    assert groups == [(" open", "Questions"), ("", "Evidence"), ("", "Studies"), ("", "For programmers")]


def test_every_page_has_one_viewport_an_icon_and_a_description(book: Path) -> None:
    for path in book.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert text.count('<meta name="viewport"') == 1, path.name
        if path.stem != "runs":
            assert 'rel="icon"' in text, path.name
            assert re.search(r'<meta name="description" content="[^"]{8,}"', text), path.name


def test_the_documents_can_be_taken_along_as_bibtex(book: Path) -> None:
    (link,) = [link for link in parsed(book / "references.html").links if link.endswith(".bib")]
    assert (book / unquote(link)).read_text(encoding="utf-8").startswith("@")


def test_reports_by_matrix(rendered: Path, tmp_path: Path) -> None:
    studies = ["cao2018", "santamaria2016", "bidet2011"]
    matrix = tmp_path / "studies.csv"
    matrix.write_text("study_id\n" + "\n".join(studies) + "\n")
    runs = set((rendered / "build" / "runs").iterdir())
    done = reanalysis("render", "study_report", "--matrix", str(matrix), folder=rendered)
    assert done.returncode == 0, done.stderr
    (new,) = set((rendered / "build" / "runs").iterdir()) - runs
    entries = json.loads(new.read_text())["entries"]
    new.unlink()
    assert [entry["output"] for entry in entries] == [
        f"build/notebooks/study_report--study_id={study}.ipynb" for study in studies
    ]
    assert all((rendered / entry["output"]).is_file() for entry in entries)
    # The first two are reports of the book.
    assert [entry["status"] for entry in entries] == ["cached", "cached", "ok"]
