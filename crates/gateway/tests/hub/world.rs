//! A gateway, its engine and its clients, in one thread and without sockets.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use crate::support::{Client, Plain, keys, logon};
use gateway::host::{Engine as _, Token};
use gateway::hub::{About, Hub};
use gateway::limits::Limits;
use model::Command;
use wire::{Durability, ExecType, Logon, Position, Role};

pub(crate) const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A gateway, its engine and its clients, by name. Clients that do not read have a limit of bytes.
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) plain: Plain,
    pub(crate) clients: BTreeMap<&'static str, (Token, Client, usize)>,
    pub(crate) now_ns: u64,
}

pub(crate) fn about(position: Position) -> About {
    About { durability: Durability::Group, position, epoch: 7 }
}

impl World {
    pub(crate) fn new(limits: Limits) -> Self {
        let plain = Plain::with_market();
        let position = Position { event_seq: plain.last.seq, sub: u32::MAX, leg: u8::MAX };
        Self { hub: Hub::new(limits, keys(), about(position)), plain, clients: BTreeMap::new(), now_ns: 0 }
    }

    pub(crate) fn connect(&mut self, name: &'static str, logon: Logon) {
        let token = self.hub.open(HOME, [3; 32], self.now_ns).unwrap();
        let mut client = Client::default();
        client.log_on(logon);
        self.clients.insert(name, (token, client, usize::MAX));
        self.run();
    }

    pub(crate) fn trader(&mut self, name: &'static str) {
        self.connect(name, logon(name, Role::Trading));
    }

    pub(crate) fn traders(&mut self, names: &[&'static str]) {
        for name in names {
            self.trader(name);
        }
    }

    pub(crate) fn client(&self, name: &str) -> &Client {
        &self.clients[name].1
    }

    pub(crate) fn say(&mut self, name: &'static str, command: Command) {
        self.clients.get_mut(name).unwrap().1.command(command);
        self.run();
    }

    pub(crate) fn drop_connection(&mut self, name: &str) -> Client {
        let (token, client, _) = self.clients.remove(name).unwrap();
        self.hub.closed(token);
        client
    }

    pub(crate) fn set_reading(&mut self, name: &str, bytes: usize) {
        self.clients.get_mut(name).unwrap().2 = bytes;
    }

    /// Lets everybody say and hear what there is, until nothing moves.
    pub(crate) fn run(&mut self) {
        for _ in 0..1_000 {
            let mut moved = false;
            for (token, client, _) in self.clients.values_mut() {
                let bytes = std::mem::take(&mut client.out);
                moved |= !bytes.is_empty();
                self.hub.receive(*token, &bytes, self.now_ns, &mut self.plain);
            }
            self.hub.submit_own(&mut self.plain);
            self.plain.step(0, &mut self.hub).unwrap();
            for (token, client, reads) in self.clients.values_mut() {
                self.hub.pump(*token, &self.plain);
                let pending = self.hub.pending(*token);
                let count = pending.len().min(*reads);
                *reads = if *reads == usize::MAX { usize::MAX } else { *reads - count };
                moved |= count > 0;
                client.hear(&pending[..count]);
                self.hub.wrote(*token, count, self.now_ns);
            }
            if !moved {
                return;
            }
        }
        panic!("the world does not come to rest");
    }

    pub(crate) fn told(&self, name: &str) -> Vec<(ExecType, i64)> {
        self.client(name).reports().iter().map(|report| (report.exec_type, report.last_qty.0)).collect()
    }
}
