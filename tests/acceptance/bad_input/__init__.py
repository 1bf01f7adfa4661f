"""The table of malformed requests: each row with its exact status, code and pointers."""
from .fields import FIELDS
from .framing import FRAMING
from .heads import HEADS
from .json_text import JSON_TEXT

TABLE = [*JSON_TEXT, *FIELDS, *HEADS, *FRAMING]
