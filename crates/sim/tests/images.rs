//! INV-17, INV-18, S-141, B-64: an exchange that is written down and loaded goes on as if nothing had happened, and
//! bytes that are no image never stop the program.

use std::path::{Path, PathBuf};

use engine::{Exchange, ImageError};
use model::{AccountId, AssetId, Command, Events, Limits, SplitMix64, Stamp};
use sim::generate::sequence;
use sim::images::image_of;
use sim::scenario::{Engine, play};

/// An exchange that is loaded anew from its own image after every command.
struct Reborn(Exchange);

impl Engine for Reborn {
    fn new(limits: Limits) -> Self {
        Reborn(Exchange::new(limits))
    }

    fn apply(&mut self, stamp: Stamp, command: &Command, out: &mut Events) {
        self.0.apply(stamp, command, out);
        let image = image_of(&self.0);
        let loaded = Exchange::load(&image).expect("an image that was just taken");
        loaded.check_invariants();
        assert_eq!(loaded.state_hash(), self.0.state_hash(), "{command:?}");
        assert_eq!(image_of(&loaded), image, "{command:?}");
        self.0 = loaded;
    }

    fn balance(&self, account: AccountId, asset: AssetId) -> (i128, i128) {
        Engine::balance(&self.0, account, asset)
    }
}

fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "vec") {
            found.push(path);
        }
    }
}

#[test]
fn every_scenario_holds_when_the_exchange_is_loaded_anew_after_every_command() {
    let mut paths = Vec::new();
    scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors"), &mut paths);
    paths.sort();
    let mut steps = 0;
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let played = play::<Reborn>(&text).unwrap_or_else(|failure| panic!("{}: {failure}", path.display()));
        let whole = play::<Exchange>(&text).expect("it holds without images");
        assert!(played.steps.iter().map(|step| &step.events).eq(whole.steps.iter().map(|step| &step.events)));
        steps += played.steps.len();
    }

    assert!(paths.len() >= 250 && steps > 4_000, "{} scenarios, {steps} commands", paths.len());
}

/// The image of an exchange in the middle of a sequence.
fn image_amid(seed: u64) -> Vec<u8> {
    let made = sequence(seed, 200);
    let mut exchange = Exchange::new(made.limits);
    let mut events = Events::new();
    for (stamp, command) in &made.commands[..made.commands.len() - 30] {
        events.clear();
        exchange.apply(*stamp, command, &mut events);
    }
    image_of(&exchange)
}

#[test]
fn what_is_cut_short_or_has_something_behind_it_is_refused() {
    let image = image_amid(3);
    assert!(Exchange::load(&image).is_ok());

    for len in 0..image.len() {
        let error = Exchange::load(&image[..len]).expect_err("it is cut short");
        assert_eq!(error == ImageError::Foreign, len < 8, "len={len}: {error}");
    }
    let longer = [&image[..], &[0]].concat();
    assert!(matches!(Exchange::load(&longer), Err(ImageError::Damaged { at, .. }) if at == image.len()));
}

#[test]
fn another_version_or_layout_is_told_apart_from_damage() {
    let image = image_amid(4);
    for at in 0..20 {
        let mut bytes = image.clone();
        bytes[at] ^= 1;
        let error = Exchange::load(&bytes).expect_err("its beginning is another");
        match at {
            0..8 => assert_eq!(error, ImageError::Foreign),
            _ => assert!(matches!(error, ImageError::Version { .. }), "{error}"),
        }
        assert!(error.to_string().contains("replay the log"), "{error}");
    }
}

/// Some bits turned over, some bytes become others, some numbers become large.
fn damaged(image: &[u8], rng: &mut SplitMix64) -> Vec<u8> {
    let mut bytes = image.to_vec();
    for _ in 0..=rng.below(2) {
        let at = 20 + usize::try_from(rng.below(image.len() as u64 - 20)).expect("an index");
        match rng.below(4) {
            0 => bytes[at] ^= 1 << rng.below(8),
            1 => bytes[at] = 0xFF,
            2 => bytes[at] = 0,
            _ => {
                let end = (at + 8).min(bytes.len());
                bytes[at..end].fill([0xFF, 0x7F, 0x80][usize::try_from(rng.below(3)).expect("an index")]);
            }
        }
    }
    bytes
}

/// B-64: no damage stops the program while it loads; whether it shows there or in the hash, most of it shows.
#[test]
fn damage_is_refused_or_changes_the_state_but_never_stops_the_program() {
    let (mut refused, mut changed, mut hidden) = (0, 0, 0);
    for seed in 1..=8 {
        let image = image_amid(seed);
        let whole = Exchange::load(&image).expect("an image").state_hash();
        let mut rng = SplitMix64::new(seed);
        for _ in 0..300 {
            let bytes = damaged(&image, &mut rng);
            if bytes == image {
                continue;
            }
            match Exchange::load(&bytes) {
                Err(ImageError::Damaged { at, .. }) => {
                    assert!(at <= bytes.len());
                    refused += 1;
                }
                Err(error) => panic!("seed {seed}: {error}"),
                Ok(loaded) => {
                    // What is damaged may stop whoever walks over it: whoever keeps images asks for their checksum.
                    let hash = std::panic::catch_unwind(|| loaded.state_hash());
                    if hash.is_ok_and(|hash| hash == whole) { hidden += 1 } else { changed += 1 }
                }
            }
        }
    }

    assert!(refused > 800 && changed > 100, "refused={refused} changed={changed} hidden={hidden}");
    println!("refused={refused} changed={changed} hidden={hidden}");
}
