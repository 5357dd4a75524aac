"""``hub mapping``: what an engineer sees of a mapping before it goes live."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from connectors.base import Batch, RawRecord, to_table
from hub.store import landing, runs
from tests.loop.deliveries import HONGDA, HUAQIANG, YUANDA, csv_file
from tests.loop.installation import Installation

SPEC = "mappings/specs/scm.ship_tos.yaml"


def told(hub: Installation, *arguments: str, code: int = 0) -> Any:
    said = hub.cli("mapping", *arguments, "--json")
    assert said.code == code, said.err
    return json.loads(said.out)


def change(hub: Installation, old: str, new: str) -> None:
    path = hub.settings.project / SPEC
    body = path.read_text(encoding="utf-8")
    assert old in body
    path.write_text(body.replace(old, new), encoding="utf-8")


def test_lint_lists_every_mistake_with_its_place(hub: Installation) -> None:
    assert told(hub, "lint") == []
    change(hub, 'emails(row["邮箱"])', 'emials(row["邮箱"])')
    change(hub, 'name(row["简称"], short)', 'name(row["简秤"], short)')
    wrong = told(hub, "lint", code=1)
    assert [(w["what"], w["remedy"]) for w in wrong] == [
        ('unknown column "简秤"', 'Did you mean "简称"?'),
        ('unknown function "emials"', 'Did you mean "emails"?'),
    ]
    said = hub.cli("mapping", "lint", "scm.ship_tos")
    assert said.code == 1
    assert said.out.splitlines()[1].endswith(
        f':{wrong[1]["line"]}:9: unknown function "emials". Did you mean "emails"?'
    )
    assert hub.cli("mapping", "lint", "scm.ship_to").err == (
        "hub: There is no mapping 'scm.ship_to' in mappings/specs. Did you mean \"scm.ship_tos\"?\n"
    )


def test_test_runs_the_documents_own_tests(hub: Installation) -> None:
    assert told(hub, "test", "scm.ship_tos")["failures"] == []
    change(hub, "    expect: {active: false}", "    expect: {active: true}")
    failures = told(hub, "test", "scm.ship_tos", code=1)["failures"]
    assert [(f["where"], f["expected"], f["actual"]) for f in failures] == [("active", True, False)] * 2
    assert all(Path(f["file"]).name == "scm.ship_tos.yaml" and f["line"] for f in failures)


def test_coverage_by_tests_and_by_landed_rows(hub: Installation) -> None:
    assert told(hub, "coverage", "scm.ship_tos")["empty"] == []
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, YUANDA))
    hub.sync()
    landed = told(hub, "coverage", "scm.ship_tos", "--rows", "10")
    assert landed["rows"] == 2
    assert {code["value"] for code in landed["unmet"]} >= {"停用", "个人"}


def test_preview_and_explain_show_what_landed_rows_become(hub: Installation) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, {**YUANDA, "更新日期": "2026-13-45"}))
    hub.sync()
    rows = {row["row"]["document"]["客户编码"]: row for row in told(hub, "preview", "scm.ship_tos")}
    assert rows["S001"]["fate"] == "mapped"
    assert rows["S002"]["fate"] == "rejected: the update date is a bad date"
    names = [v for v in rows["S001"]["values"] if v["place"] == "emit.0.names.0"]
    assert names[0]["value"]["text"] == HUAQIANG["客户名称"]
    *_, explained = told(hub, "explain", "scm.ship_tos", "--record", "scm/ship_to/S001", "--value", "names.0")["steps"]
    assert explained["columns"]["客户名称"] == HUAQIANG["客户名称"]
    assert explained["line"] == names[0]["line"]
    other = hub.cli("mapping", "explain", "scm.dealers", "--record", "scm/ship_to/S001")
    assert other.err == "hub: This record comes from scm.ship_tos, not from scm.dealers. Name the other mapping\n"
    said = hub.cli("mapping", "preview", "scm.ship_tos", "--rows", "1")
    assert (said.code, said.out.splitlines()[-1]) == (0, "1 mapped")


def test_diff_tells_what_the_document_would_change_in_landed_rows(hub: Installation) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, YUANDA))
    hub.sync()
    assert told(hub, "diff", "scm.ship_tos") == []
    change(hub, 'row["客户名称"], registered)', 'row["客户名称"], former)')
    found = told(hub, "diff", "scm.ship_tos")
    assert {(c["cell"], c["old"], c["new"]) for c in found} == {("names.0.type", "registered", "former")}
    assert {c["record"] for c in found} == {"party/ship_to/S001", "party/ship_to/S002"}
    *_, figures, hint = hub.cli("mapping", "diff", "scm.ship_tos").out.splitlines()
    assert figures == "2 rows compared: 2 change, 2 cells, 0 new rejects"
    assert hint.endswith("hub plan")


def test_nothing_landed_is_one_sentence(hub: Installation) -> None:
    said = hub.cli("mapping", "preview", "scm.dealers")
    assert (said.code, said.err) == (2, "hub: Nothing of scm.dealers has landed. Pull it with: hub run pull\n")


def test_a_draft_from_landed_rows_or_an_extract_maps_at_once(hub: Installation, tmp_path: Path) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, YUANDA))
    hub.sync()
    path = hub.settings.project / SPEC
    path.unlink()
    assert hub.cli("mapping", "new", "scm.ship_tos").code == 0
    assert told(hub, "lint") == []
    landed = path.read_text(encoding="utf-8")
    (row, _) = told(hub, "preview", "scm.ship_tos", "--rows", "2")
    names = {v["place"]: v["value"] for v in row["values"]}
    assert names["emit.0.key"] == row["row"]["document"]["客户编码"]
    assert names["emit.0.names.0"]["text"] == row["row"]["document"]["客户名称"]
    assert {"emit.0.phones.0", "emit.0.identifiers.0", "emit.0.addresses.0"} <= names.keys()
    refused = hub.cli("mapping", "new", "scm.ship_tos")
    assert (refused.code, refused.err.startswith("hub: There is a mapping 'scm.ship_tos' already")) == (2, True)
    path.unlink()
    extract = tmp_path / "extract.csv"
    extract.write_bytes(csv_file(HUAQIANG, YUANDA))
    assert hub.cli("mapping", "new", "scm.ship_tos", "--file", str(extract)).code == 0
    assert path.read_text(encoding="utf-8") == landed


def test_a_live_preview_shows_what_the_system_has_and_leaves_no_trace(hub: Installation) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, {**YUANDA, "更新日期": "2026-13-45"}, HONGDA))
    before, files = hub.contents(), sorted(hub.server.root.rglob("*"))
    rows = {row["row"]["document"]["客户编码"]: row for row in told(hub, "preview", "scm.ship_tos", "--live")}
    assert rows["S001"]["fate"] == "mapped"
    assert rows["S002"]["fate"] == "rejected: the update date is a bad date"
    assert rows["S001"]["row"]["origin"] == "shipto_20261101.csv:2"
    (first,) = told(hub, "preview", "scm.ship_tos", "--live", "--rows", "1")
    when = [row["row"].pop("landed_at") for row in (first, rows["S001"])]
    assert first == rows["S001"]
    assert when[1] < when[0]  # as if it had landed at that moment
    assert (hub.contents(), sorted(hub.server.root.rglob("*")), hub.landed()) == (before, files, {})
    hub.sync()
    assert len(hub.live()) == 2  # a pull after the preview still reads everything
    landed = {row["row"]["document"]["客户编码"]: row for row in told(hub, "preview", "scm.ship_tos")}
    assert all(landed[key]["values"] == rows[key]["values"] for key in rows)


def test_a_live_preview_says_in_one_sentence_why_it_has_nothing(hub: Installation) -> None:
    said = hub.cli("mapping", "preview", "scm.ship_tos", "--live")
    assert (said.code, said.err) == (
        2, "hub: scm.ship_tos has no rows now. Preview rows that have landed, without --live\n",
    )  # fmt: skip
    (hub.settings.project / "deploy/connections/scm.yaml").unlink()
    said = hub.cli("mapping", "preview", "scm.ship_tos", "--live")
    assert (said.code, said.err) == (2, "hub: There is no connection 'scm'. Known are: none\n")


def test_pages_of_mappings_for_colleagues(hub: Installation, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    said = hub.cli("mapping", "docs", "--to", str(pages))
    assert said.code == 0, said.err
    assert {path.name for path in pages.iterdir()} == {"scm.dealers.md", "scm.partners.md", "scm.ship_tos.md"}
    one = (pages / "scm.ship_tos.md").read_text(encoding="utf-8")
    assert hub.cli("mapping", "docs", "scm.ship_tos").out == one
    assert '| `emails` | business contact | `邮箱` | `emails(row["邮箱"])` |' in one
    assert hub.cli("mapping", "docs", "--language").out.startswith("# Reference of the mapping language\n")


def test_an_empty_project_is_told_how_to_begin(hub: Installation, tmp_path: Path) -> None:
    shutil.rmtree(hub.settings.project / "mappings")
    for command in ("lint", "test", "docs"):
        said = hub.cli("mapping", command)
        assert (said.code, said.out) == (2, "")
        assert "holds no mapping documents in mappings/specs. Begin with: hub mapping new" in said.err
    extract = tmp_path / "extract.csv"
    extract.write_bytes(csv_file(HUAQIANG, YUANDA))
    said = hub.cli("mapping", "new", "scm.ship_tos", "--file", str(extract))
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("go on with: hub mapping lint scm.ship_tos\n")
    assert hub.cli("mapping", "lint", "scm.ship_tos").out == "Nothing is wrong\n"
    said = hub.cli("mapping", "test", "scm.ship_tos")
    assert "no test yet. Write case, given and expect under tests:\n0 tests" in said.out
    said = hub.cli("mapping", "coverage", "scm.ship_tos")
    assert said.code == 2
    assert said.err.endswith("has no tests. Write some, or look at rows that have landed: --rows 1000\n")
    said = hub.cli("mapping", "lint", "scm.ship_tos.yaml")
    assert said.err.startswith("hub: There is no file scm.ship_tos.yaml. ")


def test_a_mapping_that_was_never_applied_is_told_so(hub: Installation) -> None:
    raw = RawRecord(document={"no": "R1", "company": "华强电子"}, origin="returns.csv:2", position="")
    with hub.engine.begin() as db:
        run = runs.open_run(db, "pull")
        batch = Batch("returns", to_table([raw]), {})
        landing.land(db, hub.settings.home / "landing", run_id=run, system="scm", batch=batch)
        runs.close_run(db, run, "green")
    assert hub.cli("mapping", "new", "scm.returns").out.endswith("go on with: hub mapping preview scm.returns\n")
    said = hub.cli("mapping", "diff", "scm.returns")
    assert said.code == 2
    assert "No mapping of scm.returns is applied yet. See what it would do with: hub mapping preview" in said.err


def test_a_value_is_explained_through_lets_and_a_dead_letter_up_to_where_it_broke_off(hub: Installation) -> None:
    hub.put("shipto_20261101.csv", csv_file(HUAQIANG, {**YUANDA, "更新日期": "2026-13-45"}))
    hub.sync()
    found = told(hub, "explain", "scm.ship_tos", "--record", "scm/ship_to/S001", "--value", "phones.0")
    assert found["fate"] == "mapped"
    phones = found["steps"][-1]
    assert phones["place"] == "emit.0.phones.0"
    assert {f"let.{name}" for name in phones["lets"]} == {step["place"] for step in found["steps"][:-1]}
    assert phones["columns"]["电话"] == HUAQIANG["电话"]

    [letter] = hub.letters()
    rejected = told(hub, "explain", "scm.ship_tos", "--letter", str(letter["id"]))
    assert rejected["fate"] == "rejected: the update date is a bad date"
    assert rejected["steps"][-1]["columns"] == {"更新日期": "2026-13-45"}
    said = hub.cli("mapping", "explain", "scm.ship_tos", "--letter", str(letter["id"]))
    assert said.out.splitlines()[-1] == rejected["fate"]
    said = hub.cli("mapping", "explain", "scm.ship_tos", "--letter", "999")
    assert (said.code, said.err) == (
        2, "hub: There is no dead letter 999 about a landed row. List those that wait with: hub letters\n",
    )  # fmt: skip
    said = hub.cli("mapping", "explain", "scm.ship_tos", "--value", "phnoes")
    assert said.code == 2
    assert "The row has no value at 'phnoes'. Places are: " in said.err
