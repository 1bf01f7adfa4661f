"""When a notification goes out: send_at, expires_at, cancel."""
from datetime import datetime, timedelta, timezone

import pytest

from support.api import fresh_mailbox, fresh_user
from support.config import NO_BREAKER, sandboxes

CONFIG = sandboxes("email") + f"""
[providers.down]
protocol = "sandbox"
channel = "sms"
fail_rate = 1.0
{NO_BREAKER}

[channels.sms]
providers = ["down"]
retry = {{ max_attempts = 100, initial_backoff = "300ms", strategy = "fixed", jitter = "none" }}
"""


def at(seconds):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def email(api, **fields):
    return api.notify(channels=["email"], to={"email": fresh_mailbox()}, **fields)


def refused(api, pointer, **fields):
    request = {"user_id": fresh_user(), "type": "t", "content": {"title": "t", "body": "b"}, **fields}
    api.post("/v1/notifications", request).problem(422, "invalid_request", pointer)


def test_send_at_holds_a_notification_until_then(api):
    due = at(1.5)
    id = email(api, send_at=due)
    found = api.notification(id)
    assert found["status"] == "scheduled" and instant(found["send_at"]) == instant(due)
    assert instant(found["deliveries"][0]["next_attempt_at"]) == instant(due)
    [attempt] = api.outcome(id, "sent")["deliveries"][0]["attempts"]
    assert timedelta(0) <= instant(attempt["started_at"]) - instant(due) < timedelta(seconds=1)


def test_an_instant_may_be_told_in_any_zone(api):
    local = (datetime.now(timezone.utc) + timedelta(hours=2)).astimezone(timezone(timedelta(hours=5, minutes=30)))
    found = api.notification(email(api, send_at=local.isoformat()))
    assert instant(found["send_at"]) == local


def test_a_send_at_in_the_past_means_now(api):
    api.outcome(email(api, send_at=at(-3600)), "sent")


def test_times_that_make_no_sense_are_refused(api):
    refused(api, "/expires_at", expires_at=at(-1))
    refused(api, "/expires_at", send_at=at(60), expires_at=at(30))
    refused(api, "/send_at", send_at=at(400 * 86400))
    refused(api, "/send_at", send_at="tomorrow")
    refused(api, "/send_at", send_at="2026-02-30T00:00:00Z")


def test_what_is_too_late_expires_instead_of_being_tried_again(api):
    id = api.notify(channels=["sms"], to={"phone": "+4915100000003"}, expires_at=at(1))
    [delivery] = api.outcome(id, "expired")["deliveries"]
    assert 1 <= len(delivery["attempts"]) <= 5
    assert delivery["history"][-1]["status"] == "expired"


def test_a_scheduled_notification_can_be_cancelled_once(api):
    id = email(api, send_at=at(3600))
    answer = api.post(f"/v1/notifications/{id}/cancel").expect(200).json
    assert answer["id"] == id and [one["status"] for one in answer["deliveries"]] == ["cancelled"]
    assert api.notification(id)["status"] == "cancelled"
    api.post(f"/v1/notifications/{id}/cancel").problem(409, "nothing_to_cancel")


def test_cancelling_stops_retries(api):
    id = api.notify(channels=["sms"], to={"phone": "+4915100000004"})
    api.outcome(id, "retrying")
    api.post(f"/v1/notifications/{id}/cancel").expect(200)
    [delivery] = api.outcome(id, "cancelled")["deliveries"]
    assert delivery["attempts"]


def test_what_was_sent_stays_sent(api):
    id = email(api)
    api.outcome(id, "sent")
    api.post(f"/v1/notifications/{id}/cancel").problem(409, "nothing_to_cancel")
    assert api.notification(id)["status"] == "sent"


@pytest.mark.parametrize("id", ["00000000-0000-7000-8000-000000000000", "nonsense"])
def test_what_does_not_exist_cannot_be_cancelled_or_read(api, id):
    api.post(f"/v1/notifications/{id}/cancel").problem(404, "not_found")
    api.get(f"/v1/notifications/{id}").problem(404, "not_found")
