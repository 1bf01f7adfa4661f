"""What may not be seen anywhere but where it belongs.

The word CANARY stands in every address, text, name and person's id of the tests;
secrets (keys, tokens, passwords) are remembered as they come up. At the end of the
run every engine's log and metrics are searched for all of them.
"""
CANARY = "canarybird"
SHORTEST_SECRET = 8  # shorter ones are made up and may be part of any word

_secrets = set()
_traces = {}


def keep_secret(word):
    """This may not be seen in any trace of the run, whichever engine left it."""
    if word and len(word) >= SHORTEST_SECRET:
        _secrets.add(word)
    return word


def collect(source, text):
    """Keeps a log or metrics for the search; a later one of the same source replaces it."""
    _traces[source] = text


def found_in(text):
    """The lines that show what they may not."""
    words = {CANARY, *_secrets}
    return [line[:300] for line in text.splitlines() if any(word in line for word in words)]


def hits():
    """Every such line of the run, with its source."""
    return [f"{source}: {line}" for source, text in _traces.items() for line in found_in(text)]


def traces():
    return len(_traces)
