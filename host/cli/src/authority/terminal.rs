//! A passphrase, from the terminal alone: never from an argument, a variable or a pipe.

use std::fs::File;
use std::io::{Read as _, Write as _};

use cofferdam_runner::authority::{AuthorityError, Passphrase};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

/// The fewest bytes of a new passphrase.
const LEAST: usize = 8;
/// The most bytes of a passphrase.
const MOST: usize = 1024;

/// What is said where this process has no terminal, whatever the system calls that.
const NO_TERMINAL: &str = "its passphrase has to be typed, and this process has no terminal; run the command in a terminal of your own, \
                           or keep the key in an SSH agent";

/// Asks for a passphrase at the terminal of this process.
pub(crate) fn passphrase(prompt: &str) -> Result<Passphrase, AuthorityError> {
    let refuse =
        |why: String| AuthorityError::Key(format!("its passphrase could not be read from the terminal ({why})"));
    let mut terminal = File::options()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .map_err(|_| AuthorityError::Key(NO_TERMINAL.to_owned()))?;
    let before = tcgetattr(&terminal).map_err(|error| refuse(error.to_string()))?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    silent
        .local_modes
        .insert(LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHONL);
    // Silent before it asks, so that nobody who is quick sees their passphrase.
    tcsetattr(&terminal, OptionalActions::Flush, &silent).map_err(|error| refuse(error.to_string()))?;
    let line = write!(terminal, "{prompt}: ").and_then(|()| read_line(&mut terminal));
    // A terminal that stays silent is worse than a message about it.
    tcsetattr(&terminal, OptionalActions::Flush, &before).map_err(|error| refuse(error.to_string()))?;
    line.map_err(|error| refuse(error.to_string()))
}

/// Asks for a new passphrase twice.
pub(crate) fn new_passphrase() -> Result<Passphrase, AuthorityError> {
    let first = passphrase("New passphrase")?;
    if first.len() < LEAST {
        let why = format!("a passphrase has at least {LEAST} bytes; take a longer one");
        return Err(AuthorityError::Key(why));
    }
    if first.equals(&passphrase("The same again")?) {
        Ok(first)
    } else {
        Err(AuthorityError::Key("the two passphrases differ; try again".to_owned()))
    }
}

/// A line without its end, byte by byte: what was typed behind it is somebody else's.
fn read_line(terminal: &mut File) -> std::io::Result<Passphrase> {
    let mut line = Vec::with_capacity(MOST);
    let mut byte = [0];
    while line.len() < MOST {
        match terminal.read(&mut byte)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ if byte[0] == b'\n' => break,
            _ => line.push(byte[0]),
        }
    }
    Ok(Passphrase::new(line))
}
