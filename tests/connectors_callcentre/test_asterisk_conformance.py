"""The conformance kit for both streams, on the demo's SFTP server and on OpenSSH."""

import pytest

from connectors.asterisk.connector import Asterisk
from connectors.testing import conformance_suite
from tests.connectors_callcentre.call_centre import logs_of, planned


class Case:
    def __init__(self, centre):
        self.centre = centre
        self.secrets = centre.server.secrets
        centre.append_logs(logs_of(*(planned(n) for n in range(6))))
        centre.journal(
            "R1,2026-11-01 12:00:00,reported,13912340000,宏达,报修,,陈静怡,",
            "R2,2026-11-01 12:01:00,reported,13912340001,,,,,",
            "R3,2026-11-01 12:02:00,reported,13912340002,,,,,",
            "R1,2026-11-01 12:03:00,accepted,,,,,陈静怡,已受理",
            "R4,2026-11-01 12:04:00,reported,13912340003,,,,,",
        )

    def connect(self, **other):
        return self.centre.connect(batch_rows=2, **other)

    def connect_with_wrong_credentials(self):
        return self.connect(**self.centre.server.wrong_login)

    def connect_to_nowhere(self):
        return self.connect(port=1)


class CallCase(Case):
    stream = "call"

    def change_one(self):
        call = planned(7)
        self.centre.append_logs(logs_of(call))
        return f"linkedid,{call.linkedid}"


class RequestCase(Case):
    stream = "service_request"

    def change_one(self):
        self.centre.journal("R2,2026-11-01 13:00:00,handled,,,,,王晓燕,已处理")
        return "service/requests.csv:7"


@pytest.fixture(params=[CallCase, RequestCase])
def case(request, any_centre):
    return request.param(any_centre)


class TestAsterisk(conformance_suite(Asterisk)):
    pass
