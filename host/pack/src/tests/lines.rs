//! Headers, connection strings and AWS secrets.

use cofferdam_rules::RuleEngine;
use cofferdam_sdk::Severity;
use cofferdam_sdk::testing::{Host, Random};

use super::bed;

pub(super) fn host() -> &'static Host<RuleEngine> {
    bed::structure()
}

pub(super) fn taken(text: &str) -> Vec<(String, String)> {
    bed::taken(host(), text)
}

pub(super) fn one(rule: &str, text: &str) -> Option<String> {
    bed::one(host(), rule, text)
}

const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

/// A password, a token, whatever: random and without a meaning.
pub(super) fn random(seed: u64, length: usize) -> String {
    Random::new(seed).string(LETTERS, length)
}

#[test]
fn the_credential_of_a_header_is_found() {
    let token = random(2, 24);
    for text in [
        format!("Authorization: Bearer {token}"),
        format!("> authorization: bearer {token}\r\n"),
        format!("curl -H 'Authorization: Token {token}' https://x"),
        format!("\"Authorization\": \"Bearer {token}\","),
        format!("{{\\\"authorization\\\":\\\"Bearer {token}\\\"}}"),
        format!("AUTHORIZATION=Bearer {token} next"),
        format!("headers['Authorization'] = 'Bearer {token}'"),
        format!("headers.set(\"Authorization\", `token {token}`)"),
        format!("Proxy-Authorization: Bearer {token}"),
    ] {
        assert_eq!(
            one("authorization-header", &text).as_deref(),
            Some(token.as_str()),
            "{text}"
        );
    }
    // base64 of `user:` and more.
    let basic = ["dXNlcjpw", "YXNzd29yZDE="].concat();
    assert_eq!(
        one("authorization-header", &format!("Authorization: Basic {basic}")).as_deref(),
        Some(basic.as_str())
    );
}

#[test]
fn prose_about_headers_is_left_alone() {
    for text in [
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN_VARIABLE",
        "Authorization: Bearer [redacted:authorization-header]",
        "Authorization: Bearer ************************",
        "Authorization: Bearer YOUR_TOKEN_GOES_HERE",
        "the authorization server documentation",
        "authorization: required for administrators",
        "Authorization required: contact administrator2024",
        "authorization_endpoint=https://x.example/y",
        "src/authorization/middleware.rs",
        "Authorization: Basic authentication",
        "headers.authorization = `Bearer ${process.env.NPM_TOKEN_2}`",
        "f\"Authorization: Bearer {settings.api2.token_value}\"",
        "'Authorization: Bearer ' + self._get_access_token_callback()",
        "authorization = base64.decodebytes(authorization)",
        "pub Authorization: SOME_PRESENCE_KIND_0,",
        "\"Service::EndpointAuthorization\": \"e7f2ab42d41b9da1\",",
        "\"Authorization\": \"AWS4-HMAC-SHA256 Credential=x\"",
        "const authorization = `ALIPAY-SHA256withRSA ${authString},sign=${signature}`;",
        "Authorization: WECHATPAY2-SHA256-RSA2048 ${fields}",
        "headers.Authorization = qq.s3.util.V4_ALGORITHM_PARAM_VALUE + \" Credential=\" + options.key;",
        "Authorization: XXX4-HMAC-SHA256 Credential=xxx/19700101/x, SignedHeaders=host",
        "cdp_avp_ptr (SIP_Authorization,\t\tIMS_vendor_id_3GPP,\tAAA_FLAG_MANDATORY)",
    ] {
        let found: Vec<_> = taken(text)
            .into_iter()
            .filter(|(rule, _)| rule == "authorization-header")
            .collect();
        assert_eq!(found, [], "{text}");
    }
}

