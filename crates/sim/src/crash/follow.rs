//! The shadow beside the process: when it looks at the log, and what its snapshots must be.

use super::server::Followed;
use super::world::{Job, World};

const MICRO_NS: i64 = 1_000;
const MILLI_NS: i64 = 1_000_000;

impl World {
    /// There is something new in the log: the shadow will look, now or much later.
    pub(super) fn plan_follow(&mut self) {
        if self.character.sizes.snapshot_every == 0 || self.will_follow {
            return;
        }
        self.will_follow = true;
        let longest_ns = self.shadow.pick(&[10 * MICRO_NS, MILLI_NS, 20 * MILLI_NS]);
        let after_ns = self.shadow.between(0, longest_ns);
        self.line.after(after_ns, Job::Follow(self.life));
    }

    /// One look. It takes disk time of its own and none of the process.
    pub(super) fn follow(&mut self, life: u64) -> Result<(), String> {
        if life != self.life {
            return Ok(());
        }
        self.will_follow = false;
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let looked = server.follow();
        self.server = Some(server);
        self.disk.platter().busy_ns = 0;
        if self.disk.platter().is_dead {
            self.die();
            return Ok(());
        }
        match looked {
            Err(fatal) => return self.abort(&fatal.to_string()),
            Ok(Followed::UpToDate) => return Ok(()),
            Ok(Followed::Behind) => {}
            Ok(Followed::Snapshot) => self.tally.snapshots_made += 1,
            Ok(Followed::Missed) => self.tally.snapshots_missed += 1,
        }
        self.plan_follow();
        Ok(())
    }
}
