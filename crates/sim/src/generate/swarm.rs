//! What one sequence is like: its own probabilities, many of them zero, so that rare paths meet undiluted.

use super::draw::Draw;

/// The probabilities of one sequence. Weights are relative, chances are in thousandths.
#[derive(Clone, Debug)]
pub struct Swarm {
    /// New, amend, cancel, mass cancel, state, tick, deposit, withdraw, fees, definition, stop, group, cancel of a group,
    /// mark or index price.
    pub commands: Vec<u32>,
    /// Limit, market, market-to-limit, pegged.
    pub ord_types: Vec<u32>,
    /// GTC, DAY, GTD, IOC, FOK, ATO, ATC, GFA.
    pub tifs: Vec<u32>,
    /// All, hidden, iceberg.
    pub displays: Vec<u32>,
    /// The instrument's, then the five modes.
    pub stp_modes: Vec<u32>,
    /// No, reject, slide.
    pub post_only: Vec<u32>,
    /// The trading states by number.
    pub states: Vec<u32>,
    /// Nanoseconds, milliseconds, seconds, days.
    pub jumps: Vec<u32>,
    /// Manners of counting client ids.
    pub ids: Vec<u32>,
    /// Of a reduce-only order.
    pub reduce_only: u32,
    /// Of a field that breaks a rule.
    pub bad: u32,
    /// Of a client id used again.
    pub reuse: u32,
    /// Of an order's own price on the far side of the market.
    pub aggressive: u32,
    /// How many ticks from the middle prices lie.
    pub spread_ticks: i64,
    /// The largest usual order in lots.
    pub lots: i64,
    /// Account limits, instrument limits, credit, kill, disconnect rule, session down, session up, dead man.
    pub guards: Vec<u32>,
    /// Of such a command; 0 in sequences without them.
    pub guard_share: u32,
    /// Halt, resume, breaker, bands.
    pub halts: Vec<u32>,
    /// Of such a command; 0 in sequences without them.
    pub halt_share: u32,
    /// Breakers look at the spread.
    pub has_spread_rule: bool,
    /// The unit of timers and halts: what some of the sequence's steps take.
    pub unit_ns: i64,
    /// How far the middle moves at most at once.
    pub drift: i64,
    /// Stop-loss, take-profit, if-touched, trailing stop.
    pub trigger_kinds: Vec<u32>,
    /// The trigger sources by number.
    pub sources: Vec<u32>,
    /// Of a trigger that may fire at once.
    pub immediate: u32,
    /// OCO, OTO, bracket.
    pub group_kinds: Vec<u32>,
    /// Reduce, cancel on first fill, cancel on trigger.
    pub group_modes: Vec<u32>,
}

fn weights(draw: &mut Draw, usual: &[u32]) -> Vec<u32> {
    let some = |draw: &mut Draw, usual: u32| if draw.chance(300) { 0 } else { usual * draw.pick(&[1, 1, 2, 4]) };
    usual.iter().map(|usual| some(draw, *usual)).collect()
}

impl Swarm {
    /// Draws a character.
    pub fn new(draw: &mut Draw) -> Self {
        let mut commands = weights(draw, &[70, 16, 8, 1, 3, 4, 2, 2, 1, 1]);
        commands[0] = commands[0].max(60);
        let (has_stops, has_groups) = (draw.chance(700), draw.chance(650));
        let (stops, groups) = (draw.pick(&[15, 40, 90]), draw.pick(&[10, 25, 60]));
        let of_groups = if has_groups { [groups, 2] } else { [0, 0] };
        let references = if draw.chance(400) { 8 } else { 0 };
        commands.extend([if has_stops { stops } else { 0 }, of_groups[0], of_groups[1], references]);
        let mut states = vec![0; 13];
        for (state, usual) in [(1, 3), (2, 3), (3, 12), (5, 2), (6, 2), (7, 1), (8, 2), (9, 3), (10, 2)] {
            states[state] = weights(draw, &[usual])[0];
        }
        states[3] = states[3].max(4);
        states[11] = u32::from(draw.chance(160));
        let mut ord_types = weights(draw, &[20, 5, 3, 4]);
        ord_types[0] = ord_types[0].max(5);
        Swarm {
            commands,
            ord_types,
            tifs: weights(draw, &[10, 3, 4, 5, 4, 2, 2, 2]),
            displays: weights(draw, &[8, 2, 5]),
            stp_modes: weights(draw, &[6, 2, 2, 2, 2, 3]),
            post_only: weights(draw, &[12, 1, 1]),
            states,
            jumps: weights(draw, &[20, 6, 2, 1]),
            ids: if draw.chance(500) { vec![1] } else { weights(draw, &[8, 1, 2, 1, 1, 1, 1, 2]) },
            reduce_only: draw.pick(&[0, 150, 500, 800]),
            bad: draw.pick(&[0, 5, 15, 60]),
            reuse: draw.pick(&[0, 10, 50]),
            aggressive: draw.pick(&[200, 400, 500]),
            spread_ticks: draw.pick(&[1, 2, 4, 10]),
            lots: draw.pick(&[3, 8, 20, 50]),
            guards: weights(draw, &[4, 6, 3, 2, 2, 2, 2, 2]),
            guard_share: draw.pick(&[0, 0, 15, 60]),
            halts: weights(draw, &[2, 1, 2, 3]),
            halt_share: draw.pick(&[0, 0, 10, 40]),
            has_spread_rule: draw.chance(400),
            unit_ns: draw.pick(&[300, 1_000_000, 700_000_000]),
            drift: draw.pick(&[2, 2, 6]),
            trigger_kinds: weights(draw, &[4, 2, 2, 4]),
            sources: weights(draw, &[8, 2, 2, 2, 2, 1]),
            immediate: draw.pick(&[0, 150, 600]),
            group_kinds: weights(draw, &[3, 2, 4]),
            group_modes: weights(draw, &[3, 2, 2]),
        }
    }
}
