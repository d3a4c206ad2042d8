//! Secrets planted in public text, and what becomes of the text when a guard takes them out.

use std::collections::BTreeMap;

use crate::random::Random;

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "0123456789";

/// A planted secret. What of it may be seen stands in `shown`; nothing of `secret` may get out.
#[derive(Debug, Clone)]
pub struct Plant {
    /// The rule that finds it.
    pub rule: &'static str,
    /// The issuer's public prefix, a block's header, or the bytes that the rule's `may-show` lets out.
    pub shown: String,
    /// What has to be taken out.
    pub secret: String,
    /// What closes a block.
    pub close: &'static str,
}

impl Plant {
    /// The whole of it, as a program would print it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}{}{}", self.shown, self.secret, self.close)
    }

    fn new(rule: &'static str, shown: &str, secret: String) -> Self {
        Self {
            rule,
            shown: shown.to_owned(),
            secret,
            close: "",
        }
    }
}

/// Ten credentials of different kinds. All are invented; prefixes are in parts, so that no scanner takes this file
/// for a leak.
#[must_use]
pub fn credentials(random: &mut Random) -> Vec<Plant> {
    let mut make = |rule, parts: [&str; 2], alphabet: &str, length| {
        Plant::new(rule, &parts.concat(), random.text(alphabet, length))
    };
    let mut plants = vec![
        make("github-token", ["gh", "p_"], ALNUM, 36),
        make("gitlab-token", ["glp", "at-"], ALNUM, 20),
        make("npm-token", ["np", "m_"], ALNUM, 36),
        make("stripe-key", ["sk_", "live_"], ALNUM, 24),
        make("google-api-key", ["AI", "za"], ALNUM, 35),
        make("digitalocean-token", ["dop", "_v1_"], HEX, 64),
        make("huggingface-token", ["h", "f_"], ALNUM, 34),
        make("shopify-token", ["shp", "at_"], HEX, 32),
        make("vault-token", ["hv", "s."], ALNUM, 28),
    ];
    // A token for a service: header and payload of JSON, and a signature.
    let header = base64url(br#"{"alg":"HS256"}"#);
    let subject = random.text(ALNUM, 22);
    let payload = base64url(format!("{{\"sub\":\"{subject}\"}}").as_bytes());
    let signature = random.text(ALNUM, 43);
    let (shown, header) = header.split_at(3);
    plants.push(Plant::new("jwt", shown, format!("{header}.{payload}.{signature}")));
    plants
}

/// Base64 with the alphabet of URLs, without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    let alphabet = [ALNUM, "-_"].concat().into_bytes();
    let group = |bytes: &[u8]| {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | usize::from(bytes.get(at).copied().unwrap_or(0))
        });
        let letters = [18, 12, 6, 0].map(|shift| char::from(alphabet[bits >> shift & 63]));
        letters.into_iter().take(bytes.len() + 1).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// A private key in its envelope; its lines are random and open nothing.
#[must_use]
pub fn private_key(random: &mut Random) -> Plant {
    let lines: Vec<String> = (0..6)
        .map(|line| random.text(ALNUM, if line == 5 { 38 } else { 64 }))
        .collect();
    Plant {
        rule: "private-key",
        shown: ["-----BEGIN ", "PRIVATE KEY-----\n"].concat(),
        secret: lines.join("\n"),
        close: "\n-----END PRIVATE KEY-----",
    }
}

/// A card number in groups of four whose check digit is right. Six bytes of it may show.
#[must_use]
pub fn card(random: &mut Random) -> Plant {
    let mut digits = format!("4{}", random.text(DIGITS, 14)).into_bytes();
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    digits.push(b'0' + u8::try_from((10 - sum % 10) % 10).expect("a digit"));
    let groups: Vec<&str> = digits
        .chunks(4)
        .map(|group| std::str::from_utf8(group).expect("digits"))
        .collect();
    let number = groups.join(" ");
    let (shown, secret) = number.split_at(6);
    Plant::new("payment-card", shown, secret.to_owned())
}

/// Public text and secrets in turn.
#[derive(Debug, Clone)]
pub struct Text {
    pieces: Vec<(String, Plant)>,
    last: &'static str,
}

