"""Channel event log (cel_custom): the only log that tells which channels belong to one call."""

from typing import NamedTuple

from connectors.asterisk import lines

COLUMNS = ("eventtype", "eventtime", "cid_num", "exten", "channel", "uniqueid", "linkedid")


class CelEvent(NamedTuple):
    """Something that happened to a channel; ``time`` in seconds since 1970 UTC."""

    kind: str
    time: float
    number: str
    exten: str
    channel: str
    uniqueid: str
    linkedid: str

    @property
    def begins_channel(self) -> bool:
        """Whether this is the birth of a channel."""
        return self.kind == "CHAN_START"

    @property
    def begins_call(self) -> bool:
        """Whether this is the birth of the channel that gives the call its linkedid."""
        return self.begins_channel and self.uniqueid == self.linkedid


def read_cel(data: bytes) -> CelEvent:
    """Read one line.

    Raises:
        UnreadableLineError: it cannot be read.

    Example:
        >>> read_cel(b'"CHAN_START","1793500000.250000","13912345678","4008","PJSIP/t-1","1793500000.1","1793500000.1"')
        ... # doctest: +ELLIPSIS
        CelEvent(kind='CHAN_START', time=1793500000.25, number='13912345678', exten='4008', ...)
    """
    kind, time, number, exten, channel, uniqueid, linkedid = lines.cells(data, len(COLUMNS))
    lines.required(("eventtype", "uniqueid", "linkedid"), (kind, uniqueid, linkedid))
    return CelEvent(kind, lines.epoch(time, "eventtime"), number, exten, channel, uniqueid, linkedid)


def ids_of(data: bytes) -> tuple[str, str]:
    """Return uniqueid and linkedid of a line without reading the rest of it; for looking for few among many.

    Example:
        >>> ids_of(b'"HANGUP","1793500000.5","","","PJSIP/t-1","1793500000.2","1793500000.1"')
        ('1793500000.2', '1793500000.1')
    """
    _, _, ids = data.partition(b",")
    pair = [part.strip(b'"').decode(errors="replace") for part in ids.rsplit(b",", 2)[-2:]]
    return (pair[0], pair[1]) if len(pair) == 2 else ("", "")
