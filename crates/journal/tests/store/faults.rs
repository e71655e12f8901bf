//! Every call to the disk fails once, in every way; the process stops before every call. Nothing acknowledged is lost.

use journal::{CommitError, Fatal, Journal, Room};

use crate::memory::{Fault, Loss, Memory};
use crate::support::{assert_whole, body, open, work};

/// What a life of the process came to.
#[derive(Debug, Default)]
struct Life {
    /// The last record somebody was told of.
    acked: u64,
    /// Whether the process ended because the journal stopped.
    fatal: bool,
}

/// Works until `goal` records are acknowledged, trying again after want of space, ending at a fatal error.
fn live(disk: &Memory, goal: u64, batch: u64) -> Life {
    let mut life = Life::default();
    let Ok((mut journal, recovered, memo)) = open(disk) else {
        return life;
    };
    assert_whole(&memo, recovered.last_seq);
    life.acked = recovered.last_seq;
    for _ in 0..10 * goal {
        if life.acked >= goal {
            break;
        }
        let Ok(acked) = step(&mut journal, batch) else {
            assert!(journal.append(0, 1, b"after the end").is_err(), "INV-15: nothing is taken after it");
            assert!(journal.commit().is_err() && journal.seal().is_err() && journal.prepare().is_err());
            life.fatal = true;
            return life;
        };
        life.acked = acked;
    }
    life.fatal = journal.seal().is_err();
    life
}

fn step(journal: &mut Journal<Memory>, batch: u64) -> Result<u64, Fatal> {
    let fatal = |error| match error {
        CommitError::NoSpace(_) => Ok(()),
        CommitError::Fatal(fatal) => Err(fatal),
    };
    journal.prepare().or_else(fatal)?;
    for _ in 0..batch {
        let seq = journal.next_seq();
        if journal.append(seq, u16::try_from(seq % 7).unwrap(), &body(seq)).is_err() {
            break;
        }
    }
    match journal.commit() {
        Ok(position) => Ok(position.seq),
        Err(CommitError::NoSpace(_)) => Ok(journal.discard()),
        Err(CommitError::Fatal(fatal)) => Err(fatal),
    }
}

/// INV-15, INV-17, B-65: each call fails once; what was acknowledged is there after the next start, twice the same.
#[test]
fn no_single_failure_of_any_call_loses_what_was_acknowledged() {
    for fault in [Fault::Eio, Fault::NoSpace, Fault::NoHandles, Fault::Interrupted, Fault::Short] {
        let mut fatal = 0;
        for call in 0.. {
            let disk = Memory::default();
            disk.fail(call, fault);
            let life = live(&disk, 120, 5);
            if disk.faults_met() == 0 {
                break;
            }
            fatal += u64::from(life.fatal);
            assert_survives(&disk, life.acked, &format!("{fault:?} at call {call}"));
        }
        assert_eq!(fatal > 0, fault != Fault::Short, "any error of a sync stops, {fault:?} did {fatal} times");
    }
}

/// INV-15, INV-17: the power goes before each call, and of the unsynced something or nothing survives.
#[test]
fn the_power_may_go_before_any_call() {
    for stop in 0.. {
        let disk = Memory::default();
        disk.stop_at(stop);
        let life = live(&disk, 120, 5);
        if disk.calls() < stop {
            break;
        }
        assert_survives(&disk, life.acked, &format!("stopped at call {stop}"));
    }
}

/// Opens what is left, works on, loses power again and opens again: both lives are whole.
fn assert_survives(disk: &Memory, acked: u64, what: &str) {
    for loss in [Loss::All, Loss::Nothing, Loss::EverySecond] {
        let second = disk.after(loss);
        let (mut journal, recovered, memo) = open(&second).unwrap_or_else(|error| panic!("{what}, {loss:?}: {error}"));
        assert!(recovered.last_seq >= acked, "{what}, {loss:?}: {acked} acknowledged, {recovered:?}");
        assert_whole(&memo, recovered.last_seq);
        assert_eq!(open(&second.after(loss)).unwrap().2, memo, "{what}: a second recovery is the same");
        work(&mut journal, 20, 3);

        // A killed process, and then a power cut: what only the cache had must not have been counted on.
        for later in [loss, Loss::All] {
            let opened = open(&second.after(later));
            let (_, again, memo) = opened.unwrap_or_else(|error| panic!("{what}, {loss:?}, {later:?}: {error}"));
            assert_eq!(again.last_seq, recovered.last_seq + 20, "{what}, {loss:?}, {later:?}");
            assert_whole(&memo, again.last_seq);
        }
    }
}

