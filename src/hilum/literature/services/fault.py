"""What goes wrong with a service: what may pass, and what will not."""

from __future__ import annotations

from hilum.errors import HilumError


class ServiceFault(HilumError):
    """A service did not give what was asked; what had come stays kept."""


class Passing(ServiceFault):
    """May pass: too fast, an error of the server, a body cut short, a stall.

    ``after`` is how many seconds the service asks to wait, where it says so.
    """

    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


class Refusal(ServiceFault):
    """Asking again will not help: a query or a key that the service does not take.

    ``place``: it refuses the place in its list that it gave before, which may have grown old.
    """

    def __init__(self, sentence: str, *, place: bool = False) -> None:
        super().__init__(sentence)
        self.place = place
