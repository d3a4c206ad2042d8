//! Passwords that people and documentation use: not worth a P0, and too often real to be nothing. The words are the
//! pack's; what is here are the shapes that they come in.

use cofferdam_sdk::check::{is_placeholder, is_sequence};
use cofferdam_sdk::{Severity, Verdict};

use super::placeholder;
use crate::fact;
use crate::pack::{Common, Logins};
use crate::placeholder::before_dots;
use crate::words;

/// The shortest password that is anything: shorter ones are what tests of parsers have.
const SHORTEST: usize = 3;
/// The shortest password that is worth hiding: shorter ones are guessed sooner than read.
const GUESSED: usize = 6;
/// The longest password that is taken for a word or two.
const WORD: usize = 14;
/// The shortest word of the pack that makes a common password of what stands beside it: `SuperSecret`.
const TELLING: usize = 6;
/// The most letters beside such a word.
const BESIDE: usize = 8;
/// The most digits behind a word. Many of them are another password.
const DIGITS: usize = 4;
/// The fewest letters of a placeholder in upper case.
const CONSTANT: usize = 6;

impl Common<&[u8]> {
    /// The verdict on a password: as it is, lower where it is a common one, and a placeholder's where nobody could
    /// mean it.
    pub(crate) fn judged(&self, verdict: Verdict, password: &[u8], user: &[u8]) -> Verdict {
        // A row of digits and letters is what people also take for tests, with signs in it or without: it is counted.
        if is_sequence(password) || is_sequence(&plain(password)) {
            return lower(verdict);
        }
        if characters(password) < SHORTEST
            || asks_for_it(password)
            || is_cut_off(password)
            || self.is_constant(password)
            || (is_placeholder(password, 16) && !self.is_stock(password))
            || holds_login(&self.login, password, user)
        {
            placeholder(verdict)
        } else if self.is_common(password, user) {
            lower(verdict)
        } else {
            verdict
        }
    }

    /// Whether a user's name and a password are words that manuals of commands have: `test:test`, `username:token`,
    /// `xxx:yyy`.
    pub(crate) fn is_manual(&self, password: &[u8], user: &[u8]) -> bool {
        holds_login(&self.command, password, user)
    }

    /// Whether people and documentation use it: a stock word, the user's own name, letters that make a word, or what
    /// names itself.
    pub(crate) fn is_common(&self, password: &[u8], user: &[u8]) -> bool {
        characters(password) < GUESSED
            || is_typed(password)
            || password.eq_ignore_ascii_case(user)
            || self.is_stock(password)
            || self.names_itself(password)
            || self.is_telling(password)
            || is_word(password)
    }

    /// Whether it is one of the words, once or twice, whatever signs stand in it, perhaps with digits in place of
    /// letters or behind it: `p4ssw0rd`, `Secret123`, `pass*word`.
    pub(crate) fn is_stock(&self, password: &[u8]) -> bool {
        let Some(word) = told(password) else { return false };
        let is = |word: &[u8]| !word.is_empty() && has(&self.passwords, word);
        let half = word.len() / 2;
        let twice = word.len().is_multiple_of(2) && word.get(..half) == word.get(half..);
        // An `@` is a letter in `p@ssword`, and a sign in `foo@bar`.
        let joined = plain(password).to_ascii_lowercase();
        is(&word) || is(&joined) || (twice && is(word.get(..half).unwrap_or_default()))
    }

    /// Whether a long word for a password makes up most of it: `SuperSecret`, `bbpasswd`.
    fn is_telling(&self, password: &[u8]) -> bool {
        let Some(word) = told(password) else { return false };
        let names = self.named.iter().filter(|name| name.len() >= TELLING);
        word.iter().all(u8::is_ascii_lowercase)
            && names
                .filter(|name| word.windows(name.len()).any(|part| part == **name))
                .any(|name| word.len() - name.len() <= BESIDE)
    }

