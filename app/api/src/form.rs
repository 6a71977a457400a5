//! What a form shows after it was sent and refused.

use crate::ApiError;

/// The sentences and the typed values of a refused form; empty before the first attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormState {
    refused: Option<ApiError>,
}

impl FormState {
    /// The state after the last attempt of an action.
    pub fn of<T>(value: Option<Result<T, ApiError>>) -> Self {
        Self { refused: value.and_then(Result::err) }
    }

    /// The sentence beside a field.
    pub fn error(&self, field: &str) -> Option<String> {
        let fields = self.refused.as_ref()?.error.fields();
        fields.iter().find(|error| error.field == field).map(|error| error.message.clone())
    }

    /// What was typed into a field, or what it held before.
    pub fn typed(&self, field: &str, before: &str) -> String {
        match &self.refused {
            Some(refused) if !refused.typed.is_empty() => {
                refused.typed.get(field).cloned().unwrap_or_default()
            }
            _ => before.to_owned(),
        }
    }

    /// The sentence above the form: what is wrong with the whole, or with a field that it does not show.
    pub fn general(&self, shown_fields: &[&str]) -> Option<String> {
        let error = &self.refused.as_ref()?.error;
        let hidden = error.fields().iter().find(|field| !shown_fields.contains(&field.field.as_str()));
        match (error.fields().is_empty(), hidden) {
            (true, _) => Some(error.to_string()),
            (false, Some(hidden)) => Some(hidden.message.clone()),
            (false, None) => None,
        }
    }
}
