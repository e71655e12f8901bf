//! Commands as messages and back: what clients send, what the journal keeps.

use crate::admin::{AddAsset, SessionChange, SetBreaker, SetFees, Tick};
use crate::error::{Fault, WireError};
use crate::field::{Field, In, Out, Stop};
use crate::header::{HEADER_SIZE, Header};
use crate::kind::Kind;
use model::{Command, FeeBase, OutcomeRequest};

/// Appends a command as one message. Its header names the session of a new order, stop or group, otherwise none.
///
/// # Errors
/// Where a list is longer than the format allows or a text is blank: `out` is as it was. What every other part of the
/// system accepts as a command can be written.
#[inline]
pub fn encode_command(command: &Command, seq: u64, out: &mut Vec<u8>) -> Result<(), WireError> {
    let order = if let Command::NewOrder(order) = command {
        Some(order)
    } else if let Command::NewStop(stop) = command {
        Some(&stop.order)
    } else if let Command::NewGroup(group) = command {
        group.legs.first().map(|leg| &leg.order)
    } else {
        None
    };
    let session = order.map_or(0, |order| order.session.0);
    encode_command_from(command, session, seq, out)
}

/// Appends a command as one message that came through a session.
///
/// # Errors
/// As [`encode_command`].
#[inline]
pub fn encode_command_from(command: &Command, session: u32, seq: u64, out: &mut Vec<u8>) -> Result<(), WireError> {
    let mut to = Writer { session, seq, out };
    match command {
        Command::NewOrder(order) => to.write(Kind::NewOrder, order),
        Command::Cancel(cancel) => to.write(Kind::CancelOrder, cancel),
        Command::Amend(amend) => to.write(Kind::ModifyOrder, amend),
        Command::MassCancel(cancel) => to.write(Kind::MassCancel, cancel),
        Command::NewStop(stop) => to.write(Kind::NewStop, stop),
        Command::NewGroup(group) => to.write(Kind::NewGroup, group),
        Command::CancelGroup(cancel) => to.write(Kind::CancelGroup, cancel),
        Command::CancelAllAfter(timer) => to.write(Kind::CancelAllAfter, timer),
        Command::SetCancelOnDisconnect(rule) => to.write(Kind::SetCancelOnDisconnect, rule),
        Command::AddAsset { symbol, decimals } => {
            to.write(Kind::AddAsset, &AddAsset { symbol: *symbol, decimals: *decimals })
        }
        Command::ListInstrument(instrument) => to.write(Kind::ListInstrument, instrument),
        Command::AddAccount(account) => to.write(Kind::AddAccount, account),
        Command::SetFees { schedule, base, rates } => {
            let kind = match base {
                FeeBase::Notional => Kind::SetFees,
                FeeBase::Variance => Kind::SetVarianceFees,
            };
            to.write(kind, &SetFees { schedule: *schedule, rates: *rates })
        }
        Command::SetAccountFees(fees) => to.write(Kind::SetAccountFees, fees),
        Command::Deposit(funds) => to.write(Kind::Deposit, funds),
        Command::Withdraw(funds) => to.write(Kind::Withdraw, funds),
        Command::SetTradingState(state) => to.write(Kind::SetTradingState, state),
        Command::SetReference(reference) => to.write(Kind::SetReference, reference),
        Command::SetAccountLimits(limits) => to.write(Kind::SetAccountLimits, limits),
        Command::SetInstrumentLimits(limits) => to.write(Kind::SetInstrumentLimits, limits),
        Command::SetCreditLine(line) => to.write(Kind::SetCreditLine, line),
        Command::KillSwitch(kill) => to.write(Kind::KillSwitch, kill),
        Command::Rearm(rearm) => to.write(Kind::Rearm, rearm),
        Command::SessionDown(session) => to.write(Kind::SessionDown, &SessionChange { session: *session }),
        Command::SessionUp(session) => to.write(Kind::SessionUp, &SessionChange { session: *session }),
        Command::Halt(halt) => to.write(Kind::Halt, halt),
        Command::Resume(resume) => to.write(Kind::Resume, resume),
        Command::SetBreaker { instrument, rules } => {
            to.write(Kind::SetBreaker, &SetBreaker { instrument: *instrument, rules: rules.clone() })
        }
        Command::SetBands(bands) => to.write(Kind::SetBands, bands),
        Command::Outcome(OutcomeRequest::Set(set)) => to.write(Kind::SetOutcome, set),
        Command::Outcome(OutcomeRequest::MovePairs(pairs)) => to.write(Kind::MovePairs, pairs),
        Command::Outcome(OutcomeRequest::Resolve(resolve)) => to.write(Kind::ResolveOutcome, resolve),
        Command::AmendTrade(amend) => to.write(Kind::AmendTrade, amend),
        Command::SetTicks(set) => to.write(Kind::SetTicks, set),
        Command::Tick => to.write(Kind::Tick, &Tick {}),
    }
}

/// Reads a whole message that is a command. One command has one form: encoding it again with the session and number
/// of its header gives the same bytes.
///
/// # Errors
/// [`WireError`] names the field, its value and the limit; [`Fault::UnknownKind`] where it is not a command.
#[inline]
pub fn decode_command(message: &[u8]) -> Result<Command, WireError> {
    let mut input = In::new(message);
    let command = Header::get(&mut input).and_then(|header| read_command(header.kind, &mut input));
    command.map_err(|Stop| input.error())
}

