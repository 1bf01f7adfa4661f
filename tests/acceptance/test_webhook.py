"""Signed webhooks: checked by an independent Standard Webhooks verifier."""
import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from support.api import fresh_user
from support.config import OLD_SECRET, SECRET, webhooks
from support.hooks import say
from support.waiting import eventually

CONFIG = webhooks('max_attempts = 4, initial_backoff = "50ms", strategy = "fixed", jitter = "none"',
                  secret=f'["{SECRET}", "{OLD_SECRET}"]', timeout="1s")


def send(api, hook, **fields):
    return api.notify(channels=["webhook"], to={"webhook": hook.url}, **fields)


def attempts(api, id):
    return [attempt["outcome"] for attempt in api.notification(id)["deliveries"][0]["attempts"]]


def test_a_webhook_says_what_it_is_and_is_delivered_when_taken(api, hooks):
    hook, user = hooks.hook(), fresh_user()
    content = {"title": "Grüße", "body": "it left", "data": {"order": "A1", "lines": [1, 2]}}
    id = send(api, hook, user_id=user, type="order_shipped", content=content)
    [delivery] = api.outcome(id, "delivered")["deliveries"]
    [call] = hook.calls
    assert call.id == delivery["id"]
    assert call.headers["content-type"].startswith("application/json")
    assert call.json["type"] == "order_shipped" and call.json["timestamp"]
    assert call.json["data"] == {"notification_id": id, "delivery_id": delivery["id"], "user_id": user, **content}


def test_while_secrets_rotate_both_sign(api, hooks):
    hook = hooks.hook()
    api.outcome(send(api, hook), "delivered")
    [call] = hook.calls
    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_YW5vdGhlci1zZWNyZXQtYWx0b2dldGhlcg==").verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(call.body + b" ", call.headers)


def test_a_failure_is_repeated_under_the_same_webhook_id(api, hooks):
    hook = hooks.hook(say(500), say(404), say(200))
    id = send(api, hook)
    [delivery] = api.outcome(id, "delivered")["deliveries"]
    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["retry", "retry", "accepted"]
    assert [attempt["code"] for attempt in delivery["attempts"]] == ["500", "404", "200"]
    assert {call.id for call in hook.calls} == {delivery["id"]}
    for call in hook.calls:
        Webhook(SECRET).verify(call.body, call.headers)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(api, hooks, status):
    hook = hooks.hook(say(status, Retry_After="1"), say(200))
    api.outcome(send(api, hook), "delivered")
    first, second = hook.calls
    assert second.at - first.at >= 0.95


def test_a_paused_endpoint_does_not_hold_up_another(api, hooks):
    busy, free = hooks.hook(say(429, Retry_After="3"), say(200)), hooks.hook()
    waits = send(api, busy)
    eventually(lambda: busy.calls, "the busy endpoint was called")
    api.outcome(send(api, free), "delivered", seconds=2)
    assert len(busy.calls) == 1
    api.outcome(waits, "delivered")


def test_an_endpoint_that_is_gone_is_suppressed(api, hooks):
    hook = hooks.hook(say(410))
    first = send(api, hook)
    eventually(lambda: attempts(api, first) == ["bad_address"], "the attempt found a dead address")
    second = send(api, hook)
    api.outcome(second, "suppressed")
    assert len(hook.calls) == 1


def test_a_redirect_is_not_followed(api, hooks):
    target = hooks.hook()
    hook = hooks.hook(say(302, Location=target.url), say(200))
    api.outcome(send(api, hook), "delivered")
    assert target.calls == [] and len(hook.calls) == 2


def test_an_endpoint_that_is_too_slow_is_called_again_with_the_same_id(api, hooks):
    hook = hooks.hook(say(200, after=1.5), say(200))
    id = send(api, hook)
    api.outcome(id, "delivered")
    assert attempts(api, id) == ["ambiguous", "accepted"]
    assert api.notification(id)["deliveries"][0]["decision"]["rule"] == "outcome.accepted"
    assert len({call.id for call in hook.calls}) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_a_private_address_is_refused_unless_it_is_allowed(guarded, hooks, host):
    hook = hooks.hook()
    url = hook.url.replace("127.0.0.1", host)
    request = {"user_id": "u", "type": "t", "channels": ["webhook"], "to": {"webhook": url},
               "content": {"title": "t", "body": "b"}}
    answer = guarded.post("/v1/notifications", request)
    if answer.status == 422:
        return
    eventually(lambda: guarded.notification(answer.expect(202).json["id"])["status"] in ("failed", "suppressed"),
               "the delivery failed")
    assert hook.calls == []


@pytest.fixture(scope="module")
def guarded(start_engine):
    config = CONFIG.replace('allow = ["127.0.0.0/8"]', "").replace("max_attempts = 4", "max_attempts = 1")
    return start_engine(config).api


def test_a_signature_is_no_older_than_its_attempt(api, hooks):
    hook = hooks.hook(say(503, Retry_After="2"), say(200))
    api.outcome(send(api, hook), "delivered")
    first, second = (int(call.headers["webhook-timestamp"]) for call in hook.calls)
    assert second > first
