"""What lies in the sales office's mailbox: customers, their colleagues, strangers, newsletters, our own answers.

Beside each mail stands the truth: the customer it must be attributed to by what the written records say, if any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from hub.demo.landscape import contacts, mail_formats
from hub.demo.landscape.activities import ActivityTruth, SharedPoints, attribute, points_in, points_of, shared_points
from hub.demo.landscape.customers import Customer
from hub.demo.landscape.landscape import Landscape
from hub.demo.landscape.mail_formats import Letter

OWN_DOMAIN = "jianghe-valves.example"
"""Mail domain of the enterprise itself."""
_OWN_NAME, _OWN_PHONE = "江河阀门股份有限公司", "021-80000000"
_SALES = ("江河阀门销售部", f"sales@{OWN_DOMAIN}")
_UTC = timezone(timedelta(0))
_FIRST_DAY = datetime(2026, 8, 3, tzinfo=UTC)
_DAYS = 88
_SHARE = 0.46
"""Share of the customers that a mail comes from or goes to."""
_NEWSLETTERS_PER_BLOCK = 2
_NEWSLETTERS = (
    ("Valve World Weekly", "news@valveworld-weekly.example", "Issue {n}: trends in industrial valves"),
    ("行业资讯", "edm@hangye-news.example", "【行业资讯】第{n}期：原材料价格周报"),
    ("展会组委会", "invite@expo-centre.example", "邀请函：第{n}届国际流体机械展览会"),
)
_CHINESE_PURPOSES = (
    ("询价：{p}", "我司需采购{p}共{n}件（单位：㎡、件），请报含税价和交期。"),
    ("{p}到货问题", "上周收到的{p}有{n}件密封面有划痕，请安排处理。"),
    ("催货：{p}订单", "我司订购的{p}（{n}件）何时发货？项目现场很急。"),
    ("发票信息变更", "我司开票资料已变更，{p}的{n}张发票请按新资料开具。"),
    ("{p}技术资料", "请提供{p}的安装图和检验报告，共{n}个规格。"),
)
_WESTERN_PURPOSES = (
    ("Inquiry: {p}", "Please quote {n} pcs of {p}, price and lead time."),
    ("Damaged goods: {p}", "{n} pcs of the {p} we got last week are scratched. Please advise."),
    ("Delivery of {p}", "When will our order of {n} pcs {p} be shipped?"),
    ("Invoice details", "Our invoice details have changed, please correct {n} invoices for {p}."),
    ("Drawings of {p}", "Please send drawings and test reports of {p}, {n} sizes."),
)
_PRODUCTS = (
    ("DN50球阀", "DN50 ball valve"), ("DN200蝶阀", "DN200 butterfly valve"), ("Z41H闸阀", "Z41H gate valve"),
    ("电动执行器", "electric actuator"), ("减压阀", "pressure reducing valve"), ("止回阀", "check valve"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of the mailbox.

    Args:
        name: unique within a landscape, fit for a file name.
        raw: the mail as bytes, RFC 5322.
        received: when the server got it.
        truth: ``ref`` is the Message-ID without brackets.
    """

    name: str
    raw: bytes
    received: datetime
    truth: ActivityTruth


def mails(landscape: Landscape, shared: SharedPoints | None = None) -> Iterator[Mail]:
    """Write the mails of a landscape, about one for two customers, in memory that does not grow.

    Args:
        landscape: whose customers write; each block has a source of chance of its own.
        shared: :func:`~hub.demo.landscape.activities.shared_points` of the landscape if they are at hand.
    """
    known = shared if shared is not None else shared_points(landscape)
    for number, block in enumerate(landscape.blocks()):
        carriers = points_of(landscape, number, block)
        desk = _Desk(number, Random(f"{landscape.seed}/mail/{number}"), carriers, known)
        for customer in block.customers:
            if customer.kind != "nobody" and desk.rng.random() < _SHARE:
                yield desk.from_or_to(customer)
        for _ in range(_NEWSLETTERS_PER_BLOCK):
            yield desk.newsletter()


