//! From a component's bytes to code: from the cache, or by compiling.

use crate::cache::{Form, Verified};
use crate::describe::escape;
use crate::engine::Inner;
use crate::error::LoadReason;
use crate::info::CompileState;
use cofferdam_model::record::Digest;
use std::time::Instant;
use wasmtime::component::Component;

/// What compiled code, a module and a component begin with.
const MAGIC: &[u8] = b"\0asm";
const MODULE: &[u8] = &[1, 0, 0, 0];
const COMPONENT: &[u8] = &[0x0d, 0, 1, 0];

/// Says what the bytes are, if they aren't a component.
pub(crate) fn check_form(bytes: &[u8]) -> Result<(), LoadReason> {
    if wasmtime::Engine::detect_precompiled(bytes).is_some() {
        return Err(LoadReason::Precompiled);
    }
    match bytes.strip_prefix(MAGIC) {
        Some(rest) if rest.starts_with(COMPONENT) => Ok(()),
        Some(rest) if rest.starts_with(MODULE) => Err(LoadReason::CoreModule),
        Some(_) | None => Err(LoadReason::NotComponent),
    }
}

/// The code of a component.
pub(crate) fn code(
    engine: &Inner,
    name: &str,
    bytes: &[u8],
    digest: &Digest,
) -> Result<(Component, CompileState), LoadReason> {
    let kept = engine.cache.as_ref().and_then(|cache| cache.read(digest, Form::Code));
    if let Some(component) = kept.and_then(|code| load(&engine.wasm, &code)) {
        return Ok((component, CompileState::Cached));
    }
    if let Some(tell) = engine.on_compile {
        tell(name);
    }
    let begun = Instant::now();
    let component = Component::from_binary(&engine.wasm, bytes)
        .map_err(|error| LoadReason::Compile(escape(&format!("{error:#}"))))?;
    let state = CompileState::Compiled(begun.elapsed());
    if let Some(cache) = &engine.cache {
        let kept = component.serialize().map_err(|error| error.to_string());
        let kept = kept.and_then(|code| {
            cache
                .write(digest, Form::Code, &code)
                .map_err(|error| error.to_string())
        });
        if let Err(error) = kept {
            tracing::warn!(plugin = name, %error, "compiled code could not be kept; it is compiled again at the next start");
        }
    }
    Ok((component, state))
}

/// Loads compiled code of our own. `None` where the engine can't use it after all.
#[allow(unsafe_code)]
fn load(engine: &wasmtime::Engine, code: &Verified) -> Option<Component> {
    // SAFETY: `deserialize` runs whatever it is given. These bytes carry a MAC under a key that only this user can read, made
    // over exactly this component's digest and this engine's settings, and it was right; and they are in our memory, where
    // nobody can exchange them after the check. So they are what `Component::serialize` gave on this host.
    unsafe { Component::deserialize(engine, code.bytes()) }
        .inspect_err(|error| tracing::warn!(%error, "compiled code cannot be used; the plugin is compiled again"))
        .ok()
}
