"""``fairlead engine`` as a process: killed in the middle of a load, started again, nothing lost and nothing doubled."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from tests.e2e.venues import SECRET, Process, make_market, write_keys

from fairlead import aio
from fairlead.cli.exit_codes import ExitCode
from fairlead.client import Client, Position, Report


async def _load(directory: Path, process: Process, *, orders: int, kills: int) -> tuple[list[Report], list[Process]]:
    """Submit orders, kill the engine while they are on their way, and start it again; every call gets its answer."""
    processes = [process]
    async with aio.Client(port=process.port, key_id="alice", secret=SECRET, timeout_s=60) as alice:
        answered = asyncio.Semaphore(0)

        async def submit(n: int) -> Report:
            await turns.acquire()
            report = await alice.submit(
                symbol="ABC-USD", side="buy", order_qty=1 + n % 9, price=100 - n % 50, cl_ord_id=f"o{n}"
            )
            turns.release()
            answered.release()
            return report

        turns = asyncio.Semaphore(40)
        tasks = [asyncio.create_task(submit(n)) for n in range(orders)]
        for _ in range(kills):
            for _ in range(orders // (kills + 2)):
                await answered.acquire()
            port = processes[-1].port
            processes[-1].kill()
            processes.append(await asyncio.to_thread(Process, directory, port=port))
        answers = await asyncio.gather(*tasks)
        assert alice.connections == kills + 1
    return answers, processes


def test_kill_9_in_the_middle_of_a_load_loses_and_doubles_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    process = Process(directory)
    make_market(process.port)

    answers, processes = asyncio.run(_load(directory, process, orders=600, kills=2))

    lost = [it.getMessage() for it in caplog.records if it.name == "fairlead.client"]
    assert len(lost) == 2
    assert all("a session with the gateway is lost: key_id=alice role=Trading why=" in line for line in lost)
    with processes[-1] as last:
        assert last.ready["is_new"] is False
        assert last.ready["replayed"] > 0
        acknowledged = {answer.cl_ord_id: answer.order_id for answer in answers}
        assert len(acknowledged) == 600
        assert not any(answer.is_rejected for answer in answers)
        with Client(port=last.port, key_id="audit", secret=SECRET, role="drop_copy", resume=Position(0, 0, 0)) as audit:
            entered = [
                (report.cl_ord_id, report.order_id) for report in audit.events(timeout_s=2) if report.exec_type == "New"
            ]
        assert Counter(entered) == Counter(acknowledged.items())
        with Client(port=last.port, key_id="alice", secret=SECRET) as alice:
            assert alice.mass_cancel().count == 600


def test_the_engine_ends_cleanly_and_comes_back_as_it_was(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Process(directory) as process:
        assert process.ready["is_new"] is True
        make_market(process.port)
        with Client(port=process.port, key_id="alice", secret=SECRET) as alice:
            order = alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price=10, cl_ord_id="x")
        assert process.end() == ExitCode.OK
    with Process(directory) as process, Client(port=process.port, key_id="alice", secret=SECRET) as alice:
        again = alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price=10, cl_ord_id="x")

    assert (again.repeated, again.order_id) == (True, order.order_id)


def test_a_second_process_is_refused_with_its_code(tmp_path: Path) -> None:
    write_keys(tmp_path / "venue")
    refused = pytest.raises(AssertionError, match=f"code={ExitCode.REJECTED.value} .*in use")
    with Process(tmp_path / "venue"), refused:
        Process(tmp_path / "venue")


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    write_keys(tmp_path / "venue")
    (tmp_path / "venue" / "gateway.keys").chmod(0o640)
    with pytest.raises(AssertionError, match=f"code={ExitCode.DATA.value} .*chmod 600"):
        Process(tmp_path / "venue")
