"""A broken provider is left alone, by itself or by a person's order."""
import pytest

from support.api import fresh_mailbox
from support.waiting import eventually, passes

CONFIG = """
[providers.main]
protocol = "sandbox"
channel = "email"

[channels.email]
providers = ["main"]

[providers.first_choice]
protocol = "sandbox"
channel = "sms"

[providers.second_choice]
protocol = "sandbox"
channel = "sms"

[channels.sms]
providers = ["first_choice", "second_choice"]

[providers.broken]
protocol = "sandbox"
channel = "whatsapp"
fail_rate = 1.0
breaker = { consecutive = 3, open_for = "1m" }

[channels.whatsapp]
providers = ["broken"]
retry = { max_attempts = 3, initial_backoff = "10ms", strategy = "fixed", jitter = "none" }
"""


def provider(api, name):
    [found] = [one for one in api.get("/v1/providers").expect(200).json["data"] if one["name"] == name]
    return found


def order(api, name, state):
    return api.put(f"/v1/providers/{name}/breaker", {"state": state, "reason": "test"})


@pytest.fixture
def opened(api):
    """`opened(name)`: that breaker is open until the test ends."""
    names = []

    def force(name):
        order(api, name, "open").expect(200)
        names.append(name)
    yield force
    for name in names:
        order(api, name, "auto").expect(200)


def test_providers_say_how_they_stand_in_each_lane(api):
    found = provider(api, "main")
    assert found["protocol"] == "sandbox" and found["channel"] == "email"
    for lane in ("critical", "bulk"):
        assert set(found["lanes"][lane]) >= {"breaker", "forced", "failure_rate", "in_flight", "slots"}
        assert found["lanes"][lane]["breaker"] == "closed"


def test_behind_a_forced_open_breaker_work_waits_without_attempts(api, opened):
    opened("main")
    for lane in ("critical", "bulk"):
        assert provider(api, "main")["lanes"][lane]["breaker"] == "open"
    ids = [api.notify(channels=["email"], to={"email": fresh_mailbox()}, priority=priority)
           for priority in ("high", "medium")]
    passes(0.3)
    for id in ids:
        [delivery] = api.notification(id)["deliveries"]
        assert delivery["status"] in ("queued", "scheduled") and delivery["attempts"] == []
        assert delivery["waiting_for"] == {
            "provider": "main", "rule": "waits.breaker_forced", "until": None,
            "reason": 'A person has forced the breaker of provider "main" open.'}
    order(api, "main", "auto").expect(200)
    for id in ids:
        api.outcome(id, "sent")


def test_an_open_breaker_sends_traffic_to_the_fallback(api, opened):
    opened("first_choice")
    id = api.notify(channels=["sms"], to={"phone": "+4915100000020"})
    [delivery] = api.outcome(id, "sent")["deliveries"]
    assert [attempt["provider"] for attempt in delivery["attempts"]] == ["second_choice"]
    assert delivery["provider"] == "second_choice"


def test_a_provider_that_fails_again_and_again_opens_its_own_breaker(api):
    api.notify(channels=["whatsapp"], to={"phone": "+4915100000021"})
    eventually(lambda: provider(api, "broken")["lanes"]["bulk"]["breaker"] == "open", "the breaker is open")
    assert provider(api, "broken")["lanes"]["critical"]["breaker"] == "closed"


def test_behind_a_breaker_that_opened_by_itself_work_says_until_when_it_waits(api):
    order(api, "broken", "auto").expect(200)
    request = {"user_id": "u", "type": "t", "channels": ["whatsapp"], "to": {"phone": "+4915100000023"},
               "content": {"title": "t", "body": "b"}}
    api.post("/v1/notifications", request).expect(202)
    eventually(lambda: provider(api, "broken")["lanes"]["bulk"]["breaker"] == "open", "the breaker is open")
    until = provider(api, "broken")["lanes"]["bulk"]["reopens_at"]
    assert until
    id = api.post("/v1/notifications", request).expect(202).json["id"]

    def told():
        waits = api.notification(id)["deliveries"][0].get("waiting_for")
        assert waits and (waits["provider"], waits["rule"]) == ("broken", "waits.breaker"), waits
        return waits
    assert eventually(told, "the open breaker is named")["until"][:19] == until[:19]
    [explained] = api.post("/v1/notifications/explain", request).expect(200).json["deliveries"]
    assert explained["waiting_for"]["rule"] == "waits.breaker"
    assert explained["earliest_at"] == explained["waiting_for"]["until"]


def test_a_breaker_can_be_forced_closed(api):
    order(api, "broken", "closed").expect(200)
    for _ in range(2):
        api.outcome(api.notify(channels=["whatsapp"], to={"phone": "+4915100000022"}), "failed")
    assert provider(api, "broken")["lanes"]["bulk"]["breaker"] == "closed"
    order(api, "broken", "auto").expect(200)


def test_an_order_survives_a_restart(start_engine):
    engine = start_engine(CONFIG)
    order(engine.api, "main", "open").expect(200)
    engine.restart()
    lanes = provider(engine.api, "main")["lanes"]
    assert lanes["bulk"]["breaker"] == lanes["critical"]["breaker"] == "open"


def test_only_known_providers_and_states_are_taken(api):
    order(api, "nobody", "open").problem(404, "not_found")
    order(api, "main", "ajar").problem(422, "invalid_request", "/state")
