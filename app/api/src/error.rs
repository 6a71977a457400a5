//! The one error of every server function.

use std::collections::BTreeMap;

use kernel::AppError;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a server function did not do what was asked, with what was typed, so that a form without JavaScript loses nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// The reason.
    #[serde(flatten)]
    pub error: AppError,
    /// What was typed, by field; never a password.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub typed: BTreeMap<String, String>,
}

impl ApiError {
    /// The reason together with the fields of `input` that are text.
    pub fn with_typed(error: AppError, input: &impl Serialize) -> Self {
        let fields =
            serde_json::to_value(input).ok().and_then(|value| value.as_object().cloned()).unwrap_or_default();
        let typed = fields
            .into_iter()
            .filter(|(name, _)| !name.contains("password"))
            .filter_map(|(name, value)| value.as_str().map(|text| (name, text.to_owned())))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        Self { error, typed }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for ApiError {}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        Self { error, typed: BTreeMap::new() }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            // On the server only what was sent is read; in the browser only what was answered.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => unreadable_form(),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => unreadable_form(),
            ServerFnErrorErr::Request(_) => AppError::Unavailable {
                message: "The server cannot be reached. Check the connection and try again".to_owned(),
            },
            _ => AppError::Unavailable {
                message: "The answer of the server could not be read. Reload the page and try again"
                    .to_owned(),
            },
        }
        .into()
    }

    fn ser(&self) -> server_fn::Bytes {
        #[cfg(feature = "ssr")]
        crate::actor::set_status(&self.error);
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

fn unreadable_form() -> AppError {
    AppError::invalid("form", "The form could not be read. Reload the page and send it again")
}
