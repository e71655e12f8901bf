//! A state as the body of a snapshot file: the genesis, then the exchange's image.

use engine::Exchange;
use journal::SnapshotHeader;
use model::Stamp;

use crate::core::Core;
use crate::genesis::{Genesis, GenesisError};

/// Writes a state's body.
pub(crate) fn save(core: &Core) -> Vec<u8> {
    let mut body = core.genesis.to_bytes();
    body.extend_from_slice(&core.last.ts_ns.to_be_bytes());
    core.exchange.save(&mut body);
    body
}

/// Loads a body and compares the hash of what it holds with the header's.
///
/// # Errors
/// Says what is wrong; the snapshot is not usable.
pub(crate) fn load(header: &SnapshotHeader, body: &[u8]) -> Result<Core, String> {
    let (genesis, rest) = Genesis::read(body).map_err(|error| match error {
        GenesisError::Newer(found) => format!("genesis version={found} is newer than this program"),
        GenesisError::Unsound(what) => what,
    })?;
    let (ts_ns, image) = rest.split_first_chunk().ok_or("the body is cut short")?;
    let exchange = Exchange::load(image).map_err(|error| error.to_string())?;
    let mut core = Core::new(genesis);
    core.exchange = exchange;
    core.last = Stamp { seq: header.position.seq, ts_ns: i64::from_be_bytes(*ts_ns) };
    let (wanted, found) = (header.state_hash, core.hash());
    if found == wanted { Ok(core) } else { Err(format!("state_hash={wanted:016x}, loaded {found:016x}")) }
}
