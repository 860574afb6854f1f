"""Sphinx configuration."""

from hilum import __version__

project = "hilum"
copyright = "2026, the hilum authors"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
myst_enable_extensions = ["dollarmath"]
