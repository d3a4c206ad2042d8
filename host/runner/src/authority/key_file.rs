//! A private key in a file of its owner's, sealed by a passphrase.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use cofferdam_model::authority::{PersonName, PublicKey};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{AuthorityError, Passphrase};
use crate::record::clock::random;
use crate::record::files::{open, private, private_folder};

/// The folder of signing keys in the state folder.
const FOLDER: &str = "signing";
/// What a guess at a passphrase costs: 64 MiB of memory, three times over.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// The most that a file may ask for, so that one that somebody made up can't take all memory.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;
/// The most bytes of a key's file.
const MOST: u64 = 4096;

/// A key in a file: its public half at once, its private half once it is opened.
pub struct KeyFile {
    written: Written,
    place: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: KeySchema,
    name: PersonName,
    public: PublicKey,
    seal: Seal,
}

#[derive(Serialize, Deserialize)]
enum KeySchema {
    #[serde(rename = "cofferdam.signing-key/v1")]
    V1,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
enum Seal {
    /// XChaCha20-Poly1305 under a key that Argon2id makes of a passphrase.
    Passphrase {
        memory_kib: u32,
        passes: u32,
        salt: [u8; 16],
        nonce: [u8; 24],
        sealed: Vec<u8>,
    },
    /// None: whoever can read the file has the key.
    Nothing { secret: [u8; 32] },
}

impl KeyFile {
    /// Makes a new key for a person in the state folder. Without a passphrase, whoever can read the file has it.
    ///
    /// # Errors
    /// There is one already, the folder can't be written, or the kernel gives no random bytes.
    pub fn create(
        state: &Path,
        name: &PersonName,
        passphrase: Option<&Passphrase>,
    ) -> Result<(Self, PathBuf), AuthorityError> {
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(random().map_err(|_| AuthorityError::Random)?);
        let public = PublicKey::from_bytes(SigningKey::from_bytes(&secret).verifying_key().to_bytes());
        let seal = match passphrase {
            None => Seal::Nothing { secret: *secret },
            Some(passphrase) => sealed(&secret, &public, passphrase)?,
        };
        let written = Written {
            schema: KeySchema::V1,
            name: name.clone(),
            public,
            seal,
        };
        let folder = state.join(FOLDER);
        let place = place(name);
        private_folder(&folder, FOLDER).map_err(|error| AuthorityError::Key(error.to_string()))?;
        let path = state.join(&place);
        let text = Zeroizing::new(serde_json::to_vec(&written).expect("a key is plain JSON"));
        let made = private().write(true).create_new(true).open(&path).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()
        });
        match made {
            Ok(()) => Ok((Self { written, place }, path)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(there(&place)),
            Err(source) => Err(AuthorityError::Unwritten { place, source }),
        }
    }

    /// Refuses to make a key for a person who has one.
    ///
    /// # Errors
    /// There is one already.
    pub fn refuse_second(state: &Path, name: &PersonName) -> Result<(), AuthorityError> {
        let place = place(name);
        match state.join(&place).symlink_metadata() {
            Ok(_) => Err(there(&place)),
            Err(_) => Ok(()),
        }
    }

    /// The key of a person; none where there is no such file.
    ///
    /// # Errors
    /// The file isn't a key, or others may read it.
    pub fn of(state: &Path, name: &PersonName) -> Result<Option<Self>, AuthorityError> {
        let place = place(name);
        let refuse = |why: &str| AuthorityError::Key(format!("{place} in the state folder {why}"));
        let file = match open(&state.join(&place)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refuse(&format!("can't be read: {error}"))),
        };
        let found = file.metadata().map_err(|error| refuse(&error.to_string()))?;
        if !found.is_file() || found.len() > MOST {
            return Err(refuse("is not a key's file"));
        }
        if found.mode() & 0o077 != 0 {
            return Err(refuse(
                "can be read by others; make a new key, and take this one out of the configuration",
            ));
        }
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(refuse("belongs to another user"));
        }
        let mut bytes = Zeroizing::new(Vec::new());
        file.take(MOST)
            .read_to_end(&mut bytes)
            .map_err(|error| refuse(&error.to_string()))?;
        // The parser's own message could show a part of the key.
        let written: Written = serde_json::from_slice(&bytes).map_err(|_| refuse("is not a key's file"))?;
        if written.name != *name {
            return Err(refuse("is the key of somebody else"));
        }
        Ok(Some(Self { written, place }))
    }

    /// All keys in the state folder that can be read, by their people's names.
    #[must_use]
    pub fn all(state: &Path) -> Vec<Self> {
        let Ok(entries) = std::fs::read_dir(state.join(FOLDER)) else {
            return Vec::new();
        };
        let mut names: Vec<PersonName> = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".key")?.parse().ok())
            .collect();
        names.sort_unstable();
        names
            .iter()
            .filter_map(|name| Self::of(state, name).ok().flatten())
            .collect()
    }

    /// Whose it is.
    #[must_use]
    pub fn name(&self) -> &PersonName {
        &self.written.name
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.written.public
    }

    /// Where it lies, beneath the state folder.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether a passphrase opens it.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        match self.written.seal {
            Seal::Passphrase { .. } => true,
            Seal::Nothing { .. } => false,
        }
    }

    /// The private key. The passphrase is looked at only where there has to be one.
    pub(super) fn open(&self, passphrase: Option<&Passphrase>) -> Result<SigningKey, AuthorityError> {
        let refuse = |why: &str| AuthorityError::Key(format!("{} in the state folder: {why}", self.place));
        let secret = match (&self.written.seal, passphrase) {
            (Seal::Nothing { secret }, _) => Zeroizing::new(*secret),
            (Seal::Passphrase { .. }, None) => return Err(refuse("it needs its passphrase, typed at a terminal")),
            (
                Seal::Passphrase {
                    memory_kib,
                    passes,
                    salt,
                    nonce,
                    sealed,
                },
                Some(passphrase),
            ) => {
                if *memory_kib > MOST_MEMORY_KIB || *passes > MOST_PASSES {
                    return Err(refuse("it asks for more memory or time than any key of ours"));
                }
                let cipher = cipher(passphrase, salt, *memory_kib, *passes)?;
                let message = Payload {
                    msg: sealed,
                    aad: self.written.public.as_bytes(),
                };
                let opened = cipher.decrypt(&(*nonce).into(), message).map(Zeroizing::new);
                let opened = opened.map_err(|_| refuse("the passphrase does not open it"))?;
                let secret: [u8; 32] = opened.as_slice().try_into().map_err(|_| refuse("it is not a key"))?;
                Zeroizing::new(secret)
            }
        };
        let key = SigningKey::from_bytes(&secret);
        if key.verifying_key().as_bytes() == self.written.public.as_bytes() {
            Ok(key)
        } else {
            Err(refuse("its two halves don't belong together"))
        }
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile")
            .field("name", &self.written.name.as_str())
            .field("public", &self.written.public)
            .finish_non_exhaustive()
    }
}

