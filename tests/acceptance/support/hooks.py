"""A receiver of webhooks: an HTTP server that answers as told and remembers."""
import http.server
import itertools
import json
import threading
import time
from dataclasses import dataclass

from .canary import CANARY

_numbers = itertools.count(1)


@dataclass
class Call:
    at: float  # time.monotonic
    headers: dict  # names in lower case
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers["webhook-id"]


class Hook:
    """One address. `answers` are given in turn, the last one for ever."""

    def __init__(self, url, answers):
        self.url, self.answers, self.calls = url, list(answers), []

    def next_answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def say(status, after=0.0, **headers):
    """An answer: its status, its delay in seconds and its headers."""
    return status, after, {name.replace("_", "-"): value for name, value in headers.items()}


class HookServer:
    def __init__(self):
        self.hooks = {}
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def hook(self, *answers):
        path = f"/{CANARY}/{next(_numbers)}"  # an address is personal data
        made = Hook(f"http://127.0.0.1:{self.server.server_port}{path}", answers or [say(200)])
        self.hooks[path] = made
        return made

    def _handler(owner):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hook = owner.hooks[self.path]
                with owner.lock:
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    hook.calls.append(Call(time.monotonic(), headers, body))
                    status, after, extra = hook.next_answer()
                owner.closing.wait(after)
                self.send_response(status)
                for name, value in {"Content-Length": "0", **extra}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass
        return Handler
