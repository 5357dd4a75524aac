"""Whatever a SOAP service may answer: each failure is the error that says what to do next, and names nobody."""

import datetime as dt
import ipaddress
import sqlite3
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.errors import AuthenticationError, ConfigurationError, RetryableError
from connectors.transport import soap
from hub.demo.systems import pdm
from tests.support.pdm import PASSWORD, CannedServer, owner

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


def envelope(body: str, namespace: str = SOAP_11, prolog: str = "") -> str:
    return f'<?xml version="1.0"?>{prolog}<s:Envelope xmlns:s="{namespace}"><s:Body>{body}</s:Body></s:Envelope>'


def fault_11(code: str) -> str:
    return envelope(f"<s:Fault><faultcode>{code}</faultcode><faultstring>no access for 王伟</faultstring></s:Fault>")


def fault_12(code: str, subcode: str) -> str:
    codes = f"<s:Code><s:Value>{code}</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
    return envelope(f"<s:Fault>{codes}<s:Reason><s:Text>王伟</s:Text></s:Reason></s:Fault>", SOAP_12)


def rows_of(*changes: object) -> str:
    rows = "".join(
        f"<Owner><change>{n}</change><modified>2026-11-20T10:30:00</modified><id>OW{n}</id></Owner>" for n in changes
    )
    return envelope(f"<ReadOwnerResponse><ReadOwnerResult>{rows}</ReadOwnerResult></ReadOwnerResponse>")


def failure(server, kind, **options):
    """Read owners and return the error."""
    connector = server.connect(**options)
    try:
        with pytest.raises(kind) as caught:
            list(connector.read("owner", None))
    finally:
        connector.close()
    text = str(caught.value)
    assert type(caught.value) is kind
    assert "王伟" not in text
    assert PASSWORD not in text
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("body", "status", "kind", "told"),
    [
        (fault_11("s:Server"), 500, RetryableError, "fault Server)"),
        (fault_11("s:Server.Busy"), 500, RetryableError, "Server.Busy"),
        (fault_11("s:Client"), 500, ConfigurationError, "fault Client)"),
        (fault_11("s:Client.Range"), 200, ConfigurationError, "Client.Range"),
        (fault_11("s:MustUnderstand"), 500, ConfigurationError, "MustUnderstand"),
        (fault_11("wsse:FailedAuthentication"), 500, AuthenticationError, "FailedAuthentication"),
        (fault_11("s:Client.AuthenticationFailed"), 500, AuthenticationError, "AuthenticationFailed"),
        (fault_11("no code at all: 王伟"), 500, RetryableError, "without a code"),
        (fault_12("s:Receiver", "p:Maintenance"), 500, RetryableError, "Receiver.Maintenance"),
        (fault_12("s:Sender", "p:Unknown"), 400, ConfigurationError, "Sender.Unknown"),
        (fault_12("s:Sender", "wsse:InvalidSecurityToken"), 400, AuthenticationError, "InvalidSecurityToken"),
        (envelope("<s:Fault/>"), 401, AuthenticationError, "HTTP 401"),
        ("", 401, AuthenticationError, "HTTP 401"),
        ("", 403, AuthenticationError, "HTTP 403"),
        ("", 404, ConfigurationError, "HTTP 404"),
        ("", 429, RetryableError, "HTTP 429"),
        ("<html>busy</html>", 503, RetryableError, "HTTP 503"),
        (rows_of(1), 502, RetryableError, "HTTP 502"),
        ("<html><body>王伟</body></html>", 200, ConfigurationError, "SOAP envelope"),
        ("王伟", 200, ConfigurationError, "SOAP envelope"),
        ("", 200, ConfigurationError, "Check the address"),
        (envelope("", "urn:other"), 200, ConfigurationError, "unknown version"),
        (rows_of(1)[:-40], 200, RetryableError, "not well-formed"),
        (rows_of(1, 2, "&#1;", 3), 200, RetryableError, "not well-formed"),
    ],
)
def test_each_answer_is_the_error_that_says_what_to_do(canned, body, status, kind, told):
    canned.answers(body, status)
    assert told in failure(canned, kind)


BOMB = (
    "<!DOCTYPE s [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    + "]>"
)


