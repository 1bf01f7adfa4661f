"""People: contacts, versions, export and erasure."""
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest

from support.api import fresh_mailbox, fresh_user
from support.canary import CANARY
from support.waiting import eventually

CONFIG = ""


def put(api, user, **fields):
    return api.put(f"/v1/users/{user}", {"contacts": {"email": fresh_mailbox()}, **fields})


def test_a_person_is_stored_and_read_back(api):
    user, address = fresh_user(), fresh_mailbox()
    profile = {"contacts": {"email": address, "phone": "+4915100000030",
                            "devices": [{"protocol": "fcm", "token": "tok"}]},
               "time_zone": "Europe/Berlin", "locale": "de-DE", "attributes": {"tier": "gold", "tags": ["a"]}}
    assert api.put(f"/v1/users/{user}", profile).status in (200, 201)
    found = api.get(f"/v1/users/{user}").expect(200).json
    assert found["contacts"]["email"] == address and found["contacts"]["devices"] == profile["contacts"]["devices"]
    assert (found["time_zone"], found["locale"], found["attributes"]) == (
        "Europe/Berlin", "de-DE", {"tier": "gold", "tags": ["a"]})


def test_a_stored_contact_is_used(api):
    user, address = fresh_user(), fresh_mailbox()
    put(api, user, contacts={"email": address})
    id = api.notify(user_id=user, channels=["email"])
    api.outcome(id, "sent")
    assert api.sandbox(id)[0]["to"] == address


def test_a_changed_contact_is_used_at_once(api):
    user, new = fresh_user(), fresh_mailbox()
    put(api, user)
    api.outcome(api.notify(user_id=user, channels=["email"]), "sent")
    put(api, user, contacts={"email": new})
    id = api.notify(user_id=user, channels=["email"])
    api.outcome(id, "sent")
    assert api.sandbox(id)[0]["to"] == new


def test_a_patch_changes_only_what_it_names(api):
    user = fresh_user()
    put(api, user, locale="de", attributes={"a": 1})
    api.patch(f"/v1/users/{user}", {"locale": "fr"}).expect(200)
    found = api.get(f"/v1/users/{user}").json
    assert found["locale"] == "fr" and found["attributes"] == {"a": 1} and found["contacts"]["email"]


def test_a_lost_update_is_refused(api):
    user = fresh_user()
    put(api, user)
    first = api.get(f"/v1/users/{user}").headers["etag"]
    body = {"contacts": {}, "locale": "de"}
    assert api.put(f"/v1/users/{user}", body, headers={"If-Match": first}).status == 200
    api.put(f"/v1/users/{user}", body, headers={"If-Match": first}).problem(412, "version_mismatch")
    assert api.get(f"/v1/users/{user}").headers["etag"] != first


def test_a_write_can_be_bound_to_there_being_somebody(api):
    user, body, any_version = fresh_user(), {"locale": "de"}, {"If-Match": "*"}
    for call in (api.put, api.patch):
        assert call(f"/v1/users/{user}", body, headers=any_version).status in (404, 412)
    api.delete(f"/v1/users/{user}", headers=any_version).problem(412, "version_mismatch")
    api.get(f"/v1/users/{user}").problem(404, "not_found")
    put(api, user)
    api.put(f"/v1/users/{user}", body, headers=any_version).expect(200)
    api.patch(f"/v1/users/{user}", {"locale": "fr"}, headers=any_version).expect(200)
    assert api.get(f"/v1/users/{user}").json["locale"] == "fr"
    api.delete(f"/v1/users/{user}", headers=any_version).expect(204)


@pytest.mark.parametrize("second", [True, False])
def test_preferences_say_a_thing_once(api, second):
    rule = {"type": "news", "channel": "email", "enabled": True}
    for other in ({**rule, "enabled": second}, {"type": "*", "channel": "*", "enabled": second}):
        rules = {"preferences": [rule, {"type": "*", "channel": "*", "enabled": True}, other]}
        api.put(f"/v1/users/{fresh_user()}/preferences", rules).problem(422, "invalid_request", "/preferences/2")
    same_name = [rule, {"category": "reminder", "channel": "email", "enabled": True}, {**rule, "channel": "sms"}]
    api.put(f"/v1/users/{fresh_user()}/preferences", {"preferences": same_name}).expect(200)


def test_preferences_have_their_own_version(api):
    user = fresh_user()
    rules = {"preferences": [{"type": "*", "channel": "sms", "enabled": False}]}
    api.put(f"/v1/users/{user}/preferences", rules).expect(200)
    answer = api.get(f"/v1/users/{user}/preferences").expect(200)
    assert answer.json["preferences"] == rules["preferences"]
    tag = answer.headers["etag"]
    api.put(f"/v1/users/{user}/preferences", rules, headers={"If-Match": tag}).expect(200)
    api.put(f"/v1/users/{user}/preferences", rules, headers={"If-Match": tag}).problem(412, "version_mismatch")


def test_preferences_can_be_patched(api):
    user = fresh_user()
    window = {"start": "22:00", "end": "07:00", "days": ["mon", "sun"], "time_zone": "Europe/Berlin"}
    api.put(f"/v1/users/{user}/preferences",
            {"preferences": [{"category": "promotional", "channel": "*", "enabled": False}]}).expect(200)
    api.patch(f"/v1/users/{user}/preferences", {"quiet_hours": window}).expect(200)
    found = api.get(f"/v1/users/{user}/preferences").json
    assert found["quiet_hours"] == window and len(found["preferences"]) == 1


