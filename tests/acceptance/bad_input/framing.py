"""Bytes that are not HTTP/1.1 as RFC 9112 has it, or that two servers could read differently."""
from .row import Row

GET = b"GET /v1/notifications HTTP/1.1\r\n"
POST = b"POST /v1/notifications HTTP/1.1\r\n"
HOST = b"Host: t\r\n"
KEY = b"Authorization: Bearer {key}\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
BODY = b"0\r\n\r\n"
END = b"\r\n"
# What would be smuggled in: a second request that would succeed.
SECOND = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"


def bad(name, *parts, status=400, code="bad_header"):
    return Row(f"wire: {name}", status, code, wire=b"".join(parts))


START_LINES = [
    bad("no request", b"nonsense\r\n\r\n"), bad("no version", b"GET /v1/notifications\r\n\r\n"), bad("no target", b"GET HTTP/1.1\r\n\r\n"),
    bad("two blanks", b"GET  /v1/notifications HTTP/1.1\r\n", HOST, END), bad("a tab for a blank", b"GET\t/v1/notifications HTTP/1.1\r\n", HOST, END),
    bad("a blank before the method", b" GET /v1/notifications HTTP/1.1\r\n", HOST, END),
    bad("a blank behind the version", b"GET /v1/notifications HTTP/1.1 \r\n", HOST, END),
    bad("a control character in the target", b"GET /v1/\x01 HTTP/1.1\r\n", HOST, END),
    bad("a null in the target", b"GET /v1/\x00 HTTP/1.1\r\n", HOST, END),
    bad("a colon in the method", b"GE:T /v1/notifications HTTP/1.1\r\n", HOST, END),
    bad("the absolute form", b"GET http://t/v1/notifications HTTP/1.1\r\n", HOST, KEY, END),
    bad("the authority form", b"GET t:80 HTTP/1.1\r\n", HOST, KEY, END),
    bad("a target without a slash", b"GET v1/notifications HTTP/1.1\r\n", HOST, KEY, END),
    bad("an asterisk for a list", b"GET * HTTP/1.1\r\n", HOST, KEY, END),
    bad("a tunnel", b"CONNECT t:80 HTTP/1.1\r\n", HOST, END, status=501, code="not_implemented"),
    bad("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n"),
    bad("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status=505, code="version_not_supported"),
    *(bad(f"version {version.decode()}", b"GET /v1/notifications HTTP/" + version + b"\r\n", HOST, END, status=505, code="version_not_supported")
      for version in (b"0.9", b"1.2", b"2.0", b"3.0")),
    *(bad(f"version {version.decode()!r}", b"GET /v1/notifications " + version + b"\r\n", HOST, END)
      for version in (b"HTTP/1", b"HTTP/1.", b"HTTP/11", b"http/1.1", b"HTTQ/1.1", b"HTTP/1.1.1")),
    bad("an endless target", b"GET /" + b"x" * 20_000, status=414, code="uri_too_long"),
]

FIELDS = [
    bad("no Host", GET, KEY, END), bad("two Hosts", GET, HOST, b"Host: other\r\n", KEY, END),
    bad("a line without a colon", GET, HOST, b"nonsense\r\n", END), bad("a field without a name", GET, HOST, b": x\r\n", END),
    bad("a blank before the colon", GET, HOST, b"X-A : 1\r\n", END), bad("a tab before the colon", GET, HOST, b"X-A\t: 1\r\n", END),
    bad("a blank in a name", GET, HOST, b"X A: 1\r\n", END), bad("a null in a name", GET, HOST, b"X\x00A: 1\r\n", END),
    bad("a null in a value", GET, HOST, b"X-A: 1\x002\r\n", END), bad("a control character in a value", GET, HOST, b"X-A: \x01\r\n", END),
    bad("a folded value", GET, HOST, b"X-A: 1\r\n 2\r\n", END), bad("a value folded with a tab", GET, HOST, b"X-A: 1\r\n\t2\r\n", END),
    bad("a folded first field", GET, b" Host: t\r\n", END), bad("a bare line feed between fields", GET, HOST, b"X-A: 1\nX-B: 2\r\n", END),
    bad("a bare line feed behind the start line", b"GET /v1/notifications HTTP/1.1\nHost: t\r\n\r\n"),
    bad("a bare carriage return in a value", GET, HOST, b"X-A: 1\rX-B: 2\r\n", END),
    bad("two keys", GET, HOST, KEY, KEY, END), bad("two content types", POST, HOST, KEY, b"Content-Type: application/json\r\n" * 2, b"Content-Length: 2\r\n", END, b"{}"),
    bad("two idempotency keys", POST, HOST, KEY, b"Idempotency-Key: a\r\nIdempotency-Key: a\r\nContent-Length: 2\r\n", END, b"{}"),
    bad("two conditions", b"PUT /v1/users/somebody HTTP/1.1\r\n", HOST, KEY, b'If-Match: "1"\r\nIf-Match: "2"\r\nContent-Length: 2\r\n', END, b"{}"),
    bad("fields without end", GET, HOST, b"X-A: " + b"x" * 30_000, status=431, code="headers_too_large"),
]

LENGTHS = [
    bad("no length", POST, HOST, KEY, END, status=411, code="length_required"),
    *(bad(f"length {value.decode()!r}", POST, HOST, KEY, b"Content-Length: " + value + b"\r\n", END, b"{}")
      for value in (b"-1", b"+2", b"2x", b"0x2", b"", b"2 2", b"2,3", b"2.0", b"1e1", b"18446744073709551616", b"99999999999999999999")),
    bad("two lengths", POST, HOST, KEY, b"Content-Length: 2\r\nContent-Length: 3\r\n", END, b"{}"),
    bad("a huge length", POST, HOST, KEY, b"Content-Length: 9223372036854775807\r\n", END, b"{}", status=413, code="body_too_large"),
    bad("a huge length that is expected", POST, HOST, KEY, b"Content-Length: 9999999999\r\nExpect: 100-continue\r\n", END, status=413, code="body_too_large"),
]

CODINGS = [
    *(bad(f"coding {value.decode()!r}", POST, HOST, KEY, b"Transfer-Encoding: " + value + b"\r\n", END, BODY, status=501, code="not_implemented")
      for value in (b"gzip", b"gzip, chunked", b"identity", b"chunked, gzip", b"xchunked", b"chunked;a=b", b"\"chunked\"", b"")),
    bad("chunked in HTTP/1.0", b"POST /v1/notifications HTTP/1.0\r\n", KEY, CHUNKED, END, BODY),
    bad("chunked twice", POST, HOST, KEY, CHUNKED, CHUNKED, END, BODY),
    bad("no chunk size", POST, HOST, KEY, CHUNKED, END, b"\r\n{}\r\n0\r\n\r\n"),
    bad("a chunk size of no digits", POST, HOST, KEY, CHUNKED, END, b"zz\r\n{}\r\n0\r\n\r\n"),
    bad("a negative chunk size", POST, HOST, KEY, CHUNKED, END, b"-2\r\n{}\r\n0\r\n\r\n"),
    bad("a chunk size with 0x", POST, HOST, KEY, CHUNKED, END, b"0x2\r\n{}\r\n0\r\n\r\n"),
    bad("a chunk size past 64 bits", POST, HOST, KEY, CHUNKED, END, b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    bad("a chunk longer than its size", POST, HOST, KEY, CHUNKED, END, b"2\r\n{}x\r\n0\r\n\r\n"),
    bad("a chunk that ends in a bare line feed", POST, HOST, KEY, CHUNKED, END, b"2\n{}\n0\n\n"),
    bad("a chunk extension without end", POST, HOST, KEY, CHUNKED, END, b"2;" + b"x" * 40_000),
    bad("a chunk too large", POST, HOST, KEY, CHUNKED, END, b"1001\r\n" + b" " * 4097 + b"\r\n0\r\n\r\n", status=413, code="body_too_large"),
    bad("many chunks too large together", POST, HOST, KEY, CHUNKED, END, (b"400\r\n" + b" " * 1024 + b"\r\n") * 5 + BODY, status=413, code="body_too_large"),
]

SMUGGLING = [
    bad("CL.TE", POST, HOST, KEY, b"Content-Length: 5\r\n", CHUNKED, END, BODY, SECOND),
    bad("TE.CL", POST, HOST, KEY, CHUNKED, b"Content-Length: 5\r\n", END, BODY, SECOND),
    bad("TE.TE with another value", POST, HOST, KEY, CHUNKED, b"Transfer-Encoding: x\r\n", END, BODY, SECOND),
    bad("TE.TE with identity", POST, HOST, KEY, b"Transfer-Encoding: identity\r\n", CHUNKED, END, BODY, SECOND),
    bad("TE with a blank before the colon", POST, HOST, KEY, b"Transfer-Encoding : chunked\r\n", END, BODY, SECOND),
    bad("TE on a folded line", POST, HOST, KEY, b"Transfer-Encoding:\r\n chunked\r\n", END, BODY, SECOND),
    bad("TE with a vertical tab", POST, HOST, KEY, b"Transfer-Encoding: \x0bchunked\r\n", END, BODY, SECOND),
    bad("TE behind a bare line feed", POST, HOST, KEY, b"X-A: b\nTransfer-Encoding: chunked\r\n", END, BODY, SECOND),
    bad("CL.CL", POST, HOST, KEY, b"Content-Length: 0\r\nContent-Length: 36\r\n", END, SECOND),
    bad("CL in a list", POST, HOST, KEY, b"Content-Length: 0, 36\r\n", END, SECOND),
    bad("a trailer that says how long it was", POST, HOST, KEY, CHUNKED, END, b"0\r\nContent-Length: x y\x00\r\n\r\n", SECOND),
]

FRAMING = [*START_LINES, *FIELDS, *LENGTHS, *CODINGS, *SMUGGLING]
