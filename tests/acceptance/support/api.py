"""A caller of the HTTP API, as a person would write one."""
import http.client
import itertools
import json as json_module
from dataclasses import dataclass

from .canary import CANARY, keep_secret
from .openapi import RECORDER
from .waiting import eventually

_numbers = itertools.count(1)


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    text: str

    @property
    def json(self):
        return json_module.loads(self.text)

    def expect(self, status):
        assert self.status == status, f"expected {status}, got {self.status}: {self.text[:500]}"
        return self

    def problem(self, status, code=None, pointer=None):
        """Checks an RFC 9457 answer whole and returns it."""
        self.expect(status)
        assert self.headers["content-type"].startswith("application/problem+json"), self.headers
        body = self.json
        assert set(body) >= {"type", "title", "status", "code", "detail", "request_id"}, body
        assert body["status"] == status and body["title"] and body["detail"] and body["request_id"], body
        if code:
            assert body["code"] == code, body
        if pointer is not None:
            assert pointer in [error["pointer"] for error in body["errors"]], body
            assert all(error["code"] and error["detail"] for error in body["errors"]), body
        return body


def fresh_user():
    """An id no other test uses."""
    return f"user_{CANARY}_{next(_numbers)}"


def fresh_mailbox():
    return f"{CANARY}.{next(_numbers)}@example.org"


class Api:
    def __init__(self, port, key):
        self.port, self.key = port, keep_secret(key)

    def with_key(self, key):
        return Api(self.port, key)

    def call(self, method, path, json=None, headers=None, body=None, timeout=15):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if json is not None:
            body = json_module.dumps(json)
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, sent)
            raw = connection.getresponse()
            answer = Answer(raw.status, {name.lower(): value for name, value in raw.getheaders()},
                            raw.read().decode("utf-8"))
        finally:
            connection.close()
        RECORDER.record(self.port, method, path, answer)
        return answer

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, json=None, **options):
        return self.call("POST", path, json, **options)

    def put(self, path, json=None, **options):
        return self.call("PUT", path, json, **options)

    def patch(self, path, json=None, **options):
        return self.call("PATCH", path, json, **options)

    def delete(self, path, **options):
        return self.call("DELETE", path, **options)

    # What nearly every test does.

    def notify(self, headers=None, **fields):
        """Sends a notification that must be accepted; returns its id."""
        request = {"user_id": fresh_user(), "type": "order_shipped",
                   "content": {"title": "On its way", "body": f"Dear {CANARY}, your order has left."}, **fields}
        return self.post("/v1/notifications", request, headers=headers).expect(202).json["id"]

    def notification(self, id):
        return self.get(f"/v1/notifications/{id}").expect(200).json

    def outcome(self, id, status, seconds=10):
        """Waits until the notification has this status; returns it."""
        def reached():
            found = self.notification(id)
            assert found["status"] == status, json_module.dumps(found)[:1500]
            return found
        return eventually(reached, f"notification {status}", seconds)

    def delivery(self, id, status, seconds=10, channel=None):
        """Waits until a delivery of it has this status; returns the delivery."""
        def reached():
            found = [one for one in self.notification(id)["deliveries"] if channel in (None, one["channel"])]
            assert found and found[0]["status"] == status, json_module.dumps(found)[:1500]
            return found[0]
        return eventually(reached, f"delivery {status}", seconds)

    def sandbox(self, notification_id):
        """What the sandbox took of this notification."""
        found = self.get("/v1/sandbox/messages?limit=200").expect(200).json["data"]
        return [message for message in found if message["notification_id"] == notification_id]
