"""The canonical model: what is written fits its schema, reads back equal, and older models are read, too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from customer_master.store.decision_tables import RELATIONS
from customer_master.store.tables import source_record
from mappings.canonical import (
    ENTITIES,
    MODEL_VERSION,
    CanonicalRecord,
    Consent,
    ConsentState,
    DataClass,
    Kind,
    Name,
    NameType,
    Party,
    Reference,
    Relation,
    Role,
    canonical_hash,
    data_classes,
    from_payload,
    read_payload,
    reading,
    to_payload,
)
from mappings.canonical.model_schema import FILE, model_schema, written_schema
from mappings.language import Mapped, MappingError, compile_mapping, parse_mapping

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)
for kind, drawn in ((str, TEXTS), (datetime, INSTANTS), (date, st.dates()), (Decimal, DECIMALS)):
    st.register_type_strategy(kind, drawn)


def contents(content: type) -> st.SearchStrategy[Any]:
    if content is Party:  # its roles are held as text
        roles = st.lists(st.sampled_from([str(role) for role in Role]), max_size=3).map(tuple)
        return st.builds(content, roles=roles, **{f.name: st.from_type(get_type_hints(Party)[f.name])
                                                  for f in fields(Party) if f.name != "roles"})  # fmt: skip
    hints = get_type_hints(content)
    return st.builds(content, **{f.name: st.from_type(hints[f.name]) for f in fields(content)})


REFERENCES = st.builds(Reference, st.sampled_from([str(r) for r in Relation]), TEXTS, TEXTS, TEXTS)
SCHEMA = model_schema()


def mistakes(entity: str, payload: Mapping[str, Any]) -> list[str]:
    validator = Draft202012Validator({"$ref": f"#/$defs/{entity}", "$defs": SCHEMA["$defs"]})
    return [error.message for error in validator.iter_errors(payload)]


def said(record: CanonicalRecord) -> dict[str, Any]:
    """Give the payload as a database gives it back."""
    payload: dict[str, Any] = json.loads(json.dumps(to_payload(record)))
    return payload


@pytest.mark.parametrize("entity", ENTITIES)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the time it takes is the machine's
@given(data=st.data())
def test_every_record_fits_the_schema_and_reads_back_equal(entity: str, data: st.DataObject) -> None:
    content = data.draw(contents(ENTITIES[entity]))
    references = tuple(data.draw(st.lists(REFERENCES, max_size=2)))
    payload = said(CanonicalRecord(entity, "t", "1", content, references=references))
    assert mistakes(entity, payload) == []
    assert read_payload(entity, payload) == content


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "firm"},
        {"roles": ["king"]},
        {"names": [{"text": "华强", "type": "registered"}]},
        {"names": [{"text": "华强", "type": "registered", "language": "zh", "valid_from": "1.1.2020"}]},
        {"nmaes": []},
        {"model": MODEL_VERSION + 1},
        {"references": [{"relation": "friend_of", "system": "erp", "record_type": "party", "key": "1"}]},
    ],
)
def test_what_the_model_does_not_know_does_not_fit(wrong: Mapping[str, Any]) -> None:
    payload = said(CanonicalRecord("party", "t", "1", Party(Kind.ORGANISATION)))
    assert mistakes("party", payload) == []
    assert mistakes("party", {**payload, **wrong})


def test_the_schema_in_the_project_is_the_models() -> None:
    assert FILE.read_text(encoding="utf-8") == written_schema(), "write it anew with: hub mapping schema"


def _types(content: type) -> set[type]:
    """List a type of the model and those of its parts."""
    hints = get_type_hints(content)
    parts = {part for hint in hints.values() for part in (hint, *get_args(hint)) if is_dataclass(part)}
    return {content}.union(*(_types(part) for part in parts if isinstance(part, type)))


def test_every_attribute_of_every_part_has_a_data_class() -> None:
    for type_ in set().union(*map(_types, ENTITIES.values()), _types(Reference)):
        assert [f.name for f in fields(type_) if not isinstance(f.metadata.get("data_class"), DataClass)] == []
    assert data_classes(Consent)["evidence"] is DataClass.SENSITIVE
    unclassed = [
        f"{name}.{attribute}"
        for name, form in SCHEMA["$defs"].items()
        for attribute, said_of in form.get("properties", {}).items()
        if "x-data-class" not in said_of and attribute not in ("model", "references")
    ]
    assert unclassed == []


def test_days_of_a_name_are_stored_only_when_the_source_says_them() -> None:
    plain = said(CanonicalRecord("party", "t", "1", Party(Kind.ORGANISATION, (Name("华强", language="zh"),))))
    assert plain["names"] == [{"text": "华强", "type": "registered", "language": "zh"}]
    ended = Name("华强厂", NameType.FORMER, "zh", valid_to=date(2019, 12, 31))
    dated = said(CanonicalRecord("party", "t", "1", Party(Kind.ORGANISATION, (ended,))))
    assert dated["names"] == [{"text": "华强厂", "type": "former", "language": "zh", "valid_to": "2019-12-31"}]
    assert from_payload(dated).names == (ended,)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("华强电子", "Hans"), ("華強電子", "Hant"), ("ABB中国", "Hans"), ("ひかり製作所", "Jpan"), ("Siemens", "Latn"),
        ("Газпром", "Cyrl"), ("7-11", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_script_of_a_name_follows_from_its_text(text: str, script: str) -> None:
    assert Name(text).script == script


@pytest.fixture
def of_an_older_model(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A payload of two models ago, when names stood under ``called`` and then under ``titles``."""
    older = {
        MODEL_VERSION - 2: lambda p: {**{k: v for k, v in p.items() if k != "called"}, "titles": [p["called"]]},
        MODEL_VERSION - 1: lambda p: {
            **{k: v for k, v in p.items() if k != "titles"},
            "names": [{"text": text, "type": "registered", "language": "zh"} for text in p["titles"]],
        },
    }
    monkeypatch.setattr(reading, "UPCASTS", older)
    return {"model": MODEL_VERSION - 2, "kind": "organisation", "called": "华强电子", "references": []}


