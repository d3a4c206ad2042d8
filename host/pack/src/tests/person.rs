//! What the rules of persons and networks find, and what a setting must enable.

use cofferdam_rules::fact;
use cofferdam_sdk::Severity;

use super::bed;

#[test]
fn an_identifier_is_taken_alone_and_with_its_sum() {
    for (rule, text, wanted) in [
        ("us-ssn", "SSN: 219-48-7361", "219-48-7361"),
        ("us-ssn", "the SSN of Maren is 219-48-7361.", "219-48-7361"),
        ("us-ssn-field", "{\"user_ssn\": \"219487361\"}", "219487361"),
        ("gb-nhs", "NHS number 401 023 2137 was seen", "401 023 2137"),
        ("in-aadhaar", "aadhaar=2341 2341 2346", "2341 2341 2346"),
    ] {
        assert_eq!(bed::taken_by(bed::personal(), rule, text), [wanted], "{text}");
        let hits = bed::personal().hits(text.as_bytes());
        let hit = hits.iter().find(|hit| hit.rule == rule).expect("it was taken");
        assert_eq!(
            (hit.severity, hit.facts),
            (Severity::P1, 1 << fact::CHECKSUM_VALID),
            "{text}"
        );
    }
}

#[test]
fn what_authorities_publish_is_counted_only() {
    for text in [
        "SSN: 078-05-1120",
        "DNI: 12345678Z",
        "ahv: 756.1234.5678.97",
        "TCKN: 10000000146",
    ] {
        let hits = bed::personal().hits(text.as_bytes());
        assert!(!hits.is_empty(), "{text}");
        assert!(hits.iter().all(|hit| hit.severity == Severity::P3), "{text}");
    }
}

#[test]
fn logs_and_code_hold_no_person() {
    for text in [
        "const className = 'row'; // 219487361",
        "2026-11-25T10:11:12.123456Z INFO id=4539148803436468 elapsed_ns=219487361",
        "sin(219487362.0) = 0.5",
        "session_id=21948736155 user=4471",
        "telemetry_id: 0301234567",
        "version: 10.20.30.40",
        "\"passport\": \"^0.7.0\", \"passport-local\": \"1.0.0\"",
        "dob: null, ssn: null, phone: null",
        "ALTER TABLE person ADD COLUMN date_of_birth DATE, ADD COLUMN ssn CHAR(11)",
        "phone: ${PHONE}, mobile: {{ user.mobile }}",
        "nir: 1, nie: 2, nif: 3, pan: 4, sin: 5",
        "Medicare covers 12345 hospitals in 2024",
        "license: MIT OR Apache-2.0",
        "cell 12 of 4096 done; tel 7",
        "fax machine 2020 2021 2022",
    ] {
        assert_eq!(bed::personal().taken(text), [], "{text}");
    }
}

#[test]
fn addresses_in_networks_wait_for_a_setting() {
    for (rule, text, wanted) in [
        ("ip-address", "client 93.184.215.14:443 said", "93.184.215.14"),
        (
            "ip-address",
            "from [2a02:26f0:1700:58d::2add]:443",
            "2a02:26f0:1700:58d::2add",
        ),
        ("ip-address-private", "listening on 10.0.0.12:8080", "10.0.0.12"),
        ("ip-address-private", "addr fd00:12:: on", "fd00:12::"),
        ("mac-address", "link/ether 3c:52:82:4f:a9:1e brd", "3c:52:82:4f:a9:1e"),
        ("person-name", "{\"last_name\": \"Okonkwo-Lindt\"}", "Okonkwo-Lindt"),
        ("postal-address", "{\"street\": \"12 Garden Row\"}", "12 Garden Row"),
    ] {
        assert_eq!(bed::personal().taken(text), [], "{text}");
        assert_eq!(bed::taken_by(bed::personal_with_all(), rule, text), [wanted], "{text}");
        assert_eq!(
            bed::severities(bed::personal_with_all(), text),
            [Severity::P3],
            "{text}"
        );
    }
}

#[test]
fn networks_of_documentation_are_published() {
    for text in [
        "ping 192.0.2.17",
        "198.51.100.99 -",
        "203.0.113.5",
        "to 2001:db8::17",
        "2001:0DB8:0:1::2",
    ] {
        let hits = bed::personal_with_all().hits(text.as_bytes());
        assert_eq!(hits.len(), 1, "{text}");
        assert!(hits[0].facts & 1 << fact::PUBLISHED != 0, "{text}");
    }
}
