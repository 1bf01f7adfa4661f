"""Email through a real SMTP server: STARTTLS, AUTH, MIME, its answers."""
import email.utils
import datetime

import pytest

from support.api import fresh_mailbox
from support.mail import PASSWORD, USER

CONFIG = """
[server]
public_url = "https://notify.example.org"

[providers.post]
protocol = "smtp"
channel = "email"
base_url = "smtp://localhost:{port}"
starttls = "required"
credentials = {{ username = "{user}", password = "{password}" }}
from = "Carillon Shop <shop@example.org>"
timeout = "5s"

[channels.email]
providers = ["post"]
retry = {{ max_attempts = 3, initial_backoff = "50ms", strategy = "fixed", jitter = "none" }}
"""


@pytest.fixture(scope="module")
def engine(start_engine, mail_server):
    trust = {"SSL_CERT_FILE": str(mail_server.certificate)}
    return start_engine(CONFIG.format(port=mail_server.port, user=USER, password=PASSWORD), environment=trust)


def send(api, mail_server, address, **fields):
    """Sends an email; returns the notification and the mail that arrived."""
    id = api.notify(channels=["email"], to={"email": address}, **fields)
    found = api.outcome(id, "sent")
    [mail] = mail_server.to(address)
    return found, mail


def part(mail, kind):
    return mail.message.get_body(preferencelist=(kind,)).get_content()


def test_a_mail_arrives_encrypted_and_authenticated(api, mail_server):
    found, mail = send(api, mail_server, fresh_mailbox())
    assert mail.encrypted and mail.authenticated
    assert mail.sender == "shop@example.org"
    [attempt] = found["deliveries"][0]["attempts"]
    assert attempt["provider"] == "post" and attempt["outcome"] == "accepted" and attempt["code"].startswith("250")


def test_headers_and_text_survive_in_any_language(api, mail_server):
    address = fresh_mailbox()
    _, mail = send(api, mail_server, address,
                   content={"title": "Grüße aus 京都 – your order", "body": "Zeile eins\nÄpfel, 林檎, 🍎\n.\nEnde"})
    assert mail.message["Subject"] == "Grüße aus 京都 – your order"
    assert mail.message["From"].addresses[0].addr_spec == "shop@example.org"
    assert mail.message["From"].addresses[0].display_name == "Carillon Shop"
    assert mail.message["To"].addresses[0].addr_spec == address
    assert part(mail, "plain").splitlines() == ["Zeile eins", "Äpfel, 林檎, 🍎", ".", "Ende"]


def test_text_and_html_are_alternatives_of_one_mail(api, mail_server):
    _, mail = send(api, mail_server, fresh_mailbox(),
                   content={"title": "Plain", "body": "the text",
                            "email": {"subject": "Own subject", "html": "<p>the <b>html</b> – ü</p>"}})
    assert mail.message["Subject"] == "Own subject"
    assert mail.message.get_content_type() == "multipart/alternative"
    assert part(mail, "plain").strip() == "the text"
    assert part(mail, "html").strip() == "<p>the <b>html</b> – ü</p>"


def test_every_mail_has_an_own_message_id_and_a_date(api, mail_server):
    mails = [send(api, mail_server, fresh_mailbox())[1] for _ in range(2)]
    ids = [mail.message["Message-ID"] for mail in mails]
    assert len(set(ids)) == 2 and all(id.startswith("<") and id.endswith(">") and "@" in id for id in ids)
    sent = email.utils.parsedate_to_datetime(str(mails[0].message["Date"]))
    assert abs(datetime.datetime.now(datetime.timezone.utc) - sent) < datetime.timedelta(minutes=1)


def test_promotional_mail_can_be_unsubscribed_from_with_one_click(api, mail_server):
    _, plain = send(api, mail_server, fresh_mailbox())
    assert plain.message["List-Unsubscribe"] is None
    _, advert = send(api, mail_server, fresh_mailbox(), type="spring_sale", category="promotional")
    assert "<https://notify.example.org/u/" in advert.message["List-Unsubscribe"]
    assert advert.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_header_cannot_be_smuggled_in_through_the_subject(api, mail_server):
    address = fresh_mailbox()
    request = {"user_id": "u", "type": "t", "channels": ["email"], "to": {"email": address},
               "content": {"title": "Hello\r\nBcc: victim@example.org", "body": "b"}}
    answer = api.post("/v1/notifications", request)
    if answer.status == 202:
        api.outcome(answer.json["id"], "sent")
        [mail] = mail_server.to(address)
        assert mail.recipients == [address] and mail.message["Bcc"] is None
    else:
        answer.problem(422)


def test_a_busy_mailbox_is_tried_again(api, mail_server):
    address = fresh_mailbox()
    mail_server.refusals[address] = ["451 4.3.2 Try again later"]
    found, _ = send(api, mail_server, address)
    outcomes = [attempt["outcome"] for attempt in found["deliveries"][0]["attempts"]]
    assert outcomes == ["retry", "accepted"]


def test_unknown_mailboxes_are_suppressed_for_the_future(api, mail_server):
    addresses = [fresh_mailbox(), fresh_mailbox()]
    for address in addresses:
        mail_server.refusals[address] = ["550 5.1.1 No such user here"]
        [delivery] = api.outcome(api.notify(channels=["email"], to={"email": address}), "failed")["deliveries"]
        assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["bad_address"]

    listed = api.get("/v1/suppressions?limit=200").expect(200).json["data"]
    bounced = [one for one in listed if one["channel"] == "email" and one["cause"] == "hard_bounce"]
    assert len({one["id"] for one in bounced}) == 2
    for address in addresses:
        api.outcome(api.notify(channels=["email"], to={"email": address}), "suppressed")
        assert mail_server.to(address) == []


def test_a_server_that_cannot_be_trusted_gets_no_mail(start_engine, mail_server):
    config = CONFIG.format(port=mail_server.port, user=USER, password=PASSWORD)
    stranger = start_engine(config.replace("max_attempts = 3", "max_attempts = 1")).api
    address = fresh_mailbox()
    id = stranger.notify(channels=["email"], to={"email": address})
    stranger.outcome(id, "failed")
    assert mail_server.to(address) == []
