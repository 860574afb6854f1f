"""Where a user's own settings of the sheet are kept."""

from __future__ import annotations

from pathlib import Path

import typer

NAME = "settings.toml"


def own_settings() -> Path | None:
    """``settings.toml`` in the user's folder for hilum, where there is one."""
    path = Path(typer.get_app_dir("hilum")) / NAME
    return path if path.is_file() else None
