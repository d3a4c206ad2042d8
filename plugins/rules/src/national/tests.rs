//! Every sum, over numbers that another implementation made.

use cofferdam_sdk::testing::Random;

use super::National;

/// Identifiers with right sums; they are random, and nobody's that is known.
const RIGHT: &[(National, &[&str])] = &[
    (National::UsSsn, &["461813832", "893101162", "858899818"]),
    (National::UsItin, &["929705137", "995881341", "976658559"]),
    (National::CaSin, &["676956014", "171995574", "703260604"]),
    (
        National::MxCurp,
        &["HEGV741211MJCMGD03", "CIGK570915HDFLCL04", "DONH660427HDFFJF06"],
    ),
    (National::BrCpf, &["08218100490", "50570901510", "30148713203"]),
    (
        National::BrCnpj,
        &["79032495000190", "19529163000194", "84272348000128"],
    ),
    (National::ArCuit, &["20183418599", "27367684807", "20711759787"]),
    (National::ClRut, &["284200500", "271842724", "23352073K"]),
    (National::EcCedula, &["2402624478", "1233229176", "0141135939"]),
    (National::UyCedula, &["11361950", "49997684", "38612061"]),
    (National::DoCedula, &["02712608260", "06862750475", "06837676011"]),
    (National::GbNino, &["JH025944D", "JB031644D", "GA455312D"]),
    (National::GbNhs, &["9437223750", "7279087159", "4008734694"]),
    (National::IePps, &["7876350D", "0233777R", "5795147N"]),
    (National::DeTax, &["25174460832", "40393381267", "78295013625"]),
    (National::DePension, &["65071076A937", "50251150L301", "50030764W781"]),
    (National::AtSvnr, &["2234160559", "3747010884", "5120220959"]),
    (National::ChAhv, &["7567704804455", "7568102661893", "7564505949156"]),
    (National::NlBsn, &["996519890", "981850947", "538154184"]),
    (National::BeRegister, &["94092608508", "69052497481", "53092605847"]),
    (
        National::FrNir,
        &["162047546230589", "167013388475146", "152101393896123"],
    ),
    (National::EsDni, &["59795548X", "15853345C", "52301854S"]),
    (National::EsNie, &["Z7167729Z", "Y5826933N", "Z5395017G"]),
    (National::PtNif, &["334577764", "345592077", "358594340"]),
    (
        National::ItCodiceFiscale,
        &["FPGFPN62R27H501Y", "PTSMGG01H21H501E", "PSMLRN10L14H501B"],
    ),
    (National::GrAmka, &["02106705557", "05029697793", "22048483659"]),
    (National::SePersonnummer, &["6305222702", "8911093972", "9207236671"]),
    (
        National::NoFodselsnummer,
        &["11086101671", "24026516451", "10115533261"],
    ),
    (National::DkCpr, &["0109574939", "1411758611", "2801978288"]),
    (National::FiHetu, &["140982-850V", "020968-738W", "160691-558M"]),
    (National::IsKennitala, &["2606597829", "1308639819", "0302980559"]),
    (National::PlPesel, &["83072427658", "57122694048", "53120511130"]),
    (National::CzBirth, &["7601143540", "6007163536", "7003084473"]),
    (National::HuTaj, &["653036711", "023923450", "956361350"]),
    (National::RoCnp, &["1950111400318", "1911224409870", "1730715408076"]),
    (National::BgEgn, &["8412210960", "5108115122", "9205125806"]),
    (National::HrOib, &["37590669407", "53712680737", "79772941386"]),
    (National::Jmbg, &["2308976185864", "2310958185363", "1306953501134"]),
    (National::BalticCode, &["35906185508", "37608233665", "39809264295"]),
    (National::UaTax, &["3845565153", "3067519951", "2089523782"]),
    (National::RuSnils, &["17550366778", "12236263119", "12899391928"]),
    (National::RuInn, &["776911818194", "774962474318", "776103248142"]),
    (National::TrTckn, &["56145365870", "17041145430", "28129376974"]),
    (National::IlTeudatZehut, &["388337958", "317728103", "194838488"]),
    (National::SaNational, &["2659465294", "1781714991", "1757069347"]),
    (
        National::AeEmirates,
        &["784198785071576", "784195027778257", "784197074145133"],
    ),
    (National::InAadhaar, &["235506759623", "692261206216", "846889874981"]),
    (National::InPan, &["DSKPC4251Q", "FJCPQ7449I", "BXZPL7222O"]),
    (
        National::CnResident,
        &["44030519840626330X", "110101197904251160", "110101197202084353"],
    ),
    (National::KrRrn, &["9508042141438", "7111282959344", "8002131101184"]),
    (National::JpMyNumber, &["016203626120", "364304939674", "117421578987"]),
    (National::TwNational, &["J187065066", "R270617996", "H200431961"]),
    (National::HkIdentity, &["M0388306", "J4825737", "M7540529"]),
    (National::SgNric, &["S4754434C", "T4752061J", "S0865761J"]),
    (
        National::ThNational,
        &["3652327687437", "8498331613823", "3696843477959"],
    ),
    (
        National::ZaIdentity,
        &["6209116343089", "5901049507084", "6011088188082"],
    ),
    (National::AuTfn, &["717342446", "209841594", "784416776"]),
    (National::AuMedicare, &["3243798313", "6474229869", "2970092724"]),
    (National::NzIrd, &["037356778", "085116266", "011737344"]),
];

