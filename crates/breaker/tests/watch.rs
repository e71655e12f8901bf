//! The observer: which rule it names, what it looks away from, and when it looks again.

use breaker::{Band, Counts, Watch, WouldHalt};
use model::{BreakerRule, BreakerRules, Price, SplitMix64};

const SECOND: i64 = 1_000_000_000;

fn watch() -> Watch {
    Watch::new(BreakerRules::default(), None)
}

fn print(watch: &mut Watch, second: i64, price: i64) {
    watch.print(second * SECOND, Price(price));
}

fn quote(watch: &mut Watch, second: i64, bid: i64, ask: i64) {
    watch.quote(second * SECOND, Some(Price(bid)), Some(Price(ask)));
}

fn rules_and_seconds(watch: &Watch) -> Vec<(BreakerRule, i64)> {
    watch.halts().iter().map(|halt| (halt.rule, halt.ts_ns / SECOND)).collect()
}

/// A close book, so that a breaker can arm again.
fn calm(watch: &mut Watch, second: i64) {
    quote(watch, second, 9_990, 10_000);
}

#[test]
fn a_fall_of_more_than_ten_percent_is_named_with_price_band_and_end() {
    let mut watch = watch();
    quote(&mut watch, 0, 9_990, 10_010);
    print(&mut watch, 0, 10_000);
    print(&mut watch, 40, 9_000);

    print(&mut watch, 41, 8_975);

    let wanted = WouldHalt {
        rule: BreakerRule::Short,
        ts_ns: 41 * SECOND,
        price: Some(Price(8_975)),
        band: Some(Band { low: Price(9_000), high: Price(9_900) }),
        bid: Some(Price(9_990)),
        ask: Some(Price(10_010)),
        until_ns: 341 * SECOND,
        waits: false,
    };
    assert_eq!(watch.halts(), [wanted]);
}

#[test]
fn a_slide_past_the_short_window_is_the_long_windows() {
    let mut watch = watch();
    for (second, price) in [(0, 10_000), (70, 9_500), (140, 9_200), (210, 9_010)] {
        print(&mut watch, second, price);
    }
    assert!(watch.halts().is_empty());

    print(&mut watch, 280, 8_990);

    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Long, 280)]);
}

#[test]
fn the_static_band_is_around_the_previous_close_and_then_around_the_auction() {
    let mut watch = Watch::new(BreakerRules::default(), Some(Price(10_000)));
    watch.auction(0, Price(11_500));
    for (second, price) in [(400, 12_500), (800, 13_700)] {
        print(&mut watch, second, price);
    }
    assert!(watch.halts().is_empty(), "13,700 is 37 % above the close and 19 % above the auction");
    assert_eq!(watch.reference(), Some(Price(11_500)));

    print(&mut watch, 1_200, 13_801);

    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Static, 1_200)]);
    assert_eq!(watch.halts()[0].band, Some(Band { low: Price(9_200), high: Price(13_800) }));
}

#[test]
fn without_close_and_auction_there_is_no_static_band() {
    let mut watch = watch();
    for (second, price) in (0..30).map(|step| (step * 301, 10_000 + step * 900)) {
        print(&mut watch, second, price);
    }

    assert_eq!((watch.halts(), watch.reference()), (&[][..], None));
}

#[test]
fn after_a_halt_it_looks_again_with_empty_windows_and_the_next_print_is_the_reference() {
    let mut watch = watch();
    print(&mut watch, 0, 10_000);
    print(&mut watch, 1, 5_000);
    assert_eq!(watch.band(), Band::ANY);
    print(&mut watch, 300, 1_000);

    print(&mut watch, 301, 6_000);

    assert_eq!(watch.reference(), Some(Price(6_000)));
    assert_eq!(watch.band(), Band { low: Price(5_400), high: Price(6_600) });
    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Short, 1)]);
    assert_eq!(watch.counts().looked_away, 1);
}

#[test]
fn a_recorded_auction_after_a_halt_is_the_reopening() {
    let mut watch = watch();
    print(&mut watch, 0, 10_000);
    print(&mut watch, 1, 5_000);
    watch.auction(301 * SECOND, Price(6_000));

    print(&mut watch, 302, 9_000);

    assert_eq!(watch.reference(), Some(Price(6_000)));
    assert_eq!(watch.counts().held_back, 1);
}

#[test]
fn the_price_that_tripped_is_no_reference() {
    let mut watch = watch();
    print(&mut watch, 0, 10_000);
    print(&mut watch, 1, 5_000);

    assert_eq!(watch.reference(), None);
}

#[test]
fn the_next_halt_waits_for_cooling_interval_and_calm() {
    let mut watch = watch();
    print(&mut watch, 0, 10_000);
    print(&mut watch, 1, 11_100);
    calm(&mut watch, 2);
    print(&mut watch, 301, 10_000);
    // Cooling ends at 361, the interval at 421.
    print(&mut watch, 419, 11_100);
    assert_eq!((watch.halts().len(), watch.counts().held_back), (1, 1));

    print(&mut watch, 421, 10_000);
    print(&mut watch, 422, 11_100);

    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Short, 1), (BreakerRule::Short, 422)]);
}

#[test]
fn the_third_halt_within_an_hour_waits_for_a_person() {
    let mut watch = watch();
    calm(&mut watch, 0);
    for begin in [0, 1_000, 3_599, 4_700] {
        print(&mut watch, begin, 10_000);
        print(&mut watch, begin + 1, 11_100);
    }

    let waits: Vec<bool> = watch.halts().iter().map(|halt| halt.waits).collect();
    assert_eq!(waits, [false, false, true, false]);
}

