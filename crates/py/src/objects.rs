//! Builds the frozen objects of `fairlead.model`, whose classes are imported on first use.

use model::{AccountId, InstrumentId, Money, Price, Qty};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule};

use crate::decimals::{decimal, short_decimal};
use crate::names::{Listed, Names};

static EVENTS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
static ORDERS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
static MARKET: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// Which module of `fairlead.model` a class lives in.
#[derive(Clone, Copy, Debug)]
pub enum Home {
    /// `fairlead.model.events`.
    Events,
    /// `fairlead.model.orders`.
    Orders,
    /// `fairlead.model.market`.
    Market,
}

/// One object of `class` with these keyword arguments.
///
/// # Errors
/// What the import or the constructor raises.
pub fn build<'py>(home: Home, class: &str, fields: &Fields<'py>) -> PyResult<Bound<'py, PyAny>> {
    let py = fields.dict.py();
    let (cell, name) = match home {
        Home::Events => (&EVENTS, "fairlead.model.events"),
        Home::Orders => (&ORDERS, "fairlead.model.orders"),
        Home::Market => (&MARKET, "fairlead.model.market"),
    };
    let module = cell.get_or_try_init(py, || py.import(name).map(Bound::unbind))?;
    module.bind(py).getattr(class)?.call((), Some(&fields.dict))
}

/// The keyword arguments of one object.
pub struct Fields<'py> {
    dict: Bound<'py, PyDict>,
}

impl<'py> Fields<'py> {
    /// No arguments yet.
    pub fn new(py: Python<'py>) -> Self {
        Fields { dict: PyDict::new(py) }
    }

    /// Adds a plain value.
    pub fn set<T: IntoPyObject<'py>>(&self, name: &str, value: T) -> PyResult<&Self> {
        self.dict.set_item(name, value)?;
        Ok(self)
    }

    /// Adds a price as a `Decimal`, or `None`.
    pub fn price(&self, name: &str, price: Option<Price>, listed: Option<&Listed>) -> PyResult<&Self> {
        let decimals = listed.map_or(0, |listed| listed.def.price_decimals);
        match price {
            Some(price) => self.set(name, decimal(self.dict.py(), i128::from(price.0), decimals)?),
            None => self.set(name, self.dict.py().None()),
        }
    }

    /// The interpreter they live in.
    pub fn py(&self) -> Python<'py> {
        self.dict.py()
    }

    /// Adds a quantity as a `Decimal`.
    pub fn qty(&self, name: &str, qty: Qty, listed: Option<&Listed>) -> PyResult<&Self> {
        let decimals = listed.map_or(0, |listed| listed.def.qty_decimals);
        self.set(name, decimal(self.dict.py(), i128::from(qty.0), decimals)?)
    }

    /// Adds an amount as a `Decimal`.
    pub fn money(&self, name: &str, amount: Money, decimals: u8) -> PyResult<&Self> {
        self.set(name, short_decimal(self.dict.py(), amount.0, decimals)?)
    }

    /// Adds an account's name.
    pub fn account(&self, name: &str, account: AccountId, names: &Names) -> PyResult<&Self> {
        self.set(name, names.account(account))
    }

    /// Adds an instrument's name.
    pub fn symbol(&self, instrument: InstrumentId, names: &Names) -> PyResult<&Self> {
        self.set("symbol", names.instrument(instrument).map_or("", |listed| listed.def.symbol.as_str()))
    }
}