/// Identifiers without a check digit: a changed digit mostly gives another that could be.
const WITHOUT_SUM: &[National] = &[
    National::UsSsn,
    National::UsItin,
    National::GbNino,
    National::DkCpr,
    National::InPan,
];

#[test]
fn right_sums_are_right_however_they_are_grouped() {
    for (national, numbers) in RIGHT {
        for number in *numbers {
            assert!(national.holds(number.as_bytes()), "{national:?} {number}");
            if *national != National::FiHetu {
                let grouped: Vec<&str> = number.split_inclusive(|_: char| true).collect();
                assert!(national.holds(grouped.join(" ").as_bytes()), "{national:?} {number}");
            }
        }
    }
}

#[test]
fn a_wrong_digit_makes_a_wrong_sum() {
    let (mut wrong, mut all) = (0, 0);
    for (national, numbers) in RIGHT.iter().filter(|(national, _)| !WITHOUT_SUM.contains(national)) {
        for number in *numbers {
            for (at, byte) in number.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
                for other in (b'0'..=b'9').filter(|other| *other != byte) {
                    let mut changed = number.as_bytes().to_vec();
                    changed[at] = other;
                    all += 1;
                    wrong += usize::from(!national.holds(&changed));
                }
            }
        }
    }
    // Sums of eleven that write a ten as another digit, a card's issue and a century's digit let a few through.
    assert!(wrong * 100 >= all * 96, "{wrong} of {all}");
}

#[test]
fn numbers_of_another_length_are_none() {
    for (national, numbers) in RIGHT {
        for number in *numbers {
            for other in [
                "",
                &number[1..],
                &number[..number.len() / 2],
                &format!("{number}{number}"),
            ] {
                // A few identifiers have two lengths; none is empty, halved or doubled.
                let may_be = other.len() + 1 == number.len();
                assert!(may_be || !national.holds(other.as_bytes()), "{national:?} {other}");
            }
        }
    }
}

#[test]
fn numbers_that_nobody_has_are_none() {
    for (national, number) in [
        (National::UsSsn, "000-12-3456"),
        (National::UsSsn, "666-12-3456"),
        (National::UsSsn, "900-12-3456"),
        (National::UsSsn, "123-00-4567"),
        (National::UsSsn, "123-45-0000"),
        (National::UsItin, "912-93-4567"),
        (National::BrCpf, "11111111111"),
        (National::GbNino, "QQ123456C"),
        (National::GbNino, "BG123456A"),
        (National::DkCpr, "310280-1234"),
        (National::CaSin, "000000000"),
        (National::IlTeudatZehut, "000000000"),
        (National::AuTfn, "000000000"),
        (National::RuInn, "000000000000"),
        (National::InAadhaar, "012345678901"),
    ] {
        assert!(!national.holds(number.as_bytes()), "{national:?} {number}");
    }
}

#[test]
fn numbers_that_authorities_print_are_right() {
    for (national, number) in [
        (National::UsSsn, "078-05-1120"),
        (National::GbNhs, "943 476 5919"),
        (National::EsDni, "12345678Z"),
        (National::EsNie, "X1234567L"),
        (National::ChAhv, "756.1234.5678.97"),
        (National::ChAhv, "1234.5678.97"),
        (National::DePension, "15 070649 C 103"),
        (National::HkIdentity, "A123456(3)"),
        (National::SgNric, "S1234567D"),
        (National::SgNric, "T1234567J"),
        (National::SgNric, "F1234567N"),
        (National::SgNric, "G1234567X"),
        (National::SgNric, "M1234567K"),
        (National::TrTckn, "10000000146"),
        (National::PlPesel, "44051401359"),
        (National::FiHetu, "131052-308T"),
        (National::CnResident, "11010519491231002X"),
        (National::TwNational, "A123456789"),
        (National::UyCedula, "1.234.567-2"),
    ] {
        assert!(national.holds(number.as_bytes()), "{national:?} {number}");
    }
}

#[test]
fn no_input_makes_a_sum_panic() {
    let mut random = Random::new(1);
    let bytes: Vec<u8> = (0..=255).collect();
    for _ in 0..2_000 {
        let length = random.below(24);
        let alphabet: &[u8] = match random.below(3) {
            0 => &bytes,
            1 => b"0123456789",
            _ => b"0123456789ABCXYZ-. ",
        };
        let text = random.text(alphabet, length);
        for (national, _) in RIGHT {
            let _holds: bool = national.holds(&text);
        }
    }
}
