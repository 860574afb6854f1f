"""Page templates, compiled once: a program keeps them, and the next program finds them kept.

As Python keeps the modules it compiled, each template lies compiled in ``__pycache__`` beside the
templates, found by the hash of its text; where nothing can be written it is compiled again.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, FileSystemBytecodeCache, StrictUndefined

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.bccache import Bucket

KEPT = "__pycache__"


class _Kept(FileSystemBytecodeCache):
    """Compiled templates on the disk; a folder that cannot be written keeps nothing."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """What is kept; a file that cannot be read is as none."""
        with suppress(OSError, EOFError, ValueError, TypeError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, unless Python is told to keep nothing."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            os.makedirs(self.directory, exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def page_template(package: str, folder: str, names: tuple[str, ...]) -> Template:
    """The first of some templates of a package's folder, which may include the others.

    Values are escaped, and a name that a template knows and nobody gave is an error.
    """
    place = files(package) / folder if folder else files(package)
    sources = {name: (place / name).read_text("utf-8") for name in names}
    environment = Environment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        bytecode_cache=_Kept(os.path.join(str(place), KEPT)),
    )
    return environment.get_template(names[0])
