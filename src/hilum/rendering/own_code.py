"""The lines that make an answer of one's own table again: in Python, and in R where R can."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Final

from hilum.rendering.own_taken import TABLE
from hilum.rendering.pool_code import numbers_of_r, texts_of_r

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.network import NetworkAnswered

FILES: Final = frozenset({"table", "patients", "evidence"})
"""Fields that hold a file's content, not what was typed."""
R_ESTIMATORS: Final = frozenset({"DL", "ML", "REML"})
"""Estimators of tau2 that netmeta has."""
NO_R: Final = (
    "# hilum knows of no package of R that pools medians, rates and numbers at risk in one\n"
    "# likelihood, or turns the weight of designs as hilum does: again.py and again.sh make\n"
    "# the same answer from table.csv.\n"
)


def python_of(analysis: str, asked: Any, columns: Sequence[str]) -> str:
    """The same question in Python: what was typed beyond the defaults, of the table beside it."""
    said = {one.name: getattr(asked, one.name) for one in fields(asked) if one.name not in FILES}
    usual = {one.name: _usual(one) for one in fields(asked)}
    more = [f"{name}={value!r}" for name, value in said.items() if value != usual[name]]
    lines = ["from pathlib import Path", "", "from hilum.analyses import analysis",
             "from hilum.analyses.forms import to_json"]  # fmt: skip
    if asked.table is None:
        given = ", ".join(more)
        return "\n".join([
            *(one for one in lines if "pathlib" not in one), "",
            f'one = analysis("{analysis}")',
            f"print(to_json(one.run(one.Asked({given}))))", "",
        ]).lstrip()  # fmt: skip
    given = ", ".join(["table=table", *more])
    return "\n".join([
        *lines, "from hilum.analyses.tables import read_table", "",
        f'one = analysis("{analysis}")',
        f"table = read_table(Path({TABLE!r}), {tuple(columns)!r})",
        f"print(to_json(one.run(one.Asked({given}))))", "",
    ])  # fmt: skip


def _usual(one: Any) -> Any:
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else MISSING


def r_of_network(answer: NetworkAnswered) -> str:
    """Netmeta's call on the contrasts that hilum used, with every digit."""
    from hilum.analyses.network_rows import read_network

    asked = answer.asked
    if not answer.connected:
        return "# The network is in several parts; netmeta takes one part at a time.\n"
    made, measure = read_network(asked)
    names = made.treatments
    columns = {
        "studlab": texts_of_r([made.studies[i] for i in made.study.tolist()]),
        "treat1": texts_of_r([names[i] for i in made.treat1.tolist()]),
        "treat2": texts_of_r([names[i] for i in made.treat2.tolist()]),
        "TE": numbers_of_r(made.TE.tolist()),
        "seTE": numbers_of_r(made.seTE.tolist()),
    }
    inside = ",\n  ".join(f"{name} = {cells}" for name, cells in columns.items())
    estimator = asked.method if asked.method in R_ESTIMATORS else "DL"
    call = [f"sm = {texts_of_r([measure])[2:-1]}", f'method.tau = "{estimator}"',
            f"level.ma = {asked.level!r}", "common = FALSE", "random = TRUE",
            f"tol.multiarm = {asked.tolerance!r}"]  # fmt: skip
    if asked.reference is not None:
        call.append(f"reference.group = {texts_of_r([asked.reference])[2:-1]}")
    lines = ["library(netmeta)", f"dat <- data.frame(\n  {inside}\n)"]
    if estimator != asked.method:
        lines.append(f"# netmeta has no {asked.method}: tau2 and intervals differ from hilum's.")
    lines.append(f"net <- netmeta(TE, seTE, treat1, treat2, studlab, data = dat, "
                 f"{', '.join(call)})")  # fmt: skip
    lines.append("print(summary(net), digits = 6)")
    if asked.small_values is not None:
        lines.append(f'print(netrank(net, small.values = "{asked.small_values}"), digits = 6)')
    if asked.additive:
        inactive = "" if asked.inactive is None else (
            f", inactive = {texts_of_r([asked.inactive])[2:-1]}")  # fmt: skip
        separator = texts_of_r([asked.separator])[2:-1]
        lines.append(f"print(netcomb(net, sep.comps = {separator}{inactive}), digits = 6)")
        if asked.interaction:
            lines.append("# interactions of components: name them in netcomb's C.matrix.")
    return "\n".join([*lines, ""])


def r_of(analysis: str, answer: Any) -> str:
    """R that makes the answer again, or a comment that says why there is none."""
    return r_of_network(answer) if analysis == "network" else NO_R
