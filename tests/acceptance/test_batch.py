"""Many at once; each item stands alone."""
import json
import uuid

from support.api import fresh_mailbox, fresh_user

CONFIG = ""


def item(**fields):
    return {"user_id": fresh_user(), "type": "t", "channels": ["email"], "to": {"email": fresh_mailbox()},
            "content": {"title": "t", "body": "b"}, **fields}


def test_good_items_are_taken_and_bad_ones_named(api):
    answer = api.post("/v1/notifications/batch", [item(), item(type=None), {"surprise": 1}, item()]).expect(202).json
    assert answer["accepted"] == 2 and answer["rejected"] == 2
    assert [result["index"] for result in answer["results"]] == [0, 1, 2, 3]
    for result in (answer["results"][0], answer["results"][3]):
        api.outcome(result["id"], "sent")
    for result in (answer["results"][1], answer["results"][2]):
        assert "id" not in result and result["error"]["code"] == "invalid_request"


def test_lines_of_json_are_taken_too(api):
    lines = "\n".join([json.dumps(item()), "{not json", json.dumps(item())]) + "\n"
    answer = api.post("/v1/notifications/batch", body=lines,
                      headers={"Content-Type": "application/x-ndjson"}).expect(202).json
    assert (answer["accepted"], answer["rejected"]) == (2, 1)
    assert answer["results"][1]["error"]["code"] == "malformed_json"


def test_each_item_has_its_own_key(api):
    one, other = item(idempotency_key=uuid.uuid4().hex), item(idempotency_key=uuid.uuid4().hex)
    first = api.post("/v1/notifications/batch", [one, other]).expect(202).json["results"]
    again = api.post("/v1/notifications/batch", [other, one]).expect(202).json["results"]
    assert [result["id"] for result in again] == [result["id"] for result in reversed(first)]


def test_items_with_one_key_are_one_notification(api):
    same = uuid.uuid4().hex
    one = item(idempotency_key=same)
    first, repeat, another, late = api.post(
        "/v1/notifications/batch", [one, one, item(idempotency_key=same), one]).expect(202).json["results"]
    assert first["id"] == repeat["id"] == late["id"]
    assert another["error"]["code"] == "key_reused" and another["error"]["status"] == 422
    assert len(api.get(f"/v1/notifications?user_id={one['user_id']}").json["data"]) == 1


def test_a_thousand_are_taken_and_one_more_refused(api):
    answer = api.post("/v1/notifications/batch", [item() for _ in range(1000)], timeout=60).expect(202).json
    assert answer["accepted"] == 1000 and len({result["id"] for result in answer["results"]}) == 1000
    api.outcome(answer["results"][-1]["id"], "sent", seconds=60)
    api.post("/v1/notifications/batch", [item() for _ in range(1001)], timeout=60).problem(422)


def test_a_batch_is_an_array_and_not_empty(api):
    api.post("/v1/notifications/batch", item()).problem(422)
    api.post("/v1/notifications/batch", body="[", headers={"Content-Type": "application/json"}).problem(400)


def test_items_of_both_lanes_may_stand_in_one_batch(api):
    results = api.post("/v1/notifications/batch",
                       [item(priority="critical"), item(priority="low")]).expect(202).json["results"]
    assert [api.outcome(result["id"], "sent")["lane"] for result in results] == ["critical", "bulk"]
