//! The words of groups in the state hash (rule R-91).

use model::Digest;

use crate::market::Market;
use crate::shared::Shared;

/// Writes the next group id, then every group with what the entry has not released yet.
pub(crate) fn write(digest: &mut Digest, shared: &Shared, markets: &[Market]) {
    digest.write_u64(shared.groups.next);
    for (id, group) in shared.groups.all() {
        let market = &markets[group.instrument as usize];
        digest.write_u64(id);
        digest.write_u64(group.kind as u64);
        digest.write_u64(group.mode as u64);
        digest.write_u64(group.activation as u64);
        for leg in &group.legs {
            digest.write_u64(leg.slot.map_or(0, |slot| shared.arena.order_id(slot)));
            digest.write_qty(market.qty(leg.unreleased));
        }
    }
}
