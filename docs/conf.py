"""Sphinx configuration."""

from hilum import __version__

project = "hilum"
copyright = "2026, the hilum authors"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
# A hundred columns, as wide as commands print here, fit the column of text.
html_theme_options = {"light_css_variables": {"code-font-size": "72.5%"}}
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
# Shapes such as (k,) in docstrings are no references to one of the many attributes called k.
suppress_warnings = ["ref.python"]
myst_enable_extensions = ["dollarmath"]
# The theme copies the whole table of contents into every page: without the hundreds of names of the
# reference in it a build takes half the time.
toc_object_entries = False
