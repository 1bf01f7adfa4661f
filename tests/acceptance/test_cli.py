"""The command line, as api.md's first section has it."""
import json
import subprocess

import pytest

from support.api import fresh_mailbox, fresh_user
from support.config import NO_BREAKER, sandboxes
from support.engine import BINARY
from support.ports import free_port

CONFIG = sandboxes("email", "in_app") + f"""
[providers.broken]
protocol = "sandbox"
channel = "sms"
fail_rate = 1.0
{NO_BREAKER}

[channels.sms]
providers = ["broken"]
retry = {{ max_attempts = 1 }}
"""


def run(*arguments, **options):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30, check=False, **options)


def good(result):
    assert result.returncode == 0, result.stderr
    return result.stdout


# --- check-config


def test_check_config_shows_every_problem_at_once_with_line_key_and_remedy(tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text('[server]\nmax_body = "big"\nmaxbody = 3\n\n[channels.email]\nproviders = ["nobody"]\n\n'
                    '[providers.post]\nprotocol = "carrier_pigeon"\nchannel = "email"\n\n'
                    '[types.t]\ncategory = "gossip"\n', encoding="utf-8")
    result = run("check-config", file)
    text = result.stdout + result.stderr
    assert result.returncode == 2
    for line, word in [(2, "max_body"), (3, "maxbody"), (6, "nobody"), (9, "carrier_pigeon"), (13, "gossip")]:
        assert any(f"{line}" in row and word in row for row in text.splitlines()), (word, text)


def test_serve_refuses_what_check_config_refuses(tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text("[server]\nlisten_on = 1\n", encoding="utf-8")
    result = run("serve", "--config", file, cwd=tmp_path)
    assert result.returncode == 2 and "listen_on" in result.stderr + result.stdout
    assert not (tmp_path / "data").exists()


def test_check_config_accepts_what_is_right(engine):
    assert run("check-config", engine.config_file).returncode == 0


def test_broken_toml_and_a_missing_file_are_said_clearly(tmp_path):
    file = tmp_path / "broken.toml"
    file.write_text("[server\n", encoding="utf-8")
    assert run("check-config", file).returncode == 2
    missing = run("check-config", tmp_path / "missing.toml")
    assert missing.returncode == 2 and "missing.toml" in missing.stderr + missing.stdout


# --- talking to a server


def test_send_and_status_go_the_whole_way(engine):
    sent = json.loads(good(engine.carillon("send", "--user", fresh_user(), "--type", "hello", "--channel", "in_app",
                                           "--title", "Hi", "--body", "first steps", "--json")))
    engine.api.outcome(sent["id"], "delivered")
    shown = json.loads(good(engine.carillon("status", sent["id"], "--json")))
    assert shown["id"] == sent["id"] and shown["status"] == "delivered"
    assert "delivered" in good(engine.carillon("status", sent["id"]))


def test_explain_reads_a_file_or_standard_input(engine, tmp_path):
    request = json.dumps({"user_id": "u", "type": "t", "channels": ["email"], "to": {"email": fresh_mailbox()},
                          "content": {"title": "t", "body": "b"}})
    file = tmp_path / "request.json"
    file.write_text(request, encoding="utf-8")
    for result in (engine.carillon("explain", str(file)), engine.carillon("explain", "-", input=request)):
        assert "email" in good(result) and "queued" in result.stdout


def test_dead_letters_are_listed_shown_and_redriven(engine):
    id = engine.api.notify(channels=["sms"], to={"phone": "+4915100000050"}, type="cli_dead")
    [delivery] = engine.api.outcome(id, "failed")["deliveries"]
    listed = good(engine.carillon("dead-letters", "list", "--json"))
    assert delivery["id"] in listed
    json.loads(listed)
    assert "cli_dead" in good(engine.carillon("dead-letters", "list"))
    assert "cli_dead" in good(engine.carillon("dead-letters", "show", delivery["id"]))
    assert "1" in good(engine.carillon("dead-letters", "redrive", "--filter", "type=cli_dead", "--dry-run"))
    good(engine.carillon("dead-letters", "redrive", "--filter", "type=cli_dead", "--rate", "10/s"))


def test_providers_are_listed_and_their_breakers_moved(engine):
    assert "broken" in json.dumps(json.loads(good(engine.carillon("providers", "--json"))))
    good(engine.carillon("providers", "open", "broken"))
    [found] = [one for one in engine.api.get("/v1/providers").json["data"] if one["name"] == "broken"]
    assert found["lanes"]["bulk"]["breaker"] == "open"
    good(engine.carillon("providers", "auto", "broken"))
    assert engine.carillon("providers", "open", "nobody").returncode == 1


def test_keys_are_made_listed_and_revoked(engine):
    made = json.loads(good(engine.carillon("keys", "create", "--name", "cli", "--scopes", "read", "--json")))
    assert engine.api.with_key(made["key"]).get("/v1/notifications").status == 200
    listed = good(engine.carillon("keys", "list", "--json"))
    assert made["id"] in listed and made["key"] not in listed
    good(engine.carillon("keys", "revoke", made["id"]))
    assert engine.api.with_key(made["key"]).get("/v1/notifications").status == 401


def test_the_first_key_can_be_written_to_the_store_itself(start_engine):
    engine = start_engine()
    engine.stop()
    made = json.loads(good(run("keys", "create", "--config", str(engine.config_file), "--name", "offline",
                               "--scopes", "send,read", "--json")))
    engine.start()
    assert engine.api.with_key(made["key"]).get("/v1/notifications").status == 200


# --- exit codes


@pytest.mark.parametrize("arguments", [["nonsense"], ["send"], ["status"], ["serve", "--set", "nonsense"],
                                       ["serve", "--set", "server.nonsense=1"]])
def test_bad_usage_ends_with_2(arguments, tmp_path):
    assert run(*arguments, cwd=tmp_path).returncode == 2


def test_a_server_that_is_not_there_ends_with_69(engine):
    nowhere = f"http://127.0.0.1:{free_port()}"
    assert engine.carillon("providers", CARILLON_URL=nowhere).returncode == 69
    assert engine.carillon("providers", "--server", nowhere).returncode == 69


def test_no_key_is_bad_usage_and_a_wrong_one_a_failure(engine, tmp_path):
    assert run("providers", cwd=tmp_path, env={"CARILLON_URL": f"http://127.0.0.1:{engine.port}"}).returncode == 2
    assert engine.carillon("providers", "--key", "ck_live_wrong").returncode == 1


def test_what_failed_ends_with_1(engine):
    result = engine.carillon("status", "00000000-0000-7000-8000-000000000000")
    assert result.returncode == 1 and result.stderr


def test_version_says_which(engine):
    assert "carillon" in good(run("version"))
