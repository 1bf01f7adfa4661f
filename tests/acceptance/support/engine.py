"""The real binary with its own folder, ports and log."""
import json
import os
import pathlib
import signal
import stat
import subprocess

from . import canary
from .api import Api
from .openapi import RECORDER
from .ports import free_port
from .waiting import eventually

BINARY = os.environ.get("CARILLON_BINARY", str(pathlib.Path(__file__).parents[3] / "build/debug/carillon"))


class Engine:
    def __init__(self, folder, config="", environment=None, arguments=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config_file = self.folder / "carillon.toml"
        self.config_file.write_text(config, encoding="utf-8")
        self.environment = {**os.environ, **(environment or {})}
        self.arguments = list(arguments)
        self.port, self.admin_port = free_port(), free_port()
        RECORDER.admin_ports.add(self.admin_port)
        self.process = None

    # --- life

    def start(self):
        command = [BINARY, "serve", "--config", str(self.config_file),
                   "--set", f"server.listen=127.0.0.1:{self.port}",
                   "--set", f"server.admin_listen=127.0.0.1:{self.admin_port}", *self.arguments]
        with open(self.folder / "stdout", "ab") as out, open(self.folder / "stderr", "ab") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, cwd=self.folder, env=self.environment)
        eventually(self.is_ready, "the engine is ready", 30)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the engine ended with {self.process.returncode}:\n{self.log()[-3000:]}")
        try:
            return self.admin.get("/readyz").status == 200
        except OSError:
            return False

    def terminate(self):
        self.leave_traces()
        self.process.send_signal(signal.SIGTERM)

    def stop(self, seconds=40):
        """Asks it to drain; returns its exit code."""
        self.terminate()
        return self.process.wait(seconds)

    def kill(self):
        self.leave_traces()
        self.process.kill()
        self.process.wait()

    def restart(self):
        assert self.stop() == 0
        return self.start()

    def close(self):
        """What every test leaves behind is checked: a clean end and a clean log."""
        if self.process is None:
            return
        if self.process.poll() is None:
            assert self.stop() == 0, self.log()[-3000:]
        self.leave_traces()
        self.check_log()

    # --- doors

    @property
    def key(self):
        return self.key_file.read_text(encoding="utf-8").strip()

    @property
    def key_file(self):
        return self.folder / "data" / "admin.key"

    @property
    def api(self):
        return Api(self.port, self.key)

    @property
    def admin(self):
        return Api(self.admin_port, None)

    def carillon(self, *arguments, input=None, **environment):
        """Runs the command line against this engine."""
        env = {**self.environment, "CARILLON_URL": f"http://127.0.0.1:{self.port}", "CARILLON_KEY": self.key,
               **environment}
        return subprocess.run([BINARY, *arguments], cwd=self.folder, env=env, input=input, capture_output=True,
                              text=True, timeout=30, check=False)

    # --- traces

    def log(self):
        return (self.folder / "stderr").read_text(encoding="utf-8", errors="replace")

    def stdout(self):
        return (self.folder / "stdout").read_text(encoding="utf-8")

    def log_lines(self):
        return [json.loads(line) for line in self.log().splitlines() if line]

    def leave_traces(self):
        """Hands its log and last metrics to the search at the end of the run."""
        canary.collect(f"log of {self.folder}", self.log())
        if (link_key := self.folder / "data" / "link.key").exists():
            canary.keep_secret(link_key.read_text(encoding="utf-8").strip())
        try:
            canary.collect(f"metrics of {self.folder}", self.admin.get("/metrics").text)
        except OSError:
            pass  # it has ended: its last metrics were collected before

    def check_log(self):
        for line in self.log().splitlines():
            try:
                assert isinstance(json.loads(line), dict)
            except ValueError as wrong:
                raise AssertionError(f"a log line is not a JSON object: {line[:300]}") from wrong
        assert canary.found_in(self.log()) == [], "personal data or a secret stands in the log"

    def key_file_mode(self):
        return stat.S_IMODE(self.key_file.stat().st_mode)
