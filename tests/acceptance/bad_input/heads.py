"""Heads that are HTTP as it should be, but ask for what cannot be."""
from .row import GOOD, MAX_BATCH_BODY, MAX_BODY, Row, good_with, text

NO_SUCH = "0197b7a0-0000-7000-8000-000000000000"
LIST = {"method": "GET", "path": "/v1/notifications"}


def sized(size):
    """A body of so many bytes that would be taken otherwise."""
    return text(GOOD).ljust(size)


SIZES = [
    Row("size: a body one byte too large", 413, "body_too_large", body=sized(MAX_BODY + 1)),
    Row("size: a batch one byte too large", 413, "body_too_large", path="/v1/notifications/batch", body=text([GOOD]).ljust(MAX_BATCH_BODY + 1)),
    Row("size: an explained body too large", 413, "body_too_large", path="/v1/notifications/explain", body=sized(MAX_BODY + 1)),
    Row("size: an address one byte too long", 414, "uri_too_long", **{**LIST, "path": "/v1/users/".ljust(8193, "u")}),
    Row("size: one field too large", 431, "headers_too_large", headers={"X-Long": "x" * 16_384}, **LIST),
    Row("size: too many fields", 431, "headers_too_large", headers={f"X-{n}": "1" for n in range(100)}, **LIST),
    Row("size: an id of 256 bytes in the path", 400, "bad_query", method="GET", path="/v1/users/" + "u" * 256),
    Row("size: 51 query parameters", 400, "bad_query", **{**LIST, "path": "/v1/notifications?" + "&".join("type=t" for _ in range(51))}),
]

