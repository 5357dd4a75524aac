"""Kill any process at any instant and start it again: the same final state as that of a twin nobody disturbed."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from hub.demo.landscape import Landscape, generate, write_files
from tests.support.sftp import start
from tests.tryton_loop.installation import Installation, erp_party, ship_to, uscc
from tests.tryton_loop.state import flaws, state
from tests.tryton_loop.victim import Ended, Instant, Killed, Victims

pytestmark = [pytest.mark.tryton, pytest.mark.slow]

SEED = 2026
RETRY = "RetryableError"
STEPS = ("pull", "map, check, record", "resolve, survive", "publish", "read back")  # the start comes before them
HUB_ROUNDS, KILLS_A_ROUND = range(18), 3  # the first round of each is calm, on both sides
SERVER_ROUNDS = range(30, 51)


@pytest.fixture(scope="module")
def victims() -> Victims:
    return Victims()


@pytest.fixture(scope="module")
def landscape() -> Landscape:
    return generate(40, 6)


@pytest.fixture
def pair(
    new_installation: Callable[[], Installation],
    victims: Victims,
    landscape: Landscape,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Installation, Installation]:
    """Two installations with the same customers, synced: one to be disturbed, and its twin."""
    made = new_installation(), new_installation()
    for installation in made:
        installation.enter(*landscape.erp(), *(gap(number) for number in (*HUB_ROUNDS, *SERVER_ROUNDS)))
        for path in write_files(landscape, tmp_path_factory.mktemp("night"), date="20191231"):
            installation.put_file(path.name, path.read_bytes())
        assert victims.finish(installation).state == "green"
    assert state(made[0]) == state(made[1])
    return made


def gap(number: int) -> dict[str, object]:
    """A party of the ERP that lacks a telephone but has a mailbox."""
    name = f"深圳市{number + 11}号补缺工业有限公司"
    return erp_party(f"GAP-{number}", name, identifiers=[uscc(f"gap {number}")], email=f"old{number}@gap.example")


def change(installation: Installation, number: int) -> None:
    """Make one round's news: the hub must create, fill, follow its source, take over and merge."""
    phone = f"0755-26{number:02d}1"
    known, new = gap(number), f"深圳市{number + 101}号新客户贸易有限公司"
    rows = [
        ship_to(f"ST-GAP-{number}", str(known["name"]), 统一社会信用代码=uscc(f"gap {number}"), 电话=f"{phone}111"),
        ship_to(f"ST-NEW-{number}", new, 统一社会信用代码=uscc(f"new {number}"), 电话=f"{phone}222"),
        ship_to(
            f"ST-MORE-{number}", f"{number + 501}号无码商店", 电话=f"{phone}333", 地址="南山区科技路9号", 市="深圳市"
        ),
    ]
    before, code = f"深圳市{number + 100}号新客户贸易有限公司", uscc(f"new {number - 1}")
    rows.append(ship_to(f"ST-NEW-{number - 1}", before, 统一社会信用代码=code, 电话=f"{phone}444"))
    if number % 3 == 0:  # somebody enters by hand what the hub has entered already
        installation.enter(erp_party(f"TWICE-{number}", before, identifiers=[code], mobile=f"139{number:02d}000000"))
    installation.deliver(*rows)
    (key,) = installation.erp.rpc("party.party.search", [["code", "=", f"GAP-{number}"]])
    installation.edit_contact(str(key), "email", f"new{number}@gap.example")


def live_through(victims: Victims, installation: Installation, rounds: Iterable[int]) -> list[Ended]:
    """Let an installation live undisturbed."""
    ended = []
    for number in rounds:
        change(installation, number)
        ended.append(victims.finish(installation))
        assert ended[-1].state == "green"
    return ended


def live(
    victims: Victims, pair: tuple[Installation, Installation], rounds: range, disturb: Callable[[list[float]], None]
) -> None:
    """Bring the same news into both, round by round, and disturb one of them each time before it may finish.

    ``disturb`` is told how many seconds each step takes.
    """
    disturbed, twin = pair
    with ThreadPoolExecutor(max_workers=1) as helper:
        quiet = helper.submit(live_through, victims, twin, rounds)
        (calm,) = live_through(victims, disturbed, rounds[:1])
        for number in rounds[1:]:
            change(disturbed, number)
            disturb(calm.seconds)
            assert victims.finish(disturbed).state == "green"
        quiet.result()
    assert flaws(disturbed) == []
    for what, expected in state(twin).items():
        found = state(disturbed)[what]
        assert (found - expected, expected - found) == (Counter(), Counter()), what


