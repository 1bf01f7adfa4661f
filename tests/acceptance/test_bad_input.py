"""Every row of the table of malformed requests gets its exact answer, and leaves nothing behind."""
import json
import os
import re
import socket

import pytest

from bad_input import TABLE
from bad_input.row import GOOD, MAX_BATCH_BODY, MAX_BODY, text
from support.config import sandboxes

CONFIG = sandboxes("email", "in_app") + f"""
[server]
max_body = {MAX_BODY}
max_batch_body = {MAX_BATCH_BODY}
"""

NO_SUCH = "0197b7a0-0000-7000-8000-000000000000"
MORE_MEMORY = 16 * 1024  # KiB that three more rounds of the table may cost


@pytest.fixture(scope="module")
def keys(engine):
    """The key of each name that rows use."""
    api = engine.api
    api.put("/v1/users/somebody", {}).expect(200)

    def made(**fields):
        return api.post("/v1/keys", {"name": "k", "scopes": ["read"], **fields}).expect(201).json
    revoked = made()
    api.delete(f"/v1/keys/{revoked['id']}").expect(204)
    return {"admin": engine.key, "reader": made()["key"], "revoked": revoked["key"], "none": None}


def exchange(engine, request):
    """Sends bytes as they are; the status and the document of the first answer, and what follows it."""
    with socket.create_connection(("127.0.0.1", engine.port), timeout=10) as line:
        line.sendall(request)
        answer = line.makefile("rb")
        status = int(answer.readline().split()[1])
        headers = dict(one.split(": ", 1) for one in iter(lambda: answer.readline().decode().strip(), ""))
        document = json.loads(answer.read(int(headers["Content-Length"])))
        assert headers["Content-Type"] == "application/problem+json"
        line.shutdown(socket.SHUT_WR)
        return status, document, answer.read(), headers


def send(engine, keys, row):
    if row.wire:
        status, document, rest, _ = exchange(engine, row.wire.replace(b"{key}", keys["admin"].encode()))
        assert b"HTTP/1.1 2" not in rest, "a second request was taken out of the first one's body"
        return status, document
    headers = {name: value.replace("{key}", keys["admin"]) if isinstance(value, str) else value
               for name, value in row.headers.items()}
    answer = engine.api.with_key(keys[row.key]).call(row.method, row.path, body=row.body, headers=headers)
    assert answer.status < 400 or answer.headers["content-type"] == "application/problem+json"
    return answer.status, answer.json


def check(engine, keys, row):
    status, document = send(engine, keys, row)
    pointers = tuple(sorted(error["pointer"] for error in document.get("errors", [])))
    assert (status, document["code"], pointers) == (row.status, row.code, row.pointers), document
    assert document["status"] == status and document["detail"] and document["title"]
    assert all(error["detail"] and error["code"] for error in document.get("errors", []))


