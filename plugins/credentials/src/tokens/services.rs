//! Tokens of services: chat, payment, mail, observability, documents.

use cofferdam_sdk::{ByteSet, Severity};

use crate::token::{Proof, Token};

pub(crate) const TOKENS: &[Token] = &[
    Token::new(
        "slack-token",
        "Slack token",
        "credential.chat.slack",
        &[
            "xoxb-",
            "xoxp-",
            "xoxe-",
            "xoxe.xoxb-",
            "xoxe.xoxp-",
            "xoxo-",
            "xoxa-",
            "xoxr-",
            "xoxs-",
            "xoxc-",
            "xoxd-",
            "xapp-",
        ],
        ByteSet::ALNUM.with(b"-%"),
        10,
    )
    .proof(Proof::Shape(|body| body.iter().any(u8::is_ascii_digit))),
    Token::new(
        "slack-webhook",
        "Slack webhook",
        "credential.chat.slack",
        &[
            "hooks.slack.com/services/",
            "hooks.slack.com/workflows/",
            "hooks.slack.com/triggers/",
        ],
        ByteSet::BASE64,
        40,
    ),
    Token::new(
        "discord-webhook",
        "Discord webhook",
        "credential.chat.discord",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        ByteSet::BASE64_URL.with(b"/"),
        76,
    ),
    // The bot's number stands before the literal, and is public.
    Token::new(
        "telegram-bot",
        "Telegram bot token",
        "credential.chat.telegram",
        &[":AA"],
        ByteSet::BASE64_URL,
        32,
    ),
    Token::new(
        "stripe-key",
        "Stripe live key",
        "credential.payment.stripe",
        &["sk_live_", "rk_live_", "sk_prod_", "rk_prod_"],
        ByteSet::ALNUM,
        10,
    )
    .word(),
    Token::new(
        "stripe-webhook",
        "Stripe webhook secret",
        "credential.payment.stripe",
        &["whsec_"],
        ByteSet::BASE64.with(b"="),
        32,
    )
    .word(),
    Token::new(
        "stripe-test-key",
        "Stripe test key",
        "credential.payment.stripe",
        &["sk_test_", "rk_test_"],
        ByteSet::ALNUM,
        10,
    )
    .severity(Severity::P2)
    .proof(Proof::TestMode)
    .word(),
    Token::new(
        "square-token",
        "Square token",
        "credential.payment.square",
        &["sq0atp-", "sq0csp-"],
        ByteSet::BASE64_URL,
        22,
    ),
    Token::new(
        "shippo-token",
        "Shippo token",
        "credential.payment.shippo",
        &["shippo_live_"],
        ByteSet::HEX_LOWER,
        40,
    ),
    Token::new(
        "shopify-token",
        "Shopify token",
        "credential.payment.shopify",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        ByteSet::HEX,
        32,
    ),
    Token::new(
        "sendgrid-key",
        "SendGrid API key",
        "credential.mail.sendgrid",
        &["SG."],
        ByteSet::BASE64_URL.with(b"."),
        60,
    )
    .proof(Proof::Shape(|body| {
        body.iter().filter(|byte| **byte == b'.').count() == 1
    }))
    .word(),
    Token::new(
        "brevo-key",
        "Brevo API key",
        "credential.mail.brevo",
        &["xkeysib-"],
        ByteSet::ALNUM.with(b"-"),
        81,
    ),
    Token::new(
        "grafana-token",
        "Grafana service-account token",
        "credential.observe.grafana",
        &["glsa_"],
        ByteSet::WORD,
        41,
    ),
    Token::new(
        "grafana-cloud-token",
        "Grafana Cloud token",
        "credential.observe.grafana",
        &["glc_"],
        ByteSet::BASE64.with(b"="),
        40,
    )
    .word(),
    Token::new(
        "sentry-user-token",
        "Sentry user token",
        "credential.observe.sentry",
        &["sntryu_"],
        ByteSet::HEX_LOWER,
        64,
    ),
    Token::new(
        "sentry-org-token",
        "Sentry organisation token",
        "credential.observe.sentry",
        &["sntrys_eyJ"],
        ByteSet::BASE64.with(b"_=-"),
        80,
    ),
    Token::new(
        "newrelic-key",
        "New Relic user key",
        "credential.observe.newrelic",
        &["NRAK-"],
        ByteSet::UPPER.or(ByteSet::DIGIT),
        27,
    )
    .word(),
    Token::new(
        "linear-key",
        "Linear API key",
        "credential.work.linear",
        &["lin_api_", "lin_oauth_"],
        ByteSet::ALNUM,
        40,
    ),
    Token::new(
        "notion-token",
        "Notion token",
        "credential.work.notion",
        &["ntn_"],
        ByteSet::ALNUM,
        46,
    )
    .word(),
    Token::new(
        "postman-key",
        "Postman API key",
        "credential.work.postman",
        &["PMAK-"],
        ByteSet::HEX.with(b"-"),
        59,
    )
    .proof(Proof::Shape(|body| body.get(24) == Some(&b'-'))),
    Token::new(
        "figma-token",
        "Figma token",
        "credential.work.figma",
        &["figd_"],
        ByteSet::BASE64_URL,
        40,
    )
    .word(),
    Token::new(
        "adafruit-key",
        "Adafruit IO key",
        "credential.work.adafruit",
        &["aio_"],
        ByteSet::ALNUM,
        28,
    )
    .word(),
    Token::new(
        "mailgun-key",
        "Mailgun key",
        "credential.mail.mailgun",
        &["key-"],
        ByteSet::HEX_LOWER,
        32,
    )
    .word(),
    Token::new(
        "dropbox-token",
        "Dropbox token",
        "credential.work.dropbox",
        &["sl."],
        ByteSet::BASE64_URL.with(b"."),
        130,
    )
    .longest(4096)
    .word(),
    Token::new(
        "mapbox-token",
        "Mapbox secret token",
        "credential.work.mapbox",
        &["sk.eyJ"],
        ByteSet::BASE64_URL.with(b"."),
        60,
    )
    .word(),
];
