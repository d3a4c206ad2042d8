pub(crate) fn page(_: &cofferdam_model::eval::Evaluation) -> String {
    String::new()
}
