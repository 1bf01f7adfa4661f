"""Holds every answer of the run against the engine's own OpenAPI description."""
import json
import re

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


class Recorder:
    """Remembers each different answer once."""

    def __init__(self):
        self.seen = {}
        self.admin_ports = set()

    def record(self, port, method, path, answer):
        if port not in self.admin_ports:
            key = (method, path.split("?")[0], answer.status, answer.text)
            self.seen[key] = answer


RECORDER = Recorder()


class Description:
    def __init__(self, document):
        self.document = document
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self.registry = Registry().with_resource("urn:carillon", resource)
        self.paths = [(re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)) + "$"), path)
                      for path in sorted(document["paths"], key=lambda path: path.count("{"))]
        self.validators = {}

    def problems(self, method, path, answer):
        """Sentences about what the description does not say of this answer."""
        template = next((template for pattern, template in self.paths if pattern.match(path)), None)
        if template is None or method.lower() not in self.document["paths"][template]:
            return [] if answer.status in (404, 405, 501) else [f"{method} {path}: not described"]
        responses = self.document["paths"][template][method.lower()]["responses"]
        name = str(answer.status) if str(answer.status) in responses else "default"
        if name not in responses:
            return [f"{method} {template}: status {answer.status} is not described"]
        pointer = f"/paths/{template.replace('~', '~0').replace('/', '~1')}/{method.lower()}/responses/{name}"
        response = responses[name]
        if "$ref" in response:
            pointer = response["$ref"].lstrip("#")
            response = self.resolve(pointer)
        return self.body_problems(f"{method} {template} {answer.status}", pointer, response, answer)

    def resolve(self, pointer):
        found = self.document
        for part in pointer.strip("/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found

    def body_problems(self, where, pointer, response, answer):
        content = response.get("content", {})
        if not answer.text:
            return [f"{where}: an empty body where content is described"] if content else []
        media = answer.headers.get("content-type", "").split(";")[0]
        if media not in content:
            return [f"{where}: media type {media!r} is not described"]
        if not media.endswith("json") or "schema" not in content[media]:
            return []
        schema = f"{pointer}/content/{media.replace('/', '~1')}/schema"
        if schema not in self.validators:
            self.validators[schema] = Draft202012Validator({"$ref": f"urn:carillon#{schema}"}, registry=self.registry,
                                                           format_checker=FormatChecker())
        return [f"{where}: {error.json_path}: {error.message[:300]}"
                for error in self.validators[schema].iter_errors(json.loads(answer.text))]
