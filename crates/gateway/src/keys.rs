//! Who may log on: keys, what they prove with, and what they may do.

use std::collections::BTreeMap;
use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{AccountId, SessionId, Symbol};
use sha2::Sha256;
use wire::{Role, Scheme};

use crate::limits::Flow;
use crate::own::trades;

/// Bytes of a challenge.
pub const NONCE_LEN: usize = 32;
/// Bytes of a proof on the wire; an HMAC fills the first half.
pub const PROOF_LEN: usize = 64;
/// Bytes of an HMAC secret at least.
pub const SECRET_MIN: usize = 32;
/// Longest secret.
pub const SECRET_MAX: usize = 128;
/// Keys of one gateway at most.
pub const KEYS_MAX: usize = 65_536;
/// What a proof is made for: no other use of the same secret gives the same bytes.
pub(crate) const PURPOSE: &[u8] = b"fairlead logon 1";

/// How a key proves itself.
#[derive(Clone)]
pub enum Proof {
    /// HMAC-SHA256 with a shared secret.
    Hmac(Box<[u8]>),
    /// An Ed25519 signature; only the public half is here.
    Ed25519(Box<VerifyingKey>),
}

impl Proof {
    /// Its name on the wire.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Hmac(_) => Scheme::HmacSha256,
            Self::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// What the key file keeps: the secret, or the public half.
    fn kept(&self) -> &[u8] {
        match self {
            Self::Hmac(secret) => secret,
            Self::Ed25519(key) => key.as_bytes(),
        }
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hmac(_) => "Hmac(hidden)",
            Self::Ed25519(_) => "Ed25519",
        })
    }
}

/// One line of the key file.
#[derive(Debug, Clone)]
pub struct Key {
    /// The session that orders entered with this key belong to, for ever.
    pub session: SessionId,
    /// Whose orders; of a drop copy key, 0 means every account. A front end hears those from this one on.
    pub account: AccountId,
    /// What it may do.
    pub role: Role,
    /// How it proves itself.
    pub proof: Proof,
    /// Orders a second, where it is not the gateway's default.
    pub orders: Option<Flow>,
    /// Cancels a second, where it is not the gateway's default.
    pub cancels: Option<Flow>,
}

impl Key {
    /// Whether this key may log on in `role`: its own, or as a reader of what is its account's anyway.
    #[must_use]
    pub fn allows(&self, role: Role) -> bool {
        role == self.role || (self.role == Role::Trading && matches!(role, Role::DropCopy | Role::MarketData))
    }

    /// Whether it is proven as `other` is and speaks for the same account.
    #[must_use]
    pub fn is_same(&self, other: &Key) -> bool {
        let proof = (self.proof.scheme(), self.proof.kept()) == (other.proof.scheme(), other.proof.kept());
        proof && (self.session, self.account) == (other.session, other.account)
    }
}

/// A key that was taken back. Nobody may log on with it; its session is never given to another, and counts as lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// The id it had, which a later key may have.
    pub id: Symbol,
    /// Its session.
    pub session: SessionId,
    /// Whose orders it entered.
    pub account: AccountId,
}

/// All keys, by id.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    by_id: BTreeMap<Symbol, Key>,
    retired: Vec<Retired>,
}

/// Why a key file was refused. Never says a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFileError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it, and what would be right.
    pub what: String,
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key file: line={}: {}", self.line, self.what)
    }
}

impl std::error::Error for KeyFileError {}

