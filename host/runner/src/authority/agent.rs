//! An SSH agent that keeps a key: it signs, and never gives the key away.
//!
//! Three messages of the agent's protocol are all that is needed (draft-ietf-sshm-ssh-agent): ask for the identities,
//! and ask for a signature. An ed25519 signature of an agent is one over exactly the bytes that it was given, and
//! ours begin with a domain of ours, which no message of SSH begins with.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use cofferdam_model::authority::{PublicKey, Signature};

use super::AuthorityError;

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES: u8 = 12;
const SIGN: u8 = 13;
const SIGNATURE: u8 = 14;
const KIND: &[u8] = b"ssh-ed25519";
/// The most bytes of an answer.
const MOST: u32 = 256 * 1024;
/// An agent may ask a person before it signs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection to an agent.
pub struct Agent(UnixStream);

impl Agent {
    /// Connects to the agent at a socket.
    ///
    /// # Errors
    /// There is none.
    pub fn at(socket: &Path) -> Result<Self, AuthorityError> {
        let connected = UnixStream::connect(socket).and_then(|stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(stream)
        });
        connected.map(Self).map_err(|error| {
            AuthorityError::Key(format!("the SSH agent can't be reached ({error}); see SSH_AUTH_SOCK"))
        })
    }

    /// The ed25519 keys that it keeps.
    ///
    /// # Errors
    /// It doesn't answer as an agent does.
    pub fn keys(&mut self) -> Result<Vec<PublicKey>, AuthorityError> {
        let answer = self.ask(REQUEST_IDENTITIES, &[], IDENTITIES)?;
        let mut rest = answer.as_slice();
        let mut keys = Vec::new();
        for _ in 0..number(&mut rest).ok_or_else(nonsense)? {
            let mut blob = text(&mut rest).ok_or_else(nonsense)?;
            text(&mut rest).ok_or_else(nonsense)?;
            if text(&mut blob) == Some(KIND) {
                let bytes = text(&mut blob).and_then(|bytes| bytes.try_into().ok());
                keys.push(PublicKey::from_bytes(bytes.ok_or_else(nonsense)?));
            }
        }
        Ok(keys)
    }

    /// Has these bytes signed by a key that it keeps.
    ///
    /// # Errors
    /// It refuses, or doesn't answer as an agent does.
    pub fn sign(&mut self, key: PublicKey, bytes: &[u8]) -> Result<Signature, AuthorityError> {
        let mut blob = Vec::new();
        put(&mut blob, KIND);
        put(&mut blob, key.as_bytes());
        let mut request = Vec::new();
        put(&mut request, &blob);
        put(&mut request, bytes);
        request.extend_from_slice(&0_u32.to_be_bytes());
        let answer = self.ask(SIGN, &request, SIGNATURE)?;
        let mut rest = answer.as_slice();
        let mut signature = text(&mut rest).ok_or_else(nonsense)?;
        let kind = text(&mut signature);
        let bytes = text(&mut signature).and_then(|bytes| bytes.try_into().ok());
        match (kind, bytes) {
            (Some(KIND), Some(bytes)) => Ok(Signature::from_bytes(bytes)),
            (Some(_) | None, _) => Err(nonsense()),
        }
    }

    fn ask(&mut self, kind: u8, body: &[u8], expected: u8) -> Result<Vec<u8>, AuthorityError> {
        let told = |error: io::Error| AuthorityError::Key(format!("the SSH agent does not answer ({error})"));
        let length = u32::try_from(body.len() + 1).map_err(|_| nonsense())?;
        let mut message = length.to_be_bytes().to_vec();
        message.push(kind);
        message.extend_from_slice(body);
        self.0.write_all(&message).map_err(told)?;
        let mut length = [0; 4];
        self.0.read_exact(&mut length).map_err(told)?;
        let length = u32::from_be_bytes(length);
        if length == 0 || length > MOST {
            return Err(nonsense());
        }
        let mut answer = vec![0; usize::try_from(length).map_err(|_| nonsense())?];
        self.0.read_exact(&mut answer).map_err(told)?;
        if answer.remove(0) == expected {
            Ok(answer)
        } else {
            Err(AuthorityError::Key(
                "the SSH agent refuses; it is locked, or somebody said no".to_owned(),
            ))
        }
    }
}

fn nonsense() -> AuthorityError {
    AuthorityError::Key("what SSH_AUTH_SOCK names does not answer as an SSH agent does".to_owned())
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (first, others) = rest.split_first_chunk::<4>()?;
    *rest = others;
    Some(u32::from_be_bytes(*first))
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (text, others) = rest.split_at_checked(length)?;
    *rest = others;
    Some(text)
}

fn put(to: &mut Vec<u8>, text: &[u8]) {
    let length = u32::try_from(text.len()).expect("what is signed is far below 4 GiB");
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(text);
}
