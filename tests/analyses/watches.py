"""Watches that look over an analysis's shoulder."""

import time

from hilum.errors import Stopped


class Listening:
    """Keeps what it is told."""

    def __init__(self):
        self.stages, self.parts = [], 0

    def stage(self, code, total):
        self.stages.append((code, total))

    def done(self, n=1):
        self.parts += n


class Stopping(Listening):
    """Asks to stop after ``seconds``, and knows when it was first heard."""

    def __init__(self, seconds=0.0):
        super().__init__()
        self.asked = time.perf_counter() + seconds
        self.heard = None

    def done(self, n=1):
        super().done(n)
        if time.perf_counter() >= self.asked:
            self.heard = time.perf_counter()
            raise Stopped("asked to")
