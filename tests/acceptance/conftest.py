"""Fixtures of the acceptance tests.

A file's `CONFIG` is the configuration of the engine its tests share; a test that
needs an engine of its own asks for `start_engine`. Every engine must end with 0
and leave a log of JSON lines without personal data; that is checked for all.
"""
import itertools

import pytest

from support import canary
from support.engine import Engine
from support.hooks import HookServer
from support.mail import MailServer

_engines = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def no_trace_shows_personal_data():
    """After the last engine has ended, no log and no metric of the whole run holds any."""
    yield
    assert canary.hits() == []


@pytest.fixture(scope="module")
def start_engine(tmp_path_factory, request):
    """`start_engine(config, ...)`: a running engine that ends with the file's tests."""
    started = []

    def start(config="", **options):
        engine = Engine(tmp_path_factory.mktemp("engine") / str(next(_engines)), config, **options)
        started.append(engine)
        return engine.start()

    yield start
    for engine in started:
        engine.close()


@pytest.fixture(scope="module")
def engine(start_engine, request):
    return start_engine(getattr(request.module, "CONFIG", ""))


@pytest.fixture
def api(engine):
    return engine.api


@pytest.fixture(scope="session")
def hooks():
    server = HookServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory):
    server = MailServer(tmp_path_factory.mktemp("mail"))
    yield server
    server.close()


def pytest_collection_modifyitems(items):
    """What judges the whole run comes last."""
    items.sort(key=lambda item: "test_openapi" in item.nodeid)
