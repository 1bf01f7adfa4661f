"""Switches that work while the engine runs."""
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
retry = {{ max_attempts = 50, initial_backoff = "20ms", strategy = "fixed", jitter = "none" }}
"""

PATH = "/v1/settings/notification"


@pytest.fixture
def switch(api):
    """`switch(config)`: puts it in force until the test ends."""
    def put(config, enabled=True):
        return api.put(PATH, {"config": config, "enabled": enabled}).expect(200)
    yield put
    put({})


def email(api, **fields):
    return api.notify(channels=["email"], to={"email": fresh_mailbox()}, **fields)


def test_settings_that_nobody_changed_are_shown(start_engine):
    api = start_engine().api
    found = api.get(PATH).expect(200)
    assert found.json == {"config": {}, "enabled": True, "version": 0}
    api.put(PATH, found.json, headers={"If-Match": "*"}).problem(412, "version_mismatch")
    api.put(PATH, found.json, headers={"If-Match": found.headers["etag"]}).expect(200)
    api.put(PATH, found.json, headers={"If-Match": "*"}).expect(200)
    api.get("/v1/settings/unheard_of").problem(404, "not_found")


def test_settings_are_versioned(api, switch):
    first = switch({"channels": {"sms": {"enabled": True}}})
    second = switch({"channels": {"sms": {"enabled": False}}})
    assert second.json["version"] > first.json["version"]
    found = api.get(PATH).expect(200)
    assert found.json == second.json and found.json["config"] == {"channels": {"sms": {"enabled": False}}}
    body = {"config": {}, "enabled": True}
    api.put(PATH, body, headers={"If-Match": first.headers["etag"]}).problem(412, "version_mismatch")


def test_a_channel_can_be_switched_off_and_on(api, switch):
    switch({"channels": {"email": {"enabled": False}}})
    [delivery] = api.outcome(email(api), "suppressed")["deliveries"]
    assert delivery["decision"]["rule"] and delivery["attempts"] == []
    switch({})
    api.outcome(email(api), "sent")


def test_a_type_can_be_switched_off(api, switch):
    switch({"types": {"noisy": {"enabled": False}}})
    api.outcome(email(api, type="noisy"), "suppressed")
    api.outcome(email(api, type="calm"), "sent")


def test_a_feature_that_is_not_enabled_has_no_effect(api, switch):
    switch({"channels": {"email": {"enabled": False}}}, enabled=False)
    api.outcome(email(api), "sent")


def test_the_retry_settings_people_keep_are_taken_as_they_are(api, switch):
    switch({"retry_settings": {"sms": {"max_attempts": 2, "initial_backoff_seconds": 0, "backoff_strategy": "fixed",
                                       "max_backoff_seconds": 1, "retry_enabled": True}},
            "other_settings": {"throttle_per_user_per_minute": 1000}})
    id = api.notify(channels=["sms"], to={"phone": "+4915100000040"})
    [delivery] = api.outcome(id, "failed")["deliveries"]
    assert delivery["status"] == "dead_lettered" and len(delivery["attempts"]) == 2


def test_retries_can_be_switched_off(api, switch):
    switch({"retry_settings": {"sms": {"retry_enabled": False}}})
    id = api.notify(channels=["sms"], to={"phone": "+4915100000041"})
    [delivery] = api.outcome(id, "failed")["deliveries"]
    assert len(delivery["attempts"]) == 1


def test_a_throttle_for_every_person_delays(api, switch):
    switch({"other_settings": {"throttle_per_user_per_minute": 1}})
    user = fresh_user()
    api.outcome(email(api, user_id=user), "sent")
    [delivery] = api.outcome(email(api, user_id=user), "scheduled")["deliveries"]
    assert delivery["next_attempt_at"]


def test_a_wrong_setting_is_refused_with_its_field(api):
    api.put(PATH, {"config": {"channels": {"pigeon": {"enabled": False}}}, "enabled": True}).problem(
        422, "invalid_request", "/config/channels/pigeon")
    api.put(PATH, {"config": {"retry_settings": {"sms": {"max_attempts": 0}}}, "enabled": True}).problem(
        422, "invalid_request", "/config/retry_settings/sms/max_attempts")


def test_settings_survive_a_restart(start_engine):
    engine = start_engine()
    config = {"types": {"noisy": {"enabled": False}}}
    engine.api.put(PATH, {"config": config, "enabled": True}).expect(200)
    engine.restart()
    assert engine.api.get(PATH).expect(200).json["config"] == config
    engine.api.outcome(email(engine.api, type="noisy"), "suppressed")
