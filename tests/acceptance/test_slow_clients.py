"""Thousands of clients that hold their connections are closed in time, and nobody feels them.

1,000 of them, or CARILLON_SLOW_CONNECTIONS: the long form takes 10,000, which needs
descriptors for as many (`ulimit -Hn`), twice: here and in the engine.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

from support.config import sandboxes

CONNECTIONS = int(os.environ.get("CARILLON_SLOW_CONNECTIONS", "1000"))
CLOSED_WITHIN = 10.0  # seconds
ROUNDS = 3  # at most: what else runs on the machine comes and goes, what the crowd costs does not
CONFIG = sandboxes("email") + f"""
[server]
max_connections = {CONNECTIONS + 10}
header_timeout = "8s"
body_timeout = "8s"
idle_timeout = "8s"
"""


class HealthyClient:
    """Sends one notification after the other on one connection."""

    def __init__(self, api):
        self.line = socket.create_connection(("127.0.0.1", api.port), timeout=10)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = json.dumps({"user_id": "healthy", "type": "t", "channels": ["email"], "to": {"email": "canarybird@example.org"},
                           "content": {"title": "t", "body": "b"}})
        self.request = (f"POST /v1/notifications HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {api.key}\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def latencies_while(self, condition):
        found = []
        while condition():
            begun = time.perf_counter()
            self.line.sendall(self.request)
            answer = self.line.recv(65536)
            found.append(time.perf_counter() - begun)
            assert answer.startswith(b"HTTP/1.1 202 "), answer[:300]
        return found


def p99(latencies):
    return sorted(latencies)[int(len(latencies) * 0.99)]


def slow_clients(engine):
    folder = pathlib.Path(__file__).parent
    return subprocess.Popen([sys.executable, "-m", "support.slow_clients", str(engine.port), str(CONNECTIONS)], cwd=folder,
                            stdout=subprocess.PIPE, text=True, env={**os.environ, "KEY": engine.key})


def alone_for(healthy, seconds):
    until = time.monotonic() + seconds
    return healthy.latencies_while(lambda: time.monotonic() < until)


def one_round(engine, healthy):
    """The crowd comes and goes; the healthy client's latency beside it, and alone before and after."""
    alone = alone_for(healthy, CLOSED_WITHIN / 2)
    crowd = slow_clients(engine)
    beside = healthy.latencies_while(lambda: crowd.poll() is None)
    alone += alone_for(healthy, CLOSED_WITHIN / 2)
    figures = {"connections": CONNECTIONS, "p99_alone_ms": round(p99(alone) * 1000, 2),
               "p99_beside_ms": round(p99(beside) * 1000, 2), "requests": [len(alone), len(beside)],
               **json.loads(crowd.communicate()[0])}
    print(json.dumps(figures))
    return figures


def test_slow_clients_are_closed_in_time_and_a_healthy_one_does_not_feel_them(engine):
    healthy = HealthyClient(engine.api)
    ratios = []
    while len(ratios) < ROUNDS and not (ratios and min(ratios) <= 2):
        figures = one_round(engine, healthy)
        assert figures["opened"] == CONNECTIONS and figures["left"] == 0, figures
        assert sum(figures["closed"].values()) == CONNECTIONS, figures
        assert figures["longest_s"] <= CLOSED_WITHIN, figures
        ratios.append(figures["p99_beside_ms"] / figures["p99_alone_ms"])
    assert min(ratios) <= 2, ratios


def test_past_max_connections_a_client_is_told(start_engine):
    engine = start_engine('[server]\nmax_connections = 2\nidle_timeout = "1s"\n')
    held = [socket.create_connection(("127.0.0.1", engine.port)) for _ in range(2)]
    answer = engine.api.get("/v1/notifications")
    assert "2" in answer.problem(503, "overloaded")["detail"] and answer.headers["retry-after"]
    assert engine.admin.get("/metrics").status == 200
    for line in held:
        line.close()
