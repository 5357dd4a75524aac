"""The documentation is complete and true where a machine can tell."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
import typer

from connectors import errors, registry
from connectors.base import Capabilities
from connectors.sftp_files.config import StreamConfig
from customer_master.golden.policy import Step
from customer_master.store import schema as master_tables
from dq_rules import load_rules
from hub import settings
from hub.cli.app import app
from hub.pipeline.sync import STEPS
from hub.store import tables as hub_tables
from mappings.language import parse_mapping, run_tests
from mappings.language.types import CONSTANTS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
READMES = sorted((ROOT / "connectors").rglob("README.md"))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
COPYLEFT = re.compile(r"\bA?GPL", re.IGNORECASE)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def missing(words: object, text: str) -> list[str]:
    """List the words that stand nowhere in the text as code."""
    return [str(word) for word in words if not re.search(rf"`(?:[^`\n]* )?{re.escape(str(word))}(?: [^`\n]*)?`", text)]


@pytest.mark.parametrize("path", [*PAGES, *READMES], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    targets = [t for t in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in t]
    assert [t for t in targets if not (path.parent / t).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_in_the_pages_exist(path):
    named = re.findall(
        r"`((?:connectors|customer_master|dq_rules|hub|mappings|tests|deploy|bench)/[\w/.]+)`", path.read_text()
    )
    examples = {"mappings/specs/crm.accounts.yaml"}
    assert [name for name in named if name not in examples and not (ROOT / name).exists()] == []


def test_commands_in_the_readmes_exist():
    commands = set(typer.main.get_command(app).commands)
    doors = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    for name in ("README.md", "docs/README.zh.md"):
        text = page(name)
        assert set(re.findall(r"\.venv/bin/hub ([a-z]+)", text)) <= commands
        named = re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.MULTILINE)
        benches = {f"bench-{path.stem}" for path in (ROOT / "bench").glob("*.py")}
        assert set(named) <= doors | benches
        assert {"demo", "test"} <= set(named)


def test_every_command_and_option_is_documented():
    text = page("docs/operations.md")
    for name, command in commands_of(typer.main.get_command(app), "hub"):
        assert re.search(rf"`{name}[` ]", text), name
        options = [opt for p in command.params for opt in p.opts if opt.startswith("--")]
        assert missing(options, text) == [], name
    assert missing(STEPS, text) == []


def commands_of(group, path):
    """Yield every command below a group with the words that call it."""
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{path} {name}")


def test_every_installation_variable_is_documented_with_its_default():
    variables = re.findall(r"``(HUB_\w+)``", settings.__doc__)
    assert variables
    assert missing(variables, page("docs/operations.md")) == []
    assert set(re.findall(r"HUB_[A-Z_]+", "".join(map(page, ("README.md", "docs/operations.md"))))) <= set(variables)


def test_every_state_and_fate_is_explained():
    text = page("docs/operations.md")
    for table, name in ((hub_tables.run, "state"), (hub_tables.fate, "fate"), (hub_tables.delivery, "state")):
        (check,) = (c for c in table.constraints if c.name == f"known_{name}")
        words = re.findall(r"'([a-z-]+)'", str(check.sqltext))
        assert words
        assert [word for word in words if not re.search(rf"\| {word} \||\*{word}\*", text)] == []


def test_every_connector_error_has_its_remedy():
    classes = [name for name in vars(errors) if name.endswith("Error") and name != "ConnectorError"]
    for text in (page("docs/operations.md"), page("docs/connectors.md")):
        assert missing(classes, text) == []


def test_every_word_of_the_mapping_language_is_documented():
    assert missing(CONSTANTS, page("docs/mapping.md")) == []


def test_the_example_mapping_passes_its_own_tests():
    (example,) = [
        block for block in re.findall(r"```yaml\n(.*?)```", page("docs/mapping.md"), re.DOTALL) if "emit:" in block
    ]
    assert run_tests(parse_mapping(example, "docs/mapping.md")) == []


def test_every_quality_rule_is_documented_in_both_languages():
    text = page("docs/mapping.md")
    for path in sorted((ROOT / "dq_rules").glob("*.yaml")):
        for rule in load_rules(path).rules:
            assert f"| `{rule.id}` | {rule.severity} | {rule.message.en} · {rule.message.zh} |" in text


def test_every_connector_and_option_is_documented():
    text = page("docs/connectors.md")
    assert missing(registry.names(), text) == []
    for name in registry.names():
        connector = registry.load(name)
        assert missing(connector.Config.model_fields, text) == [], name
        readme = page(f"connectors/{name}/README.md")
        assert missing(connector.Config.model_fields, readme) == [
            option for option in ("streams",) if name == "sftp_files"
        ]
    assert missing(StreamConfig.model_fields, text) == []
    assert missing(StreamConfig.model_fields, page("connectors/sftp_files/README.md")) == []
    assert missing(Capabilities.__dataclass_fields__, text) == []


def test_every_survivorship_step_is_documented():
    assert missing(Step, page("docs/survivorship.md")) == []


def test_every_table_is_documented_and_no_other():
    tables = {t.fullname for m in (master_tables.metadata, hub_tables.metadata) for t in m.sorted_tables}
    assert set(re.findall(r"^\| `(\w+\.\w+)` \|", page("docs/data_model.md"), re.MULTILINE)) == tables


def test_every_dependency_has_a_licence_and_a_reason_and_none_is_gpl():
    declared = tomllib.loads(page("pyproject.toml"))["project"]
    extras = declared["optional-dependencies"]
    wanted = {re.split(r"[^\w.-]", d)[0] for d in [*declared["dependencies"], *extras["demo"], *extras["dev"]]}
    rows = re.findall(r"^\| `([\w.-]+)` \| (.+?) \| (.+?) \|$", page("docs/dependencies.md"), re.MULTILINE)
    assert {name for name, _, _ in rows} == wanted
    for dependency in declared["dependencies"]:
        name = re.split(r"[^\w.-]", dependency)[0]
        metadata = importlib.metadata.metadata(name)
        own = " ".join([metadata.get("License-Expression") or "", (metadata.get("License") or "")[:80]])
        assert not COPYLEFT.search(own.replace("LGPL", "")), f"{name}: {own}"
        documented = next(licence for row, licence, _ in rows if row == name)
        assert ("LGPL" in own) == ("LGPL" in documented), f"{name}: {own}"
