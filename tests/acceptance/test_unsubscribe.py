"""The unsubscribe link of a mail, from the mailbox to the next notification."""
import re

import pytest

from support.api import fresh_mailbox, fresh_user
from support.mail import PASSWORD, USER

CONFIG = """
[server]
public_url = "https://notify.example.org"

[providers.post]
protocol = "smtp"
channel = "email"
base_url = "smtp://localhost:{port}"
credentials = {{ username = "{user}", password = "{password}" }}
from = "shop@example.org"

[channels.email]
providers = ["post"]
"""


@pytest.fixture(scope="module")
def engine(start_engine, mail_server):
    trust = {"SSL_CERT_FILE": str(mail_server.certificate)}
    return start_engine(CONFIG.format(port=mail_server.port, user=USER, password=PASSWORD), environment=trust)


@pytest.fixture
def stranger(api):
    """A mailbox provider or a browser: it has the link and no key."""
    return api.with_key(None)


def advertise(api, user, address, **fields):
    return api.notify(user_id=user, type="spring_sale", category="promotional", channels=["email"],
                      to={"email": address}, **fields)


def link_to(api, mail_server, user):
    """The path of the link in a mail to this person."""
    address = fresh_mailbox()
    api.outcome(advertise(api, user, address), "sent")
    [mail] = mail_server.to(address)
    [path] = re.findall(r"<https://notify\.example\.org(/u/\S+)>", mail.message["List-Unsubscribe"])
    return path


def click(stranger, link):
    """What a mailbox provider sends (RFC 8058, section 3.2)."""
    return stranger.call("POST", link, body="List-Unsubscribe=One-Click",
                         headers={"Content-Type": "application/x-www-form-urlencoded"})


def test_opening_the_link_shows_a_page_and_stops_nothing(api, stranger, mail_server):
    user = fresh_user()
    page = stranger.get(link_to(api, mail_server, user)).expect(200)
    assert page.headers["content-type"].startswith("text/html") and "promotional" in page.text
    api.outcome(advertise(api, user, fresh_mailbox()), "sent")


def test_one_click_stops_the_category_and_nothing_else(api, stranger, mail_server):
    user = fresh_user()
    link = link_to(api, mail_server, user)
    click(stranger, link).expect(200)
    click(stranger, link).expect(200)  # a mailbox provider may repeat it

    [stopped] = api.outcome(advertise(api, user, fresh_mailbox()), "suppressed")["deliveries"]
    assert stopped["decision"]["rule"] == "preference.category_channel"
    api.outcome(api.notify(user_id=user, channels=["email"], to={"email": fresh_mailbox()}), "sent")
    api.outcome(advertise(api, fresh_user(), fresh_mailbox()), "sent")
    chosen = api.get(f"/v1/users/{user}/preferences").expect(200).json["preferences"]
    assert chosen == [{"category": "promotional", "channel": "email", "enabled": False}]


def test_a_link_works_for_the_longest_user_id(api, stranger, mail_server):
    user = "u" * 255
    link = link_to(api, mail_server, user)
    stranger.get(link).expect(200)
    click(stranger, link).expect(200)
    api.outcome(advertise(api, user, fresh_mailbox()), "suppressed")


def test_a_link_that_was_altered_is_not_found(api, stranger, mail_server):
    user = fresh_user()
    link = link_to(api, mail_server, user)
    for wrong in (link[:-1], link + "A", link.replace("/u/", "/u/A"), link.split(".", maxsplit=1)[0], "/u/nonsense"):
        stranger.get(wrong).problem(404, "not_found")
        click(stranger, wrong).problem(404, "not_found")
    api.outcome(advertise(api, user, fresh_mailbox()), "sent")


def test_links_of_before_a_restart_still_work(engine, mail_server):
    user = fresh_user()
    link = link_to(engine.api, mail_server, user)
    engine.restart()
    click(engine.api.with_key(None), link).expect(200)
    engine.api.outcome(advertise(engine.api, user, fresh_mailbox()), "suppressed")
