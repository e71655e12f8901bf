//! The key file of a data directory: read by an engine, changed by its owner without ever being half written.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use gateway::keys::{Key, KeyFileError, Keys, scheme_word};
use gateway::secrets::{Fresh, fresh};
use journal::os_disk;
use model::Symbol;
use wire::Scheme;

/// The file of keys in a data directory.
pub const KEY_FILE: &str = "gateway.keys";
/// What a changed file is called until it is whole.
const UNFINISHED: &str = "gateway.keys.new";
const MODE: u32 = 0o600;
const HEAD: &str = "# key_id session account role scheme secret [orders_per_s=N] [cancels_per_s=N]\n";

/// Why a key file was not read, or not changed. Never says a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What was asked for cannot be meant.
    Usage(String),
    /// The directory or the key does not exist.
    NotFound(String),
    /// The file is not one that can be trusted or understood.
    File(String),
    /// Another change is being made.
    Locked(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(what) | Self::NotFound(what) | Self::File(what) | Self::Locked(what)) = self;
        f.write_str(what)
    }
}

impl std::error::Error for Refusal {}

/// A key that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its id, unique among those in use.
    pub id: &'a str,
    /// Its session; without one the next that no key ever had.
    pub session: Option<u32>,
    /// Whose orders.
    pub account: u32,
    /// `trading`, `dropcopy`, `marketdata`, `operator` or `frontend`.
    pub role: &'a str,
    /// `hmac` or `ed25519`.
    pub scheme: &'a str,
    /// The public half of an Ed25519 pair that its owner made, hexadecimal; without one a pair is made here.
    pub public_key: Option<&'a str>,
    /// Orders a second, where it is not the gateway's default.
    pub orders_per_s: Option<u32>,
    /// Cancels a second, where it is not the gateway's default.
    pub cancels_per_s: Option<u32>,
}

/// A key that was made.
pub struct Made {
    /// What the file says of it.
    pub key: Key,
    /// What its owner keeps, hexadecimal, told this once; `None` where the owner brought the public half.
    pub secret: Option<String>,
    /// What the file keeps of an Ed25519 key, hexadecimal.
    pub public_key: Option<String>,
}

/// The keys of a directory; a new one gets one operator key with a secret nobody else knows.
///
/// # Errors
/// [`Refusal`].
pub fn read_or_make(directory: &Path) -> Result<Keys, Refusal> {
    let path = directory.join(KEY_FILE);
    if !path.exists() {
        let Fresh { kept, .. } = fresh(Scheme::HmacSha256).map_err(|error| failed(&path, &error))?;
        replace(directory, &format!("{HEAD}operator 1 0 operator hmac {kept}\n"))?;
    }
    read(directory).map(|(keys, _)| keys)
}

/// The keys of a directory, and the text of its file.
///
/// # Errors
/// [`Refusal`].
pub fn read(directory: &Path) -> Result<(Keys, String), Refusal> {
    let path = directory.join(KEY_FILE);
    let mode = match fs::metadata(&path) {
        Ok(about) => about.permissions().mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Refusal::NotFound(format!("no key file: path={}", path.display())));
        }
        Err(error) => return Err(failed(&path, &error)),
    };
    if mode & 0o077 != 0 {
        let what = format!("key file: path={} mode={mode:o} max=600: chmod 600 it", path.display());
        return Err(Refusal::File(what));
    }
    let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
    let keys = Keys::parse(&text).map_err(|error| Refusal::File(format!("{error}; path={}", path.display())))?;
    Ok((keys, text))
}

/// Adds a key; makes the file where there is none.
///
/// # Errors
/// [`Refusal`]; the file is as it was.
pub fn add(directory: &Path, wanted: Wanted<'_>) -> Result<Made, Refusal> {
    let _claim = claim(directory)?;
    let (keys, mut text) = match read(directory) {
        Err(Refusal::NotFound(_)) => (Keys::default(), HEAD.to_owned()),
        found => found?,
    };
    let Wanted { id, account, role, scheme, .. } = wanted;
    one_line([id, role, scheme].into_iter().chain(wanted.public_key))?;
    if keys.get(&key_id(id)?).is_some() {
        return Err(Refusal::Usage(format!("key_id={id} is there already: give another, or rotate it")));
    }
    let session = wanted.session.unwrap_or(keys.last_session().saturating_add(1));
    let (kept, secret) = secret_for(scheme, wanted.public_key)?;
    let (orders, cancels) = (rate("orders_per_s", wanted.orders_per_s), rate("cancels_per_s", wanted.cancels_per_s));
    let line = format!("{id} {session} {account} {role} {scheme} {kept}{orders}{cancels}");
    // Alone first, so that what is wrong with it is told without the number of a line nobody wrote yet.
    Keys::parse(&line).map_err(|error| Refusal::Usage(error.what))?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text += &line;
    text.push('\n');
    finish(directory, &text, id, kept, secret)
}