/// Where the output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlet {
    /// A pipe: markers, or masks where the input stalled inside.
    Pipe,
    /// A terminal: masks, and line ends with a carriage return.
    Terminal,
}

/// A cut inside a plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// Which plant.
    pub plant: usize,
    /// After how many of its bytes, `shown` and `secret` together.
    pub after: usize,
}

impl Text {
    /// Ten credentials, a private key and a card between lines of public text.
    #[must_use]
    pub fn with_everything(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut plants = credentials(&mut random);
        plants.insert(4, private_key(&mut random));
        plants.push(card(&mut random));
        let openings = [
            "\nresolving dependencies: 214 crates, 3 warnings\nexport TOKEN=",
            " # for the mirror\n[info] compiled \u{2714} in 4.31s, see docs/build.md\nAUTH: ",
            "\n\tretrying (attempt 2 of 5) with key ",
            "\nmail build@example.org when this fails; value=",
            " ; done\n\u{1b}[32mok\u{1b}[0m 18 passed\n\"",
        ];
        let pieces = plants
            .into_iter()
            .enumerate()
            .map(|(place, plant)| {
                let mut opening = openings[place % openings.len()].to_owned();
                if plant.rule == "private-key" {
                    opening.push('\n');
                }
                (opening, plant)
            })
            .collect();
        Self {
            pieces,
            last: ", and that was all.\n$ ",
        }
    }

    /// What is planted in it.
    pub fn plants(&self) -> impl Iterator<Item = &Plant> {
        self.pieces.iter().map(|(_, plant)| plant)
    }

    /// Every place inside a plant, from before its first byte to after its last.
    #[must_use]
    pub fn places(&self) -> Vec<Cut> {
        let of = |(plant, planted): (usize, &Plant)| {
            (0..=planted.shown.len() + planted.secret.len()).map(move |after| Cut { plant, after })
        };
        self.plants().enumerate().flat_map(of).collect()
    }

    /// The input, cut at these places, which are sorted.
    #[must_use]
    pub fn chunks(&self, cuts: &[Cut]) -> Vec<Vec<u8>> {
        let mut chunks = vec![Vec::new()];
        for (place, (opening, plant)) in self.pieces.iter().enumerate() {
            let text = plant.text();
            let mut from = 0;
            let last = |chunks: &mut Vec<Vec<u8>>, part: &str| {
                chunks.last_mut().expect("never empty").extend(part.as_bytes());
            };
            last(&mut chunks, opening);
            for cut in cuts.iter().filter(|cut| cut.plant == place) {
                last(&mut chunks, &text[from..cut.after]);
                chunks.push(Vec::new());
                from = cut.after;
            }
            last(&mut chunks, &text[from..]);
        }
        chunks.last_mut().expect("never empty").extend(self.last.as_bytes());
        chunks
    }

    /// What has to come out, byte for byte, when the input stalled at these places.
    ///
    /// A stall with a byte of a secret held is the one thing that may be seen: a pipe then shows a mask in place of a
    /// marker.
    #[must_use]
    pub fn guarded(&self, outlet: Outlet, stalls: &[Cut]) -> Vec<u8> {
        let mut held = BTreeMap::new();
        for cut in stalls {
            let shown = self.pieces[cut.plant].1.shown.len();
            held.insert(cut.plant, held.get(&cut.plant) == Some(&true) || cut.after > shown);
        }
        let mut out = String::new();
        for (place, (opening, plant)) in self.pieces.iter().enumerate() {
            out.push_str(opening);
            out.push_str(&plant.shown);
            if outlet == Outlet::Pipe && held.get(&place) != Some(&true) {
                out.push_str(&format!("[redacted:{}]", plant.rule));
            } else {
                out.push_str(&mask(&plant.secret));
            }
            out.push_str(plant.close);
        }
        out.push_str(self.last);
        match outlet {
            Outlet::Pipe => out.into_bytes(),
            Outlet::Terminal => out.replace('\n', "\r\n").into_bytes(),
        }
    }
}

/// As many cells as the secret has; its line ends stay.
fn mask(secret: &str) -> String {
    secret
        .chars()
        .map(|letter| if letter == '\n' { '\n' } else { '*' })
        .collect()
}
