//! Detector of credentials: issuer tokens, private keys, connection strings, headers.
