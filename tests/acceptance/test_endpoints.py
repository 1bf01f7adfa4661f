"""Webhooks of many people share one provider: what one endpoint does, the others do not feel."""
import pytest

from support.config import NO_BREAKER, webhooks
from support.hooks import HookServer, say
from support.waiting import eventually

RETRY = 'max_attempts = 4, initial_backoff = "50ms", strategy = "fixed", jitter = "none"'
CONFIG = webhooks(RETRY, timeout="6s").replace(
    NO_BREAKER, 'in_flight = 16\nbreaker = { consecutive = 5, open_for = "2s" }')


@pytest.fixture
def elsewhere():
    """An endpoint of its own: another port."""
    server = HookServer()
    yield server
    server.close()


def send(api, hook):
    return api.notify(channels=["webhook"], to={"webhook": hook.url})


def test_an_endpoint_that_hangs_does_not_hold_up_the_others(api, hooks, elsewhere):
    hanging, quick = elsewhere.hook(say(200, after=5)), hooks.hook()
    stuck = [send(api, hanging) for _ in range(40)]
    eventually(lambda: len(hanging.calls) == 2, "it has its share of the slots: an eighth")
    for _ in range(20):
        api.outcome(send(api, quick), "delivered", seconds=2)
    assert len(hanging.calls) == 2
    waiting = [api.notification(id)["deliveries"][0] for id in stuck]
    assert {delivery["status"] for delivery in waiting} <= {"queued", "sending"}
    assert all(len(delivery["history"]) <= 4 for delivery in waiting), "hand-backs do not pile up"
    assert any(change.get("rule") == "endpoint.busy" for delivery in waiting for change in delivery["history"]), waiting[-1]


def test_an_endpoint_that_fails_is_left_alone_and_its_backlog_arrives_when_it_recovers(api, hooks, elsewhere):
    hook = elsewhere.hook(*[say(503)] * 7, say(200))
    sent = [send(api, hook) for _ in range(30)]
    for id in sent:
        api.outcome(id, "delivered", seconds=20)
    assert len(hook.calls) == 37, "while it failed it was probed only"
    pauses = sorted(later.at - earlier.at for earlier, later in zip(hook.calls, hook.calls[1:]))
    assert pauses[-1] > 1.8 and pauses[-2] > 0.9, "each pause is longer than the one before"


def test_a_healthy_endpoint_alone_gets_all_it_can_take(api, hooks):
    hook = hooks.hook(say(200, after=0.02))
    sent = [send(api, hook) for _ in range(300)]
    for id in sent:
        api.outcome(id, "delivered")
    assert len(hook.calls) == 300
