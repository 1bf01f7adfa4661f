"""What a row of the table is."""
import json
from dataclasses import dataclass, field

GOOD = {"user_id": "u", "type": "t", "channels": ["email"], "to": {"email": "canarybird@example.org"},
        "content": {"title": "t", "body": "b"}}

MAX_BODY = 4096
MAX_BATCH_BODY = 262_144


@dataclass
class Row:
    """A request by an HTTP client or, with `wire`, bytes as they are.

    `{key}` in `wire` becomes the key of an admin. `pointers` are exactly those of
    the problem's `errors`; an empty tuple means that it has none.
    """
    name: str
    status: int
    code: str
    pointers: tuple = ()
    method: str = "POST"
    path: str = "/v1/notifications"
    body: bytes | None = None
    headers: dict = field(default_factory=dict)
    key: str = "admin"  # admin, reader, revoked, expired, none
    wire: bytes | None = None

    def __str__(self):
        return self.name


def text(value):
    """A body: bytes as they are, anything else as JSON."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def good_with(**fields):
    return {**GOOD, **fields}
