//! The bindings that wit-bindgen makes of the two worlds.
//!
//! Hidden: guests use the types of this crate, and only the export macros name what is in here.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    reason = "generated code, which is not ours to shape"
)]
// SAFETY: wit-bindgen's generated code lifts and lowers by the canonical ABI and needs raw pointers for it.
#![allow(unsafe_code, reason = "the canonical ABI works on raw pointers")]

pub mod detector {
    wit_bindgen::generate!({
        path: ["../../wit/types/0.1.0", "../../wit/detector/0.1.0"],
        world: "cofferdam:detector/renewable-detector",
        pub_export_macro: true,
        export_macro_name: "__export_detector_world",
        default_bindings_module: "cofferdam_sdk::bindings::detector",
        additional_derives: [PartialEq, Eq],
        additional_derives_ignore: ["region-marks", "traits", "severity"],
        generate_all,
    });
}

pub mod policy {
    wit_bindgen::generate!({
        path: ["../../wit/types/0.1.0", "../../wit/guard-policy/0.1.0"],
        world: "cofferdam:guard-policy/renewable-policy",
        pub_export_macro: true,
        export_macro_name: "__export_policy_world",
        default_bindings_module: "cofferdam_sdk::bindings::policy",
        with: { "cofferdam:types/guard@0.1.0": crate::bindings::detector::cofferdam::types::guard },
        additional_derives: [PartialEq, Eq],
        additional_derives_ignore: ["severity"],
        generate_all,
    });
}
