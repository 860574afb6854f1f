"""The version of hilum."""

__version__ = "0.1.0"
