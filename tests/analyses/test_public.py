"""The rooms of the analyses leave hilum's own names as they are, and load nothing before use."""

import subprocess
import sys


def _python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_room_takes_a_public_name():
    code = (
        "import hilum, pkgutil, importlib\n"
        "for room in ('analyses', 'rendering', 'sheet', 'language', 'plots', 'synthesis'):\n"
        "    package = importlib.import_module(f'hilum.{room}')\n"
        "    for one in pkgutil.iter_modules(package.__path__):\n"
        "        importlib.import_module(f'hilum.{room}.{one.name}')\n"
        "assert all(callable(getattr(hilum, name)) for name in hilum.__all__ if name[0] != '_')\n"
    )
    _python(code)


def test_the_registry_loads_no_analysis():
    code = (
        "import sys, hilum.analyses\n"
        "heavy = {'numpy', 'pydantic', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert 'hilum.analyses.pool' not in sys.modules\n"
    )
    _python(code)


def test_an_answer_needs_no_pydantic():
    code = (
        "import sys\n"
        "from hilum.analyses import analysis\n"
        "from hilum.analyses.tables import Table\n"
        "from hilum.analyses.forms import to_json\n"
        "rows = (('1', '0.5'), ('2', '0.4'))\n"
        "pool = analysis('pool')\n"
        "asked = pool.Asked(table=Table('t.csv', ('yi', 'vi'), rows, (2, 3)))\n"
        "to_json(pool.run(asked))\n"
        "assert 'pydantic' not in sys.modules\n"
        "assert 'pandas' not in sys.modules\n"
    )
    _python(code)
