"""Reads back what the engine says became of every accepted notification."""
import collections
import http.client
import json

ENDED = {"sent", "delivered", "read", "failed", "suppressed", "expired", "cancelled"}
LIVE = {"scheduled", "processing", "retrying", "held"}


class Accepted(dict):
    """Key -> id, as the load generators wrote them; `conflicts` counts keys with two ids."""

    conflicts = 0


def accepted(files):
    found = Accepted()
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            key, id = line.split()
            found.conflicts += found.setdefault(key, id) != id
    return found


class Reader:
    """One keep-alive connection to the API."""

    def __init__(self, port, key):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path):
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise AssertionError(f"GET {path}: {answer.status} {body[:500]}")
        return json.loads(body)

    def list_ids(self):
        ids, cursor = set(), ""
        while True:
            page = self.get(f"/v1/notifications?limit=200{cursor}")
            ids.update(one["id"] for one in page["data"])
            if not page["next_cursor"]:
                return ids
            cursor = f"&cursor={page['next_cursor']}"


Unfinished = collections.namedtuple("Unfinished", "lost retrying examples")


def standing(found):
    """'ended', 'live', or what is wrong with it."""
    if found is None:
        return "unknown to the engine"
    if found["status"] in LIVE:
        return "live"
    if found["status"] not in ENDED:
        return f"status {found['status']}"
    if not found["deliveries"]:
        return "no delivery"
    for delivery in found["deliveries"]:
        ends = [change for change in delivery["history"] if change["status"] in ENDED | {"dead_lettered", "bounced"}]
        if len(ends) != 1:
            return f"{len(ends)} terminal outcomes"
    return "ended"


def wait_for_outcomes(api, ids, harness, seconds=60):
    """Asks for every id until it ended, or none did for `seconds`; what is left is sorted."""
    pending, wrong = set(ids), {}

    def look():
        for id in list(pending):
            state = standing(api.get(f"/v1/notifications/{id}"))
            if state == "live":
                continue
            pending.discard(id)
            if state != "ended":
                wrong[id] = state
        return not pending

    while pending:
        before = len(pending)
        try:
            harness.wait_until(lambda: look() or len(pending) < before, "an outcome", seconds, 0.5)
        except TimeoutError:
            break
    retrying, stuck = sort_live(api, pending)
    examples = [f"{id}: {why}" for id, why in list(wrong.items())[:5]] + [f"{id}: stuck" for id in stuck[:5]]
    return Unfinished(list(wrong) + stuck, retrying, examples)


def sort_live(api, ids):
    """Those that show when they are tried again, and those that do not."""
    retrying, stuck = [], []
    for id in ids:
        found = api.get(f"/v1/notifications/{id}")
        shown = all(delivery["next_attempt_at"] for delivery in found["deliveries"])
        (retrying if shown and found["status"] in ("retrying", "scheduled") else stuck).append(id)
    return retrying, stuck
