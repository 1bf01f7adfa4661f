"""Which way a notification takes: providers in order, all channels or the first."""
from support.api import fresh_mailbox
from support.config import NO_BREAKER, sandboxes

CONFIG = sandboxes("email", "in_app") + f"""
[providers.flaky]
protocol = "sandbox"
channel = "sms"
fail_rate = 1.0
{NO_BREAKER}

[providers.backup]
protocol = "sandbox"
channel = "sms"

[channels.sms]
providers = ["flaky", "backup"]
fallback_after = 2
retry = {{ max_attempts = 5, initial_backoff = "20ms", strategy = "fixed", jitter = "none" }}

[providers.hopeless]
protocol = "sandbox"
channel = "whatsapp"
fail_rate = 1.0

[channels.whatsapp]
providers = ["hopeless"]
retry = {{ max_attempts = 2, initial_backoff = "20ms", strategy = "fixed", jitter = "none" }}

[types.everywhere]
channels = ["email", "sms"]
routing = "all"

[types.once]
channels = ["email", "in_app"]
routing = "first"

[types.once_on_bad_ground]
channels = ["whatsapp", "email"]
routing = "first"
"""


def test_a_failing_provider_is_left_for_its_backup(api):
    id = api.notify(channels=["sms"], to={"phone": "+4915100000010"})
    [delivery] = api.outcome(id, "sent")["deliveries"]
    assert [(attempt["provider"], attempt["outcome"]) for attempt in delivery["attempts"]] == [
        ("flaky", "retry"), ("flaky", "retry"), ("backup", "accepted")]
    assert delivery["provider"] == "backup"


def test_routing_all_uses_every_channel_of_the_type(api):
    id = api.notify(type="everywhere", to={"email": fresh_mailbox(), "phone": "+4915100000011"})
    api.delivery(id, "sent", channel="email")
    api.delivery(id, "sent", channel="sms")


def test_routing_first_stops_at_the_first_that_works(api):
    id = api.notify(type="once", to={"email": fresh_mailbox()})
    found = api.outcome(id, "sent")
    others = [one for one in found["deliveries"] if one["channel"] == "in_app"]
    assert all(one["attempts"] == [] and one["status"] != "delivered" for one in others)


def test_routing_first_goes_on_where_there_is_no_address(api):
    id = api.notify(type="once")
    api.delivery(id, "delivered", channel="in_app")


def test_routing_first_goes_on_where_a_channel_failed(api):
    id = api.notify(type="once_on_bad_ground", to={"phone": "+4915100000012", "email": fresh_mailbox()})
    api.delivery(id, "sent", channel="email")
    api.delivery(id, "dead_lettered", channel="whatsapp")
    assert api.notification(id)["status"] == "sent"


def test_a_request_may_name_its_own_channels(api):
    id = api.notify(type="everywhere", channels=["email"], to={"email": fresh_mailbox(), "phone": "+4915100000013"})
    assert [one["channel"] for one in api.outcome(id, "sent")["deliveries"]] == ["email"]
