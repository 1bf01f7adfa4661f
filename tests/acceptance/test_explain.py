"""A dry run tells what would happen, and nothing happens."""
from datetime import datetime, timedelta, timezone

from support.api import fresh_mailbox, fresh_user

CONFIG = """
[limits]
per_user = { rate = 10, per = "1m", burst = 10, over = "delay" }
"""


def explain(api, **fields):
    request = {"user_id": fresh_user(), "type": "t", "channels": ["email"], "to": {"email": fresh_mailbox()},
               "content": {"title": "Title", "body": "Body"}, **fields}
    return api.post("/v1/notifications/explain", request).expect(200).json["deliveries"]


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_it_names_decision_providers_content_time_and_limits(api):
    [delivery] = explain(api)
    assert delivery["channel"] == "email" and delivery["status"] == "queued"
    assert delivery["decision"]["rule"] and delivery["decision"]["reason"]
    assert len(delivery["providers"]) >= 1 and "Body" in str(delivery["content"])
    assert abs(instant(delivery["earliest_at"]) - datetime.now(timezone.utc)) < timedelta(seconds=5)
    [limit] = [limit for limit in delivery["limits"] if "per_user" in limit["name"]]
    assert 9 <= limit["remaining"] <= 10 and limit["resets_at"]


def test_nothing_is_stored_sent_or_counted(api):
    user = fresh_user()
    for _ in range(20):
        [delivery] = explain(api, user_id=user)
    assert delivery["status"] == "queued"
    assert api.get(f"/v1/notifications?user_id={user}").json["data"] == []


def test_it_shows_an_opt_out_a_missing_address_and_a_later_time(api):
    user = fresh_user()
    api.put(f"/v1/users/{user}/preferences",
            {"preferences": [{"type": "t", "channel": "email", "enabled": False}]}).expect(200)
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    email, sms = explain(api, user_id=user, channels=["email", "sms"])
    assert (email["status"], email["decision"]["rule"]) == ("suppressed", "preference.type_channel")
    assert (sms["status"], sms["decision"]["rule"]) == ("failed", "no_address")
    [delivery] = explain(api, send_at=later.isoformat())
    assert delivery["status"] == "scheduled" and abs(instant(delivery["earliest_at"]) - later) < timedelta(seconds=1)


def test_a_wrong_request_is_refused_as_it_would_be(api):
    api.post("/v1/notifications/explain", {"user_id": "u"}).problem(422, "invalid_request", "/type")
