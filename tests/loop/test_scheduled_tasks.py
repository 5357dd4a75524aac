"""What tasks say when they fail: sentences of ours, never the words of a library that repeat values."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import text

from hub.errors import HubError
from hub.schedule import tasks
from tests.loop.deliveries import HUAQIANG, csv_file
from tests.loop.installation import Installation


@pytest.fixture
def installed(hub: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation as the tasks' environment names it."""
    for name, value in hub.environment().items():
        monkeypatch.setenv(name, value)
    return hub


def test_pull_and_record_share_a_run_and_its_account_is_green(installed: Installation) -> None:
    installed.put("shipto_20261101_01.csv", csv_file(HUAQIANG))
    run = tasks.pull("scm")
    tasks.record("scm", run)
    tasks.check_account(run)
    assert [tasks.resolve(), tasks.publish(), tasks.quality()] == [run + 1, run + 2, run + 3]
    assert installed.account(run).sources == {
        "scm": {"ship_tos": {"landed": 1, "recorded": 1}, "dealers": {"landed": 0}, "partners": {"landed": 0}}
    }


def test_an_unreachable_system_says_when_to_come_again_and_keeps_its_run(installed: Installation) -> None:
    installed.secret("scm_port", "1")
    with pytest.raises(tasks.RunFailed, match=r"^Run 1 is red: scm / 127\.0\.0\.1:1 .*connection refused") as failed:
        tasks.pull("scm")
    assert (failed.value.run_id, failed.value.retry_after) == (1, 30.0)
    with pytest.raises(tasks.RunFailed) as judged:
        tasks.check_account(1)
    assert judged.value.retry_after is None


def test_a_refused_password_says_that_somebody_must_act(installed: Installation) -> None:
    installed.secret("scm_password", "wrong")
    with pytest.raises(tasks.RunFailed, match="Renew the password") as failed:
        tasks.pull("scm")
    assert failed.value.retry_after is None


def test_what_is_missing_is_told_as_the_hub_tells_it(installed: Installation) -> None:
    with pytest.raises(HubError, match="There is no system 'crm'"):
        tasks.pull("crm")


def test_the_words_of_other_errors_stay_out_of_the_log(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_it(work: object) -> None:
        with installed.engine.begin() as db:
            db.execute(text("select cast(:phone as int)"), {"phone": "华强 13912345678"})

    monkeypatch.setattr("hub.pipeline.sync.resolve", break_it)
    with pytest.raises(tasks.RunFailed, match=r"^Broken off by DataError in \w+\.py, line \d+$") as failed:
        tasks.resolve()
    assert "13912345678" not in "".join(traceback.format_exception(failed.value))
    assert failed.value.retry_after is None
