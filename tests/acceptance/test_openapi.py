"""The engine's own description of its API, held against the whole run."""
import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from support.openapi import RECORDER, Description

CONFIG = ""

# The calls of this release; each must be described.
CALLS = """POST /v1/notifications
POST /v1/notifications/batch
POST /v1/notifications/explain
GET /v1/notifications
GET /v1/notifications/{id}
POST /v1/notifications/{id}/cancel
POST /v1/notifications/{id}/resolve
POST /v1/notifications/{id}/engagement
PUT /v1/users/{id}
GET /v1/users/{id}
PATCH /v1/users/{id}
DELETE /v1/users/{id}
GET /v1/users/{id}/export
GET /v1/users/{id}/preferences
PUT /v1/users/{id}/preferences
PATCH /v1/users/{id}/preferences
GET /v1/users/{id}/inbox
GET /v1/users/{id}/inbox/counts
POST /v1/users/{id}/inbox/read-all
GET /v1/dead-letters
POST /v1/dead-letters/redrive
GET /v1/jobs/{id}
GET /v1/suppressions
POST /v1/suppressions
DELETE /v1/suppressions/{id}
GET /v1/providers
PUT /v1/providers/{name}/breaker
GET /v1/sandbox/messages
GET /v1/keys
POST /v1/keys
DELETE /v1/keys/{id}
GET /v1/settings/{feature}
PUT /v1/settings/{feature}""".splitlines()


@pytest.fixture(scope="module")
def document(engine):
    answer = engine.api.with_key(None).get("/openapi.json").expect(200)
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json


def test_it_is_a_valid_openapi_3_1_document(document):
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_call_is_described(document):
    described = {f"{method.upper()} {re.sub(r'{[^}]+}', '{}', path)}"
                 for path, item in document["paths"].items() for method in item}
    missing = [call for call in CALLS if re.sub(r"{[^}]+}", "{}", call) not in described]
    assert missing == []


def test_every_answer_seen_in_this_run_is_as_described(document):
    description = Description(document)
    problems = {problem for (method, path, _, _), answer in RECORDER.seen.items()
                for problem in description.problems(method, path, answer)}
    assert sorted(problems) == []