#[test]
fn a_halt_an_hour_ago_no_longer_counts() {
    let waits = |third| {
        let mut watch = watch();
        calm(&mut watch, 0);
        for begin in [0, 1_000, third] {
            print(&mut watch, begin, 10_000);
            print(&mut watch, begin + 1, 11_100);
        }
        watch.halts()[2].waits
    };

    assert_eq!((waits(3_599), waits(3_600)), (true, false));
}

#[test]
fn a_market_that_moved_half_of_the_way_is_not_calm() {
    let mut watch = watch();
    calm(&mut watch, 0);
    print(&mut watch, 0, 10_000);
    print(&mut watch, 1, 11_100);
    print(&mut watch, 301, 10_000);
    print(&mut watch, 400, 10_600);
    print(&mut watch, 500, 11_100);
    assert_eq!((watch.halts().len(), watch.counts().held_back), (1, 1), "not armed: 6 % within 300 s");

    print(&mut watch, 650, 10_600);
    print(&mut watch, 700, 11_700);

    assert_eq!(watch.halts().len(), 2);
}

#[test]
fn a_wide_spread_halts_when_it_has_lasted_and_not_with_the_next_event() {
    let mut watch = watch();
    quote(&mut watch, 0, 9_700, 10_000);
    quote(&mut watch, 2, 9_700, 10_010);

    quote(&mut watch, 100, 9_990, 10_000);

    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Spread, 3)]);
    assert_eq!((watch.halts()[0].bid, watch.halts()[0].ask), (Some(Price(9_700)), Some(Price(10_010))));
    assert_eq!((watch.halts()[0].price, watch.halts()[0].band), (None, None));
}

#[test]
fn a_spike_and_a_one_sided_book_do_not_halt() {
    let mut watch = watch();
    quote(&mut watch, 0, 9_000, 10_000);
    quote(&mut watch, 2, 9_990, 10_000);
    watch.quote(3 * SECOND, Some(Price(9_990)), None);
    watch.advance(1_000 * SECOND);
    watch.quote(1_000 * SECOND, None, None);
    quote(&mut watch, 1_001, 9_990, 10_000);

    assert!(watch.halts().is_empty());
    assert_eq!(watch.counts().one_sided_stretches, 1);
}

#[test]
fn a_spread_that_stays_wide_halts_once_until_the_market_was_calm() {
    let mut watch = watch();
    for second in 0..3_000 {
        quote(&mut watch, second, 9_700, 10_000);
    }
    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Spread, 3)]);

    // 1.5 % is close enough not to be wide and too far to be calm.
    quote(&mut watch, 3_000, 9_850, 10_000);
    quote(&mut watch, 3_010, 9_700, 10_000);
    assert_eq!(watch.halts().len(), 1);

    calm(&mut watch, 3_100);
    quote(&mut watch, 3_103, 9_700, 10_000);
    watch.advance(3_106 * SECOND);
    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Spread, 3), (BreakerRule::Spread, 3_106)]);
}

#[test]
fn a_crossed_book_never_halts_and_is_counted_when_it_lasts() {
    let mut watch = watch();
    quote(&mut watch, 0, 10_500, 10_000);
    quote(&mut watch, 2, 9_990, 10_000);
    quote(&mut watch, 10, 10_500, 10_000);
    quote(&mut watch, 13, 10_600, 10_000);
    quote(&mut watch, 20, 9_990, 10_000);

    assert!(watch.halts().is_empty());
    assert_eq!(watch.counts().crossed_stretches, 1);
}

#[test]
fn prices_that_are_not_positive_are_refused_and_counted() {
    let mut watch = watch();
    print(&mut watch, 0, 10_000);
    print(&mut watch, 1, 0);
    print(&mut watch, 2, -5);
    quote(&mut watch, 3, 0, 10_000);
    watch.auction(4 * SECOND, Price(0));

    let counts = Counts { prints: 4, quotes: 1, not_positive: 4, ..Counts::default() };
    assert_eq!((watch.halts(), watch.counts()), (&[][..], counts));
    assert_eq!(watch.band(), Band { low: Price(9_000), high: Price(11_000) });
}

#[test]
fn time_that_runs_backwards_counts_as_the_newest_time() {
    let mut watch = watch();
    print(&mut watch, 100, 10_000);

    print(&mut watch, 1, 8_000);

    assert_eq!(rules_and_seconds(&watch), [(BreakerRule::Short, 100)]);
}

#[test]
fn no_two_halts_overlap_and_rules_that_are_off_never_halt() {
    let standard = BreakerRules::default();
    let mut off = standard;
    off.static_bps = 0;
    off.windows[0].length_ns = 0;
    off.windows[1].length_ns = 0;
    off.spread.bps = 0;
    let gap = standard.reopening.cooling_ns + standard.interval_ns;
    let mut halts = 0;
    for seed in 0..50 {
        let mut rng = SplitMix64::new(seed);
        let (mut on, mut none) = (Watch::new(standard, Some(Price(10_000))), Watch::new(off, Some(Price(10_000))));
        let (mut now, mut price) = (0, 10_000_i64);
        for _ in 0..2_000 {
            let draw = |rng: &mut SplitMix64, bound| i64::try_from(rng.below(bound)).expect("a small number");
            now += draw(&mut rng, 3_000) * 1_000_000;
            price = (price + draw(&mut rng, 301) - 150).max(1_000);
            let bid = price - draw(&mut rng, 60);
            for watch in [&mut on, &mut none] {
                watch.quote(now, Some(Price(bid)), Some(Price(price)));
                watch.print(now, Price(price));
            }
        }
        assert!(on.halts().windows(2).all(|pair| pair[1].ts_ns >= pair[0].until_ns + gap), "seed {seed}");
        assert!(none.halts().is_empty(), "seed {seed}");
        halts += on.halts().len();
    }
    assert!(halts > 100, "{halts}");
}
