"""Bodies that are no JSON, or no UTF-8."""
from .row import Row

BODIES = {
    # cut off
    "nothing": b"", "blanks": b" \r\n\t ", "an open object": b"{", "a name without a value": b'{"user_id"',
    "a colon without a value": b'{"user_id":', "an unclosed object": b'{"user_id":"u"', "an open array": b"[",
    "an open string": b'{"user_id":"u', "an open escape": b'{"user_id":"u\\', "a cut literal": b'{"a":tru',
    "a cut number": b'{"a":-', "a cut exponent": b'{"a":1e',
    # not JSON
    "a word": b"nonsense", "a comma too many": b'{"a":1,}', "a comma too many in an array": b'{"a":[1,]}',
    "no comma": b'{"a":1 "b":2}', "single quotes": b"{'a':1}", "a bare name": b"{a:1}", "a number as name": b'{1:1}',
    "another case": b'{"a":True}', "NaN": b'{"a":NaN}', "Infinity": b'{"a":Infinity}', "minus Infinity": b'{"a":-Infinity}',
    "a plus": b'{"a":+1}', "a leading zero": b'{"a":01}', "no digits behind the point": b'{"a":1.}',
    "no digits before the point": b'{"a":.5}', "hexadecimal": b'{"a":0x10}', "a number past any double": b'{"a":1e999}',
    "a comment": b'{"a":1 /* one */}', "a line comment": b'{"a":1} // one', "two documents": b'{"a":1} {"b":2}',
    "a closing brace too many": b'{"a":1}}', "mismatched brackets": b'{"a":[1}]', "form fields": b"user_id=u&type=t",
    "a null byte behind": b'{"a":1}\x00', "a null byte before": b'\x00{"a":1}',
    # strings
    "a raw line end in a string": b'{"a":"x\ny"}', "a raw control character": b'{"a":"\x01"}', "a raw null": b'{"a":"\x00"}',
    "an unknown escape": b'{"a":"\\q"}', "a short escape": b'{"a":"\\u12"}', "an escape of no digits": b'{"a":"\\uzzzz"}',
    "a lone high surrogate": b'{"a":"\\ud800"}', "a lone low surrogate": b'{"a":"\\udc00"}',
    "surrogates in the wrong order": b'{"a":"\\udc00\\ud800"}', "a high surrogate and text": b'{"a":"\\ud800x"}',
    # names that stand twice
    "a name twice": b'{"user_id":"u","user_id":"v"}', "a name twice further in": b'{"metadata":{"a":1,"a":1}}',
    "a name twice, once escaped": b'{"user_id":"u","user\\u005fid":"v"}',
    # UTF-8
    "a byte order mark": b'\xef\xbb\xbf{"a":1}', "UTF-16": '{"a":1}'.encode("utf-16"), "UTF-32": '{"a":1}'.encode("utf-32"),
    "Latin-1": '{"a":"ü"}'.encode("latin-1"), "a byte that is never UTF-8": b'{"a":"\xff"}',
    "a lone continuation": b'{"a":"\x80"}', "a missing continuation": b'{"a":"\xe2\x82"}',
    "an ASCII byte for a continuation": b'{"a":"\xe2\x28\xa1"}', "an overlong slash of two bytes": b'{"a":"\xc0\xaf"}',
    "an overlong slash of three bytes": b'{"a":"\xe0\x80\xaf"}', "an overlong slash of four bytes": b'{"a":"\xf0\x80\x80\xaf"}',
    "an overlong null": b'{"a":"\xc0\x80"}', "a surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "past the last character": b'{"a":"\xf4\x90\x80\x80"}', "five bytes": b'{"a":"\xf8\x88\x80\x80\x80"}',
    "no UTF-8 in a name": b'{"\xff":1}',
    # depth
    "33 objects deep": b'{"a":' * 33 + b"1" + b"}" * 33, "33 arrays deep": b"[" * 33 + b"]" * 33,
    "a thousand arrays": b"[" * 1000, "32 deep below the body": b'{"metadata":' + b'{"a":' * 32 + b"1" + b"}" * 33,
}

DOCUMENT_CALLS = [
    ("PUT", "/v1/users/u"), ("PATCH", "/v1/users/somebody"), ("PUT", "/v1/users/u/preferences"),
    ("POST", "/v1/notifications/batch"), ("POST", "/v1/notifications/explain"), ("POST", "/v1/suppressions"),
    ("POST", "/v1/keys"), ("PUT", "/v1/settings/notification"), ("POST", "/v1/dead-letters/redrive"),
    ("PUT", "/v1/providers/easy_email/breaker"),
]

JSON_TEXT = [
    *(Row(f"JSON: {name}", 400, "malformed_json", body=body) for name, body in BODIES.items()),
    *(Row(f"JSON: cut off for {method} {path}", 400, "malformed_json", method=method, path=path, body=b'{"a":')
      for method, path in DOCUMENT_CALLS),
]
