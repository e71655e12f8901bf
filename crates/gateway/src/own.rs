//! Whose command it is: session and account come from the session, never from the client (rule G-12). A front end alone
//! names the account, and has to.

use model::{AccountId, Command, NewOrder, SessionId};
use wire::{RejectCode, Role};

/// Who a session belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The session of the key.
    pub session: SessionId,
    /// The account of the key.
    pub account: AccountId,
    /// What it does here.
    pub role: Role,
}

impl Default for Owner {
    fn default() -> Self {
        Self { session: SessionId(0), account: AccountId(0), role: Role::MarketData }
    }
}

/// Why a command is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotOwn {
    pub(crate) reason: RejectCode,
    /// What the client said.
    pub(crate) value: i128,
    /// What would have been right.
    pub(crate) limit: i128,
}

/// Fills in session and account of a decoded command. `said` is the session in its header.
///
/// # Errors
/// [`NotOwn`] where the role may not send it, or it names somebody else.
pub(crate) fn own(mut command: Command, said: u32, owner: &Owner) -> Result<Command, NotOwn> {
    may(&command, owner.role)?;
    check(said, owner.session.0)?;
    match &mut command {
        Command::NewOrder(order) => own_order(order, owner)?,
        Command::NewStop(stop) => own_order(&mut stop.order, owner)?,
        Command::NewGroup(group) => {
            for leg in &mut group.legs {
                own_order(&mut leg.order, owner)?;
            }
        }
        Command::Amend(amend) => own_account(&mut amend.account, owner)?,
        Command::Cancel(cancel) => own_account(&mut cancel.account, owner)?,
        Command::CancelGroup(cancel) => own_account(&mut cancel.account, owner)?,
        Command::CancelAllAfter(timer) => own_account(&mut timer.account, owner)?,
        Command::MassCancel(cancel) => {
            let mut account = cancel.account.unwrap_or_default();
            own_account(&mut account, owner)?;
            cancel.account = Some(account);
            if let Some(session) = cancel.session.as_mut() {
                if session.0 == 0 {
                    *session = owner.session;
                }
                check(session.0, owner.session.0)?;
            }
        }
        Command::AddAsset { .. }
        | Command::ListInstrument(_)
        | Command::AddAccount(_)
        | Command::SetFees { .. }
        | Command::SetAccountFees(_)
        | Command::AmendTrade(_)
        | Command::SetTicks(_)
        | Command::Deposit(_)
        | Command::Withdraw(_)
        | Command::SetTradingState(_)
        | Command::SetReference(_)
        | Command::SetAccountLimits(_)
        | Command::SetInstrumentLimits(_)
        | Command::SetCreditLine(_)
        | Command::KillSwitch(_)
        | Command::Rearm(_)
        | Command::SetCancelOnDisconnect(_)
        | Command::SessionDown(_)
        | Command::SessionUp(_)
        | Command::Halt(_)
        | Command::Resume(_)
        | Command::SetBreaker { .. }
        | Command::SetBands(_)
        | Command::Outcome(_)
        | Command::Tick => {}
    }
    Ok(command)
}

fn own_order(order: &mut NewOrder, owner: &Owner) -> Result<(), NotOwn> {
    check(order.session.0, owner.session.0)?;
    order.session = owner.session;
    own_account(&mut order.account, owner)
}

fn own_account(account: &mut AccountId, owner: &Owner) -> Result<(), NotOwn> {
    if owner.role == Role::FrontEnd {
        let nobody = NotOwn { reason: RejectCode::NotYours, value: 0, limit: 1 };
        return if account.0 == 0 { Err(nobody) } else { Ok(()) };
    }
    check(account.0, owner.account.0)?;
    *account = owner.account;
    Ok(())
}

/// Whether a role enters orders.
pub(crate) fn trades(role: Role) -> bool {
    matches!(role, Role::Trading | Role::Operator | Role::FrontEnd)
}

fn check(said: u32, right: u32) -> Result<(), NotOwn> {
    if said == 0 || said == right {
        return Ok(());
    }
    Err(NotOwn { reason: RejectCode::NotYours, value: said.into(), limit: right.into() })
}