fn there(place: &str) -> AuthorityError {
    AuthorityError::Key(format!(
        "{place} is there already; take another name, or move it away first"
    ))
}

fn place(name: &PersonName) -> String {
    format!("{FOLDER}/{name}.key")
}

fn sealed(secret: &[u8; 32], public: &PublicKey, passphrase: &Passphrase) -> Result<Seal, AuthorityError> {
    let (salt, nonce): ([u8; 16], [u8; 24]) = random()
        .and_then(|salt| Ok((salt, random()?)))
        .map_err(|_| AuthorityError::Random)?;
    let message = Payload {
        msg: secret,
        aad: public.as_bytes(),
    };
    let sealed = cipher(passphrase, &salt, MEMORY_KIB, PASSES)?
        .encrypt(&nonce.into(), message)
        .map_err(|_| AuthorityError::Key("it could not be sealed".to_owned()))?;
    Ok(Seal::Passphrase {
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        salt,
        nonce,
        sealed,
    })
}

fn cipher(
    passphrase: &Passphrase,
    salt: &[u8; 16],
    memory_kib: u32,
    passes: u32,
) -> Result<XChaCha20Poly1305, AuthorityError> {
    let refuse =
        |_| AuthorityError::Key("no key can be made of the passphrase in the way that the file says".to_owned());
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(refuse)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.bytes(), salt, key.as_mut())
        .map_err(refuse)?;
    Ok(XChaCha20Poly1305::new(&(*key).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_opened_by_its_passphrase_alone() {
        let state = tempfile::tempdir().expect("a folder");
        let name: PersonName = "ann".parse().expect("a name");
        let right = Passphrase::new(b"correct horse".to_vec());
        let (made, path) = KeyFile::create(state.path(), &name, Some(&right)).expect("made");
        assert_eq!(std::fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        let text = std::fs::read(&path).expect("read");
        let secret = made.open(Some(&right)).expect("opened").to_bytes();
        assert!(!text.windows(32).any(|window| window == secret));
        let found = KeyFile::of(state.path(), &name).expect("read").expect("there");
        assert_eq!(found.public(), made.public());
        assert!(found.is_sealed() && found.open(None).is_err());
        let wrong = Passphrase::new(b"correct horsf".to_vec());
        assert!(matches!(found.open(Some(&wrong)), Err(AuthorityError::Key(_))));
        assert!(
            KeyFile::create(state.path(), &name, None).is_err(),
            "a key is never written over"
        );
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let state = tempfile::tempdir().expect("a folder");
        let name: PersonName = "ann".parse().expect("a name");
        let (made, path) = KeyFile::create(state.path(), &name, None).expect("made");
        assert!(!made.is_sealed() && made.open(None).is_ok());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("opened");
        assert!(KeyFile::of(state.path(), &name).is_err());
    }

    #[test]
    fn a_public_half_of_another_key_is_found() {
        let state = tempfile::tempdir().expect("a folder");
        let (ann, ben): (PersonName, PersonName) = ("ann".parse().expect("a name"), "ben".parse().expect("a name"));
        let (mut made, _) = KeyFile::create(state.path(), &ann, None).expect("made");
        let (other, _) = KeyFile::create(state.path(), &ben, None).expect("made");
        made.written.public = other.public();
        assert!(made.open(None).is_err());
    }
}
