//! One session against bytes of every kind: split anywhere, malformed, too many, too fast, none at all.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod support;

use gateway::keys::Keys;
use gateway::limits::{Flow, Limits};
use gateway::own::Owner;
use gateway::session::{Request, Session};
use model::{AccountId, CancelAllAfter, Command, MassCancel, SessionId, Side, SplitMix64};
use support::{Client, SECOND, cancel, keys, logon, order};
use wire::{LogoutReason, Message, RejectCode, Role};

/// A session, its client, and time; what the session asks for is kept.
struct Talk {
    session: Session,
    client: Client,
    keys: Keys,
    limits: Limits,
    now_ns: u64,
    asked: Vec<Request>,
}

impl Talk {
    fn new(limits: Limits) -> Self {
        let session = Session::new(&limits, [9; 32], 0);
        Self { session, client: Client::default(), keys: keys(), limits, now_ns: 0, asked: Vec::new() }
    }

    /// A session of key `a` that is live.
    fn live(limits: Limits) -> Self {
        let mut talk = Self::new(limits);
        talk.client.log_on(logon("a", Role::Trading));
        talk.run();
        assert!(talk.session.is_live());
        talk.asked.clear();
        talk
    }

    /// Hands over bytes as they are.
    fn feed(&mut self, bytes: &[u8]) {
        self.session.receive(bytes, self.now_ns);
        while let Some(request) = self.session.poll(&self.keys, self.now_ns) {
            if let Request::Logon(owner, _) = &request {
                let ack = ack(*owner);
                self.session.accept(ack);
            }
            self.asked.push(request);
        }
        let said = self.session.pending().to_vec();
        self.session.wrote(said.len(), self.now_ns);
        self.client.hear(&said);
    }

    /// Hands over what the client has to say until it has no more.
    fn run(&mut self) {
        while !self.client.out.is_empty() {
            let bytes = std::mem::take(&mut self.client.out);
            self.feed(&bytes);
        }
    }

    fn say(&mut self, command: Command) {
        self.client.command(command);
        self.run();
    }

    fn tick(&mut self, now_ns: u64) {
        self.now_ns = now_ns;
        self.session.tick(&self.limits, now_ns);
        self.feed(&[]);
    }

    fn reason(&self) -> Option<LogoutReason> {
        self.client.logout().map(|logout| logout.reason)
    }

    fn rejected(&self) -> Vec<RejectCode> {
        self.client.rejects().iter().map(|reject| reject.reason).collect()
    }
}

