//! The first record of every log and the front of every snapshot: what a replay must begin with to come to the same
//! state. It is no command; the engine never sees it.

use model::Limits;

/// Kind of the first record: beyond the kinds of messages.
pub const GENESIS_KIND: u16 = 0x8000;

/// The form below.
const VERSION: u16 = 1;
const BYTES: usize = 34;

/// What a log was begun with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The engine's bounds.
    pub limits: Limits,
    /// Commands between two state hashes.
    pub hash_every: u64,
}

/// Why bytes are no genesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GenesisError {
    /// Written by a newer version.
    Newer(u16),
    /// Not one at all.
    Unsound(String),
}

impl Genesis {
    /// `version u16 | client_ids_max u64 | client_id_retention_ns i64 | trades_max u32 | triggers_max u32 |
    /// hash_every u64`, big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&(self.limits.client_ids_max as u64).to_be_bytes());
        bytes.extend_from_slice(&self.limits.client_id_retention_ns.to_be_bytes());
        bytes.extend_from_slice(&self.limits.trades_max.to_be_bytes());
        bytes.extend_from_slice(&self.limits.triggers_max.to_be_bytes());
        bytes.extend_from_slice(&self.hash_every.to_be_bytes());
        bytes
    }

    /// Reads the front of `bytes` and gives what follows.
    pub(crate) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), GenesisError> {
        let unsound = || GenesisError::Unsound(format!("the first record is no genesis: bytes={}", bytes.len()));
        let (version, rest) = bytes.split_first_chunk().ok_or_else(unsound)?;
        let version = u16::from_be_bytes(*version);
        if version > VERSION {
            return Err(GenesisError::Newer(version));
        }
        let (client_ids_max, rest) = rest.split_first_chunk().ok_or_else(unsound)?;
        let (retention, rest) = rest.split_first_chunk().ok_or_else(unsound)?;
        let (trades_max, rest) = rest.split_first_chunk().ok_or_else(unsound)?;
        let (triggers_max, rest) = rest.split_first_chunk().ok_or_else(unsound)?;
        let (hash_every, rest) = rest.split_first_chunk().ok_or_else(unsound)?;
        let limits = Limits {
            client_ids_max: usize::try_from(u64::from_be_bytes(*client_ids_max)).map_err(|_| unsound())?,
            client_id_retention_ns: i64::from_be_bytes(*retention),
            trades_max: u32::from_be_bytes(*trades_max),
            triggers_max: u32::from_be_bytes(*triggers_max),
        };
        let genesis = Genesis { limits, hash_every: u64::from_be_bytes(*hash_every) };
        let is_sound = version == VERSION
            && genesis.hash_every > 0
            && (1..=u32::MAX as usize).contains(&limits.client_ids_max)
            && limits.trades_max > 0;
        if is_sound { Ok((genesis, rest)) } else { Err(unsound()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genesis() -> Genesis {
        let limits = Limits { client_ids_max: 7, client_id_retention_ns: -1, trades_max: 3, triggers_max: 4 };
        Genesis { limits, hash_every: 10 }
    }

    #[test]
    fn what_is_written_is_read_and_what_follows_is_given() {
        let mut bytes = genesis().to_bytes();
        assert_eq!(bytes.len(), BYTES);
        bytes.push(9);

        assert_eq!(Genesis::read(&bytes), Ok((genesis(), &[9][..])));
    }

    #[test]
    fn a_short_one_and_one_of_zeros_are_refused() {
        let bytes = genesis().to_bytes();
        for len in 0..BYTES {
            assert!(matches!(Genesis::read(&bytes[..len]), Err(GenesisError::Unsound(_))), "len={len}");
        }
        assert!(matches!(Genesis::read(&[0; BYTES]), Err(GenesisError::Unsound(_))));
    }

    #[test]
    fn a_newer_one_says_its_version() {
        let mut bytes = genesis().to_bytes();
        bytes[1] = 2;

        assert_eq!(Genesis::read(&bytes), Err(GenesisError::Newer(2)));
    }
}