/// INV-16: a call fails, the next process goes on, the power goes, and then the newest segment is gone: it is missed.
#[test]
fn the_newest_segment_is_missed_after_any_failed_call() {
    for call in 0.. {
        let disk = Memory::default();
        disk.fail(call, Fault::Eio);
        live(&disk, 120, 5);
        if disk.faults_met() == 0 {
            break;
        }
        let second = disk.after(Loss::Nothing);
        let (mut journal, ..) = open(&second).unwrap_or_else(|error| panic!("call {call}: {error}"));
        work(&mut journal, 3, 1);
        let third = second.after(Loss::All);
        let newest = third.names().into_iter().rfind(|name| name.starts_with("wal-")).unwrap();
        third.delete(&newest);
        assert!(open(&third).is_err(), "call {call}: {newest} is gone, and nothing says so");
    }
}

/// S-142: the last write is torn at every byte; what came before is whole, and what comes after is too.
#[test]
fn a_commit_torn_at_any_byte_is_cut_away_and_kept_aside() {
    for batch in [1, 4] {
        let disk = Memory::default();
        let (mut journal, ..) = open(&disk).unwrap();
        work(&mut journal, 30, 3);
        let calls = disk.calls();
        // The write goes through and the sync after it does not.
        disk.stop_at(calls + 1);
        for _ in 0..batch {
            journal.append(0, u16::try_from(journal.next_seq() % 7).unwrap(), &body(journal.next_seq())).unwrap();
        }
        assert!(matches!(journal.commit(), Err(CommitError::Fatal(fatal)) if fatal.exit_code() == 5));
        let mut outcomes = [0; 2];
        for cut in 0.. {
            let second = disk.after(Loss::After(cut));
            let (mut journal, recovered, memo) = open(&second).unwrap();
            assert_whole(&memo, recovered.last_seq);
            let is_whole = recovered.last_seq == 30 + batch;
            assert!(is_whole || recovered.last_seq == 30, "no part of a batch is applied");
            assert_eq!(recovered.torn.is_some(), cut > 0 && !is_whole);
            outcomes[usize::from(is_whole)] += 1;
            work(&mut journal, 10, 2);
            let (_, again, memo) = open(&second.after(Loss::All)).unwrap();
            assert_whole(&memo, recovered.last_seq + 10);
            assert_eq!(again.torn, None);
            if let Some(torn) = recovered.torn {
                let copy = second.content(&torn.copy.unwrap());
                assert!(!copy.is_empty() && copy.len() <= cut, "what was cut away is kept");
            }
            if outcomes[1] > 8 {
                break;
            }
        }
        assert!(outcomes[0] > 56, "{outcomes:?}");
    }
}

/// INV-23: on a full disk new orders are refused, cancels pass into the reserve, and service returns with the space.
#[test]
fn a_full_disk_leaves_the_reserve_to_what_takes_risk_away() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    disk.set_full(true);
    let mut seen = Vec::new();
    let mut append = |journal: &mut Journal<Memory>| {
        seen.push(journal.room());
        let seq = journal.next_seq();
        let taken = journal.append(seq, u16::try_from(seq % 7).unwrap(), &body(seq)).is_ok();
        (journal.prepare(), journal.commit().map(|position| position.seq), taken)
    };
    let full = loop {
        let (_, committed, taken) = append(&mut journal);
        if !taken {
            break committed.unwrap();
        }
    };
    disk.set_full(false);
    assert_eq!(journal.room(), Room::None);
    journal.prepare().unwrap();
    journal.prepare().unwrap();
    let (.., taken) = append(&mut journal);
    assert!(taken);

    seen.dedup();
    assert_eq!(seen, [Room::All, Room::OnlyReserve, Room::None, Room::All]);
    let (_, _, memo) = open(&disk.after(Loss::All)).unwrap();
    assert_whole(&memo, full + 1);
}
