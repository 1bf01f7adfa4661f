"""How much a person gets: delay, drop and reject, with the limit's name."""
from datetime import datetime, timezone

from support.api import fresh_mailbox, fresh_user

CONFIG = """
[types.delayed]
limit = { rate = 1, per = "2s", burst = 1, over = "delay" }

[types.dropped]
limit = { rate = 1, per = "1m", burst = 1, over = "drop" }

[types.rejected]
limit = { rate = 1, per = "1m", burst = 1, over = "reject" }

[limits]
per_user = { rate = 3, per = "1m", burst = 3, over = "drop" }
"""


def email(api, user, type, **fields):
    return api.notify(user_id=user, type=type, channels=["email"], to={"email": fresh_mailbox()}, **fields)


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def test_over_a_limit_that_delays_the_next_one_waits_for_its_turn(api):
    user = fresh_user()
    first, second = email(api, user, "delayed"), email(api, user, "delayed")
    start = instant(api.outcome(first, "sent")["deliveries"][0]["attempts"][0]["started_at"])
    [waiting] = api.outcome(second, "scheduled")["deliveries"]
    assert "limit" in waiting["decision"]["rule"] and waiting["decision"]["reason"]
    [done] = api.outcome(second, "sent")["deliveries"]
    assert "limit" not in done["decision"]["rule"] and "wait" not in done["decision"]["reason"]
    sent = instant(done["attempts"][0]["started_at"])
    assert 1.5 < (sent - start).total_seconds() < 4


def test_over_a_limit_that_drops_the_next_one_ends_suppressed_with_its_name(api):
    user = fresh_user()
    api.outcome(email(api, user, "dropped"), "sent")
    [delivery] = api.outcome(email(api, user, "dropped"), "suppressed")["deliveries"]
    assert "limit" in delivery["decision"]["rule"] and delivery["attempts"] == []
    api.outcome(email(api, fresh_user(), "dropped"), "sent")


def test_over_a_limit_that_rejects_the_caller_is_told_when_to_come_back(api):
    request = {"user_id": fresh_user(), "type": "rejected", "channels": ["email"], "to": {"email": fresh_mailbox()},
               "content": {"title": "t", "body": "b"}}
    api.post("/v1/notifications/explain", request).expect(200)
    api.post("/v1/notifications", request).expect(202)
    for path in ("/v1/notifications", "/v1/notifications/explain"):
        answer = api.post(path, request)
        assert "type" in answer.problem(429, "rate_limited")["detail"]
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["ratelimit-limit"] == "1" and answer.headers["ratelimit-remaining"] == "0"
        assert answer.headers["ratelimit-reset"] == answer.headers["retry-after"]


def test_a_repeat_is_answered_though_its_limit_is_full(api):
    request = {"user_id": fresh_user(), "type": "rejected", "channels": ["email"], "to": {"email": fresh_mailbox()},
               "content": {"title": "t", "body": "b"}, "idempotency_key": fresh_user()}
    first = api.post("/v1/notifications", request).expect(202)
    again = api.post("/v1/notifications", request).expect(202)
    assert again.json == first.json and again.headers["idempotent-replayed"] == "true"
    [item] = api.post("/v1/notifications/batch", [request]).expect(202).json["results"]
    assert item["id"] == first.json["id"]
    api.post("/v1/notifications", {**request, "idempotency_key": fresh_user()}).problem(429, "rate_limited")
    api.post("/v1/notifications", {**request, "type": "delayed"}).problem(422, "key_reused")


def test_a_person_has_one_limit_over_all_types(api):
    user = fresh_user()
    for n in range(3):
        api.outcome(email(api, user, f"kind_{n}"), "sent")
    [delivery] = api.outcome(email(api, user, "kind_3"), "suppressed")["deliveries"]
    assert "per_user" in delivery["decision"]["rule"]
    api.outcome(email(api, fresh_user(), "kind_3"), "sent")


def test_what_was_suppressed_used_no_budget(api):
    user = fresh_user()
    api.put(f"/v1/users/{user}/preferences",
            {"preferences": [{"type": "unwanted", "channel": "email", "enabled": False}]}).expect(200)
    for _ in range(5):
        api.outcome(email(api, user, "unwanted"), "suppressed")
    for n in range(3):
        api.outcome(email(api, user, f"kind_{n}"), "sent")


def test_critical_is_exempt_but_counts(api):
    user = fresh_user()
    for _ in range(4):
        api.outcome(email(api, user, "login_code", priority="critical"), "sent")
    api.outcome(email(api, user, "kind_0"), "suppressed")


def test_both_lanes_share_a_limit_of_all_and_bulk_gets_what_critical_leaves(start_engine):
    api = start_engine('[limits]\nglobal = { rate = 4, per = "1h", burst = 4, over = "drop" }').api
    for _ in range(3):
        api.outcome(email(api, fresh_user(), "login_code", priority="critical"), "sent")
    api.outcome(email(api, fresh_user(), "kind_0"), "sent")
    [delivery] = api.outcome(email(api, fresh_user(), "kind_0"), "suppressed")["deliveries"]
    assert delivery["decision"]["rule"] == "limit.global"
    api.outcome(email(api, fresh_user(), "login_code", priority="critical"), "sent")
