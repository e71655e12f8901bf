"""Every fault that is planted is named, with what was seen, what is needed and what to do; nothing else is."""

import stat
from typing import Any

import pytest
from tests.unit.doctor.machines import (
    DATA,
    GIB,
    HEX,
    HOME,
    NOW_NS,
    PUBLIC_PEM,
    FakeDisk,
    FakeMachine,
    configured,
    examined,
    sound_log,
)
from tests.unit.doctor.plants import FAILS, SEGMENT, WARNS, broken, disk_with, long_log, segment, tls_disk

from fairlead.errors import DataError
from fairlead.ports.machine import Processor
from fairlead.services.doctor import Finding, Status


def _bad(findings: Any) -> Finding:
    (found,) = [finding for finding in findings if finding.status is not Status.OK]
    return found  # type: ignore[no-any-return]


def test_a_healthy_machine_has_nothing_to_mend() -> None:
    findings = examined()

    assert {finding.status for finding in findings} == {Status.OK}
    assert not any(finding.remedy for finding in findings)
    assert len({finding.check for finding in findings}) == len(findings)


@pytest.mark.parametrize("name", FAILS)
def test_a_planted_fault_is_named_with_its_remedy(name: str) -> None:
    plant, check, seen, remedy, fault = FAILS[name]

    found = _bad(plant())

    assert (found.check, found.status, found.fault) == (check, Status.FAIL, fault)
    assert seen in found.seen
    assert remedy in found.remedy
    assert found.limit


@pytest.mark.parametrize("name", WARNS)
def test_a_planted_oddity_is_a_warning_with_its_remedy(name: str) -> None:
    plant, check, seen, remedy = WARNS[name]

    found = _bad(plant())

    assert (found.check, found.status, found.fault) == (check, Status.WARN, None)
    assert seen in found.seen
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "machine",
    [
        FakeMachine(version=(3, 11, 0)),
        FakeMachine(version=(4, 0, 0)),
        FakeMachine(source=None),
        FakeMachine(source="kvm-clock"),
        FakeMachine(missing=None),
        FakeMachine(cpu=Processor(kind="x86_64", count=64, features=frozenset())),
        FakeMachine(cpu=Processor(kind="riscv64", count=2, features=frozenset({"rva22"}))),
        FakeMachine(modules=frozenset()),
    ],
)
def test_what_is_enough_or_not_told_is_no_fault(machine: FakeMachine) -> None:
    assert {finding.status for finding in examined(machine=machine)} == {Status.OK}


@pytest.mark.parametrize(
    "disk",
    [
        FakeDisk(free=4 * GIB),
        FakeDisk(kind=None),
        disk_with(without=(DATA / "gateway.keys", DATA / "token.key", DATA / "master.key", DATA / "store.sqlite3")),
        disk_with(without=(DATA / "MANIFEST", SEGMENT)),
        disk_with(
            without=(
                DATA,
                DATA / "MANIFEST",
                SEGMENT,
                DATA / "gateway.keys",
                DATA / "token.key",
                DATA / "master.key",
                DATA / "store.sqlite3",
            )
        ),
        long_log(segment(4, 70), segment(5, 90)),
    ],
)
def test_what_is_new_or_long_is_no_fault(disk: FakeDisk) -> None:
    assert {finding.status for finding in examined(disk=disk)} == {Status.OK}


def test_a_secret_of_32_bytes_is_enough_for_hs256() -> None:
    disk = FakeDisk(contents={DATA / "token.key": HEX, DATA / "master.key": HEX})

    findings = examined(configured(FAIRLEAD_AUTH__ALGORITHM="HS256"), disk=disk)

    assert {finding.status for finding in findings} == {Status.OK}


def test_the_public_half_of_an_earlier_key_may_be_read_by_all() -> None:
    disk = tls_disk(old=stat.S_IFREG | 0o644)
    disk.contents[HOME / "old.pem"] = PUBLIC_PEM

    findings = examined(configured(FAIRLEAD_AUTH__EARLIER_KEY_FILES="/srv/desk/old.pem"), disk=disk)

    assert {finding.status for finding in findings} == {Status.OK}


def test_a_log_that_is_too_long_is_not_read_to_its_end() -> None:
    disk = long_log(segment(1, 1))

    (found,) = [one for one in examined(disk=disk, log=DataError("read")) if one.check == "journal"]

    assert "fairlead journal verify" in found.seen


def test_a_clock_a_minute_behind_the_log_is_let_pass() -> None:
    findings = examined(log=sound_log(last_ts_ns=NOW_NS + 60_000_000_000))

    assert {finding.status for finding in findings} == {Status.OK}


def test_without_a_configuration_the_machine_is_looked_at_all_the_same() -> None:
    findings = examined(broken(), machine=FakeMachine(source="hpet", taken={8080: "in use"}))

    assert [one.check for one in findings if one.status is not Status.OK] == ["configuration", "clock source"]


def test_without_the_core_nobody_asks_it_for_the_log_or_its_lock() -> None:
    machine = FakeMachine(core_fault="none", taken={8080: "in use"})

    findings = examined(machine=machine, log=DataError("asked"), runs=True)

    assert [one.check for one in findings if one.status is not Status.OK] == ["core", "HTTP port"]
