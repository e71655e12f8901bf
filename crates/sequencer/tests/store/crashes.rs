//! The power goes at every call to the disk, in two lives (INV-15, INV-17).

use model::Side;
use sequencer::{Recovered, Sequencer};

use crate::memory::{Loss, Memory};
use crate::world::{START, accepted, cancel, market, options, order};

const LOSSES: [Loss; 4] = [Loss::All, Loss::Nothing, Loss::EverySecond, Loss::After(100)];

/// What a client outside knows: which orders were acknowledged, and the newest number it saw.
#[derive(Debug, Default)]
struct Client {
    next: u64,
    acknowledged: Vec<u64>,
    last_seq: u64,
}

impl Client {
    /// Sends orders until the disk stops or `count` were answered.
    fn trade(&mut self, sequencer: &mut Sequencer<Memory>, count: u64) {
        for _ in 0..count {
            self.next += 1;
            let number = self.next;
            if sequencer
                .submit(number, &order(1 + u32::from(number.is_multiple_of(2)), number, Side::Buy, 100))
                .is_err()
            {
                return;
            }
            let Ok(released) = sequencer.step(START) else { return };
            self.acknowledged.extend(accepted(&released).into_iter().filter(|(_, taken)| *taken).map(|(id, _)| id));
            self.last_seq = released.iter().last().map_or(self.last_seq, |one| one.stamp.seq);
        }
    }

    /// Every acknowledged order is there, and no order that was never sent.
    fn check(&self, sequencer: &Sequencer<Memory>, recovered: &Recovered, what: &str) {
        assert!(recovered.last.seq >= self.last_seq, "{what}: acknowledged commands are gone: {self:?} {recovered:?}");
        let exchange = sequencer.exchange();
        let ids = [1, 2].map(|account| exchange.open_orders(model::AccountId(account)));
        let ids: Vec<String> = ids.iter().flatten().map(|order| order.cl_ord_id.to_string()).collect();
        for number in &self.acknowledged {
            assert!(ids.contains(&number.to_string()), "{what}: order {number} is gone");
        }
        for id in ids {
            assert!((1..=self.next).any(|number| number.to_string() == id), "{what}: order {id} was never sent");
        }
    }
}

/// One life on a disk; it ends at the call that is told to fail, or cleanly.
fn live(disk: &Memory, client: &mut Client, what: &str) {
    let Ok((mut sequencer, recovered)) = Sequencer::open(disk.clone(), options(), START) else { return };
    client.check(&sequencer, &recovered, what);
    if recovered.is_new || sequencer.exchange().instrument(model::InstrumentId(0)).is_none() {
        for command in market() {
            if sequencer.submit(0, &command).is_err() || sequencer.step(START).is_err() {
                return;
            }
        }
    }
    client.trade(&mut sequencer, 60);
    if sequencer.submit(0, &cancel(1, 999_999)).is_ok() {
        let _ = sequencer.step(START);
    }
    let _ = sequencer.close();
}

#[test]
fn a_power_cut_at_any_call_loses_nothing_that_was_acknowledged() {
    let calls = {
        let disk = Memory::default();
        live(&disk, &mut Client::default(), "whole");
        disk.calls()
    };
    assert!(calls > 150, "{calls}");
    let (mut cuts, mut acknowledged) = (0, 0);
    for stop in 0..calls {
        let loss = LOSSES[usize::try_from(stop % 4).expect("small")];
        let what = format!("stop={stop} loss={loss:?}");
        let (disk, mut client) = (Memory::default(), Client::default());
        disk.stop_at(stop);
        live(&disk, &mut client, &what);

        // The second life works on what the first left, and is cut as well.
        let second = disk.after(loss);
        second.stop_at(stop / 2 + 20);
        live(&second, &mut client, &what);

        let third = second.after(loss);
        let (sequencer, recovered) = Sequencer::open(third.clone(), options(), START).expect("a crash is no damage");
        client.check(&sequencer, &recovered, &what);
        let hash = sequencer.exchange().state_hash();
        drop(sequencer);
        let (again, recovered_again) =
            Sequencer::open(third.after(Loss::All), options(), START).expect("a crash is no damage");
        assert_eq!((recovered_again.last, again.exchange().state_hash()), (recovered.last, hash), "{what}");
        (cuts, acknowledged) = (cuts + 1, acknowledged + client.acknowledged.len());
    }
    assert!(acknowledged > cuts * 30, "{acknowledged} acknowledged in {cuts} runs");
}
