//! What the simulated disk promises and what it does not.

use std::io;

use journal::disk::{Disk, DiskFile};

use super::{Chances, Damage, Fates, SimDisk, Vandal};
use crate::generate::Draw;

const LOSE_ALL: Fates = Fates { writes: [0, 1, 0, 0], lost_name: 1_000 };
const KEEP_ALL: Fates = Fates { writes: [1, 0, 0, 0], lost_name: 0 };

fn read(disk: &SimDisk, name: &str) -> io::Result<Vec<u8>> {
    let file = disk.open(name)?;
    let mut bytes = vec![0; usize::try_from(file.len()?).unwrap()];
    file.read_at(&mut bytes, 0)?;
    Ok(bytes)
}

fn cut_power(disk: &SimDisk, fates: &Fates) -> SimDisk {
    disk.platter().cut_power(fates, &mut Draw::new(1));
    disk.for_process()
}

#[test]
fn only_what_was_synced_survives_a_power_cut() {
    let disk = SimDisk::new(Draw::new(1));
    let file = disk.create("a").unwrap();
    file.write_at(b"one", 0).unwrap();
    file.sync_data().unwrap();
    disk.sync_dir().unwrap();
    file.write_at(b"two", 3).unwrap();
    disk.create("b").unwrap();

    let after = cut_power(&disk, &LOSE_ALL);

    assert_eq!(read(&after, "a").unwrap(), b"one");
    assert_eq!(after.list().unwrap(), ["a"]);
}

#[test]
fn a_file_whose_name_was_not_synced_is_lost_with_all_its_bytes() {
    let disk = SimDisk::new(Draw::new(1));
    let file = disk.create("tmp").unwrap();
    file.write_at(b"one", 0).unwrap();
    file.sync_data().unwrap();
    disk.rename("tmp", "a").unwrap();

    assert_eq!(read(&cut_power(&disk.fork(), &KEEP_ALL), "a").unwrap(), b"one");
    assert!(cut_power(&disk, &LOSE_ALL).list().unwrap().is_empty());
}

#[test]
fn a_killed_process_leaves_its_writes_pending_for_the_next_power_cut() {
    let disk = SimDisk::new(Draw::new(1));
    let file = disk.create("a").unwrap();
    disk.sync_dir().unwrap();
    file.write_at(b"one", 0).unwrap();

    disk.platter().end_process();
    let next = disk.for_process();

    assert_eq!(read(&next, "a").unwrap(), b"one");
    assert!(file.write_at(b"x", 0).is_err(), "the process has ended");
    assert_eq!(read(&cut_power(&next, &LOSE_ALL), "a").unwrap(), b"");
}

#[test]
fn a_process_ends_at_the_call_that_is_asked_for() {
    let disk = SimDisk::new(Draw::new(1));
    let file = disk.create("a").unwrap();
    disk.platter().calls_left = Some(1);

    assert!(file.write_at(b"one", 0).is_ok());
    assert!(file.sync_data().is_err());
    assert!(disk.platter().is_dead);
    assert!(disk.list().is_err());
}

#[test]
fn after_a_failed_sync_the_cache_lies_and_the_next_sync_says_ok() {
    let disk = SimDisk::new(Draw::new(1));
    let file = disk.create("a").unwrap();
    disk.sync_dir().unwrap();
    file.write_at(b"one", 0).unwrap();
    disk.platter().chances.sync_error = 1_000;

    assert_eq!(file.sync_data().unwrap_err().raw_os_error(), Some(5));
    disk.platter().chances = Chances::default();
    assert!(file.sync_data().is_ok());
    assert_eq!(read(&disk, "a").unwrap(), b"one");
    file.forget_cache().unwrap();
    assert_eq!(read(&disk, "a").unwrap(), b"");
}

#[test]
fn a_full_disk_still_takes_what_is_inside_its_files() {
    let disk = SimDisk::new(Draw::new(1));
    let file = disk.create("a").unwrap();
    file.write_at(&[0; 8], 0).unwrap();
    disk.platter().capacity = Some(10);

    assert_eq!(file.write_at(&[1; 8], 0).unwrap(), 8);
    assert_eq!(file.write_at(&[2; 8], 4).unwrap(), 6);
    assert_eq!(file.write_at(&[3; 8], 10).unwrap_err().kind(), io::ErrorKind::StorageFull);
    disk.platter().capacity = None;
    assert_eq!(file.write_at(&[3; 8], 10).unwrap(), 8);
}

#[test]
fn a_second_process_does_not_get_the_lock_until_the_first_has_ended() {
    let disk = SimDisk::new(Draw::new(1));

    assert!(disk.lock().unwrap());
    assert!(!disk.for_process().lock().unwrap());
    disk.platter().end_process();
    assert!(disk.for_process().lock().unwrap());
}

#[test]
fn damage_says_which_bytes_it_changed() {
    let disk = SimDisk::new(Draw::new(1));
    let before: Vec<u8> = (0_u32..2_048).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let kinds = Damage::ALL.iter().filter(|damage| !matches!(damage, Damage::Delete));
    for (damage, seed) in kinds.flat_map(|damage| (1..20).map(move |seed| (*damage, seed))) {
        let file = disk.create("a").unwrap();
        file.write_at(&before, 0).unwrap();
        file.sync_data().unwrap();
        let mut platter = disk.platter();
        let hit = Vandal { platter: &mut platter, draw: &mut Draw::new(seed) }.inflict(damage, "a", 600, 1_500);
        drop(platter);
        let after = read(&disk, "a").unwrap();

        let Some(hit) = hit else {
            assert_eq!(after, before, "{damage:?}");
            continue;
        };
        assert_ne!(after, before);
        assert_eq!(after[..hit.from], before[..hit.from], "{hit:?}");
        if after.len() == before.len() {
            assert_eq!(after[hit.to..], before[hit.to..], "{hit:?}");
        }
    }
}
