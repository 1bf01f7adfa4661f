"""What people chose is law: opt-outs, quiet hours, suppressions."""
from datetime import datetime, timedelta, timezone

from support.api import fresh_mailbox, fresh_user
from support.waiting import passes

CONFIG = """
[types.security_alert]
category = "alert"
mandatory = true

[types.newsletter]
category = "promotional"

[types.appointment]
category = "reminder"
"""


def choose(api, user, *rules, **more):
    preferences = [dict(zip(("type", "channel", "enabled"), rule)) if isinstance(rule, tuple) else rule
                   for rule in rules]
    api.put(f"/v1/users/{user}/preferences", {"preferences": preferences, **more}).expect(200)


def email(api, user, type, **fields):
    fields.setdefault("to", {"email": fresh_mailbox()})
    return api.notify(user_id=user, type=type, channels=["email"], **fields)


def rule_of(api, id, status):
    [delivery] = api.outcome(id, status)["deliveries"]
    assert delivery["decision"]["reason"]
    return delivery["decision"]["rule"]


def test_an_opt_out_of_a_type_on_a_channel_is_kept(api):
    user = fresh_user()
    choose(api, user, ("order_shipped", "email", False))
    assert rule_of(api, email(api, user, "order_shipped"), "suppressed") == "preference.type_channel"
    api.outcome(email(api, user, "invoice"), "sent")


def test_the_most_specific_choice_wins(api):
    user = fresh_user()
    choose(api, user, ("*", "*", False), ("order_shipped", "email", True))
    api.outcome(email(api, user, "order_shipped"), "sent")
    assert rule_of(api, email(api, user, "invoice"), "suppressed").startswith("preference.")


def test_a_type_beats_its_category_and_a_channel_beats_all_channels(api):
    user = fresh_user()
    choose(api, user, {"category": "promotional", "channel": "*", "enabled": False}, ("newsletter", "*", True))
    api.outcome(email(api, user, "newsletter"), "sent")
    api.outcome(email(api, user, "sale", category="promotional"), "suppressed")
    choose(api, user, ("newsletter", "*", True), ("newsletter", "email", False))
    api.outcome(email(api, user, "newsletter"), "suppressed")


def test_one_channel_can_be_off_while_another_delivers(api):
    user = fresh_user()
    choose(api, user, ("*", "sms", False))
    id = api.notify(user_id=user, channels=["email", "sms"], to={"email": fresh_mailbox(), "phone": "+4915100000005"})
    api.delivery(id, "sent", channel="email")
    api.delivery(id, "suppressed", channel="sms")
    assert api.notification(id)["status"] == "sent"


def test_a_choice_made_while_a_notification_waits_is_kept(api):
    user = fresh_user()
    soon = (datetime.now(timezone.utc) + timedelta(seconds=1)).isoformat()
    id = email(api, user, "order_shipped", send_at=soon)
    choose(api, user, ("order_shipped", "email", False))
    api.outcome(id, "suppressed")
    assert api.sandbox(id) == []


def test_a_mandatory_type_is_sent_in_spite_of_an_opt_out(api):
    user = fresh_user()
    choose(api, user, ("*", "*", False))
    api.outcome(email(api, user, "security_alert"), "sent")


def quiet_now():
    """A window that began an hour ago and ends in two; in UTC."""
    now = datetime.now(timezone.utc)
    end = (now + timedelta(hours=2)).replace(second=0, microsecond=0)
    return {"start": (now - timedelta(hours=1)).strftime("%H:%M"), "end": end.strftime("%H:%M"),
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "time_zone": "UTC"}, end


def test_quiet_hours_hold_a_reminder_until_they_end(api):
    user = fresh_user()
    window, end = quiet_now()
    choose(api, user, quiet_hours=window)
    id = email(api, user, "appointment")
    assert "quiet" in rule_of(api, id, "scheduled")
    due = api.notification(id)["deliveries"][0]["next_attempt_at"]
    assert datetime.fromisoformat(due.replace("Z", "+00:00")) == end


def test_quiet_hours_do_not_hold_what_is_transactional_mandatory_or_critical(api):
    user = fresh_user()
    choose(api, user, quiet_hours=quiet_now()[0])
    api.outcome(email(api, user, "order_shipped"), "sent")
    api.outcome(email(api, user, "security_alert"), "sent")
    api.outcome(email(api, user, "appointment", priority="critical"), "sent")


def test_quiet_hours_are_told_in_the_persons_own_zone(api):
    user = fresh_user()
    local = datetime.now(timezone.utc) + timedelta(hours=9)  # Tokyo
    api.put(f"/v1/users/{user}", {"contacts": {"email": fresh_mailbox()}, "time_zone": "Asia/Tokyo"})
    window = {"start": (local - timedelta(hours=1)).strftime("%H:%M"),
              "end": (local + timedelta(hours=1)).strftime("%H:%M"),
              "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    choose(api, user, quiet_hours=window)
    assert api.outcome(api.notify(user_id=user, type="appointment", channels=["email"]), "scheduled")


def test_a_suppressed_address_is_used_for_nothing(api):
    address = fresh_mailbox()
    made = api.post("/v1/suppressions", {"channel": "email", "address": address, "cause": "manual",
                                         "note": "asked by phone"}).expect(201).json
    for type in ("order_shipped", "security_alert"):
        id = email(api, fresh_user(), type, to={"email": address})
        assert "suppress" in rule_of(api, id, "suppressed")
    listed = api.get("/v1/suppressions?limit=200").expect(200).json["data"]
    assert made["id"] in [one["id"] for one in listed]
    api.delete(f"/v1/suppressions/{made['id']}").expect(204)
    api.outcome(email(api, fresh_user(), "order_shipped", to={"email": address}), "sent")


def test_a_suppression_can_end_by_itself(api):
    address = fresh_mailbox()
    until = (datetime.now(timezone.utc) + timedelta(seconds=1)).isoformat()
    api.post("/v1/suppressions", {"channel": "email", "address": address, "cause": "manual",
                                  "expires_at": until}).expect(201)
    api.outcome(email(api, fresh_user(), "order_shipped", to={"email": address}), "suppressed")
    passes(1.1)
    api.outcome(email(api, fresh_user(), "order_shipped", to={"email": address}), "sent")
