"""Decisions appended to a review's file, as the commands name it."""

from __future__ import annotations

from hilum.literature.review.folder import append, append_line, now

__all__ = ("append", "append_line", "now")