/// Takes a key back. Its line stays as `key_id session account retired`, because orders remember the session.
///
/// # Errors
/// [`Refusal`]; the file is as it was.
pub fn remove(directory: &Path, id: &str) -> Result<Key, Refusal> {
    let _claim = claim(directory)?;
    let (keys, text) = read(directory)?;
    let key = known(&keys, id, directory)?.clone();
    let text = rewrite(&text, id, |_| format!("{id} {} {} retired", key.session, key.account));
    replace(directory, &checked(text)?)?;
    Ok(key)
}

/// Gives a key another secret and nothing else; an Ed25519 key another pair, or the public half that its owner made.
///
/// # Errors
/// [`Refusal`]; the file is as it was.
pub fn rotate(directory: &Path, id: &str, public_key: Option<&str>) -> Result<Made, Refusal> {
    let _claim = claim(directory)?;
    let (keys, text) = read(directory)?;
    let scheme = scheme_word(known(&keys, id, directory)?.proof.scheme());
    one_line(public_key)?;
    let (kept, secret) = secret_for(scheme, public_key)?;
    let text = rewrite(&text, id, |line| {
        let old = line.split_whitespace().nth(5).unwrap_or_default();
        line.replacen(old, &kept, 1)
    });
    let line = text.lines().find(|line| names(line, id)).unwrap_or_default();
    Keys::parse(line).map_err(|error| Refusal::Usage(error.what))?;
    finish(directory, &text, id, kept, secret)
}

fn finish(directory: &Path, text: &str, id: &str, kept: String, secret: Option<String>) -> Result<Made, Refusal> {
    let keys = Keys::parse(text).map_err(|error| Refusal::Usage(error.what))?;
    let key = known(&keys, id, directory)?.clone();
    replace(directory, text)?;
    let public_key = (key.proof.scheme() == Scheme::Ed25519).then_some(kept);
    Ok(Made { key, secret, public_key })
}

fn checked(text: String) -> Result<String, Refusal> {
    Keys::parse(&text).map(|_| text).map_err(|error: KeyFileError| Refusal::File(error.to_string()))
}

/// What the file keeps and what the owner is told.
fn secret_for(scheme: &str, public_key: Option<&str>) -> Result<(String, Option<String>), Refusal> {
    let made = match (scheme, public_key) {
        ("hmac", None) => Scheme::HmacSha256,
        ("ed25519", None) => Scheme::Ed25519,
        ("ed25519", Some(public)) => return Ok((public.to_owned(), None)),
        ("hmac", Some(_)) => {
            return Err(Refusal::Usage(
                "scheme=hmac has no public key: leave it out, or give scheme ed25519".to_owned(),
            ));
        }
        _ => return Err(Refusal::Usage(format!("scheme={scheme}: give hmac or ed25519"))),
    };
    let Fresh { kept, secret } =
        fresh(made).map_err(|error| Refusal::File(format!("the system gives no randomness: {error}")))?;
    Ok((kept, Some(secret)))
}

/// Words that are to be one word each of one line.
fn one_line<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
    for word in words {
        if word.is_empty() || word.contains(|letter: char| letter.is_whitespace() || letter == '#') {
            let what = format!("{word:?} cannot be a word of a key file: give letters and digits without spaces and #");
            return Err(Refusal::Usage(what));
        }
    }
    Ok(())
}

fn rate(name: &str, rate: Option<u32>) -> String {
    rate.map(|rate| format!(" {name}={rate}")).unwrap_or_default()
}

fn key_id(id: &str) -> Result<Symbol, Refusal> {
    Symbol::new(id).map_err(|error| Refusal::Usage(format!("key_id={id}: {error}")))
}

fn known<'a>(keys: &'a Keys, id: &str, directory: &Path) -> Result<&'a Key, Refusal> {
    let path = directory.join(KEY_FILE);
    let unknown = || Refusal::NotFound(format!("no such key: key_id={id} path={}; fairlead keys list", path.display()));
    keys.get(&key_id(id)?).ok_or_else(unknown)
}

/// Whether a line is that of the key in use with this id.
fn names(line: &str, id: &str) -> bool {
    let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
    words.first() == Some(&id) && words.get(3) != Some(&"retired")
}

