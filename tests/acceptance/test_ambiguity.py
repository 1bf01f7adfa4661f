"""Bytes went out and no answer came back: hold for a person, or try again."""
from support.api import fresh_mailbox
from support.config import NO_BREAKER, sandboxes
from support.waiting import eventually

CONFIG = sandboxes("email") + f"""
[providers.silent]
protocol = "sandbox"
channel = "chat"
ambiguous_rate = 1.0
{NO_BREAKER}

[channels.chat]
providers = ["silent"]
retry = {{ max_attempts = 3, initial_backoff = "20ms", strategy = "fixed", jitter = "none" }}

[types.payment]
on_ambiguous = "hold"
"""


def chat(api, **fields):
    return api.notify(channels=["chat"], to={"telegram_chat": "4711"}, **fields)


def held(api):
    id = chat(api, type="payment")
    [delivery] = api.outcome(id, "held")["deliveries"]
    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["ambiguous"]
    return id, delivery["id"]


def resolve(api, id, delivery, outcome):
    return api.post(f"/v1/notifications/{id}/resolve", {"delivery_id": delivery, "outcome": outcome})


def test_a_held_delivery_that_a_person_found_sent_is_sent(api):
    id, delivery = held(api)
    answer = resolve(api, id, delivery, "sent").expect(200).json
    assert answer["id"] == delivery and answer["status"] == "sent"
    assert api.notification(id)["status"] == "sent"
    resolve(api, id, delivery, "sent").problem(409, "not_held")


def test_a_held_delivery_can_be_given_up(api):
    id, delivery = held(api)
    assert resolve(api, id, delivery, "failed").expect(200).json["status"] == "failed"
    assert api.notification(id)["status"] == "failed"


def test_a_held_delivery_can_be_sent_again(api):
    id, delivery = held(api)
    resolve(api, id, delivery, "retry").expect(200)

    def again():
        found = api.notification(id)["deliveries"][0]
        return found["status"] == "held" and len(found["attempts"]) == 2
    eventually(again, "a second attempt is held")


def test_a_held_delivery_can_be_cancelled(api):
    id, _ = held(api)
    api.post(f"/v1/notifications/{id}/cancel").expect(200)
    api.outcome(id, "cancelled")


def test_without_a_policy_the_engine_tries_again(api):
    id = chat(api, type="gossip")
    [delivery] = api.outcome(id, "failed")["deliveries"]
    assert delivery["status"] == "dead_lettered"
    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["ambiguous"] * 3


def test_only_a_known_outcome_of_a_known_delivery_resolves(api):
    id, delivery = held(api)
    resolve(api, id, delivery, "perhaps").problem(422, "invalid_request", "/outcome")
    resolve(api, id, "00000000-0000-7000-8000-000000000000", "sent").expect(404)
    other = api.notify(channels=["email"], to={"email": fresh_mailbox()})
    [sent] = api.outcome(other, "sent")["deliveries"]
    resolve(api, other, sent["id"], "sent").problem(409, "not_held")
