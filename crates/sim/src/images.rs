//! An exchange that is written down and loaded again at random commands, beside the one that goes on (INV-18): from the
//! same commands both must make the same events, the same state and the same image.

use engine::Exchange;
use model::{Command, Event, Events, SplitMix64, Stamp};

/// After which commands of a sequence an image is taken. A matter of seed and stamp alone, so that it stays the same when
/// other commands are left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// Of the sequence.
    pub seed: u64,
    /// Chance of an image after a command, in thousandths.
    pub permille: u32,
}

impl Plan {
    /// What a sequence of a seed does about images, with a probability of its own: often nothing, sometimes after nearly
    /// every command.
    pub fn of(seed: u64) -> Self {
        let mut rng = SplitMix64::new(seed ^ 0x1AA6_E5EE_D000_0001);
        let permille = match rng.below(7) {
            0 | 1 => 0,
            2 => 10,
            3 => 30,
            4 => 100,
            5 => 400,
            _ => 900,
        };
        Plan { seed, permille }
    }

    fn is_due(&self, stamp: Stamp) -> bool {
        let mut rng = SplitMix64::new(self.seed.wrapping_add(stamp.seq.wrapping_mul(SplitMix64::GAMMA)));
        rng.below(1_000) < u64::from(self.permille)
    }
}

/// The exchange that was loaded last.
#[derive(Debug)]
pub struct Reloaded {
    plan: Plan,
    loaded: Option<Exchange>,
    events: Events,
    /// Commands since it was loaded.
    age: u64,
    images: u64,
}

/// The image of an exchange.
pub fn image_of(exchange: &Exchange) -> Vec<u8> {
    let mut image = Vec::new();
    exchange.save(&mut image);
    image
}

impl Reloaded {
    /// Nothing is loaded yet.
    pub fn new(plan: Plan) -> Self {
        Reloaded { plan, loaded: None, events: Events::new(), age: 0, images: 0 }
    }

    /// How many images were taken, and how many commands the loaded exchange has followed since the last.
    pub fn counts(&self) -> (u64, u64) {
        (self.images, self.age)
    }

    /// Applies to the loaded exchange what `original` has just applied with these events, and takes an image where one
    /// is due.
    ///
    /// # Errors
    /// What differs.
    pub fn follow(
        &mut self,
        stamp: Stamp,
        command: &Command,
        original: &Exchange,
        events: &[Event],
    ) -> Result<(), String> {
        if let Some(loaded) = &mut self.loaded {
            self.events.clear();
            loaded.apply(stamp, command, &mut self.events);
            self.age += 1;
            if self.events.as_slice() != events {
                let other = self.events.as_slice();
                return Err(format!("{} commands after loading: {events:?}\n# loaded {other:?}", self.age));
            }
            if loaded.state_hash() != original.state_hash() {
                return Err(format!("{} commands after loading the state hash differs", self.age));
            }
        }
        if self.plan.is_due(stamp) { self.reload(original) } else { Ok(()) }
    }

    /// Takes an image and goes on with what it brings back.
    fn reload(&mut self, original: &Exchange) -> Result<(), String> {
        let image = image_of(original);
        if let Some(loaded) = &self.loaded {
            same_image(&image, &image_of(loaded))
                .map_err(|what| format!("{} commands after loading {what}", self.age))?;
        }
        let loaded = Exchange::load(&image).map_err(|error| error.to_string())?;
        same_image(&image, &image_of(&loaded)).map_err(|what| format!("at once {what}"))?;
        if loaded.state_hash() != original.state_hash() {
            return Err("the state hash of what is loaded differs".to_owned());
        }
        loaded.check_invariants();
        (self.loaded, self.age) = (Some(loaded), 0);
        self.images += 1;
        Ok(())
    }
}

fn same_image(original: &[u8], loaded: &[u8]) -> Result<(), String> {
    if original == loaded {
        return Ok(());
    }
    let at = original.iter().zip(loaded).position(|(a, b)| a != b).unwrap_or(original.len().min(loaded.len()));
    Err(format!("the images differ from byte {at} on, of {} and {} bytes", original.len(), loaded.len()))
}