/// The text with the line of a key changed; comments and everything else stay.
fn rewrite(text: &str, id: &str, change: impl Fn(&str) -> String) -> String {
    let line = |line: &str| if names(line, id) { change(line) } else { line.to_owned() };
    text.lines().map(|old| line(old) + "\n").collect()
}

/// One change at a time; the claim ends when it is dropped.
fn claim(directory: &Path) -> Result<File, Refusal> {
    let shown = directory.display();
    if !directory.is_dir() {
        return Err(Refusal::NotFound(format!("{shown}: no such directory; give the data directory of an engine")));
    }
    let claimed = File::open(directory).and_then(|file| os_disk::claim(&file).map(|is_ours| (file, is_ours)));
    match claimed.map_err(|error| failed(directory, &error))? {
        (file, true) => Ok(file),
        (_, false) => Err(Refusal::Locked(format!("the keys of {shown} are being changed: try again"))),
    }
}

/// Puts a whole file in the place of the old one: whoever reads sees one or the other, also after a power cut.
fn replace(directory: &Path, text: &str) -> Result<(), Refusal> {
    let path = directory.join(KEY_FILE);
    write_whole(&path, text).map_err(|error| failed(&path, &error))
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    // A link stays one: what it names is replaced.
    let real = if path.exists() { fs::canonicalize(path)? } else { path.to_owned() };
    let owner = fs::metadata(&real).map(|about| (about.uid(), about.gid())).ok();
    let unfinished = real.with_file_name(UNFINISHED);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(&unfinished)?;
    // The system may have taken bits off the mode, and a file left by a cut may have any.
    file.set_permissions(Permissions::from_mode(MODE))?;
    let about = file.metadata()?;
    if let Some((uid, gid)) = owner.filter(|owner| *owner != (about.uid(), about.gid())) {
        // The engine's user must be able to read what another user changed.
        fchown(&file, Some(uid), Some(gid))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, &real)?;
    File::open(real.parent().unwrap_or(Path::new(".")))?.sync_all()
}