@pytest.mark.parametrize(
    ("prolog", "text"),
    [
        (BOMB, "&m;"),
        ("<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "&x;"),
        ("<!DOCTYPE s SYSTEM 'http://127.0.0.1:1/x.dtd'>", ""),
    ],
    ids=["entity bomb", "file", "external DTD"],
)
def test_document_types_and_entities_are_refused_at_once(canned, prolog, text):
    row = f"<Owner><change>1</change><modified>2026-11-20T10:30:00</modified><id>{text}</id></Owner>"
    canned.answers(envelope(row, prolog=prolog))
    started = time.monotonic()
    assert "document type definition" in failure(canned, ConfigurationError)
    assert time.monotonic() - started < 3
    canned.answers(f"{prolog}<root>{text}</root>")
    failure(canned, ConfigurationError)


def test_a_wsdl_with_entities_is_refused(canned):
    canned.wsdl = b"<!DOCTYPE d [<!ENTITY a 'b'>]>" + canned.wsdl.split(b"?>", 1)[1]
    assert "WSDL cannot be read" in failure(canned, ConfigurationError)


def test_a_redirect_is_not_followed(canned):
    canned.answers("", 307, Location=f"{canned.url}/elsewhere")
    assert "HTTP 307" in failure(canned, ConfigurationError)
    assert len(canned.requests) == 1


def test_a_silent_service_is_given_up(canned):
    over = threading.Event()
    canned.answer = lambda _: over.wait(20)
    started = time.monotonic()
    try:
        assert "ReadTimeout" in failure(canned, RetryableError, timeout_seconds=0.3)
        assert time.monotonic() - started < 5
    finally:
        over.set()


def test_a_dripping_service_is_given_up_too(canned):
    over = threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            handler.wfile.write(b"<!-- ")
            while not over.wait(0.05):
                handler.wfile.write(b".")
        except OSError:
            return

    canned.answer = drip
    started = time.monotonic()
    try:
        assert "not complete after 3 seconds" in failure(canned, RetryableError, timeout_seconds=0.3)
        assert time.monotonic() - started < 10
    finally:
        over.set()


def test_an_answer_without_end_is_given_up(canned, monkeypatch):
    monkeypatch.setattr(soap, "LARGEST_ANSWER", 1024**2)
    canned.answers(envelope("<x>" + "z" * 1000 + "</x>" + "<y/>" * 500_000))
    assert "larger than 1 MiB" in failure(canned, ConfigurationError)


def test_one_large_page_is_read_as_it_arrives(canned):
    canned.answer = lambda h: canned.write(h, rows_of(*range(1, 20_001) if len(canned.requests) == 1 else ()).encode())
    connector = canned.connect()
    (batch,) = connector.read("owner", None)
    connector.close()
    assert (batch.table.num_rows, batch.cursor) == (20_000, {"after": 20_000})


@pytest.mark.parametrize("changes", [(2, 1), (1, 1), (0,), ("",), ("x",)], ids=repr)
def test_a_service_without_ascending_change_numbers_is_named(canned, changes):
    canned.answers(rows_of(*changes))
    assert "change number" in failure(canned, ConfigurationError)


def test_the_wsdl_is_read_once_in_a_process(canned):
    canned.answers(rows_of())
    for _ in range(3):
        connector = canned.connect()
        connector.check()
        assert list(connector.read("owner", None)) == []
        connector.close()
    assert (canned.wsdl_reads, len(canned.requests)) == (1, 6)


def test_a_wsdl_that_could_not_be_had_is_asked_for_again(canned):
    canned.answers(rows_of())
    for status, kind in ((503, RetryableError), (404, ConfigurationError), (401, AuthenticationError)):
        canned.wsdl_status = status
        failure(canned, kind)
    right, canned.wsdl_status = canned.wsdl, 200
    for wsdl in (b"<html></html>", b"nothing", b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>'):
        canned.wsdl = wsdl
        assert "WSDL" in failure(canned, ConfigurationError)
    canned.wsdl = right
    canned.connect().check()


def test_a_password_goes_to_the_configured_address_only(canned, demo_pdm_process):
    assert demo_pdm_process.url.encode() in canned.wsdl, "the WSDL names another address"
    canned.answers(rows_of())
    canned.connect(password_type="text").check()
    assert PASSWORD.encode() in canned.requests[-1]
    canned.connect(password_type="digest").check()
    assert PASSWORD.encode() not in canned.requests[-1]


def test_schemas_of_other_hosts_are_not_fetched(canned):
    away = b'<xs:import namespace="urn:x" schemaLocation="http://127.0.0.1:1/x.xsd"/><xs:complexType name="Customer'
    canned.wsdl = canned.wsdl.replace(b'<xs:complexType name="Customer', away, 1)
    assert "another host" in failure(canned, ConfigurationError)


def test_a_service_of_another_release_is_named(canned):
    canned.wsdl = canned.wsdl.replace(b"ReadItem", b"ReadThing")
    with pytest.raises(ConfigurationError, match="does not have ReadItem"):
        canned.connect().check()


def test_the_demo_service_refuses_a_senseless_question(pdm_server):
    session = pdm_server.connect()._session
    with pytest.raises(ConfigurationError, match=r"Client\.Range"):
        list(session.rows("ReadOwner", "Owner", after=0, limit=0))
    with pytest.raises(ConfigurationError, match="no operation ReadOwner with the arguments since"):
        list(session.rows("ReadOwner", "Owner", since=0))
    session.close()


def test_a_service_whose_database_fails_is_asked_again_later(pdm_server):
    pdm_server.load("owner", owner(1))
    with pdm.opened(pdm_server.database) as connection:
        connection.execute("ALTER TABLE record RENAME TO lost")
    try:
        assert r"Server.Unavailable" in failure(pdm_server, RetryableError)
    finally:
        with sqlite3.connect(pdm_server.database) as connection:
            connection.execute("ALTER TABLE lost RENAME TO record")
    assert len(pdm_server.read("owner")) == 1


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate for the loopback address that signs itself; return its file and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pdm")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    # Python 3.13 demands of an authority that it identifies its key and says what the key is for
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    builder = builder.add_extension(issuer, critical=False)
    uses = dict.fromkeys(
        [
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ],
        False,
    )
    usage = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **uses)
    builder = builder.add_extension(usage, critical=True)
    made = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(private)
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def test_a_certificate_must_be_trusted(pdm_wsdl, certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    server = CannedServer(pdm_wsdl, tls)
    try:
        server.answers(rows_of())
        assert "certificate" in failure(server, AuthenticationError)
        assert server.requests == []
        connector = server.connect(ca_file=str(certificate[0]))
        connector.check()
        connector.close()
        missing = server.connect(ca_file=str(certificate[0].with_name("missing.pem")))
        with pytest.raises(ConfigurationError, match="ca_file"):
            missing.check()
    finally:
        server.close()
