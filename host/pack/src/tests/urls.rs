//! Passwords in URLs.

use cofferdam_sdk::Severity;
use cofferdam_sdk::testing::Random;

use super::lines::{host_hits, one, random, taken};

#[test]
fn the_password_of_a_url_is_found_and_nothing_else_of_it() {
    let password = random(1, 12);
    for scheme in [
        "postgres",
        "postgresql+psycopg2",
        "mysql",
        "mongodb+srv",
        "redis",
        "rediss",
        "amqp",
        "https",
        "ftp",
        "smb",
        "jdbc:mysql",
    ] {
        let text = format!("url={scheme}://user:{password}@db.host:5432/name?x=1 next");
        assert_eq!(one("url-password", &text).as_deref(), Some(password.as_str()), "{text}");
    }
    for odd in [
        "p@ss", "a:b", "p%40ss", "s/l4sh", "q?mark7", "h#sh55", "$ecret5", "x1y", "p+w=1",
    ] {
        let text = format!("redis://:{odd}@cache:6379/0");
        assert_eq!(one("url-password", &text).as_deref(), Some(odd), "{text}");
    }
    let quoted = format!("{{\"dsn\": \"amqps://svc:{password}@mq/vhost\"}}");
    assert_eq!(one("url-password", &quoted).as_deref(), Some(password.as_str()));
}

#[test]
fn urls_without_a_password_are_left_alone() {
    for text in [
        "https://example.org/a:b@c",
        "http://localhost:8080/path/@scope/name",
        "https://user@host/x",
        "postgres://user:$PASSWORD@db",
        "postgres://user:${DB_PASSWORD}@db/x",
        "postgres://user:<password>@db/x",
        "postgres://user:{{ password }}@db/x",
        "postgres://user:****@db/x",
        "postgres://user:xxxxx@db/x",
        "postgres://user:[redacted:url-password]@db/x",
        "postgres://user:@db/x",
        "git+ssh://git@host:org/repo@v1",
        "https://[::1]:8080/",
        "ssh://git@host:2222/team/repo@v1",
        "<code>scheme://[user[:&lt;password&gt;]@]host",
        "see https://docs.rs/a/1.0.0/a/ and http://127.0.0.1:3000",
    ] {
        assert_eq!(taken(text), [], "{text}");
    }
}

#[test]
fn users_and_passwords_beyond_the_usual_letters_are_found() {
    let password = random(31, 12);
    for text in [
        format!("postgres://app@tenant:{password}@db.host:5432/x"),
        format!("ftp://b\u{e4}r:{password}@host"),
        format!("ftp://:{password}@b\u{fc}ro.host/"),
    ] {
        assert_eq!(one("url-password", &text).as_deref(), Some(password.as_str()), "{text}");
    }
    let umlauts = format!("{password}\u{fc}\u{1f4a9}x");
    let text = format!("http://user:{umlauts}@host/");
    assert_eq!(one("url-password", &text).as_deref(), Some(umlauts.as_str()));
}

#[test]
fn a_password_that_nobody_invents_counts_at_a_documentation_host_too() {
    let drawn = random(83, 20);
    for host in [
        "example.com",
        "db.example.org",
        "localhost",
        "db",
        "{host}",
        "corp.io",
        "myexample.com",
    ] {
        // Whoever takes a host out of a log may leave the password.
        for password in ["Hunter22", "hT7q9-zWx2Kd", &drawn] {
            let hits = host_hits(&format!("https://me:{password}@{host}/"));
            assert_eq!(hits, [Severity::P0], "{password} {host}");
        }
        // What a person thinks up counts where the host may be somebody's.
        for password in ["hunter2hunter2", "p-ssw0rd", "S3nsit1ve", "V3ry_S3nsit1ve"] {
            let hits = host_hits(&format!("https://me:{password}@{host}/"));
            let nowhere = matches!(host, "example.com" | "db.example.org");
            let severity = if nowhere { Severity::P2 } else { Severity::P0 };
            assert_eq!(hits, [severity], "{password} {host}");
        }
    }
    assert_eq!(
        host_hits(concat!("https://me:", "hunter22@myexample.com/")),
        [Severity::P0]
    );
}

#[test]
fn options_behind_a_common_password_make_no_secret_of_it() {
    assert_eq!(host_hits("imap://user:pass;option@server/path"), [Severity::P2]);
    let password = random(89, 14);
    let letters = Random::new(90).string("bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ", 16);
    for value in [
        format!("{password};x"),
        format!("x;{password}"),
        format!("qX;{letters}"),
        format!("{letters};option"),
    ] {
        let text = format!("imap://user:{value}@mail.corp.io/path");
        assert_eq!(one("url-password", &text).as_deref(), Some(value.as_str()), "{text}");
        assert_eq!(host_hits(&text), [Severity::P0], "{text}");
    }
}

#[test]
fn a_password_behind_hosts_with_ports_is_taken_alone() {
    let password = random(88, 14);
    for first in ["db1.corp.io", "10.0.0.1"] {
        let text = format!("mongodb://{first}:27017,app:{password}@db2.corp.io/x");
        assert_eq!(one("url-password", &text).as_deref(), Some(password.as_str()), "{text}");
    }
    // A list goes on behind it, and no password ends at a scheme that nothing parts from it.
    let text = format!("a=http://es1.corp.io:9200;http://app:{password}@es2.corp.io;http://es3.corp.io");
    assert_eq!(one("url-password", &text).as_deref(), Some(password.as_str()), "{text}");
    let signs = format!("xK9://{password}");
    let text = format!("postgres://app:{signs}@db.corp.io/x");
    assert_eq!(one("url-password", &text).as_deref(), Some(signs.as_str()), "{text}");
    let odd = format!("12,{password}");
    let text = format!("mongodb://app:{odd}@db2.corp.io/x");
    assert_eq!(one("url-password", &text).as_deref(), Some(odd.as_str()), "{text}");
    let server = format!("Server=db.corp.io;User Id=app;Password={password};");
    assert_eq!(host_hits(&server), [Severity::P0]);
}