class _Desk:
    """Writes the mails of one block."""

    def __init__(self, block: int, rng: Random, carriers: Mapping[str, set[str]], shared: SharedPoints) -> None:
        self.block = block
        self.rng = rng
        self.carriers = carriers
        self.shared = shared
        self.written = 0

    def from_or_to(self, customer: Customer) -> Mail:
        """Write a mail that a customer sent or got."""
        kind = self.rng.choices(("written", "phone", "colleague", "stranger", "outbound"), (46, 16, 14, 8, 16))[0]
        addresses, phones = self._recorded((customer.email, customer.second_email)), self._phones(customer)
        if kind in {"written", "outbound"} and not addresses:
            kind = "phone"
        if kind == "colleague" and not customer.domain:
            kind = "stranger"
        person = customer.contact or customer.name
        match kind:
            case "outbound":
                return self._outbound(customer, person, self.rng.choice(addresses))
            case "written":
                return self._inbound(customer, person, self.rng.choice(addresses), phones)
            case "phone":
                return self._inbound(customer, person, self._new_address(""), phones)
            case "colleague":
                colleague = "Robin Taylor" if customer.kind == "foreign" else contacts.some_person(self.rng)
                return self._inbound(customer, colleague, self._new_address(customer.domain), [])
            case _:
                return self._inbound(customer, person, self._new_address(""), [])

    def newsletter(self) -> Mail:
        """Write a mail that concerns no customer."""
        name, address, subject = self.rng.choice(_NEWSLETTERS)
        issue = self.rng.randint(100, 999)
        unsubscribe = f"退订 / unsubscribe: https://{address.partition('@')[2]}/u/{issue}"
        lines = ("您好，", "", "以下为本期内容，如不需要请退订。", "", unsubscribe)
        letter = self._letter((name, address), _SALES, subject.format(n=issue), lines, _UTC)
        return self._mail(letter, self._format(chinese=True), ())

    def _inbound(self, customer: Customer, person: str, address: str, phones: Sequence[str]) -> Mail:
        chinese = customer.kind != "foreign"
        subject, text = self._purpose(chinese=chinese)
        signature = self._signature(customer, person, address, phones, chinese=chinese)
        greeting = "您好：" if chinese else "Dear sales team,"
        shown = person if self.rng.random() < 0.8 else ""
        letter = self._letter(
            (shown, address), _SALES, subject, (greeting, "", text, "", *signature), self._zone(chinese=chinese)
        )
        if self.rng.random() < 0.15:
            letter = replace(letter, attachments=(self._attachment(chinese=chinese),))
        return self._mail(letter, self._format(chinese=chinese), (address, *phones))

    def _outbound(self, customer: Customer, person: str, address: str) -> Mail:
        chinese = customer.kind != "foreign"
        subject, _ = self._purpose(chinese=chinese)
        lines = (
            (f"{person}，您好：", "", "来函收悉，报价单随后寄出。", "", "销售部 李静", _OWN_NAME, f"电话：{_OWN_PHONE}")
            if chinese
            else (
                f"Dear {person},",
                "",
                "Thank you, our offer follows.",
                "",
                "Best regards",
                "Jing Li",
                f"Tel: {_OWN_PHONE}",
            )
        )
        letter = self._letter(_SALES, (person, address), f"Re: {subject}", lines, self._zone(chinese=True))
        letter = replace(letter, answers=f"{self.rng.randrange(16**10):010x}@{address.partition('@')[2]}")
        return self._mail(letter, mail_formats.utf8, (address,))

    def _letter(
        self, sender: tuple[str, str], recipient: tuple[str, str], subject: str, lines: tuple[str, ...], zone: timezone
    ) -> Letter:
        minutes = self.rng.randrange(9 * 60, 18 * 60)
        sent = _FIRST_DAY + timedelta(days=self.rng.randrange(_DAYS), minutes=minutes, seconds=self.rng.randrange(60))
        serial = f"{self.block:06d}{self.written:03d}"
        domain = sender[1].partition("@")[2]
        return Letter(
            f"{serial}.{self.rng.randrange(16**8):08x}@{domain}",
            sender,
            recipient,
            sent.replace(tzinfo=zone),
            subject,
            lines,
        )

    def _mail(self, letter: Letter, write: mail_formats.Format, points: Sequence[str]) -> Mail:
        entity, reason = attribute(points_in(*points), self.carriers, self.shared)
        truth = ActivityTruth("mail", "message", letter.message_id, entity, reason)
        received = letter.sent.astimezone(UTC) + timedelta(seconds=self.rng.randint(1, 90))
        name = f"{self.block:06d}-{self.written:03d}"
        self.written += 1
        return Mail(name, write(letter, self.rng), received, truth)

    def _recorded(self, values: Sequence[str]) -> list[str]:
        """Keep the values that some written record carries."""
        return [value for value in values if value and any(point in self.carriers for point in points_in(value))]

    def _phones(self, customer: Customer) -> list[str]:
        found = self._recorded((customer.landline, customer.mobile, customer.second_landline))
        mine = [v for v in found if any(customer.entity in self.carriers[p] for p in points_in(v))]
        return mine[: self.rng.randint(1, 2)]

    def _new_address(self, domain: str) -> str:
        """Make an address that no record carries."""
        while True:
            person = contacts.some_person(self.rng)
            address = contacts.some_email(self.rng, domain, person)
            if not any(point in self.carriers for point in points_in(address)):
                return address

    def _purpose(self, *, chinese: bool) -> tuple[str, str]:
        subject, text = self.rng.choice(_CHINESE_PURPOSES if chinese else _WESTERN_PURPOSES)
        product = self.rng.choice(_PRODUCTS)
        values = {"p": product[0] if chinese else product[1], "n": self.rng.randint(2, 60)}
        return subject.format(**values), text.format(**values)

    def _signature(
        self, customer: Customer, person: str, address: str, phones: Sequence[str], *, chinese: bool
    ) -> list[str]:
        company = [customer.name] if customer.kind != "person" else []
        if not chinese:
            labels = self.rng.choice((("Tel", "Mobile"), ("T", "M"), ("Phone", "Cell")))
            shown = [f"{label}: {phone}" for label, phone in zip(labels, phones, strict=False)]
            return ["Best regards,", person, *company, *shown, f"E-mail: {address}"]
        shown = [f"{'手机' if _is_mobile(phone) else '电话'}：{self._written(phone)}" for phone in phones]
        closing = self.rng.choice((["顺祝商祺！"], ["此致", "敬礼"], ["--"], ["谢谢！"]))
        mail_line = [f"邮箱：{address}"] if self.rng.random() < 0.5 else []
        return [*closing, person, *company, *shown, *mail_line]

    def _written(self, phone: str) -> str:
        """Write a Chinese number as people do in signatures."""
        digits = phone.replace("-", "")
        if _is_mobile(phone):
            return self.rng.choice((digits, f"{digits[:3]} {digits[3:7]} {digits[7:]}", f"+86 {digits}"))
        return self.rng.choice((phone, phone.replace("-", " "), f"+86-{phone.removeprefix('0')}"))

    def _attachment(self, *, chinese: bool) -> tuple[str, bytes]:
        name = self.rng.choice(("采购清单.xlsx", "开票资料.pdf", "现场照片.jpg")) if chinese else "purchase_order.pdf"
        return name, self.rng.randbytes(self.rng.randint(200, 3000))

    def _format(self, *, chinese: bool) -> mail_formats.Format:
        formats = mail_formats.CHINESE if chinese else mail_formats.WESTERN
        return self.rng.choices([write for write, _ in formats], [share for _, share in formats])[0]

    def _zone(self, *, chinese: bool) -> timezone:
        return timezone(timedelta(hours=8 if chinese else self.rng.choice((-5, 0, 1, 9))))


def _is_mobile(phone: str) -> bool:
    return len(phone) == 11 and phone.startswith("1")