impl Keys {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// [`KeyFileError`] names the first bad line.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let mut keys = Self::default();
        let mut sessions = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let refuse = |what: String| KeyFileError { line: at + 1, what };
            let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
            if words.is_empty() {
                continue;
            }
            let line = parse_line(&words).map_err(refuse)?;
            let session = line.session();
            if let Some(first) = sessions.insert(session, at + 1) {
                return Err(refuse(format!("session={session} belongs to the key of line {first}: give another")));
            }
            match line {
                Line::Retired(retired) => keys.retired.push(retired),
                Line::Key(id, key) => {
                    if keys.by_id.insert(id, *key).is_some() {
                        return Err(refuse(format!("key id {} is there already: give another", words[0])));
                    }
                }
            }
            if sessions.len() > KEYS_MAX {
                return Err(refuse(format!("more than {KEYS_MAX} keys: split the venue")));
            }
        }
        Ok(keys)
    }

    /// Keys that were taken back, in the order of the file.
    #[must_use]
    pub fn retired(&self) -> &[Retired] {
        &self.retired
    }

    /// All keys with their ids.
    pub fn entries(&self) -> impl Iterator<Item = (&Symbol, &Key)> {
        self.by_id.iter()
    }

    /// The sessions that orders may belong to: of traders, of operators, and of keys that were taken back.
    pub fn trading_sessions(&self) -> impl Iterator<Item = SessionId> {
        let traders = self.by_id.values().filter(|key| trades(key.role));
        traders.map(|key| key.session).chain(self.retired.iter().map(|retired| retired.session))
    }

    /// The highest session there is, 0 where there is none.
    #[must_use]
    pub fn last_session(&self) -> u32 {
        let retired = self.retired.iter().map(|retired| retired.session);
        self.by_id.values().map(|key| key.session).chain(retired).map(|session| session.0).max().unwrap_or(0)
    }

    /// The key of an id.
    #[must_use]
    pub fn get(&self, id: &Symbol) -> Option<&Key> {
        self.by_id.get(id)
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.by_id.values()
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether nobody may log on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

enum Line {
    Key(Symbol, Box<Key>),
    Retired(Retired),
}

impl Line {
    fn session(&self) -> SessionId {
        match self {
            Self::Key(_, key) => key.session,
            Self::Retired(retired) => retired.session,
        }
    }
}

fn number(name: &str, word: &str) -> Result<u32, String> {
    word.parse().map_err(|_| format!("{name}={word}: give a number"))
}

fn parse_session(word: &str) -> Result<SessionId, String> {
    match number("session", word)? {
        0 => Err("session=0 means no session: give 1 or more".to_owned()),
        session => Ok(SessionId(session)),
    }
}

fn parse_line(words: &[&str]) -> Result<Line, String> {
    let key_id = |word: &str| Symbol::new(word).map_err(|error| format!("key id: {error}"));
    if let [id, session, account, "retired"] = words {
        let (id, session) = (key_id(id)?, parse_session(session)?);
        return Ok(Line::Retired(Retired { id, session, account: AccountId(number("account", account)?) }));
    }
    let [id, session, account, role, scheme, secret, options @ ..] = words else {
        return Err(format!("words={} min=6: give key_id session account role scheme secret", words.len()));
    };
    let (id, session) = (key_id(id)?, parse_session(session)?);
    let role = parse_role(role)?;
    let account = AccountId(number("account", account)?);
    if account.0 == 0 && role == Role::Trading {
        return Err("account=0 is the venue's: a trading key needs an account of its own".to_owned());
    }
    let bytes = unhex(secret).ok_or("secret is not an even number of hex digits")?;
    let mut key = Key { session, account, role, proof: parse_proof(scheme, &bytes)?, orders: None, cancels: None };
    for option in options {
        let (name, value) = option.split_once('=').ok_or_else(|| format!("option {option}: give name=number"))?;
        let flow = Flow::doubled(number(name, value)?.max(1));
        match name {
            "orders_per_s" => key.orders = Some(flow),
            "cancels_per_s" => key.cancels = Some(flow),
            _ => return Err(format!("option {name} is unknown: give orders_per_s or cancels_per_s")),
        }
    }
    Ok(Line::Key(id, Box::new(key)))
}

/// The word for a role in the key file.
#[must_use]
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Trading => "trading",
        Role::DropCopy => "dropcopy",
        Role::MarketData => "marketdata",
        Role::Operator => "operator",
        Role::FrontEnd => "frontend",
    }
}

/// The word for a scheme in the key file.
#[must_use]
pub fn scheme_word(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::HmacSha256 => "hmac",
        Scheme::Ed25519 => "ed25519",
    }
}

fn parse_role(word: &str) -> Result<Role, String> {
    match word {
        "trading" => Ok(Role::Trading),
        "dropcopy" => Ok(Role::DropCopy),
        "marketdata" => Ok(Role::MarketData),
        "operator" => Ok(Role::Operator),
        "frontend" => Ok(Role::FrontEnd),
        _ => Err(format!("role={word}: give trading, dropcopy, marketdata, operator or frontend")),
    }
}

