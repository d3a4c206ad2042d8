//! The macros that turn a type into a component's exports.
//!
//! They do nothing in a native build, where there is no host to export to.

/// Exports a [`Detector`](crate::Detector) as the world `renewable-detector`.
#[macro_export]
macro_rules! export_detector {
    ($detector:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[doc(hidden)]
        // SAFETY: the exported functions are wit-bindgen's, which follow the canonical ABI.
        #[allow(unsafe_code, missing_docs, reason = "exports of a component need raw symbols")]
        mod __cofferdam_export {
            use super::*;
            use ::cofferdam_sdk::__private as sdk;
            use sdk::detector_types as wit;

            struct Component;

            ::std::thread_local! {
                static STATE: ::std::cell::RefCell<Option<::cofferdam_sdk::Configured<$detector>>> =
                    const { ::std::cell::RefCell::new(None) };
            }

            impl sdk::DetectorRenewalGuest for Component {
                fn renew(settings: String, as_of: u32) -> Result<(), String> {
                    let renewed = ::cofferdam_sdk::Configured::<$detector>::renewed(&settings, as_of)?;
                    STATE.with_borrow_mut(|state| *state = Some(renewed));
                    Ok(())
                }
            }

            impl sdk::DetectorGuest for Component {
                fn describe() -> String {
                    STATE.with_borrow(|state| {
                        <$detector as ::cofferdam_sdk::Detector>::describe(state.as_ref().map(|state| state.detector()))
                    })
                }

                fn configure(settings: String, as_of: u32) -> Result<wit::Descriptor, String> {
                    let (configured, descriptor) =
                        ::cofferdam_sdk::Configured::<$detector>::declared(&settings, as_of)?;
                    STATE.with_borrow_mut(|state| *state = Some(configured));
                    Ok(descriptor)
                }

                fn scan(
                    text: Vec<u8>,
                    regions: Vec<wit::Region>,
                    suspects: Vec<wit::Suspect>,
                ) -> Result<Vec<wit::Finding>, u16> {
                    STATE.with_borrow(|state| {
                        let Some(configured) = state else {
                            return Err(::cofferdam_sdk::ScanError::NOT_CONFIGURED.0);
                        };
                        configured.scan(&text, &regions, &suspects).map_err(|error| error.0)
                    })
                }
            }

            sdk::export_detector_world!(Component with_types_in ::cofferdam_sdk::bindings::detector);
        }
    };
}

/// Exports a [`Policy`](crate::Policy) as the world `renewable-policy`.
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[doc(hidden)]
        // SAFETY: the exported functions are wit-bindgen's, which follow the canonical ABI.
        #[allow(unsafe_code, missing_docs, reason = "exports of a component need raw symbols")]
        mod __cofferdam_export {
            use super::*;
            use ::cofferdam_sdk::__private as sdk;
            use sdk::policy_types as wit;

            struct Component;

            ::std::thread_local! {
                static STATE: ::std::cell::RefCell<Option<$policy>> = const { ::std::cell::RefCell::new(None) };
            }

            impl sdk::PolicyRenewalGuest for Component {
                fn state() -> Option<Vec<u8>> {
                    STATE.with_borrow(|state| state.as_ref().and_then(::cofferdam_sdk::Policy::state))
                }

                fn renew(settings: String, labels: Vec<(String, String)>, state: Vec<u8>) -> Result<(), String> {
                    let policy = <$policy as ::cofferdam_sdk::Policy>::renew(&settings, &labels, state)?;
                    STATE.with_borrow_mut(|state| *state = Some(policy));
                    Ok(())
                }
            }

            impl sdk::PolicyGuest for Component {
                fn describe() -> String {
                    <$policy as ::cofferdam_sdk::Policy>::INFO.to_json()
                }

                fn configure(
                    settings: String,
                    labels: Vec<(String, String)>,
                    rules: Vec<wit::Rule>,
                ) -> Result<wit::Promise, String> {
                    let policy = <$policy as ::cofferdam_sdk::Policy>::configure(&settings, &labels, &rules)?;
                    let promise = ::cofferdam_sdk::Policy::promise(&policy);
                    STATE.with_borrow_mut(|state| *state = Some(policy));
                    Ok(promise.into())
                }

                fn decide(findings: Vec<wit::Finding>) -> Result<Vec<wit::Decision>, u16> {
                    STATE.with_borrow(|state| {
                        let Some(policy) = state else {
                            return Err(::cofferdam_sdk::ScanError::NOT_CONFIGURED.0);
                        };
                        Ok(findings.iter().map(|finding| ::cofferdam_sdk::Policy::decide(policy, finding).into()).collect())
                    })
                }
            }

            sdk::export_policy_world!(Component with_types_in ::cofferdam_sdk::bindings::policy);
        }
    };
}
