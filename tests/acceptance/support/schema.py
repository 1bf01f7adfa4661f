"""Values that a JSON schema takes and values that it refuses, both at its bounds."""
from dataclasses import dataclass

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

OF_EACH_TYPE = {"null": None, "boolean": True, "integer": 7, "number": 0.5, "string": "word", "array": [[]],
                "object": {"what is this": 1}}


def escaped(name):
    return name.replace("~", "~0").replace("/", "~1")


@dataclass
class Violation:
    pointer: str  # where the value is wrong
    value: object  # the whole document

    def __str__(self):
        return f"{self.pointer or 'document'}"


class Schema:
    """One of `components.schemas`."""

    def __init__(self, document, name):
        self.schemas = document["components"]["schemas"]
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        registry = Registry().with_resource("urn:it", resource)
        self.validator = Draft202012Validator({"$ref": f"urn:it#/components/schemas/{name}"}, registry=registry)
        self.root = self.schemas[name]

    def takes(self, value):
        return self.validator.is_valid(value)

    def resolved(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    # --- what it takes

    def samples(self):
        """Documents at the bounds of every part, each different in one part only."""
        return [value for value in self.values(self.root) if self.takes(value)]

    def values(self, schema):
        schema = self.resolved(schema)
        if "const" in schema:
            return [schema["const"]]
        if "enum" in schema:
            return list(schema["enum"])
        if "type" not in schema:
            return [value for one in schema.get("anyOf", []) for value in self.values(one)]
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return [value for kind in kinds for value in getattr(self, f"_{kind}")(schema)]

    def _null(self, _):
        return [None]

    def _boolean(self, _):
        return [True, False]

    def _integer(self, schema):
        return [schema.get("minimum", 0), schema.get("maximum", 7), float(schema.get("minimum", 0))]

    def _number(self, schema):
        return [schema.get("minimum", 0.001), schema.get("maximum", 7.5)]

    def _string(self, schema):
        if "examples" in schema:
            return schema["examples"]
        return ["x" * max(schema.get("minLength", 0), 1), "x" * schema.get("maxLength", 50), "ü\n\U0001f514"]

    def _array(self, schema):
        items = self.values(schema["items"])
        most = min(schema.get("maxItems", 2), 100)
        many = items[:most] if schema.get("uniqueItems") else [items[n % len(items)] for n in range(most)]
        return [items[:max(schema.get("minItems", 0), 1)], many, *([one] for one in items), []]

    def _object(self, schema):
        properties = {name: self.values(one) for name, one in schema.get("properties", {}).items()}
        if not properties:
            return [{}, {"any": {"thing": [1, None]}}]
        found = []
        for needed in self.alternatives(schema):
            least = {name: properties[name][0] for name in needed}
            found += [least, *({**least, name: value} for name, all in properties.items() for value in all)]
        return [*found, {name: values[0] for name, values in properties.items()}]

    def alternatives(self, schema):
        """The sets of members of which one has to be there."""
        needed = schema.get("required", [])
        choices = schema.get("anyOf", []) + schema.get("oneOf", [])
        return [needed + one.get("required", []) for one in choices] or [needed]

    # --- what it refuses

    def violations(self):
        """Documents that are wrong in one place."""
        samples = self.samples()
        seen, found = set(), []
        for sample in (samples[0], samples[-1]):  # as little as there may be, and everything
            for wrong in self.wrong_parts(sample, self.root, ""):
                key = (wrong.pointer, repr(wrong.value)[:200])
                if key not in seen and not self.takes(wrong.value):
                    seen.add(key)
                    found.append(wrong)
        return found

    def wrong_parts(self, value, schema, pointer):
        schema = self.resolved(schema)
        for choice in schema.get("anyOf", []) if "type" not in schema else []:
            yield from self.wrong_parts(value, choice, pointer)
        yield from (Violation(pointer, other) for other in self.wrong_values(schema))
        if isinstance(value, dict) and "properties" in schema:
            yield from self.wrong_members(value, schema, pointer)
        if isinstance(value, list) and value:
            for wrong in self.wrong_parts(value[0], schema.get("items", {}), f"{pointer}/0"):
                yield Violation(wrong.pointer, [wrong.value, *value[1:]])

    def wrong_values(self, schema):
        if "type" in schema or "enum" in schema or "const" in schema:
            yield from OF_EACH_TYPE.values()
        if "maxLength" in schema:
            yield "x" * (schema["maxLength"] + 1)
        if "maxItems" in schema:
            yield [self.values(schema["items"])[0]] * (schema["maxItems"] + 1)
        if schema.get("type") == "string":
            yield from ("", "\0")
        for name, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0)):
            if name in schema:
                yield schema[name] + step

    def wrong_members(self, value, schema, pointer):
        if schema.get("additionalProperties") is False:
            yield Violation(f"{pointer}/{escaped('no~such/field')}", {**value, "no~such/field": 1})
        for name in schema.get("required", []):
            yield Violation(f"{pointer}/{name}", {key: one for key, one in value.items() if key != name})
        for name in value.keys() & schema["properties"].keys():
            for wrong in self.wrong_parts(value[name], schema["properties"][name], f"{pointer}/{escaped(name)}"):
                yield Violation(wrong.pointer, {**value, name: wrong.value})
