"""Turning a sheet into HTML, PDF, DOCX or JSON; every form comes from the same object."""

from hilum.rendering.sheet.formats import FORMATS, render

__all__ = ["FORMATS", "render"]
