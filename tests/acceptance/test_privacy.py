"""No address and no text of a person stands in a log; the rest can be followed.

Every engine of the run is held to this when it ends; here the paths that are
most tempted to log what they were given are walked on purpose.
"""
from support import canary
from support.api import fresh_mailbox, fresh_user
from support.canary import CANARY
from support.config import webhooks
from support.hooks import say
from support.waiting import eventually

CONFIG = """
[providers.post]
protocol = "smtp"
channel = "email"
base_url = "smtp://127.0.0.1:9"
starttls = "off"
from = "shop@example.org"
credentials = { username = "u", password = "p" }

[channels.email]
providers = ["post"]
retry = { max_attempts = 1 }
""" + webhooks("max_attempts = 1")


def test_failures_are_logged_without_addresses_and_texts(engine, hooks):
    api = engine.api
    api.outcome(api.notify(channels=["email"], to={"email": fresh_mailbox()}), "failed")
    refuses = hooks.hook(say(500))
    api.outcome(api.notify(channels=["webhook"], to={"webhook": refuses.url}), "failed")
    api.notify(channels=["webhook"], to={"webhook": f"http://{CANARY}.invalid/"})
    api.post("/v1/notifications", {"user_id": CANARY * 40, CANARY: 1}).expect(422)
    api.call("POST", "/v1/notifications", body=f'{{"user_id": "{CANARY}').expect(400)
    api.get(f"/v1/users/{CANARY}/export").expect(404)
    api.get(f"/{CANARY}").expect(404)
    engine.check_log()


def test_people_keys_and_texts_leave_no_trace(engine):
    api, user = engine.api, fresh_user()
    api.put(f"/v1/users/{user}", {
        "contacts": {"email": fresh_mailbox(), "devices": [{"protocol": "fcm", "token": f"token {CANARY}"}]},
        "attributes": {"name": f"Ms {CANARY}"}}).expect(200)
    api.patch(f"/v1/users/{user}", {"attributes": {"name": f"Mrs {CANARY}"}}).expect(200)
    api.notify(user_id=user, channels=["email"], metadata={"order": CANARY}, headers={"Idempotency-Key": f"k {CANARY}"})
    api.put(f"/v1/users/{user}/preferences", {"preferences": [{"type": CANARY, "channel": "*", "enabled": False}]})
    made = api.post("/v1/keys", {"name": CANARY, "scopes": ["read"]}).expect(201).json
    api.with_key(made["key"]).get(f"/v1/users/{user}").expect(200)
    wrong = made["key"][:-1] + ("y" if made["key"].endswith("x") else "x")
    api.with_key(wrong).get("/v1/users/u").expect(401)
    api.delete(f"/v1/users/{user}").expect(204)
    engine.check_log()
    assert canary.found_in(engine.admin.get("/metrics").text) == []


def test_the_search_finds_what_it_looks_for():
    secret = canary.keep_secret("a secret of nobody")
    assert canary.found_in(f'{{"address": "x.{CANARY}@example.org"}}\nfine\n{{"key": "{secret}"}}') == [
        f'{{"address": "x.{CANARY}@example.org"}}', f'{{"key": "{secret}"}}']


def test_log_lines_have_time_level_and_event(engine):
    lines = eventually(engine.log_lines, "log lines")
    for line in lines:
        assert {"at", "level", "event"} <= set(line), line


def test_a_request_can_be_followed_from_door_to_attempt(start_engine, hooks):
    engine = start_engine(CONFIG + '\n[log]\nlevel = "debug"\n')
    refuses = hooks.hook(say(500))
    answer = engine.api.post("/v1/notifications", {
        "user_id": "u", "type": "t", "channels": ["webhook"], "to": {"webhook": refuses.url},
        "content": {"title": "t", "body": "b"}}).expect(202)
    engine.api.outcome(answer.json["id"], "failed")
    request_id = answer.headers["x-request-id"]
    assert engine.api.notification(answer.json["id"])["request_id"] == request_id

    def all_told():
        found = [line["event"] for line in engine.log_lines() if line.get("request_id") == request_id]
        assert set(found) >= {"http_request", "notification.accepted", "attempt.started", "attempt.ended",
                              "delivery.failed"}, found
        return True
    eventually(all_told, "the whole way in the log")
