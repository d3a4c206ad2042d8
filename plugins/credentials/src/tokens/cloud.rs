//! Keys of clouds and of what manages infrastructure.

use cofferdam_sdk::{ByteSet, Severity};

use crate::token::{Proof, Token};

pub(crate) const TOKENS: &[Token] = &[
    Token::new(
        "aws-key-id",
        "AWS access key id",
        "credential.cloud.aws",
        &["AKIA", "ASIA", "ABIA", "ACCA", "A3T"],
        ByteSet::UPPER.or(ByteSet::DIGIT),
        16,
    )
    .severity(Severity::P1)
    .word(),
    Token::new(
        "aws-bedrock-key",
        "AWS Bedrock API key",
        "credential.cloud.aws",
        &["ABSK"],
        ByteSet::BASE64.with(b"="),
        109,
    )
    .word(),
    Token::new(
        "google-api-key",
        "Google API key",
        "credential.cloud.google",
        &["AIza"],
        ByteSet::BASE64_URL,
        35,
    )
    .word(),
    Token::new(
        "google-oauth-secret",
        "Google OAuth client secret",
        "credential.cloud.google",
        &["GOCSPX-"],
        ByteSet::BASE64_URL,
        28,
    ),
    Token::new(
        "google-oauth-token",
        "Google OAuth access token",
        "credential.cloud.google",
        &["ya29."],
        ByteSet::BASE64_URL.with(b"."),
        20,
    )
    .longest(4096)
    .word(),
    Token::new(
        "azure-storage-key",
        "Azure account key in a connection string",
        "credential.cloud.azure",
        &["AccountKey=", "SharedAccessKey=", ";Secret="],
        ByteSet::BASE64.with(b"="),
        43,
    ),
    Token::new(
        "digitalocean-token",
        "DigitalOcean token",
        "credential.cloud.digitalocean",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        ByteSet::HEX_LOWER,
        64,
    ),
    Token::new(
        "heroku-key",
        "Heroku API key",
        "credential.cloud.heroku",
        &["HRKU-AA"],
        ByteSet::BASE64_URL,
        58,
    ),
    Token::new(
        "fly-token",
        "Fly.io token",
        "credential.cloud.fly",
        &["FlyV1 fm1_", "FlyV1 fm2_", "FlyV1 fo1_"],
        ByteSet::BASE64_URL.with(b"+/=,"),
        40,
    )
    .longest(4096),
    Token::new(
        "vault-token",
        "HashiCorp Vault token",
        "credential.cloud.vault",
        &["hvs.", "hvb.", "hvr."],
        ByteSet::BASE64_URL,
        24,
    )
    .word(),
    Token::new(
        "terraform-token",
        "Terraform Cloud token",
        "credential.cloud.terraform",
        &[".atlasv1."],
        ByteSet::BASE64_URL.with(b"="),
        60,
    ),
    Token::new(
        "doppler-token",
        "Doppler token",
        "credential.cloud.doppler",
        &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."],
        ByteSet::ALNUM.with(b"._-"),
        40,
    )
    .word(),
    Token::new(
        "pulumi-token",
        "Pulumi access token",
        "credential.cloud.pulumi",
        &["pul-"],
        ByteSet::HEX_LOWER,
        40,
    )
    .word(),
    Token::new(
        "planetscale-token",
        "PlanetScale password or token",
        "credential.cloud.planetscale",
        &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"],
        ByteSet::BASE64_URL.with(b"=."),
        32,
    ),
    Token::new(
        "databricks-token",
        "Databricks token",
        "credential.cloud.databricks",
        &["dapi"],
        ByteSet::HEX,
        32,
    )
    .word(),
    Token::new(
        "onepassword-token",
        "1Password service-account token",
        "credential.cloud.onepassword",
        &["ops_eyJ"],
        ByteSet::BASE64.with(b"_-="),
        200,
    )
    .longest(8192),
    Token::new(
        "age-identity",
        "age identity",
        "credential.key.age",
        &["AGE-SECRET-KEY-1"],
        ByteSet::ALNUM,
        58,
    ),
    Token::new(
        "tailscale-key",
        "Tailscale key",
        "credential.cloud.tailscale",
        &[
            "tskey-auth-",
            "tskey-api-",
            "tskey-client-",
            "tskey-scim-",
            "tskey-webhook-",
        ],
        ByteSet::BASE64_URL,
        24,
    ),
    Token::new(
        "supabase-token",
        "Supabase token",
        "credential.cloud.supabase",
        &["sbp_", "sb_secret_"],
        ByteSet::WORD,
        31,
    )
    .word(),
    Token::new(
        "vercel-token",
        "Vercel token",
        "credential.cloud.vercel",
        &["vcp_", "vci_", "vca_", "vcr_", "vck_"],
        ByteSet::ALNUM,
        40,
    )
    .word(),
    Token::new(
        "cloudflare-token",
        "Cloudflare API token",
        "credential.cloud.cloudflare",
        &["cfat_", "cfut_", "cfk_"],
        ByteSet::BASE64_URL,
        40,
    )
    .word(),
    Token::new(
        "netlify-token",
        "Netlify token",
        "credential.cloud.netlify",
        &["nfp_"],
        ByteSet::ALNUM,
        36,
    )
    .word(),
    Token::new(
        "dynatrace-token",
        "Dynatrace token",
        "credential.cloud.dynatrace",
        &["dt0c01.", "dt0s01.", "dt0s16."],
        ByteSet::ALNUM.with(b"."),
        89,
    )
    .proof(Proof::Shape(|body| body.get(24) == Some(&b'.'))),
];
