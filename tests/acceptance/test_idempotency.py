"""One key, one notification: replays, conflicts, doors and restarts."""
import concurrent.futures
import uuid
from datetime import datetime, timedelta, timezone

from support.api import fresh_mailbox, fresh_user
from support.waiting import eventually

CONFIG = ""


def request(**fields):
    return {"user_id": fresh_user(), "type": "receipt", "channels": ["email"], "to": {"email": fresh_mailbox()},
            "content": {"title": "t", "body": "b"}, **fields}


def post(api, body, key=None, **headers):
    if key:
        headers["Idempotency-Key"] = key
    return api.post("/v1/notifications", body, headers=headers)


def later(seconds):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat()


def key():
    return uuid.uuid4().hex


def test_a_repeat_gets_the_first_answer_and_sends_nothing(api):
    body, same = request(), key()
    first = post(api, body, same).expect(202)
    assert "idempotent-replayed" not in first.headers
    api.outcome(first.json["id"], "sent")
    again = post(api, body, same).expect(202)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json == first.json
    assert len(api.sandbox(first.json["id"])) == 1


def test_another_request_under_the_same_key_is_refused(api):
    same = key()
    post(api, request(), same).expect(202)
    post(api, request(), same).problem(422, "key_reused")


def test_the_order_of_fields_does_not_make_another_request(api):
    body, same = request(), key()
    first = post(api, body, same).expect(202)
    assert post(api, dict(reversed(body.items())), same).expect(202).json["id"] == first.json["id"]


def test_the_field_does_what_the_header_does(api):
    body, same = request(), key()
    first = post(api, {**body, "idempotency_key": same}).expect(202)
    for again in (post(api, {**body, "idempotency_key": same}), post(api, body, same),
                  post(api, {**body, "idempotency_key": same}, same)):
        assert again.expect(202).json["id"] == first.json["id"]
        assert again.headers["idempotent-replayed"] == "true"


def test_header_and_field_must_agree(api):
    post(api, request(idempotency_key=key()), key()).problem(422, "invalid_request", "/idempotency_key")


def test_a_key_has_at_most_255_bytes(api):
    post(api, request(), "k" * 255).expect(202)
    post(api, request(), "k" * 256).problem(400, "bad_header")
    post(api, request(idempotency_key="k" * 256)).problem(422, "invalid_request", "/idempotency_key")


def test_a_refused_request_leaves_its_key_free(api):
    same = key()
    post(api, request(type=""), same).problem(422)
    post(api, request(), same).expect(202)


def test_a_repeat_is_answered_after_its_expiry(api):
    body, same = request(expires_at=later(1)), key()
    first = post(api, body, same).expect(202)
    eventually(lambda: post(api, body, key()).status == 422, "its expiry")
    again = post(api, body, same).expect(202)
    assert again.json == first.json and again.headers["idempotent-replayed"] == "true"
    [item] = api.post("/v1/notifications/batch", [{**body, "idempotency_key": same}]).expect(202).json["results"]
    assert item["id"] == first.json["id"]
    post(api, body, key()).problem(422, "invalid_request", "/expires_at")
    post(api, {**body, "type": "other"}, same).problem(422, "key_reused")
    api.post("/v1/notifications/explain", body).problem(422, "invalid_request", "/expires_at")


def test_a_key_is_one_across_both_lanes(api):
    same, body = key(), request(priority="high")
    first = post(api, body, same, Priority="u=0").expect(202)
    again = post(api, body, same).expect(202)
    assert again.json["id"] == first.json["id"] and again.headers["idempotent-replayed"] == "true"
    post(api, {**body, "priority": "low"}, same).problem(422, "key_reused")


def test_many_at_once_under_one_key_are_one_notification(api):
    body, same = request(), key()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(api, body, same), range(40)))
    taken = [answer for answer in answers if answer.status == 202]
    assert len({answer.json["id"] for answer in taken}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in taken) <= 1
    for answer in answers:
        if answer.status != 202:
            answer.problem(409, "key_in_flight")
            assert int(answer.headers["retry-after"]) >= 1
    [found] = api.get(f"/v1/notifications?user_id={body['user_id']}").json["data"]
    assert found["id"] == taken[0].json["id"]


def test_a_key_survives_a_restart(start_engine):
    engine = start_engine()
    body, same = request(), key()
    first = post(engine.api, body, same).expect(202)
    engine.restart()
    again = post(engine.api, body, same).expect(202)
    assert again.json["id"] == first.json["id"] and again.headers["idempotent-replayed"] == "true"


def test_items_of_a_batch_share_the_space_of_keys(api):
    body, same = request(), key()
    first = post(api, body, same).expect(202)
    answer = api.post("/v1/notifications/batch", [{**body, "idempotency_key": same}]).expect(202)
    assert answer.json["results"][0]["id"] == first.json["id"]
