//! Tokens of package registries.

use cofferdam_sdk::ByteSet;

use crate::token::{Proof, Token};

pub(crate) const TOKENS: &[Token] = &[
    Token::new(
        "npm-token",
        "npm access token",
        "credential.package.npm",
        &["npm_"],
        ByteSet::ALNUM,
        36,
    )
    .proof(Proof::Base62Crc),
    Token::new(
        "pypi-token",
        "PyPI upload token",
        "credential.package.pypi",
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        ByteSet::BASE64_URL,
        50,
    )
    .longest(4096),
    Token::new(
        "rubygems-key",
        "RubyGems API key",
        "credential.package.rubygems",
        &["rubygems_"],
        ByteSet::HEX_LOWER,
        48,
    ),
    Token::new(
        "nuget-key",
        "NuGet API key",
        "credential.package.nuget",
        &["oy2"],
        ByteSet::LOWER.or(ByteSet::DIGIT),
        43,
    )
    .word(),
    Token::new(
        "artifactory-key",
        "JFrog Artifactory API key",
        "credential.package.artifactory",
        &["AKCp"],
        ByteSet::ALNUM,
        68,
    )
    .word(),
    Token::new(
        "dockerhub-token",
        "Docker Hub personal token",
        "credential.package.dockerhub",
        &["dckr_pat_", "dckr_oat_"],
        ByteSet::BASE64_URL,
        27,
    ),
    Token::new(
        "crates-token",
        "crates.io token",
        "credential.package.crates",
        &["cio"],
        ByteSet::ALNUM,
        32,
    )
    .word(),
    Token::new(
        "clojars-token",
        "Clojars deploy token",
        "credential.package.clojars",
        &["CLOJARS_"],
        ByteSet::HEX_LOWER,
        60,
    ),
];