fn failed(path: &Path, error: &io::Error) -> Refusal {
    Refusal::File(format!("key file: path={}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use gateway::secrets::{hex, public_of};

    use super::*;

    /// A directory that is gone at the end.
    struct Home(PathBuf);

    impl Home {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("fairlead-keys-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn text(&self) -> String {
            fs::read_to_string(self.0.join(KEY_FILE)).unwrap()
        }

        fn write(&self, text: &str) {
            replace(&self.0, text).unwrap();
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn wanted<'a>(id: &'a str, scheme: &'a str) -> Wanted<'a> {
        let (session, public_key, orders_per_s, cancels_per_s) = (None, None, None, None);
        Wanted { id, session, account: 7, role: "trading", scheme, public_key, orders_per_s, cancels_per_s }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_key_that_was_added_is_in_the_file_and_the_file_is_private() {
        let home = Home::new("add");

        let hmac = add(&home.0, Wanted { orders_per_s: Some(50), ..wanted("maker", "hmac") }).unwrap();
        let pair = add(&home.0, wanted("algo", "ed25519")).unwrap();

        let (keys, text) = read(&home.0).unwrap();
        assert!(text.contains(&format!("maker 1 7 trading hmac {} orders_per_s=50\n", hmac.secret.unwrap())), "{text}");
        assert_eq!((keys.len(), pair.key.session.0), (2, 2));
        let private = pair.secret.unwrap();
        assert!(!text.contains(&private));
        let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&private[at * 2..at * 2 + 2], 16).unwrap()).collect();
        assert_eq!(pair.public_key.unwrap(), hex(&public_of(&bytes.try_into().unwrap())));
        assert_eq!(mode(&home.0.join(KEY_FILE)), 0o600);
        assert!(!home.0.join(UNFINISHED).exists());
    }

    #[test]
    fn what_cannot_be_a_key_is_refused_and_changes_nothing() {
        let home = Home::new("refuse");
        add(&home.0, wanted("maker", "hmac")).unwrap();
        let before = home.text();
        let zeros = "00".repeat(32);
        let base = wanted("new", "hmac");
        let cases = [
            (wanted("maker", "hmac"), "key_id=maker is there already"),
            (Wanted { session: Some(1), ..base }, "session=1 belongs"),
            (Wanted { session: Some(0), ..base }, "session=0"),
            (Wanted { account: 0, ..base }, "account=0"),
            (Wanted { role: "boss", ..base }, "role=boss"),
            (wanted("new", "md5"), "scheme=md5"),
            (wanted("a b", "hmac"), "\"a b\" cannot be a word"),
            (wanted("a#b", "hmac"), "cannot be a word"),
            (Wanted { role: "trading hmac 00\nx 9 1 operator", ..base }, "cannot be a word"),
            (wanted("", "hmac"), "key"),
            (Wanted { public_key: Some(&zeros), ..base }, "scheme=hmac has no public key"),
            (Wanted { scheme: "ed25519", public_key: Some("00"), ..base }, "key has 1 bytes: give 32"),
            (Wanted { scheme: "ed25519", public_key: Some(&zeros), ..base }, "Ed25519 public key"),
        ];
        for (bad, part) in cases {
            let refusal = add(&home.0, bad).map(|_| ()).unwrap_err();
            assert!(matches!(refusal, Refusal::Usage(_)), "{refusal}");
            assert!(refusal.to_string().contains(part), "{refusal} instead of {part}");
        }
        assert_eq!(home.text(), before);
    }

    #[test]
    fn a_key_that_was_removed_leaves_its_session_behind() {
        let home = Home::new("remove");
        add(&home.0, wanted("maker", "hmac")).unwrap();
        home.write(&format!("{}# by hand\n", home.text()));

        assert_eq!(remove(&home.0, "maker").unwrap().session.0, 1);

        assert_eq!(home.text(), format!("{HEAD}maker 1 7 retired\n# by hand\n"));
        assert!(matches!(remove(&home.0, "maker"), Err(Refusal::NotFound(what)) if what.contains("key_id=maker")));
        assert_eq!(add(&home.0, wanted("maker", "hmac")).map(|made| made.key.session.0).unwrap(), 2);
        let again = add(&home.0, Wanted { session: Some(1), ..wanted("other", "hmac") }).map(|_| ()).unwrap_err();
        assert!(again.to_string().contains("session=1 belongs"), "{again}");
    }

    #[test]
    fn a_rotated_key_has_another_secret_and_nothing_else_is_new() {
        let home = Home::new("rotate");
        let old = add(&home.0, Wanted { orders_per_s: Some(9), ..wanted("maker", "hmac") }).unwrap().secret.unwrap();
        add(&home.0, wanted("algo", "ed25519")).unwrap();
        let before = home.text();

        let new = rotate(&home.0, "maker", None).unwrap().secret.unwrap();

        assert_eq!(home.text(), before.replace(&old, &new));
        assert_ne!(new, old);
        let public = hex(&public_of(&[9; 32]));
        let theirs = rotate(&home.0, "algo", Some(&public)).unwrap();
        assert_eq!((theirs.secret, theirs.public_key), (None, Some(public.clone())));
        assert!(home.text().contains(&format!("algo 2 7 trading ed25519 {public}\n")));
        assert!(matches!(rotate(&home.0, "algo", Some("xy")), Err(Refusal::Usage(_))));
        assert!(matches!(rotate(&home.0, "nobody", None), Err(Refusal::NotFound(_))));
    }

    #[test]
    fn a_file_that_others_can_read_or_that_is_broken_is_not_touched() {
        let home = Home::new("open");
        add(&home.0, wanted("maker", "hmac")).unwrap();
        let path = home.0.join(KEY_FILE);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();

        let refusal = add(&home.0, wanted("new", "hmac")).map(|_| ()).unwrap_err();
        assert!(matches!(&refusal, Refusal::File(what) if what.contains("mode=644 max=600")), "{refusal}");

        fs::set_permissions(&path, Permissions::from_mode(MODE)).unwrap();
        home.write("maker 1 7 trading\n");
        let refusal = remove(&home.0, "maker").map(|_| ()).unwrap_err();
        assert!(matches!(&refusal, Refusal::File(what) if what.contains("line=1: words=4")), "{refusal}");
        assert_eq!(home.text(), "maker 1 7 trading\n");
    }

    #[test]
    fn one_change_at_a_time_and_only_in_a_directory_that_is_there() {
        let home = Home::new("claim");
        let held = claim(&home.0).unwrap();

        assert!(matches!(add(&home.0, wanted("a", "hmac")), Err(Refusal::Locked(_))));
        drop(held);
        assert!(add(&home.0, wanted("a", "hmac")).is_ok());
        assert!(matches!(add(&home.0.join("nowhere"), wanted("a", "hmac")), Err(Refusal::NotFound(_))));
    }

    #[test]
    fn a_new_directory_gets_one_operator() {
        let home = Home::new("fresh");

        let (first, second) = (read_or_make(&home.0).unwrap(), read_or_make(&home.0).unwrap());

        let of = |keys: &Keys| keys.get(&Symbol::new("operator").unwrap()).cloned().unwrap();
        assert!(of(&first).is_same(&of(&second)));
        assert_eq!((of(&first).role, mode(&home.0.join(KEY_FILE))), (wire::Role::Operator, MODE));
    }
}