/// Reads a body to its end.
#[inline]
pub(crate) fn read<T: Field>(input: &mut In<'_>) -> Result<T, Stop> {
    let len = input.left();
    if len < T::SIZE {
        return Err(input.stop(Fault::BlockLength, "block_len", 14, len as i128, T::SIZE as i128));
    }
    let body = T::get(input, "", true)?;
    if input.left() != 0 {
        let limit = len - input.left();
        return Err(input.stop(Fault::BlockLength, "block_len", limit + 14, len as i128, limit as i128));
    }
    Ok(body)
}

#[inline]
pub(crate) fn read_command(kind: Kind, input: &mut In<'_>) -> Result<Command, Stop> {
    Ok(match kind {
        Kind::NewOrder => Command::NewOrder(read(input)?),
        Kind::CancelOrder => Command::Cancel(read(input)?),
        Kind::ModifyOrder => Command::Amend(read(input)?),
        Kind::MassCancel => Command::MassCancel(read(input)?),
        Kind::NewStop => Command::NewStop(read(input)?),
        Kind::NewGroup => Command::NewGroup(read(input)?),
        Kind::CancelGroup => Command::CancelGroup(read(input)?),
        Kind::CancelAllAfter => Command::CancelAllAfter(read(input)?),
        Kind::SetCancelOnDisconnect => Command::SetCancelOnDisconnect(read(input)?),
        Kind::AddAsset => read(input).map(|AddAsset { symbol, decimals }| Command::AddAsset { symbol, decimals })?,
        Kind::ListInstrument => Command::ListInstrument(read(input)?),
        Kind::AddAccount => Command::AddAccount(read(input)?),
        Kind::SetFees => set_fees(FeeBase::Notional, read(input)?),
        Kind::SetVarianceFees => set_fees(FeeBase::Variance, read(input)?),
        Kind::SetAccountFees => Command::SetAccountFees(read(input)?),
        Kind::AmendTrade => Command::AmendTrade(read(input)?),
        Kind::SetTicks => Command::SetTicks(read(input)?),
        Kind::Deposit => Command::Deposit(read(input)?),
        Kind::Withdraw => Command::Withdraw(read(input)?),
        Kind::SetTradingState => Command::SetTradingState(read(input)?),
        Kind::SetReference => Command::SetReference(read(input)?),
        Kind::SetAccountLimits => Command::SetAccountLimits(read(input)?),
        Kind::SetInstrumentLimits => Command::SetInstrumentLimits(read(input)?),
        Kind::SetCreditLine => Command::SetCreditLine(read(input)?),
        Kind::KillSwitch => Command::KillSwitch(read(input)?),
        Kind::Rearm => Command::Rearm(read(input)?),
        Kind::SessionDown => Command::SessionDown(read::<SessionChange>(input)?.session),
        Kind::SessionUp => Command::SessionUp(read::<SessionChange>(input)?.session),
        Kind::Halt => Command::Halt(read(input)?),
        Kind::Resume => Command::Resume(read(input)?),
        Kind::SetBreaker => {
            let SetBreaker { instrument, rules } = read(input)?;
            Command::SetBreaker { instrument, rules }
        }
        Kind::SetBands => Command::SetBands(read(input)?),
        Kind::SetOutcome => Command::Outcome(OutcomeRequest::Set(read(input)?)),
        Kind::MovePairs => Command::Outcome(OutcomeRequest::MovePairs(read(input)?)),
        Kind::ResolveOutcome => Command::Outcome(OutcomeRequest::Resolve(read(input)?)),
        Kind::Tick => read::<Tick>(input).map(|Tick {}| Command::Tick)?,
        Kind::ExecutionReport
        | Kind::OrderBookSnapshot
        | Kind::Trade
        | Kind::Logon
        | Kind::Challenge
        | Kind::ChallengeReply
        | Kind::LogonAck
        | Kind::Logout
        | Kind::TestRequest
        | Kind::ResendRequest
        | Kind::SequenceReset
        | Kind::Reject
        | Kind::CancelReject
        | Kind::CommandReport
        | Kind::Subscribe
        | Kind::SecurityListRequest
        | Kind::SecurityDefinition
        | Kind::TopOfBook
        | Kind::BookDelta
        | Kind::OrderDelta
        | Kind::InstrumentStatus
        | Kind::AuctionInfo
        | Kind::BookChecksum
        | Kind::Heartbeat => {
            return Err(input.stop(Fault::UnknownKind, "kind", HEADER_SIZE, i128::from(kind.code()), 58));
        }
    })
}

fn set_fees(base: FeeBase, SetFees { schedule, rates }: SetFees) -> Command {
    Command::SetFees { schedule, base, rates }
}

/// Where a message goes and what its header says.
pub(crate) struct Writer<'a> {
    pub session: u32,
    pub seq: u64,
    pub out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    #[inline]
    pub fn write<T: Field>(&mut self, kind: Kind, body: &T) -> Result<(), WireError> {
        let start = self.out.len();
        let size = T::SIZE + body.tail();
        self.out.resize(start + HEADER_SIZE + size, 0);
        let mut to = Out::new(&mut self.out[start..]);
        let block_len = u16::try_from(size).unwrap_or(u16::MAX);
        Header { kind, block_len, session: self.session, seq: self.seq }.put(&mut to);
        body.put(&mut to);
        let written = to.finish();
        if written.is_err() {
            self.out.truncate(start);
        }
        written
    }
}
