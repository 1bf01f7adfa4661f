"""The embedded default: no provider is configured, a sandbox takes everything."""
from support.api import fresh_mailbox, fresh_user

CONFIG = ""


def test_the_first_start_makes_a_key_prints_it_once_and_keeps_it_private(engine):
    assert engine.key.startswith("ck_live_")
    assert engine.stdout().count(engine.key) == 1
    assert engine.key_file_mode() == 0o600
    assert engine.key not in engine.log()


def test_a_notification_goes_out_and_can_be_read_back(api):
    user, address = fresh_user(), fresh_mailbox()
    request = {"user_id": user, "type": "order_shipped", "channels": ["email"], "to": {"email": address},
               "content": {"title": "On its way", "body": "Grüße, 今日は", "data": {"order": "A123"}},
               "metadata": {"trace": "t-1"}}
    answer = api.post("/v1/notifications", request).expect(202)
    assert answer.json["status"] == "accepted" and answer.json["lane"] == "bulk"
    id = answer.json["id"]
    assert answer.headers["location"] == f"/v1/notifications/{id}"

    found = api.outcome(id, "sent")
    assert (found["user_id"], found["type"], found["category"]) == (user, "order_shipped", "transactional")
    assert (found["priority"], found["lane"], found["metadata"]) == ("medium", "bulk", {"trace": "t-1"})
    assert found["send_at"] is None

    [delivery] = found["deliveries"]
    assert delivery["channel"] == "email" and delivery["status"] == "sent"
    assert delivery["decision"]["rule"] and delivery["decision"]["reason"]
    [attempt] = delivery["attempts"]
    assert attempt["number"] == 1 and attempt["outcome"] == "accepted"
    assert attempt["started_at"] <= attempt["finished_at"]
    assert delivery["history"][-1]["status"] == "sent"

    [message] = api.sandbox(id)
    assert message["to"] == address and message["delivery_id"] == delivery["id"] and message["channel"] == "email"
    assert "Grüße, 今日は" in str(message["content"])


def test_an_address_is_masked_when_read_back(api):
    id = api.notify(channels=["email"], to={"email": "someone.canarybird@example.org"})
    [delivery] = api.outcome(id, "sent")["deliveries"]
    assert delivery["address"] == "s***@example.org"


def test_high_and_critical_travel_in_the_critical_lane(api):
    for priority, lane in [("critical", "critical"), ("high", "critical"), ("medium", "bulk"), ("low", "bulk")]:
        request = {"user_id": fresh_user(), "type": "t", "priority": priority, "channels": ["email"],
                   "to": {"email": fresh_mailbox()}, "content": {"title": "t", "body": "b"}}
        answer = api.post("/v1/notifications", request).expect(202)
        assert answer.json["lane"] == lane
        assert api.outcome(answer.json["id"], "sent")["lane"] == lane


def test_a_header_says_before_the_body_that_a_request_is_critical(api):
    request = {"user_id": fresh_user(), "type": "login_code", "priority": "critical", "channels": ["sms"],
               "to": {"phone": "+4915100000001"}, "content": {"title": "t", "body": "4711"}}
    answer = api.post("/v1/notifications", request, headers={"Priority": "u=0"}).expect(202)
    assert answer.json["lane"] == "critical"
    api.outcome(answer.json["id"], "sent")


def test_every_outside_channel_reaches_the_sandbox_and_in_app_the_inbox(api):
    user = fresh_user()
    to = {"email": fresh_mailbox(), "phone": "+4915100000002", "telegram_chat": "77",
          "devices": [{"protocol": "fcm", "token": "token-1"}, {"protocol": "apns", "token": "token-2"}]}
    id = api.notify(user_id=user, to=to, channels=["email", "sms", "whatsapp", "push", "chat", "in_app"])
    for channel in ("email", "sms", "whatsapp", "push", "chat"):
        api.delivery(id, "sent", channel=channel)
    api.delivery(id, "delivered", channel="in_app")
    taken = sorted(message["channel"] for message in api.sandbox(id))
    assert taken == ["chat", "email", "push", "push", "sms", "whatsapp"]


def test_a_channel_without_an_address_fails_and_says_why(api):
    id = api.notify(channels=["sms"])
    [delivery] = api.outcome(id, "failed")["deliveries"]
    assert delivery["decision"]["rule"] == "no_address" and delivery["attempts"] == []


def test_the_list_is_newest_first_filtered_and_paged(api):
    user = fresh_user()
    ids = [api.notify(user_id=user, type=f"list_{n % 2}", channels=["email"], to={"email": fresh_mailbox()})
           for n in range(5)]
    for id in ids:
        api.outcome(id, "sent")

    def listed(query):
        return api.get(f"/v1/notifications?user_id={user}&{query}").expect(200).json

    assert [one["id"] for one in listed("limit=200")["data"]] == ids[::-1]
    assert [one["id"] for one in listed("type=list_1")["data"]] == [ids[3], ids[1]]
    assert len(listed("status=sent")["data"]) == 5 and listed("status=failed")["data"] == []
    assert len(listed("channel=email")["data"]) == 5 and listed("channel=sms")["data"] == []
    assert listed("until=2020-01-01T00:00:00Z")["data"] == []

    first = listed("limit=3")
    second = listed(f"limit=3&cursor={first['next_cursor']}")
    assert [one["id"] for one in first["data"] + second["data"]] == ids[::-1]
    assert not second["next_cursor"]