fn may(command: &Command, role: Role) -> Result<(), NotOwn> {
    let allowed = match command {
        Command::NewOrder(_)
        | Command::NewStop(_)
        | Command::NewGroup(_)
        | Command::Amend(_)
        | Command::Cancel(_)
        | Command::CancelGroup(_)
        | Command::CancelAllAfter(_)
        | Command::MassCancel(_) => trades(role),
        Command::AddAsset { .. }
        | Command::ListInstrument(_)
        | Command::AddAccount(_)
        | Command::SetFees { .. }
        | Command::SetAccountFees(_)
        | Command::AmendTrade(_)
        | Command::SetTicks(_)
        | Command::Deposit(_)
        | Command::Withdraw(_)
        | Command::SetTradingState(_)
        | Command::SetReference(_)
        | Command::SetAccountLimits(_)
        | Command::SetInstrumentLimits(_)
        | Command::SetCreditLine(_)
        | Command::KillSwitch(_)
        | Command::Rearm(_)
        | Command::Halt(_)
        | Command::Resume(_)
        | Command::SetBreaker { .. }
        | Command::SetBands(_)
        | Command::Outcome(_) => matches!(role, Role::Operator | Role::FrontEnd),
        // The gateway's own words.
        Command::SetCancelOnDisconnect(_) | Command::SessionDown(_) | Command::SessionUp(_) | Command::Tick => false,
    };
    if allowed {
        return Ok(());
    }
    Err(NotOwn { reason: RejectCode::NotPermitted, value: i128::from(role as u8), limit: 0 })
}

#[cfg(test)]
mod tests {
    use model::{CancelOrder, MassCancel, OrderId, OrderRef};

    use super::*;

    const OWNER: Owner = Owner { session: SessionId(7), account: AccountId(3), role: Role::Trading };

    fn cancel(account: u32) -> Command {
        let target = OrderRef::Order(OrderId(1));
        Command::Cancel(CancelOrder { account: AccountId(account), target, unlink: false })
    }

    #[test]
    fn a_command_becomes_the_senders_own() {
        assert_eq!(own(cancel(0), 0, &OWNER), Ok(cancel(3)));
        assert_eq!(own(cancel(3), 7, &OWNER), Ok(cancel(3)));
    }

    #[test]
    fn another_account_or_session_is_refused_with_both_values() {
        let refused = |value, limit| Err(NotOwn { reason: RejectCode::NotYours, value, limit });

        assert_eq!(own(cancel(4), 0, &OWNER), refused(4, 3));
        assert_eq!(own(cancel(3), 8, &OWNER), refused(8, 7));
        let others = MassCancel { session: Some(SessionId(8)), ..MassCancel::default() };
        assert_eq!(own(Command::MassCancel(others), 0, &OWNER), refused(8, 7));
    }

    #[test]
    fn a_mass_cancel_never_reaches_beyond_its_account() {
        let own = own(Command::MassCancel(MassCancel::default()), 0, &OWNER);

        assert_eq!(own, Ok(Command::MassCancel(MassCancel { account: Some(AccountId(3)), ..MassCancel::default() })));
    }

    #[test]
    fn a_front_end_names_whose_it_is() {
        let front = Owner { role: Role::FrontEnd, account: AccountId(0), ..OWNER };
        let nobody = Err(NotOwn { reason: RejectCode::NotYours, value: 0, limit: 1 });

        assert_eq!(own(cancel(9), 0, &front), Ok(cancel(9)));
        assert_eq!(own(cancel(0), 0, &front), nobody);
        assert_eq!(own(Command::MassCancel(MassCancel::default()), 0, &front), nobody);
    }

    #[test]
    fn the_venue_is_run_by_operators_and_sessions_by_the_gateway() {
        let operator = Owner { role: Role::Operator, ..OWNER };
        let halt = Command::SetTradingState(model::SetTradingState {
            instrument: model::InstrumentId(0),
            state: model::TradingState::Halted,
        });

        assert!(own(halt.clone(), 0, &operator).is_ok());
        for (command, owner) in
            [(halt, OWNER), (Command::Tick, operator), (Command::SessionDown(SessionId(7)), operator)]
        {
            assert_eq!(own(command, 0, &owner).unwrap_err().reason, RejectCode::NotPermitted);
        }
        let front = Owner { role: Role::FrontEnd, account: AccountId(0), ..OWNER };
        assert_eq!(own(Command::Tick, 0, &front).unwrap_err().reason, RejectCode::NotPermitted);
        for role in [Role::DropCopy, Role::MarketData] {
            assert!(own(cancel(3), 0, &Owner { role, ..OWNER }).is_err());
        }
    }
}
