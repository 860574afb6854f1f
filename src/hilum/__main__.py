"""``python -m hilum``."""

from hilum.cli.main import run

run()
