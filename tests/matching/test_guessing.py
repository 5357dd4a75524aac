"""What columns are taken for: small tables as people keep them, in Chinese and in English."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from customer_master.resolution.attributes import KINDS
from customer_master.resolution.schema import Attribute
from hub.errors import UsageError
from hub.matching.grouping import attributes_of, texts_of, with_whole_name, without_redundant
from hub.matching.guessing import guess_columns
from hub.matching.reading import Records, read_records
from tests.matching.conftest import Write

Rows = Sequence[Sequence[str]]

CREDIT_CODES = ("91440300192203821U", "91310000607234567X", "91110108551385082Q", "91330100799655058B")

TABLES: dict[str, tuple[tuple[str, ...], Rows, tuple[str, ...]]] = {
    "zh customers": (
        ("公司名称", "联系电话", "地址", "统一社会信用代码"),
        (
            ("深圳市华强电子有限公司", "0755-26988888", "广东省深圳市南山区科技园南路1号", CREDIT_CODES[0]),
            ("上海宏达贸易有限公司", "021-62345678", "上海市浦东新区张杨路500号", CREDIT_CODES[1]),
            ("北京中科软件股份有限公司", "13912345678", "北京市海淀区中关村大街27号", CREDIT_CODES[2]),
            ("杭州西子机械厂", "0571-87654321", "杭州市西湖区文三路90号3幢", CREDIT_CODES[3]),
        ),
        ("company", "phone", "address", "identifier"),
    ),
    "zh name column of companies": (
        ("名称", "电话"),
        (("华强电子有限公司", "26988888"), ("宏达贸易公司", "62345678"), ("西子机械厂", "87654321")),
        ("company", "phone"),
    ),
    "zh name column of persons": (
        ("名称", "手机"),
        (("王小明", "13912345678"), ("李娜", "13812345679"), ("欧阳娜娜", "13712345670"), ("张伟", "")),
        ("person", "phone"),
    ),
    "zh persons": (
        ("姓名", "性别", "出生日期", "身份证号", "籍贯"),
        (
            ("王小明", "男", "1990-01-05", "440305199001050011", "广东"),
            ("李娜", "女", "1985年3月12日", "310101198503120022", "上海"),
            ("张伟", "男", "19771130", "110101197711300033", "北京"),
        ),
        ("person", "category", "date", "identifier", "place"),
    ),
    "zh family and given name": (
        ("姓", "名", "电子邮箱"),
        (("王", "小明", "wxm@example.com"), ("欧阳", "娜娜", "oy@example.com"), ("李", "娜", "lina@example.com")),
        ("family_name", "given_name", "email"),
    ),
    "zh ignored": (
        ("序号", "客户名称", "备注", "创建时间", "数据来源", "账户余额"),
        (
            ("1", "华强电子有限公司", "老客户，货款月结", "2024-01-05", "ERP", "1200.50"),
            ("2", "宏达贸易有限公司", "已停用", "2024-01-06", "CRM", "88.00"),
            ("3", "西子机械有限公司", "王总介绍", "2024-01-07", "ERP", "31500.00"),
        ),
        ("ignore", "company", "ignore", "ignore", "ignore", "ignore"),
    ),
    "zh divisions beside names": (
        ("省份", "城市", "区县", "邮编", "单位名称"),
        (
            ("广东省", "深圳市", "南山区", "518000", "华强电子有限公司"),
            ("浙江省", "杭州市", "西湖区", "310000", "西子机械厂"),
            ("江苏省", "苏州市", "吴中区", "215000", "苏绣工艺公司"),
        ),
        ("place", "place", "place", "postcode", "company"),
    ),
    "zh contacts": (
        ("客户名称", "联系人", "联系人电话", "法定代表人", "传真"),
        (
            ("华强电子有限公司", "王总", "13912345678", "王小明", "0755-26988889"),
            ("宏达贸易有限公司", "李娜", "13812345679", "李大为", ""),
            ("西子机械有限公司", "陈工", "13712345670", "陈晓东", "0571-87654322"),
        ),
        ("company", "person", "phone", "person", "phone"),
    ),
    "zh header that lies": (
        ("名称", "编号"),
        (("13912345678", "华强电子有限公司"), ("13812345679", "宏达贸易公司"), ("13712345670", "西子机械厂")),
        ("phone", "company"),
    ),
    "zh without any header": (
        ("F1", "F2", "F3", "F4"),
        (
            ("深圳市华强电子有限公司", "13912345678", "王小明", "深圳市南山区科技园南路1号"),
            ("上海宏达贸易有限公司", "021-62345678", "李娜", "上海市浦东新区张杨路500号"),
            ("杭州西子机械有限公司", "13712345670", "张伟", "杭州市西湖区文三路90号"),
        ),
        ("company", "phone", "person", "address"),
    ),
    "zh customers of an ERP": (
        (
            "客户编号",
            "客户全称",
            "简称",
            "英文名称",
            "纳税人识别号",
            "所属行业",
            "开户行",
            "银行账号",
            "成立日期",
            "注册资本",
        ),
        (
            (
                "C01",
                "深圳市华强电子有限公司",
                "华强",
                "Huaqiang Electronics Co. Ltd",
                CREDIT_CODES[0],
                "电子",
                "中国银行深圳分行",
                "6222020200112233445",
                "2001-03-05",
                "500万",
            ),
            (
                "C02",
                "上海宏达贸易有限公司",
                "宏达",
                "Hongda Trading Ltd",
                CREDIT_CODES[1],
                "贸易",
                "工商银行上海分行",
                "6222020200112233446",
                "1999-12-01",
                "1000万",
            ),
            (
                "C03",
                "杭州西子机械厂",
                "西子",
                "Xizi Machinery Works",
                CREDIT_CODES[2],
                "机械",
                "建设银行杭州分行",
                "6222020200112233447",
                "2010-06-18",
                "200万",
            ),
        ),
        (
            "ignore",
            "company",
            "company",
            "company",
            "identifier",
            "category",
            "category",
            "identifier",
            "date",
            "ignore",
        ),
    ),
    "accounts of a CRM": (
        (
            "Account Name",
            "Billing Street",
            "Billing City",
            "Billing State/Province",
            "Billing Zip/Postal Code",
            "Phone",
            "Contact First Name",
            "Contact Last Name",
            "Contact Email",
            "Annual Revenue",
            "Employees",
        ),
        (
            (
                "Acme Corp",
                "1 Main St",
                "Springfield",
                "IL",
                "62701",
                "(217) 555-0100",
                "Alan",
                "Hall",
                "a@acme.com",
                "1000000",
                "50",
            ),
            ("Globex", "2 Elm Ave", "Chicago", "IL", "60601", "312-555-0101", "Mary", "Jones", "", "250000", "7"),
            ("Initech LLC", "4120 Freidrich Ln", "Austin", "TX", "78744", "", "Peter", "Gibbons", "", "", "12"),
        ),
        (
            "company",
            "address",
            "place",
            "place",
            "postcode",
            "phone",
            "given_name",
            "family_name",
            "email",
            "ignore",
            "ignore",
        ),
    ),
    "a list of wanted persons": (
        ("entity", "aka", "dob", "passport", "nationality"),
        (
            ("AL-ZAWAHIRI, Ayman", "Abu Fatima", "1951-06-19", "1084010", "Egypt"),
            ("HUSSEIN, Ali", "Abu Ali", "1937-04-28", "", "Iraq"),
            ("PETROV, Ivan", "", "1970-01-05", "71 2345678", "Russia"),
        ),
        ("person", "person", "date", "identifier", "place"),
    ),
    "zh traditional": (
        ("公司名稱", "聯繫電話", "統一編號", "電郵"),
        (
            ("台灣積體電路製造股份有限公司", "03-5636688", "22099131", "a@example.tw"),
            ("鴻海精密工業股份有限公司", "02-22683466", "04541302", "b@example.tw"),
        ),
        ("company", "phone", "identifier", "email"),
    ),
    "organisations": (
        ("name", "address", "zip", "phone"),
        (
            ("golden gate day care center", "432 e. 134th street", "60827", "9287085"),
            ("abraham lincoln center", "501 e 32nd st", "60616", "2252223"),
            ("cole cpc", "412 s. keeler", "60624", "5346857"),
            ("holy angels school", "545 e. oakwood blvd.", "", ""),
        ),
        ("company", "address", "postcode", "phone"),
    ),
    "restaurants": (
        ("name", "addr", "city", "phone", "type"),
        (
            ("art's delicatessen", "12224 ventura blvd.", "studio city", "818/762-1221", "american"),
            ("campanile", "624 s. la brea ave.", "los angeles", "213/938-1447", "american"),
            ("hotel bel-air", "701 stone canyon rd.", "bel air", "310/472-1211", "californian"),
            ("fenix at the argyle", "8358 sunset blvd.", "w. hollywood", "213/848-6677", "french"),
        ),
        ("company", "address", "place", "phone", "category"),
    ),
    "persons": (
        ("first_name", "surname", "dob", "city", "email"),
        (
            ("Grace", "Kelly", "1991-04-26", "Hull", "grace.kelly52@jones.com"),
            ("Logan", "pMurphy", "1973-08-01", "", ""),
            ("Evie", "Dean", "2015-03-03", "Pootsmruth", "evied56@harris.net"),
        ),
        ("given_name", "family_name", "date", "place", "email"),
    ),
    "persons of Australia": (
        ("given_name", "surname", "suburb", "postcode", "state", "date_of_birth", "soc_sec_id"),
        (
            ("toby", "webb", "towradgi", "3107", "nsw", "19940503", "1232838"),
            ("harry", "stubs", "eaton", "7310", "vic", "19721113", "8317467"),
            ("lydia", "mccattmhy", "corio", "4670", "nsw", "19751220", "1835068"),
        ),
        ("given_name", "family_name", "place", "postcode", "place", "date", "identifier"),
    ),
    "persons of history": (
        ("full_name", "dob", "birth_place", "postcode_fake", "gender", "occupation"),
        (
            ("thomas clifford of chudleigh", "1630-08-01", "west devon", "tq13 8df", "male", "politician"),
            ("rhomas clifford, 1st baron", "1630-08-11", "devon", "tq13 8dg", "male", "politician"),
            ("jane austen", "1775-12-16", "steventon", "rg25 3be", "female", "writer"),
        ),
        ("person", "date", "place", "postcode", "category", "text"),
    ),
    "name column of persons": (
        ("id", "Name", "Telephone"),
        (("7", "Isla Hall", "+44 20 7946 0958"), ("12", "Evie Dean", "020 7946 0959"), ("40", "Jun Sato", "")),
        ("identifier", "person", "phone"),
    ),
    "name column of persons nobody has heard of": (
        ("name", "e-mail"),
        (("Yuki Sato", "y@example.jp"), ("Ravi Patel", "r@example.in"), ("Ngozi Okafor", "")),
        ("person", "email"),
    ),
    "name column of companies with legal forms": (
        ("Name", "VAT number", "Country"),
        (
            ("Siemens AG", "DE129273398", "Germany"),
            ("Müller & Söhne GmbH", "DE811907980", "Germany"),
            ("Philips N.V.", "NL002230884B01", "Netherlands"),
        ),
        ("company", "identifier", "place"),
    ),
    "last name first": (
        ("contact name", "phone number"),
        (("Hall, Isla", "(312) 555-0134"), ("Dean, Evie", "312-555-0199"), ("Webb, Toby", "312 555 0101 x12")),
        ("person", "phone"),
    ),
    "without any header": (
        ("a", "b", "c", "d", "e"),
        (
            ("grace.kelly52@jones.com", "1991-04-26", "+1 312 555 0134", "Grace Kelly", "12 Main Street"),
            ("evied56@harris.net", "2015-03-03", "+1 312 555 0199", "Evie Dean", "501 east 32nd street"),
            ("thall@example.com", "12 May 1990", "+1 312 555 0101", "Thomas Hall", "707 w 37th st"),
        ),
        ("email", "date", "phone", "person", "address"),
    ),
    "British postcodes without a header": (
        ("x", "name"),
        (("tq13 8df", "Kent Bakery Ltd"), ("SW1A 1AA", "Palace Stores"), ("M1 1AE", "Piccadilly Hotel")),
        ("postcode", "company"),
    ),
    "header that lies": (
        ("phone", "name"),
        (("thall@example.com", "1990-05-12"), ("evie@harris.net", "1991-04-26"), ("gk@jones.com", "2015-03-03")),
        ("email", "date"),
    ),
    "of a system": (
        ("CustomerID", "CompanyName", "CreatedAt", "LastUpdated", "source_system", "Remarks"),
        (
            ("C-0001", "Huaqiang Electronics Co., Ltd.", "2024-01-05", "2024-02-01", "ERP", "pays late"),
            ("C-0002", "Hongda Trading Ltd", "2024-01-06", "2024-02-01", "CRM", "see file"),
            ("C-0003", "Xizi Machinery Inc", "2024-01-07", "2024-02-03", "ERP", ""),
        ),
        ("ignore", "company", "ignore", "ignore", "ignore", "ignore"),
    ),
    "of banks": (
        ("legal_name", "tax_id", "date_of_incorporation", "registered_city", "website", "business_email"),
        (
            ("Overlook Advisors", "975-77-6510", "1981-01-13", "Lancaster", "www.gray.invalid", "a@gray.example"),
            ("EY", "", "1991-09-28", "Earlston", "www.patil.example", ""),
            ("Tesla", "127-78-9288", "1966-09-30", "Scranton", "www.layla.test", ""),
        ),
        ("company", "identifier", "date", "place", "text", "email"),
    ),
    "persons of a bank": (
        ("mobile_phone", "personal_administrative_number", "residential_address_line1", "nationality", "birthDate"),
        (
            ("+1-790-555-0130 x3170", "127-78-928849", "3714 County Rd", "AG", "1954-08-17"),
            ("", "", "3194 Birch Dr", "KE", "1989-09-19"),
            ("+1-789-555-0148", "128-70-118221", "0252 Washington St", "BF", "1965-01-30"),
        ),
        ("phone", "identifier", "address", "place", "date"),
    ),
    "mixed languages": (
        ("Customer Name 客户名称", "Tel 电话", "Email 邮箱", "City 城市"),
        (
            ("深圳市华强电子有限公司", "0755-26988888", "wang@example.com", "深圳"),
            ("Siemens AG", "+49 89 38035491", "info@example.de", "München"),
        ),
        ("company", "phone", "email", "place"),
    ),
    "an empty column": (
        ("name", "fax"),
        (("Siemens AG", ""), ("Bosch GmbH", ""), ("Philips N.V.", "")),
        ("company", "ignore"),
    ),
    "placeholders only": (
        ("name", "email"),
        (("Siemens AG", "n/a"), ("Bosch GmbH", "-"), ("Philips N.V.", "无")),
        ("company", "ignore"),
    ),
    "amounts": (
        ("name", "x"),
        (("Siemens AG", "1,200.50"), ("Bosch GmbH", "88.00"), ("Philips N.V.", "31500.75")),
        ("company", "ignore"),
    ),
    "one row": (("name", "phone"), (("Siemens AG", "+49 89 38035491"),), ("company", "phone")),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_columns_are_taken_for(write: Write, name: str) -> None:
    header, rows, kinds = TABLES[name]
    guesses = guess_columns(read_records(write(header, rows)), {})
    assert {g.column: g.kind for g in guesses} == dict(zip(header, kinds, strict=True))


def test_every_kind_is_guessed_somewhere() -> None:
    assert {kind for _, _, kinds in TABLES.values() for kind in kinds} == {*KINDS, "ignore"}


def many(write: Write, header: Sequence[str], rows: Sequence[Sequence[str]], order: Sequence[int] = ()) -> Records:
    path = write(header, rows)
    if order:
        first, *lines = path.read_text().splitlines()
        path.write_text("\n".join([first, *(lines[place] for place in order)]) + "\n")
    return read_records(path)


def test_columns_that_say_nothing_in_a_long_table(write: Write) -> None:
    header = ("no", "key", "status", "constant", "name", "notes")
    note = "The customer called about the delivery of last month and asks to be called back on day"
    rows = [
        (
            str(n + 500),
            f"{n * 7919 % 100003:x}f{n}",
            "AB"[n % 2],
            "retail",
            f"Trading Company {n % 70} Ltd",
            f"{note} {n}",
        )
        for n in range(200)
    ]
    guesses = guess_columns(many(write, header, rows), {})
    assert [(g.column, g.kind, g.why) for g in guesses] == [
        ("no", "ignore", "row numbers"),
        ("key", "ignore", "a key of its own in every record"),
        ("status", "category", "header"),
        ("constant", "ignore", "one value only"),
        ("name", "company", "header and values"),
        ("notes", "ignore", "header"),
    ]


@pytest.mark.parametrize("other", ["N/A", "1.5", "无", "９", "99999999999999999999"])
def test_a_value_that_is_no_number_among_running_ones(write: Write, other: str) -> None:
    rows = [(str(n), "Siemens AG") for n in range(1, 6)]
    (numbers, _) = guess_columns(read_records(write(("no", "name"), [*rows, (other, "Bosch GmbH")])), {})
    assert (numbers.kind, numbers.why) == ("identifier", "header")


def test_the_order_of_the_records_changes_nothing(write: Write) -> None:
    rng = random.Random(5)
    given, family = ("Isla", "Evie", "Thomas", "Jun", "Ravi"), ("Hall", "Dean", "Webb", "Sato", "Patel")
    rows = [
        (f"{rng.choice(given)} {rng.choice(family)}" if n % 3 else f"{rng.choice(family)} Stores", str(n))
        for n in range(9000)
    ]
    order = list(range(len(rows)))
    expected = guess_columns(many(write, ("name", "x"), rows), {})
    for _ in range(3):
        rng.shuffle(order)
        assert guess_columns(many(write, ("name", "x"), rows, order), {}) == expected


def attributes(write: Write, header: Sequence[str], rows: Rows, told: dict[str, str] | None = None) -> list[Attribute]:
    records = read_records(write(header, rows))
    return list(attributes_of(without_redundant(guess_columns(records, told or {}), records)))


def test_parts_of_an_address_are_one_address_in_words(write: Write) -> None:
    header = ("street_number", "address_1", "address_2", "suburb")
    rows = (
        ("6", "kent street", "", "towradgi"),
        ("32", "mckillop circuit", "telemon orchards", "corio"),
        ("", "", "", ""),
    )
    records = read_records(write(header, rows))
    schema = attributes_of(guess_columns(records, {}))
    assert schema[0] == Attribute("address", "address", header[:3], "words")
    assert texts_of(schema, records.columns)["address"][0].to_pylist() == [
        "6 kent street", "32 mckillop circuit telemon orchards", None,
    ]  # fmt: skip


def test_addresses_of_several_uses_and_telephones_are_values(write: Write) -> None:
    header = ("注册地址", "经营地址", "手机", "电话", "传真")
    rows = (
        ("深圳市南山区科技园南路1号", "深圳市福田区深南大道10号", "13912345678", "0755-26988888", "0755-26988889"),
        ("上海市浦东新区张杨路500号", "上海市静安区南京西路20号", "13812345679", "021-62345678", ""),
    )
    assert attributes(write, header, rows) == [
        Attribute("address", "address", header[:2], "values"),
        Attribute("phone", "phone", header[2:], "values"),
    ]


def test_other_names_of_a_company_are_values_and_a_group_is_not(write: Write) -> None:
    header = ("公司名称", "曾用名", "客户简称", "集团公司")
    rows = (
        ("深圳市华强电子有限公司", "深圳市华强实业有限公司", "华强电子公司", "华强集团有限公司"),
        ("上海宏达贸易有限公司", "", "宏达贸易公司", "宏达集团有限公司"),
    )
    assert attributes(write, header, rows) == [
        Attribute("公司名称", "company", header[:3]),
        Attribute("集团公司", "company", ("集团公司",)),
    ]


FULL = (
    ("thomas clifford of chudleigh", "thomas", "chudleigh", "tq13"),
    ("jane austen, author", "jane", "austen", "rg25"),
    ("mary shelley", "mary", "shelley", "nw1"),
)


def test_what_another_column_says_as_well_is_left_out(write: Write) -> None:
    header = ("full_name", "first_name", "surname", "district")
    assert [a.name for a in attributes(write, header, FULL)] == ["full_name", "district"]
    told = attributes(write, header, FULL, {"surname": "family_name"})
    assert [a.name for a in told] == ["full_name", "surname", "district"]


def test_a_part_that_says_more_stays(write: Write) -> None:
    rows = (("T. Clifford", "thomas", "clifford"), ("J. Austen", "jane", "austen"), ("", "mary", "shelley"))
    names = [
        a.name
        for a in attributes(write, ("name of person", "first_name", "surname"), rows, {"name of person": "person"})
    ]
    assert names == ["name of person", "first_name", "surname"]


def test_a_city_in_every_address_and_a_copy_are_left_out(write: Write) -> None:
    header = ("地址", "城市", "address (copy)")
    rows = tuple(
        (a, c, a) for a, c in (("深圳市南山区科技园南路1号", "深圳市"), ("上海市浦东新区张杨路500号", "上海市"))
    )
    assert [a.columns for a in attributes(write, header, rows)] == [("地址",)]


def _persons(reversed_: int, header: Sequence[str], write: Write) -> list[Attribute]:
    """Give the schema of a table of 100 persons, so many of whom stand in it once more with exchanged names."""
    names = [(f"given{number}", f"family{number}") for number in range(100)]
    names += [(family, given) for given, family in names[:reversed_]]
    rows = [
        (*name, f"19{60 + n % 30}-03-{n % 28 + 1:02}", f"p{n}@mail{n}.com")[: len(header)]
        for n, name in enumerate(names)
    ]
    records = read_records(write(header, rows))
    told = {"first_name": "given_name", "surname": "family_name"}
    return list(with_whole_name(attributes_of(guess_columns(records, told)), records))


def test_exchanged_names_are_compared_as_a_whole_too(write: Write) -> None:
    header = ("first_name", "surname", "dob", "email")
    first, *others = _persons(5, header, write)
    assert first == Attribute("person", "person", ("first_name", "surname"), "words")
    assert [attribute.name for attribute in others] == list(header)


def test_names_in_their_places_are_compared_once(write: Write) -> None:
    assert "person" not in {a.kind for a in _persons(0, ("first_name", "surname", "dob", "email"), write)}
    assert "person" not in {a.kind for a in _persons(5, ("first_name", "surname", "dob"), write)}


def test_a_person_may_say_what_columns_are(write: Write) -> None:
    records = read_records(write(("a", "b", "c"), (("Hall", "19900512", "Siemens AG"), ("Dean", "19910426", "Bosch"))))
    guesses = guess_columns(records, {"a": "name", "b": "ignore", "c": "text"})
    assert [(g.kind, g.by_hand) for g in guesses] == [("company", True), ("ignore", True), ("text", True)]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"dbo": "date"}, r"--map dbo=date: there is no column 'dbo'. Columns are: dob, name"),
        ({"dob": "day"}, r"--map dob=day: 'day' is nothing that a column can be. It can be: company, .*, name, ignore"),
        ({"truth": "text"}, r"--map truth=text: truth is no field of a record"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(write: Write, told: dict[str, str], sentence: str) -> None:
    records = read_records(write(("dob", "name"), (("1990-05-12", "Hall"),)))
    with pytest.raises(UsageError, match=sentence):
        guess_columns(records, told)