def test_a_payload_of_an_older_model_is_read_step_by_step(of_an_older_model: dict[str, Any]) -> None:
    before = json.dumps(of_an_older_model)
    assert from_payload(of_an_older_model) == Party(Kind.ORGANISATION, (Name("华强电子", language="zh"),))
    newest = reading.upcast(of_an_older_model)
    assert mistakes("party", newest) == []
    assert newest["model"] == MODEL_VERSION
    assert json.dumps(of_an_older_model) == before, "what is stored stays as it is"


def test_every_older_model_can_be_read() -> None:
    assert sorted(reading.UPCASTS) == list(range(1, MODEL_VERSION))


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_payload_of_a_newer_model_is_refused_in_one_sentence(entity: str) -> None:
    newer = MODEL_VERSION + 1
    with pytest.raises(ValueError, match=f"^payload of model {newer}, this program knows {MODEL_VERSION}: upgrade it$"):
        read_payload(entity, {"model": newer, "references": []})


def test_the_master_knows_the_same_entities_and_relations() -> None:
    (known,) = (str(c.sqltext) for c in source_record.constraints if str(c.name).endswith("known_entity"))  # type: ignore[attr-defined]
    assert known == f"entity in ({','.join(map(repr, ENTITIES))})"
    assert set(RELATIONS) <= set(map(str, Relation))


CHANNEL = """mapping: shop.dealers
version: 1
source:
  system: shop
  stream: dealers
  requires: [no, dealer, item, count, day, last, money, said, when, mail, by, was, until]
emit:
  - entity: channel_stock
    record_type: stock
    key: row["no"]
    item: row["item"]
    quantity: decimal(row["count"])
    on: date(row["day"])
    references: ['reference("stocked_by", "shop", "dealer", row["dealer"])']
  - entity: sell_through
    record_type: sales
    key: row["no"]
    item: row["item"]
    since: date(row["day"])
    until: date(row["last"])
    amount: decimal(row["money"])
    currency: '"CNY"'
    references: ['reference("sold_by", "shop", "dealer", row["dealer"])']
  - entity: consent
    record_type: consent
    key: row["no"]
    state: consent_state(row["said"])
    at: instant(row["when"], "Asia/Shanghai")
    purpose: '"newsletter"'
    channels: ['channel_of(row["by"])']
    mentions: ['email_mentions(row["mail"], "subject")']
  - entity: party
    record_type: dealer
    key: row["dealer"]
    kind: organisation
    names: ['name(row["was"], former, until=date(row["until"]))']
"""
ROW = {
    "no": "7", "dealer": "D1", "item": "V-100", "count": "1,200", "day": "2026-11-01", "last": "2026-11-30",
    "money": "99.50", "said": "撤回", "when": "2026-11-01 08:00", "mail": "Li@huaqiang.example", "by": "邮件",
    "was": "华强厂", "until": "2019-12-31",
}  # fmt: skip


def test_a_mapping_may_emit_consents_stock_and_sales_and_names_with_days() -> None:
    outcome = compile_mapping(parse_mapping(CHANNEL, "shop.yaml")).map(ROW)
    assert isinstance(outcome, Mapped)
    stock, sales, consent, dealer = map(said, outcome.records)
    assert (stock["item"], stock["quantity"], stock["on"]) == ("V-100", "1200", "2026-11-01")
    assert stock["references"] == [{"relation": "stocked_by", "system": "shop", "record_type": "dealer", "key": "D1"}]
    assert (sales["since"], sales["until"], sales["amount"], sales["currency"]) == (
        "2026-11-01", "2026-11-30", "99.50", "CNY",
    )  # fmt: skip
    assert (consent["state"], consent["at"], consent["channels"]) == (
        "withdrawn", "2026-11-01T00:00:00.000Z", ["email"],
    )  # fmt: skip
    assert (consent["mentions"][0]["value"], consent["mentions"][0]["role"]) == ("li@huaqiang.example", "subject")
    assert dealer["names"] == [{"text": "华强厂", "type": "former", "language": "zh", "valid_to": "2019-12-31"}]
    assert [mistakes(r.entity, said(r)) for r in outcome.records] == [[], [], [], []]


@pytest.mark.parametrize(("column", "value"), [("said", "maybe"), ("said", ""), ("by", "telex")])
def test_a_consent_is_never_guessed(column: str, value: str) -> None:
    outcome = compile_mapping(parse_mapping(CHANNEL, "shop.yaml")).map({**ROW, column: value})
    assert not isinstance(outcome, Mapped)
    assert f'column "{column}"' in str(outcome)


def test_an_unknown_relation_is_told() -> None:
    with pytest.raises(MappingError, match='unknown relation "stockd_by"') as caught:
        parse_mapping(CHANNEL.replace('"stocked_by"', '"stockd_by"'), "shop.yaml")
    assert 'Did you mean "stocked_by"?' in str(caught.value)


def test_a_withdrawal_is_another_statement_than_the_grant() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    granted, withdrawn = (
        canonical_hash(to_payload(CanonicalRecord("consent", "t", "1", Consent(state, at))))
        for state in (ConsentState.GRANTED, ConsentState.WITHDRAWN)
    )
    assert granted != withdrawn
