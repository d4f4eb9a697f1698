#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.json against the running service: each operation is asked, each answer is of its schema,
and each word that the sources know as a path is in the document: BUILD."""
import json
import re
import sys

import jsonschema

import lab
from lab import expect

DOCUMENT = json.loads((lab.TOP / "docs/openapi.json").read_text())
METHODS = ("post", "put", "get", "delete")  # what is made first is there to be read
MEMBER = "0651022d1b"


def validate(schema, value, about):
    try:
        jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(value)
    except jsonschema.ValidationError as error:
        raise AssertionError(f"{about}: {error.message} at {list(error.absolute_path)}") from error


def operations():
    """Deepest paths last, deletions after all others, and of those the deepest first."""
    found = [(path, method) for path in DOCUMENT["paths"] for method in METHODS
             if method in DOCUMENT["paths"][path]]
    rest = [one for one in found if one[1] != "delete"]
    gone = sorted((one for one in found if one[1] == "delete"), key=lambda one: -one[0].count("/"))
    return rest + gone


def parameters(path, operation):
    return [*DOCUMENT["paths"][path].get("parameters", ()), *operation.get("parameters", ())]


def fill(path, operation, words):
    for one in parameters(path, operation):
        value = words.get(str(one["example"]).strip("{}"), one["example"])
        path = path.replace("{" + one["name"] + "}", value)
    return path


def judge(answer, path, method, operation):
    about = f"{method.upper()} {path}: {answer.status}"
    described = operation["responses"].get(str(answer.status))
    if not described:
        raise AssertionError(f"{about} is not described: {answer.text[:200]}")
    (kind, content), = described["content"].items()
    expect(answer.headers["content-type"].split(";")[0], kind, about)
    value = answer.json if kind == "application/json" else answer.text
    validate(content["schema"], value, about)


def words_for(service):
    nwid = service.new_network()
    service.post(f"/controller/network/{nwid}/member/{MEMBER}", {})
    user = service.curl("/api/v1/self", "-H", f"Authorization: token {service.token}").json
    return {"nwid": nwid, "address": MEMBER, "controller": service.address, "moon": "3c2ef31ce9",
            "user": user["id"], "org": user["orgId"]}


def the_document_is_well_formed(service):
    expect(DOCUMENT["openapi"], "3.1.0")
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    ids = [DOCUMENT["paths"][path][method]["operationId"] for path, method in operations()]
    expect(len(ids), len(set(ids)), "operation ids")
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
    expect(references, set(DOCUMENT["components"]["schemas"]), "schemas used and defined")
    expect(service.curl("/openapi.json").json, DOCUMENT, "what the service shows")


def each_operation_answers_as_described(service):
    words = words_for(service)
    for path, method in operations():
        if method == "delete" and path.endswith("/member/{address}"):
            service.post(f"/controller/network/{words['nwid']}/member/{MEMBER}", {})
        if method == "delete" and path.endswith("network/{nwid}"):
            words = words_for(service)
        operation = DOCUMENT["paths"][path][method]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "example" in body:
            example = json.loads(json.dumps(body["example"]).replace("{address}", MEMBER))
            validate(body["schema"], example, f"example of {method} {path}")
        answer = service.ask(method.upper(), fill(path, operation, words),
                             example if "example" in body else None)
        wanted = "200" if "200" in operation["responses"] else None
        if wanted and str(answer.status) != wanted:
            raise AssertionError(f"{method} {path}: {answer.status} {answer.text[:200]}")
        judge(answer, path, method, operation)


def each_refusal_is_described(service):
    words = words_for(service)
    for path, method in operations():
        operation = DOCUMENT["paths"][path][method]
        if operation.get("security") == []:
            continue
        filled = fill(path, operation, words)
        judge(service.curl(filled, "-X", method.upper()), path, method, operation)
        if "requestBody" in operation:
            bad = service.ask(method.upper(), filled, "[")
            expect(bad.status, 400 if "400" in operation["responses"] else 403, filled)
            judge(bad, path, method, operation)


def what_does_not_exist_is_described(service):
    words = {**words_for(service), "nwid": service.address + "fffffe", "user": "nobody", "org": "none",
             "moon": "x", "address": "0651022d1c"}
    for path, method in operations():
        operation = DOCUMENT["paths"][path][method]
        if "404" not in operation["responses"] or not parameters(path, operation):
            continue
        if path in ("/controller/network/{nwid}", "/network/{nwid}") and method == "post":
            continue  # these make it
        answer = service.ask(method.upper(), fill(path, operation, words),
                             {} if method == "post" else None)
        judge(answer, path, method, operation)


def each_path_names_the_methods_that_it_knows(service):
    """Allow is what the document has, and no other method but these is taken."""
    words = words_for(service)
    names = {"get": ["GET", "HEAD"], "post": ["POST", "PUT"], "delete": ["DELETE"]}
    for path, described in DOCUMENT["paths"].items():
        if path in ("/bond/{verb}/{rest}", "/api/v1/org-invitation/{id}"):
            continue  # whatever is done to what there never is
        known = [name for method in names if method in described for name in names[method]]
        filled = fill(path, next(described[method] for method in names if method in described), words)
        for method in ("BREW", "OPTIONS", "PATCH", "GET", "POST", "PUT", "DELETE"):
            is_known = method in known
            answer = service.ask(method, filled, "[" if is_known else "{}")
            expect(answer.status != 405, is_known, f"{method} {path}: {answer.status}")
            expect(answer.headers.get("allow"), None if is_known else ", ".join(known), f"{method} {path}")
        if "delete" in described:
            words = words_for(service)


def each_path_of_the_sources_is_in_the_document(service):
    sources = [*sorted((lab.TOP / "src/http").glob("*.c")), lab.TOP / "src/controller/routes.c"]
    told = " ".join(DOCUMENT["paths"])
    words = set()
    for source in sources:
        text = source.read_text()
        words |= set(re.findall(r'"/([a-zA-Z.-]+)[/"%]', text))
        words |= set(re.findall(r'^    \{ "([a-zA-Z-]+)", \d, zt_hosted', text, re.MULTILINE))
    words -= {"counters", "rules"}  # asked of the backend, and of nobody else
    words -= {"app"}  # answered by 404
    missing = [word for word in sorted(words) if not re.search(rf"/{re.escape(word)}(/|_| |$)", told)]
    expect(missing, [], "paths that the document lacks")
    expect(len(words) > 15, True, f"words found: {words}")


if __name__ == "__main__":
    lab.run([the_document_is_well_formed, each_operation_answers_as_described, each_refusal_is_described,
             what_does_not_exist_is_described, each_path_names_the_methods_that_it_knows,
             each_path_of_the_sources_is_in_the_document])