def test_a_wrong_profile_is_refused_with_its_field(api):
    user = fresh_user()
    put(api, user, time_zone="Mars/Olympus").problem(422, "invalid_request", "/time_zone")
    put(api, user, contacts={"pigeon": "x"}).problem(422, "invalid_request", "/contacts/pigeon")
    api.put(f"/v1/users/{user}/preferences", {"preferences": [{"type": "t", "channel": "pigeon", "enabled": True}]}
            ).problem(422, "invalid_request", "/preferences/0/channel")
    api.get(f"/v1/users/{user}").problem(404, "not_found")


def test_an_export_holds_everything_known_of_a_person(api):
    user, address = fresh_user(), fresh_mailbox()
    put(api, user, contacts={"email": address})
    id = api.notify(user_id=user, channels=["email", "in_app"])
    api.delivery(id, "sent", channel="email")
    api.delivery(id, "delivered", channel="in_app")
    text = api.get(f"/v1/users/{user}/export").expect(200).text
    assert address in text and id in text and f"Dear {CANARY}" in text


def test_an_export_finds_who_is_known_from_requests_alone(api):
    user, address = fresh_user(), fresh_mailbox()
    api.get(f"/v1/users/{user}/export").problem(404, "not_found")
    id = api.notify(user_id=user, channels=["email", "in_app"], to={"email": address})
    api.delivery(id, "sent", channel="email")
    api.delivery(id, "delivered", channel="in_app")
    entry = api.post("/v1/suppressions", {"channel": "email", "address": address}).expect(201).json["id"]
    found = api.get(f"/v1/users/{user}/export").expect(200).json
    assert found["user"] is None and found["preferences"] == [] and found["complete"] is True
    assert [n["id"] for n in found["notifications"]] == [id] and len(found["inbox"]) == 1
    assert address in [d["address"] for d in found["notifications"][0]["deliveries"]]
    assert [s["id"] for s in found["suppressions"]] == [entry]
    api.delete(f"/v1/users/{user}").expect(204)
    api.get(f"/v1/users/{user}/export").problem(404, "not_found")


def test_erasure_leaves_a_tombstone_and_no_content(api):
    user, address = fresh_user(), fresh_mailbox()
    put(api, user, contacts={"email": address})
    id = api.notify(user_id=user, channels=["email", "in_app"])
    api.delivery(id, "sent", channel="email")
    api.delivery(id, "delivered", channel="in_app")
    api.delete(f"/v1/users/{user}").expect(204)

    found = api.notification(id)
    assert found == {"id": id, "status": found["status"], "erased": True}
    api.get(f"/v1/users/{user}").problem(404, "not_found")
    assert api.get(f"/v1/users/{user}/inbox").status in (200, 404)
    listed = api.get(f"/v1/notifications?user_id={user}").expect(200).text
    assert address not in listed and f"Dear {CANARY}" not in listed
    assert address not in str(api.sandbox(id))


def test_erasure_finds_who_is_known_from_requests_alone(api):
    user, address = fresh_user(), fresh_mailbox()
    id = api.notify(user_id=user, channels=["email"], to={"email": address})
    api.delivery(id, "sent", channel="email")
    api.delete(f"/v1/users/{user}").expect(204)
    assert api.notification(id)["erased"] is True
    assert address not in str(api.sandbox(id))


def test_erasure_stops_what_has_not_gone_out(api):
    user = fresh_user()
    put(api, user)
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    id = api.notify(user_id=user, channels=["email"], send_at=tomorrow.isoformat())
    api.delete(f"/v1/users/{user}").expect(204)
    assert api.notification(id)["erased"] is True and api.sandbox(id) == []


def test_ids_are_opaque(api):
    for user in ("a/b?c", "Ünïcödé", "..", "%41"):
        path = f"/v1/users/{quote(user, safe='')}"
        assert api.put(path, {"contacts": {"email": fresh_mailbox()}}).status in (200, 201)
        id = api.notify(user_id=user, channels=["email"])
        assert api.outcome(id, "sent")["user_id"] == user


def erasure_in(folder, user, finished):
    """Whether the tombstone of this person says that the erasure reached every file."""
    with closing(sqlite3.connect(folder / "data" / "control.db")) as control:
        return control.execute("SELECT count(*) FROM tombstone WHERE user_id = ? AND finished = ?",
                               (user, finished)).fetchone() == (1,)


def test_an_erasure_that_a_crash_cut_short_is_finished_at_the_next_start(start_engine):
    engine = start_engine(CONFIG)
    api, user = engine.api, fresh_user()
    put(api, user)
    ids = [api.notify(user_id=user, channels=["email"], priority=priority) for priority in ("critical", "low")]
    ids.append(api.notify(user_id=user, channels=["in_app"]))
    kept = api.notify(channels=["email"], to={"email": fresh_mailbox()})
    for id in [*ids[:2], kept]:
        api.outcome(id, "sent")
    api.outcome(ids[2], "delivered")
    assert engine.stop() == 0
    # What the files hold between the first step of an erasure and the next one.
    with closing(sqlite3.connect(engine.folder / "data" / "control.db")) as control, control:
        control.execute("DELETE FROM user WHERE id = ?", (user,))
        control.execute("INSERT INTO tombstone SELECT 'default/live', ?, 0, 0", (user,))

    engine.start()
    eventually(lambda: erasure_in(engine.folder, user, finished=1), "the erasure is finished")
    for id in ids:
        assert engine.api.notification(id)["erased"] is True
    assert engine.api.get(f"/v1/users/{user}/inbox").json["data"] == []
    assert "erased" not in engine.api.notification(kept)