    /// Whether it is words of lower case, the last of which names what should stand here: `my-token`,
    /// `some_password`, `userPass`; or the first one, with a row of digits behind it: `key_1234`.
    fn names_itself(&self, password: &[u8]) -> bool {
        let words = parts(password);
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return false;
        };
        let is_letters = |word: &Vec<u8>| word.len() <= WORD && word.iter().all(u8::is_ascii_lowercase);
        let bare = last
            .iter()
            .rposition(|byte| !byte.is_ascii_digit())
            .map_or(0, |at| at + 1);
        let numbered = last.len() - bare <= 2;
        let (front, name) = (words.split_last().map_or(&[][..], |(_, front)| front), last.get(..bare));
        let named = words.len() >= 2 && numbered && name.is_some_and(|name| has(&self.named, name));
        (named && front.iter().all(is_letters))
            || (words.len() == 2 && has(&self.named, first) && last.len() >= 3 && is_counted(last))
    }

    /// Whether it is a word for a secret in upper case behind others: `NAME_PASS`, `SERVICE-DBPASSWORD`.
    fn is_constant(&self, password: &[u8]) -> bool {
        let lower = password.to_ascii_lowercase();
        let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        let count = |is: fn(&u8) -> bool| password.iter().filter(|byte| is(byte)).count();
        password.iter().all(is_name)
            && count(|byte| matches!(byte, b'_' | b'-')) > 0
            && count(u8::is_ascii_uppercase) >= CONSTANT
            && count(u8::is_ascii_digit) <= 2
            && self.named.iter().any(|name| lower.ends_with(name))
    }

    /// Whether anybody gives an address in place of a password.
    pub(crate) fn is_anonymous(&self, password: &[u8], user: &[u8]) -> bool {
        password.contains(&b'@') && self.anonymous.iter().any(|known| user.eq_ignore_ascii_case(known))
    }

    /// Whether forms, types and schemas write this where a password would stand.
    pub(crate) fn is_form(&self, value: &[u8]) -> bool {
        self.forms.iter().any(|word| value.eq_ignore_ascii_case(word))
    }

    /// Whether the value holds a word that names a secret or nothing: `password1`, `db_password`, `userPass`.
    pub(crate) fn is_named(&self, value: &[u8]) -> bool {
        let lower = value.to_ascii_lowercase();
        let holds = |word: &&[u8]| lower.windows(word.len().max(1)).any(|part| part == *word);
        self.holds.iter().any(holds)
    }

    /// Whether the host, or its domain, is set apart for documentation, or is a single letter, as tests of URLs have it:
    /// somebody may have taken the host out of a log.
    pub(crate) fn is_reserved(&self, host: &[u8]) -> bool {
        matches!(host, [one] if one.is_ascii_alphabetic()) || is_below(host, &self.domains)
    }

    /// Whether the host is this machine, or what manuals call a service.
    pub(crate) fn is_here(&self, host: &[u8]) -> bool {
        self.hosts.iter().any(|known| host.eq_ignore_ascii_case(known))
    }

    /// Whether the host is a word for any host, as tests of URLs have it.
    pub(crate) fn is_nowhere(&self, host: &[u8]) -> bool {
        self.nowhere.iter().any(|known| host.eq_ignore_ascii_case(known))
    }
}

/// A password up to a sign that people print around one and nobody types: a quotation mark of print, a stop of Chinese
/// or Japanese, what draws a table. An ellipsis is a part of what it breaks off.
pub(super) fn without_print(password: &[u8]) -> &[u8] {
    let is_print = |sign: &[u8]| {
        matches!(
            sign,
            [0xE2, 0x80, 0x98..=0x9F] | [0xE2, 0x94 | 0x95, _] | [0xE3, 0x80, 0x81..=0x91] | [0xEF, 0xBC, 0x81..=0x8F | 0x9A..=0x9F]
        )
    };
    let end = password.windows(3).position(is_print).unwrap_or(password.len());
    password.get(..end).unwrap_or_default()
}

/// A value without what ends the text in which it stands, where a quote follows: the backslashes of that quote, however
/// often the text is one in another (`\"`, `\\\"`), and a line end that is spelled out. Of an even number of backslashes
/// none is the quote's.
pub(super) fn without_close(value: &[u8], after: Option<u8>) -> &[u8] {
    if !matches!(after, Some(b'"' | b'\'')) {
        return value;
    }
    let mut value = value;
    if slashes(value) % 2 == 1 {
        value = without_slashes(value);
    }
    while let [front @ .., b'n' | b'r'] = value
        && slashes(front) > 0
    {
        value = without_slashes(front);
    }
    value
}

/// The text without the backslashes that it ends with.
pub(super) fn without_slashes(text: &[u8]) -> &[u8] {
    text.get(..text.len() - slashes(text)).unwrap_or_default()
}

