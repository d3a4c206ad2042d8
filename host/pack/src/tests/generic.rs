//! What only a name and the looks of a value speak for.

use cofferdam_sdk::Severity;
use cofferdam_sdk::testing::Random;

use super::bed;

const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

fn found(text: &str, value: &str) -> bool {
    bed::taken(bed::credentials(), text)
        .iter()
        .any(|(_, taken)| taken == value)
}

#[test]
fn what_leads_an_issuers_token_is_left_to_its_rule() {
    let value = Random::new(32).string(LETTERS, 20);
    // No token of the issuer's is so short, and its rule says so.
    for (lead, is_found) in [
        ("sk-ant-api03-", false),
        ("glpat-", false),
        ("sk-bee-api03-", true),
        ("glpax-", true),
    ] {
        let secret = format!("{lead}{}", &value[..15]);
        let text = format!("SERVICE_TOKEN={secret}");
        assert_eq!(found(&text, &secret), is_found, "{lead}");
    }
}

#[test]
fn a_key_is_found_behind_everything_that_separates() {
    let value = Random::new(31).string(LETTERS, 28);
    for text in [
        format!("ENV SERVICE_API_KEY {value}"),
        format!("setx SERVICE_TOKEN \"{value}\""),
        format!("run --service-token {value} --quiet"),
        format!("#define SERVICE_SECRET \"{value}\""),
        format!("define('SERVICE_API_KEY', '{value}');"),
        format!("config.put(\"serviceToken\", \"{value}\");"),
        format!("<serviceToken>{value}</serviceToken>"),
        format!("| `SERVICE_TOKEN` | `{value}` |"),
        format!("buildConfigField 'String', 'API_KEY', '\"{value}\"'"),
        format!("{{\"name\": \"SERVICE_TOKEN\", \"value\": \"{value}\"}}"),
        format!("- name: SERVICE_TOKEN\n  value: {value}"),
        format!("variable \"service_api_key\" {{\n  type = string\n  default = \"{value}\"\n}}"),
        format!("<name>serviceToken</name><value>{value}</value>"),
        format!("if request.token != \"{value}\" {{"),
        format!("SERVICE_TOKEN += \"{value}\""),
        format!("service_token: |\n  {value}\nnext: 1\n"),
        format!("<serviceToken>\n    {value}\n</serviceToken>"),
        format!("TOKEN=${{SERVICE_TOKEN:-{value}}}"),
        format!("headers['X-Service'] = 'Bearer {value}'"),
        format!("SERVICE_PAT={value}"),
        format!("SERVICE_CLIENT_ID={value}"),
        format!("issuer: iss_live_{value}"),
    ] {
        assert!(
            found(&text, &value),
            "{text}: {:?}",
            bed::taken(bed::credentials(), &text)
        );
    }
}

#[test]
fn a_password_is_found_where_people_write_one() {
    for (text, value) in [
        ("APP_DB_PASSWORD=whiteduke", "whiteduke"),
        ("[site]\nPassword=thisismine\n", "thisismine"),
        ("password = 'whiteduke'", "whiteduke"),
        ("    password 'tr0ub4dor'", "tr0ub4dor"),
        ("The default password is \"tr0ub4dor\".", "tr0ub4dor"),
        ("mysqladmin --password tr0ub4dor! status", "tr0ub4dor!"),
        (
            "new NetworkCredential(\"mail@corp.io\", \"vzihlaquknriqlht\");",
            "vzihlaquknriqlht",
        ),
        ("sshpass -p tr0ub4dor ssh ann@host", "tr0ub4dor"),
    ] {
        assert!(found(text, value), "{text}: {:?}", bed::taken(bed::credentials(), text));
    }
}

#[test]
fn names_of_other_things_and_program_text_are_no_secrets() {
    let value = Random::new(32).string(LETTERS, 28);
    for text in [
        format!("next_page_token = \"{value}\""),
        format!("token_type = \"{value}\""),
        format!("tokenizer: \"{value}\""),
        format!("secret_name: {value}"),
        format!("\"password_hint\": \"{value}\""),
        format!("{{\"name\": \"TOKEN_URL\", \"value\": \"{value}\"}}"),
        format!("potential_value = \"{value}\""),
        "private_key: ed25519.Ed25519PrivateKey".to_owned(),
        "the token ParserConfiguration2020Extended is chosen".to_owned(),
        "#define STENCIL_PASS_DEPTH 0x0B96".to_owned(),
        "FUNCTION_PASS(\"expandvp\", ExpandPass, ())".to_owned(),
        "password = \"required\"".to_owned(),
        "password=password, timeout=3".to_owned(),
        "this.addPassword = \"#add-password\";".to_owned(),
        "vendor/token.py,sha256=vA2yNHGJBHfq4jNQSah7C9DmIOp34MmYHPA8P,6184".to_owned(),
        format!("modules/bitbucket_access_key.py,sha256={value},8973"),
        format!("services/line_item.py,sha256=lo12Q4D2xWtk-m0-{value},2108"),
        format!("bitbucket_api_server_url: {value}"),
        "bitbucket-api-key,v0.0.0-20151123082822-0b043e4d1e0c".to_owned(),
        "headers = {\"Authorization\": \"Bearer \" + self.endpoint_api_key}".to_owned(),
        "(\"authorization\", \"x-issuer-content-sha256\", \"x-issuer-date\")".to_owned(),
        "{ key: '9df21e95-3848-409d-8f94-c675cdfee839', id: 1 }".to_owned(),
    ] {
        assert_eq!(bed::taken(bed::credentials(), &text), [], "{text}");
    }
}

