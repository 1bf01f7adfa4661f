"""Clients that hold connections open: python -m support.slow_clients PORT COUNT.

In equal parts they say nothing, send their head or their body byte by byte, or ask
for much and read nothing. They go on until the server has closed every one, and
print how that went as JSON. A process of its own, so that it slows no other client.
"""
import json
import os
import resource
import select
import socket
import sys
import time
from collections import Counter

OPENED_PER_SECOND = 2_500
BYTES_EVERY = 2.0  # seconds between two bytes of one client
GIVE_UP_AFTER = 60.0

HEAD = b"POST /v1/notifications HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + os.environ.get("KEY", "").encode()
SAYS = {
    "silent": b"",
    "slow head": HEAD + b"\r\nX-Slow: ",
    "slow body": HEAD + b"\r\nContent-Length: 200\r\n\r\n{",
    "deaf": b"GET /openapi.json HTTP/1.1\r\nHost: t\r\n\r\n" * 60,
}
KINDS = list(SAYS)


class Client:
    def __init__(self, port, number):
        self.kind = KINDS[number % len(KINDS)]
        self.line = socket.socket()
        if self.kind == "deaf":
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.line.bind((f"127.0.0.{2 + number % 50}", 0))
        self.line.settimeout(20)
        self.line.connect(("127.0.0.1", port))
        self.opened = time.monotonic()
        self.line.setblocking(False)
        self.say(SAYS[self.kind])
        self.next_byte = self.opened + BYTES_EVERY

    def say(self, text):
        try:
            self.line.send(text)
        except OSError:
            pass  # closed meanwhile: the next look at it says so

    def dribble(self, now):
        if self.kind.startswith("slow") and now >= self.next_byte:
            self.say(b"x")
            self.next_byte = now + BYTES_EVERY

    def is_closed(self, events):
        """Reads what came, unless it is deaf."""
        if self.kind == "deaf":
            return bool(events & (select.EPOLLHUP | select.EPOLLERR))
        try:
            return self.line.recv(65536) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


class Crowd:
    def __init__(self, port, count):
        self.port, self.count = port, count
        self.poll, self.clients, self.lasted = select.epoll(), {}, []
        self.began = time.monotonic()

    def run(self):
        opened = 0
        while (opened < self.count or self.clients) and time.monotonic() - self.began < GIVE_UP_AFTER:
            for _ in range(int((time.monotonic() - self.began) * OPENED_PER_SECOND) - opened):
                if opened < self.count:
                    self.open(opened)
                    opened += 1
            self.wait()
        return {"opened": opened, "left": len(self.clients), "longest_s": round(max(age for _, age in self.lasted), 2),
                "closed": Counter(kind for kind, _ in self.lasted)}

    def open(self, number):
        client = Client(self.port, number)
        self.clients[client.line.fileno()] = client
        self.poll.register(client.line, 0 if client.kind == "deaf" else select.EPOLLIN)

    def wait(self):
        for number, events in self.poll.poll(0.05):
            client = self.clients[number]
            if client.is_closed(events):
                self.poll.unregister(client.line)
                client.line.close()
                del self.clients[number]
                self.lasted.append((client.kind, time.monotonic() - client.opened))
        now = time.monotonic()
        for client in self.clients.values():
            client.dribble(now)


def main():
    os.nice(10)  # as if on a machine of its own: only what the engine does for it counts
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(json.dumps(Crowd(int(sys.argv[1]), int(sys.argv[2])).run()))


if __name__ == "__main__":
    main()
