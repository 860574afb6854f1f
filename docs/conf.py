"""Sphinx configuration."""

from hilum import __version__

project = "hilum"
copyright = "2026, the hilum authors"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
# Shapes such as (k,) in docstrings are no references to one of the many attributes called k.
suppress_warnings = ["ref.python"]
myst_enable_extensions = ["dollarmath"]
