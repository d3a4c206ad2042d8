//! Rules of a detector that doesn't exist, so that the default guards and they are 200 or more. The bench answers
//! what they ask: nothing was found.

use std::sync::Arc;

use cofferdam_guard::{
    Anchor, ByteSet, DetectorRules, Extent, FailureMatrix, Keyword, Opener, Rule, Severity, SpanRule,
};

/// Prefixes as issuers choose them. Some are in use, and none of them is one of the default guards'.
const PREFIXES: &[&str] = &[
    "abk_live_",
    "acs_pat_",
    "adm-key-",
    "agt_tok_",
    "akv1_",
    "alk_prod_",
    "amz_mws_",
    "anr_sk_",
    "apk-live-",
    "aqs_key_",
    "arb_pat_",
    "asn_1/",
    "atk_v2_",
    "avx_live_",
    "bbk_app_",
    "bdg_pat_",
    "bit_sec_",
    "bkd_key_",
    "blt_tok_",
    "bnk_live_",
    "brx_api_",
    "bsn_pat_",
    "bty_sk_",
    "cbl_key_",
    "cdk_live_",
    "cfl_pat_",
    "chk_prod_",
    "cid_sec_",
    "ckt_tok_",
    "cli_pat_",
    "cmx_live_",
    "cnr_key_",
    "cpk-sk-",
    "crw_pat_",
    "csk_live_",
    "ctx7sk-",
    "dbt_pat_",
    "ddk_app_",
    "dgx_key_",
    "dkr_sec_",
    "dlv_tok_",
    "dns_pat_",
    "dpk_live_",
    "drn_sk_",
    "dtk_v3_",
    "dvc_key_",
    "edk_pat_",
    "elv_sec_",
    "emk_live_",
    "env_tok_",
    "evk_api_",
    "exa_pat_",
    "fdk_live_",
    "fgt_key_",
    "flx_sk_",
    "fmk_pat_",
    "fnd_sec_",
    "frk_live_",
    "ftk_tok_",
    "gdk_api_",
    "ghx_pat_",
    "glx_key_",
    "gmk_live_",
    "gnt_sk_",
    "gpk_pat_",
    "grk_sec_",
    "gvk_live_",
    "hbk_tok_",
    "hdx_api_",
    "hkp_pat_",
    "hmk_key_",
    "hpk_live_",
    "hrk_sk_",
    "hsk_pat_",
    "idk_sec_",
    "imk_live_",
    "ink_tok_",
    "ipk_api_",
    "irk_pat_",
    "isk_key_",
    "jbk_live_",
    "jdk_sk_",
    "jmk_pat_",
    "jrk_sec_",
    "kbk_live_",
    "kdx_tok_",
    "kmk_api_",
    "kpk_pat_",
    "lbk_key_",
    "ldk_live_",
];

/// Vendors whose keys have no shape of their own: the name, an assignment and 32 characters or more.
const VENDORS: &[&str] = &[
    "adafruit",
    "airtable",
    "algolia",
    "bitbucket",
    "codecov",
    "coinbase",
    "contentful",
    "datadog",
    "discord",
    "dropbox",
    "facebook",
    "fastly",
    "finicity",
    "flickr",
    "freshbooks",
    "gitter",
    "hubspot",
    "intercom",
    "jfrog",
    "kucoin",
    "launchdarkly",
    "linkedin",
    "mailchimp",
    "mailgun",
    "mapbox",
    "mattermost",
    "messagebird",
    "netlify",
    "okta",
    "plaid",
    "rapidapi",
    "sendbird",
    "snyk",
    "squarespace",
    "sumologic",
    "travis",
    "trello",
    "twitch",
    "twitter",
    "typeform",
    "yandex",
    "zendesk",
];

/// So many rules, as long as there are names: two of the first kind for each of the second.
pub(crate) fn rules(count: usize) -> DetectorRules {
    let (mut prefixes, mut vendors) = (PREFIXES.iter(), VENDORS.iter());
    let mut rules = Vec::with_capacity(count);
    while rules.len() < count {
        let first = [prefixes.next(), prefixes.next()];
        let kinds = first.into_iter().flatten().map(|name| prefix(name));
        let before = rules.len();
        rules.extend(kinds.chain(vendors.next().map(|name| vendor(name))));
        if rules.len() == before {
            break;
        }
    }
    rules.truncate(count);
    DetectorRules {
        name: "synthetic".to_owned(),
        rules: rules.into_iter().map(Arc::new).collect(),
        fact_count: 0,
        failure: FailureMatrix::default(),
    }
}

fn prefix(literal: &str) -> Rule {
    let body = set(|byte| byte.is_ascii_alphanumeric());
    let span = SpanRule {
        body,
        filler: set(|_| false),
        head: Vec::new(),
        at_least: 24,
        longest: 256,
        gap: 0,
        opener: None,
        lead: None,
    };
    rule(literal, false, span)
}

fn vendor(name: &str) -> Rule {
    let span = SpanRule {
        body: set(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
        filler: set(|_| false),
        head: Vec::new(),
        at_least: 32,
        longest: 128,
        gap: 32,
        opener: Some(Opener {
            before: set(|byte| byte.is_ascii_alphanumeric() || b"_- \"'.".contains(&byte)),
            bytes: set(|byte| b"=:".contains(&byte)),
            after: set(|byte| b"= \"'".contains(&byte)),
        }),
        lead: None,
    };
    rule(name, true, span)
}

fn rule(literal: &str, any_case: bool, span: SpanRule) -> Rule {
    let id: String = literal
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect();
    Rule {
        id: format!("synthetic-{id}"),
        title: "Synthetic".to_owned(),
        category: "credential.synthetic".to_owned(),
        severity: Severity::P1,
        low_entropy: false,
        word: true,
        name: None,
        anchors: vec![Anchor::Literal(Keyword {
            bytes: literal.as_bytes().to_vec(),
            any_case,
        })],
        extent: Extent::Span(span),
        may_show: 0,
        required: None,
        hold: true,
    }
}

fn set(holds: impl Fn(u8) -> bool) -> ByteSet {
    let mut set = ByteSet::of(b"");
    (0..=u8::MAX)
        .filter(|byte| holds(*byte))
        .for_each(|byte| set.insert(byte));
    set
}