#[test]
fn what_only_resembles_a_name_or_a_scheme_is_found() {
    let hex = Random::new(92).string("0123456789abcdef", 40);
    let drawn = Random::new(93).string("bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ", 7);
    for (rule, text, secret) in [
        (
            "authorization-header",
            "Authorization: ",
            format!("acme-hmac-sha256={hex}"),
        ),
        (
            "authorization-header",
            "Authorization: ",
            format!("internal_service_production_7{drawn}"),
        ),
        (
            "connection-words",
            "host=db.corp.io, user=svc, password=",
            drawn.repeat(2),
        ),
        (
            "connection-words",
            "connect(host=HOST, user=USER, password=",
            drawn.repeat(2),
        ),
    ] {
        let found = taken(&format!("{text}{secret} sslmode=require"));
        let is_found = |(of, value): &(String, String)| of == rule && secret.ends_with(value.as_str());
        assert!(found.iter().any(is_found), "{text}{secret}: {found:?}");
    }
}

#[test]
fn what_may_be_a_name_behind_authorization_is_counted_only() {
    for text in [
        "[\"authorization\",\"assertTransactionEIP7702\",\"serializedAuthorizationList\"]",
        "Authorization: MyCompanyApiSecret2024",
    ] {
        assert_eq!(bed::severities(host(), text), [Severity::P2], "{text}");
    }
    let parts = "Authorization: k7Qx.m2Zp.T9wL.b4Rn9";
    assert_eq!(
        bed::severities(host(), parts),
        [Severity::P0],
        "short parts are no path"
    );
    let key = super::keys::encode(br#"{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qz"}"#, 4096);
    let sent = format!("Authorization: Bearer {}", key.trim_end_matches('='));
    assert_eq!(
        bed::severities(host(), &sent),
        [Severity::P0],
        "a key is more than a header"
    );
}

#[test]
fn an_aws_secret_is_found_behind_its_name() {
    let secret = random(10, 40);
    for text in [
        format!("AWS_SECRET_ACCESS_KEY={secret}"),
        format!("aws_secret_access_key = {secret}\n"),
        format!("\"SecretAccessKey\": \"{secret}\","),
        format!("'aws_secret_key' => '{secret}',"),
        format!("<SecretAccessKey>{secret}<"),
        format!("aws-secret-access-key: {secret}"),
        format!("Secret access key: {secret}"),
    ] {
        // More than one name may fit; all of them take the same bytes.
        let found: Vec<_> = taken(&text)
            .into_iter()
            .filter(|(rule, _)| rule == "aws-secret-key")
            .collect();
        assert!(!found.is_empty(), "{text}");
        assert!(
            found
                .iter()
                .all(|(_, taken)| *taken == secret || format!("{secret}/").starts_with(taken)),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn what_is_no_aws_secret_is_left_alone() {
    for text in [
        format!("AWS_SECRET_ACCESS_KEY={}", random(10, 39)),
        format!("secret {}", random(10, 40)),
        format!("aws_secret_access_key = {}", "x".repeat(40)),
        ["AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat(),
        "aws_secret_access_key: see docs/configuration/credentials/secrets/index".to_owned(),
    ] {
        assert_eq!(taken(&text), [], "{text}");
    }
}

#[test]
fn the_password_of_a_connection_string_is_found() {
    let password = random(20, 14);
    for text in [
        format!("Server=db;Database=x;User Id=app;Password={password};Encrypt=true"),
        format!("Data Source=db;uid=app;pwd={password}"),
        format!("\"Host=db; Username=app; Password={password}\""),
        format!("Driver={{SQL Server}};Server=db;UID=app;PWD={password}\n"),
    ] {
        assert_eq!(
            one("connection-string", &text).as_deref(),
            Some(password.as_str()),
            "{text}"
        );
    }
    for text in [
        format!("a;password={password}"),
        "Server=db;User Id=app;Password=${DB_PASSWORD};".to_owned(),
        "Server=db;User Id=app;Password=*****;".to_owned(),
        "Server=db;User Id=app;Password=[redacted:connection-string];".to_owned(),
        "\"Server=db;User Id=app;PWD={password}\\n\"".to_owned(),
    ] {
        assert_eq!(taken(&text), [], "{text}");
    }
}

#[test]
fn values_that_documentation_writes_are_counted_only() {
    for (text, severity) in [
        ("ftp://user:pass@host", Severity::P2),
        ("postgres://user:secret@localhost/db", Severity::P2),
        ("mysql://root:password@127.0.0.1", Severity::P2),
        ("postgres://postgres:postgres@db/app", Severity::P2),
        ("mongodb://app:p4ssw0rd@db/app", Severity::P2),
        ("https://ann:bowser@corp.io/", Severity::P2),
        ("http://a:b1@host/", Severity::P3),
        ("http://foo:bar@host/", Severity::P2),
        ("https://me:secret123@example.com/", Severity::P2),
        ("https://me:hunter22@db.EXAMPLE.org:8080/", Severity::P2),
        ("https://me:YOUR_TOKEN@db.corp.io/", Severity::P3),
        ("mongodb://YOUR_USERNAME:YOUR_PASSWORD@db.corp.io/", Severity::P3),
        ("https://user:1111@corp.io/", Severity::P2),
        ("Server=db;User Id=app;Password=secret;", Severity::P2),
        ("rabbit://svc:RABBIT_PASS@mq.corp.io", Severity::P3),
        ("mysql+pymysql://app:APP_DBPASS@mq.corp.io/app", Severity::P3),
        ("https://oauth2:my-token@git.corp.io/x.git", Severity::P2),
        ("s3://aws_key:aws_secret@bucket.corp.io/", Severity::P2),
        ("redis://redis:SuperSecret@cache.corp.io:6379", Severity::P2),
        ("http://me:1234@corp.io/", Severity::P2),
        ("http://user:pass%20pass@corp.io/", Severity::P2),
        ("http://user.name:pass~word@corp.io/", Severity::P2),
        ("mysql://app:abcd0123?AB@corp.io/", Severity::P2),
        (
            "proto://user:pass@mq:port[,user1:pass@mq1:port, ...]/path",
            Severity::P2,
        ),
        (
            "curl https://api.corp.io/ -u \"some_username:some_password\"",
            Severity::P2,
        ),
        ("machine api.corp.io login ann password qwerty", Severity::P2),
        (
            "Server=localhost;Database=test;User ID=ann;Password=fun2db;",
            Severity::P2,
        ),
        (
            "jdbc:jtds:sqlserver://mssql/shop;user=shop_test;password=shop_test",
            Severity::P2,
        ),
        ("ftp://anonymous:ann%40corp.io@ftp.corp.io/pub", Severity::P2),
        ("https://%s:x-oauth-basic@git.corp.io", Severity::P2),
        ("bus://rootpolicy:some/key@somenamespace", Severity::P2),
        ("https://foo.com:123,user:secret@corp.io/path", Severity::P2),
    ] {
        assert_eq!(host_hits(text), [severity], "{text}");
    }
    let lists = [
        "for rcp://*,dav://*,davs://*,sftp://*@x",
        "cvs://:pserver:anoncvs@sources.corp.io:/cvs",
        "Result := Result + 'UID='+Escape(UserName)+';PWD='+Escape(Password)+';';",
        "new ODBC(\"DSN=$self->{'DSN'};UID=$self->{'UID'};PWD=$self->{'PWD'};\")",
        "/^(DSN=)(.*)(;UID=)(.*)(;PWD=)(.*)(;)$/",
        "A protocol,https://amqp.org,gmd:protocol,,service,@someone,gmd:protocol",
        "machine login password account)",
        "node app.js | http-send -u http://localhost:8080/logs",
    ];
    for text in lists {
        assert_eq!(host_hits(text), [], "{text}");
    }
}

#[test]
fn a_variable_behind_the_word_of_a_scheme_is_none() {
    for joined in [
        "\"Bearer \" + sessionAccessTokenValue",
        "'Bearer ' . sessionAccessTokenValue",
        "`Bearer ` & sessionAccessTokenValue",
    ] {
        let text = format!("headers[\"Authorization\"] = {joined};");
        assert_eq!(host_hits(&text), [], "{text}");
    }
    let token = random(84, 32);
    let text = format!("headers[\"Authorization\"] = \"Bearer \" + \"{token}\";");
    assert_eq!(host_hits(&text), [Severity::P0], "{text}");
}

#[test]
fn a_login_in_base64_is_graded_by_its_password() {
    let encode = |text: &str| super::keys::encode(text.as_bytes(), 4096);
    let severities = |auth: &str| {
        bed::severities(
            bed::credentials(),
            &format!("{{\"auths\":{{\"hub.corp.io\":{{\"auth\":\"{auth}\"}}}}}}"),
        )
    };
    // It is found by the file that it stands in, and by what it decodes to.
    assert_eq!(severities(&encode("joejoe:hello")), [Severity::P2, Severity::P2]);
    let drawn = encode(&format!("joejoe:{}", random(89, 14)));
    assert!(severities(&drawn).contains(&Severity::P0), "{drawn}");
}

#[test]
fn lines_that_declare_a_type_hold_no_value() {
    let name = "Account2PkceS256Kind";
    assert_eq!(
        host_hits(&format!("class TwitterTest(TwitterMixin, {name}):\n    pass\n")),
        []
    );
}

#[test]
fn basic_with_a_stock_password_is_counted_only() {
    // base64 of `user:pass`.
    let basic = ["dXNlcjpw", "YXNz"].concat();
    assert_eq!(host_hits(&format!("Authorization: Basic {basic}")), [Severity::P2]);
    // A short token is guessed, or an example's.
    assert_eq!(host_hits("Authorization: Bearer h4x0r5"), [] as [Severity; 0]);
    assert_eq!(host_hits("Authorization: Bearer qX7vT2mK9p"), [Severity::P2]);
}

pub(super) fn host_hits(text: &str) -> Vec<Severity> {
    bed::severities(host(), text)
}

#[test]
fn values_behind_long_schemes_are_found_in_headers_only() {
    let mut random = Random::new(77);
    let token = random.string(LETTERS, 30) + "7";
    for scheme in ["Negotiate", "Splunk", "GenieKey", "SharedKey account:", "sharedkeylite"] {
        let scheme = if scheme.ends_with(':') {
            scheme.to_owned()
        } else {
            format!("{scheme} ")
        };
        let text = format!("Authorization: {scheme}{token}");
        let taken = host().taken(&text);
        assert!(
            taken.iter().any(|(rule, _)| rule == "authorization-scheme"),
            "{text}: {taken:?}"
        );
        assert!(
            host()
                .taken(&format!("we {scheme}{token}"))
                .iter()
                .all(|(rule, _)| rule != "authorization-scheme")
        );
    }
}

#[test]
fn the_password_of_a_netrc_file_is_found() {
    let password = random(41, 16);
    for text in [
        format!("machine api.example.org login deploy password {password}\n"),
        format!("machine api.example.org\n  login deploy\n  password {password}\n\nmachine other\n"),
        format!("machine ftp.example.org login deploy account build password\t{password}\n"),
        format!("default login anonymous password \"{password}\"\n"),
        format!("machine git.example.org password {password}\n"),
    ] {
        assert_eq!(
            one("netrc-password", &text).as_deref(),
            Some(password.as_str()),
            "{text}"
        );
    }
    for text in [
        "enter the password for this machine".to_owned(),
        "the login password of the default user".to_owned(),
        format!("password {password}"),
        "machine h login l password $PASSWORD".to_owned(),
        "machine h login l password [redacted:netrc-password]".to_owned(),
        "machine h login l password ********".to_owned(),
    ] {
        assert_eq!(one("netrc-password", &text), None, "{text}");
    }
}

#[test]
fn a_command_shows_the_password_of_its_server() {
    let password = random(21, 14);
    for text in [
        format!("curl -u ann:{password} https://api.corp.io/"),
        format!("curl -sS --user 'ann:{password}' https://api.corp.io/"),
        format!("wget --user=ann:{password} https://api.corp.io/"),
    ] {
        assert_eq!(one("curl-user", &text).as_deref(), Some(password.as_str()), "{text}");
    }
    assert_eq!(taken(&format!("sudo -u ann:{password} id")), []);
}

#[test]
fn the_secret_of_aws_has_forty_characters() {
    for (length, found) in [(40, true), (42, false), (56, false)] {
        let text = format!("AWS_SECRET_ACCESS_KEY={}", random(3, length));
        assert_eq!(!taken(&text).is_empty(), found, "{length}");
    }
}
