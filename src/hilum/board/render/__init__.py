"""Turning a sheet into HTML, PDF, DOCX or JSON; every form comes from the same object."""

from hilum.board.render.formats import FORMATS, render

__all__ = ["FORMATS", "render"]
