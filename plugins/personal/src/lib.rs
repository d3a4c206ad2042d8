//! Detector of personal data: e-mail, payment cards, IBAN, phone numbers.
