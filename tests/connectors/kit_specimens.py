"""A system in memory with an honest connector and its liars; test_conformance_kit.py runs it."""

from dataclasses import replace
from typing import ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.base import Batch, Capabilities, Found, RawRecord, Stream, WriteResult, to_table
from connectors.errors import AuthenticationError, ConfigurationError, RetryableError
from connectors.testing import conformance_suite


class Shelf:
    def __init__(self):
        self.rows = {}
        self.clock = 0

    def save(self, key, text, correlation):
        self.clock += 1
        self.rows[key] = {"text": text, "correlation": correlation, "time": self.clock}


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid")
    password: SecretStr = SecretStr("right-secret")
    port: int = 80


class Honest:
    capabilities = Capabilities(push=True, correlation=True, concurrency_token=True)
    Config = Config

    def __init__(self, shelf, config):
        self.shelf, self._config = shelf, config

    def check(self):
        if self._config.port != 80:
            raise RetryableError("no answer", system="memory", remedy="Wait")
        if self._config.password.get_secret_value() != "right-secret":
            raise AuthenticationError("refused", system="memory", remedy="Renew the password")

    def _known(self, stream):
        if stream != "things":
            raise ConfigurationError("no such stream", system="memory", stream=stream, remedy="Use things")

    def discover(self):
        return [Stream("things", "all things", writable=True)]

    def read(self, stream, cursor):
        self.check()
        self._known(stream)
        after = (cursor or {"time": 0})["time"]
        for key, row in sorted(self.shelf.rows.items(), key=lambda item: item[1]["time"]):
            if row["time"] > after:
                record = RawRecord(f"things,{key}", f"{row['time']:06}", {"text": row["text"]})
                yield Batch(stream, to_table([record]), {"time": row["time"]})

    def settle(self, stream, _cursor):
        self._known(stream)

    def close(self):
        pass

    def write(self, stream, changes):
        self.check()
        self._known(stream)
        for change in changes:
            yield self._write_one(stream, change)

    def _write_one(self, stream, change):
        found = self.probe(stream, [change.correlation]).get(change.correlation)
        if "text" not in change.document:
            return WriteResult(change.correlation, "refused", message="a thing needs a text")
        if change.key and found.token != change.token:
            return WriteResult(change.correlation, "stale")
        if change.key or not found:
            key = change.key or str(len(self.shelf.rows))
            self.shelf.save(key, change.document["text"], change.correlation)
        found = self.probe(stream, [change.correlation])[change.correlation]
        return WriteResult(change.correlation, "written", found.key, found.token)

    def probe(self, stream, correlations):
        self.check()
        self._known(stream)
        return {
            row["correlation"]: Found(key, str(row["time"]))
            for key, row in self.shelf.rows.items()
            if row["correlation"] in correlations
        }


class Case:
    stream = "things"
    secrets = ("right-secret", "wrong-secret")

    def __init__(self, connector):
        self.connector, self.shelf = connector, Shelf()
        for number in range(3):
            self.shelf.save(str(number), f"thing {number}", f"C{number}")

    def connect(self, **other):
        return self.connector(self.shelf, Config(**other))

    def connect_with_wrong_credentials(self):
        return self.connect(password="wrong-secret")

    def connect_to_nowhere(self):
        return self.connect(port=1)

    def change_one(self):
        self.shelf.save("1", "changed", "C1")
        return "things,1"

    def create_document(self, text):
        return {"text": text}

    update_document = create_document

    def refused_document(self):
        return {}

    def text_of(self, document):
        return document["text"]


@pytest.fixture
def case(request):
    return Case(request.cls.connector)


class LosesRowsWhenResumed(Honest):
    def read(self, stream, cursor):
        batches = list(super().read(stream, cursor))
        yield from batches[:-1] if cursor else batches


class ReadsEverythingAnew(Honest):
    def read(self, stream, _cursor):
        return super().read(stream, None)


class CreatesTwice(Honest):
    def _write_one(self, stream, change):
        if not change.key and "text" in change.document and self.probe(stream, [change.correlation]):
            self.shelf.save(f"again {self.shelf.clock}", change.document["text"], "other")
        return super()._write_one(stream, change)


class OverwritesOthers(Honest):
    def _write_one(self, stream, change):
        found = self.probe(stream, [change.correlation]).get(change.correlation)
        return super()._write_one(stream, replace(change, token=found.token if found else None))


class StopsAtARefusal(Honest):
    def write(self, stream, changes):
        for result in super().write(stream, changes):
            yield result
            if result.outcome == "refused":
                return


class CutsTexts(Honest):
    def _write_one(self, stream, change):
        return super()._write_one(
            stream, replace(change, document={name: text[:100] for name, text in change.document.items()})
        )


class ShowsItsPassword(Honest):
    def __repr__(self):
        return f"ShowsItsPassword({self._config.password.get_secret_value()})"


class HidesItsSink(Honest):
    capabilities: ClassVar[Capabilities] = Capabilities(push=False)


for specimen in (Honest, *Honest.__subclasses__()):
    globals()[f"Test{specimen.__name__}"] = type(f"Test{specimen.__name__}", (conformance_suite(specimen),), {})
