//! National identifiers: what their digits say of themselves.
//!
//! A number alone is everywhere, so that each of these also needs its name beside it; the sum then tells the
//! identifier from any other number that stands behind such a name.

mod africa;
mod americas;
mod britain;
mod date;
mod east_asia;
mod eastern_europe;
mod letters;
mod northern_europe;
mod oceania;
mod southern_europe;
mod sum;
mod verhoeff;
mod west_asia;
mod western_europe;

use serde::{Deserialize, Serialize};

/// An identifier whose digits can be held against each other. Their order is part of a compiled pack, so new ones
/// come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum National {
    /// United States: social security number. It has no check digit, but numbers that are never given out.
    UsSsn,
    /// United States: individual taxpayer identification number.
    UsItin,
    /// Canada: social insurance number.
    CaSin,
    /// Mexico: CURP.
    MxCurp,
    /// Brazil: CPF.
    BrCpf,
    /// Brazil: CNPJ, which a person who trades alone has too.
    BrCnpj,
    /// Argentina: CUIT and CUIL.
    ArCuit,
    /// Chile: RUT.
    ClRut,
    /// Ecuador: cédula.
    EcCedula,
    /// Uruguay: cédula.
    UyCedula,
    /// Dominican Republic: cédula.
    DoCedula,
    /// United Kingdom: national insurance number.
    GbNino,
    /// United Kingdom: NHS number.
    GbNhs,
    /// Ireland: PPS number.
    IePps,
    /// Germany: tax identification number.
    DeTax,
    /// Germany: pension insurance number.
    DePension,
    /// Austria: social insurance number.
    AtSvnr,
    /// Switzerland: AHV number, whole or behind its `756`.
    ChAhv,
    /// Netherlands: citizen service number.
    NlBsn,
    /// Belgium: national register number.
    BeRegister,
    /// France: NIR, the social security number.
    FrNir,
    /// Spain: DNI.
    EsDni,
    /// Spain: NIE.
    EsNie,
    /// Portugal: NIF.
    PtNif,
    /// Italy: codice fiscale.
    ItCodiceFiscale,
    /// Greece: AMKA.
    GrAmka,
    /// Sweden: personnummer and samordningsnummer.
    SePersonnummer,
    /// Norway: fødselsnummer and D-number.
    NoFodselsnummer,
    /// Denmark: CPR number. Its sum was given up in 2007, so that the day of birth is all that can be told.
    DkCpr,
    /// Finland: personal identity code.
    FiHetu,
    /// Iceland: kennitala.
    IsKennitala,
    /// Poland: PESEL.
    PlPesel,
    /// Czechia and Slovakia: birth number.
    CzBirth,
    /// Hungary: TAJ.
    HuTaj,
    /// Romania: CNP.
    RoCnp,
    /// Bulgaria: EGN.
    BgEgn,
    /// Croatia: OIB.
    HrOib,
    /// The countries that were Yugoslavia: JMBG and EMŠO.
    Jmbg,
    /// Estonia and Lithuania: personal code.
    BalticCode,
    /// Ukraine: RNOKPP.
    UaTax,
    /// Russia: SNILS.
    RuSnils,
    /// Russia: INN of a person.
    RuInn,
    /// Türkiye: identification number.
    TrTckn,
    /// Israel: identity number.
    IlTeudatZehut,
    /// Saudi Arabia: national and resident identity number.
    SaNational,
    /// United Arab Emirates: identity number, whole or behind its `784`.
    AeEmirates,
    /// India: Aadhaar.
    InAadhaar,
    /// India: PAN. Its last letter is a check whose sum is not published; its fourth tells whose it is.
    InPan,
    /// China: resident identity number.
    CnResident,
    /// South Korea: resident registration number. Those given out since October 2020 end at random.
    KrRrn,
    /// Japan: individual number.
    JpMyNumber,
    /// Taiwan: national identity number.
    TwNational,
    /// Hong Kong: identity card.
    HkIdentity,
    /// Singapore: NRIC and FIN.
    SgNric,
    /// Thailand: identity number.
    ThNational,
    /// South Africa: identity number.
    ZaIdentity,
    /// Australia: tax file number.
    AuTfn,
    /// Australia: Medicare number.
    AuMedicare,
    /// New Zealand: IRD number.
    NzIrd,
}

impl National {
    /// Whether `text` can be such an identifier. Blanks, dashes, dots and slashes between its characters are skipped.
    #[must_use]
    pub fn holds(self, text: &[u8]) -> bool {
        let holds = match self {
            National::UsSsn => americas::ssn(text),
            National::UsItin => americas::itin(text),
            National::CaSin => americas::sin(text),
            National::MxCurp => americas::curp(text),
            National::BrCpf => americas::cpf(text),
            National::BrCnpj => americas::cnpj(text),
            National::ArCuit => americas::cuit(text),
            National::ClRut => americas::rut(text),
            National::EcCedula => americas::ecuador(text),
            National::UyCedula => americas::uruguay(text),
            National::DoCedula => americas::dominican(text),
            National::GbNino => britain::nino(text),
            National::GbNhs => britain::nhs(text),
            National::IePps => britain::pps(text),
            National::DeTax => western_europe::german_tax(text),
            National::DePension => western_europe::german_pension(text),
            National::AtSvnr => western_europe::svnr(text),
            National::ChAhv => western_europe::ahv(text),
            National::NlBsn => western_europe::bsn(text),
            National::BeRegister => western_europe::belgian(text),
            National::FrNir => western_europe::nir(text),
            National::EsDni => southern_europe::dni(text),
            National::EsNie => southern_europe::nie(text),
            National::PtNif => southern_europe::nif(text),
            National::ItCodiceFiscale => southern_europe::codice_fiscale(text),
            National::GrAmka => southern_europe::amka(text),
            National::SePersonnummer => northern_europe::personnummer(text),
            National::NoFodselsnummer => northern_europe::fodselsnummer(text),
            National::DkCpr => northern_europe::cpr(text),
            National::FiHetu => northern_europe::hetu(text),
            National::IsKennitala => northern_europe::kennitala(text),
            National::PlPesel => eastern_europe::pesel(text),
            National::CzBirth => eastern_europe::birth_number(text),
            National::HuTaj => eastern_europe::taj(text),
            National::RoCnp => eastern_europe::cnp(text),
            National::BgEgn => eastern_europe::egn(text),
            National::HrOib => eastern_europe::oib(text),
            National::Jmbg => eastern_europe::jmbg(text),
            National::BalticCode => eastern_europe::baltic(text),
            National::UaTax => eastern_europe::ukrainian_tax(text),
            National::RuSnils => eastern_europe::snils(text),
            National::RuInn => eastern_europe::inn(text),
            National::TrTckn => west_asia::tckn(text),
            National::IlTeudatZehut => west_asia::teudat_zehut(text),
            National::SaNational => west_asia::saudi(text),
            National::AeEmirates => west_asia::emirates(text),
            National::InAadhaar => west_asia::aadhaar(text),
            National::InPan => west_asia::pan(text),
            National::CnResident => east_asia::resident(text),
            National::KrRrn => east_asia::rrn(text),
            National::JpMyNumber => east_asia::my_number(text),
            National::TwNational => east_asia::taiwanese(text),
            National::HkIdentity => east_asia::hong_kong(text),
            National::SgNric => east_asia::nric(text),
            National::ThNational => east_asia::thai(text),
            National::ZaIdentity => africa::south_african(text),
            National::AuTfn => oceania::tfn(text),
            National::AuMedicare => oceania::medicare(text),
            National::NzIrd => oceania::ird(text),
        };
        holds.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