fn ack(owner: Owner) -> wire::LogonAck {
    wire::LogonAck {
        session: owner.session.0,
        account: owner.account,
        role: owner.role,
        heartbeat_ms: 10_000,
        next_in: 1,
        next_out: 1,
        position: wire::Position::default(),
        cancel_on_disconnect_ms: None,
        epoch: 0,
        orders_per_s: 0,
        cancels_per_s: 0,
        frame_max: 4_096,
        durability: wire::Durability::Group,
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

#[test]
fn a_client_that_proves_its_key_is_let_in_as_the_keys_owner() {
    let mut talk = Talk::new(Limits::default());
    talk.client.log_on(logon("a", Role::Trading));

    talk.run();

    let owner = Owner { session: SessionId(1), account: AccountId(1), role: Role::Trading };
    assert_eq!(talk.asked, [Request::Logon(owner, logon("a", Role::Trading))]);
    assert!(matches!(talk.client.heard.as_slice(), [(_, Message::Challenge(_)), (_, Message::LogonAck(_))]));
    assert_eq!(talk.session.owner(), Some(owner));
}

#[test]
fn g_1_nothing_but_a_logon_is_understood_first() {
    for message in
        [Message::Command(order("x", Side::Buy, 1, 1)), Message::TestRequest(wire::TestRequest { test_id: 1 })]
    {
        let mut talk = Talk::new(Limits::default());
        talk.client.say(&message);
        talk.run();
        assert_eq!((talk.reason(), talk.asked.len()), (Some(LogoutReason::Unexpected), 0));
    }
}

#[test]
fn g_1_nothing_but_the_proof_is_understood_after_the_challenge() {
    let mut talk = Talk::new(Limits::default());
    talk.client.log_on(logon("a", Role::Trading));
    talk.client.command(order("x", Side::Buy, 1, 1));

    talk.run();

    assert_eq!((talk.reason(), talk.asked.len()), (Some(LogoutReason::Unexpected), 0));
}

#[test]
fn g_3_an_unknown_key_and_a_wrong_proof_end_alike() {
    let mut unknown = Talk::new(Limits::default());
    unknown.client.log_on(logon("nobody", Role::Trading));
    unknown.run();
    let mut wrong = Talk::new(Limits::default());
    // What is proven is another logon than the one that was sent.
    wrong.client.log_on(logon("b", Role::Trading));
    wrong.client.out.clear();
    wrong.client.say(&Message::Logon(logon("a", Role::Trading)));
    wrong.run();

    for talk in [unknown, wrong] {
        assert_eq!(talk.asked, [Request::ProofFailed]);
        assert_eq!(talk.reason(), Some(LogoutReason::NotAuthenticated));
        assert!(talk.session.is_over());
    }
}

#[test]
fn a_logon_outside_its_bounds_is_refused_with_value_and_limit() {
    let cases = [
        (wire::Logon { role: Role::Operator, ..logon("a", Role::Trading) }, LogoutReason::NotPermitted, 4, 1),
        (wire::Logon { heartbeat_ms: 999, ..logon("a", Role::Trading) }, LogoutReason::BadLogon, 999, 60_000),
        (wire::Logon { heartbeat_ms: 60_001, ..logon("a", Role::Trading) }, LogoutReason::BadLogon, 60_001, 60_000),
        (
            wire::Logon { cancel_on_disconnect_ms: Some(60_001), ..logon("a", Role::Trading) },
            LogoutReason::BadLogon,
            60_001,
            60_000,
        ),
    ];
    for (logon, reason, value, limit) in cases {
        let mut talk = Talk::new(Limits::default());
        talk.client.log_on(logon);
        talk.run();
        let logout = talk.client.logout().unwrap();
        assert_eq!((logout.reason, logout.value, logout.limit), (reason, value, limit));
        assert!(talk.asked.is_empty());
    }
}

#[test]
fn bytes_may_be_split_anywhere() {
    let commands = || [order("x", Side::Buy, 5, 100), cancel("x"), Command::MassCancel(MassCancel::default())];
    let mut whole = Talk::live(Limits::default());
    for command in commands() {
        whole.client.command(command);
    }
    let bytes = std::mem::take(&mut whole.client.out);
    whole.feed(&bytes);
    assert_eq!(whole.asked.len(), 3);

    for at in 0..=bytes.len() {
        let mut talk = Talk::live(Limits::default());
        talk.feed(&bytes[..at]);
        talk.feed(&bytes[at..]);
        assert_eq!(talk.asked, whole.asked, "split at {at}");
    }
    let mut talk = Talk::live(Limits::default());
    bytes.chunks(1).for_each(|byte| talk.feed(byte));
    assert_eq!(talk.asked, whole.asked);
}

#[test]
fn the_logon_may_be_split_anywhere_too() {
    let mut first = Talk::new(Limits::default());
    first.client.log_on(logon("a", Role::Trading));
    let hello = std::mem::take(&mut first.client.out);
    first.feed(&hello);
    let proof = first.client.out.clone();
    for at in 0..=hello.len() + proof.len() {
        let mut talk = Talk::new(Limits::default());
        let bytes = [hello.as_slice(), &proof].concat();
        talk.feed(&bytes[..at]);
        talk.feed(&bytes[at..]);
        assert!(talk.session.is_live(), "split at {at}");
    }
}

#[test]
fn g_21_numbers_count_up_by_one() {
    let mut talk = Talk::live(Limits::default());
    let cancel_all = Message::Command(Command::MassCancel(MassCancel::default()));
    talk.client.say_as(&cancel_all, 1);
    talk.client.say_as(&cancel_all, 1);
    talk.client.say_as(&cancel_all, 2);
    talk.run();

    let numbers: Vec<u64> = talk
        .asked
        .iter()
        .filter_map(|asked| if let Request::Command(seq, ..) = asked { Some(*seq) } else { None })
        .collect();
    assert_eq!(numbers, [1, 2]);
    let reject = talk.client.rejects()[0];
    assert_eq!((reject.reason, reject.ref_seq, reject.value, reject.limit), (RejectCode::SequenceLow, 1, 1, 2));

    talk.client.say_as(&cancel_all, 4);
    talk.run();
    let logout = talk.client.logout().unwrap();
    assert_eq!((logout.reason, logout.value, logout.limit), (LogoutReason::SequenceGap, 4, 3));
}

#[test]
fn a_command_without_a_number_is_rejected() {
    let mut talk = Talk::live(Limits::default());
    talk.client.say_as(&Message::Command(cancel("x")), 0);
    talk.run();

    assert_eq!((talk.rejected(), talk.asked.len()), (vec![RejectCode::SequenceLow], 0));
}

#[test]
fn g_12_another_account_or_session_is_rejected_and_the_session_goes_on() {
    let mut talk = Talk::live(Limits::default());
    let timer = |account| Command::CancelAllAfter(CancelAllAfter { account: AccountId(account), timeout_ns: 0 });
    talk.say(timer(2));
    talk.say(timer(1));

    let reject = talk.client.rejects()[0];
    assert_eq!((reject.reason, reject.value, reject.limit), (RejectCode::NotYours, 2, 1));
    assert_eq!(talk.asked, [Request::Command(2, wire::Kind::CancelAllAfter, timer(1))]);
}

#[test]
fn g_11_a_trader_does_not_run_the_venue_and_nobody_speaks_for_the_gateway() {
    let mut talk = Talk::live(Limits::default());
    talk.say(Command::Tick);
    talk.say(Command::SessionDown(SessionId(2)));
    talk.say(Command::AddAsset { symbol: model::Symbol::new("X").unwrap(), decimals: 2 });

    assert_eq!((talk.rejected(), talk.asked.len()), (vec![RejectCode::NotPermitted; 3], 0));
}

#[test]
fn g_30_a_message_that_means_nothing_is_rejected_and_used_its_number() {
    let mut order_bytes = Vec::new();
    Message::Command(order("x", Side::Buy, 5, 100)).encode(0, 1, &mut order_bytes).unwrap();
    let bent = |at: usize, value: u8| {
        let mut bytes = order_bytes.clone();
        bytes[at] = value;
        bytes
    };
    let mut short = order_bytes[..order_bytes.len() - 1].to_vec();
    let block = u16::try_from(short.len() - 16).unwrap();
    short[2..4].copy_from_slice(&block.to_be_bytes());
    let mut not_from_a_client = Vec::new();
    let owner = Owner { session: SessionId(1), account: AccountId(1), role: Role::Trading };
    Message::LogonAck(ack(owner)).encode(0, 1, &mut not_from_a_client).unwrap();
    let side_at = (16..order_bytes.len()).find(|at| {
        let read = wire::decode_command(&bent(*at, 99));
        read.is_err_and(|error| error.field == "side")
    });
    let cases = [
        (bent(0, 200), RejectCode::UnknownKind),
        (not_from_a_client, RejectCode::UnknownKind),
        (bent(1, 77), RejectCode::NewerVersion),
        (short, RejectCode::BadLength),
        (bent(side_at.unwrap(), 99), RejectCode::BadField),
    ];
    for (bytes, reason) in cases {
        let mut talk = Talk::live(Limits::default());
        talk.feed(&framed(&bytes));
        assert_eq!((talk.rejected(), talk.asked.len()), (vec![reason], 0), "{reason:?}");
        talk.client.next_out = 2;
        talk.say(order("x", Side::Buy, 5, 100));
        assert_eq!(talk.asked.len(), 1, "the session goes on after {reason:?}");
    }
}

#[test]
fn g_31_an_impossible_length_ends_the_session_at_once() {
    let mut inner = Vec::new();
    Message::Command(cancel("x")).encode(0, 1, &mut inner).unwrap();
    let mut lying = inner.clone();
    lying[3] ^= 1;
    for bytes in [vec![0, 0], vec![0, 15], vec![0x10, 0x01], vec![0xFF, 0xFF], framed(&lying)] {
        let mut talk = Talk::live(Limits::default());
        talk.feed(&[bytes, framed(&inner)].concat());
        assert_eq!((talk.reason(), talk.asked.len()), (Some(LogoutReason::BadFrame), 0));
        talk.feed(&framed(&inner));
        assert_eq!(talk.asked.len(), 0, "nothing is passed on any more");
    }
}

#[test]
fn g_40_orders_are_throttled_and_cancels_have_a_bucket_of_their_own() {
    let keys =
        Keys::parse(&format!("a 1 1 trading hmac {} orders_per_s=2 cancels_per_s=3\n", "5a".repeat(32))).unwrap();
    let mut talk = Talk::new(Limits::default());
    talk.keys = keys;
    talk.client.log_on(logon("a", Role::Trading));
    talk.run();
    for n in 0..6 {
        talk.say(order(&format!("o{n}"), Side::Buy, 1, 1));
    }
    assert_eq!(talk.rejected(), [RejectCode::Throttled; 2]);
    assert_eq!((talk.client.rejects()[0].value, talk.client.rejects()[0].limit), (2, 4));
    for _ in 0..7 {
        talk.say(cancel("o0"));
    }
    assert_eq!(talk.rejected().len(), 3);
    talk.now_ns += SECOND / 2;
    talk.say(order("later", Side::Buy, 1, 1));
    assert_eq!(talk.rejected().len(), 3);
}

#[test]
fn g_41_whoever_sends_too_much_is_not_read_for_a_while() {
    let limits = Limits { messages: Flow { per_second: 10, burst: 10 }, ..Limits::default() };
    let keys = Keys::parse(&format!("a 1 1 trading hmac {}\n", "5a".repeat(32))).unwrap();
    let mut talk = Talk::new(limits);
    talk.keys = keys;
    talk.client.log_on(logon("a", Role::Trading));
    talk.run();
    assert!(talk.session.wants_bytes(&limits, 0));

    (0..20).for_each(|_| talk.client.command(cancel("x")));
    talk.run();

    assert_eq!(talk.asked.len(), 21, "what was read is handled");
    let until = talk.session.paused_until(0).unwrap();
    assert!(!talk.session.wants_bytes(&limits, until - 1));
    assert!(talk.session.wants_bytes(&limits, until));
    assert_eq!(until, 12 * SECOND / 10, "2 + 20 messages, 10 at once, 10 a second");
}

#[test]
fn g_42_whoever_does_not_read_is_not_read() {
    let limits = Limits::default();
    let mut talk = Talk::live(limits);
    let mut sent = 0;
    while talk.session.wants_bytes(&limits, 0) {
        talk.client.say_as(&Message::Command(cancel("x")), 0);
        let bytes = std::mem::take(&mut talk.client.out);
        talk.session.receive(&bytes, 0);
        while talk.session.poll(&talk.keys, 0).is_some() {}
        sent += 1;
        assert!(sent < 10_000);
    }
    assert!(talk.session.pending_len() > limits.outbox_high);
    assert!(talk.session.pending_len() < limits.outbox_high + 256);

    let pending = talk.session.pending_len();
    talk.session.wrote(pending, 0);
    assert!(talk.session.wants_bytes(&limits, 0));
}

#[test]
fn g_50_each_side_is_told_that_the_other_is_there() {
    let mut talk = Talk::live(Limits::default());
    talk.client.heard.clear();
    talk.tick(10 * SECOND - 1);
    assert!(talk.client.heard.is_empty());
    talk.tick(10 * SECOND);
    assert!(matches!(talk.client.heard[0].1, Message::Heartbeat(wire::Heartbeat { test_id: 0 })));

    talk.client.say(&Message::TestRequest(wire::TestRequest { test_id: 77 }));
    talk.run();
    assert!(matches!(talk.client.heard[1].1, Message::Heartbeat(wire::Heartbeat { test_id: 77 })));
}

#[test]
fn g_51_a_half_open_connection_is_found_out() {
    let mut talk = Talk::live(Limits::default());
    talk.tick(15 * SECOND);
    assert!(matches!(talk.client.heard.last().unwrap().1, Message::TestRequest(_)));
    talk.client.out.clear();
    talk.tick(25 * SECOND - 1);
    assert!(talk.session.is_live());
    talk.tick(25 * SECOND);

    assert_eq!(talk.reason(), Some(LogoutReason::HeartbeatTimeout));
}

#[test]
fn g_51_an_answer_keeps_the_session() {
    let mut talk = Talk::live(Limits::default());
    talk.tick(15 * SECOND);
    talk.run();
    talk.tick(29 * SECOND);

    assert!(talk.session.is_live());
}

#[test]
fn whoever_does_not_log_on_in_time_is_sent_away() {
    for says_hello in [false, true] {
        let mut talk = Talk::new(Limits::default());
        if says_hello {
            talk.client.log_on(logon("a", Role::Trading));
            let hello = std::mem::take(&mut talk.client.out);
            talk.feed(&hello);
            talk.client.out.clear();
        }
        talk.tick(5 * SECOND - 1);
        assert!(!talk.session.is_ending());
        talk.tick(5 * SECOND);
        assert_eq!(talk.reason(), Some(LogoutReason::LogonTimeout));
    }
}

#[test]
fn g_63_whoever_takes_nothing_is_closed_without_a_word() {
    let limits = Limits::default();
    let mut talk = Talk::live(limits);
    talk.client.say(&Message::TestRequest(wire::TestRequest { test_id: 5 }));
    let bytes = std::mem::take(&mut talk.client.out);
    talk.session.receive(&bytes, 0);
    assert!(talk.session.poll(&talk.keys, 0).is_none());
    talk.session.wrote(1, SECOND);

    talk.session.tick(&limits, 11 * SECOND - 1);
    assert!(!talk.session.is_over());
    talk.session.tick(&limits, 11 * SECOND);

    assert!(talk.session.is_over());
    assert_eq!(talk.session.pending_len(), 0);
}

#[test]
fn g_6_a_logout_is_answered_and_nothing_after_it_is_heard() {
    let mut talk = Talk::live(Limits::default());
    let logout = wire::Logout { reason: LogoutReason::Requested, ref_seq: 0, value: 0, limit: 0 };
    talk.client.say(&Message::Logout(logout));
    talk.client.command(order("x", Side::Buy, 1, 1));
    talk.run();

    assert_eq!((talk.reason(), talk.asked.len()), (Some(LogoutReason::Requested), 0));
    assert!(talk.session.is_over());
}

#[test]
fn a_reader_of_books_sends_no_orders_and_a_drop_copy_reads_no_books() {
    let subscribe = wire::Subscribe {
        request_id: 1,
        instrument: support::BOOK,
        depth: wire::Depth::L1,
        action: wire::SubscribeAction::Subscribe,
        resume: None,
    };
    let resend = wire::ResendRequest { after: wire::Position::default(), count_max: 0 };
    for (key, role, allowed) in
        [("feed", Role::MarketData, [true, false, false]), ("audit", Role::DropCopy, [false, true, false])]
    {
        let mut talk = Talk::new(Limits::default());
        talk.client.log_on(logon(key, role));
        talk.run();
        talk.asked.clear();
        talk.client.say(&Message::Subscribe(subscribe.clone()));
        talk.client.say(&Message::ResendRequest(resend.clone()));
        talk.client.command(cancel("x"));
        talk.run();
        let count = allowed.iter().filter(|is| **is).count();
        assert_eq!((talk.asked.len(), talk.rejected()), (count, vec![RejectCode::NotPermitted; 3 - count]));
    }
}

#[test]
fn garbage_never_panics_and_never_grows_memory() {
    let limits = Limits::default();
    for seed in 0..400 {
        let mut random = SplitMix64::new(seed);
        let mut talk = if seed % 2 == 0 { Talk::live(limits) } else { Talk::new(limits) };
        for _ in 0..40 {
            let mut bytes: Vec<u8> = (0..random.next_u64() % 300).map(|_| random.next_u64().to_be_bytes()[0]).collect();
            if random.next_u64().is_multiple_of(2) && bytes.len() > 18 {
                // A plausible frame around garbage goes further into the decoder.
                let len = u16::try_from(bytes.len() - 2).unwrap();
                bytes[..2].copy_from_slice(&len.to_be_bytes());
                bytes[2] =
                    wire::Kind::ALL[usize::from(random.next_u64().to_be_bytes()[0]) % wire::Kind::ALL.len()].code();
                bytes[3] = 1;
                bytes[4..6].copy_from_slice(&(len - 16).to_be_bytes());
                let seq = random.next_u64() % 3 * talk.session.next_numbers().0;
                bytes[10..18].copy_from_slice(&seq.to_be_bytes());
            }
            talk.session.receive(&bytes, 0);
            while let Some(request) = talk.session.poll(&talk.keys, 0) {
                assert!(!matches!(request, Request::Logon(..)), "garbage proves nothing");
            }
            assert!(talk.session.unhandled() <= 2 + limits.frame_max);
        }
    }
}