def newest_run(installation: Installation) -> int:
    return int(installation.value("select max(id) from hub.run"))


def problems(installation: Installation, after: int) -> set[str]:
    """Draw up the accounts of all later runs anew, and give what they find wrong."""
    runs = installation.query("select id, state from hub.run where id > :after order by id", after=after)
    accounts = [installation.account(row["id"]) for row in runs]
    assert [account.state for account in accounts] == [row["state"] for row in runs]
    return {problem for account in accounts for problem in account.problems}


def some_instant(rng: Random, steps: Sequence[tuple[int, float]]) -> Instant:
    """Choose a step, however short, and an instant in it."""
    index, seconds = rng.choice(steps)
    return index, rng.uniform(0, seconds)


def test_the_hub_is_killed_at_fifty_instants(
    pair: tuple[Installation, Installation], victims: Victims, record_testsuite_property: Callable[[str, object], None]
) -> None:
    rng = Random(SEED)
    killed: list[Killed] = []
    before = newest_run(pair[0])

    def disturb(seconds: list[float]) -> None:
        steps, hit = list(enumerate(seconds)), {one.step for one in killed}
        missed = [steps[number] for number, step in enumerate(STEPS, 1) if step not in hit]
        # only a round's first kill is sure to find news in every step: it goes where none has been, latest step first
        killed.append(kill_one(victims, pair[0], rng, steps, missed[-1:]))
        killed.extend(kill_one(victims, pair[0], rng, steps) for _ in range(KILLS_A_ROUND - 1))

    live(victims, pair, HUB_ROUNDS, disturb)
    by_step = Counter(one.step for one in killed)
    in_transaction = Counter(one.step for one in killed if one.in_transaction)
    record_testsuite_property("kills by step", dict(by_step))
    record_testsuite_property("of these in a transaction", dict(in_transaction))
    assert len(killed) == (len(HUB_ROUNDS) - 1) * KILLS_A_ROUND
    assert set(by_step) >= set(STEPS)
    assert in_transaction.total() >= 5
    assert problems(pair[0], before) == set(), "the killed runs were brought to their end"


def kill_one(
    victims: Victims,
    installation: Installation,
    rng: Random,
    steps: list[tuple[int, float]],
    aim: Sequence[tuple[int, float]] = (),
) -> Killed:
    """Kill a sync at a random instant, of the steps aimed at if there are any; if it was through before, the next."""
    short = steps[2:4]  # recording and resolving so few rows is short; they shall be hit all the same
    while (killed := victims.kill(installation, some_instant(rng, aim or steps + short + short))) is None:
        steps, aim = steps[:5], ()  # nothing is left to read back
    return killed


def test_the_erp_and_the_scm_are_killed_at_ten_instants_each(
    pair: tuple[Installation, Installation], victims: Victims, record_testsuite_property: Callable[[str, object], None]
) -> None:
    rng = Random(SEED)
    states: list[str] = []
    before = newest_run(pair[0])

    def disturb(seconds: list[float]) -> None:
        pull, publish, read_back = ((step, seconds[step]) for step in (1, 4, 5))
        if len(states) % 2:
            states.append(without_scm(victims, pair[0], some_instant(rng, [pull])))
        else:
            states.append(without_erp(victims, pair[0], some_instant(rng, [pull, publish, publish, read_back])))

    live(victims, pair, SERVER_ROUNDS, disturb)
    record_testsuite_property("syncs during which a server died", states)
    assert set(states) <= {"green", "red", "open"}
    assert states.count("red") >= 5, "many noticed"
    unreachable = pair[0].query(
        "select error ->> 'message' as told from hub.pull where error ->> 'class' = :c", c=RETRY
    )
    assert problems(pair[0], before) == {row["told"] for row in unreachable}, "a dead server, and nothing else"


def without_erp(victims: Victims, installation: Installation, at: Instant) -> str:
    """Sync while the ERP dies, and bring it up again."""
    ended = victims.finish(installation, lambda: installation.erp.stop(signal.SIGKILL), at)
    installation.erp.start()
    return ended.state


def without_scm(victims: Victims, installation: Installation, at: Instant) -> str:
    """Sync while the SFTP server dies, and bring it up again."""
    scm = installation.scm

    def die() -> None:
        scm.process.kill()
        scm.process.wait()

    ended = victims.finish(installation, die, at)
    scm.process = start(scm.command, scm.port)
    return ended.state
