"""hilum: from the published evidence to one patient's tumour-board sheet."""

from hilum._version import __version__

__all__ = ["__version__"]