/// How many backslashes it ends with.
fn slashes(text: &[u8]) -> usize {
    text.iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// Whether a host is one of these domains, or lies below one.
pub(super) fn is_below(host: &[u8], domains: &[&[u8]]) -> bool {
    domains.iter().any(|domain| {
        host.len().checked_sub(domain.len()).is_some_and(|at| {
            let (front, tail) = host.split_at(at);
            tail.eq_ignore_ascii_case(domain) && matches!(front, [] | [.., b'.'])
        })
    })
}

/// How sure one can be of a password that opens little.
const OPENS_LITTLE: u8 = 40;

/// The verdict, lower where it `is` on what opens little, unless it is as low already.
pub(crate) fn lower_where(is: bool, verdict: Verdict) -> Verdict {
    if is && verdict.confidence > OPENS_LITTLE {
        lower(verdict)
    } else {
        verdict
    }
}

/// The same verdict, as what opens little.
pub(crate) fn lower(verdict: Verdict) -> Verdict {
    Verdict {
        confidence: OPENS_LITTLE,
        ..verdict.severity(Severity::P2)
    }
    .fact(fact::COMMON)
}

/// Whether a password is one that a person thinks up, and no program draws: no random letters and digits, or words
/// once digits and signs stand for the letters that they look like.
pub(crate) fn is_thought_up(password: &[u8]) -> bool {
    let word: Vec<u8> = password.iter().map(|byte| letter(*byte)).collect();
    !crate::pattern::Kind::Random.stands_in(password)
        || (word.iter().all(u8::is_ascii_alphabetic) && words::share(&word).is_some_and(|share| share >= 85))
}

/// How many characters it has.
fn characters(password: &[u8]) -> usize {
    password.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

fn has(words: &[&[u8]], word: &[u8]) -> bool {
    words.contains(&word)
}

/// Whether a user's name and a password stand for themselves, as in `user:password@`.
fn holds_login(logins: &Logins<&[u8]>, password: &[u8], user: &[u8]) -> bool {
    let is = |text: &[u8], words: &[&[u8]]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    (is(user, &logins.users) && is(password, &logins.passwords))
        || (password.eq_ignore_ascii_case(user) && is(user, &logins.same))
}

/// Whether it says that another is to be put here: `YOUR_PASSWORD`, `your-token`.
fn asks_for_it(password: &[u8]) -> bool {
    let begins = password
        .get(..4)
        .is_some_and(|front| front.eq_ignore_ascii_case(b"your"));
    begins
        && password
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'))
}

/// Whether a manual breaks it off: `key_1234…`.
fn is_cut_off(password: &[u8]) -> bool {
    /// What is as long may be a whole one, in a sentence that trails off.
    const WHOLE: usize = 16;
    before_dots(password).is_some_and(|kept| kept.len() < WHOLE)
}

/// Whether it is what fingers type where anything will do: two characters over and over, or digits in order.
fn is_typed(password: &[u8]) -> bool {
    let mut different: Vec<u8> = password.to_vec();
    different.sort_unstable();
    different.dedup();
    different.len() <= 2 || is_counted(password)
}

/// Whether these are digits in order: `1234`, `12345`.
fn is_counted(digits: &[u8]) -> bool {
    let follows = |pair: &[u8]| matches!(pair, [a, b] if (a.wrapping_sub(b'0') + 1) % 10 == b.wrapping_sub(b'0'));
    digits.iter().all(u8::is_ascii_digit) && digits.windows(2).all(follows)
}

/// Whether it is a word, all lower or all upper case.
fn is_word(password: &[u8]) -> bool {
    let one_case = password.iter().all(u8::is_ascii_lowercase) || password.iter().all(u8::is_ascii_uppercase);
    one_case && password.len() <= WORD && words::share(password).is_none_or(|share| share >= 65)
}

/// Its letters and digits alone.
fn plain(password: &[u8]) -> Vec<u8> {
    let is = |byte: &&u8| byte.is_ascii_alphanumeric();
    password.iter().filter(is).copied().collect()
}

/// The letter that a digit or a sign looks like, in lower case.
fn letter(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        other => other.to_ascii_lowercase(),
    }
}

/// What a password says in lower case, with letters for the digits and signs that look like them, and neither signs
/// nor the digits at its end. `None` where those are too many.
fn told(password: &[u8]) -> Option<Vec<u8>> {
    let end = password
        .iter()
        .rposition(|byte| !byte.is_ascii_digit() && *byte != b'!')
        .map_or(0, |at| at + 1);
    let kept = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let word = password
        .iter()
        .take(end)
        .map(|byte| letter(*byte))
        .filter(kept)
        .collect();
    (password.len() - end <= DIGITS).then_some(word)
}

/// The words of a name in lower case, as signs and capital letters part them.
fn parts(name: &[u8]) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = vec![Vec::new()];
    let mut before = b'_';
    for &byte in name {
        let new = byte.is_ascii_uppercase() && before.is_ascii_lowercase();
        if matches!(byte, b'_' | b'-' | b'.' | b'/' | b' ') || new {
            words.push(Vec::new());
        }
        if !matches!(byte, b'_' | b'-' | b'.' | b'/' | b' ')
            && let Some(word) = words.last_mut()
        {
            word.push(byte.to_ascii_lowercase());
        }
        before = byte;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use cofferdam_sdk::testing::Random;

    use super::is_thought_up;
    use crate::pack::{Common, Logins};

    fn common() -> Common<&'static [u8]> {
        Common {
            passwords: vec![b"password", b"pass", b"secret"],
            named: vec![b"password", b"passwd", b"pass", b"secret", b"token", b"key"],
            login: Logins {
                users: vec![b"user"],
                passwords: vec![b"password"],
                same: vec![b"foo"],
            },
            ..Common::default()
        }
    }

    #[test]
    fn what_people_use_is_told_from_what_was_drawn() {
        for common_one in [
            "password",
            "p4ssw0rd",
            "secret123",
            "tzz",
            "bowser",
            "xyzzy",
            "pass",
            "pass pass",
            "pass*word",
            "p@ss",
            "pwpwpw",
            "12345678",
            "my-token",
            "uri_secret",
            "userPassword",
            "some_pass1",
            "key_1234",
            "SuperSecret",
            "bbpasswd",
            "b!&*$",
        ] {
            assert!(common().is_common(common_one.as_bytes(), b"tzz"), "{common_one}");
        }
        for drawn in [
            "xK7qPw2mRt",
            "qzjxkvwpbf",
            "n3v-X9pa",
            "secret8391274",
            "Tr0ub4dor&3",
            "x7f2-token",
            "token-x7f2q9",
            "key_1294",
            "secretqzjxkvwpbf",
        ] {
            assert!(!common().is_common(drawn.as_bytes(), b"user"), "{drawn}");
        }
    }

    #[test]
    fn placeholders_in_upper_case_end_with_a_word_for_a_secret() {
        for placeholder in ["NAME_PASS", "SERVICE_DBPASS", "DB2-PASSWORD", "ISSUER_API_KEY"] {
            assert!(common().is_constant(placeholder.as_bytes()), "{placeholder}");
        }
        for other in [
            "NAMEPASS",
            "X_PASS",
            "QX7_K2M9_PASS",
            "Name_PASS",
            "NAME_PASS!",
            "NAME_QZRT",
        ] {
            assert!(!common().is_constant(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn drawn_passwords_are_seldom_taken_for_made_up_ones() {
        let mut random = Random::new(7);
        let alphabet = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let drawn = (0..5_000).map(|_| random.text(alphabet, 20));
        let (common, thought): (usize, usize) = drawn.fold((0, 0), |(first, second), text| {
            let is = common().is_common(&text, b"user") || common().is_constant(&text);
            (first + usize::from(is), second + usize::from(is_thought_up(&text)))
        });
        assert_eq!(common, 0);
        assert!(thought <= 400, "{thought} of 5000");
    }

    #[test]
    fn what_closes_the_text_around_a_password_is_none_of_it() {
        for (text, after, password) in [
            (r"xK7\", Some(b'"'), "xK7"),
            (r"xK7\\\", Some(b'"'), "xK7"),
            (r"xK7\\", Some(b'"'), r"xK7\\"),
            (r"xK7\\n\", Some(b'"'), "xK7"),
            (r"xK7\r\n", Some(b'\''), "xK7"),
            (r"xK7\nx", Some(b'"'), r"xK7\nx"),
            (r"xK7\", None, r"xK7\"),
            ("xK7n", Some(b'"'), "xK7n"),
        ] {
            assert_eq!(
                super::without_close(text.as_bytes(), after),
                password.as_bytes(),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_printed_around_a_password_is_none_of_it() {
        for (text, password) in [
            ("xK7é中ж”", "xK7é中ж"),
            ("xK7€9│", "xK7€9"),
            ("xK7ü。", "xK7ü"),
            ("xK7，", "xK7"),
            ("xK7…", "xK7…"),
            ("xK7ü", "xK7ü"),
        ] {
            assert_eq!(super::without_print(text.as_bytes()), password.as_bytes());
        }
    }

    #[test]
    fn a_host_of_one_letter_is_set_apart() {
        assert!(common().is_reserved(b"h") && !common().is_reserved(b"h1") && !common().is_nowhere(b"h"));
    }

    #[test]
    fn a_pack_without_words_knows_shapes_only() {
        let none = Common::default();
        assert!(none.is_common(b"pwpwpw", b"user"));
        assert!(!none.is_common(b"p4ssw0rd", b"user"));
        assert!(!none.is_reserved(b"example.com"));
    }
}