def test_the_table_is_long_and_no_row_stands_twice():
    assert len(TABLE) >= 150
    assert len({row.name for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_bad_input(engine, keys, row):
    check(engine, keys, row)


@pytest.fixture(scope="module")
def theirs(engine):
    """What another tenant has: its ids are nobody's to us."""
    scopes = ["send", "read", "manage", "admin"]
    key = engine.api.post("/v1/keys", {"name": "theirs", "tenant": "acme", "scopes": scopes}).expect(201).json
    acme = engine.api.with_key(key["key"])
    acme.put("/v1/users/their_user", {"contacts": {"email": "canarybird.acme@example.org"}}).expect(200)
    found = {"key": key["id"], "notification": acme.notify(user_id="their_user", channels=["in_app"]), "user": "their_user"}
    acme.outcome(found["notification"], "delivered")
    found["item"] = acme.get("/v1/users/their_user/inbox").json["data"][0]["delivery_id"]
    found["suppression"] = acme.post("/v1/suppressions", {"channel": "push", "address": "t"}).expect(201).json["id"]
    found["job"] = acme.post("/v1/dead-letters/redrive", {"filter": {}}).expect(202).json["job_id"]
    return acme, found


@pytest.mark.parametrize("method, path, kind, body", [
    ("GET", "/v1/notifications/{}", "notification", None),
    ("POST", "/v1/notifications/{}/cancel", "notification", None),
    ("POST", "/v1/notifications/{}/engagement", "notification", {"event": "read"}),
    ("POST", "/v1/notifications/{}/resolve", "notification", {"delivery_id": NO_SUCH, "outcome": "sent"}),
    ("GET", "/v1/users/{}", "user", None),
    ("PATCH", "/v1/users/{}", "user", {"locale": "de"}),
    ("GET", "/v1/users/{}/export", "user", None),
    ("GET", "/v1/users/{}/preferences", "user", None),
    ("POST", "/v1/users/their_user/inbox/{}/read", "item", None),
    ("DELETE", "/v1/suppressions/{}", "suppression", None),
    ("DELETE", "/v1/keys/{}", "key", None),
    ("GET", "/v1/jobs/{}", "job", None),
])
def test_another_tenants_id_looks_like_one_that_does_not_exist(engine, theirs, method, path, kind, body):
    acme, found = theirs
    answers = [engine.api.call(method, path.format(id), body).problem(404, "not_found") for id in (found[kind], NO_SUCH)]
    for answer in answers:
        answer.pop("request_id")
    assert answers[0] == answers[1]
    assert acme.get("/v1/users/their_user").expect(200) and acme.notification(found["notification"])["status"] == "delivered"


def test_erasing_an_id_that_another_tenant_has_touches_nothing_of_theirs(engine, theirs):
    acme, found = theirs
    engine.api.delete("/v1/users/their_user").expect(204)
    assert acme.get("/v1/users/their_user").expect(200) and acme.notification(found["notification"])["status"] == "delivered"
    assert acme.get("/v1/users/their_user/inbox").json["data"]


def test_another_tenants_lists_are_not_ours(engine, theirs):
    for path in ("notifications?user_id=their_user", "users/their_user/inbox", "suppressions", "sandbox/messages"):
        assert engine.api.get(f"/v1/{path}").expect(200).json["data"] == []


def nested(depth):
    return json.loads('{"a":' * depth + "1" + "}" * depth)


def test_what_is_just_within_its_limit_is_taken(start_engine):
    api = start_engine(CONFIG).api
    for body in (text(GOOD).ljust(MAX_BODY), text({**GOOD, "user_id": "u" * 255, "idempotency_key": "k" * 255}),
                 text({**GOOD, "user_id": "ü" * 127}), text({**GOOD, "metadata": nested(31)})):
        api.call("POST", "/v1/notifications", body=body).expect(202)
    api.call("POST", "/v1/notifications", body=text(GOOD), headers={"Idempotency-Key": "h" * 255}).expect(202)
    taken = api.post("/v1/notifications/batch", [{**GOOD, "to": {}}] * 1000).expect(202).json
    assert taken["accepted"] == 1000
    api.call("POST", "/v1/notifications/batch", body=text([GOOD]).ljust(MAX_BATCH_BODY)).expect(202)
    api.get("/v1/users/" + "u" * 255).problem(404)
    api.get("/v1/notifications?limit=200&user_id=" + "u" * (8192 - 36)).expect(200)
    used = len(f"Host: 127.0.0.1:{api.port}\r\nAccept-Encoding: identity\r\nAuthorization: Bearer {api.key}\r\nX-Long: \r\n")
    api.get("/v1/notifications", headers={"X-Long": "x" * (16 * 1024 - used)}).expect(200)


def resident_kib(engine):
    status = open(f"/proc/{engine.process.pid}/status", encoding="ascii").read()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1))


def test_after_all_that_the_engine_is_well_and_nothing_was_stored(engine, keys):
    for row in TABLE:
        check(engine, keys, row)
    before = resident_kib(engine)
    for row in TABLE * 3:
        check(engine, keys, row)
    if not os.environ.get("CARILLON_SANITIZE"):  # they keep freed memory for a while, to catch its use
        assert resident_kib(engine) - before < MORE_MEMORY

    api = engine.api
    assert api.get("/v1/notifications").expect(200).json["data"] == []
    assert api.get("/v1/suppressions").json["data"] == [] and api.get("/v1/sandbox/messages").json["data"] == []
    assert {one["name"] for one in api.get("/v1/keys").json["data"]} == {"admin", "k"}
    assert api.get("/v1/settings/notification").expect(200).json["version"] == 0
    api.get("/v1/users/u").problem(404)
    assert api.get("/v1/users/somebody").expect(200).headers["etag"] == '"1"'
    assert all(lane["forced"] == "auto" for one in api.get("/v1/providers").json["data"] for lane in one["lanes"].values())

    assert engine.admin.get("/readyz").status == 200
    refused = dict(re.findall(r'carillon_notifications_rejected_total\{reason="(\w+)"\} (\d+)', engine.admin.get("/metrics").text))
    assert not {"internal_error", "store_unavailable", "overloaded", "storage_full"} & set(refused)
    assert "handler_failed" not in engine.log()
    api.outcome(api.notify(channels=["email"], to=GOOD["to"]), "sent")