TYPES = [
    Row("type: text", 415, "unsupported_media_type", body=text(GOOD), headers={"Content-Type": "text/plain"}),
    Row("type: a form", 415, "unsupported_media_type", body=b"user_id=u", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Row("type: XML", 415, "unsupported_media_type", body=b"<u/>", headers={"Content-Type": "application/xml"}),
    Row("type: another JSON", 415, "unsupported_media_type", body=text(GOOD), headers={"Content-Type": "application/vnd.api+json"}),
    Row("type: a merge patch to be created", 415, "unsupported_media_type", body=text(GOOD), headers={"Content-Type": "application/merge-patch+json"}),
    Row("type: lines for one notification", 415, "unsupported_media_type", body=text(GOOD), headers={"Content-Type": "application/x-ndjson"}),
    Row("type: compressed", 415, "unsupported_media_type", body=text(GOOD), headers={"Content-Encoding": "gzip"}),
    Row("type: compressed twice", 415, "unsupported_media_type", body=text(GOOD), headers={"Content-Encoding": "br, gzip"}),
]

KEYS = [
    Row("key: none", 401, "unauthorized", key="none", **LIST),
    Row("key: none, with a body", 401, "unauthorized", key="none", body=text(GOOD)),
    Row("key: revoked", 401, "unauthorized", key="revoked", **LIST),
    Row("key: another scheme", 401, "unauthorized", key="none", headers={"Authorization": "Basic dTpw"}, **LIST),
    Row("key: no scheme", 401, "unauthorized", key="none", headers={"Authorization": "ck_live_x"}, **LIST),
    Row("key: an empty one", 401, "unauthorized", key="none", headers={"Authorization": "Bearer "}, **LIST),
    Row("key: one of nobody", 401, "unauthorized", key="none", headers={"Authorization": "Bearer ck_live_" + "x" * 43}, **LIST),
    Row("key: a very long one", 401, "unauthorized", key="none", headers={"Authorization": "Bearer " + "x" * 10_000}, **LIST),
    Row("key: the right one and more", 401, "unauthorized", key="none", headers={"Authorization": "Bearer {key}x"}, **LIST),
    Row("key: may read, wants to send", 403, "forbidden", key="reader", body=text(GOOD)),
    Row("key: may read, wants to send a batch", 403, "forbidden", key="reader", path="/v1/notifications/batch", body=b"[]"),
    Row("key: may read, wants to manage", 403, "forbidden", key="reader", method="PUT", path="/v1/users/u", body=b"{}"),
    Row("key: may read, wants to erase", 403, "forbidden", key="reader", method="DELETE", path="/v1/users/somebody"),
    Row("key: may read, wants to make keys", 403, "forbidden", key="reader", path="/v1/keys", body=b"{}"),
    Row("key: may read, wants to force a breaker", 403, "forbidden", key="reader", method="PUT", path="/v1/providers/easy_email/breaker", body=b"{}"),
    Row("key: may read, and the body is wrong as well", 403, "forbidden", key="reader", body=b"{"),
]

IDEMPOTENCY = [
    Row("idempotency: an empty key", 400, "bad_header", body=text(GOOD), headers={"Idempotency-Key": ""}),
    Row("idempotency: a key of 256 bytes", 400, "bad_header", body=text(GOOD), headers={"Idempotency-Key": "k" * 256}),
    Row("idempotency: a key that is no UTF-8", 400, "bad_header", body=text(GOOD), headers={"Idempotency-Key": b"k\xff"}),
    Row("idempotency: a key with a tab", 400, "bad_header", body=text(GOOD), headers={"Idempotency-Key": "k\tk"}),
    Row("idempotency: header and field differ", 422, "invalid_request", ("/idempotency_key",),
        body=text(good_with(idempotency_key="a")), headers={"Idempotency-Key": "b"}),
    Row("idempotency: one key for a whole batch", 400, "bad_header", path="/v1/notifications/batch", body=text([GOOD]),
        headers={"Idempotency-Key": "k"}),
]

CONDITIONS = [
    Row(f"condition: {name}: {value!r}", 400, "bad_header", method="PUT", path="/v1/users/somebody", body=b"{}", headers={name: value})
    for name, value in [("If-Match", "1"), ("If-Match", ""), ("If-Match", "**"), ("If-Match", '"1", "2"'), ("If-Match", 'W/"1"'),
                        ("If-None-Match", '"1"'), ("If-None-Match", "")]
] + [
    Row("condition: a version that never was", 412, "version_mismatch", method="PUT", path="/v1/users/somebody", body=b"{}", headers={"If-Match": '"99"'}),
    Row("condition: it is there already", 412, "version_mismatch", method="PUT", path="/v1/users/somebody", body=b"{}", headers={"If-None-Match": "*"}),
]

QUERIES = [
    Row(f"query: {query} for {path}", 400, "bad_query", method="GET", path=f"/v1/{path}?{query}")
    for path, query in [
        ("notifications", "user_id="), ("dead-letters", "type="), ("notifications", "limit=0"), ("notifications", "limit=201"), ("notifications", "limit=-1"), ("notifications", "limit=ten"),
        ("notifications", "limit="), ("notifications", "limit=1e2"), ("notifications", "limit=%2B5"), ("notifications", "limit=99999999999999999999"),
        ("notifications", "limit=5&limit=6"), ("notifications", "cursor=nonsense"), ("notifications", "status=gone"),
        ("notifications", "channel=pigeon"), ("notifications", "since=yesterday"), ("notifications", "until=2030-02-30T00:00:00Z"),
        ("notifications", "since=2030-01-01T00:00:00+01:00"), ("notifications", "colour=red"), ("notifications", "user_id=%"),
        ("notifications", "user_id=%zz"), ("notifications", "user_id=%ff"), ("notifications", "user_id=%00"),
        ("notifications", "user_id=%c0%af"), ("users/u/inbox", "state=eaten"), ("suppressions", "channel=pigeon"),
        ("suppressions", "cursor=nonsense"), ("dead-letters", "ids=x"), ("sandbox/messages", "limit=1000"), ("keys", "limit=1"),
    ]
]

PATHS = [
    Row(f"path: {method} {path}", status, code, method=method, path=path, body=b"{}" if method in ("PUT", "PATCH") else None)
    for status, code, method, path in [
        (404, "not_found", "GET", "/"), (404, "not_found", "GET", "/v1"), (404, "not_found", "GET", "/v2/notifications"),
        (404, "not_found", "GET", "/v1/notifications/"), (404, "not_found", "GET", "//v1/notifications"),
        (404, "not_found", "GET", "/V1/notifications"), (404, "not_found", "GET", "/v1/../v1/notifications"),
        (404, "not_found", "GET", "/v1/notifications/%2e%2e"), (404, "not_found", "GET", "/metrics"),
        (404, "not_found", "GET", "/v1/notifications/nonsense"), (404, "not_found", "GET", f"/v1/notifications/{NO_SUCH}"),
        (404, "not_found", "GET", "/v1/notifications/00000000-0000-4000-8000-000000000000"),
        (404, "not_found", "POST", f"/v1/notifications/{NO_SUCH}/cancel"), (404, "not_found", "GET", "/v1/users/nobody"),
        (404, "not_found", "GET", f"/v1/jobs/{NO_SUCH}"), (404, "not_found", "DELETE", f"/v1/suppressions/{NO_SUCH}"),
        (404, "not_found", "DELETE", f"/v1/keys/{NO_SUCH}"), (404, "not_found", "GET", "/u/nonsense"),
        (404, "not_found", "PATCH", "/v1/users/nobody"), (404, "not_found", "POST", "/v1/users/u/inbox/x/read"),
        (400, "bad_query", "GET", "/v1/users/%"), (400, "bad_query", "GET", "/v1/users/%zz"), (400, "bad_query", "GET", "/v1/users/%ff"),
        (400, "bad_query", "GET", "/v1/users/%00"), (400, "bad_query", "GET", "/v1/users/%ed%a0%80"), (404, "not_found", "GET", "/v1/users//inbox"),
        (405, "method_not_allowed", "DELETE", "/v1/notifications"), (405, "method_not_allowed", "PUT", "/v1/notifications/batch"),
        (405, "method_not_allowed", "GET", "/v1/notifications/explain"), (405, "method_not_allowed", "PATCH", "/healthz"),
        (405, "method_not_allowed", "TRACE", "/v1/notifications"), (405, "method_not_allowed", "POST", "/openapi.json"),
        (501, "not_implemented", "BREW", "/v1/notifications"), (501, "not_implemented", "QUERY", "/v1/notifications"),
        (501, "not_implemented", "get", "/v1/notifications"), (501, "not_implemented", "PROPFIND", "/v1/notifications"),
    ]
]

HEADS = [*SIZES, *TYPES, *KEYS, *IDEMPOTENCY, *CONDITIONS, *QUERIES, *PATHS]
