//! When the crowd acts: arrivals that set off further arrivals, as orders do in every recording.
//!
//! A Hawkes process by its clusters: immigrants come as a Poisson process, and each arrival has a Poisson number of
//! children with mean 2/3, each after a wait of its own. The variance of counts is then `1 / (1 - 2/3)^2 = 9` times
//! their mean, against 9.2 measured (module `market`), and one arrival in three is an immigrant.
//!
//! Source: Hawkes and Oakes, "A cluster process representation of a self-exciting process", 1974.

use super::chance::{log_uniform, waiting};
use crate::rng::SplitMix64;

/// Upper ends, per mille, of 0, 1, 2, 3 and 4 children: Poisson with mean 2/3.
const CHILDREN_PER_MILLE: [u32; 4] = [513, 856, 970, 995];
/// Shortest wait of a child; waits spread over [`CHILD_DOUBLINGS`] doublings, up to 51 ms.
const CHILD_NS_MIN: u64 = 50_000;
const CHILD_DOUBLINGS: u32 = 10;

/// Waits after which the children of an arrival come, at most four.
pub(super) fn children(rng: &mut SplitMix64) -> impl Iterator<Item = u64> {
    let drawn = rng.below(1_000);
    let n = CHILDREN_PER_MILLE.iter().filter(|&&upper| drawn >= upper).count();
    (0..n).map(|_| log_uniform(rng, CHILD_NS_MIN, CHILD_DOUBLINGS))
}

/// The wait until the next immigrant where all arrivals together come `arrivals_per_ks` times in 1,000 seconds.
pub(super) fn immigrant(rng: &mut SplitMix64, arrivals_per_ks: u64) -> u64 {
    waiting(rng, 3 * 1_000_000_000_000 / arrivals_per_ks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BinaryHeap;

    #[test]
    fn arrivals_keep_their_rate_and_cluster_as_measured() {
        const SECONDS: usize = 4_000;
        let mut rng = SplitMix64::new(11);
        let mut counts = vec![0_i64; SECONDS];
        let mut immigrant_at = 0;
        let mut later = BinaryHeap::new();
        while immigrant_at < SECONDS as u64 * 1_000_000_000 {
            later.push(immigrant_at);
            while let Some(at) = later.pop() {
                if let Some(count) = counts.get_mut(usize::try_from(at / 1_000_000_000).expect("fits")) {
                    *count += 1;
                }
                later.extend(children(&mut rng).map(|wait| at + wait));
            }
            immigrant_at += immigrant(&mut rng, 6_000);
        }

        let n = i64::try_from(SECONDS).unwrap();
        let sum: i64 = counts.iter().sum();
        let squares: i64 = counts.iter().map(|count| count * count).sum();
        // 6 a second; dispersion 9 for long windows, a little less where a second cuts clusters in two. The dispersion of
        // a Poisson process, 1, is far outside.
        assert!((5 * n..7 * n).contains(&sum), "sum {sum}");
        let dispersion = (squares * n - sum * sum) / (n * sum);
        assert!((6..=10).contains(&dispersion), "dispersion {dispersion}");
    }
}
