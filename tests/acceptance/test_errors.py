"""Bad input gets a clear answer: status, stable code and the field's pointer."""
import json
import socket

import pytest

from support.waiting import eventually

CONFIG = """
[server]
max_body = 4096
max_batch_body = 65536
header_timeout = "1s"
"""

GOOD = {"user_id": "u", "type": "t", "content": {"title": "t", "body": "b"}}


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


def nested(depth):
    return {**GOOD, "metadata": json.loads('{"a":' * depth + "1" + "}" * depth)}


@pytest.mark.parametrize("pointer, body", [
    ("/user_id", without("user_id")),
    ("/user_id", {**GOOD, "user_id": ""}),
    ("/user_id", {**GOOD, "user_id": 7}),
    ("/user_id", {**GOOD, "user_id": "u" * 256}),
    ("/type", without("type")),
    ("/type", {**GOOD, "type": None}),
    ("/content", without("content")),
    ("/content", {**GOOD, "content": "text"}),
    ("/content/title", {**GOOD, "content": {"title": 1, "body": "b"}}),
    ("/content/colour", {**GOOD, "content": {"title": "t", "body": "b", "colour": "red"}}),
    ("/category", {**GOOD, "category": "gossip"}),
    ("/priority", {**GOOD, "priority": "urgent"}),
    ("/channels", {**GOOD, "channels": "email"}),
    ("/channels/1", {**GOOD, "channels": ["email", "pigeon"]}),
    ("/to/pigeon", {**GOOD, "to": {"pigeon": "x"}}),
    ("/to/email", {**GOOD, "to": {"email": "no address"}}),
    ("/to/devices/0/token", {**GOOD, "to": {"devices": [{"protocol": "fcm"}]}}),
    ("/send_at", {**GOOD, "send_at": 1700000000}),
    ("/metadata", {**GOOD, "metadata": []}),
    ("/user~1id", {**GOOD, "user/id": "x"}),
    ("/a~0b", {**GOOD, "a~b": 1}),
])
def test_a_wrong_field_is_named(api, pointer, body):
    api.post("/v1/notifications", body).problem(422, "invalid_request", pointer)


def test_every_wrong_field_is_named_at_once(api):
    body = api.post("/v1/notifications", {"type": 1, "priority": "urgent", "surprise": True}).problem(422)
    assert {error["pointer"] for error in body["errors"]} >= {"/user_id", "/type", "/priority", "/surprise"}


@pytest.mark.parametrize("body", [
    b"", b"{", b"nonsense", b'{"user_id": "\xff"}', b'{"a": 1} {"b": 2}', b'{"a": NaN}', b'{"a": "\\ud800"}',
    json.dumps(nested(33)).encode(), b"[" * 1000])
def test_what_is_not_json_is_refused(api, body):
    api.call("POST", "/v1/notifications", body=body).problem(400, "malformed_json")


def test_a_body_that_is_no_object_is_refused(api):
    api.post("/v1/notifications", ["x"]).problem(422, "invalid_request", "")


@pytest.mark.parametrize("status, code, method, path, options", [
    (404, "not_found", "GET", "/v1/nothing", {}),
    (404, "not_found", "GET", "/v1/users/nobody_at_all", {}),
    (405, "method_not_allowed", "DELETE", "/v1/notifications", {}),
    (405, "method_not_allowed", "PUT", "/v1/notifications/batch", {"json": []}),
    (413, "body_too_large", "POST", "/v1/notifications", {"json": {**GOOD, "metadata": {"a": "x" * 5000}}}),
    (415, "unsupported_media_type", "POST", "/v1/notifications",
     {"body": "user_id=u", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}),
    (415, "unsupported_media_type", "POST", "/v1/notifications",
     {"json": GOOD, "headers": {"Content-Encoding": "gzip"}}),
    (400, "bad_query", "GET", "/v1/notifications?limit=0", {}),
    (400, "bad_query", "GET", "/v1/notifications?limit=201", {}),
    (400, "bad_query", "GET", "/v1/notifications?limit=many", {}),
    (400, "bad_query", "GET", "/v1/notifications?cursor=nonsense", {}),
    (400, "bad_query", "GET", "/v1/notifications?status=gone", {}),
    (400, "bad_query", "GET", "/v1/notifications?since=yesterday", {}),
    (400, "bad_query", "GET", "/v1/notifications?colour=red", {}),
    (400, "bad_header", "POST", "/v1/notifications", {"json": GOOD, "headers": {"Idempotency-Key": "k" * 256}}),
    (431, "headers_too_large", "GET", "/v1/notifications", {"headers": {"X-Long": "x" * 20_000}}),
    (431, "headers_too_large", "GET", "/v1/notifications", {"headers": {f"X-{n}": "1" for n in range(120)}}),
    (414, "uri_too_long", "GET", "/v1/notifications?user_id=" + "u" * 20_000, {}),
])
def test_each_mistake_has_its_status_and_code(api, status, code, method, path, options):
    answer = api.call(method, path, **options)
    answer.problem(status, code)
    if status == 405:
        assert "allow" in answer.headers


def test_a_missing_content_type_is_taken_as_json(api):
    api.call("POST", "/v1/notifications", body=json.dumps(GOOD)).expect(202)


def raw(engine, request, timeout=5):
    """Sends bytes as they are; returns everything until the engine closes or falls silent."""
    with socket.create_connection(("127.0.0.1", engine.port), timeout=timeout) as line:
        line.sendall(request)
        answer = b""
        try:
            while chunk := line.recv(65536):
                answer += chunk
        except TimeoutError:
            pass
        return answer.decode()


def head(engine, *lines):
    return "\r\n".join([*lines, "Host: x", f"Authorization: Bearer {engine.key}", "Connection: close", "", ""]).encode()


@pytest.mark.parametrize("status, first, more", [
    (400, "nonsense", []),
    (400, "GET /v1/notifications HTTP/1.1", ["bad header line"]),
    (400, "POST /v1/notifications HTTP/1.1", ["Content-Length: 5", "Transfer-Encoding: chunked"]),
    (400, "POST /v1/notifications HTTP/1.1", ["Content-Length: 5", "Content-Length: 6"]),
    (411, "POST /v1/notifications HTTP/1.1", ["Content-Type: application/json"]),
    (501, "BREW /v1/notifications HTTP/1.1", []),
    (505, "GET /v1/notifications HTTP/3.0", []),
])
def test_what_is_not_http_as_it_should_be_is_refused(engine, status, first, more):
    answer = raw(engine, head(engine, first, *more), timeout=2)
    assert answer.startswith(f"HTTP/1.1 {status} "), answer[:300]


def test_a_request_that_does_not_arrive_is_closed_in_time(engine):
    answer = raw(engine, b"GET /v1/notifications HTTP/1.1\r\nHost: x\r\n", timeout=4)
    assert answer == "" or answer.startswith("HTTP/1.1 408 ")


def test_answers_to_pipelined_requests_come_in_order(engine):
    get = f"GET /v1/users/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {engine.key}\r\n"
    request = get % "pipelined_1" + "\r\n" + get % "pipelined_2" + "Connection: close\r\n\r\n"
    answer = raw(engine, request.encode())
    assert answer.count("HTTP/1.1 404 ") == 2


def test_request_ids_are_given_and_unlike(api):
    ids = {api.post("/v1/notifications", {}).problem(422)["request_id"] for _ in range(3)}
    assert len(ids) == 3
    eventually(lambda: api.get("/v1/notifications").status == 200, "the engine still answers")
