"""The conformance kit for the mail connector, on the demo's server and on Dovecot."""

import pytest

from connectors.imap_mail.connector import ImapMail
from connectors.testing import conformance_suite
from tests.connectors_mail.servers import WRONG, simple_mail


class Case:
    stream = "message"

    def __init__(self, server):
        self.server = server
        self.secrets = server.secrets
        server.put(*(simple_mail(number) for number in range(1, 8)))

    def connect(self, **other):
        return self.server.connect(batch_rows=2, **other)

    def connect_with_wrong_credentials(self):
        return self.connect(password=WRONG)

    def connect_to_nowhere(self):
        return self.connect(port=1)

    def change_one(self):
        before = self.origins()
        self.server.put(simple_mail("new"))
        (changed,) = self.origins() - before
        return changed

    def origins(self):
        connector = self.connect()
        batches = list(connector.read(self.stream, None))
        connector.close()
        return {row["origin"] for batch in batches for row in batch.table.to_pylist()}


@pytest.fixture
def case(any_mail):
    return Case(any_mail)


class TestImapMail(conformance_suite(ImapMail)):
    pass
