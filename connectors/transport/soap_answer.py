"""A SOAP answer read as it arrives: rows one by one in flat memory, faults, and nothing that makes XML dangerous."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

_CODE = re.compile(r"[\w.:-]{1,80}")
_ENVELOPES = {
    "{http://schemas.xmlsoap.org/soap/envelope/}Envelope",
    "{http://www.w3.org/2003/05/soap-envelope}Envelope",
}


class FaultAnswerError(Exception):
    """The service answered with a fault.

    Args:
        codes: local names of the fault's codes, the general one first; its text is left out, it may name people.
    """

    def __init__(self, codes: tuple[str, ...]) -> None:
        self.codes = codes
        super().__init__(".".join(codes))


class NoSoapAnswerError(Exception):
    """What came is no SOAP envelope, or one that is refused for our safety.

    Args:
        why: end of a sentence that begins with the service.
    """


class BrokenAnswerError(Exception):
    """An envelope began and did not end as XML must."""


def read_rows(chunks: Iterable[bytes], row: str) -> Iterator[etree._Element]:
    """Yield the rows of an answer while it arrives; a row is only valid until the next one is asked for.

    Args:
        chunks: the body of the answer.
        row: local name of the rows' elements.

    Raises:
        FaultAnswerError: it is a fault.
        NoSoapAnswerError: it is no envelope, or it has a DTD.
        BrokenAnswerError: it breaks off, or it is not well-formed further on.
    """
    # entities are never resolved, and the limits of libxml2 on depth and size of a text stay in force
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=("{*}Envelope", "{*}Fault", f"{{*}}{row}"),
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    begun = ended = False
    for event, element in _events(parser, chunks):
        name = etree.QName(element).localname
        if event == "start":
            if name == "Envelope":
                _check_envelope(element)
                begun = True
            elif not begun:
                raise NoSoapAnswerError("does not answer with a SOAP envelope")
        elif name == row:
            yield element
            _forget(element)
        elif name == "Fault":
            raise FaultAnswerError(_codes(element))
        ended = ended or (event == "end" and name == "Envelope")
    if not begun:
        raise NoSoapAnswerError("does not answer with a SOAP envelope")
    if not ended:
        raise BrokenAnswerError


def _events(parser: etree.XMLPullParser, chunks: Iterable[bytes]) -> Iterator[tuple[str, etree._Element]]:
    """Yield what the parser meets, up to where the text is no XML any more."""
    try:
        for chunk in chunks:
            parser.feed(chunk)
            yield from parser.read_events()  # type: ignore[misc] # it was asked for elements only
        parser.close()
    except etree.XMLSyntaxError:
        # what stood before tells what kind of answer it was, e.g. one whose entities even libxml2 gave up
        yield from parser.read_events()  # type: ignore[misc] # it was asked for elements only


def _check_envelope(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise NoSoapAnswerError("answers with a document type definition, which SOAP forbids")
    if element.tag not in _ENVELOPES:
        raise NoSoapAnswerError("answers with an envelope of an unknown version of SOAP")


def _forget(element: etree._Element) -> None:
    """Take a row and what stands before it out of the tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _codes(fault: etree._Element) -> tuple[str, ...]:
    """Find the codes of a fault of SOAP 1.1 or 1.2, or of a mixture of them.

    >>> _codes(etree.XML("<Fault><faultcode>soap:Server.Busy</faultcode><faultstring>王伟</faultstring></Fault>"))
    ('Server', 'Busy')
    >>> subcode = "<Subcode><Value>w:BadToken</Value></Subcode>"
    >>> _codes(etree.XML(f"<Fault><Code><Value>s:Sender</Value>{subcode}</Code></Fault>"))
    ('Sender', 'BadToken')
    """
    texts = fault.xpath(".//*[local-name()='faultcode' or local-name()='Value']/text()")
    assert isinstance(texts, list)  # noqa: S101 - an XPath that selects text gives a list
    found = [text.strip() for text in texts if isinstance(text, str)]
    return tuple(part for text in found if _CODE.fullmatch(text) for part in text.rpartition(":")[2].split("."))
