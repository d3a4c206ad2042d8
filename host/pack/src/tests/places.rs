//! Credentials that a place tells, in the notations in which tools print them.

use cofferdam_sdk::Severity;
use cofferdam_sdk::testing::Random;

use super::bed;

const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

fn random(seed: u64, length: usize) -> String {
    Random::new(seed).string(LETTERS, length)
}

fn taken(text: &str) -> Vec<(String, String)> {
    bed::taken(bed::structure(), text)
}

fn one(rule: &str, text: &str) -> Option<String> {
    bed::one(bed::structure(), rule, text)
}

/// Each has a password where `%` stands, which the rule alone takes out, and nothing more.
fn each_is_found(rule: &str, texts: &[&str]) {
    let password = random(61, 16);
    for text in texts {
        let text = text.replace('%', &password);
        assert_eq!(
            one(rule, &text).as_deref(),
            Some(password.as_str()),
            "{text}: {:?}",
            taken(&text)
        );
    }
}

fn none_is_found(texts: &[&str]) {
    let value = random(62, 16);
    for text in texts {
        let text = text.replace('%', &value);
        assert_eq!(taken(&text), [], "{text}");
    }
}

#[test]
fn the_slashes_of_a_url_may_be_escaped() {
    each_is_found(
        "url-password",
        &[
            r#"{"url":"postgres:\/\/app:%@db.corp.net\/x"}"#,
            r"https:\u002f\u002fann:%@git.corp.net",
            "https:&#x2F;&#x2F;ann:%@git.corp.net",
        ],
    );
    let password = random(61, 16);
    for text in [
        "GET /go?url=https@3A@2F@2Fann@3APW@40git.corp.net@2Fx HTTP/1.1",
        "/go?url=postgres:@2F@2Fapp:PW@40db.corp.net",
        "url=https@3a@2f@2fann@40corp.net@3aPW@40git.corp.net&x=1",
    ] {
        let text = text.replace('@', "%").replace("PW", &password);
        assert_eq!(
            one("url-password-encoded", &text).as_deref(),
            Some(password.as_str()),
            "{text}"
        );
    }
    // What stands for a test of parsers is counted only.
    let text = "http://atpass:foo%40bar@127.0.0.1:8080/path";
    assert_eq!(bed::severities(bed::structure(), text), [Severity::P2], "{text}");
    none_is_found(&[r#"{"url":"https:\/\/www.corp.net:8443\/a@b"}"#]);
}

#[test]
fn what_only_names_a_secret_is_no_password_of_a_url() {
    let text = "ldap+kerberos-pem://ann.pem:ann-private.pem@dc.corp.net/";
    assert_eq!(bed::severities(bed::structure(), text), [Severity::P2], "{text}");
    let text = "postgresql://app:%(secret:db_password)s@db.corp.net/x";
    assert_eq!(taken(text), [], "{text}");
}

#[test]
fn an_entry_of_netrc_may_stand_behind_whatever_a_tool_sets_there() {
    each_is_found(
        "netrc-password",
        &[
            "+machine git.corp.net login ann password %",
            "+machine git.corp.net\n+  login ann\n+  password %\n",
            "home/.netrc:1:machine git.corp.net login ann password %",
            "1:machine git.corp.net\n2:  login ann\n3:  password %\n",
            "2026-11-27T09:10:09Z machine git.corp.net\n2026-11-27T09:10:09Z   login ann\n2026-11-27T09:10:09Z   password %\n",
            r#""machine git.corp.net\n  login ann\n  password %\n""#,
            r#"echo "machine git.corp.net login ann password %" >> ~/.netrc"#,
        ],
    );
    none_is_found(&[
        "this machine needs a login and a password %",
        "the machine\nasks ann for login and password %",
    ]);
}

#[test]
fn a_data_source_of_go_has_its_password_before_the_network() {
    each_is_found(
        "go-mysql-dsn",
        &[
            "DB_DSN=app:%@tcp(10.0.0.7:3306)/orders",
            r#"sql.Open("mysql", "app:%@tcp(db.corp.net)/orders?parseTime=true")"#,
            r#"gorm.Open(mysql.Open("app:%@tcp(db.corp.net:3306)/orders"), &gorm.Config{})"#,
            "mysqlDSN := `app:%@unix(/run/mysqld/mysqld.sock)/orders`",
            "  dsn: app:%@tcp(db.corp.net:3306)/orders",
            r#"{"dsn":"app:%@tcp6([fd00::7]:3306)/orders"}"#,
        ],
    );
    none_is_found(&[
        r#"dsn := user + ":" + password + "@tcp(" + host + ")/%""#,
        "DSN=app:${DB_PASSWORD}@tcp(db.corp.net:3306)/orders",
        "dsn: the data source, as in name@tcp(host)/%",
        "DATABASE_URL=mysql:db.corp.net port tcp(3306) %",
    ]);
    // What anybody would think of is counted only.
    let text = r#"dsn := "root:password@tcp(127.0.0.1:3306)/test""#;
    let severities = bed::severities(bed::structure(), text);
    assert!(
        severities.iter().all(|severity| *severity >= Severity::P2),
        "{severities:?}"
    );
}

#[test]
fn connection_strings_have_their_password_anywhere() {
    each_is_found(
        "connection-string",
        &[
            "Server = db.corp.net; User ID = app; Password = %;",
            "DRIVER={x};SERVER=a;UID=b;PWD={%}",
        ],
    );
    each_is_found(
        "connection-front",
        &["Password=%;User ID=app;Server=db.corp.net", "conn=\"pwd=%;server=db\""],
    );
    each_is_found(
        "connection-words",
        &[
            "host=db.corp.net user=app password=% dbname=x",
            "dsn='dbname=x user=app password=%'",
        ],
    );
    each_is_found(
        "connection-query",
        &[
            "jdbc:mysql://db.corp.net/x?user=app&password=%&useSSL=false",
            "postgres://db/x?password=%",
        ],
    );
    each_is_found(
        "oracle-login",
        &[
            "jdbc:oracle:thin:app/%@db.corp.net:1521:X",
            "sqlplus -s app/%@X @load.sql",
        ],
    );
}

#[test]
fn a_command_and_its_arguments_may_stand_in_a_list() {
    each_is_found(
        "curl-user",
        &[
            "curl -sSLu ann:% https://x.corp.net",
            "CalledProcessError: Command '['curl', '-u', 'ann:%', 'https://x.corp.net']' returned",
            r#"["curl", "-u", "ann:%", "https://x.corp.net"]"#,
            r#"{"cmd":"curl -u \"ann:%\" https://x.corp.net"}"#,
        ],
    );
}

#[test]
fn a_header_s_name_and_value_may_be_fields_of_their_own() {
    let basic = ["Y2k6Sk41VHVBdm90", "UkFkWVA0SnZY"].concat();
    for text in [
        r#"{"name":"Authorization","value":"Basic %"}"#,
        r#"{"name": "authorization", "value": "Basic %"}"#,
        r#"<header name="Authorization" value="Basic %"/>"#,
        "(b'authorization', b'Basic %')",
        "{Name:Authorization Value:Basic %}",
    ] {
        let text = text.replace('%', &basic);
        assert_eq!(
            one("authorization-header", &text).as_deref(),
            Some(basic.as_str()),
            "{text}"
        );
    }
    none_is_found(&[r#"Header.Add("Authorization", "Bearer "+tokenReview.Spec.Token)"#]);
}

#[test]
fn the_secret_of_aws_stands_beside_its_id() {
    let id = ["AKIA", "LFR66HGV3DQK66H6"].concat();
    let secret = ["qiI7jG5fEtJ87vmG8pry", "8tmzIoXmHw4+DzzOkcqK"].concat();
    for text in [
        "Access key ID,Secret access key\nID,SECRET\n",
        "ACCESSKEY\tID\t2026-01-01T00:00:00Z\tSECRET\tActive\tci",
        "access_key = \"ID\"\nsecret_key = \"SECRET\"\n",
        "\"id\": \"ID\",\n  \"secret\": \"SECRET\"",
        "secret_key = \"SECRET\"\naccess_key = \"ID\"\n",
        "aws.secretKey=SECRET",
    ] {
        let text = text.replace("ID", &id).replace("SECRET", &secret);
        let found = taken(&text);
        assert!(found.iter().any(|(_, taken)| *taken == secret), "{text}: {found:?}");
    }
}

#[test]
fn a_key_needs_no_header() {
    let number =
        "0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:\n    f9:0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:\n    e8:f9";
    let text = format!("Private-Key: (256 bit)\npriv:\n    {number}\npub:\n    04:11\n");
    assert_eq!(one("private-key-numbers", &text).as_deref(), Some(number));
    let body = random(63, 1200);
    let text = format!("key=MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{body}\n");
    assert_eq!(one("private-key-der", &text).as_deref(), Some(body.as_str()));
    none_is_found(&["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA%"]);
}
