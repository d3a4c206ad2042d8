//! What is to be loaded, and under which conditions.

use crate::component::ComponentBytes;
use crate::limits::Limits;
use cofferdam_guard::FailureMatrix;
use cofferdam_model::record::Digest;

/// A plugin to load.
#[derive(Debug, Clone)]
pub struct PluginSpec {
    /// The name that the configuration gives it.
    pub name: String,
    /// The component. It is kept, since it is compiled again should the cache lose its code meanwhile.
    pub component: ComponentBytes,
    /// The digest that its bytes must have, if one is pinned.
    pub expected: Option<Digest>,
    /// What one instance may use.
    pub limits: Limits,
    /// The imports that the operator grants, without versions: `package:name/interface`.
    pub grants: Vec<String>,
    /// Its settings, as JSON.
    pub settings: String,
    /// The day, counted from 1970-01-01, that takes the place of a clock for a detector.
    pub as_of: u32,
    /// Whether a call may be about several suspects at once. Only for guests that are known to answer for each by
    /// itself: others are asked about one at a time, so that what stands beside a suspect can't change what is said
    /// of it.
    pub together: bool,
    /// What to do when it fails.
    pub failure: FailureMatrix,
}

impl PluginSpec {
    /// A plugin with default limits, no grants, empty settings, and one suspect a call.
    pub fn new(name: impl Into<String>, component: impl Into<ComponentBytes>) -> Self {
        Self {
            name: name.into(),
            component: component.into(),
            expected: None,
            limits: Limits::default(),
            grants: Vec::new(),
            settings: "{}".into(),
            as_of: 0,
            together: false,
            failure: FailureMatrix::default(),
        }
    }
}
