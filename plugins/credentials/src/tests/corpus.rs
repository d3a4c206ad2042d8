//! The development corpus, where it is there: examples that other projects publish. The test passes without it.

use std::path::Path;

use serde_json::Value;

use super::host;

/// The corpus's rules that ours cover, with the fewest of its positives that have to be found. A positive may be one that we call a
/// placeholder: it is a finding of P3 then.
const WANTED: &[(&str, usize)] = &[
    ("1password", 1),
    ("anthropic", 1),
    ("aws", 2),
    ("aws_key", 5),
    ("azure_storage_key", 1),
    ("basic_auth", 1),
    ("basicauth", 5),
    ("cloudflare", 1),
    ("database-connection-string", 3),
    ("databricks", 1),
    ("docker", 1),
    ("figma", 1),
    ("github", 3),
    ("github_token", 1),
    ("gitlab", 1),
    ("gitlab_token", 11),
    ("grafana", 2),
    ("groq", 1),
    ("hashicorp-vault", 1),
    ("huggingface", 1),
    ("jwt", 6),
    ("linear", 1),
    ("notion", 1),
    ("np.adafruit.1", 3),
    ("np.age.2", 2),
    ("np.anthropic.1", 2),
    ("np.artifactory.1", 2),
    ("np.atlassian.1", 3),
    ("np.aws.1", 2),
    ("np.aws.2", 3),
    ("np.aws.4", 1),
    ("np.aws.5", 1),
    ("np.aws.6", 2),
    ("np.azure.1", 4),
    ("np.azure.2", 4),
    ("np.bitbucket.1", 1),
    ("np.blynk.2", 2),
    ("np.blynk.3", 2),
    ("np.cratesio.1", 1),
    ("np.databricks.1", 2),
    ("np.digitalocean.1", 1),
    ("np.digitalocean.2", 1),
    ("np.digitalocean.3", 1),
    ("np.dockerhub.1", 3),
    ("np.doppler.1", 1),
    ("np.doppler.2", 1),
    ("np.doppler.3", 1),
    ("np.doppler.4", 1),
    ("np.doppler.5", 1),
    ("np.doppler.6", 1),
    ("np.dropbox.1", 2),
    ("np.dynatrace.1", 1),
    ("np.firecrawl.1", 1),
    ("np.generic.10", 1),
    ("np.github.1", 3),
    ("np.github.2", 2),
    ("np.github.3", 2),
    ("np.github.4", 1),
    ("np.github.7", 1),
    ("np.gitlab.1", 1),
    ("np.gitlab.2", 1),
    ("np.gitlab.3", 1),
    ("np.google.2", 1),
    ("np.google.4", 2),
    ("np.google.5", 2),
    ("np.google.6", 1),
    ("np.grafana.1", 1),
    ("np.grafana.2", 1),
    ("np.grafana.3", 2),
    ("np.groq.1", 2),
    ("np.hashicorp.4", 1),
    ("np.hashicorp.5", 2),
    ("np.hashicorp.6", 1),
    ("np.http.1", 1),
    ("np.http.2", 1),
    ("np.huggingface.1", 1),
    ("np.jina.1", 1),
    ("np.jwt.1", 2),
    ("np.mailgun.1", 1),
    ("np.mapbox.2", 2),
    ("np.mongodb.1", 14),
    ("np.newrelic.3", 3),
    ("np.npm.1", 1),
    ("np.nuget.1", 2),
    ("np.odbc.1", 6),
    ("np.openai.1", 1),
    ("np.particleio.2", 2),
    ("np.pem.1", 2),
    ("np.pem.2", 2),
    ("np.postgres.1", 9),
    ("np.postman.1", 1),
    ("np.pypi.1", 3),
    ("np.rubygems.1", 1),
    ("np.segment.1", 1),
    ("np.sendgrid.1", 2),
    ("np.shopify.2", 2),
    ("np.shopify.3", 1),
    ("np.shopify.4", 1),
    ("np.shopify.5", 1),
    ("np.slack.2", 4),
    ("np.slack.3", 2),
    ("np.slack.4", 3),
    ("np.slack.5", 1),
    ("np.slack.6", 2),
    ("np.sourcegraph.1", 4),
    ("np.square.1", 2),
    ("np.square.2", 2),
    ("np.stripe.1", 2),
    ("np.stripe.2", 1),
    ("np.tavily.1", 3),
    ("np.telegram.1", 2),
    ("np.truenas.2", 1),
    ("openai", 3),
    ("pattern", 4),
    ("privatekey", 7),
    ("pypi_token", 2),
    ("sendgrid", 2),
    ("slack", 5),
    ("stripe", 1),
    ("stripe_key", 2),
    ("tailscale", 6),
    ("telegram_token", 2),
    ("vercel", 1),
];

#[test]
fn published_examples_are_found() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/examples.jsonl");
    let Ok(corpus) = std::fs::read_to_string(path) else {
        return;
    };
    let host = host();
    let rows: Vec<Value> = corpus
        .lines()
        .map(|line| serde_json::from_str(line).expect("the corpus is JSON"))
        .collect();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    for &(rule, fewest) in WANTED {
        let positives = rows
            .iter()
            .filter(|row| text(row, "rule") == rule && text(row, "label") == "positive");
        let found = positives
            .filter(|row| !host.hits(text(row, "text").as_bytes()).is_empty())
            .count();
        assert!(found >= fewest, "{rule}: {found} of at least {fewest}");
    }
}
