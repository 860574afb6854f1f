"""What each of the crowd does: reads pages in turn, or keeps states of one case."""

import itertools
import json
import os
import re
import threading

from locust import FastHttpUser, constant, task


def said(name):
    return os.environ[f"HILUM_CROWD_{name}"]


PATHS = said("PATHS").split("\n")
BASE = re.compile(r'name="base" value="(\d+)"')
NUMBERS = itertools.count()
LOCK = threading.Lock()


class OneWhoCameIn(FastHttpUser):
    abstract = True
    wait_time = constant(float(said("PAUSE")))

    def on_start(self):
        self.number = next(NUMBERS)
        self.turn = 0
        self.mine = {"cookie": said("COOKIE"), "origin": self.host}


class Reader(OneWhoCameIn):
    @task
    def read(self):
        path = PATHS[(self.number + self.turn) % len(PATHS)]
        self.turn += 1
        self.client.get(path, headers=self.mine, name="read")


class Writer(OneWhoCameIn):
    base = 0

    @task
    def keep(self):
        """Keep a name that no other has; whoever came too late keeps it as the state after."""
        self.turn += 1
        name = f"writer {self.number} write {self.turn}"
        while True:
            form = {"csrf": said("CSRF"), "base": str(self.base), "t:name": name}
            with self.client.post(
                f"{PATHS[0]}/kept", form, headers=self.mine, name="keep", catch_response=True,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                if answer.status_code not in (303, 409):
                    return  # a failure, and counted as one
                answer.success()
            if answer.status_code == 409:
                self.base = int(BASE.search(answer.text)[1])
                continue
            self.base += 1
            with LOCK, open(said("KEPT"), "a", encoding="utf-8") as file:
                file.write(json.dumps([self.base, name]) + "\n")
            return
