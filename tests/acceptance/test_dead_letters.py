"""What could not be delivered waits for a person: list, dry run, redrive."""
import pytest

from support.api import fresh_user
from support.config import webhooks
from support.hooks import say
from support.waiting import eventually

CONFIG = webhooks('max_attempts = 2, initial_backoff = "20ms", strategy = "fixed", jitter = "none"')


@pytest.fixture
def dead(api, hooks):
    """`dead(type)`: a notification that used up its attempts, at an endpoint that has recovered."""
    def make(type, **fields):
        hook = hooks.hook(say(500), say(500), say(200))
        id = api.notify(type=type, channels=["webhook"], to={"webhook": hook.url}, **fields)
        api.delivery(id, "dead_lettered")
        return id, hook
    return make


def letters(api, type):
    return api.get(f"/v1/dead-letters?limit=200&type={type}").expect(200).json["data"]


def redrive(api, status=202, **body):
    return api.post("/v1/dead-letters/redrive", body).expect(status).json


def test_a_dead_letter_says_what_happened(api, dead):
    user = fresh_user()
    id, _ = dead("dead_shape", user_id=user)
    [letter] = letters(api, "dead_shape")
    assert letter["notification_id"] == id and letter["user_id"] == user and letter["type"] == "dead_shape"
    assert (letter["channel"], letter["provider"], letter["code"]) == ("webhook", "hooks", "500")
    assert letter["attempts"] == 2 and letter["reason"] and letter["dead_at"]
    assert letter["id"] == api.notification(id)["deliveries"][0]["id"]


def test_a_dry_run_counts_and_changes_nothing(api, dead):
    id, hook = dead("dead_dry")
    answer = redrive(api, 200, filter={"type": "dead_dry"}, dry_run=True)
    assert answer["matched"] == 1 and len(answer["sample"]) == 1
    assert api.notification(id)["status"] == "failed" and len(hook.calls) == 2


def test_a_redrive_sends_again_and_reports_as_a_job(api, dead):
    made = [dead("dead_redrive") for _ in range(3)]
    answer = redrive(api, filter={"type": "dead_redrive"}, rate=100)
    assert answer["matched"] == 3
    for id, hook in made:
        api.outcome(id, "delivered")
        assert len({call.id for call in hook.calls}) == 1
    assert letters(api, "dead_redrive") == []
    eventually(lambda: api.get(f"/v1/jobs/{answer['job_id']}").expect(200).json, "the job can be read")


def test_a_redriven_delivery_has_all_its_attempts_again(api, hooks):
    hook = hooks.hook(*[say(500)] * 3, say(200))
    id = api.notify(type="dead_again", channels=["webhook"], to={"webhook": hook.url})
    assert api.delivery(id, "dead_lettered")["decision"]["rule"] == "retry.used_up"
    redrive(api, filter={"type": "dead_again"})
    [delivery] = api.outcome(id, "delivered")["deliveries"]
    assert [attempt["number"] for attempt in delivery["attempts"]] == [1, 2, 3, 4]
    assert [attempt["code"] for attempt in delivery["attempts"]] == ["500", "500", "500", "200"]


def test_only_what_the_filter_names_is_redriven(api, dead):
    (chosen, _), (other, _) = dead("dead_filter"), dead("dead_filter")
    letter = api.notification(chosen)["deliveries"][0]["id"]
    assert redrive(api, filter={"ids": [letter]})["matched"] == 1
    api.outcome(chosen, "delivered")
    assert api.notification(other)["status"] == "failed"
    assert redrive(api, 200, filter={"type": "dead_filter", "code": "404"}, dry_run=True)["matched"] == 0


def test_a_redrive_respects_what_the_person_chose_since(api, dead):
    user = fresh_user()
    id, hook = dead("dead_chosen", user_id=user)
    api.put(f"/v1/users/{user}/preferences",
            {"preferences": [{"type": "dead_chosen", "channel": "*", "enabled": False}]}).expect(200)
    redrive(api, filter={"type": "dead_chosen"})
    api.outcome(id, "suppressed")
    assert len(hook.calls) == 2


def test_a_redrive_is_paced(api, dead):
    made = [dead("dead_paced") for _ in range(4)]
    redrive(api, filter={"type": "dead_paced"}, rate=2)
    for id, _ in made:
        api.outcome(id, "delivered")
    calls = sorted(hook.calls[2].at for _, hook in made)
    assert calls[-1] - calls[0] >= 1.0


@pytest.mark.parametrize("rate", [0, 1e-300, 0.0009, 10001])
def test_a_redrive_has_a_pace_that_can_be_kept(api, rate):
    request = {"filter": {"type": "dead_paceless"}, "rate": rate}
    api.post("/v1/dead-letters/redrive", request).problem(422, pointer="/rate")


def test_a_redrive_may_be_slow(api, dead):
    made = [dead("dead_slow")[0] for _ in range(2)]
    redrive(api, filter={"type": "dead_slow"}, rate=0.001)
    eventually(lambda: len(letters(api, "dead_slow")) == 1, "the first is queued at once")
    assert [api.notification(id)["status"] for id in made].count("failed") == 1, "the other waits for its turn"


def test_a_redrive_without_a_filter_must_be_meant(api):
    api.post("/v1/dead-letters/redrive", {"filter": {"nonsense": 1}}).problem(422, pointer="/filter/nonsense")
