"""How Sphinx builds the book. `helpers.rendering.book` writes the pages and sets what changes from build to build."""

import re
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.search.en import SearchEnglish

from helpers.rendering.summary_page import anchor, around

project = "Stem cells in premature ovarian insufficiency"
author = "The poi-reanalysis authors"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
templates_path = ["_templates"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

autodoc_typehints = "none"  # the docstrings say what is what
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_param = False  # a list, in which one line may describe several, as "low, high : float" does
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]

nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"

html_theme = "pydata_sphinx_theme"
html_title = "Stem cells in premature ovarian insufficiency: a reanalysis"
html_static_path = ["_static"]
html_css_files = ["datatables.css", "book.css"]
html_js_files = [("datatables.js", {"defer": ""}), ("tables.js", {"defer": ""})]
html_favicon = "favicon.svg"
html_search_scorer = str(Path(__file__).parent / "scorer.js")
html_use_index = False
html_domain_indices = False
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"**": ["contents.html"]}
html_theme_options = {
    "announcement": "Research software, not medical advice. It shows what was reported, not what to do.",
    "logo": {"text": "Stem cells in POI: a reanalysis"},
    "navbar_center": [],
    "navbar_persistent": ["search-button"],
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["provenance"],
    "footer_center": [],
    "footer_end": [],
    "templates_skip_empty_check": ["contents.html", "provenance.html"],
    "show_prev_next": True,
    "article_header_start": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


#: Chinese has no gaps between words: it is found by its pairs of characters, and a single one by itself.
_CHINESE = re.compile(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+")
_SPLIT_QUERY = """
function splitQuery(query) {
  return query.split(/[^\\p{Letter}\\p{Number}_]+/gu).flatMap((word) =>
    (word.match(/[\\u4e00-\\u9fff]+|[^\\u4e00-\\u9fff]+/gu) || []).flatMap((part) => {
      if (part.length < 2 || !/[\\u4e00-\\u9fff]/.test(part)) return [part];
      return Array.from({ length: part.length - 1 }, (_, n) => part.slice(n, n + 2));
    }));
}
"""


def _parts(word: str) -> list[str]:
    """Part what stands between gaps: Chinese in its characters and their pairs, all else as it is."""
    found: list[str] = []
    for part in _CHINESE.findall(word):
        if "\u4e00" <= part[0] <= "\u9fff":
            found += [*part, *(part[n : n + 2] for n in range(len(part) - 1))]
        else:
            found.append(part)
    return found


class _English(SearchEnglish):
    """English and Chinese for the search, each word looked at once in a piece of text and stemmed once in the book."""

    js_splitter_code = _SPLIT_QUERY

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self._stems: dict[str, str] = {}

    def split(self, input: str) -> list[str]:  # noqa: A002
        return list(dict.fromkeys(part for word in super().split(input) for part in _parts(word)))

    def stem(self, word: str) -> str:
        if word not in self._stems:
            self._stems[word] = super().stem(word)
        return self._stems[word]


def _shown_elsewhere(env: BuildEnvironment) -> dict[str, object]:
    """Collect what other pages name a page by or lead to in it: its title, its headings and its labels."""
    slugs = {
        name: [(slug, *place[1:]) for slug, place in found.get("myst_slugs", {}).items()]
        for name, found in env.metadata.items()
    }
    titles = {name: str(title) for name, title in env.titles.items()}
    return {"titles": titles, "slugs": slugs, "labels": dict(env.domains.standard_domain.anonlabels)}


def _describe(context: dict[str, Any], doctree: Any) -> None:
    """Give a page its first sentences as the description that search engines show, and no second viewport."""
    context["metatags"] = re.sub(r'<meta name="viewport"[^>]*>', "", context.get("metatags", ""))
    found = doctree.findall(nodes.paragraph) if doctree else ()
    first = next((text for text in found if isinstance(text.parent, nodes.section)), None)
    context["description"] = " ".join(first.astext().split())[:300] if first else html_title


def _translate_around(context: dict[str, Any]) -> None:
    """Put what stands around a page into its language; it has no page before or after it."""
    say = partial(around, language=context["language"])
    context |= {"_": say, "theme_search_bar_text": say("Search"), "prev": None, "next": None}
    context |= {name: say(context[name]) for name in ("theme_announcement", "docstitle")}
    context["theme_logo"] = {**context["theme_logo"], "text": say(context["theme_logo"]["text"])}
    context["contents"] = {
        say(caption): [(say(title), name) for title, name in pages]
        for caption, pages in context["contents"].items()
    }


def _complete(app: Sphinx, name: str, _template: str, context: dict[str, Any], doctree: Any) -> None:
    """Give a page its description and its language; the page of the search reads how often pages say a word."""
    _describe(context, doctree)
    context["language"] = "zh" if name.endswith("-zh") else language
    if context["language"] != language:
        _translate_around(context)
    if name == "search":
        app.add_js_file("search-words.js")


def _without_index(_app: Sphinx, doctree: nodes.document) -> None:
    """Take the entries of an index of words out: the book has none, and a build of some pages would lose them from the search."""
    for entry in list(doctree.findall(addnodes.index)):
        entry.parent.remove(entry)


def _same_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Give the sections of the Chinese summary the anchors that they have in English: an address leads there in both."""
    if app.env.docname.endswith("-zh"):
        for section in doctree.findall(nodes.section):
            english = nodes.make_id(anchor(section[0].astext()))
            section["ids"] = [*filter(None, [english]), *section["ids"]]


def _open_code(translator: Any, node: Any) -> None:
    """Begin folded code as myst-nb does, but with the words that are seen as its name."""
    translator.body.append(
        f'<details class="admonition hide {" ".join(node["classes"])}">\n<summary>'
        f'<p class="collapsed admonition-title">{escape(node["prompt_show"])}</p>\n'
        f'<p class="expanded admonition-title">{escape(node["prompt_hide"])}</p>\n</summary>\n'
    )


def _highlight_once(app: Sphinx) -> None:
    """Highlight code that stands on many pages once: study reports share theirs."""
    builder: Any = app.builder  # only that of HTML has a highlighter
    highlighter = builder.highlighter
    plain = highlighter.highlight_block
    known: dict[str, str] = {}

    def once(source: str, lang: str, **options: object) -> str:
        key = repr((source, lang, {**options, "location": None}))
        if key not in known:
            known[key] = plain(source, lang, **options)
        return known[key]

    highlighter.highlight_block = once


def setup(app: Sphinx) -> None:
    """Add what makes it quicker, and write every page again where what it shows of another one may have changed."""
    before: dict[str, object] = {}

    def remember(_app: Sphinx, env: BuildEnvironment, _names: list[str]) -> None:
        before.update(_shown_elsewhere(env))

    def to_write(_app: Sphinx, env: BuildEnvironment) -> list[str]:
        return [] if _shown_elsewhere(env) == before else sorted(env.found_docs)

    app.add_search_language(_English)
    app.add_node(HideCodeCellNode, override=True, html=(_open_code, depart_HideCellInput))
    app.connect("doctree-read", _without_index)
    app.connect("doctree-read", _same_anchors, priority=100)
    app.connect("html-page-context", _complete)
    app.connect("builder-inited", _highlight_once)
    app.connect("env-before-read-docs", remember)
    app.connect("env-updated", to_write)
