"""What a service is: how it is asked, how its answers are read, what it lets one ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from hilum.literature.bibliography.record import Record

State = dict[str, Any]
"""Where the reading of a list of hits stands: plain data, kept after every answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of one service.

    Parameters
    ----------
    words : dict of str to str
        The query in the service's own language, by field (``query``; of a register of trials
        ``cond``, ``intr``, ``term``).
    languages : tuple of str
        Two-letter codes; none for all.
    published_from, published_to : date, optional
    since : date, optional
        Only what the service took in on this day or later, where it can say so.
    most : int, optional
        How many of the best ranked are enough.
    """

    words: dict[str, str]
    languages: tuple[str, ...] = ()
    published_from: dt.date | None = None
    published_to: dt.date | None = None
    since: dt.date | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request: path below the service's address, parameters, and the kind of answer.

    ``post``: the parameters are sent as a form, not in the address.
    """

    path: str
    params: dict[str, str]
    form: str = "json"
    post: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a reader of the report must know: a code and its facts."""

    code: str
    facts: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one answer gave.

    Parameters
    ----------
    records : tuple of Record
    faulty : tuple of str
        Ids, or places in the answer, of what is no record.
    total : int, optional
        Hits, as the service counts them.
    then : dict, optional
        The next state; none at the end.
    remarks : tuple of Remark
    """

    records: tuple[Record, ...] = ()
    faulty: tuple[str, ...] = ()
    total: int | None = None
    then: State | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One public service.

    Parameters
    ----------
    code, name : str
    address : str
        Where it is, unless the environment or an option says otherwise.
    key : str
        Name of the environment's variable that holds the user's key; empty where there is none.
    key_param : str
        The parameter that carries it.
    key_needed : bool
    polite : dict of str to str
        Parameters that say who asks: by parameter, the environment's variable.
    gap, gap_with_key : float
        Seconds from one request to the next.
    too_fast : frozenset of int
        Status codes that mean "too fast" here, beside 429.
    fields : tuple of str
        Parts of a query; the first must be there, or any one where ``any_field``.
    ranked : bool
        A query is words ranked by likeness, not a condition: only the best are taken.
    watched : tuple of str
        Tags of fields whose change makes a record a changed one, beside the common parts.
    longest : int
        Letters of parameters from which on they are posted.
    sinces : bool
        It can be asked for what it took in since a day.
    begin, request, read : callable
        The first state of a query; the request of a state; what an answer of it gave.
    again : callable
        Records of an answer that was kept, before which so many came.
    """

    code: str
    name: str
    address: str
    key: str = ""
    key_param: str = ""
    key_needed: bool = False
    polite: dict[str, str] = field(default_factory=dict[str, str])
    gap: float
    gap_with_key: float
    too_fast: frozenset[int] = frozenset()
    fields: tuple[str, ...] = ("query",)
    any_field: bool = False
    ranked: bool = False
    watched: tuple[str, ...] = ()
    longest: int = 1_000_000
    sinces: bool = False
    begin: Callable[[Query], State]
    request: Callable[[State, Query], Request]
    read: Callable[[State, Query, bytes, str], Step]
    again: Callable[[bytes, str, int], list[Record]]

    @property
    def variable(self) -> str:
        """Name of the environment's variable that holds another address."""
        return f"HILUM_{self.code.upper()}_URL"
