//! Reads a workload file, so that every engine, ours and the peers, starts from the same bytes and a clean heap.

use flow::workload::{FillTally, HEADER_BYTES, MAGIC, Op, RECORD_BYTES, Record, Side, Totals, Workload};
use std::path::Path;

/// Reads a whole workload.
///
/// # Errors
/// Where the file cannot be read, is not a workload, is cut, or holds an unknown command.
pub fn read(path: &Path) -> Result<Workload, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read workload: path={} error={error}", path.display()))?;
    parse(&bytes).map_err(|reason| format!("not a workload: path={} {reason}", path.display()))
}

fn parse(bytes: &[u8]) -> Result<Workload, String> {
    let Some((head, body)) = bytes.split_at_checked(HEADER_BYTES) else {
        return Err(format!("bytes={} min={HEADER_BYTES}", bytes.len()));
    };
    if head[..MAGIC.len()] != MAGIC {
        return Err("magic differs".to_owned());
    }
    let header = totals(head);
    let expected = (header.n_pre + header.n_ops) * RECORD_BYTES as u64;
    if body.len() as u64 != expected {
        return Err(format!("record_bytes={} expected={expected}", body.len()));
    }
    let records = body.chunks_exact(RECORD_BYTES).map(record).collect::<Result<_, _>>()?;
    Ok(Workload { header, records })
}

fn totals(head: &[u8]) -> Totals {
    let word = |index: usize| u64::from_le_bytes(array(&head[8 + 8 * index..]));
    Totals {
        n_pre: word(0),
        n_ops: word(1),
        max_id: word(2),
        seed: word(3),
        n_sym: word(4),
        tally: FillTally { fills: word(5), qty: word(6), notional: word(7), hash: word(8) },
        rest: word(9),
        rest_qty: word(10),
    }
}

fn record(bytes: &[u8]) -> Result<Record, String> {
    let op = match bytes[22] {
        0 => Op::Add,
        1 => Op::Cancel,
        2 => Op::Reduce,
        3 => Op::Replace,
        4 => Op::Ioc,
        unknown => return Err(format!("unknown command: op={unknown} max=4")),
    };
    let side = match bytes[23] {
        0 => Side::Buy,
        1 => Side::Sell,
        unknown => return Err(format!("unknown side: side={unknown} max=1")),
    };
    Ok(Record {
        id: u64::from_le_bytes(array(bytes)),
        px: i64::from_le_bytes(array(&bytes[8..])),
        qty: u32::from_le_bytes(array(&bytes[16..])),
        sym: u16::from_le_bytes(array(&bytes[20..])),
        op,
        side,
    })
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    *bytes.first_chunk().expect("the length was checked against the header")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use flow::workload::{HEADER_BYTES, Kind, RECORD_BYTES};

    fn small_file() -> Vec<u8> {
        let mut workload = Kind::Mixed.generate();
        (workload.header.n_pre, workload.header.n_ops) = (7, 3);
        workload.records.truncate(10);
        workload.to_bytes()
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = small_file();

        assert_eq!(parse(&bytes).unwrap().to_bytes(), bytes);
    }

    #[test]
    fn a_cut_file_is_refused() {
        let mut bytes = small_file();
        bytes.pop();

        let reason = parse(&bytes).unwrap_err();

        assert_eq!(reason, format!("record_bytes={} expected={}", 10 * RECORD_BYTES - 1, 10 * RECORD_BYTES));
        assert_eq!(parse(&bytes[..100]).unwrap_err(), format!("bytes=100 min={HEADER_BYTES}"));
    }

    #[test]
    fn a_foreign_file_and_an_unknown_command_are_refused() {
        let (mut foreign, mut unknown) = (small_file(), small_file());
        foreign[0] = b'X';
        unknown[HEADER_BYTES + 22] = 5;

        assert_eq!(parse(&foreign).unwrap_err(), "magic differs");
        assert_eq!(parse(&unknown).unwrap_err(), "unknown command: op=5 max=4");
    }
}
