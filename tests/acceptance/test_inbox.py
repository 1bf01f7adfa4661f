"""The in-app feed of a person."""
import pytest

from support.api import fresh_user

CONFIG = ""


@pytest.fixture
def user():
    return fresh_user()


def deliver(api, user, **fields):
    id = api.notify(user_id=user, channels=["in_app"], **fields)
    return id, api.delivery(id, "delivered")["id"]


def inbox(api, user, query=""):
    return api.get(f"/v1/users/{user}/inbox{query}").expect(200).json["data"]


def counts(api, user):
    return api.get(f"/v1/users/{user}/inbox/counts").expect(200).json


def mark(api, user, delivery, state):
    answer = api.post(f"/v1/users/{user}/inbox/{delivery}/{state}")
    assert answer.status in (200, 204), answer


def test_a_notification_stands_in_the_feed_newest_first(api, user):
    deliver(api, user, type="first")
    id, delivery = deliver(api, user, type="second",
                           content={"title": "Grüße", "body": "text", "data": {"link": "/orders/1"}})
    newest, oldest = inbox(api, user)
    assert (newest["type"], oldest["type"]) == ("second", "first")
    assert newest["delivery_id"] == delivery and newest["notification_id"] == id
    assert (newest["title"], newest["body"], newest["data"]) == ("Grüße", "text", {"link": "/orders/1"})
    assert newest["state"] == "unseen" and newest["created_at"]


def test_counts_follow_what_the_person_does(api, user):
    deliveries = [deliver(api, user)[1] for _ in range(3)]
    assert counts(api, user) == {"unseen": 3, "unread": 3, "total": 3}
    mark(api, user, deliveries[0], "seen")
    mark(api, user, deliveries[1], "read")
    assert counts(api, user) == {"unseen": 1, "unread": 2, "total": 3}
    mark(api, user, deliveries[1], "unread")
    assert counts(api, user)["unread"] == 3
    mark(api, user, deliveries[2], "archived")
    assert [one["delivery_id"] for one in inbox(api, user, "?state=archived")] == [deliveries[2]]


def test_everything_can_be_read_at_once(api, user):
    for _ in range(3):
        deliver(api, user)
    assert api.post(f"/v1/users/{user}/inbox/read-all").status in (200, 204)
    assert counts(api, user)["unread"] == 0
    assert all(one["state"] == "read" for one in inbox(api, user))


def test_reading_is_seen_in_the_notification(api, user):
    id, delivery = deliver(api, user)
    mark(api, user, delivery, "read")
    found = api.outcome(id, "read")
    assert found["deliveries"][0]["engagement"] == "read" and found["deliveries"][0]["status"] == "delivered"


def test_engagement_can_be_told_by_notification(api, user):
    id, _ = deliver(api, user)
    api.post(f"/v1/notifications/{id}/engagement", {"event": "read"}).expect(204)
    api.outcome(id, "read")
    api.post(f"/v1/notifications/{id}/engagement", {"event": "eaten"}).problem(422, "invalid_request", "/event")


def test_a_feed_of_both_lanes_is_paged_without_loss(api, user):
    items = [{"user_id": user, "type": "t", "channels": ["in_app"], "priority": priority, "content": {"title": "t", "body": "b"}}
             for priority in ("low", "high") for _ in range(10)]
    for result in api.post("/v1/notifications/batch", items).expect(202).json["results"]:
        api.outcome(result["id"], "delivered")
    for limit in (1, 3):
        for state in ("", "&state=unseen"):
            seen, cursor = [], ""
            while True:
                page = api.get(f"/v1/users/{user}/inbox?limit={limit}{state}{cursor}").expect(200).json
                seen += [item["delivery_id"] for item in page["data"]]
                assert len(page["data"]) <= limit
                if page["next_cursor"] is None:
                    break
                cursor = f"&cursor={page['next_cursor']}"
            assert len(seen) == 20 and len(set(seen)) == 20


def test_what_was_never_sent_was_not_read(api, user):
    request = {"user_id": user, "type": "t", "channels": ["email"], "to": {"email": "nobody@example.org"},
               "content": {"title": "t", "body": "b"}, "send_at": "2027-01-01T00:00:00Z"}
    id = api.post("/v1/notifications", request).expect(202).json["id"]
    api.post(f"/v1/notifications/{id}/engagement", {"event": "read"}).problem(409, "not_sent")
    assert api.notification(id)["status"] == "scheduled"


def test_a_feed_is_paged(api, user):
    for n in range(5):
        deliver(api, user, type=f"page_{n}")
    first = api.get(f"/v1/users/{user}/inbox?limit=3").expect(200).json
    second = api.get(f"/v1/users/{user}/inbox?limit=3&cursor={first['next_cursor']}").expect(200).json
    assert [one["type"] for one in first["data"] + second["data"]] == [f"page_{n}" for n in (4, 3, 2, 1, 0)]


def test_nobody_changes_the_feed_of_another(api, user):
    _, delivery = deliver(api, user)
    api.post(f"/v1/users/{fresh_user()}/inbox/{delivery}/read").problem(404, "not_found")
    assert counts(api, user)["unread"] == 1
