"""What an operator sees and does: health, metrics, drain, restart, a second start."""
import os
import pathlib
import re
import signal
import subprocess
from datetime import datetime, timedelta, timezone

from support import canary
from support.api import Api, fresh_mailbox, fresh_user
from support.config import sandboxes, webhooks
from support.engine import BINARY
from support.hooks import say
from support.ports import free_port
from support.waiting import eventually, passes

CONFIG = sandboxes("email", "in_app") + webhooks(
    'max_attempts = 3, initial_backoff = "50ms", strategy = "fixed", jitter = "none"') + """
[types.seldom]
limit = { rate = 1, per = "1m", burst = 1, over = "drop" }
"""

METRICS = """notifications_accepted_total notifications_rejected_total deliveries_total attempts_total
attempt_duration_seconds accept_duration_seconds time_to_send_seconds backlog oldest_pending_seconds window_in_use
mailbox_length breaker_state throttled_total suppressed_total retries_total dead_letters store_commit_seconds
store_batch_rows actor_restarts_total preference_cache_hit_ratio live_connections build_info""".split()


def test_health_and_readiness_are_told_without_a_key(engine):
    assert engine.admin.get("/healthz").status == 200
    assert engine.admin.get("/readyz").status == 200


def test_the_admin_listener_serves_no_api(engine):
    assert engine.admin.get("/v1/notifications").status == 404


def test_metrics_have_the_promised_names_and_no_personal_data(engine, hooks):
    api, user = engine.api, fresh_user()
    api.outcome(api.notify(user_id=user, channels=["email"], to={"email": fresh_mailbox()}), "sent")
    api.outcome(api.notify(channels=["webhook"], to={"webhook": hooks.hook(say(500), say(200)).url}), "delivered")
    api.post("/v1/suppressions", {"channel": "email", "address": (gone := fresh_mailbox()), "cause": "manual"})
    api.outcome(api.notify(channels=["email"], to={"email": gone}), "suppressed")
    for outcome in ("sent", "suppressed"):
        seldom = api.notify(user_id=user, type="seldom", channels=["email"], to={"email": fresh_mailbox()})
        api.outcome(seldom, outcome)
    api.post("/v1/notifications", {}).expect(422)

    def complete():
        text = engine.admin.get("/metrics").expect(200).text
        named = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
        assert [name for name in METRICS if f"carillon_{name}" not in named] == []
        return text, named
    text, named = eventually(complete, "every metric, also those that are looked at once in a while")
    assert all(name.startswith("carillon_") or name.startswith("process_") for name in named)
    assert canary.found_in(text) == [] and user not in text
    assert re.search(r'carillon_deliveries_total\{.*channel="webhook".*status="delivered".*\} 1', text)


def test_refused_notifications_are_counted_wherever_they_are_refused_and_nothing_else_is(engine):
    def counted():
        text = engine.admin.get("/metrics").text
        return {reason: int(count) for reason, count in
                re.findall(r'carillon_notifications_rejected_total\{reason="(\w+)"\} (\d+)', text)}
    before = counted()
    api = engine.api
    api.post("/v1/notifications", {}).expect(422)
    api.with_key("").post("/v1/notifications", {}).expect(401)
    api.post("/v1/notifications/batch", []).expect(422)
    api.get("/v1/notifications?limit=none").expect(400)
    api.post("/v1/notifications/explain", {}).expect(422)
    after = counted()
    grown = {reason: count - before.get(reason, 0) for reason, count in after.items() if count != before.get(reason)}
    assert sum(grown.values()) == 3 and grown.get("unauthorized") == 1, grown


def test_a_restart_keeps_everything(start_engine):
    engine = start_engine(CONFIG)
    api, user = engine.api, fresh_user()
    api.put(f"/v1/users/{user}", {"contacts": {"email": fresh_mailbox()}})
    done = api.notify(user_id=user, channels=["email"])
    before = api.outcome(done, "sent")
    later = (datetime.now(timezone.utc) + timedelta(seconds=2)).isoformat()
    waiting = api.notify(user_id=user, channels=["email"], send_at=later)
    feed = api.notify(user_id=user, channels=["in_app"])
    api.outcome(feed, "delivered")
    key = engine.key

    engine.restart()
    assert engine.key == key and engine.stdout().count(key) == 1
    assert api.notification(done) == before
    assert len(api.get(f"/v1/users/{user}/inbox").json["data"]) == 1
    api.outcome(waiting, "sent")


