"""Who may do what: keys, scopes, tenants, test mode."""
import pytest

from support.api import fresh_mailbox, fresh_user
from support.config import sandboxes, webhooks

CONFIG = sandboxes("email") + webhooks("max_attempts = 1")


@pytest.fixture
def make_key(api):
    """`make_key(scopes=[...])`: a caller with that key."""
    def make(**fields):
        made = api.post("/v1/keys", {"name": "test", "mode": "live", "scopes": ["send", "read"], **fields})
        return api.with_key(made.expect(201).json["key"])
    return make


def request(**fields):
    return {"user_id": fresh_user(), "type": "t", "channels": ["email"], "to": {"email": fresh_mailbox()},
            "content": {"title": "t", "body": "b"}, **fields}


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer ck_live_wrong", "Basic dTpw", "ck_live_x"])
def test_without_a_good_key_nothing_is_answered(engine, header):
    stranger = engine.api.with_key(None)
    headers = {"Authorization": header} if header is not None else {}
    answer = stranger.get("/v1/notifications", headers=headers)
    answer.problem(401, "unauthorized")
    assert "www-authenticate" in answer.headers


def test_a_key_is_shown_once_and_never_listed(api):
    made = api.post("/v1/keys", {"name": "shop", "mode": "live", "scopes": ["send"]}).expect(201).json
    assert made["key"].startswith("ck_live_")
    listed = api.get("/v1/keys").expect(200)
    assert made["id"] in [one["id"] for one in listed.json["data"]] and made["key"] not in listed.text


def test_a_revoked_key_is_refused_at_once(api):
    made = api.post("/v1/keys", {"name": "old", "mode": "live", "scopes": ["read"]}).expect(201).json
    caller = api.with_key(made["key"])
    caller.get("/v1/notifications").expect(200)
    api.delete(f"/v1/keys/{made['id']}").expect(204)
    caller.get("/v1/notifications").problem(401, "unauthorized")


@pytest.mark.parametrize("scope, allowed", [
    ("send", {"send"}), ("read", {"read"}), ("manage", {"manage"}), ("admin", {"admin"})])
def test_a_scope_opens_its_own_doors(make_key, scope, allowed):
    caller = make_key(scopes=[scope])
    doors = {"send": lambda: caller.post("/v1/notifications", request()),
             "read": lambda: caller.get("/v1/notifications"),
             "manage": lambda: caller.put(f"/v1/users/{fresh_user()}", {"contacts": {"email": fresh_mailbox()}}),
             "admin": lambda: caller.get("/v1/keys")}
    for name, door in doors.items():
        answer = door()
        if name in allowed:
            assert answer.status in (200, 201, 202), (name, answer)
        elif scope != "admin":
            answer.problem(403, "forbidden")


def test_another_tenants_data_does_not_exist(api, make_key):
    other = make_key(tenant="other", scopes=["send", "read", "manage"])
    user = fresh_user()
    id = api.notify(user_id=user, channels=["email"], to={"email": fresh_mailbox()})
    api.put(f"/v1/users/{user}", {"contacts": {"email": fresh_mailbox()}})
    other.get(f"/v1/notifications/{id}").problem(404, "not_found")
    other.post(f"/v1/notifications/{id}/cancel").problem(404, "not_found")
    other.get(f"/v1/users/{user}").problem(404, "not_found")
    assert other.get(f"/v1/notifications?user_id={user}").expect(200).json["data"] == []
    assert other.get(f"/v1/users/{user}/inbox").expect(200).json["data"] == []


def test_a_key_of_one_tenant_is_free_in_another(api, make_key):
    other, body = make_key(tenant="third"), request()
    first = api.post("/v1/notifications", body, headers={"Idempotency-Key": "shared"}).expect(202)
    second = other.post("/v1/notifications", body, headers={"Idempotency-Key": "shared"}).expect(202)
    assert first.json["id"] != second.json["id"]


def test_test_mode_has_its_own_data_and_reaches_only_the_sandbox(api, make_key, hooks):
    tester, hook = make_key(mode="test"), hooks.hook()
    assert tester.key.startswith("ck_test_")
    id = tester.notify(channels=["webhook"], to={"webhook": hook.url})
    tester.outcome(id, "delivered")
    assert hook.calls == [] and len(tester.sandbox(id)) == 1
    api.get(f"/v1/notifications/{id}").problem(404, "not_found")
    assert api.sandbox(id) == []


def test_a_key_can_be_bound_to_the_critical_lane(make_key):
    urgent = make_key(lane="critical")
    answer = urgent.post("/v1/notifications", request(priority="critical")).expect(202)
    assert answer.json["lane"] == "critical"


def test_an_expired_key_is_refused_when_it_is_made_or_used(api):
    answer = api.post("/v1/keys", {"name": "late", "mode": "live", "scopes": ["read"],
                                   "expires_at": "2020-01-01T00:00:00Z"})
    if answer.status == 201:
        api.with_key(answer.json["key"]).get("/v1/notifications").problem(401, "unauthorized")
    else:
        answer.problem(422, "invalid_request", "/expires_at")
