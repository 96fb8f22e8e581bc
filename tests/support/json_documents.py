"""What commands print with ``--json``, judged by the schemas that ``geopolicy schema`` prints."""

from __future__ import annotations

import functools
import json
from itertools import takewhile

from jsonschema import Draft202012Validator

from geopolicy.cli.schema import schema_of


@functools.cache
def validator_of(name):
    """The validator of a schema by its name, such as ``log-show`` or ``error``."""
    return Draft202012Validator(schema_of(name))


def schema_name_of(document):
    """The name of the schema that a document must fit."""
    return "error" if "error" in document else str(document["command"]).replace(" ", "-")


def document_in(text):
    """The one document that a text holds: strict JSON that fits its schema."""
    document = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
    assert text.endswith("}\n")
    faults = [f"{fault.json_path}: {fault.message}" for fault in faults_of(document)]
    assert not faults, faults
    return document


def documents_in(text):
    """The one document that a text holds, or those of its lines, as ``watch`` prints them."""
    return [document_in(part) for part in (text.splitlines(keepends=True) if text.startswith('{"') else [text])]


def faults_of(document):
    """Everything that the schema of a document has to say about it."""
    return list(validator_of(schema_name_of(document)).iter_errors(document))


def asks_for_json(words):
    """Whether a command line asks for a document: help and the version are text."""
    options = list(takewhile(lambda word: word != "--", words))
    return "--json" in options and not {"--help", "-h", "--version"} & set(options)


def _refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


def _once(members):
    assert len(dict(members)) == len(members), "a member stands twice"
    return dict(members)
