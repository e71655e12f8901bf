//! Reading behind the writer: everything durable, in order, over every turn of a segment, and damage where there is some.

use journal::{Followed, Follower, Note, OpenError, Position};

use crate::memory::{Loss, Memory};
use crate::support::{body, firsts, open, work};

/// Reads on to `durable_seq` and returns the numbers met, with the last place.
fn read(follower: &mut Follower<Memory>, durable_seq: u64) -> Result<(Vec<u64>, Option<Position>), OpenError> {
    let (mut seqs, mut last) = (Vec::new(), None);
    while let Some(followed) = follower.next(durable_seq)? {
        match followed {
            Followed::Records(records, place) => {
                for record in records {
                    assert_eq!(record.body, body(record.seq));
                    seqs.push(record.seq);
                }
                last = Some(place);
            }
            Followed::Notes(notes) => assert_eq!(notes, [Note::StateHash { seq: 40, hash: 4 }]),
            Followed::Seal => {}
        }
    }
    Ok((seqs, last))
}

#[test]
fn a_follower_reads_what_is_durable_as_it_comes() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 4, 4);
    let mut follower = Follower::begin(disk.clone(), None, None).unwrap();
    let mut seen = Vec::new();

    for round in 1..40 {
        let (seqs, place) = read(&mut follower, journal.durable_seq()).unwrap();
        seen.extend(seqs);
        assert_eq!((seen.len() as u64, place), (journal.durable_seq(), Some(journal.written())));
        if round % 5 == 0 {
            journal.seal().unwrap();
        }
        if journal.written().seq == 40 {
            journal.note(Note::StateHash { seq: 40, hash: 4 }).unwrap();
        }
        work(&mut journal, 12, 4);
    }

    assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>());
    assert_eq!(follower.next_seq(), seen.len() as u64 + 1);
}

#[test]
fn a_follower_begins_behind_a_place_of_this_log_only() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 100, 4);
    let place = journal.written();
    work(&mut journal, 40, 4);
    let begin = |position| Follower::begin(disk.clone(), None, Some(position));

    let (seqs, _) = read(&mut begin(place).unwrap(), 140).unwrap();

    assert_eq!(seqs, (101..=140).collect::<Vec<_>>());
    for wrong in [Position { chain: [1; 16], ..place }, Position { seq: 98, ..place }] {
        assert!(matches!(begin(wrong), Err(OpenError::Damaged(_))), "{wrong:?}");
    }
}

#[test]
fn a_follower_begins_with_the_segment_of_a_record_or_with_the_oldest_that_is_left() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 400, 4);
    let firsts = firsts(&disk);
    assert!(firsts.len() > 3, "{firsts:?}");
    let met = |seq: u64| read(&mut Follower::begin_near(disk.clone(), None, seq).unwrap(), 400).unwrap().0;

    for pair in firsts.windows(2) {
        for seq in [pair[0], pair[0] + 1, pair[1] - 1] {
            assert_eq!(met(seq), (pair[0]..=400).collect::<Vec<_>>(), "{seq}");
        }
    }
    journal.retain(firsts[2]).unwrap();
    assert_eq!(met(1), (firsts[2]..=400).collect::<Vec<_>>());
}

#[test]
fn a_follower_never_skips_damage() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 100, 4);
    for name in disk.names().into_iter().filter(|name| name.starts_with("wal-")) {
        let bytes = disk.content(&name);
        for bit in (4_096 * 8..7_000 * 8).step_by(1_013) {
            let copy = disk.after(Loss::All);
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            copy.put(&name, &flipped);
            let mut follower = Follower::begin(copy, None, None).unwrap();

            match read(&mut follower, 100) {
                Ok((seqs, _)) => assert_eq!(seqs.len(), 100, "{name} bit {bit} is behind the last frame"),
                Err(error) => assert_eq!(error.exit_code(), 4, "{name} bit {bit}: {error}"),
            }
        }
    }
}
