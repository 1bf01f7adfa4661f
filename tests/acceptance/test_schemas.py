"""The description is as strict as the server, at every bound of every part of a body.

What fits a schema may be refused for what it says, never for its shape; what does
not fit is refused with the pointer of the part that is wrong.
"""
import json

import pytest

from support.config import sandboxes
from support.schema import Schema

CONFIG = sandboxes("email", "in_app")
NO_SUCH = "0197b7a0-0000-7000-8000-000000000000"

CALLS = {
    "notification_request": ("POST", "/v1/notifications/explain"),
    "engagement_request": ("POST", f"/v1/notifications/{NO_SUCH}/engagement"),
    "resolve_request": ("POST", f"/v1/notifications/{NO_SUCH}/resolve"),
    "user_request": ("PUT", "/v1/users/somebody"),
    "user_patch": ("PATCH", "/v1/users/somebody"),
    "preferences_request": ("PUT", "/v1/users/somebody/preferences"),
    "preferences_patch": ("PATCH", "/v1/users/sleeper/preferences"),
    "redrive_request": ("POST", "/v1/dead-letters/redrive"),
    "suppression_request": ("POST", "/v1/suppressions"),
    "breaker_request": ("PUT", "/v1/providers/easy_email/breaker"),
    "key_request": ("POST", "/v1/keys"),
    "setting_request": ("PUT", "/v1/settings/of_others"),
    "notification_settings": ("PUT", "/v1/settings/notification"),
}
BY_MEANING = {"not_found", "conflict"}  # an unknown category, zone or template; two fields that contradict
TIMES = ("/send_at", "/expires_at")  # shaped well, but too late or too far ahead


@pytest.fixture(scope="module")
def document(engine):
    engine.api.put("/v1/users/somebody", {}).expect(200)
    return engine.api.get("/openapi.json").expect(200).json


def send(api, name, value):
    method, path = CALLS[name]
    if method == "PATCH":  # part of something that is there
        api.put("/v1/users/sleeper/preferences", {"quiet_hours": {"start": "22:00", "end": "07:00"}}).expect(200)
    return api.call(method, path, body=json.dumps({"config": value} if name == "notification_settings" else value))


def by_meaning(error):
    return error["code"] in BY_MEANING or (error["code"] == "range" and error["pointer"].endswith(TIMES))


def is_about(error, pointer):
    """At the place, inside it, or that the place leaves its object without what it needs."""
    return error["pointer"].startswith(pointer) or (
        error["code"] == "missing" and error["pointer"] == pointer.rsplit("/", 1)[0])


@pytest.mark.parametrize("name", CALLS)
def test_what_fits_its_schema_is_not_refused_for_its_shape(api, document, name):
    samples = Schema(document, name).samples()
    assert len(samples) >= 2
    for sample in samples:
        answer = send(api, name, sample)
        assert answer.status in (200, 201, 202, 204, 404, 409, 422), (sample, answer.text)
        if answer.status == 422:
            strange = [error for error in answer.json["errors"] if not by_meaning(error)]
            assert strange == [], sample


@pytest.mark.parametrize("name", CALLS)
def test_what_does_not_fit_its_schema_is_refused_where_it_is_wrong(api, document, name):
    at = "/config" if name == "notification_settings" else ""
    violations = Schema(document, name).violations()
    assert len(violations) >= 5
    for wrong in violations:
        answer = send(api, name, wrong.value)
        errors = answer.problem(422, "invalid_request")["errors"]
        assert any(is_about(error, at + wrong.pointer) for error in errors), (wrong, errors)


def test_every_body_that_is_described_is_held_to_its_schema(document):
    described = {operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                 for path in document["paths"].values() for operation in path.values() if "requestBody" in operation}
    assert described - set(CALLS) == {"batch_request"}  # an array of notification_request, tried by its own tests
