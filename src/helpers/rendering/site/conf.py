"""How Sphinx builds the book. `helpers.rendering.book` writes the pages and sets what changes from build to build."""

project = "Stem cells in premature ovarian insufficiency"
author = "The poi-reanalysis authors"
language = "en"

extensions = ["myst_nb"]
root_doc = "index"
templates_path = ["_templates"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"

html_theme = "pydata_sphinx_theme"
html_title = "Stem cells in premature ovarian insufficiency: a reanalysis"
html_static_path = ["_static"]
html_css_files = ["book.css"]
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
    "show_prev_next": True,
    "article_header_start": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
