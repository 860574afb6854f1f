"""What a call that refuses says, whole."""

from hilum.errors import InputError


def told(run, *args):
    """Every fault of a call as (file, row, column, value, expected); empty where it passed."""
    try:
        run(*args)
    except InputError as error:
        return [(f.file, f.row, f.column, f.value, str(f.expected)) for f in error.faults]
    return []