def test_what_was_killed_is_finished_after_the_restart(start_engine, hooks):
    engine = start_engine(CONFIG)
    hook = hooks.hook(say(200, after=30), say(200))
    id = engine.api.notify(channels=["webhook"], to={"webhook": hook.url})
    eventually(lambda: hook.calls, "the call is under way")
    engine.kill()
    engine.start()
    [delivery] = engine.api.outcome(id, "delivered")["deliveries"]
    assert {call.id for call in hook.calls} == {delivery["id"]}


def test_a_drain_finishes_what_is_under_way_and_ends_with_0(start_engine, hooks):
    engine = start_engine(CONFIG)
    hook = hooks.hook(say(200, after=0.8))
    id = engine.api.notify(channels=["webhook"], to={"webhook": hook.url})
    eventually(lambda: hook.calls, "the call is under way")
    assert engine.stop() == 0
    engine.start()
    assert engine.api.outcome(id, "delivered")
    assert len(hook.calls) == 1


def test_a_second_sigterm_ends_at_once_with_143(start_engine, hooks):
    engine = start_engine(CONFIG)
    hook = hooks.hook(say(200, after=15))
    engine.api.notify(channels=["webhook"], to={"webhook": hook.url})
    eventually(lambda: hook.calls, "the call is under way")
    engine.terminate()
    passes(0.3)
    assert engine.process.poll() is None
    engine.process.send_signal(signal.SIGTERM)
    assert engine.process.wait(3) == 143


def test_a_folder_is_served_by_one_process_only(start_engine):
    engine = start_engine(CONFIG)
    second = subprocess.run([BINARY, "serve", "--config", engine.config_file,
                             "--set", f"server.listen=127.0.0.1:{free_port()}",
                             "--set", f"server.admin_listen=127.0.0.1:{free_port()}"],
                            cwd=engine.folder, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode in (1, 2) and second.stderr


def test_a_port_in_use_is_said_clearly(start_engine):
    engine = start_engine(CONFIG)
    other = engine.folder / "other"
    other.mkdir()
    second = subprocess.run([BINARY, "serve", "--set", f"server.listen=127.0.0.1:{engine.port}",
                             "--set", f"server.admin_listen=127.0.0.1:{free_port()}"],
                            cwd=other, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode in (1, 2) and str(engine.port) in second.stderr


def test_without_a_configuration_file_the_data_is_in_the_working_directory(tmp_path):
    port, admin = free_port(), free_port()
    environment = {**os.environ, "CARILLON_SERVER_LISTEN": f"127.0.0.1:{port}"}
    process = subprocess.Popen([BINARY, "serve", "--set", f"server.admin_listen=127.0.0.1:{admin}"], cwd=tmp_path,
                               env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        key_file = tmp_path / "data" / "admin.key"
        eventually(key_file.exists, "a key", 20)

        def accepted():
            try:
                return Api(port, key_file.read_text().strip()).notify(channels=["in_app"])
            except OSError:
                return None
        eventually(accepted, "the first notification", 20)
    finally:
        process.terminate()
        assert process.wait(40) == 0


def policies(engine):
    """How the engine's threads are scheduled: (name, policy)."""
    tasks = pathlib.Path(f"/proc/{engine.process.pid}/task")
    return {((task / "comm").read_text().strip(), os.sched_getscheduler(int(task.name))) for task in tasks.iterdir()}


def check_turns(engine, lane, names, policy):
    """The lane's threads have that policy once all have begun, and neither the other lane's nor those of both."""
    others = ("carillon", "admin", "bulk" if lane == "crit" else "crit")

    def all_have():
        of = policies(engine)
        assert {(name, policy) for name in names} <= of
        assert {name for name, has in of if has == policy and name.startswith(others)} == set()
        return True
    eventually(all_have, f"{lane}'s threads have their turn")


def test_criticals_threads_go_first_where_that_is_wanted_and_permitted(start_engine):
    engine = start_engine('[node]\nscheduling = "realtime"\n')
    if "scheduling.not_permitted" in engine.log():
        assert not any(policy == os.SCHED_RR for _, policy in policies(engine))
    else:
        check_turns(engine, "crit", ["crit-http", "crit-actor", "crit-client", "critical.db-w"], os.SCHED_RR)


def test_bulks_threads_run_when_nobody_else_wants_to_where_that_is_wanted(start_engine):
    engine = start_engine('[node]\nscheduling = "idle"\n')
    check_turns(engine, "bulk", ["bulk-http", "bulk-actor", "bulk-client", "bulk.db-w"], os.SCHED_IDLE)
