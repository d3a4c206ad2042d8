//! Tokens of code hosts and of what builds on them.

use cofferdam_sdk::ByteSet;

use crate::token::{Proof, Token};

pub(crate) const TOKENS: &[Token] = &[
    Token::new(
        "github-token",
        "GitHub token (personal, OAuth, app)",
        "credential.scm.github",
        &["ghp_", "gho_", "ghu_", "ghs_"],
        ByteSet::WORD,
        36,
    )
    .proof(Proof::Base62Crc),
    Token::new(
        "github-refresh-token",
        "GitHub refresh token",
        "credential.scm.github",
        &["ghr_"],
        ByteSet::WORD,
        36,
    ),
    Token::new(
        "github-fine-grained",
        "GitHub fine-grained personal token",
        "credential.scm.github",
        &["github_pat_"],
        ByteSet::WORD,
        82,
    ),
    Token::new(
        "gitlab-token",
        "GitLab token",
        "credential.scm.gitlab",
        &[
            "glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-",
            "glffct-", "gloas-", "gltok-",
        ],
        ByteSet::BASE64_URL.with(b"."),
        20,
    ),
    Token::new(
        "gitlab-runner-token",
        "GitLab runner registration token",
        "credential.scm.gitlab",
        &["GR1348941"],
        ByteSet::BASE64_URL,
        20,
    ),
    Token::new(
        "sourcegraph-token",
        "Sourcegraph token",
        "credential.scm.sourcegraph",
        &["sgp_"],
        ByteSet::WORD,
        40,
    )
    .word(),
    Token::new(
        "atlassian-token",
        "Atlassian API token",
        "credential.scm.atlassian",
        &["ATATT3"],
        ByteSet::BASE64_URL.with(b"="),
        60,
    )
    .proof(Proof::HexCrc),
    Token::new(
        "bitbucket-token",
        "Bitbucket access token",
        "credential.scm.bitbucket",
        &["ATCTT3"],
        ByteSet::BASE64_URL.with(b"="),
        60,
    )
    .proof(Proof::HexCrc),
    Token::new(
        "buildkite-token",
        "Buildkite API token",
        "credential.scm.buildkite",
        &["bkua_"],
        ByteSet::HEX_LOWER,
        40,
    ),
    Token::new(
        "circleci-token",
        "CircleCI personal token",
        "credential.scm.circleci",
        &["CCIPAT_", "CCIPRJ_"],
        ByteSet::WORD,
        40,
    ),
    Token::new(
        "sonar-token",
        "SonarQube token",
        "credential.scm.sonar",
        &["squ_", "sqp_", "sqa_"],
        ByteSet::HEX,
        40,
    )
    .word(),
];
