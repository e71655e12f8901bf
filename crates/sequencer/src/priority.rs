//! Which commands must work when others are refused (INV-23).

use model::Command;

/// Whether a command only takes risk away: it is taken while the disk is full or the queue is, as long as the reserve
/// lasts.
pub fn takes_risk_away(command: &Command) -> bool {
    match command {
        Command::Cancel(_)
        | Command::MassCancel(_)
        | Command::CancelGroup(_)
        | Command::CancelAllAfter(_)
        | Command::KillSwitch(_)
        | Command::Halt(_)
        | Command::SetTradingState(_)
        | Command::SessionDown(_)
        | Command::SessionUp(_)
        | Command::Tick => true,
        Command::AddAsset { .. }
        | Command::ListInstrument(_)
        | Command::AddAccount(_)
        | Command::SetFees { .. }
        | Command::SetAccountFees(_)
        | Command::AmendTrade(_)
        | Command::SetTicks(_)
        | Command::Deposit(_)
        | Command::Withdraw(_)
        | Command::NewOrder(_)
        | Command::Amend(_)
        | Command::NewStop(_)
        | Command::NewGroup(_)
        | Command::SetReference(_)
        | Command::SetAccountLimits(_)
        | Command::SetInstrumentLimits(_)
        | Command::SetCreditLine(_)
        | Command::Rearm(_)
        | Command::SetCancelOnDisconnect(_)
        | Command::Resume(_)
        | Command::SetBreaker { .. }
        | Command::SetBands(_)
        | Command::Outcome(_) => false,
    }
}
