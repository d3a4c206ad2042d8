//! The standard guard policy: category and severity to an action.
