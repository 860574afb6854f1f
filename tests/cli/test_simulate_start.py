"""What a replay loads before it has set its threads."""

import subprocess
import sys

ASKED = """
import sys
from hilum.cli.asking import Asking
from hilum.cli.tongue import words_of
from hilum.cli.main import app
import typer
found = typer.main.get_command(app)
for name in ("literature", "simulate"):
    found = found.get_command(None, name)
found.complete(words_of("en"))
assert isinstance(found, Asking)
assert {"--model", "--seeds"} <= {one for p in found.params for one in p.opts}
print("numpy" in sys.modules)
"""


def test_the_options_of_a_replay_load_no_array_library():
    """Threads can be set only before it: a replay on two takes four times the processor."""
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
