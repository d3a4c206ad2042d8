//! The engine: one for a process, shared by all its sessions.

use crate::cache::{Cache, CacheWarning};
use crate::deadline::Deadlines;
use crate::images;
use crate::limits::{MOST_INSTANCES, MOST_MEMORIES, MOST_MEMORY, MOST_TABLE_ELEMENTS, MOST_TABLES};
use crate::ticker::Ticker;
use cofferdam_model::Code;
use std::path::PathBuf;
use std::sync::Arc;
use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

/// How an engine is started.
pub struct EngineOptions {
    /// The folder for compiled plugins; none keeps nothing.
    pub cache: Option<PathBuf>,
    /// How many instances can live at once, all plugins together. Each reserves 4 GiB of addresses, and no memory.
    pub instances: u32,
    /// What deadlines count.
    pub deadlines: Deadlines,
    /// Called with a plugin's name before it is compiled, which may take a second or more.
    pub on_compile: Option<fn(&str)>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            cache: None,
            instances: 32,
            deadlines: Deadlines::default(),
            on_compile: None,
        }
    }
}

/// Runs guests. Cheap to clone; calls from several threads run side by side, each on its caller's thread, which needs a
/// stack of 1 MiB or more.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) wasm: wasmtime::Engine,
    pub(crate) ticker: Ticker,
    pub(crate) cache: Option<Cache>,
    pub(crate) deadlines: Deadlines,
    pub(crate) on_compile: Option<fn(&str)>,
    warning: Option<CacheWarning>,
}

/// Why the engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refused; often because the addresses of the pool can't be reserved.
    #[error("the WebAssembly engine could not be started: {0}; see whether the address space is limited (`ulimit -v`)")]
    Wasm(String),
    /// There is no thread for deadlines.
    #[error("the thread that guards deadlines could not be started: {0}; see the limit on processes (`ulimit -u`)")]
    Thread(#[from] std::io::Error),
}

impl EngineError {
    /// The stable code of this error.
    pub fn code(&self) -> Code {
        Code::EngineStart
    }
}

/// The version of wasmtime, for people.
pub fn version() -> &'static str {
    // The workspace pins exactly this version; a test holds the two together.
    "wasmtime 48.0.8"
}

impl Engine {
    /// Starts an engine.
    ///
    /// # Errors
    /// When addresses for the pool, or a thread, can't be had. A cache folder that can't be used is a
    /// [warning](Self::cache_warning), not an error.
    pub fn start(options: EngineOptions) -> Result<Self, EngineError> {
        let wasm = wasmtime::Engine::new(&config(options.instances, images::can_be_made()))
            .map_err(|error| EngineError::Wasm(format!("{error:#}")))?;
        let ticker = Ticker::start(wasm.weak())?;
        let (cache, warning) = match options.cache.map(|folder| Cache::open(&folder, &wasm)) {
            None => (None, None),
            Some(Ok(cache)) => (Some(cache), None),
            Some(Err(warning)) => (None, Some(warning)),
        };
        let on_compile = options.on_compile;
        Ok(Self {
            inner: Arc::new(Inner {
                wasm,
                ticker,
                cache,
                deadlines: options.deadlines,
                on_compile,
                warning,
            }),
        })
    }

    /// Why compiled code is not kept, if it should be and can't.
    pub fn cache_warning(&self) -> Option<&CacheWarning> {
        self.inner.warning.as_ref()
    }
}

fn config(instances: u32, images: bool) -> Config {
    // A guest made by our tools has one memory, one table and one core instance; one that has more takes others' place.
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(2))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(2))
        .max_core_instances_per_component(MOST_INSTANCES)
        .max_memories_per_component(MOST_MEMORIES)
        .max_tables_per_component(MOST_TABLES)
        .max_memory_size(MOST_MEMORY)
        .table_elements(MOST_TABLE_ELEMENTS);

    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        // What a guest's memory begins with is shared by its instances until they write to it: a pack of rules is
        // half a MB.
        .memory_init_cow(images)
        .concurrency_support(false)
        // Traps are recorded by their kind. A backtrace would cost time, and could only show names of the guest's
        // making.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false)
        // Equal runs give equal answers.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        // What no guest needs is off: less to compile, and less to be wrong.
        .wasm_tail_call(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_component_model_map(false)
        .wasm_component_model_error_context(false)
        .wasm_component_model_fixed_length_lists(false)
        .wasm_component_model_implements(false)
        .wasm_component_model_memory64(false);
    config
}

#[cfg(test)]
mod tests {
    use super::{Engine, EngineOptions, version};

    #[test]
    fn names_the_version_that_is_pinned() {
        let lock = include_str!("../../../Cargo.lock");
        let pinned = lock
            .split("name = \"wasmtime\"\nversion = \"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        assert_eq!(
            pinned.map(|pinned| format!("wasmtime {pinned}")).as_deref(),
            Some(version())
        );
    }

    #[test]
    fn a_cache_that_cannot_be_used_is_a_warning() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, b"").expect("a file");
        let options = EngineOptions {
            cache: Some(file.join("code")),
            ..EngineOptions::default()
        };
        let engine = Engine::start(options).expect("an engine");
        assert!(engine.cache_warning().is_some());
    }
}
