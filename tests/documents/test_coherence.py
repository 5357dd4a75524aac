"""What `hub apply` refuses because documents do not fit each other or the installed connectors."""

from dataclasses import replace
from pathlib import Path

import pytest

from hub.coherence import check_together
from hub.errors import HubError
from hub.project import Document, documents

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project() -> list[Document]:
    return documents(ROOT)


def changed(project: list[Document], kind: str, name: str, old: str, new: str) -> list[Document]:
    (one,) = [d for d in project if (d.kind, d.name) == (kind, name)]
    assert old in one.body
    return [replace(d, body=d.body.replace(old, new)) if d is one else d for d in project]


@pytest.mark.parametrize(
    ("folder", "file"), [("mappings/crosswalks", "states.csv"), ("mappings/specs", "shop.customers.yaml")]
)
def test_a_document_in_another_encoding_is_told_in_one_sentence(tmp_path: Path, folder: str, file: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / file).write_bytes("# owner: 渠道管理部".encode("gb18030"))
    with pytest.raises(HubError, match=f"^{folder}/{file} is not UTF-8. Save it as UTF-8$"):
        documents(tmp_path)


def test_the_demo_project_fits_together(project):
    check_together(project)


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "sentence"),
    [
        ("connection", "scm", "connector: sftp_files", "connector: sftp_file",
         "deploy/connections/scm.yaml: there is no connector named 'sftp_file'. Did you mean 'sftp_files'? "),
        ("connection", "scm", "settle_seconds", "setle_seconds",
         "deploy/connections/scm.yaml: config.setle_seconds: Extra inputs are not permitted. Mend the document"),
        ("mapping", "scm.dealers", "system: scm", "system: crm",
         "mappings/specs/scm.dealers.yaml: source.system: there is no connection 'crm'. Known are: callcentre,"),
        ("mapping", "scm.dealers", "stream: dealers", "stream: partners",
         "mappings/specs/scm.partners.yaml: scm.partners is mapped by mappings/specs/scm.dealers.yaml already."),
        ("subscription", "erp.party", "target: erp", "target: crm",
         "deploy/subscriptions/erp_party.yaml: target: there is no connection 'crm'. Known are: callcentre,"),
        ("subscription", "erp.party", "target: erp", "target: scm",
         "deploy/subscriptions/erp_party.yaml: target: connector sftp_files cannot write. Choose another target"),
        ("subscription", "erp.party", "mapping: erp.party", "mapping: erp.partei",
         "deploy/subscriptions/erp_party.yaml: mapping: there is no mapping 'erp.partei'. Known are: callcentre.call,"),
        ("subscription", "erp.party", "email: fill", "e_mail: fill",
         "deploy/subscriptions/erp_party.yaml: fields: there is no outbound section of erp.party for 'e_mail'. Known"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_in_one_sentence(project, kind, name, old, new, sentence):
    with pytest.raises(HubError) as caught:
        check_together(changed(project, kind, name, old, new))
    assert str(caught.value).startswith(sentence)