fn parse_proof(scheme: &str, bytes: &[u8]) -> Result<Proof, String> {
    match scheme {
        "hmac" if (SECRET_MIN..=SECRET_MAX).contains(&bytes.len()) => Ok(Proof::Hmac(bytes.into())),
        "hmac" => Err(format!("secret has {} bytes: give {SECRET_MIN} to {SECRET_MAX}", bytes.len())),
        "ed25519" => {
            let array: &[u8; 32] = bytes.try_into().map_err(|_| format!("key has {} bytes: give 32", bytes.len()))?;
            let key = VerifyingKey::from_bytes(array).map_err(|_| "not an Ed25519 public key".to_owned())?;
            if key.is_weak() {
                return Err("a weak Ed25519 public key: make another pair".to_owned());
            }
            Ok(Proof::Ed25519(Box::new(key)))
        }
        _ => Err(format!("scheme={scheme}: give hmac or ed25519")),
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// Whether `proof` was made by the owner of `key` for this nonce and this logon. `logon` is the whole message.
#[must_use]
pub fn verify(key: &Key, nonce: &[u8; NONCE_LEN], logon: &[u8], proof: &[u8; PROOF_LEN]) -> bool {
    match &key.proof {
        Proof::Hmac(secret) => {
            let (tag, padding) = proof.split_at(32);
            let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
            let genuine = mac.chain_update(PURPOSE).chain_update(nonce).chain_update(logon).verify_slice(tag).is_ok();
            genuine && padding.iter().all(|byte| *byte == 0)
        }
        Proof::Ed25519(key) => {
            let message = [PURPOSE, nonce, logon].concat();
            key.verify_strict(&message, &Signature::from_bytes(proof)).is_ok()
        }
    }
}

/// The proof that a client with a shared secret gives.
///
/// # Panics
/// Never: HMAC takes a secret of any length.
#[must_use]
pub fn prove(secret: &[u8], nonce: &[u8; NONCE_LEN], logon: &[u8]) -> [u8; PROOF_LEN] {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a secret of any length");
    let tag = mac.chain_update(PURPOSE).chain_update(nonce).chain_update(logon).finalize().into_bytes();
    let mut proof = [0; PROOF_LEN];
    proof[..32].copy_from_slice(&tag);
    proof
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NONCE: [u8; NONCE_LEN] = [7; NONCE_LEN];

    fn hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect()
    }

    fn key(text: &str) -> Key {
        Keys::parse(text).unwrap().iter().next().unwrap().clone()
    }

    fn refused(text: &str) -> KeyFileError {
        Keys::parse(text).unwrap_err()
    }

    #[test]
    fn a_file_gives_keys_with_their_rates() {
        let text = format!(
            "# keys\n\nmaker 1 7 trading hmac {SECRET} orders_per_s=5000 # fast\nops 2 0 operator hmac {SECRET}\n"
        );

        let keys = Keys::parse(&text).unwrap();

        let maker = keys.get(&Symbol::new("maker").unwrap()).unwrap();
        assert_eq!((maker.session, maker.account, maker.role), (SessionId(1), AccountId(7), Role::Trading));
        assert_eq!((maker.orders, maker.cancels), (Some(Flow::doubled(5_000)), None));
        assert_eq!(keys.len(), 2);
    }

    #[test]
    fn a_retired_key_keeps_its_session_and_lets_nobody_in() {
        let text = format!("old 7 3 retired\nold 8 3 trading hmac {SECRET}\nfeed 9 0 marketdata hmac {SECRET}");

        let keys = Keys::parse(&text).unwrap();

        assert_eq!(keys.get(&Symbol::new("old").unwrap()).unwrap().session, SessionId(8));
        assert_eq!((keys.len(), keys.last_session()), (2, 9));
        assert_eq!(keys.trading_sessions().collect::<Vec<_>>(), [SessionId(8), SessionId(7)]);
        let taken = refused(&format!("old 7 3 retired\nnew 7 3 trading hmac {SECRET}"));
        assert!(taken.to_string().contains("line=2: session=7 belongs to the key of line 1"), "{taken}");
        assert!(refused("old 0 3 retired").to_string().contains("session=0"));
    }

    #[test]
    fn a_key_is_another_one_when_its_secret_or_its_account_is() {
        let base = key(&format!("a 1 1 trading hmac {SECRET}"));

        assert!(base.is_same(&key(&format!("a 1 1 trading hmac {SECRET} orders_per_s=5"))));
        for other in [
            format!("a 2 1 trading hmac {SECRET}"),
            format!("a 1 2 trading hmac {SECRET}"),
            format!("a 1 1 trading hmac {SECRET}00"),
        ] {
            assert!(!base.is_same(&key(&other)), "{other}");
        }
    }

    #[test]
    fn a_bad_line_is_named_and_its_secret_is_not() {
        let twice = format!("a 1 1 trading hmac {SECRET}\nb 1 1 trading hmac {SECRET}");
        let cases = [
            (format!("a 1 1 trading hmac {}", &SECRET[2..]), 1, "31 bytes"),
            (format!("a 1 1 trading hmac {}", &SECRET[1..]), 1, "hex"),
            (format!("a 1 1 boss hmac {SECRET}"), 1, "role=boss"),
            (format!("a 0 1 trading hmac {SECRET}"), 1, "session=0"),
            (format!("a 1 0 trading hmac {SECRET}"), 1, "account=0"),
            (format!("a 1 1 trading md5 {SECRET}"), 1, "scheme=md5"),
            (format!("a 1 1 trading hmac {SECRET} speed=1"), 1, "option speed"),
            ("a 1 1 trading".to_owned(), 1, "words=4"),
            (twice, 2, "session=1 belongs to the key of line 1"),
            (format!("a 1 1 trading hmac {SECRET}\na 2 1 trading hmac {SECRET}"), 2, "key id a"),
        ];
        for (text, line, part) in cases {
            let error = refused(&text);
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(part), "{error}");
            assert!(!error.to_string().contains(&SECRET[10..30]), "{error}");
        }
        assert!(!format!("{:?}", key(&format!("a 1 1 trading hmac {SECRET}"))).contains("31, 32"));
    }

    #[test]
    fn only_the_secret_proves_this_logon_on_this_connection() {
        let key = key(&format!("a 1 1 trading hmac {SECRET}"));
        let secret = unhex(SECRET).unwrap();
        let proof = prove(&secret, &NONCE, b"logon");

        assert!(verify(&key, &NONCE, b"logon", &proof));
        assert!(!verify(&key, &[8; NONCE_LEN], b"logon", &proof));
        assert!(!verify(&key, &NONCE, b"logoN", &proof));
        assert!(!verify(&key, &NONCE, b"logon", &prove(&secret[1..], &NONCE, b"logon")));
        for at in 0..PROOF_LEN {
            let mut bent = proof;
            bent[at] ^= 1;
            assert!(!verify(&key, &NONCE, b"logon", &bent), "byte {at}");
        }
        assert!(!verify(&key, &NONCE, b"logon", &[0; PROOF_LEN]));
    }

    #[test]
    fn a_signature_proves_as_well() {
        let signer = SigningKey::from_bytes(&[9; 32]);
        let public = signer.verifying_key();
        let key = key(&format!("a 1 1 trading ed25519 {}", hex(public.as_bytes())));
        let message = [PURPOSE, &NONCE[..], b"logon"].concat();

        assert!(verify(&key, &NONCE, b"logon", &signer.sign(&message).to_bytes()));
        assert!(!verify(&key, &NONCE, b"logon", &signer.sign(b"logon").to_bytes()));
        assert!(!verify(&key, &NONCE, b"other", &signer.sign(&message).to_bytes()));
    }

    #[test]
    fn a_weak_public_key_is_refused() {
        let neutral = hex(&{
            let mut point = [0; 32];
            point[0] = 1;
            point
        });

        assert!(refused(&format!("a 1 1 trading ed25519 {neutral}")).what.contains("weak"));
    }

    #[test]
    fn a_trading_key_may_read_and_nobody_may_become_an_operator() {
        let key = key(&format!("a 1 1 trading hmac {SECRET}"));

        let allowed = [Role::Trading, Role::DropCopy, Role::MarketData, Role::Operator, Role::FrontEnd]
            .map(|role| key.allows(role));

        assert_eq!(allowed, [true, true, true, false, false]);
    }
}