#[test]
fn an_issuer_without_a_word_for_a_secret_is_counted() {
    let value = Random::new(33).string("0123456789abcdef", 40);
    let named = format!("circleci_token = \"{value}\"");
    assert_eq!(bed::severities(bed::credentials(), &named)[0], Severity::P1, "{named}");
    let alone = format!("circleci = \"{value}\"");
    assert_eq!(bed::severities(bed::credentials(), &alone), [Severity::P2], "{alone}");
    for other in ["circleci_sha", "circleci_project_id", "circleci_commit"] {
        let text = format!("{other} = \"{value}\"");
        assert_eq!(
            bed::severities(bed::credentials(), &text),
            [] as [Severity; 0],
            "{text}"
        );
    }
}

#[test]
fn a_key_behind_a_flag_that_names_it_is_certain() {
    let value = Random::new(34).string(LETTERS, 32);
    for text in [
        format!("run --service-token {value} --quiet"),
        format!("ENV SERVICE_API_KEY {value}"),
        format!("setx SERVICE_SECRET \"{value}\""),
    ] {
        let worst = bed::severities(bed::credentials(), &text).into_iter().min();
        assert_eq!(worst, Some(Severity::P1), "{text}");
    }
    for text in [
        format!("the access_token {value} has expired"),
        format!("run --page-token-limit {value}"),
        "run --service-token some-name-of-a-token-2-of-3".to_owned(),
    ] {
        let worst = bed::severities(bed::credentials(), &text).into_iter().min();
        assert!(worst.is_none_or(|worst| worst >= Severity::P2), "{text}: {worst:?}");
    }
}

#[test]
fn a_word_is_a_password_beside_a_users_name() {
    for text in [
        "user = 'ann'\npassword = 'open_sesame'\n",
        "user = ann\npassword = open_sesame\n",
        "<user>ann</user><password>quolomi</password>",
    ] {
        assert!(!bed::taken(bed::credentials(), text).is_empty(), "{text}");
    }
    for text in [
        "password = open_sesame(1)\n",
        "user = user_name()\npassword = user_password\n",
        "user = 'ann'\npassword = 'required'\n",
        "user: string\npassword: db_password\n",
    ] {
        assert_eq!(bed::taken(bed::credentials(), text), [], "{text}");
    }
}

#[test]
fn the_values_of_a_kubernetes_secret_are_found_and_nothing_beside_them() {
    let text = "apiVersion: v1\ndata:\n  username: YWRtaW4=\n  one: MWYyZDFlMmU2N2Rm\n  two: 'cXVvbG9taXJleA=='\nkind: Secret\nmetadata:\n  name: MWYyZDFlMmU2N2Rn\n";
    let taken = bed::taken_by(bed::credentials(), "kubernetes-secret", text);
    assert_eq!(taken, ["MWYyZDFlMmU2N2Rm", "cXVvbG9taXJleA=="]);
    let other = text.replace("kind: Secret", "kind: ConfigMap");
    assert_eq!(bed::taken_by(bed::credentials(), "kubernetes-secret", &other), [""; 0]);
    let json = r#"{"apiVersion":"v1","data":{"username":"YWRtaW4=","one":"MWYyZDFlMmU2N2Rm"},"kind":"Secret","metadata":{"name":"MWYyZDFlMmU2N2Rn"}}"#;
    assert_eq!(
        bed::taken_by(bed::credentials(), "kubernetes-secret", json),
        ["MWYyZDFlMmU2N2Rm"]
    );
    let other = json.replace("Secret", "ConfigMap");
    assert_eq!(bed::taken_by(bed::credentials(), "kubernetes-secret", &other), [""; 0]);
    // As a server prints it, with one version more for each program that changed it.
    let field = "      {\n        \"manager\": \"m\",\n        \"apiVersion\": \"v1\"\n      },\n".repeat(12);
    let managed = format!(
        "{{\n  \"kind\": \"Secret\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {{\n    \"managedFields\": [\n{field}    ]\n  }},\n  \"data\": {{\n    \"one\": \"MWYyZDFlMmU2N2Rm\"\n  }}\n}}\n"
    );
    assert_eq!(
        bed::taken_by(bed::credentials(), "kubernetes-secret", &managed),
        ["MWYyZDFlMmU2N2Rm"]
    );
}

#[test]
fn a_scheme_of_an_issuers_own_tells_a_key() {
    let value = Random::new(35).string(LETTERS, 32);
    for scheme in ["Acme", "Token", "Acme-API-Key"] {
        let text = format!("Authorization: {scheme} {value}");
        let worst = bed::severities(bed::credentials(), &text).into_iter().min();
        assert!(worst.is_some_and(|worst| worst <= Severity::P1), "{text}");
    }
    let address = "`Authorization`: https://tools.ietf.org/html/rfc6749#section-3.1";
    assert_eq!(bed::taken(bed::credentials(), address), []);
}
